//! `/me`, `/settings` and `/user_sessions`

use super::{Described, client};
use crate::{
    http::wire::{
        me::{JwtJson, MeJson, Report, ReportedJson},
        settings::SettingsJson,
        user::Client,
    },
    openapi::{Operation, Parameter},
};

const TAG: &str = "Logged-in clients";

pub(in crate::http) fn show() -> Operation {
    client("getMe", "Shows the token's user, and what their client needs.")
        .tagged(TAG)
        .gives::<MeJson<'_>>()
}

pub(in crate::http) fn update() -> Operation {
    client("updateMe", "The same, after keeping what the client says of itself.")
        .tagged(TAG)
        .reads::<Client>()
        .gives::<MeJson<'_>>()
}

pub(in crate::http) fn remove() -> Operation {
    client("logOut", "Logs this client out.").tagged(TAG).confirms()
}

pub(in crate::http) fn jwt() -> Operation {
    client("createJwt", "Makes a pass for the realtime socket.").tagged(TAG).gives::<JwtJson>()
}

pub(in crate::http) fn settings() -> Operation {
    client("getSettings", "Shows where and how an SDK goes on.")
        .tagged(TAG)
        .with([
            Parameter::header("Host", "Where the client reached this server; it is sent on there."),
            Parameter::header("X-Forwarded-Proto", "`https` behind a proxy that takes TLS."),
        ])
        .gives::<SettingsJson<'_>>()
}

pub(in crate::http) fn user_session() -> Operation {
    client("createUserSession", "Takes what an SDK tells of what it runs on.")
        .tagged(TAG)
        .reads::<Report>()
        .gives::<ReportedJson>()
}

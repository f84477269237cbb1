//! `/me`, `/settings`, `/user_sessions` and `/call_tokens`

use super::{CALL_TOKEN, Described, client};
use crate::{
    domain::code::Code,
    http::wire::{
        call_token::{CallTokenJson, SessionAsked, SessionJson},
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
    client("getSettings", "Shows where and how an SDK goes on: at the host that the request names.")
        .tagged(TAG)
        .with([Parameter::header("X-Forwarded-Proto", "`https` behind a proxy that takes TLS.")])
        .gives::<SettingsJson<'_>>()
}

pub(in crate::http) fn user_session() -> Operation {
    client("createUserSession", "Takes what an SDK tells of what it runs on.")
        .tagged(TAG)
        .reads::<Report>()
        .gives::<ReportedJson>()
}

pub(in crate::http) fn call_token() -> Operation {
    client(
        "createCallToken",
        "Makes a pass to the session of a call, or to a direct session, which it opens.",
    )
    .tagged(TAG)
    .reads::<SessionAsked>()
    .gives::<CallTokenJson>()
    .refused_by([Code::NotAPart, Code::Terminated])
}

pub(in crate::http) fn call_session() -> Operation {
    client("getCallSession", "Shows what an SDK begins the session of a pass with.")
        .tagged(TAG)
        .opened_by(&[CALL_TOKEN])
        .gives::<SessionJson<'_>>()
        .refused_by([Code::SessionNotFound])
}

//! `/me`

use super::{Described, client};
use crate::{
    http::wire::{
        me::{JwtJson, MeJson},
        user::Client,
    },
    openapi::Operation,
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

//! `/users/{uid}/auth_tokens`

use super::{Described, admin, provision};
use crate::{
    domain::code::Code,
    http::wire::user::{Client, TokenJson},
    openapi::Operation,
};

const TAG: &str = "Auth tokens";

pub(in crate::http) fn create() -> Operation {
    provision("createAuthToken", "Logs a user in.")
        .tagged(TAG)
        .reads::<Client>()
        .gives::<TokenJson>()
}

pub(in crate::http) fn list() -> Operation {
    admin("listAuthTokens", "Lists a user's tokens, newest first.").tagged(TAG).lists::<TokenJson>()
}

pub(in crate::http) fn remove_all() -> Operation {
    admin("deleteAuthTokens", "Logs a user out everywhere.").tagged(TAG).confirms()
}

pub(in crate::http) fn show() -> Operation {
    admin("getAuthToken", "Shows a token.")
        .tagged(TAG)
        .gives::<TokenJson>()
        .refused_by([Code::AuthTokenNotFound])
}

pub(in crate::http) fn update() -> Operation {
    admin("updateAuthToken", "Changes what a client said of itself.")
        .tagged(TAG)
        .reads::<Client>()
        .gives::<TokenJson>()
}

pub(in crate::http) fn remove() -> Operation {
    admin("deleteAuthToken", "Logs a user out of one client.").tagged(TAG).confirms()
}

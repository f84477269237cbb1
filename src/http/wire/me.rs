//! What a logged-in client is told of its user and of itself.

use schemars::JsonSchema;
use serde::Serialize;

use super::{ChannelJson, user::UserJson};
use crate::domain::{
    ids::{AppId, AuthToken},
    people::User,
};

/// The user, with what their client needs to go on (seen). The token is the one that was sent: an
/// SDK takes any other for a new one.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Me")]
pub(in crate::http) struct MeJson<'a> {
    #[serde(flatten)]
    user: UserJson<'a>,
    ws_channel: ChannelJson,
    jwt: String,
}

impl<'a> MeJson<'a> {
    /// `channel_secret` and `jwt` are the user's own in this app.
    pub(in crate::http) fn of(
        user: &'a User,
        token: &'a AuthToken,
        app: &AppId,
        channel_secret: String,
        jwt: String,
    ) -> Self {
        Self {
            user: UserJson::of(user).with_token(Some(token)),
            ws_channel: ChannelJson::of(app.as_str(), user.uid.as_str(), channel_secret, "user"),
            jwt,
        }
    }
}

/// A pass for the realtime socket.
#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
pub(in crate::http) struct JwtJson {
    pub(in crate::http) jwt: String,
}

//! What a logged-in client is told of its user and of itself.

use schemars::JsonSchema;
use serde::Serialize;

use super::{ChannelJson, user::UserJson};
use crate::{
    domain::{
        ids::{AppId, AuthToken, Uid},
        people::User,
        time::Timestamp,
    },
    http::form::{Form, FromForm},
};

/// The user, with what their client needs to go on (seen). The token is the one that was sent: an
/// SDK takes any other for a new one.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Me")]
pub(in crate::http) struct MeJson<'a> {
    #[serde(flatten)]
    user: UserJson<'a>,
    ws_channel: ChannelJson<'a>,
    jwt: String,
}

impl<'a> MeJson<'a> {
    /// `channel_secret` and `jwt` are the user's own in this app.
    pub(in crate::http) fn of(
        user: &'a User,
        token: &'a AuthToken,
        app: &'a AppId,
        channel_secret: [u8; 20],
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

/// The body of `POST /user_sessions`: the SDK's own name for what it tells of. It tells much more
/// (seen), which is ignored.
pub(in crate::http) struct Report(pub(in crate::http) String);

impl FromForm for Report {
    fn from_form(form: &mut Form) -> Option<Self> {
        form.required("sessionId").map(Self)
    }
}

/// That it was heard. The SDK keeps `sessionId`, and does not tell the same again (seen).
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "UserSession")]
pub(in crate::http) struct ReportedJson {
    session_id: String,
    uid: String,
    created_at: i64,
}

impl ReportedJson {
    pub(in crate::http) fn of(session_id: String, uid: &Uid, at: Timestamp) -> Self {
        Self { session_id, uid: uid.as_str().to_owned(), created_at: at.secs() }
    }
}

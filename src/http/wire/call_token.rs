//! Passes to the sessions of calls.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

use super::settings::MediaHostsJson;
use crate::{
    domain::{
        ids::{AppId, AuthToken, SessionId},
        people::User,
    },
    http::{
        authority::Authority,
        form::{Form, FromForm},
    },
};

/// The body of `POST /call_tokens`.
pub(in crate::http) struct SessionAsked(pub(in crate::http) String);

impl FromForm for SessionAsked {
    fn from_form(form: &mut Form) -> Option<Self> {
        form.required("sessionId").map(Self)
    }
}

/// A pass: a JWT, which an SDK looks into (seen).
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "CallToken")]
pub(in crate::http) struct CallTokenJson {
    pub(in crate::http) token: String,
}

/// Somebody who comes to a session.
pub(in crate::http) struct Visit {
    pub(in crate::http) app: AppId,
    pub(in crate::http) region: Arc<str>,
    pub(in crate::http) user: Arc<User>,
    /// Their newest log-in, if they are logged in still.
    pub(in crate::http) token: Option<AuthToken>,
    pub(in crate::http) session: SessionId,
}

/// What an SDK begins a session with (seen).
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "CallSession")]
pub(in crate::http) struct SessionJson<'a> {
    call_token: &'a str,
    settings: SettingsJson<'a>,
    payload: PayloadJson<'a>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "CallSessionSettings")]
struct SettingsJson<'a> {
    #[serde(rename = "PRESENTER_MODE_ENABLED")]
    presenter_mode_enabled: bool,
    #[serde(flatten)]
    media: MediaHostsJson<'a>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "CallSessionPayload")]
struct PayloadJson<'a> {
    data: GuestJson<'a>,
    room: &'a str,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "CallSessionData")]
struct GuestJson<'a> {
    app_id: &'a str,
    region: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_token: Option<&'a str>,
    user: FaceJson<'a>,
    session_id: &'a str,
    /// Whatever an app wants to say along. The SDK that asks for passes says nothing (seen).
    passthrough: &'static str,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "CallSessionUser")]
struct FaceJson<'a> {
    uid: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    avatar: Option<&'a str>,
}

impl<'a> SessionJson<'a> {
    /// For a client that reached the server there.
    pub(in crate::http) fn of(
        visit: &'a Visit,
        call_token: &'a str,
        reached: &'a Authority,
    ) -> Self {
        let user = &visit.user;
        let (uid, avatar) = (user.uid.as_str(), user.avatar.as_deref());
        let data = GuestJson {
            app_id: visit.app.as_str(),
            region: &visit.region,
            auth_token: visit.token.as_ref().map(AuthToken::as_str),
            user: FaceJson { uid, name: &user.name, avatar },
            session_id: visit.session.as_str(),
            passthrough: "",
        };
        let media = MediaHostsJson::of(reached);
        Self {
            call_token,
            settings: SettingsJson { presenter_mode_enabled: false, media },
            payload: PayloadJson { data, room: visit.session.as_str() },
        }
    }
}

//! The frames of the socket, as the SDK writes and reads them (seen).

use axum::extract::ws::Utf8Bytes;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    domain::{event::CallMessage, ids::AppId, people::User, time::Timestamp},
    http::wire::{call_message::CallMessageJson, user::UserJson},
    runtime::hub::Watch,
};

/// What came.
pub(super) enum Frame {
    /// Somebody says who they are.
    Auth(Box<Auth>),
    /// Somebody asks whether anybody is there.
    Ping,
    /// Nothing that is known here.
    Other,
}

/// Somebody who says who they are.
#[derive(Debug, Default)]
pub(super) struct Auth {
    /// The app they name.
    pub(super) app: Option<String>,
    /// What they show.
    pub(super) pass: String,
    /// Whose coming and going they want to know.
    pub(super) watch: Watch,
    sender: String,
    device: String,
}

/// A frame with all that is looked at in any.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[derive(Default)]
struct Any {
    #[serde(rename = "type")]
    kind: String,
    action: String,
    app_id: Option<String>,
    sender: String,
    device_id: String,
    body: Body,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Body {
    auth: String,
    presence_subscription: String,
    roles: Vec<String>,
}

impl Frame {
    pub(super) fn read(text: &str) -> Self {
        let any: Any = serde_json::from_str(text).unwrap_or_default();
        match (any.kind.as_str(), any.action.as_str()) {
            ("auth", _) => Self::Auth(Box::new(Auth::of(any))),
            (_, "ping") => Self::Ping,
            _ => Self::Other,
        }
    }
}

impl Auth {
    fn of(any: Any) -> Self {
        let Any { app_id, sender, device_id, body, .. } = any;
        let watch = match body.presence_subscription.as_str() {
            "ALL_USERS" => Watch::Everybody,
            "ROLES" => Watch::Roles(body.roles),
            // Nobody has friends here.
            _ => Watch::Nobody,
        };
        Self { app: app_id, pass: body.auth, watch, sender, device: device_id }
    }

    /// Whether they may come in.
    pub(super) fn answer(&self, good: bool) -> Utf8Bytes {
        let (code, status) = if good { ("200", "OK") } else { ("401", "UNAUTHORIZED") };
        let frame = json!({
            "type": "auth", "appId": self.app, "receiver": self.sender, "receiverType": "user",
            "deviceId": self.device, "sender": self.sender, "body": { "code": code, "status": status },
        });
        frame.to_string().into()
    }
}

pub(super) fn pong() -> Utf8Bytes {
    Utf8Bytes::from_static(r#"{"action":"pong","ack":"true"}"#)
}

/// A frame that tells of something.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct News<'a, T> {
    #[serde(rename = "type")]
    kind: &'static str,
    app_id: &'a str,
    receiver: &'a str,
    receiver_type: &'static str,
    /// A client overlooks frames with its own name (seen).
    #[serde(skip_serializing_if = "Option::is_none")]
    device_id: Option<&'a str>,
    sender: &'a str,
    body: T,
}

#[derive(Serialize)]
struct PresenceJson<'a> {
    action: &'static str,
    timestamp: i64,
    user: UserJson<'a>,
}

/// Tells of a call, as the client called `resource` brought it about.
pub(in crate::http) fn call(
    app: &AppId,
    message: &CallMessage,
    resource: Option<&str>,
) -> Utf8Bytes {
    written(&News {
        kind: "message",
        app_id: app.as_str(),
        receiver: message.to.as_str(),
        receiver_type: message.to.kind(),
        device_id: resource,
        sender: message.by.uid.as_str(),
        body: CallMessageJson::of(message, app.as_str(), resource),
    })
}

/// Tells that a user came or went.
pub(in crate::http) fn presence(app: &AppId, user: &User, at: Timestamp) -> Utf8Bytes {
    let uid = user.uid.as_str();
    let body =
        PresenceJson { action: user.status(), timestamp: at.secs(), user: UserJson::of(user) };
    written(&News {
        kind: "presence",
        app_id: app.as_str(),
        receiver: "",
        receiver_type: "user",
        device_id: None,
        sender: uid,
        body,
    })
}

fn written(frame: &impl Serialize) -> Utf8Bytes {
    // Strings under fixed keys always serialise.
    serde_json::to_string(frame).unwrap_or_default().into()
}

//! The frames of the socket, as the SDK writes and reads them (seen).

use axum::extract::ws::Utf8Bytes;
use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    domain::{
        event::CallMessage,
        ids::{AppId, Uid},
        people::User,
        time::Timestamp,
    },
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

impl Frame {
    /// Whatever is not as expected is as if it were not there.
    pub(super) fn read(came: &str) -> Self {
        let frame: Value = serde_json::from_str(came).unwrap_or_default();
        match (text(&frame, "type"), text(&frame, "action")) {
            ("auth", _) => Self::Auth(Box::new(Auth::of(&frame))),
            (_, "ping") => Self::Ping,
            _ => Self::Other,
        }
    }
}

impl Auth {
    fn of(frame: &Value) -> Self {
        let body = frame.get("body").unwrap_or(&Value::Null);
        let watch = match text(body, "presenceSubscription") {
            "ALL_USERS" => Watch::Everybody,
            "ROLES" => {
                let roles = body.get("roles").and_then(Value::as_array).into_iter().flatten();
                Watch::Roles(roles.filter_map(Value::as_str).map(str::to_owned).collect())
            }
            // Nobody has friends here.
            _ => Watch::Nobody,
        };
        Self {
            app: frame.get("appId").and_then(Value::as_str).map(str::to_owned),
            pass: text(body, "auth").to_owned(),
            watch,
            sender: text(frame, "sender").to_owned(),
            device: text(frame, "deviceId").to_owned(),
        }
    }

    /// They say they are this user, or do not say who they are.
    pub(super) fn is_of(&self, uid: &Uid) -> bool {
        self.sender.is_empty() || self.sender.eq_ignore_ascii_case(uid.as_str())
    }

    /// That they may come in as this user, or that they may not.
    pub(super) fn answer(&self, as_user: Option<&Uid>) -> Utf8Bytes {
        let (code, status) =
            if as_user.is_some() { ("200", "OK") } else { ("401", "UNAUTHORIZED") };
        let uid = as_user.map_or(self.sender.as_str(), Uid::as_str);
        let frame = json!({
            "type": "auth", "appId": self.app, "receiver": uid, "receiverType": "user",
            "deviceId": self.device, "sender": uid, "body": { "code": code, "status": status },
        });
        frame.to_string().into()
    }
}

/// A field's text; none is as good as an empty one.
fn text<'a>(frame: &'a Value, field: &str) -> &'a str {
    frame.get(field).and_then(Value::as_str).unwrap_or_default()
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

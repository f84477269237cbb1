//! What the surface does for who is in the process already: by the same forms and rules as for a
//! request with a REST API key, and with the same JSON, but without a request.

use std::sync::Arc;

use serde::Serialize;
use serde_json::{Map, Value};

use super::{
    auth_tokens,
    body::Body,
    groups, users,
    wire::{
        call_log::CallLogJson,
        group::{self, GroupJson},
        user::UserJson,
        webhook::{self, WebhookJson},
    },
};
use crate::{
    domain::{
        error::{Error, Ruling},
        webhooks::Trigger,
    },
    runtime::app::App,
};

/// What was asked for, as the field `data` of an answer has it.
pub type Data = Value;

/// `POST /users`
///
/// # Errors
/// Those of the request.
pub fn create_user(app: &Arc<App>, fields: Map<String, Value>) -> Ruling<Data> {
    let (user, token) = app.turn(|mut turn| users::make(&mut turn, Body::of(fields)))?;
    data(UserJson::of(&user).with_token(token.as_ref()))
}

/// `POST /groups`. Members that there are not are refused, where a request is told so beside the
/// group that was made: a caller in the process has nowhere to look (ours).
///
/// # Errors
/// Those of the request, and `ERR_UID_NOT_FOUND` for a member.
pub fn create_group(app: &Arc<App>, fields: Map<String, Value>) -> Ruling<Data> {
    let view = app.turn(|mut turn| {
        let create: group::Create = Body::of(fields).read()?;
        for uid in create.members.uids() {
            turn.world.active(uid)?;
        }
        groups::make(&mut turn, create, None)
    })?;
    data(GroupJson::seen(&view))
}

/// `POST /users/{uid}/auth_tokens`, with nothing said of the client.
///
/// # Errors
/// Those of the request.
pub fn create_token(app: &Arc<App>, uid: &str) -> Ruling<String> {
    let token = app.turn(|mut turn| auth_tokens::make(&mut turn, uid, Body::of(Map::new())))?;
    Ok(token.into_auth_token())
}

/// `POST /apps/{appId}/webhooks`, and `…/triggers` for all of `triggers`: both or neither.
///
/// # Errors
/// Those of the requests.
pub fn create_webhook(
    app: &Arc<App>,
    fields: Map<String, Value>,
    triggers: &[String],
) -> Ruling<Data> {
    let webhook = app.turn(|turn| {
        let create: webhook::Create = Body::of(fields).read()?;
        let triggers = triggers.iter().map(|name| Trigger::known(name));
        let triggers = triggers.collect::<Result<_, _>>()?;
        turn.world.create_webhook(create.telling(triggers, turn.now))
    })?;
    data(WebhookJson::of(&webhook))
}

/// `GET /calls/{sessionId}`; `None` for a call that there is not.
#[must_use]
pub fn call(app: &Arc<App>, session: &str) -> Option<Data> {
    let call = app.turn(|turn| turn.world.view_call(session, None)).ok()?;
    data(CallLogJson::in_detail(&call, None)).ok()
}

fn data(shown: impl Serialize) -> Ruling<Data> {
    // Only a map with keys that are no strings can fail, and there is none.
    serde_json::to_value(shown).map_err(|_| Error::Internal.into())
}

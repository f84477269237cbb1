//! A request's way to its app: which app it is for, and who asks. A handler says in its first
//! line whom it is for, and gets the world together with the caller, in one turn: between finding
//! out who asks and doing what they ask, nothing changes.

use std::{
    borrow::Cow,
    sync::{Arc, OnceLock},
};

use axum::{
    body::Bytes,
    extract::FromRequestParts,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, request::Parts},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use super::{
    error::{Failure, nothing_answers},
    exchange::ForApp,
    heard::Heard,
    service::Service,
    wire,
    written::{json, json_text},
};
use crate::{
    domain::{
        access::{Access, Actor, Caller, Credentials, Pass, authenticate},
        error::{Error, Ruling},
        ids::{AppId, SessionId, Uid},
    },
    runtime::{
        app::{App, By, Turn},
        glob::unprefixed,
        hints::{AUTH_TOKEN, text},
        passes::Passes,
    },
};

pub(super) const ON_BEHALF_OF: HeaderName = HeaderName::from_static("onbehalfof");

/// What every handler answers with.
pub(super) type Answer = Result<Reply, Failure>;

/// A successful answer: always 200, creates included (vendor doc).
pub(super) struct Reply(Bytes);

impl Reply {
    /// `{"data":…}`
    pub(super) fn data(data: impl Serialize) -> Answer {
        Self::whole(&wire::Data { data })
    }

    /// `{"data":{"success":true,"message":…}}`
    pub(super) fn done(message: &str) -> Answer {
        Self::data(wire::Done { success: true, message })
    }

    /// The whole body as it is given.
    pub(super) fn whole(body: &impl Serialize) -> Answer {
        // Only a type that refuses to be written fails, and there is none.
        json_text(body).map(Self).map_err(|_| Error::Internal.into())
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        json(StatusCode::OK, self.0)
    }
}

/// A request on its way to its app.
pub(super) struct Context {
    app: Arc<App>,
    actor: Arc<OnceLock<Uid>>,
    api_key: Option<HeaderValue>,
    auth_token: Option<HeaderValue>,
    call_token: Option<HeaderValue>,
    on_behalf_of: Option<HeaderValue>,
    resource: Option<HeaderValue>,
}

impl<S: Send + Sync> FromRequestParts<S> for Context {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let Some(ForApp { app, actor }) = parts.extensions.remove::<ForApp>() else {
            return Err(Error::Internal.into());
        };
        let heard = Heard::of(&parts.headers);
        Ok(Self {
            app: app?,
            actor,
            api_key: heard.api_key.once("apikey")?.cloned(),
            auth_token: heard.auth_token.once("authToken")?.cloned(),
            call_token: heard.call_token.once("callToken")?.cloned(),
            on_behalf_of: heard.on_behalf_of.once("onBehalfOf")?.cloned(),
            resource: heard.resource.first().cloned(),
        })
    }
}

impl Context {
    /// For REST API keys and auth keys: making users and tokens.
    pub(super) fn provision<T>(
        &self,
        act: impl FnOnce(Turn<'_>, Caller) -> Ruling<T>,
    ) -> Outcome<T> {
        self.turn(Access::Provision, act)
    }

    /// For REST API keys: managing the app.
    pub(super) fn admin<T>(&self, act: impl FnOnce(Turn<'_>, Caller) -> Ruling<T>) -> Outcome<T> {
        self.turn(Access::Admin, act)
    }

    /// For REST API keys and for users.
    pub(super) fn anyone<T>(&self, act: impl FnOnce(Turn<'_>, Caller) -> Ruling<T>) -> Outcome<T> {
        self.turn(Access::Anyone, act)
    }

    /// For users, or an API key on behalf of one.
    pub(super) fn acting<T>(&self, act: impl FnOnce(Turn<'_>, Actor) -> Ruling<T>) -> Outcome<T> {
        self.turn(Access::Acting, |turn, caller| act(turn, caller.acting()?))
    }

    /// For a user's own client alone, which gets the token along that it came with.
    pub(super) fn client<T>(
        &self,
        act: impl FnOnce(Turn<'_>, &Uid, &str) -> Ruling<T>,
    ) -> Outcome<T> {
        let token = self.auth_token.as_ref().and_then(text).unwrap_or_default();
        self.turn(Access::Client, |turn, caller| act(turn, &caller.acting()?.uid, &token))
    }

    /// For who comes to a session with a pass to it, all of which is handed on.
    pub(super) fn session<T>(
        &self,
        passes: &Passes,
        act: impl FnOnce(Turn<'_>, &Uid, &SessionId, &str) -> Ruling<T>,
    ) -> Outcome<T> {
        let token = self.call_token.as_ref().and_then(text).unwrap_or_default();
        self.with_credentials(|turn, credentials| {
            let known = passes.at_session(&token, turn.now);
            let good = known.filter(|(bearer, _)| bearer.app == *self.app.id());
            let pass = match &good {
                _ if token.is_empty() => Pass::None,
                Some((bearer, _)) => Pass::Of(&bearer.uid),
                None => Pass::Bad,
            };
            let with = Credentials { pass, ..credentials };
            let Actor { uid, .. } = self.caller(&turn, with, Access::Session)?.acting()?;
            let (_, session) = good.ok_or(Error::Internal)?;
            act(turn, &uid, &session, &token)
        })
    }

    /// The app.
    pub(super) fn app_id(&self) -> &AppId {
        self.app.id()
    }

    /// The client's own name for itself, which call messages repeat.
    pub(super) fn resource(&self) -> Option<Cow<'_, str>> {
        self.resource.as_ref().and_then(text)
    }

    fn turn<T>(
        &self,
        access: Access,
        act: impl FnOnce(Turn<'_>, Caller) -> Ruling<T>,
    ) -> Outcome<T> {
        self.with_credentials(|turn, credentials| {
            let caller = self.caller(&turn, credentials, access)?;
            act(turn, caller)
        })
    }

    /// Gives the world together with what was brought along.
    fn with_credentials<T>(
        &self,
        act: impl FnOnce(Turn<'_>, Credentials<'_>) -> Ruling<T>,
    ) -> Outcome<T> {
        let [api_key, auth_token, on_behalf_of] =
            [&self.api_key, &self.auth_token, &self.on_behalf_of]
                .map(|header| header.as_ref().and_then(text));
        let credentials = Credentials {
            api_key: api_key.as_deref(),
            auth_token: auth_token.as_deref(),
            on_behalf_of: on_behalf_of.as_deref(),
            pass: Pass::None,
        };
        let resource = self.resource();
        let by = By { resource: resource.as_deref() };
        self.app.turn_by(by, |turn| act(turn, credentials)).map_err(Failure::from)
    }

    fn caller(&self, turn: &Turn<'_>, with: Credentials<'_>, access: Access) -> Ruling<Caller> {
        let caller = authenticate(turn.world, with, access)?;
        if let Some(uid) = caller.uid() {
            // Set once: a request is authenticated once.
            let _ = self.actor.set(uid.clone());
        }
        Ok(caller)
    }
}

/// A request of whoever manages apps, on its way to the one that its path names.
pub(super) struct Manager(Arc<App>);

impl FromRequestParts<Arc<Service>> for Manager {
    type Rejection = Failure;

    async fn from_request_parts(
        parts: &mut Parts,
        service: &Arc<Service>,
    ) -> Result<Self, Failure> {
        let Some(ForApp { app, .. }) = parts.extensions.remove::<ForApp>() else {
            return Err(Error::Internal.into());
        };
        let path = parts.uri.path();
        if unprefixed(path).starts_with("/apps//") {
            return Err(nothing_answers(&parts.method, path));
        }
        let app = app?;
        let heard = Heard::of(&parts.headers);
        let (key, secret) = (heard.key.once("key")?, heard.secret.once("secret")?);
        let [key, secret] = [key, secret].map(|said| said.and_then(text));
        service.options.management.opens_to(key.as_deref(), secret.as_deref())?;
        Ok(Self(app))
    }
}

impl Manager {
    /// Managing the app.
    pub(super) fn manage<T>(&self, act: impl FnOnce(Turn<'_>) -> Ruling<T>) -> Outcome<T> {
        self.0.turn(act).map_err(Failure::from)
    }
}

/// What a turn comes to.
pub(super) type Outcome<T> = Result<T, Failure>;

/// Whose token a request has, if it has one that the app knows.
pub(super) fn user_of(app: &App, headers: &HeaderMap) -> Option<Uid> {
    let token = headers.get(&AUTH_TOKEN).and_then(text)?;
    app.peek(|world| world.owner_of(&token).cloned())
}

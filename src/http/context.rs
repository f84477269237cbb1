//! A request as its handler gets it: what it brought, its app, and who asks. A handler says whom
//! it is for, and gets the world together with the caller, in one turn: between finding out who
//! asks and doing what they ask, nothing changes.

use std::{borrow::Cow, cell::OnceCell, sync::Arc};

use axum::{
    body::Bytes,
    http::{HeaderMap, HeaderName},
};
use serde::Serialize;

use super::{
    authority::Authority,
    body::{Body, Received},
    error::Failure,
    heard::Heard,
    params::{Query, named},
    service::Service,
    wire,
    written::json_text,
};
use crate::{
    domain::{
        access::{Access, Actor, Caller, Credentials, Pass, authenticate},
        error::{Error, Ruling},
        ids::{AppId, SessionId, Uid},
    },
    runtime::{
        app::{App, By, Turn},
        hints::{AUTH_TOKEN, text},
    },
};

pub(super) const ON_BEHALF_OF: HeaderName = HeaderName::from_static("onbehalfof");

/// What every handler answers with.
pub(super) type Answer = Result<Reply, Failure>;

/// A successful answer: always 200, creates included (vendor doc).
pub(super) struct Reply(pub(super) Bytes);

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

/// A request as its handler gets it.
pub(super) struct Context<'a> {
    /// What all requests share.
    pub(super) service: &'a Service,
    /// The path of the route, parameters in braces.
    pub(super) route: &'static str,
    pub(super) received: &'a Received,
    pub(super) heard: &'a Heard<'a>,
    pub(super) app: &'a Arc<App>,
    /// Whom it turns out to act as, for the journal.
    pub(super) actor: &'a OnceCell<Uid>,
}

impl Context<'_> {
    /// The body. What is wrong with it is said only when it is read, so that a stranger is told
    /// first that they may not come in.
    pub(super) fn body(&self) -> Body<'_> {
        Body::that_came(self.received, self.heard)
    }

    /// The query.
    pub(super) fn query(&self) -> Query {
        Query::of(&self.received.head.uri)
    }

    /// The parameters of the path, decoded, in their order. What is not there is empty.
    pub(super) fn named<const N: usize>(&self) -> [Cow<'_, str>; N] {
        named(self.route, self.received.head.uri.path())
    }

    /// Where the client reached this server.
    ///
    /// # Errors
    /// 400 `ERR_BAD_REQUEST`, where it does not say so.
    pub(super) fn reached(&self) -> Ruling<Authority> {
        Authority::reached(&self.received.head)
    }

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
        let token = self.heard.auth_token.text().unwrap_or_default();
        self.turn(Access::Client, |turn, caller| act(turn, &caller.acting()?.uid, &token))
    }

    /// For who comes to a session with a pass to it, all of which is handed on.
    pub(super) fn session<T>(
        &self,
        act: impl FnOnce(Turn<'_>, &Uid, &SessionId, &str) -> Ruling<T>,
    ) -> Outcome<T> {
        let token = self.heard.call_token.text().unwrap_or_default();
        self.with_credentials(|turn, credentials| {
            let known = self.service.passes.at_session(&token, turn.now);
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
        self.heard.resource.text()
    }

    /// For whoever manages apps.
    pub(super) fn manage<T>(&self, act: impl FnOnce(Turn<'_>) -> Ruling<T>) -> Outcome<T> {
        let key = self.heard.key.once("key")?.and_then(text);
        let secret = self.heard.secret.once("secret")?.and_then(text);
        self.service.options.management.opens_to(key.as_deref(), secret.as_deref())?;
        self.app.turn(act).map_err(Failure::from)
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
        let api_key = self.heard.api_key.once("apikey")?.and_then(text);
        let auth_token = self.heard.auth_token.once("authToken")?.and_then(text);
        self.heard.call_token.once("callToken")?;
        let on_behalf_of = self.heard.on_behalf_of.once("onBehalfOf")?.and_then(text);
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

/// What a turn comes to.
pub(super) type Outcome<T> = Result<T, Failure>;

/// Whose token a request has, if it has one that the app knows.
pub(super) fn user_of(app: &App, headers: &HeaderMap) -> Option<Uid> {
    let token = headers.get(&AUTH_TOKEN).and_then(text)?;
    app.peek(|world| world.owner_of(&token).cloned())
}

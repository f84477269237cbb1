//! The table of contents: every route of the vendor's surface, and who answers it. Each stands
//! under `/v3`, under `/v3.0` and without a prefix, for an SDK adds none when only its host is
//! overridden (seen).

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, Bytes, HttpBody},
    extract::Request,
    http::Method,
    response::Response,
};
use indexmap::IndexMap;

use super::{
    auth_tokens, blocks, call_tokens, calls,
    context::{Answer, Context},
    exchange::{Endpoint, Handler, exchange},
    groups, me, members, operations as op,
    payload::Payload,
    service::Service,
    settings, user_sessions, users, webhooks,
};
use crate::{openapi::Operation, route::Route, runtime::glob::unprefixed};

#[rustfmt::skip]
fn table() -> Vec<Route<Handler>> {
    vec![
        post  ("/calls",                                     calls::initiate,           op::calls::initiate),
        get   ("/calls",                                     calls::list,               op::calls::list),
        get   ("/calls/{sessionId}",                         calls::show,               op::calls::show),
        put   ("/calls/{sessionId}",                         calls::change_status,      op::calls::change_status),
        patch ("/calls/{sessionId}/type",                    calls::change_type,        op::calls::change_type),
        get   ("/calls/{sessionId}/transcriptions",          calls::transcriptions,     op::calls::transcriptions),
        // The same with nothing for a session id, which has an error of its own.
        get   ("/calls/",                                    calls::show,               || op::calls::nameless("getCallWithoutSession")),
        put   ("/calls/",                                    calls::change_status,      || op::calls::nameless("changeCallStatusWithoutSession")),
        patch ("/calls//type",                               calls::change_type,        || op::calls::nameless("changeCallTypeWithoutSession")),
        get   ("/calls//transcriptions",                     calls::transcriptions,     || op::calls::nameless("listTranscriptionsWithoutSession")),

        get   ("/me",                                        me::show,                  op::clients::show),
        put   ("/me",                                        me::update,                op::clients::update),
        delete("/me",                                        me::remove,                op::clients::remove),
        post  ("/me/jwt",                                    me::jwt,                   op::clients::jwt),
        get   ("/settings",                                  settings::show,            op::clients::settings),
        post  ("/user_sessions",                             user_sessions::create,     op::clients::user_session),

        post  ("/call_tokens",                               call_tokens::create,       op::clients::call_token),
        get   ("/call_tokens",                               call_tokens::show,         op::clients::call_session),

        post  ("/users",                                     users::create,             op::users::create),
        get   ("/users",                                     users::list,               op::users::list),
        put   ("/users",                                     users::reactivate,         op::users::reactivate),
        delete("/users",                                     users::deactivate,         op::users::deactivate),
        get   ("/users/{uid}",                               users::show,               op::users::show),
        put   ("/users/{uid}",                               users::update,             op::users::update),
        delete("/users/{uid}",                               users::remove,             op::users::remove),

        post  ("/users/{uid}/auth_tokens",                   auth_tokens::create,       op::auth_tokens::create),
        get   ("/users/{uid}/auth_tokens",                   auth_tokens::list,         op::auth_tokens::list),
        delete("/users/{uid}/auth_tokens",                   auth_tokens::remove_all,   op::auth_tokens::remove_all),
        get   ("/users/{uid}/auth_tokens/{authToken}",       auth_tokens::show,         op::auth_tokens::show),
        put   ("/users/{uid}/auth_tokens/{authToken}",       auth_tokens::update,       op::auth_tokens::update),
        delete("/users/{uid}/auth_tokens/{authToken}",       auth_tokens::remove,       op::auth_tokens::remove),

        post  ("/users/{uid}/blockedusers",                  blocks::block_for,         op::blocks::block_for),
        get   ("/users/{uid}/blockedusers",                  blocks::list_for,          op::blocks::list_for),
        delete("/users/{uid}/blockedusers",                  blocks::unblock_for,       op::blocks::unblock_for),
        post  ("/blockedusers",                              blocks::block,             op::blocks::block),
        get   ("/blockedusers",                              blocks::list,              op::blocks::list),
        delete("/blockedusers",                              blocks::unblock,           op::blocks::unblock),

        post  ("/groups",                                    groups::create,            op::groups::create),
        get   ("/groups",                                    groups::list,              op::groups::list),
        get   ("/groups/{guid}",                             groups::show,              op::groups::show),
        put   ("/groups/{guid}",                             groups::update,            op::groups::update),
        delete("/groups/{guid}",                             groups::remove,            op::groups::remove),

        post  ("/groups/{guid}/members",                     members::add_or_join,      op::members::add_or_join),
        get   ("/groups/{guid}/members",                     members::list,             op::members::list),
        delete("/groups/{guid}/members",                     members::leave,            op::members::leave),
        put   ("/groups/{guid}/members/{uid}",               members::change_scope,     op::members::change_scope),
        delete("/groups/{guid}/members/{uid}",               members::remove,           op::members::remove),
        get   ("/groups/{guid}/bannedusers",                 members::list_banned,      op::members::list_banned),
        post  ("/groups/{guid}/bannedusers/{uid}",           members::ban,              op::members::ban),
        delete("/groups/{guid}/bannedusers/{uid}",           members::unban,            op::members::unban),

        post  ("/apps/{appId}/webhooks",                     webhooks::create,          op::webhooks::create),
        get   ("/apps/{appId}/webhooks",                     webhooks::list,            op::webhooks::list),
        get   ("/apps/{appId}/webhooks/{webhookId}",         webhooks::show,            op::webhooks::show),
        put   ("/apps/{appId}/webhooks/{webhookId}",         webhooks::update,          op::webhooks::update),
        delete("/apps/{appId}/webhooks/{webhookId}",         webhooks::remove,          op::webhooks::remove),
        post  ("/apps/{appId}/webhooks/{webhookId}/triggers", webhooks::add_triggers,   op::webhooks::add_triggers),
        get   ("/apps/{appId}/webhooks/{webhookId}/triggers", webhooks::list_triggers,  op::webhooks::list_triggers),
        delete("/apps/{appId}/webhooks/{webhookId}/triggers", webhooks::remove_triggers, op::webhooks::remove_triggers),
    ]
}

/// The realtime socket: no request that is answered once, and so no part of the table. What comes
/// there and wants no socket is for nobody.
#[must_use]
pub fn realtime() -> Route<()> {
    Route { method: Method::GET, path: "/", handler: (), operation: op::socket }
}

/// Every route, for tests and documents that have to cover them.
#[must_use]
pub fn routes() -> Vec<Route<Handler>> {
    table()
}

/// The whole surface.
#[derive(Clone)]
pub struct Surface(Arc<Inside>);

struct Inside {
    service: Arc<Service>,
    /// By their paths without a prefix.
    paths: matchit::Router<Vec<(Method, Endpoint)>>,
}

impl Surface {
    /// The surface of a service.
    #[must_use]
    pub fn new(service: Service) -> Self {
        let mut methods = IndexMap::<_, Vec<_>>::new();
        for Route { method, path, handler, .. } in table() {
            let endpoint = Endpoint { route: path, handler };
            methods.entry(path).or_default().push((method, endpoint));
        }
        let mut paths = matchit::Router::new();
        for (path, methods) in methods {
            let added = paths.insert(path, methods);
            debug_assert!(added.is_ok(), "{path}: {added:?}");
        }
        Self(Arc::new(Inside { service: Arc::new(service), paths }))
    }

    /// What answers such a request. `HEAD` is `GET` without the body.
    #[must_use]
    pub fn find(&self, method: &Method, path: &str) -> Option<Endpoint> {
        let path = unprefixed(path);
        // A parameter in the middle of a path may be empty to matchit.
        if path.starts_with("/apps//") {
            return None;
        }
        let method = if method == Method::HEAD { &Method::GET } else { method };
        let methods = self.0.paths.at(path).ok()?.value;
        let found = methods.iter().find(|(answered, _)| answered == method);
        found.map(|(_, endpoint)| *endpoint)
    }

    /// A router that has this surface answer all that it does not know itself.
    pub fn beside(self, router: Router) -> Router {
        router.fallback(move |request: Request| {
            let surface = self.clone();
            async move {
                let endpoint = surface.find(request.method(), request.uri().path());
                surface.answer(endpoint, request).await.map(Body::new)
            }
        })
    }

    /// Answers a request by what was found for it, if anything was.
    pub fn answer<B>(
        &self,
        endpoint: Option<Endpoint>,
        request: Request<B>,
    ) -> impl Future<Output = Response<Payload>> + use<B>
    where
        B: HttpBody<Data = Bytes> + Unpin,
    {
        exchange(Arc::clone(&self.0.service), endpoint, request)
    }
}

macro_rules! verbs {
    ($($name:ident $method:ident),+) => {$(
        const fn $name(
            path: &'static str,
            handler: fn(&Context<'_>) -> Answer,
            operation: fn() -> Operation,
        ) -> Route<Handler> {
            Route { method: Method::$method, path, handler: Handler(handler), operation }
        }
    )+};
}

verbs!(get GET, post POST, put PUT, patch PATCH, delete DELETE);

//! The table of contents: every route of the vendor's surface, and who answers it. Each stands
//! under `/v3`, under `/v3.0` and without a prefix, for an SDK adds none when only its host is
//! overridden (seen).

use std::sync::Arc;

use axum::{Router, middleware};
use tower_http::catch_panic::CatchPanicLayer;

use super::{
    auth_tokens, blocks, calls, error, exchange, groups, members, service::Service, users,
};
use crate::route::{Route, delete, get, patch, post, put};

/// The prefixes under which every route stands.
const PREFIXES: [&str; 3] = ["", "/v3", "/v3.0"];

#[rustfmt::skip]
fn table() -> Vec<Route<Arc<Service>>> {
    vec![
        post  ("/calls",                                     calls::initiate),
        get   ("/calls",                                     calls::list),
        get   ("/calls/{sessionId}",                         calls::show),
        put   ("/calls/{sessionId}",                         calls::change_status),
        patch ("/calls/{sessionId}/type",                    calls::change_type),
        get   ("/calls/{sessionId}/transcriptions",          calls::transcriptions),
        // The same with nothing for a session id, which has an error of its own.
        get   ("/calls/",                                    calls::show),
        put   ("/calls/",                                    calls::change_status),
        patch ("/calls//type",                               calls::change_type),
        get   ("/calls//transcriptions",                     calls::transcriptions),

        post  ("/users",                                     users::create),
        get   ("/users",                                     users::list),
        put   ("/users",                                     users::reactivate),
        delete("/users",                                     users::deactivate),
        get   ("/users/{uid}",                               users::show),
        put   ("/users/{uid}",                               users::update),
        delete("/users/{uid}",                               users::remove),

        post  ("/users/{uid}/auth_tokens",                   auth_tokens::create),
        get   ("/users/{uid}/auth_tokens",                   auth_tokens::list),
        delete("/users/{uid}/auth_tokens",                   auth_tokens::remove_all),
        get   ("/users/{uid}/auth_tokens/{authToken}",       auth_tokens::show),
        put   ("/users/{uid}/auth_tokens/{authToken}",       auth_tokens::update),
        delete("/users/{uid}/auth_tokens/{authToken}",       auth_tokens::remove),

        post  ("/users/{uid}/blockedusers",                  blocks::block_for),
        get   ("/users/{uid}/blockedusers",                  blocks::list_for),
        delete("/users/{uid}/blockedusers",                  blocks::unblock_for),
        post  ("/blockedusers",                              blocks::block),
        get   ("/blockedusers",                              blocks::list),
        delete("/blockedusers",                              blocks::unblock),

        post  ("/groups",                                    groups::create),
        get   ("/groups",                                    groups::list),
        get   ("/groups/{guid}",                             groups::show),
        put   ("/groups/{guid}",                             groups::update),
        delete("/groups/{guid}",                             groups::remove),

        post  ("/groups/{guid}/members",                     members::add_or_join),
        get   ("/groups/{guid}/members",                     members::list),
        delete("/groups/{guid}/members",                     members::leave),
        put   ("/groups/{guid}/members/{uid}",               members::change_scope),
        delete("/groups/{guid}/members/{uid}",               members::remove),
        get   ("/groups/{guid}/bannedusers",                 members::list_banned),
        post  ("/groups/{guid}/bannedusers/{uid}",           members::ban),
        delete("/groups/{guid}/bannedusers/{uid}",           members::unban),
    ]
}

/// Every route, for tests and documents that have to cover them.
#[must_use]
pub fn routes() -> Vec<Route<Arc<Service>>> {
    table()
}

/// The whole surface.
pub fn router(service: Arc<Service>) -> Router {
    let mut router = Router::new();
    for prefix in PREFIXES {
        router = table().into_iter().fold(router, |router, route| route.add_to(router, prefix));
    }
    router
        .fallback(error::no_such_route)
        .method_not_allowed_fallback(error::no_such_route)
        .layer(CatchPanicLayer::custom(error::panicked))
        .layer(middleware::from_fn_with_state(Arc::clone(&service), exchange::exchange))
        .with_state(service)
}

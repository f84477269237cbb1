//! The table of contents of the control plane.

use axum::{
    Router,
    extract::{Request, State},
    handler::Handler,
    http::{HeaderValue, Method, Uri, header::AUTHORIZATION},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{MethodFilter, MethodRouter, any, on},
};
use subtle::ConstantTimeEq;
use tower_http::cors::{AllowHeaders, AllowMethods, AllowOrigin, CorsLayer};

use super::{
    apps, ca, clock, context::Control, error::ControlError, errors, events, faults, flush, health,
    media, metrics, openapi, operations as op, requests, reset, seed, sink, snapshots, state,
    verify, webhooks,
};
use crate::{openapi::Operation, route::Route};

#[rustfmt::skip]
fn table() -> Vec<Route<MethodRouter<Control>>> {
    vec![
        get   ("/healthz",                               health::show,          || op::health("getHealthz")),
        get   ("/__mock/health",                         health::show,          || op::health("getHealth")),
        get   ("/__mock/apps",                           apps::list,            op::apps),
        delete("/__mock/apps/{appId}",                   apps::remove,          op::remove_app),
        get   ("/__mock/ca.pem",                         ca::show,              op::authority),
        post  ("/__mock/reset",                          reset::reset,          op::reset),
        post  ("/__mock/seed",                           seed::add,             op::seed),
        get   ("/__mock/state",                          state::show,           op::state),
        put   ("/__mock/state",                          state::put,            op::put_state),
        get   ("/__mock/snapshots",                      snapshots::list,       op::snapshots),
        put   ("/__mock/snapshots/{name}",               snapshots::take,       op::take_snapshot),
        delete("/__mock/snapshots/{name}",               snapshots::remove,     op::remove_snapshot),
        post  ("/__mock/snapshots/{name}/restore",       snapshots::restore,    op::restore_snapshot),
        get   ("/__mock/clock",                          clock::show,           op::clock),
        post  ("/__mock/clock",                          clock::change,         op::move_clock),
        get   ("/__mock/errors",                         errors::list,          op::errors),
        get   ("/__mock/events",                         events::listen,        op::events),
        get   ("/metrics",                               metrics::show,         op::metrics),
        get   ("/__mock/openapi.json",                   openapi::show,         op::openapi),
        get   ("/__mock/faults",                         faults::list,          op::faults),
        post  ("/__mock/faults",                         faults::arm,           op::arm_fault),
        delete("/__mock/faults",                         faults::clear,         op::clear_faults),
        delete("/__mock/faults/{id}",                    faults::disarm,        op::disarm_fault),
        post  ("/__mock/calls/{sessionId}/media",        media::play,           op::media),
        get   ("/__mock/requests",                       requests::list,        op::requests),
        delete("/__mock/requests",                       requests::clear,       op::clear_requests),
        get   ("/__mock/requests/{number}",              requests::show,        op::request),
        post  ("/__mock/requests/verify",                verify::verify,        op::verify),
        get   ("/__mock/webhooks/deliveries",            webhooks::list,        op::deliveries),
        post  ("/__mock/webhooks/deliveries/{delivery}/replay", webhooks::replay, op::replay),
        post  ("/__mock/webhooks/flush",                 flush::flush,          op::flush),
        post  ("/__mock/webhooks/verify",                webhooks::verify,      op::verify_deliveries),
        get   ("/__mock/webhooks/{webhookId}/faults",    webhooks::show_faults, op::delivery_faults),
        put   ("/__mock/webhooks/{webhookId}/faults",    webhooks::set_faults,  op::set_delivery_faults),
        get   ("/__mock/webhooks/sink",                  sink::show,            op::sink),
        post  ("/__mock/webhooks/sink/{name}",           sink::take,            op::sink_take),
    ]
}

/// Every route, for tests and documents that have to cover them.
#[must_use]
pub fn routes() -> Vec<Route<MethodRouter<Control>>> {
    table()
}

/// The whole control plane, beside another surface on the same port. Pages of `origins` may use it.
pub fn router(control: Control, origins: &[HeaderValue]) -> Router {
    open(all(), control, origins)
}

/// The whole control plane, alone on a port.
pub fn router_alone(control: Control, origins: &[HeaderValue]) -> Router {
    open(all().fallback(no_such_route), control, origins)
}

/// The one route that is left where there is to be no control plane.
pub fn health_alone(control: Control) -> Router {
    let healthz = table().into_iter().filter(|route| route.path == "/healthz");
    healthz.fold(Router::new(), add).with_state(control)
}

fn add(router: Router<Control>, route: Route<MethodRouter<Control>>) -> Router<Control> {
    router.route(route.path, route.handler)
}

fn all() -> Router<Control> {
    table()
        .into_iter()
        .fold(Router::new(), add)
        .route("/__mock", any(no_such_route))
        .route("/__mock/{*rest}", any(no_such_route))
        .method_not_allowed_fallback(no_such_route)
}

/// Behind its guard. A browser asks before it brings the token, and so is answered before it.
fn open(surface: Router<Control>, control: Control, origins: &[HeaderValue]) -> Router {
    let guarded = surface.layer(middleware::from_fn_with_state(control.clone(), guard));
    match cors(origins) {
        Some(cors) => guarded.layer(cors),
        None => guarded,
    }
    .with_state(control)
}

fn cors(origins: &[HeaderValue]) -> Option<CorsLayer> {
    let origins = match origins {
        [] => return None,
        origins if origins.iter().any(|origin| origin == "*") => AllowOrigin::any(),
        origins => AllowOrigin::list(origins.iter().cloned()),
    };
    let layer = CorsLayer::new().allow_origin(origins);
    let layer = layer.allow_methods(AllowMethods::mirror_request());
    Some(layer.allow_headers(AllowHeaders::mirror_request()))
}

/// Lets in who has the token. Health is open to everybody: whoever starts a container has to ask.
/// So is the sink for what is delivered, which brings no token.
async fn guard(State(control): State<Control>, request: Request, next: Next) -> Response {
    let is_health = matches!(request.uri().path(), "/healthz" | "/__mock/health");
    let is_delivery =
        request.method() == Method::POST && request.uri().path().starts_with(sink::PATH);
    let brought = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let brought = brought.and_then(|value| value.split_once(' '));
    let brought = brought.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let brought = brought.map_or("", |(_, token)| token.trim());
    match &control.token {
        Some(token)
            if !is_health
                && !is_delivery
                && !bool::from(token.as_bytes().ct_eq(brought.as_bytes())) =>
        {
            ControlError::unauthorized().into_response()
        }
        _ => next.run(request).await,
    }
}

async fn no_such_route(method: Method, uri: Uri) -> ControlError {
    let known: Vec<_> =
        table().iter().map(|route| format!("{} {}", route.method, route.path)).collect();
    let known = known.join(", ");
    ControlError::not_found(format!("There is no {method} {}. There is: {known}.", uri.path()))
}

macro_rules! verbs {
    ($($name:ident $method:ident),+) => {$(
        fn $name<H, T>(
            path: &'static str,
            handler: H,
            operation: fn() -> Operation,
        ) -> Route<MethodRouter<Control>>
        where
            H: Handler<T, Control>,
            T: 'static,
        {
            let handler = on(MethodFilter::$method, handler);
            Route { method: Method::$method, path, handler, operation }
        }
    )+};
}

verbs!(get GET, post POST, put PUT, delete DELETE);

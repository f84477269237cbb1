//! The table of contents of the control plane.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::FromRequestParts,
    http::{Method, StatusCode, Uri, request::Parts},
    response::{IntoResponse, Response},
    routing::{any, get, post},
};
use serde_json::json;

use super::{health, reset};
use crate::runtime::{app::App, apps::Apps, clock::Stopwatch, hints::AppHints, ids::RequestIds};

/// What every handler of the control plane shares.
#[derive(Clone)]
pub struct Control {
    /// The worlds.
    pub apps: Arc<Apps>,
    /// Counts the requests of the vendor's surface.
    pub request_ids: Arc<RequestIds>,
    /// Since when the server runs.
    pub running: Stopwatch,
}

/// Every route, for tests and documents that have to cover them.
#[must_use]
pub const fn routes() -> &'static [(Method, &'static str)] {
    &[(Method::GET, "/healthz"), (Method::GET, "/__mock/health"), (Method::POST, "/__mock/reset")]
}

/// The whole control plane.
pub fn router(control: Control) -> Router {
    Router::new()
        .route("/healthz", get(health::show))
        .route("/__mock/health", get(health::show))
        .route("/__mock/reset", post(reset::reset))
        .route("/__mock", any(no_such_route))
        .route("/__mock/{*rest}", any(no_such_route))
        .method_not_allowed_fallback(no_such_route)
        .with_state(control)
}

async fn no_such_route(method: Method, uri: Uri) -> ControlError {
    let known: Vec<String> =
        routes().iter().map(|(method, path)| format!("{method} {path}")).collect();
    ControlError {
        status: StatusCode::NOT_FOUND,
        code: "MOCK_NOT_FOUND",
        message: format!("There is no {method} {}. There is: {}.", uri.path(), known.join(", ")),
    }
}

/// What the control plane refuses with.
pub(super) struct ControlError {
    pub(super) status: StatusCode,
    pub(super) code: &'static str,
    pub(super) message: String,
}

impl IntoResponse for ControlError {
    fn into_response(self) -> Response {
        let body = json!({ "error": { "code": self.code, "message": self.message } });
        (self.status, Json(body)).into_response()
    }
}

/// The app that a control request is for: as on the vendor's surface, or by `?appId=`.
pub(super) struct Chosen(pub(super) Arc<App>);

impl FromRequestParts<Control> for Chosen {
    type Rejection = ControlError;

    async fn from_request_parts(
        parts: &mut Parts,
        control: &Control,
    ) -> Result<Self, ControlError> {
        let query = form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
        let named = query.filter(|(key, _)| key == "appId").last().map(|(_, value)| value);
        let mut hints = AppHints::of(&parts.headers, &parts.uri);
        hints.named = named.filter(|id| !id.is_empty()).or(hints.named);
        control.apps.choose(&hints).map(Self).map_err(|error| ControlError {
            status: StatusCode::BAD_REQUEST,
            code: "MOCK_BAD_APP",
            message: format!("{error} {}", error.dev_message()),
        })
    }
}

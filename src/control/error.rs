//! What the control plane refuses with.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::json;

use crate::domain::archive::Flaw;

/// A refusal: a code of its own, and a message that says what to send.
pub(super) struct ControlError {
    status: StatusCode,
    code: &'static str,
    message: String,
}

impl ControlError {
    pub(super) const fn not_found(message: String) -> Self {
        Self { status: StatusCode::NOT_FOUND, code: "MOCK_NOT_FOUND", message }
    }

    pub(super) const fn bad_request(message: String) -> Self {
        Self { status: StatusCode::BAD_REQUEST, code: "MOCK_BAD_REQUEST", message }
    }

    pub(super) fn flaw(flaw: Flaw) -> Self {
        let Flaw { path, problem } = flaw;
        Self::bad_request(format!("Nothing was changed. {path}: {problem}."))
    }

    pub(super) fn unauthorized() -> Self {
        let message = "The control plane of this server needs its token: \
                       Authorization: Bearer TOKEN, as --control-token says."
            .to_owned();
        Self { status: StatusCode::UNAUTHORIZED, code: "MOCK_UNAUTHORIZED", message }
    }

    pub(super) const fn bad_app(message: String) -> Self {
        Self { status: StatusCode::BAD_REQUEST, code: "MOCK_BAD_APP", message }
    }
}

impl IntoResponse for ControlError {
    fn into_response(self) -> Response {
        let body = json!({ "error": { "code": self.code, "message": self.message } });
        (self.status, Json(body)).into_response()
    }
}

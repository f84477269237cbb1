//! `GET /__mock/openapi.json`: both surfaces, for people, for generators and for test tools.

use std::sync::LazyLock;

use axum::{
    body::Bytes,
    extract::State,
    http::header::CONTENT_TYPE,
    response::{IntoResponse, Response},
};

use super::context::Control;

/// The document as text, written when somebody first asks for it.
pub type Document = LazyLock<Bytes, Box<dyn FnOnce() -> Bytes + Send>>;

pub(super) async fn show(State(control): State<Control>) -> Response {
    let text = Bytes::clone(&control.openapi);
    ([(CONTENT_TYPE, "application/json")], text).into_response()
}

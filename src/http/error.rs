//! The one mapping of errors to HTTP. A handler returns the rules' refusal as it is; it travels
//! with the response to the exchange, where the envelope is written.

use std::{any::Any, sync::Arc};

use axum::{
    http::{HeaderName, HeaderValue, Method, StatusCode, Uri, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};

use super::{service::Service, wire};
use crate::{
    domain::error::{Error, Refusal},
    runtime::glob::without_token,
};

const EXPLAIN: HeaderName = HeaderName::from_static("x-mock-explain");

/// The longest explanation, in characters.
const MOST_EXPLAIN: usize = 1000;

/// A refusal on its way out.
#[derive(Clone)]
pub(super) struct Failure(pub(super) Arc<Refusal>);

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self(Arc::new(refusal))
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Refusal::from(error).into()
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = Response::default();
        response.extensions_mut().insert(self);
        response
    }
}

/// Writes a refusal.
pub(super) fn envelope(service: &Service, refusal: &Refusal) -> Response {
    let status = service.options.statuses.of(refusal.error.code());
    let mut response = json(status, wire::error::envelope(&refusal.error));
    if service.options.explain {
        let line = refusal.explain.chars().flat_map(ascii);
        let line: String = line.take(MOST_EXPLAIN).collect();
        if let Ok(line) = HeaderValue::from_str(&line) {
            response.headers_mut().insert(EXPLAIN, line);
        }
    }
    response
}

/// An answer in JSON.
pub(super) fn json(status: StatusCode, body: Vec<u8>) -> Response {
    const JSON: HeaderValue = HeaderValue::from_static("application/json");
    (status, [(CONTENT_TYPE, JSON)], body).into_response()
}

/// The character as a header can carry it.
fn ascii(c: char) -> impl Iterator<Item = char> {
    let visible = (c == ' ' || c.is_ascii_graphic()).then_some(c);
    let escaped = visible.is_none().then(|| c.escape_default());
    visible.into_iter().chain(escaped.into_iter().flatten())
}

/// Answers what no route and no method of a route answers.
pub(super) async fn no_such_route(method: Method, uri: Uri) -> Failure {
    nothing_answers(&method, uri.path())
}

/// The same, where a route turned out not to be meant.
pub(super) fn nothing_answers(method: &Method, path: &str) -> Failure {
    let because = format!("nothing answers {method} {}", without_token(path));
    Error::ApiNotFound { method: method.to_string(), path: path.to_owned() }
        .by("route", because)
        .into()
}

/// A panic is a defect, and still no reason to answer in another form.
pub(super) fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response {
    // What happened and where was said when it did, by the panic hook.
    drop(panic);
    Failure::from(Error::Internal).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn explanations_are_ascii() {
        let text: String = "a é\n\"".chars().flat_map(ascii).collect();
        assert_eq!(text, "a \\u{e9}\\n\"");
    }
}

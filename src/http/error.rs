//! The one mapping of errors to HTTP. A handler returns the rules' refusal as it is; it travels
//! with the response to here, where the envelope is written.

use std::{any::Any, sync::Arc};

use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue, Method, StatusCode, Uri, header::CONTENT_TYPE},
    middleware::Next,
    response::{IntoResponse, Response},
};
use percent_encoding::percent_decode_str;

use super::{body, service::Service, wire};
use crate::domain::error::{Details, Error, Refusal};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-mock-request-id");
const EXPLAIN: HeaderName = HeaderName::from_static("x-mock-explain");

/// The most that all headers of a request may come to, in bytes.
const MOST_HEADER_BYTES: usize = 64 * 1024;
/// The most headers a request may have.
const MOST_HEADERS: usize = 100;
/// The longest explanation, in characters.
const MOST_EXPLAIN: usize = 1000;

/// A refusal on its way out.
#[derive(Clone)]
pub(super) struct Failure(Arc<Refusal>);

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

/// Turns away what no handler should have to think of, writes the envelope of whatever was
/// refused, and the headers that every answer has.
pub(super) async fn render(
    State(service): State<Arc<Service>>,
    request: Request,
    next: Next,
) -> Response {
    let id = service.request_ids.next();
    let logged = tracing::enabled!(tracing::Level::DEBUG)
        .then(|| (request.method().clone(), request.uri().path().to_owned()));
    let request = body::receive(request).await;
    let mut response = match malformed(&request) {
        Some(error) => Failure::from(error).into_response(),
        None => next.run(request).await,
    };

    let failure = response.extensions_mut().remove::<Failure>();
    if let Some(Failure(refusal)) = &failure {
        response = envelope(&service, refusal);
    }
    if let Ok(id) = HeaderValue::from_str(id.hyphenated().encode_lower(&mut [0; 36])) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    if let Some((method, path)) = logged {
        let refusal = failure.as_ref().map(|failure| &failure.0);
        tracing::debug!(
            %method,
            path,
            status = response.status().as_u16(),
            code = refusal.map(|refusal| refusal.error.code().as_str()),
            explain = refusal.and_then(|refusal| refusal.explain.as_deref()),
            request = %id,
            "answered"
        );
    }
    response
}

fn envelope(service: &Service, refusal: &Refusal) -> Response {
    let status = service.options.statuses.of(refusal.error.code());
    let mut response = json(status, wire::error::envelope(&refusal.error));
    if let (true, Some(line)) = (service.options.explain, &refusal.explain) {
        let line: String = line.chars().flat_map(ascii).take(MOST_EXPLAIN).collect();
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
    Error::ApiNotFound { method: method.to_string(), path: uri.path().to_owned() }.into()
}

fn malformed(request: &Request) -> Option<Error> {
    let headers = request.headers();
    let size: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if size > MOST_HEADER_BYTES || headers.len() > MOST_HEADERS {
        return Some(Error::HeadersTooLarge);
    }
    let parts = [("path", Some(request.uri().path())), ("query", request.uri().query())];
    let badly_encoded = parts.into_iter().find(|(_, text)| !text.is_none_or(is_well_encoded));
    badly_encoded.map(|(part, _)| {
        let text = format!("The {part} must be percent-encoded UTF-8.");
        Error::Invalid(Details::one(part, text))
    })
}

/// Every `%` begins two hex digits, and what they decode to is UTF-8 without NUL.
fn is_well_encoded(text: &str) -> bool {
    if !text.contains('%') {
        return true;
    }
    let complete = text.split('%').skip(1).all(|rest| {
        rest.as_bytes().get(..2).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit))
    });
    complete && percent_decode_str(text).decode_utf8().is_ok_and(|text| !text.contains('\0'))
}

/// A panic is a defect, and still no reason to answer in another form.
#[expect(clippy::needless_pass_by_value, reason = "the layer hands it over")]
pub(super) fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response {
    let what = panic.downcast_ref::<String>().map(String::as_str);
    let what = what.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("unknown");
    tracing::error!(panic = what, "a request handler panicked; please report this");
    Failure::from(Error::Internal).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_encoding_is_checked_to_the_end() {
        for good in ["", "/calls", "/calls/%20", "/users/%C3%A9", "a=%25"] {
            assert!(is_well_encoded(good), "{good}");
        }
        for bad in ["%", "/calls/%2", "/%zz", "/%ff", "/%C3", "/%00", "/%C3%28", "/a%+1"] {
            assert!(!is_well_encoded(bad), "{bad}");
        }
    }

    #[test]
    fn explanations_are_ascii() {
        let text: String = "a é\n\"".chars().flat_map(ascii).collect();
        assert_eq!(text, "a \\u{e9}\\n\"");
    }
}

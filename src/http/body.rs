//! The body of a request: received whole before anything is decided, looked at only afterwards.

use std::{sync::Arc, time::Duration};

use axum::{
    body::{Bytes, HttpBody},
    extract::{FromRequestParts, Request},
    http::{
        HeaderMap,
        header::{CONTENT_ENCODING, CONTENT_TYPE},
        request::Parts,
    },
};
use http_body_util::BodyExt;
use serde_json::{Map, Value};
use tokio::time::timeout;

use super::{
    error::Failure,
    form::{Form, FromForm},
};
use crate::{
    domain::{
        error::{Details, Error, Refusal, Ruling},
        map::IndexMap,
    },
    runtime::nesting::{DEEPEST_BODY, is_deeper},
};

/// The largest body, in bytes.
const MOST_BYTES: usize = 1024 * 1024;
/// How long a body may take to arrive.
const MOST_PATIENCE: Duration = Duration::from_secs(30);

/// What arrived of a body, on its way to whoever asks for it.
#[derive(Clone)]
struct Received(Arc<Result<Bytes, Error>>);

/// Receives the body of a request.
pub(super) async fn receive(request: Request) -> Request {
    if request.body().is_end_stream() {
        return request;
    }
    let (parts, body) = request.into_parts();
    let received = match timeout(MOST_PATIENCE, read_to_end(body)).await {
        Ok(received) => received,
        Err(_) => Err(malformed("The body did not arrive in time.")),
    };
    let mut request = Request::from_parts(parts, axum::body::Body::empty());
    request.extensions_mut().insert(Received(Arc::new(received)));
    request
}

/// The bytes that were received, if there are any and they are not too many.
pub(super) fn bytes_of(request: &Request) -> Option<&Bytes> {
    let received = request.extensions().get::<Received>()?;
    received.0.as_ref().as_ref().ok()
}

/// What comes after the limit is thrown away, for as long as there is patience.
async fn read_to_end(mut body: axum::body::Body) -> Result<Bytes, Error> {
    let (mut bytes, mut received) = (Vec::new(), 0);
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| malformed("The body ended before it was complete."))?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        received += data.len();
        if received > MOST_BYTES {
            bytes = Vec::new();
        } else {
            bytes.extend_from_slice(&data);
        }
    }
    if received > MOST_BYTES { Err(Error::PayloadTooLarge) } else { Ok(bytes.into()) }
}

/// The fields of an object. Most of reading one is to find them by their names.
pub(super) type Fields = IndexMap<String, Value>;

/// A JSON object, or what is wrong with it. That is said only when it is read, so that a stranger
/// is told first that they may not come in.
pub(super) struct Body(Result<Fields, Error>);

impl<S: Send + Sync> FromRequestParts<S> for Body {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        Ok(Self(match parts.extensions.get::<Received>().map(|received| &*received.0) {
            None => Ok(Fields::default()),
            Some(Ok(bytes)) if bytes.is_empty() => Ok(Fields::default()),
            Some(Ok(bytes)) => check_headers(&parts.headers).and_then(|()| object(bytes)),
            Some(Err(error)) => Err(error.clone()),
        }))
    }
}

impl Body {
    /// One that came otherwise than with a request.
    pub(super) fn of(fields: Map<String, Value>) -> Self {
        Self(Ok(fields.into_iter().collect()))
    }

    /// Reads the body as a `T`.
    ///
    /// # Errors
    /// 413 for a body over 1 MiB, else 400 `ERR_BAD_REQUEST` with all that is wrong.
    pub(super) fn read<T: FromForm>(self) -> Ruling<T> {
        Ok(Form::read(self.0?)?)
    }

    /// The same, for the first row of a rule's list of checks.
    ///
    /// # Errors
    /// The same, with what was wrong as the explanation.
    pub(super) fn read_for<T: FromForm>(self, rule: &str) -> Ruling<T> {
        self.read().map_err(|Refusal { error, .. }| {
            let because = match &error {
                Error::Invalid(details) => details.to_string(),
                other => other.to_string(),
            };
            error.by(rule, because)
        })
    }
}

fn check_headers(headers: &HeaderMap) -> Result<(), Error> {
    if headers.get(CONTENT_ENCODING).is_some_and(|encoding| encoding != "identity") {
        let text = "Compressed bodies are not supported; send the body as it is.";
        return Err(Error::Invalid(Details::one("content-encoding", text)));
    }
    let is_json = headers.get(CONTENT_TYPE).is_none_or(|value| {
        value.to_str().is_ok_and(|text| {
            let essence = text.split(';').next().unwrap_or_default().trim();
            essence.eq_ignore_ascii_case("application/json") || essence.is_empty()
        })
    });
    if !is_json {
        let text = "The Content-Type header must be application/json.";
        return Err(Error::Invalid(Details::one("content-type", text)));
    }
    Ok(())
}

fn object(bytes: &Bytes) -> Result<Fields, Error> {
    if is_deeper(bytes, DEEPEST_BODY) {
        let text = format!("The body must not be nested deeper than {DEEPEST_BODY} levels.");
        return Err(malformed(text));
    }
    serde_json::from_slice(bytes).map_err(|_| match serde_json::from_slice::<Value>(bytes) {
        Ok(_) => malformed("The body must be a JSON object."),
        Err(error) => malformed(format!("The body must be valid JSON: {error}.")),
    })
}

fn malformed(text: impl Into<String>) -> Error {
    Error::Invalid(Details::one("body", text))
}

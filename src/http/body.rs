//! The body of a request: received whole before anything is decided, looked at only afterwards.

use std::{pin::pin, time::Duration};

use axum::{
    body::{Bytes, HttpBody},
    http::request::Parts,
};
use futures_util::FutureExt;
use http_body_util::BodyExt;
use serde_json::{Map, Value};
use tokio::time::timeout;

use super::{
    fields::Fields,
    form::{Form, FromForm},
    heard::Heard,
};
use crate::{
    domain::error::{Details, Error, Refusal, Ruling},
    runtime::nesting::{DEEPEST_BODY, is_deeper},
};

/// The largest body, in bytes.
const MOST_BYTES: usize = 1024 * 1024;
/// How long a body may take to arrive.
const MOST_PATIENCE: Duration = Duration::from_secs(30);

/// A request, all of which has arrived that will when it is looked at.
pub(super) struct Received {
    pub(super) head: Parts,
    /// The body, or what was wrong with it already.
    pub(super) body: Result<Bytes, Error>,
}

/// Receives the body of a request.
pub(super) async fn receive<B>(body: B) -> Result<Bytes, Error>
where
    B: HttpBody<Data = Bytes> + Unpin,
{
    if body.is_end_stream() {
        return Ok(Bytes::new());
    }
    let mut reading = pin!(read_to_end(body));
    // Most bodies are there already, and need no clock.
    if let Some(all) = reading.as_mut().now_or_never() {
        return all;
    }
    let late = |_| Err(malformed("The body did not arrive in time."));
    timeout(MOST_PATIENCE, reading).await.unwrap_or_else(late)
}

impl Received {
    /// The bytes of the body, if they are not too many.
    pub(super) fn bytes(&self) -> &[u8] {
        self.body.as_deref().unwrap_or_default()
    }
}

/// What comes after the limit is thrown away, for as long as there is patience.
async fn read_to_end(mut body: impl HttpBody<Data = Bytes> + Unpin) -> Result<Bytes, Error> {
    // Most bodies come in one piece.
    let (mut first, mut all, mut received) = (Bytes::new(), Vec::new(), 0);
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| malformed("The body ended before it was complete."))?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        received += data.len();
        if received > MOST_BYTES {
            (first, all) = (Bytes::new(), Vec::new());
        } else if received == data.len() {
            first = data;
        } else {
            all.extend_from_slice(&std::mem::take(&mut first));
            all.extend_from_slice(&data);
        }
        // To ask once more would have to wait for another turn of the connection.
        if body.is_end_stream() {
            break;
        }
    }
    if received > MOST_BYTES {
        return Err(Error::PayloadTooLarge);
    }
    Ok(if all.is_empty() { first } else { all.into() })
}

/// A JSON object, or what is wrong with it. That is said only when it is read, so that a stranger
/// is told first that they may not come in.
pub(super) struct Body<'a>(Result<Fields<'a>, Error>);

impl<'a> Body<'a> {
    /// That of a request.
    pub(super) fn that_came(received: &'a Received, heard: &Heard<'_>) -> Self {
        Self(match &received.body {
            Ok(bytes) if bytes.is_empty() => Ok(Fields::default()),
            Ok(bytes) => check_headers(heard).and_then(|()| object(bytes)),
            Err(error) => Err(error.clone()),
        })
    }

    /// One that came otherwise than with a request.
    pub(super) fn of(fields: Map<String, Value>) -> Self {
        Self(Ok(fields.into()))
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

fn check_headers(heard: &Heard<'_>) -> Result<(), Error> {
    if heard.content_encoding.first().is_some_and(|encoding| encoding != "identity") {
        let text = "Compressed bodies are not supported; send the body as it is.";
        return Err(Error::Invalid(Details::one("content-encoding", text)));
    }
    let is_json = heard.content_type.first().is_none_or(|value| {
        value == "application/json"
            || value.to_str().is_ok_and(|text| {
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

fn object(bytes: &[u8]) -> Result<Fields<'_>, Error> {
    if is_deeper(bytes, DEEPEST_BODY) {
        let text = format!("The body must not be nested deeper than {DEEPEST_BODY} levels.");
        return Err(malformed(text));
    }
    // Text that is known to be some is read faster.
    let read = match str::from_utf8(bytes) {
        Ok(text) => serde_json::from_str(text),
        Err(_) => serde_json::from_slice(bytes),
    };
    read.map_err(|_| match serde_json::from_slice::<Value>(bytes) {
        Ok(_) => malformed("The body must be a JSON object."),
        Err(error) => malformed(format!("The body must be valid JSON: {error}.")),
    })
}

fn malformed(text: impl Into<String>) -> Error {
    Error::Invalid(Details::one("body", text))
}

//! The body of a control request: JSON, with errors that name the field and say what is known.

use std::time::Duration;

use axum::{
    body::{Body as Stream, Bytes},
    extract::{FromRequest, Request},
};
use bytesize::ByteSize;
use http_body_util::BodyExt;
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use super::{context::Control, error::ControlError};
use crate::runtime::nesting::{DEEPEST_DOCUMENT, is_deeper};

/// How long the rest of a body that is too large may take to arrive, and how long nothing may come
/// of any other: a large one may well take longer in all.
const MOST_PATIENCE: Duration = Duration::from_secs(30);

/// A body of this form.
pub(super) struct Body<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequest<Control> for Body<T> {
    type Rejection = ControlError;

    async fn from_request(request: Request, control: &Control) -> Result<Self, ControlError> {
        let bytes = receive(request.into_body(), control.body_limit).await?;
        read(&bytes).map(Self).map_err(|problem| {
            ControlError::bad_request(format!("The body is not what is expected: {problem}."))
        })
    }
}

/// What comes after the limit is thrown away, for as long as there is patience: a client that is
/// still sending would not get to read why it was refused.
pub(super) async fn receive(mut body: Stream, limit: ByteSize) -> Result<Bytes, ControlError> {
    let most = usize::try_from(limit.as_u64()).unwrap_or(usize::MAX);
    let unreceived =
        |why: &str| ControlError::bad_request(format!("The body could not be received: {why}."));
    let mut bytes = Vec::new();
    loop {
        let frame = match timeout(MOST_PATIENCE, body.frame()).await {
            Ok(Some(Ok(frame))) => frame,
            Ok(Some(Err(error))) => return Err(unreceived(&error.to_string())),
            Ok(None) => return Ok(bytes.into()),
            Err(_) => return Err(unreceived("nothing more of it came for 30 seconds")),
        };
        let Ok(data) = frame.into_data() else { continue };
        if data.len() > most - bytes.len() {
            break;
        }
        bytes.extend_from_slice(&data);
    }
    drop(bytes);
    let rest = async { while let Some(Ok(_)) = body.frame().await {} };
    // Patience or not, the answer is the same.
    let _ = timeout(MOST_PATIENCE, rest).await;
    Err(ControlError::too_large(limit))
}

/// Reads JSON. What is wrong is said with the path of the field, line and column.
pub(super) fn read<T: DeserializeOwned>(text: &[u8]) -> Result<T, String> {
    // Which would do for the fields in their order, and nobody means.
    if text.trim_ascii_start().starts_with(b"[") {
        return Err("a JSON object is expected, not an array".to_owned());
    }
    if is_deeper(text, DEEPEST_DOCUMENT) {
        return Err(format!("it is nested deeper than {DEEPEST_DOCUMENT} levels"));
    }
    let mut from = serde_json::Deserializer::from_slice(text);
    let read = serde_path_to_error::deserialize(&mut from).map_err(|error| {
        let inner = plain(error.inner().to_string());
        match error.path().iter().next() {
            Some(_) => format!("{}: {inner}", error.path()),
            None => inner,
        }
    })?;
    from.end().map_err(|error| error.to_string())?;
    Ok(read)
}

/// The words of JSON in place of this program's own.
const PLAIN: [(&str, &str); 9] = [
    ("expected u8", "expected a whole number"),
    ("expected u16", "expected a whole number"),
    ("expected u32", "expected a whole number"),
    ("expected u64", "expected a whole number"),
    ("expected usize", "expected a whole number"),
    ("expected i64", "expected a whole number"),
    ("expected f64", "expected a number"),
    ("expected a map", "expected an object"),
    ("expected a sequence", "expected an array"),
];

fn plain(problem: String) -> String {
    let text = PLAIN.iter().fold(problem, |text, (ours, theirs)| text.replace(ours, theirs));
    match text.split_once("expected struct ") {
        Some((before, after)) => {
            let rest = after.find([' ', ',']).and_then(|end| after.get(end..)).unwrap_or_default();
            format!("{before}expected an object{rest}")
        }
        None => text,
    }
}

//! The body of a control request: JSON, with errors that name the field and say what is known.

use axum::{
    body::to_bytes,
    extract::{FromRequest, Request},
};
use serde::de::DeserializeOwned;

use super::error::ControlError;

/// The largest body, in bytes.
const MOST_BYTES: usize = 256 * 1024 * 1024;

/// A body of this form.
pub(super) struct Body<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = ControlError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ControlError> {
        let bytes = to_bytes(request.into_body(), MOST_BYTES).await.map_err(|error| {
            ControlError::bad_request(format!("The body could not be received: {error}."))
        })?;
        read(&bytes).map(Self).map_err(|problem| {
            ControlError::bad_request(format!("The body is not what is expected: {problem}."))
        })
    }
}

/// Reads JSON. What is wrong is said with the path of the field, line and column.
pub(super) fn read<T: DeserializeOwned>(text: &[u8]) -> Result<T, String> {
    let mut from = serde_json::Deserializer::from_slice(text);
    let read = serde_path_to_error::deserialize(&mut from).map_err(|error| {
        match (error.path().iter().next().is_some(), error.inner()) {
            (true, inner) => format!("{}: {inner}", error.path()),
            (false, inner) => inner.to_string(),
        }
    })?;
    from.end().map_err(|error| error.to_string())?;
    Ok(read)
}

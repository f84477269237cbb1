//! `/__mock/webhooks/sink`: a receiver of webhooks that is built in, so that they can be tried with
//! nothing but this server. What is delivered says in its body which app it is of.

use axum::{
    Json,
    extract::{RawQuery, Request, State},
    http::{HeaderMap, Uri, header::AUTHORIZATION},
};
use bytesize::ByteSize;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::{
    body::receive,
    context::{Chosen, Control, Named, named_app},
    error::ControlError,
};
use crate::runtime::webhooks::sink::Received;

/// Where deliveries are taken in.
pub(super) const PATH: &str = "/__mock/webhooks/sink/";
/// The largest body.
const MOST_BYTES: ByteSize = ByteSize::mib(2);

/// What came, oldest first.
#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
pub(super) struct List {
    received: Vec<ReceivedJson>,
    /// How much there was no room for any more.
    dropped: u64,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Received")]
struct ReceivedJson {
    id: u64,
    name: String,
    at: i64,
    /// It came with a user name and a password.
    authorized: bool,
    body: Value,
}

/// `{"id":1}`
#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
pub(super) struct Taken {
    id: u64,
}

/// `GET /__mock/webhooks/sink`
pub(super) async fn show(
    Chosen(app): Chosen,
    RawQuery(query): RawQuery,
) -> Result<Json<List>, ControlError> {
    let (query, mut wanted) = (query.unwrap_or_default(), None);
    for (key, value) in form_urlencoded::parse(query.as_bytes()) {
        match &*key {
            "name" => wanted = Some(value),
            "appId" => {}
            other => {
                return Err(ControlError::bad_request(format!(
                    "There is no filter {other}. There is: name, appId."
                )));
            }
        }
    }
    let (received, dropped) = app.sink().received(wanted.as_deref());
    Ok(Json(List { received: received.iter().map(ReceivedJson::of).collect(), dropped }))
}

/// `POST /__mock/webhooks/sink/{name}`
pub(super) async fn take(
    State(control): State<Control>,
    Named(name): Named,
    headers: HeaderMap,
    uri: Uri,
    request: Request,
) -> Result<Json<Taken>, ControlError> {
    let body = receive(request.into_body(), MOST_BYTES).await?;
    let read: Value = serde_json::from_slice(&body)
        .map_err(|error| ControlError::bad_request(format!("The body is no JSON: {error}.")))?;
    let app = named_app(&control, &headers, &uri, read.get("appId").and_then(Value::as_str))?;
    let at = app.now();
    let id = app.sink().take(name, at, headers.contains_key(AUTHORIZATION), body);
    Ok(Json(Taken { id }))
}

impl ReceivedJson {
    fn of(received: &Received) -> Self {
        Self {
            id: received.id,
            name: received.name.clone(),
            at: received.at.secs(),
            authorized: received.authorized,
            body: serde_json::from_slice(&received.body).unwrap_or(Value::Null),
        }
    }
}

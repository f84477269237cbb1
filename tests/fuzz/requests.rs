//! Requests as a client library makes them, all odd: methods, targets, headers, bodies.
//!
//! No panic, no 5xx, every answer of a documented shape, and the server answers afterwards. What
//! only looks or is refused has changed nothing, and what was done has left a state that can be put
//! into another server, and is the same there.

use axum::{
    body::Body,
    extract::Request,
    http::{Method, header::CONTENT_TYPE},
};

use crate::{
    choices::Choices,
    deeds::Deeds,
    documents::assert_copies,
    mock::Mock,
    operations::{odd_header, served},
    words,
};

/// More follow from each other what one input can tell.
const MOST: usize = 6;

pub fn run(mock: &Mock, other: &Mock, bytes: &[u8]) {
    let mut choices = Choices::of(bytes);
    let mut deeds = Deeds::begin(mock);
    for _ in 0..MOST {
        deeds.ask(request(&mut Choices::of(choices.bytes())), "");
        if choices.is_empty() {
            break;
        }
    }
    assert_copies(mock, other);
}

fn request(choices: &mut Choices<'_>) -> Request {
    const METHODS: [&str; 10] =
        ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "CONNECT", "A!"];
    let operation = choices.pick(&served().operations);
    let mut request = operation.request(choices, Vec::new());
    if choices.now_and_then(30) {
        *request.method_mut() = Method::from_bytes(choices.word(&METHODS).as_bytes()).unwrap();
    }
    if choices.now_and_then(40)
        && let Ok(target) = choices.text().parse()
    {
        *request.uri_mut() = target;
    }
    for _ in 0..choices.below(4) {
        if let Some((name, value)) = odd_header(choices) {
            request.headers_mut().append(name, value);
        }
    }
    let body = match choices.below(4) {
        0 => Vec::new(),
        1 | 2 => fields(choices).into_bytes(),
        _ => choices.rest().to_owned(),
    };
    if !body.is_empty() && !request.headers().contains_key(CONTENT_TYPE) {
        request.headers_mut().insert(CONTENT_TYPE, "application/json".parse().unwrap());
    }
    *request.body_mut() = Body::from(body);
    request
}

/// An object of fields that are known somewhere.
fn fields(choices: &mut Choices<'_>) -> String {
    #[rustfmt::skip] // by resource
    const NAMES: [&str; 40] = [
        "receiver", "receiverType", "type", "status", "joinedAt", "metadata", "category", "data",
        "uid", "name", "role", "avatar", "link", "statusMessage", "tags", "withAuthToken", "permanent",
        "uidsToDeactivate", "uidsToActivate", "blockedUids", "force", "platform", "deviceId", "appInfo",
        "guid", "password", "owner", "members", "admins", "moderators", "participants", "usersToBan", "scope",
        "sessionId", "id", "webhookURL", "enabled", "triggers", "username", "useBasicAuth",
    ];
    let mut fields = serde_json::Map::new();
    for _ in 0..choices.below(6) {
        let name = choices.word(&NAMES);
        let value = match choices.below(4) {
            0 | 1 => words::word_for(name, choices).into(),
            2 => [words::word_for("uid", choices)].into_iter().collect(),
            _ => words::anything(choices, 2),
        };
        fields.insert(name.to_owned(), value);
    }
    serde_json::Value::Object(fields).to_string()
}

//! Seeds and states: `POST /__mock/seed`, `PUT /__mock/state`.
//!
//! What is refused has changed nothing, and is told. What is taken can be written down and read
//! again, by another server too, which then says the same; whoever looks at it gets an answer; and
//! so it is when time has passed.

use axum::http::Method;
use serde_json::Value;

use crate::{
    choices::Choices,
    mock::{Mock, plain},
    operations::{encoded, served},
    shapes::bend,
};

/// Something of everything that a seed can have, beside what is there.
const SEED: &str = include_str!("seed.json");

pub fn run(mock: &Mock, other: &Mock, bytes: &[u8]) {
    let mut choices = Choices::of(bytes);
    let mode = choices.byte();
    let (method, target) =
        if mode & 1 == 0 { ("PUT", "/__mock/state") } else { ("POST", "/__mock/seed") };
    let text = if mode & 2 == 0 {
        String::from_utf8_lossy(choices.rest()).into_owned()
    } else {
        bent(mock, method, &mut choices)
    };
    let answer = mock.ask(plain(method, target, &text));
    if !answer.is_success() {
        assert_eq!(
            mock.state(),
            mock.at_first,
            "{target} was refused, and changed something: {text}"
        );
        return;
    }
    assert_copies(mock, other);
    look_round(mock);
    let moved = mock.ask(plain("POST", "/__mock/clock", r#"{"advance":"50s"}"#));
    assert!(moved.is_success(), "{moved:?}");
    assert_copies(mock, other);
}

/// A state that is one, or a seed that fits, with some of its places changed.
fn bent(mock: &Mock, method: &str, choices: &mut Choices<'_>) -> String {
    let whole = if method == "PUT" { &*mock.at_first } else { SEED.as_bytes() };
    let mut document: Value = serde_json::from_slice(whole).unwrap();
    while !choices.is_empty() {
        bend(&mut document, choices);
    }
    document.to_string()
}

/// The state, put into another server, is the same there.
pub fn assert_copies(mock: &Mock, other: &Mock) {
    let state = mock.state();
    let text = std::str::from_utf8(&state).unwrap();
    let put = other.ask(plain("PUT", "/__mock/state", text));
    assert!(put.is_success(), "cannot be read again: {put:?} {text}");
    assert_eq!(other.state(), state, "is not the same again");
}

/// Everything that can be looked at.
fn look_round(mock: &Mock) {
    for operation in &served().operations {
        if operation.method == Method::GET && !operation.path.ends_with("/events") {
            mock.ask(operation.request(&mut Choices::of(&[]), Vec::new()));
        }
    }
    let state: Value = serde_json::from_slice(&mock.state()).unwrap();
    for call in state["calls"].as_array().unwrap() {
        let session = encoded(call["sessionId"].as_str().unwrap());
        for path in ["", "/transcriptions"] {
            mock.ask(plain("GET", &format!("/calls/{session}{path}"), ""));
        }
    }
    for user in state["users"].as_array().unwrap() {
        let mut request = plain("GET", "/calls", "");
        let uid = user["uid"].as_str().unwrap().parse().unwrap();
        request.headers_mut().insert("onbehalfof", uid);
        mock.ask(request);
    }
}

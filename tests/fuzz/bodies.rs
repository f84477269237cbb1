//! JSON, and nearly JSON, as the body of every operation that takes one.
//!
//! What is refused has changed nothing. What was done has left a state that can be put into
//! another server, and is the same there.

use crate::{
    choices::Choices, deeds::Deeds, documents::assert_copies, mock::Mock, operations::served,
    shapes::shaped,
};

/// So many follow each other, each in the state that the ones before have left.
const MOST: usize = 6;

pub fn run(mock: &Mock, other: &Mock, bytes: &[u8]) {
    let mut choices = Choices::of(bytes);
    let mut deeds = Deeds::begin(mock);
    for _ in 0..MOST {
        let mut choice = Choices::of(choices.bytes());
        let operation = *choice.pick(&served().with_bodies());
        let body = body(operation.schema.as_ref().unwrap(), &mut choice);
        let shown = String::from_utf8_lossy(&body).into_owned();
        deeds.ask(operation.request(&mut choice, body), &shown);
        if choices.is_empty() {
            break;
        }
    }
    assert_copies(mock, other);
}

/// As the schema says, or as the input does.
fn body(schema: &serde_json::Value, choices: &mut Choices<'_>) -> Vec<u8> {
    match choices.below(16) {
        0 => choices.rest().to_owned(),
        1 => {
            let mut text = shaped(schema, &served().document, choices).to_string().into_bytes();
            let at = choices.below(text.len().max(1));
            text.truncate(at);
            text.extend(choices.bytes());
            text
        }
        _ => shaped(schema, &served().document, choices).to_string().into_bytes(),
    }
}

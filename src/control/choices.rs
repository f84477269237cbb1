//! What the types of bodies do not say of themselves: that just one of several fields is to be
//! given, and what a seed leaves out. For the document alone; the handlers look for themselves.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::{clock::Change, document::Document, expected::Verify, media::Play};
use crate::runtime::faults::FaultSpec;

/// What a whole state has beside a seed.
const NOT_OF_A_SEED: [&str; 3] = ["counters", "clock", "idGenerator"];

/// A state without what a seed is refused for.
pub(super) fn seed(generator: &mut SchemaGenerator) -> Schema {
    let mut schema = generator.subschema_for::<Document>();
    if let Some(Value::Object(fields)) = schema.pointer_mut("/properties") {
        fields.retain(|name, _| !NOT_OF_A_SEED.contains(&name.as_str()));
    }
    schema
}

/// One of the four things that a media server sees.
pub(super) fn media(generator: &mut SchemaGenerator) -> Schema {
    let mut schema = generator.subschema_for::<Play>();
    let each = ["join", "leave", "recording", "transcription"].map(given);
    schema.insert("oneOf".to_owned(), json!(each));
    schema
}

/// Anything, but not that the clock be frozen and go on.
pub(super) fn clock(generator: &mut SchemaGenerator) -> Schema {
    let mut schema = generator.subschema_for::<Change>();
    let each = [given("set"), given("advance"), is_true("freeze"), is_true("resume")];
    schema.insert("anyOf".to_owned(), json!(each));
    let both = json!({ "allOf": [is_true("freeze"), is_true("resume")] });
    schema.insert("not".to_owned(), both);
    schema
}

/// One effect, or only a delay.
pub(super) fn fault(generator: &mut SchemaGenerator) -> Schema {
    let mut schema = generator.subschema_for::<FaultSpec>();
    let [error, respond, rate_limit] = ["error", "respond", "rateLimit"].map(given);
    let [drop, reset, truncate, garbage] = ["drop", "reset", "truncate", "garbage"].map(is_true);
    let effects = [error, respond, drop, reset, truncate, garbage, rate_limit];
    let only_a_delay = json!({ "allOf": [given("delay"), { "not": { "anyOf": effects } }] });
    let each: Vec<_> = effects.into_iter().chain([only_a_delay]).collect();
    if let Some(Value::Object(then)) = schema.pointer_mut("/properties/then") {
        then.insert("oneOf".to_owned(), json!(each));
    }
    schema
}

/// So many of a kind, or several in this order.
pub(super) fn expectation<M>(generator: &mut SchemaGenerator) -> Schema
where
    Verify<M>: JsonSchema,
{
    let mut schema = generator.subschema_for::<Verify<M>>();
    let many = json!({ "allOf": [given("match"), absent("sequence")] });
    let some = json!({ "properties": { "sequence": { "minItems": 1 } } });
    let in_order = [given("sequence"), some, absent("match"), absent("count")];
    schema.insert("oneOf".to_owned(), json!([many, { "allOf": in_order }]));
    schema
}

/// The field is there and not null.
fn given(field: &str) -> Value {
    json!({ "required": [field], "properties": one(field, json!({ "not": { "type": "null" } })) })
}

/// The field is not there, or null.
fn absent(field: &str) -> Value {
    json!({ "properties": one(field, json!({ "type": "null" })) })
}

fn is_true(field: &str) -> Value {
    json!({ "required": [field], "properties": one(field, json!({ "const": true })) })
}

fn one(field: &str, schema: Value) -> Map<String, Value> {
    Map::from_iter([(field.to_owned(), schema)])
}

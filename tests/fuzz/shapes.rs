//! JSON of the shape that a schema describes, and then not quite of it.

use serde_json::{Map, Value, json};

use crate::{choices::Choices, words};

/// Schemas may go round in circles.
const DEPTH: u8 = 6;

/// What a schema describes, mostly. `document` has what it refers to.
pub fn shaped(schema: &Value, document: &Value, choices: &mut Choices<'_>) -> Value {
    Shaper { document, choices }.value("", schema, DEPTH)
}

/// One place of a document, or none, becomes another.
pub fn bend(value: &mut Value, choices: &mut Choices<'_>) {
    let mut place = value;
    loop {
        let children = match &*place {
            Value::Object(fields) => fields.len(),
            Value::Array(items) => items.len(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
        };
        if children == 0 || choices.now_and_then(40) {
            break;
        }
        let nth = choices.below(children);
        place = match place {
            Value::Object(fields) => fields.values_mut().nth(nth).unwrap(),
            Value::Array(items) => &mut items[nth],
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => unreachable!(),
        };
    }
    change(place, choices);
}

fn change(place: &mut Value, choices: &mut Choices<'_>) {
    match (choices.below(6), &mut *place) {
        (0, Value::Array(items)) if !items.is_empty() => {
            items.remove(choices.below(items.len()));
        }
        (1, Value::Array(items)) if !items.is_empty() => {
            let again = choices.pick(items).clone();
            items.push(again);
        }
        (2, Value::Array(items)) => items.reverse(),
        (0, Value::Object(fields)) if !fields.is_empty() => {
            let name = fields.keys().nth(choices.below(fields.len())).unwrap().clone();
            fields.shift_remove(&name);
        }
        (1, Value::Object(fields)) => {
            const NAMES: [&str; 12] = [
                "startedAt",
                "endedAt",
                "joinedAt",
                "leftAt",
                "ringsUntil",
                "deactivatedAt",
                "metadata",
                "mode",
                "participants",
                "members",
                "counters",
                "clock",
            ];
            let name = choices.word(&NAMES).to_owned();
            fields.insert(name, words::anything(choices, 2));
        }
        (0 | 1, _) => *place = words::integer(choices),
        (2, _) => *place = words::number(choices),
        (3, _) => *place = words::anything(choices, 2),
        _ => *place = json!(words::word(choices)),
    }
}

struct Shaper<'a, 'b, 'c> {
    document: &'a Value,
    choices: &'c mut Choices<'b>,
}

impl Shaper<'_, '_, '_> {
    /// For a field of this name.
    fn value(&mut self, name: &str, schema: &Value, depth: u8) -> Value {
        if depth == 0 || self.choices.now_and_then(10) {
            return words::anything(self.choices, depth.min(3));
        }
        if let Some(reference) = schema["$ref"].as_str() {
            let pointer = reference.trim_start_matches('#');
            return match self.document.pointer(pointer) {
                Some(referred) => self.value(name, referred, depth),
                None => Value::Null,
            };
        }
        for choice in ["oneOf", "anyOf"] {
            if let Some(schemas) = schema[choice].as_array().filter(|schemas| !schemas.is_empty()) {
                let one = self.choices.pick(schemas);
                return self.value(name, one, depth - 1);
            }
        }
        if let Some(words) = schema["enum"].as_array().filter(|words| !words.is_empty()) {
            return self.choices.pick(words).clone();
        }
        if let Some(only) = schema.get("const") {
            return only.clone();
        }
        let kinds: Vec<_> = match &schema["type"] {
            Value::String(kind) => vec![kind.as_str()],
            Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
            _ if schema.get("properties").is_some() => vec!["object"],
            _ => return words::anything(self.choices, depth.min(3)),
        };
        match *self.choices.pick(&kinds) {
            "object" => self.object(schema, depth),
            "array" => self.array(name, schema, depth),
            "integer" => words::integer(self.choices),
            "number" => words::number(self.choices),
            "boolean" => json!(self.choices.now_and_then(128)),
            "string" => json!(words::word_for(name, self.choices)),
            _ => Value::Null,
        }
    }

    fn object(&mut self, schema: &Value, depth: u8) -> Value {
        let mut fields = Map::new();
        let required = schema["required"].as_array();
        for (name, field) in schema["properties"].as_object().into_iter().flatten() {
            let is_required = required.is_some_and(|names| names.iter().any(|one| one == name));
            // One in so many of the others; required ones are left out now and then.
            let wanted = if is_required {
                !self.choices.now_and_then(6)
            } else {
                self.choices.below(3) == 1
            };
            if wanted {
                fields.insert(name.clone(), self.value(name, field, depth - 1));
            }
        }
        if self.choices.now_and_then(12) || schema["additionalProperties"].is_object() {
            let name = words::word(self.choices);
            let of = &schema["additionalProperties"];
            fields.insert(name, self.value("", of, depth - 1));
        }
        Value::Object(fields)
    }

    fn array(&mut self, name: &str, schema: &Value, depth: u8) -> Value {
        let many = if self.choices.now_and_then(4) { 27 } else { self.choices.below(4) };
        (0..many).map(|_| self.value(name, &schema["items"], depth - 1)).collect()
    }
}

//! What a form asks for: the fields that reading it looks at, as a schema. To be described, a form
//! is read once with nothing in it; so what is described is what is read.

use schemars::Schema;
use serde_json::{Map, Value, json};

/// What a field takes.
#[derive(Clone, Debug)]
pub(super) enum Takes {
    /// A text that is not blank.
    Filled,
    /// Any text.
    Text,
    /// An address with a scheme and a host.
    Url,
    /// The same, and not null where it need not be there.
    FilledUrl,
    /// One of these words.
    Word(Vec<&'static str>),
    /// A uid or guid, at most so long.
    Name(usize),
    /// Seconds since 1970, at most so many.
    UnixSeconds(i64),
    /// Yes or no.
    Flag,
    /// Fields of the client's own.
    Object,
    /// Fields that are noted by themselves.
    Fields,
    /// At most so many texts.
    Texts(usize),
    /// The same, each one of these words.
    Words(usize, Vec<&'static str>),
}

/// The fields that were looked at, in this order, by their dotted paths.
#[derive(Debug, Default)]
pub(super) struct Asked(Vec<Field>);

#[derive(Debug)]
struct Field {
    path: String,
    takes: Takes,
    is_required: bool,
    /// How many characters at most.
    most: Option<usize>,
    /// What its text must match.
    pattern: Option<&'static str>,
}

impl Asked {
    /// Notes a field. It was asked for more than once where one reading goes on from another: then
    /// it is needed if any of them needs it.
    pub(super) fn note(&mut self, path: String, takes: Takes, is_required: bool) {
        match self.0.iter_mut().find(|known| known.path == path) {
            Some(known) => known.is_required |= is_required,
            None => self.0.push(Field { path, takes, is_required, most: None, pattern: None }),
        }
    }

    /// Notes that a field, which was noted before, has at most so many characters.
    pub(super) fn limit(&mut self, path: &str, most: usize) {
        if let Some(field) = self.0.iter_mut().find(|known| known.path == path) {
            field.most = Some(most);
        }
    }

    /// Notes that a field, which was noted before, matches a regular expression.
    pub(super) fn fit(&mut self, path: &str, pattern: &'static str) {
        if let Some(field) = self.0.iter_mut().find(|known| known.path == path) {
            field.pattern = Some(pattern);
        }
    }

    /// The schema of the whole object.
    pub(super) fn schema(&self) -> Schema {
        let mut root = Map::new();
        for Field { path, takes, is_required, most, pattern } in &self.0 {
            let mut schema = takes.schema(*is_required);
            if let (Some(most), Some(schema)) = (most, schema.as_object_mut()) {
                schema.insert("maxLength".to_owned(), json!(most));
            }
            if let (Some(pattern), Some(schema)) = (pattern, schema.as_object_mut()) {
                schema.insert("pattern".to_owned(), json!(pattern));
            }
            put(&mut root, path, schema, *is_required);
        }
        root.insert("type".to_owned(), json!("object"));
        root.into()
    }
}

/// Puts a field where its path leads.
fn put(object: &mut Map<String, Value>, path: &str, schema: Value, is_required: bool) {
    let (field, rest) = match path.split_once('.') {
        Some((field, rest)) => (field, Some(rest)),
        None => (path, None),
    };
    let fields = object.entry("properties").or_insert_with(|| json!({}));
    let Some(fields) = fields.as_object_mut() else { return };
    match rest {
        Some(rest) => {
            // What is no object has none of these fields, and is let pass.
            let inner = fields.entry(field).or_insert_with(|| json!({}));
            if let Some(inner) = inner.as_object_mut() {
                put(inner, rest, schema, is_required);
            }
        }
        None => {
            fields.insert(field.to_owned(), schema);
            if is_required
                && let Value::Array(required) =
                    object.entry("required").or_insert_with(|| json!([]))
            {
                required.push(field.into());
            }
        }
    }
}

impl Takes {
    fn schema(&self, is_required: bool) -> Value {
        let text = json!({ "type": "string", "pattern": "\\S" });
        let mut schema = match self {
            Self::Filled => return text,
            Self::Text if is_required => text,
            Self::Text => json!({ "type": "string" }),
            Self::FilledUrl => return json!({ "type": "string", "format": "uri" }),
            Self::Url => json!({ "type": "string", "format": "uri" }),
            Self::Word(words) => json!({ "type": "string", "enum": words }),
            Self::Name(most) => {
                json!({ "type": "string", "pattern": "^[A-Za-z0-9_-]+$", "maxLength": most })
            }
            Self::UnixSeconds(most) => {
                json!({ "type": "integer", "minimum": 0, "maximum": most })
            }
            // In any form that the vendor's framework takes.
            Self::Flag => {
                let word = json!({ "enum": [0, 1, "0", "1", null] });
                return json!({ "anyOf": [{ "type": "boolean" }, word] });
            }
            // Where an object is empty, PHP writes an array, and a form nothing. A string that
            // holds an object is read too.
            Self::Object => {
                let empty = json!({ "enum": [[], "", null] });
                return json!({ "anyOf": [{ "type": "object" }, empty] });
            }
            Self::Fields => json!({ "type": "object" }),
            Self::Texts(most) => texts(&text, *most, is_required),
            Self::Words(most, words) => {
                texts(&json!({ "type": "string", "enum": words }), *most, is_required)
            }
        };
        if !is_required {
            or_null(&mut schema);
        }
        schema
    }
}

fn texts(item: &Value, most: usize, is_required: bool) -> Value {
    json!({
        "type": "array", "items": item, "minItems": usize::from(is_required), "maxItems": most,
    })
}

/// A field that need not be there may be null as well.
fn or_null(schema: &mut Value) {
    if let Some(kind) = schema.get("type").cloned() {
        schema["type"] = json!([kind, "null"]);
    }
    if let Some(Value::Array(words)) = schema.get_mut("enum") {
        words.push(Value::Null);
    }
}

//! JSON objects that are put together field by field, or given whole.

use std::fmt;

use serde_json::{Map, Value, json};

/// An object in the making.
#[derive(Clone, Default)]
pub(super) struct Fields {
    map: Map<String, Value>,
    /// The first thing that is wrong with it.
    wrong: Option<String>,
}

/// Only the names of its fields: what they hold may be a key, a token or a password.
impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.map.keys().collect();
        f.debug_struct("Fields").field("names", &names).finish_non_exhaustive()
    }
}

impl Fields {
    /// One with this field.
    pub(super) fn with(field: &str, value: impl Into<Value>) -> Self {
        let mut fields = Self::default();
        fields.put(field, value);
        fields
    }

    /// Sets a field.
    pub(super) fn put(&mut self, field: &str, value: impl Into<Value>) {
        self.map.insert(field.to_owned(), value.into());
    }

    /// Adds to a list, which is made if there is none.
    pub(super) fn push(&mut self, list: &str, value: impl Into<Value>) {
        match self.map.entry(list).or_insert_with(|| json!([])) {
            Value::Array(items) => items.push(value.into()),
            _ => self.reject(format!("{list}: a JSON array is expected")),
        }
    }

    /// Sets a field of an object inside this one, which is made if there is none.
    pub(super) fn put_in(&mut self, object: &str, field: &str, value: impl Into<Value>) {
        match self.map.entry(object).or_insert_with(|| json!({})) {
            Value::Object(fields) => drop(fields.insert(field.to_owned(), value.into())),
            _ => self.reject(format!("{object}: a JSON object is expected")),
        }
    }

    /// The same for an object two levels down, which is made likewise.
    pub(super) fn put_below(&mut self, outer: &str, inner: &str, field: &str, value: &str) {
        let object = self.map.entry(outer).or_insert_with(|| json!({}));
        let object =
            object.as_object_mut().map(|object| object.entry(inner).or_insert_with(|| json!({})));
        match object {
            Some(Value::Object(fields)) => drop(fields.insert(field.to_owned(), value.into())),
            _ => self.reject(format!("{outer}.{inner}: a JSON object is expected")),
        }
    }

    /// Something is wrong with it.
    pub(super) fn reject(&mut self, problem: String) {
        self.wrong.get_or_insert(problem);
    }

    /// The object.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn read(self) -> Result<Map<String, Value>, String> {
        match self.wrong {
            Some(problem) => Err(format!("The JSON is not what is expected: {problem}.")),
            None => Ok(self.map),
        }
    }
}

impl From<Value> for Fields {
    fn from(json: Value) -> Self {
        match json {
            Value::Object(map) => Self { map, wrong: None },
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_) => {
                let problem = "a JSON object is expected".to_owned();
                Self { map: Map::new(), wrong: Some(problem) }
            }
        }
    }
}

impl From<&str> for Fields {
    fn from(text: &str) -> Self {
        match serde_json::from_str::<Value>(text) {
            Ok(json) => json.into(),
            Err(error) => Self { map: Map::new(), wrong: Some(error.to_string()) },
        }
    }
}

impl From<Fields> for Value {
    /// What is wrong with a part is found where the whole is read.
    fn from(fields: Fields) -> Self {
        Self::Object(fields.map)
    }
}

/// Texts, as a list in JSON.
pub(super) fn texts<T: Into<String>>(all: impl IntoIterator<Item = T>) -> Value {
    all.into_iter().map(|text| Value::String(text.into())).collect()
}

/// What can be given as JSON in the place of something that is put together.
macro_rules! from_json {
    ($($name:ident)+) => {$(
        impl $name {
            /// The JSON of it, or what is wrong with what was given for it.
            pub(super) fn read(self) -> Result<serde_json::Value, String> {
                self.0.read().map(serde_json::Value::Object)
            }
        }

        impl From<serde_json::Value> for $name {
            fn from(json: serde_json::Value) -> Self {
                Self(json.into())
            }
        }

        impl From<&str> for $name {
            fn from(json: &str) -> Self {
                Self(json.into())
            }
        }

        impl From<String> for $name {
            fn from(json: String) -> Self {
                Self(json.as_str().into())
            }
        }
    )+};
}

pub(super) use from_json;

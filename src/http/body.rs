//! What stands in the body: a JSON object, read field by field. All failing fields are reported at
//! once, in the words of the vendor's framework (seen).

use std::time::Duration;

use axum::{
    extract::{FromRequest, Request},
    http::header::CONTENT_TYPE,
};
use http_body_util::BodyExt;
use serde_json::{Map, Value};
use tokio::time::timeout;

use super::error::Failure;
use crate::domain::{
    error::{Details, Error, Refusal, Ruling},
    ids::NameError,
    users::Patch,
};

/// The largest body, in bytes.
const MOST_BYTES: usize = 1024 * 1024;
/// How much of a larger one is received before the connection is given up, in bytes.
const MOST_DISCARDED: usize = 16 * MOST_BYTES;
/// How long a body may take to arrive.
const MOST_PATIENCE: Duration = Duration::from_secs(30);
/// How many tags, and how many uids in a list of members (vendor doc).
const MOST_IN_A_LIST: usize = 25;

/// What can be read from a body's fields.
pub(super) trait FromForm: Sized {
    /// Reads every field, then returns `None` if one that is needed was wrong or missing.
    fn from_form(form: &mut Form) -> Option<Self>;
}

/// A body that was received, well formed or not. What is wrong with it is said when it is read,
/// so that a stranger is told first that they may not come in.
pub(super) struct Body(Result<Map<String, Value>, Error>);

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        let is_json = request.headers().get(CONTENT_TYPE).is_none_or(|value| {
            value.to_str().is_ok_and(|text| {
                let essence = text.split(';').next().unwrap_or_default().trim();
                essence.eq_ignore_ascii_case("application/json") || essence.is_empty()
            })
        });
        let received = match timeout(MOST_PATIENCE, receive(request.into_body())).await {
            Ok(received) => received,
            Err(_) => Err(malformed("The body did not arrive in time.")),
        };
        let bytes = match received {
            Ok(bytes) => bytes,
            Err(error) => return Ok(Self(Err(error))),
        };
        if bytes.is_empty() {
            return Ok(Self(Ok(Map::new())));
        }
        if !is_json {
            let text = "The Content-Type header must be application/json.";
            return Ok(Self(Err(Error::Invalid(Details::one("content-type", text)))));
        }
        Ok(Self(match serde_json::from_slice(&bytes) {
            Ok(Value::Object(fields)) => Ok(fields),
            Ok(_) => Err(malformed("The body must be a JSON object.")),
            Err(error) => Err(malformed(format!("The body must be valid JSON: {error}."))),
        }))
    }
}

/// Receives a body. What comes after the limit is thrown away, so that a client that is still
/// sending gets to read why it was refused.
async fn receive(mut body: axum::body::Body) -> Result<Vec<u8>, Error> {
    let (mut bytes, mut received) = (Vec::new(), 0);
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| malformed("The body ended before it was complete."))?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        received += data.len();
        if received > MOST_DISCARDED {
            break;
        }
        if received > MOST_BYTES {
            bytes = Vec::new();
        } else {
            bytes.extend_from_slice(&data);
        }
    }
    if received > MOST_BYTES { Err(Error::PayloadTooLarge) } else { Ok(bytes) }
}

fn malformed(text: impl Into<String>) -> Error {
    Error::Invalid(Details::one("body", text))
}

impl Body {
    /// Reads the body as a `T`.
    ///
    /// # Errors
    /// 413 for a body over 1 MiB, else 400 `ERR_BAD_REQUEST` with all that is wrong.
    pub(super) fn read<T: FromForm>(self) -> Ruling<T> {
        let mut form = Form { fields: self.0?, wrong: Details::default() };
        match T::from_form(&mut form) {
            Some(read) if form.wrong.is_empty() => Ok(read),
            _ => Err(Error::Invalid(form.wrong).into()),
        }
    }

    /// The same, for the first row of a rule's list of checks.
    ///
    /// # Errors
    /// The same, with what was wrong as the explanation.
    pub(super) fn read_for<T: FromForm>(self, rule: &str) -> Ruling<T> {
        self.read().map_err(|Refusal { error, .. }| {
            let because = match &error {
                Error::Invalid(details) => details
                    .iter()
                    .flat_map(|(_, texts)| texts)
                    .cloned()
                    .collect::<Vec<_>>()
                    .join(" "),
                other => other.to_string(),
            };
            error.by(rule, because)
        })
    }
}

/// The fields of a body, and what is wrong with them.
pub(super) struct Form {
    fields: Map<String, Value>,
    wrong: Details,
}

impl Form {
    /// Marks a field as wrong.
    pub(super) fn reject<T>(&mut self, field: &str, text: impl Into<String>) -> Option<T> {
        self.wrong.add(field, text);
        None
    }

    /// The field is there and not null.
    pub(super) fn has(&self, field: &str) -> bool {
        self.fields.get(field).is_some_and(|value| !value.is_null())
    }

    /// The fields of an object inside this one, if it is there.
    pub(super) fn inner(&self, field: &str) -> Option<&Map<String, Value>> {
        self.fields.get(field).and_then(Value::as_object)
    }

    /// Reads the fields of an object inside this one; what is wrong with them is named with a dot.
    pub(super) fn within<T>(
        &mut self,
        field: &str,
        fields: Map<String, Value>,
        read: impl FnOnce(&mut Self) -> Option<T>,
    ) -> Option<T> {
        let mut inner = Self { fields, wrong: Details::default() };
        let value = read(&mut inner);
        for (name, texts) in inner.wrong.iter() {
            for text in texts {
                self.wrong.add(&format!("{field}.{name}"), text.as_str());
            }
        }
        value
    }

    /// A text that must be there and not blank.
    pub(super) fn required(&mut self, field: &str) -> Option<String> {
        match self.fields.get(field) {
            None | Some(Value::Null) => self.reject(field, required_text(field)),
            Some(Value::String(text)) if text.trim().is_empty() => {
                self.reject(field, required_text(field))
            }
            Some(Value::String(text)) => Some(text.clone()),
            Some(_) => self.reject(field, format!("The {field} must be a string.")),
        }
    }

    /// A text that may be missing. An empty one counts as missing.
    pub(super) fn optional(&mut self, field: &str) -> Option<String> {
        self.patch(field).flatten()
    }

    /// A text that is kept when missing, and cleared when null or empty.
    pub(super) fn patch(&mut self, field: &str) -> Patch<String> {
        match self.fields.get(field)? {
            Value::Null => Some(None),
            Value::String(text) if text.is_empty() => Some(None),
            Value::String(text) => Some(Some(text.clone())),
            _ => self.reject(field, format!("The {field} must be a string.")),
        }
    }

    /// A text that is kept when missing, and may not be blank.
    pub(super) fn filled(&mut self, field: &str) -> Option<String> {
        match self.patch(field)? {
            Some(text) if !text.trim().is_empty() => Some(text),
            _ => self.reject(field, format!("The {field} field must have a value.")),
        }
    }

    /// A URL, as [`Form::patch`].
    pub(super) fn patch_url(&mut self, field: &str) -> Patch<String> {
        match self.patch(field)? {
            Some(url) if !is_url(&url) => {
                self.reject(field, format!("The {field} must be a valid URL."))
            }
            other => Some(other),
        }
    }

    /// One of a set of words, which must be there.
    pub(super) fn required_choice<T>(
        &mut self,
        field: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        self.required(field)?;
        self.choice(field, parse)
    }

    /// One of a set of words, if it is there.
    pub(super) fn choice<T>(
        &mut self,
        field: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.optional(field)?;
        parse(&text).or_else(|| self.reject(field, format!("The selected {field} is invalid.")))
    }

    /// A whole number of Unix seconds, if it is there.
    pub(super) fn unix_seconds(&mut self, field: &str) -> Option<i64> {
        match self.fields.get(field)? {
            Value::Null => None,
            Value::Number(number) => match number.as_i64() {
                Some(0..) => number.as_i64(),
                Some(_) => self.reject(field, format!("The {field} must be at least 0.")),
                None => self.reject(field, format!("The {field} must be an integer.")),
            },
            _ => self.reject(field, format!("The {field} must be an integer.")),
        }
    }

    /// Yes or no; no when it is missing.
    pub(super) fn flag(&mut self, field: &str) -> bool {
        match self.fields.get(field) {
            None | Some(Value::Null) => false,
            Some(Value::Bool(flag)) => *flag,
            Some(_) => {
                self.wrong.add(field, format!("The {field} field must be true or false."));
                false
            }
        }
    }

    /// An object, or a string that holds one (seen); kept when missing, cleared when null.
    pub(super) fn patch_object(&mut self, field: &str) -> Patch<Value> {
        match self.fields.get(field)? {
            Value::Null => Some(None),
            Value::String(text) if text.is_empty() => Some(None),
            object @ Value::Object(_) => Some(Some(object.clone())),
            // Where an object is empty, PHP writes an array.
            Value::Array(items) if items.is_empty() => Some(None),
            Value::String(text) => match serde_json::from_str(text) {
                Ok(object @ Value::Object(_)) => Some(Some(object)),
                _ => self.reject(field, format!("The {field} must be a valid JSON string.")),
            },
            _ => self.reject(field, format!("The {field} must be an array.")),
        }
    }

    /// A list of texts, which must be there and not empty.
    pub(super) fn required_list(&mut self, field: &str) -> Option<Vec<String>> {
        match self.fields.get(field) {
            None | Some(Value::Null) => self.reject(field, required_text(field)),
            Some(Value::Array(items)) if items.is_empty() => {
                self.reject(field, required_text(field))
            }
            Some(_) => self.patch_list(field).flatten(),
        }
    }

    /// A list of at most 25 texts; kept when missing, cleared when null.
    pub(super) fn patch_list(&mut self, field: &str) -> Patch<Vec<String>> {
        let items = match self.fields.get(field)? {
            Value::Null => return Some(None),
            Value::Array(items) => items.clone(),
            _ => return self.reject(field, format!("The {field} must be an array.")),
        };
        if items.len() > MOST_IN_A_LIST {
            let text = format!("The {field} may not have more than {MOST_IN_A_LIST} items.");
            return self.reject(field, text);
        }
        let mut texts = Vec::with_capacity(items.len());
        for (at, item) in items.into_iter().enumerate() {
            match item {
                Value::String(text) if !text.trim().is_empty() => texts.push(text),
                _ => {
                    let name = format!("{field}.{at}");
                    self.wrong.add(&name, format!("The {name} must be a string."));
                }
            }
        }
        Some(Some(texts))
    }

    /// A new uid or guid, which must be there.
    pub(super) fn new_name<T>(
        &mut self,
        field: &str,
        parse: impl Fn(&str) -> Result<T, NameError>,
    ) -> Option<T> {
        let text = self.required(field)?;
        match parse(&text) {
            Ok(name) => Some(name),
            Err(NameError::Empty) => self.reject(field, required_text(field)),
            Err(NameError::TooLong) => {
                self.reject(field, format!("The {field} must not be greater than 100 characters."))
            }
            Err(NameError::Charset) => {
                let text = "may only contain letters, numbers, dashes and underscores.";
                self.reject(field, format!("The {field} {text}"))
            }
        }
    }
}

fn required_text(field: &str) -> String {
    format!("The {field} field is required.")
}

fn is_url(text: &str) -> bool {
    text.parse::<axum::http::Uri>()
        .is_ok_and(|uri| uri.scheme().is_some() && uri.host().is_some_and(|host| !host.is_empty()))
}

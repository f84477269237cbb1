//! The fields of a body, read one by one. All failing fields are reported at once, in the words of
//! the vendor's framework (seen).

use std::mem;

use schemars::{Schema, SchemaGenerator};
use serde_json::Value;

use super::{
    asked::{Asked, Takes},
    fields::{Fields, Given},
    wording::{not_a_string, not_an_array, required, too_long},
};
use crate::domain::{
    error::{Details, Error},
    ids::NameError,
    users::Patch,
};

/// How many tags, and how many uids in a list of members (vendor doc).
const MOST_IN_A_LIST: usize = 25;
/// The latest second that a clock which counts milliseconds can show.
const LATEST_SECOND: i64 = i64::MAX / 1000;

/// What can be read from a body's fields.
pub(super) trait FromForm: Sized {
    /// Reads every field, then returns `None` if one that is needed was wrong or missing.
    fn from_form(form: &mut Form) -> Option<Self>;
}

/// The fields of an object, and what is wrong with them.
#[derive(Default)]
pub(super) struct Form<'a> {
    fields: Fields<'a>,
    /// Goes before the name of every field: where the object stands in the body.
    path: String,
    wrong: Details,
    /// What is looked at is noted, and nothing is there.
    asked: Option<Asked>,
}

impl<'a> Form<'a> {
    /// What reading a `T` looks at.
    pub(super) fn described<T: FromForm>(_: &mut SchemaGenerator) -> Schema {
        let mut form = Self { asked: Some(Asked::default()), ..Self::default() };
        // Nothing is there to be read.
        let _ = T::from_form(&mut form);
        form.asked.unwrap_or_default().schema()
    }

    /// Reads all of a `T`.
    ///
    /// # Errors
    /// 400 `ERR_BAD_REQUEST` with every field that is wrong.
    pub(super) fn read<T: FromForm>(fields: Fields<'a>) -> Result<T, Error> {
        let mut form = Self { fields, ..Self::default() };
        match T::from_form(&mut form) {
            Some(read) if form.wrong.is_empty() => Ok(read),
            _ => Err(Error::Invalid(form.wrong)),
        }
    }

    /// Marks a field as wrong; `text` is given its whole name.
    pub(super) fn reject<T>(
        &mut self,
        field: &str,
        text: impl FnOnce(&str) -> String,
    ) -> Option<T> {
        let name = format!("{}{field}", self.path);
        self.wrong.add(&name, text(&name));
        None
    }

    /// Something is wrong with the field already.
    pub(super) fn is_wrong(&self, field: &str) -> bool {
        let name = format!("{}{field}", self.path);
        self.wrong.iter().any(|(wrong, _)| wrong == name)
    }

    fn note(&mut self, field: &str, is_required: bool, takes: impl FnOnce() -> Takes) {
        if let Some(asked) = &mut self.asked {
            asked.note(format!("{}{field}", self.path), takes(), is_required);
        }
    }

    /// The field is there and not null.
    pub(super) fn has(&self, field: &str) -> bool {
        self.asked.is_some() || self.fields.get(field).is_some_and(|value| !value.is_null())
    }

    /// The same as [`Form::within`], where anything else than an object is wrong.
    pub(super) fn object<T>(
        &mut self,
        field: &str,
        read: impl FnOnce(&mut Self) -> Option<T>,
    ) -> Option<T> {
        self.note(field, false, || Takes::Fields);
        match self.fields.get(field) {
            None | Some(Given::Other(Value::Null | Value::Object(_))) => self.within(field, read),
            Some(_) => self.reject(field, not_an_array),
        }
    }

    /// Reads the fields of an object inside this one, if there is one of that name.
    pub(super) fn within<T>(
        &mut self,
        field: &str,
        read: impl FnOnce(&mut Self) -> Option<T>,
    ) -> Option<T> {
        let fields = match (&self.asked, self.fields.get(field)) {
            (Some(_), _) => Fields::default(),
            (None, given) => given?.other()?.as_object()?.clone().into(),
        };
        let path = format!("{}{field}.", self.path);
        let outside = (mem::replace(&mut self.fields, fields), mem::replace(&mut self.path, path));
        let value = read(self);
        (self.fields, self.path) = outside;
        value
    }

    /// A text that must be there and not blank.
    pub(super) fn required(&mut self, field: &str) -> Option<String> {
        self.note(field, true, || Takes::Text);
        match self.fields.get(field) {
            None | Some(Given::Other(Value::Null)) => self.reject(field, required),
            Some(Given::Text(text)) if text.trim().is_empty() => self.reject(field, required),
            Some(Given::Text(text)) => Some(text.to_string()),
            Some(Given::Other(_)) => self.reject(field, not_a_string),
        }
    }

    /// A text that may be missing. An empty one counts as missing.
    pub(super) fn optional(&mut self, field: &str) -> Option<String> {
        self.patch(field).flatten()
    }

    /// A text that is kept when missing, and cleared when null or empty.
    pub(super) fn patch(&mut self, field: &str) -> Patch<String> {
        self.note(field, false, || Takes::Text);
        match self.fields.get(field)? {
            Given::Other(Value::Null) => Some(None),
            Given::Text(text) if text.is_empty() => Some(None),
            Given::Text(text) => Some(Some(text.to_string())),
            Given::Other(_) => self.reject(field, not_a_string),
        }
    }

    /// A text that is kept when missing, and may not be blank.
    pub(super) fn filled(&mut self, field: &str) -> Option<String> {
        self.note(field, false, || Takes::Filled);
        match self.patch(field)? {
            Some(text) if !text.trim().is_empty() => Some(text),
            _ => self.reject(field, |name| format!("The {name} field must have a value.")),
        }
    }

    /// A URL, as [`Form::patch`].
    pub(super) fn patch_url(&mut self, field: &str) -> Patch<String> {
        self.note(field, false, || Takes::Url);
        match self.patch(field)? {
            Some(url) if !is_url(&url) => {
                self.reject(field, |name| format!("The {name} must be a valid URL."))
            }
            other => Some(other),
        }
    }

    /// A URL, which must be there.
    pub(super) fn required_url(&mut self, field: &str) -> Option<String> {
        self.note(field, true, || Takes::Url);
        self.required(field)
    }

    /// A URL that is kept when missing, and may not be blank.
    pub(super) fn filled_url(&mut self, field: &str) -> Option<String> {
        self.note(field, false, || Takes::FilledUrl);
        self.filled(field)
    }

    /// A text that was read, if it has at most so many characters.
    pub(super) fn at_most(
        &mut self,
        field: &str,
        most: usize,
        read: Option<String>,
    ) -> Option<String> {
        if let Some(asked) = &mut self.asked {
            asked.limit(&format!("{}{field}", self.path), most);
        }
        match read? {
            text if text.chars().count() > most => self.reject(field, |name| too_long(name, most)),
            text => Some(text),
        }
    }

    /// A text that was read, if it fits; `pattern` says the same to those who read the document.
    pub(super) fn fitting(
        &mut self,
        field: &str,
        read: Patch<String>,
        (fits, pattern): (fn(&str) -> bool, &'static str),
        otherwise: &str,
    ) -> Patch<String> {
        if let Some(asked) = &mut self.asked {
            asked.fit(&format!("{}{field}", self.path), pattern);
        }
        match read? {
            Some(text) if !fits(&text) => {
                self.reject(field, |name| format!("The {name} must not contain {otherwise}."))
            }
            read => Some(read),
        }
    }

    /// One of a set of words, which must be there.
    pub(super) fn required_choice<T: Copy>(
        &mut self,
        field: &str,
        words: &[(&'static str, T)],
    ) -> Option<T> {
        self.note(field, true, || word(words));
        match self.fields.get(field) {
            Some(Given::Text(text)) if !text.trim().is_empty() => self.choice(field, words),
            _ => self.required(field).and(None),
        }
    }

    /// One of a set of words, if it is there.
    pub(super) fn choice<T: Copy>(
        &mut self,
        field: &str,
        words: &[(&'static str, T)],
    ) -> Option<T> {
        self.note(field, false, || word(words));
        let text = match self.fields.get(field)? {
            Given::Text(text) if !text.is_empty() => text,
            _ => return self.optional(field).and(None),
        };
        match words.iter().find(|(word, _)| word == text) {
            Some((_, meant)) => Some(*meant),
            None => self.reject(field, |name| format!("The selected {name} is invalid.")),
        }
    }

    /// A whole number of Unix seconds, if it is there.
    pub(super) fn unix_seconds(&mut self, field: &str) -> Option<i64> {
        self.note(field, false, || Takes::UnixSeconds(LATEST_SECOND));
        let value = self.fields.get(field).filter(|value| !value.is_null())?;
        match value.other().and_then(Value::as_i64).filter(|seconds| *seconds <= LATEST_SECOND) {
            Some(seconds @ 0..) => Some(seconds),
            Some(_) => self.reject(field, |name| format!("The {name} must be at least 0.")),
            None => self.reject(field, |name| format!("The {name} must be an integer.")),
        }
    }

    /// Yes or no, in any form that the vendor's framework takes; no when it is missing.
    pub(super) fn flag(&mut self, field: &str) -> bool {
        self.maybe(field).unwrap_or(false)
    }

    /// The same, if it is there.
    pub(super) fn maybe(&mut self, field: &str) -> Option<bool> {
        self.note(field, false, || Takes::Flag);
        let value = self.fields.get(field).filter(|value| !value.is_null())?;
        match value {
            Given::Other(Value::Bool(flag)) => Some(*flag),
            Given::Other(number) if number.as_i64() == Some(1) => Some(true),
            Given::Other(number) if number.as_i64() == Some(0) => Some(false),
            Given::Text(text) if text == "1" => Some(true),
            Given::Text(text) if text == "0" => Some(false),
            _ => self.reject(field, |name| format!("The {name} field must be true or false.")),
        }
    }

    /// An object, or a string that holds one (seen); kept when missing, cleared when null.
    pub(super) fn patch_object(&mut self, field: &str) -> Patch<Value> {
        self.note(field, false, || Takes::Object);
        match self.fields.get(field)? {
            Given::Other(Value::Null) => Some(None),
            Given::Text(text) if text.is_empty() => Some(None),
            Given::Other(object @ Value::Object(_)) => Some(Some(object.clone())),
            // Where an object is empty, PHP writes an array.
            Given::Other(Value::Array(items)) if items.is_empty() => Some(None),
            Given::Text(text) => match serde_json::from_str(text) {
                Ok(object @ Value::Object(_)) => Some(Some(object)),
                _ => self.reject(field, |name| format!("The {name} must be a valid JSON string.")),
            },
            Given::Other(_) => self.reject(field, not_an_array),
        }
    }

    /// A list of texts, which must be there and not empty.
    pub(super) fn required_list(&mut self, field: &str) -> Option<Vec<String>> {
        self.note(field, true, || Takes::Texts(MOST_IN_A_LIST));
        match self.fields.get(field) {
            None | Some(Given::Other(Value::Null)) => self.reject(field, required),
            Some(Given::Other(Value::Array(items))) if items.is_empty() => {
                self.reject(field, required)
            }
            Some(_) => self.patch_list(field).flatten(),
        }
    }

    /// The same, where only these words mean something; others are read all the same.
    pub(super) fn required_words(
        &mut self,
        field: &str,
        words: impl IntoIterator<Item = &'static str>,
    ) -> Option<Vec<String>> {
        self.note(field, true, || Takes::Words(MOST_IN_A_LIST, words.into_iter().collect()));
        self.required_list(field)
    }

    /// A list of at most 25 texts; kept when missing, cleared when null.
    pub(super) fn patch_list(&mut self, field: &str) -> Patch<Vec<String>> {
        self.note(field, false, || Takes::Texts(MOST_IN_A_LIST));
        let items = match self.fields.get(field)? {
            Given::Other(Value::Null) => return Some(None),
            Given::Other(Value::Array(items)) => items.clone(),
            _ => return self.reject(field, not_an_array),
        };
        if items.len() > MOST_IN_A_LIST {
            return self.reject(field, |name| {
                format!("The {name} must not have more than {MOST_IN_A_LIST} items.")
            });
        }
        let mut texts = Vec::with_capacity(items.len());
        for (at, item) in items.into_iter().enumerate() {
            let member = format!("{field}.{at}");
            match item {
                Value::String(text) if !text.trim().is_empty() => texts.push(text),
                Value::String(_) | Value::Null => drop(self.reject::<()>(&member, required)),
                _ => drop(self.reject::<()>(&member, not_a_string)),
            }
        }
        Some(Some(texts))
    }

    /// A new uid, guid or the like, of at most so many characters, which must be there.
    pub(super) fn new_name<T>(
        &mut self,
        field: &str,
        most: usize,
        parse: impl Fn(&str) -> Result<T, NameError>,
    ) -> Option<T> {
        self.note(field, true, || Takes::Name(most));
        let text = self.required(field)?;
        match parse(&text) {
            Ok(name) => Some(name),
            Err(NameError::Empty) => self.reject(field, required),
            Err(NameError::TooLong) => self.reject(field, |name| too_long(name, most)),
            Err(NameError::Charset) => self.reject(field, |name| {
                format!("The {name} must only contain letters, numbers, dashes and underscores.")
            }),
        }
    }
}

fn word<T>(words: &[(&'static str, T)]) -> Takes {
    Takes::Word(words.iter().map(|(word, _)| *word).collect())
}

/// A scheme and a host; letters of any script may stand in it, as in an address bar.
fn is_url(text: &str) -> bool {
    let stand_in = |c: char| if c.is_ascii() || c.is_whitespace() { c } else { 'x' };
    text.chars()
        .map(stand_in)
        .collect::<String>()
        .parse::<axum::http::Uri>()
        .is_ok_and(|uri| uri.scheme().is_some() && uri.host().is_some_and(|host| !host.is_empty()))
}

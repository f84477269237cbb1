//! Which of the requests in a journal somebody means, and by what the others miss it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Entry;
use crate::{
    domain::{code::Code, ids::Uid},
    runtime::glob,
};

/// What a request must have: everything that is given here.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct RequestMatcher {
    /// `POST`, in any case.
    pub method: Option<String>,
    /// A path or a pattern for paths.
    pub path: Option<String>,
    /// The status it was answered with.
    pub status: Option<u16>,
    /// The code it was refused with.
    pub code: Option<String>,
    /// The acting user.
    pub uid: Option<String>,
    /// The call it is about.
    pub session_id: Option<String>,
    /// Headers and their values.
    pub header: BTreeMap<String, String>,
    /// What its body holds, and perhaps more.
    pub body: Option<Value>,
}

/// By what a request misses what was meant.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Difference {
    /// Where.
    pub field: String,
    /// What was meant.
    pub expected: Value,
    /// What was there.
    pub found: Value,
}

impl RequestMatcher {
    /// Whether the request is one that is meant.
    #[must_use]
    pub fn matches(&self, entry: &Entry) -> bool {
        self.differences(entry).is_empty()
    }

    /// By what it misses what is meant; by nothing, if it is one.
    #[must_use]
    pub fn differences(&self, entry: &Entry) -> Vec<Difference> {
        let mut found = Vec::new();
        let mut compare = |field: &str, expected: Option<Value>, is: Value, same: bool| {
            if let Some(expected) = expected.filter(|_| !same) {
                found.push(Difference { field: field.to_owned(), expected, found: is });
            }
        };
        let same = |expected: &Option<String>, is: &str| {
            expected.as_deref().is_none_or(|expected| expected.eq_ignore_ascii_case(is))
        };

        let method = entry.noted.method.as_str();
        compare(
            "method",
            self.method.as_ref().map(|m| json!(m)),
            json!(method),
            same(&self.method, method),
        );
        let path = entry.path();
        let fits = self.path.as_deref().is_none_or(|pattern| glob::matches(pattern, path));
        compare("path", self.path.as_ref().map(|p| json!(p)), json!(path), fits);
        let is_status = self.status.is_none_or(|status| Some(status) == entry.noted.status);
        compare("status", self.status.map(|s| json!(s)), json!(entry.noted.status), is_status);
        let code = entry.noted.code.map(Code::as_str);
        compare(
            "code",
            self.code.as_ref().map(|c| json!(c)),
            json!(code),
            same(&self.code, code.unwrap_or_default()),
        );
        let uid = entry.noted.uid.as_ref().map(Uid::as_str);
        compare(
            "uid",
            self.uid.as_ref().map(|u| json!(u)),
            json!(uid),
            same(&self.uid, uid.unwrap_or_default()),
        );
        let about = self.session_id.as_deref().is_none_or(|session| entry.is_about(session));
        compare("sessionId", self.session_id.as_ref().map(|s| json!(s)), json!(path), about);
        for (name, expected) in &self.header {
            let is = entry.headers().get(name);
            let same = is == Some(expected.as_str());
            compare(&format!("header.{name}"), Some(json!(expected)), json!(is), same);
        }
        if let Some(expected) = &self.body {
            let body = serde_json::from_slice(entry.body()).unwrap_or(Value::Null);
            missing(expected, &body, "body", &mut found);
        }
        found
    }
}

/// What a value lacks of another that it should contain: of an object each field, of a list each
/// place.
pub(in crate::runtime) fn missing(
    expected: &Value,
    found: &Value,
    at: &str,
    differences: &mut Vec<Difference>,
) {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            for (key, expected) in expected {
                let found = found.get(key).unwrap_or(&Value::Null);
                missing(expected, found, &format!("{at}.{key}"), differences);
            }
        }
        (Value::Array(expected), Value::Array(found)) if expected.len() == found.len() => {
            for (place, (expected, found)) in expected.iter().zip(found).enumerate() {
                missing(expected, found, &format!("{at}[{place}]"), differences);
            }
        }
        (expected, found) if expected == found => {}
        (expected, found) => differences.push(Difference {
            field: at.to_owned(),
            expected: expected.clone(),
            found: found.clone(),
        }),
    }
}

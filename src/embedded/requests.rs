//! What was asked of an app.

use std::fmt;

use serde_json::Value;

use crate::{
    domain::{code::Code, ids::Uid},
    runtime::journal::Entry,
};

/// A request and what it was answered with. Bodies are kept up to 64 KiB.
#[derive(Clone)]
pub struct Request(Entry);

impl Request {
    pub(super) const fn of(entry: Entry) -> Self {
        Self(entry)
    }

    /// Counts up from 1 in the app.
    #[must_use]
    pub fn id(&self) -> u64 {
        self.0.id
    }

    /// When it arrived, by the app's clock, in Unix seconds.
    #[must_use]
    pub fn at(&self) -> i64 {
        self.0.noted.at.secs()
    }

    /// The method.
    #[must_use]
    pub fn method(&self) -> &str {
        self.0.noted.method.as_str()
    }

    /// The path as sent, with its prefix if it had one.
    #[must_use]
    pub fn path(&self) -> &str {
        self.0.path()
    }

    /// What stood behind the `?`, if anything.
    #[must_use]
    pub fn query(&self) -> Option<&str> {
        self.0.query()
    }

    /// A header, by its name in any case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.0.headers().get(name)
    }

    /// Every header: its name in lower case, and its value.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.headers().iter()
    }

    /// Its body: JSON as it is, anything else as text, nothing as null.
    #[must_use]
    pub fn body(&self) -> Value {
        json(self.0.body())
    }

    /// Who was acting, if it came so far.
    #[must_use]
    pub fn uid(&self) -> Option<&str> {
        self.0.noted.uid.as_ref().map(Uid::as_str)
    }

    /// The status it was answered with; none, when the connection was ended instead.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.0.noted.status
    }

    /// The code it was refused with.
    #[must_use]
    pub fn code(&self) -> Option<&'static str> {
        self.0.noted.code.map(Code::as_str)
    }

    /// Which rule refused it, and because of what.
    #[must_use]
    pub fn explain(&self) -> Option<&str> {
        self.0.explain()
    }

    /// What it was answered with, as [`Request::body`] is given.
    #[must_use]
    pub fn response(&self) -> Value {
        json(self.0.response())
    }
}

impl fmt::Debug for Request {
    /// In one line, without keys.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.line())
    }
}

/// What is no JSON is given as text.
pub(super) fn json(bytes: &[u8]) -> Value {
    if bytes.is_empty() {
        return Value::Null;
    }
    let text = || Value::String(String::from_utf8_lossy(bytes).into_owned());
    serde_json::from_slice(bytes).unwrap_or_else(|_| text())
}

//! What a test expects of what was asked, and of what webhooks were told.

use std::fmt;

use serde_json::{Value, json};

use super::fields::{Fields, from_json};
use crate::control::direct as control;

/// Requests that a test expects: those that have everything which is said here. Takes the place of
/// the JSON of `POST /__mock/requests/verify`, which can be given instead.
///
/// ```
/// use mock_calls::{Expect, MockServer};
/// use serde_json::json;
///
/// let server = MockServer::start_blocking();
/// let app = server.app("expected");
/// app.verify(Expect::request("POST", "/calls").body(json!({"type": "audio"})).times(0));
/// app.verify(json!({"match": {"path": "/calls/*"}, "count": {"atMost": 3}}));
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Expect(Fields);

/// Deliveries that a test expects, likewise.
///
/// ```
/// use mock_calls::{ExpectDelivery, MockServer};
///
/// let server = MockServer::start_blocking();
/// server.app("untold").verify_delivery(ExpectDelivery::of("call_ended").times(0));
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct ExpectDelivery(Fields);

from_json!(Expect ExpectDelivery);

/// How often, which both expectations say alike.
macro_rules! counts {
    ($($name:ident)+) => {$(
        impl $name {
            /// Exactly so many of them.
            pub fn times(mut self, n: usize) -> Self {
                self.0.put_in("count", "exactly", n);
                self
            }

            /// So many of them, or more.
            pub fn at_least(mut self, n: usize) -> Self {
                self.0.put_in("count", "atLeast", n);
                self
            }

            /// So many of them, or fewer.
            pub fn at_most(mut self, n: usize) -> Self {
                self.0.put_in("count", "atMost", n);
                self
            }

            fn having(mut self, field: &str, value: impl Into<Value>) -> Self {
                self.0.put_in("match", field, value);
                self
            }
        }
    )+};
}

counts!(Expect ExpectDelivery);

impl Expect {
    /// Any request at all.
    pub fn any() -> Self {
        Self(Fields::with("match", json!({})))
    }

    /// Requests with this method, for this path: `*` stands for a segment, `**` for any number, and
    /// the version prefix counts in neither.
    pub fn request(method: &str, path: &str) -> Self {
        Self::any().having("method", method).having("path", path)
    }

    /// That were answered with this HTTP status.
    pub fn status(self, status: u16) -> Self {
        self.having("status", status)
    }

    /// That were refused with this code.
    pub fn code(self, code: &str) -> Self {
        self.having("code", code)
    }

    /// Of this acting user.
    pub fn uid(self, uid: &str) -> Self {
        self.having("uid", uid)
    }

    /// About this call.
    pub fn session_id(self, session_id: &str) -> Self {
        self.having("sessionId", session_id)
    }

    /// With this header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.0.put_below("match", "header", name, value);
        self
    }

    /// With a body that has this in it, and perhaps more.
    pub fn body(self, part: impl Into<Value>) -> Self {
        self.having("body", part)
    }
}

impl ExpectDelivery {
    /// Any delivery at all.
    pub fn any() -> Self {
        Self(Fields::with("match", json!({})))
    }

    /// Deliveries of this trigger, such as `call_initiated`.
    pub fn of(trigger: &str) -> Self {
        Self::any().having("trigger", trigger)
    }

    /// To this webhook.
    pub fn webhook(self, id: &str) -> Self {
        self.having("webhook", id)
    }

    /// Of this call.
    pub fn session_id(self, session_id: &str) -> Self {
        self.having("sessionId", session_id)
    }

    /// That stand so: `pending`, `delivered`, `failed` or `dropped`.
    pub fn status(self, status: &str) -> Self {
        self.having("status", status)
    }

    /// With a body that has this in it, and perhaps more.
    pub fn body(self, part: impl Into<Value>) -> Self {
        self.having("body", part)
    }
}

/// What is expected in an order.
///
/// # Errors
/// For a step that is counted: each comes once.
pub(super) fn sequence<E: Into<Expect>>(
    steps: impl IntoIterator<Item = E>,
) -> Result<Value, String> {
    let step = |expected: E| {
        let mut fields = expected.into().0.read()?;
        match (fields.remove("match"), fields.is_empty()) {
            (Some(matcher), true) => Ok(matcher),
            _ => Err("A step of a sequence is a request, without a count.".to_owned()),
        }
    };
    let steps = steps.into_iter().map(step).collect::<Result<Vec<_>, _>>()?;
    Ok(json!({ "sequence": steps }))
}

/// What there is instead of what was expected: those that come nearest, and by what they differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    matched: usize,
    text: String,
}

impl Mismatch {
    pub(super) fn of(expected: &Value, found: control::Mismatch) -> Self {
        let control::Mismatch { matched, text } = found;
        Self { matched, text: format!("{text}\n  expected: {expected}") }
    }

    /// How many there were as expected; of a sequence, how many of its steps.
    #[must_use]
    pub const fn matched(&self) -> usize {
        self.matched
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Mismatch {}

//! What goes wrong in an app on purpose.

use std::{fmt, sync::Arc, time::Duration};

use serde_json::{Value, json};

use super::fields::{Fields, from_json};
use crate::runtime::{app, durations};

/// Something that is to go wrong: what, with which requests, and how often. Takes the place of the
/// JSON of `POST /__mock/faults`, which can be given instead.
///
/// ```
/// use mock_calls::{Fault, MockServer};
/// use serde_json::json;
///
/// let server = MockServer::start_blocking();
/// let app = server.app("unlucky");
/// app.fault(Fault::respond(503, json!({"error": "maintenance"})).path("/users/*").times(2));
/// app.fault(json!({"match": {"method": "PUT"}, "then": {"drop": true}}));
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Fault(Fields);

from_json!(Fault);

impl Fault {
    /// Answers with a code.
    pub fn error(code: &str) -> Self {
        Self::then("error", code)
    }

    /// Answers with this status and body: a string as it is, anything else as JSON.
    pub fn respond(status: u16, body: impl Into<Value>) -> Self {
        let body: Value = body.into();
        Self::then("respond", json!({ "status": status, "body": body }))
    }

    /// Closes the connection without a byte.
    pub fn drop_connection() -> Self {
        Self::then("drop", true)
    }

    /// Resets the connection.
    pub fn reset_connection() -> Self {
        Self::then("reset", true)
    }

    /// Announces the whole answer and sends half of it. The request takes effect.
    pub fn truncate() -> Self {
        Self::then("truncate", true)
    }

    /// Answers 200 with JSON that is broken. The request takes effect.
    pub fn garbage() -> Self {
        Self::then("garbage", true)
    }

    /// Answers 429 with the headers of a rate limit: so many requests are allowed, and the next try
    /// is due in so many seconds.
    pub fn rate_limit(limit: u64, retry_after: u64) -> Self {
        Self::then("rateLimit", json!({ "limit": limit, "retryAfter": retry_after }))
    }

    /// Holds the answer back.
    pub fn delay(delay: Duration) -> Self {
        Self::then("delay", durations::format(delay))
    }

    /// Holds the answer back for as long as is drawn from between these two.
    pub fn delay_between(least: Duration, most: Duration) -> Self {
        let uniform = [least, most].map(durations::format);
        Self::then("delay", json!({ "uniform": uniform }))
    }

    /// Waits first.
    pub fn after_delay(mut self, delay: Duration) -> Self {
        self.0.put_in("then", "delay", durations::format(delay));
        self
    }

    /// Only requests with this method.
    pub fn method(self, method: &str) -> Self {
        self.only("method", method)
    }

    /// Only requests for this path: `*` stands for a segment, `**` for any number.
    pub fn path(self, path: &str) -> Self {
        self.only("path", path)
    }

    /// Only requests of this acting user.
    pub fn uid(self, uid: &str) -> Self {
        self.only("uid", uid)
    }

    /// Only requests with this `receiver` in the body.
    pub fn receiver(self, receiver: &str) -> Self {
        self.only("receiver", receiver)
    }

    /// Only requests with this header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.0.put_below("match", "header", name, value);
        self
    }

    /// Acts so often at most.
    pub fn times(mut self, times: u64) -> Self {
        self.0.put("times", times);
        self
    }

    /// Lets so many requests pass first.
    pub fn after(mut self, passed: u64) -> Self {
        self.0.put("after", passed);
        self
    }

    /// Acts with this probability, from 0 to 1.
    pub fn probability(mut self, probability: f64) -> Self {
        if probability.is_finite() {
            self.0.put("probability", probability);
        } else {
            self.0.reject("probability: give a number from 0 to 1".to_owned());
        }
        self
    }

    /// Stands so long, by the app's clock.
    pub fn ttl(mut self, ttl: Duration) -> Self {
        self.0.put("ttl", durations::format(ttl));
        self
    }

    /// The request takes effect, and only its answer is lost.
    pub fn lost_reply(mut self) -> Self {
        self.0.put("phase", "after");
        self
    }

    fn then(what: &str, value: impl Into<Value>) -> Self {
        let value: Value = value.into();
        Self(Fields::with("then", json!({ what: value })))
    }

    fn only(mut self, field: &str, value: &str) -> Self {
        self.0.put_in("match", field, value);
        self
    }
}

/// A fault that was armed. It stands until it is spent or taken away, also when this is dropped.
pub struct ArmedFault {
    app: Arc<app::App>,
    id: u64,
}

impl ArmedFault {
    pub(super) const fn of(app: Arc<app::App>, id: u64) -> Self {
        Self { app, id }
    }

    /// Its number in the app.
    #[must_use]
    pub const fn id(&self) -> u64 {
        self.id
    }

    /// How often it acted; not at all, once it was taken away.
    #[must_use]
    pub fn fired(&self) -> u64 {
        let standing = self.app.faults().list();
        standing.iter().find(|fault| fault.id == self.id).map_or(0, |fault| fault.fired)
    }

    /// Takes it away.
    pub fn disarm(self) {
        // A reset may have done so before.
        let _ = self.app.faults().disarm(self.id);
    }
}

impl fmt::Debug for ArmedFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ArmedFault").field(&self.id).finish()
    }
}

//! What webhooks were told.

use std::fmt;

use serde_json::Value;

use super::requests::json;
use crate::runtime::webhooks::Record;

/// Something that a webhook was told, or is to be.
#[derive(Clone)]
pub struct Delivery(Record);

impl Delivery {
    pub(super) const fn of(record: Record) -> Self {
        Self(record)
    }

    /// Counts up from 1 in the app.
    #[must_use]
    pub fn id(&self) -> u64 {
        self.0.delivery.id
    }

    /// To which webhook.
    #[must_use]
    pub fn webhook(&self) -> &str {
        self.0.delivery.webhook.as_str()
    }

    /// Where.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.0.delivery.url
    }

    /// Of what, such as `call_initiated`.
    #[must_use]
    pub fn trigger(&self) -> &'static str {
        self.0.delivery.trigger.as_str()
    }

    /// Of which call.
    #[must_use]
    pub fn session_id(&self) -> &str {
        self.0.delivery.session.as_str()
    }

    /// `pending`, `delivered`, `failed` or `dropped`.
    #[must_use]
    pub const fn status(&self) -> &'static str {
        self.0.standing.as_str()
    }

    /// What it said.
    #[must_use]
    pub fn body(&self) -> Value {
        json(&self.0.delivery.body)
    }

    /// How often it was tried.
    #[must_use]
    pub fn attempts(&self) -> usize {
        self.0.attempts.len()
    }

    /// What the receiver answered the last time.
    #[must_use]
    pub fn response_status(&self) -> Option<u16> {
        self.0.attempts.last().and_then(|attempt| attempt.status)
    }

    /// Why it did not.
    #[must_use]
    pub fn error(&self) -> Option<&str> {
        self.0.attempts.last().and_then(|attempt| attempt.error.as_deref())
    }
}

impl fmt::Debug for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.line())
    }
}

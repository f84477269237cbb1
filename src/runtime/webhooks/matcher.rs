//! Which deliveries somebody means, and by what the others miss it.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::delivery::Record;
use crate::runtime::journal::matcher::{Difference, missing};

/// What a delivery must have: everything that is given here.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct DeliveryMatcher {
    /// To which webhook.
    pub webhook: Option<String>,
    /// Which trigger was fired.
    pub trigger: Option<String>,
    /// By which call.
    pub session_id: Option<String>,
    /// `pending`, `delivered`, `failed` or `dropped`.
    pub status: Option<String>,
    /// How often it was tried.
    pub attempts: Option<usize>,
    /// What its body holds, and perhaps more.
    pub body: Option<Value>,
}

impl DeliveryMatcher {
    /// Whether the delivery is one that is meant.
    #[must_use]
    pub fn matches(&self, record: &Record) -> bool {
        self.differences(record).is_empty()
    }

    /// By what it misses what is meant; by nothing, if it is one.
    #[must_use]
    pub fn differences(&self, record: &Record) -> Vec<Difference> {
        let delivery = &record.delivery;
        let fields = [
            ("webhook", &self.webhook, delivery.webhook.as_str()),
            ("trigger", &self.trigger, delivery.trigger.as_str()),
            ("sessionId", &self.session_id, delivery.session.as_str()),
            ("status", &self.status, record.standing.as_str()),
        ];
        let differs = |(field, expected, found): (&str, &Option<String>, &str)| {
            let expected = expected.as_deref().filter(|expected| *expected != found)?;
            let (expected, found) = (json!(expected), json!(found));
            Some(Difference { field: field.to_owned(), expected, found })
        };
        let mut differences: Vec<_> = fields.into_iter().filter_map(differs).collect();
        let tried = record.attempts.len();
        if let Some(expected) = self.attempts.filter(|expected| *expected != tried) {
            let (expected, found) = (json!(expected), json!(tried));
            differences.push(Difference { field: "attempts".to_owned(), expected, found });
        }
        if let Some(expected) = &self.body {
            let body = serde_json::from_slice(&delivery.body).unwrap_or(Value::Null);
            missing(expected, &body, "body", &mut differences);
        }
        differences
    }
}

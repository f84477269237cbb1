//! What is said of deliveries that are under way.

use std::sync::Arc;

use super::delivery::{Attempt, Delivery, Standing};
use crate::domain::{ids::AppId, time::Timestamp};

/// A delivery that goes again, because its time has come.
#[derive(Clone, Debug)]
pub struct Retried {
    /// When it was to go.
    pub due: Timestamp,
    /// What.
    pub delivery: Arc<Delivery>,
    /// Which try that is, from 1.
    pub attempt: usize,
}

/// What came of a try.
#[derive(Clone, Debug)]
pub struct Tried {
    /// Of what.
    pub delivery: Arc<Delivery>,
    /// Which try it was, from 1.
    pub number: usize,
    /// How it went.
    pub attempt: Attempt,
    /// How the delivery stands since then.
    pub standing: Standing,
}

impl Tried {
    /// One line in the log. A URL may have secrets in its query, and is not in it.
    pub(in crate::runtime) fn log(&self, app: &AppId) {
        let Self { delivery, number, attempt, standing } = self;
        tracing::debug!(
            target: "mock_calls::webhooks",
            app = app.as_str(),
            webhook = delivery.webhook.as_str(),
            trigger = delivery.trigger.as_str(),
            session = delivery.session.as_str(),
            delivery = delivery.id,
            attempt = number,
            status = attempt.status,
            error = attempt.error,
            outcome = standing.as_str(),
            "told"
        );
    }
}

/// What there is to be done still.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outstanding {
    /// Deliveries that wait or are under way.
    pub pending: usize,
    /// Those of them that wait for a time of the app's clock.
    pub asleep: usize,
    /// Workers, each with a delivery under way or about to take one.
    pub working: usize,
}

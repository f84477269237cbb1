//! What is said of deliveries that are under way.

use std::sync::Arc;

use super::delivery::{Attempt, Delivery, Standing};
use crate::domain::time::Timestamp;

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

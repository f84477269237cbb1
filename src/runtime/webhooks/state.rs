//! What is known of the deliveries of an app.

use std::collections::{BTreeMap, HashMap};

use super::{delivery::Log, faults::DeliveryFaults, queue::Queue};
use crate::domain::webhooks::WebhookId;

#[derive(Debug)]
pub(super) struct State {
    pub(super) last: u64,
    pub(super) generations: u64,
    pub(super) queues: HashMap<WebhookId, Queue>,
    /// How many each webhook had no room for.
    pub(super) overflowed: BTreeMap<WebhookId, u64>,
    pub(super) log: Log,
    pub(super) faults: HashMap<WebhookId, DeliveryFaults>,
    pub(super) draws: fastrand::Rng,
}

impl State {
    pub(super) fn fresh(draws: fastrand::Rng, generations: u64) -> Self {
        Self {
            last: 0,
            generations,
            queues: HashMap::new(),
            overflowed: BTreeMap::new(),
            log: Log::default(),
            faults: HashMap::new(),
            draws,
        }
    }
}

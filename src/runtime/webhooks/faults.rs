//! What goes wrong on purpose with the deliveries to a webhook, for its receiver to be tested: the
//! vendor says that deliveries may come twice, and promises no order.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Deliveries;
use crate::{domain::webhooks::WebhookId, runtime::delay::Delay};

/// How long a delivery that leaves the order stays behind.
const BEHIND: Duration = Duration::from_secs(1);

/// Stands until it is replaced. All of it is drawn from the app's own generator.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[schemars(rename = "DeliveryFaults")]
pub struct DeliveryFaults {
    /// How probable it is that a delivery is sent twice: from 0 to 1.
    #[schemars(range(min = 0, max = 1))]
    pub duplicate: f64,
    /// How probable it is that a delivery leaves the order of its session and comes a second
    /// later, behind what happened meanwhile: from 0 to 1.
    #[schemars(range(min = 0, max = 1))]
    pub reorder: f64,
    /// How long each waits before it goes, by the app's clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delay: Option<Delay>,
}

impl Deliveries {
    /// What goes wrong with the deliveries to a webhook on purpose, from now on.
    pub fn set_faults(&self, webhook: WebhookId, faults: DeliveryFaults) {
        self.lock().faults.insert(webhook, faults);
    }

    /// What goes wrong with the deliveries to a webhook on purpose; by default nothing.
    #[must_use]
    pub fn faults(&self, webhook: &WebhookId) -> DeliveryFaults {
        self.lock().faults.get(webhook).cloned().unwrap_or_default()
    }
}

/// What happens to one delivery.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Mishap {
    pub(super) twice: bool,
    pub(super) alone: bool,
    pub(super) wait: Duration,
}

impl DeliveryFaults {
    /// Whether this can be set.
    ///
    /// # Errors
    /// Says which field cannot, and what it takes.
    pub fn check(&self) -> Result<(), String> {
        let chances = [("duplicate", self.duplicate), ("reorder", self.reorder)];
        match chances.into_iter().find(|(_, chance)| !(0.0..=1.0).contains(chance)) {
            Some((field, chance)) => {
                Err(format!("{field} must be a number from 0 to 1, not {chance}"))
            }
            None => Ok(()),
        }
    }

    pub(super) fn draw(&self, draws: &mut fastrand::Rng) -> Mishap {
        let twice = draws.f64() < self.duplicate;
        let alone = draws.f64() < self.reorder;
        let wait = self.delay.as_ref().map(|delay| delay.draw(draws)).unwrap_or_default();
        Mishap { twice, alone, wait: if alone { wait + BEHIND } else { wait } }
    }
}

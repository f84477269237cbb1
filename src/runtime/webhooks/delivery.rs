//! One delivery: what is to be told to whom, and what came of it.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use axum::body::Bytes;

use crate::domain::{
    basic_auth::Login,
    ids::SessionId,
    time::Timestamp,
    webhooks::{Trigger, WebhookId},
};

/// How many deliveries of an app are kept in the log.
const MOST: usize = 10_000;
/// What their bodies come to at most, in bytes.
const MOST_BYTES: usize = 32 * 1024 * 1024;

/// What is to be told.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Which trigger was fired.
    pub trigger: Trigger,
    /// By which call.
    pub session: SessionId,
    /// The whole body.
    pub body: Bytes,
    /// Which delivery it repeats.
    pub repeats: Option<u64>,
}

/// Something that is told to a webhook, as the webhook was when it happened.
#[derive(Debug)]
pub struct Delivery {
    /// Counts up from 1 in the app.
    pub id: u64,
    /// To whom.
    pub webhook: WebhookId,
    /// Where.
    pub url: Arc<str>,
    /// What that asks for.
    pub login: Option<Login>,
    /// It is tried again when it fails.
    pub retry: bool,
    /// Which trigger was fired.
    pub trigger: Trigger,
    /// By which call.
    pub session: SessionId,
    /// The whole body.
    pub body: Bytes,
    /// Which delivery it repeats.
    pub repeats: Option<u64>,
    /// When it happened, by the app's clock.
    pub at: Timestamp,
}

/// One try.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// When it began, by the app's clock.
    pub at: Timestamp,
    /// What the receiver answered.
    pub status: Option<u16>,
    /// Why there was no answer.
    pub error: Option<String>,
    /// How long that took, by the machine's clock.
    pub took: Duration,
}

impl Attempt {
    /// It was taken (vendor doc: any 2xx).
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }
}

/// How a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Waits, or is under way.
    Pending,
    /// Was taken.
    Delivered,
    /// Was not taken, and is not tried any more.
    Failed,
    /// Was given up: by a reset of its webhook, or when the server stopped.
    Dropped,
}

impl Standing {
    /// All there are.
    pub const ALL: [Self; 4] = [Self::Pending, Self::Delivered, Self::Failed, Self::Dropped];

    /// As it is shown.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::Dropped => "dropped",
        }
    }
}

/// A delivery in the log.
#[derive(Clone, Debug)]
pub struct Record {
    /// What is told.
    pub delivery: Arc<Delivery>,
    /// Every try, oldest first.
    pub attempts: Vec<Attempt>,
    /// How it stands.
    pub standing: Standing,
    /// When it is tried again, by the app's clock.
    pub next_attempt: Option<Timestamp>,
}

impl Record {
    /// What it is and how it stands, in one line.
    #[must_use]
    pub fn line(&self) -> String {
        let Delivery { id, webhook, trigger, .. } = &*self.delivery;
        let (trigger, standing) = (trigger.as_str(), self.standing.as_str());
        format!("delivery {id}: {trigger} to {webhook} -> {standing}")
    }
}

/// The last deliveries of an app.
#[derive(Debug, Default)]
pub(super) struct Log {
    records: VecDeque<Record>,
    bytes: usize,
    pub(super) dropped: u64,
}

impl Log {
    pub(super) fn add(&mut self, delivery: Arc<Delivery>, next_attempt: Option<Timestamp>) {
        self.bytes += delivery.body.len();
        self.records.push_back(Record {
            delivery,
            attempts: Vec::new(),
            standing: Standing::Pending,
            next_attempt,
        });
        while self.records.len() > MOST || self.bytes > MOST_BYTES {
            let Some(oldest) = self.records.pop_front() else { break };
            self.bytes -= oldest.delivery.body.len();
            self.dropped += 1;
        }
    }

    pub(super) fn change(&mut self, id: u64, change: impl FnOnce(&mut Record)) {
        let first = self.records.front().map_or(0, |record| record.delivery.id);
        let at = id.checked_sub(first).and_then(|at| usize::try_from(at).ok());
        if let Some(record) = at.and_then(|at| self.records.get_mut(at)) {
            change(record);
        }
    }

    /// Whatever waits for a webhook is given up.
    pub(super) fn give_up(&mut self, webhook: &WebhookId) {
        let waiting = self.records.iter_mut().filter(|record| {
            record.standing == Standing::Pending && record.delivery.webhook == *webhook
        });
        for record in waiting {
            record.standing = Standing::Dropped;
            record.next_attempt = None;
        }
    }

    pub(super) fn find(&self, id: u64) -> Option<&Record> {
        let first = self.records.front()?.delivery.id;
        self.records.get(usize::try_from(id.checked_sub(first)?).ok()?)
    }

    pub(super) fn records(&self) -> impl DoubleEndedIterator<Item = &Record> {
        self.records.iter()
    }
}

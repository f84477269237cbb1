//! A receiver of webhooks that is built in, so that they can be tried without another program. It
//! takes whatever comes and keeps the last of it.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use axum::body::Bytes;

use crate::domain::time::Timestamp;

/// How much it keeps.
const MOST: usize = 1_000;
/// What that comes to at most, in bytes.
const MOST_BYTES: usize = 16 * 1024 * 1024;

/// Something that came.
#[derive(Clone, Debug)]
pub struct Received {
    /// Counts up from 1 in the app.
    pub id: u64,
    /// The name it was sent to.
    pub name: String,
    /// When, by the app's clock.
    pub at: Timestamp,
    /// It came with a user name and a password.
    pub authorized: bool,
    /// As it came.
    pub body: Bytes,
}

/// What came to the sink of one app.
#[derive(Debug, Default)]
pub struct Sink(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    received: VecDeque<Received>,
    bytes: usize,
    last: u64,
    dropped: u64,
}

impl Sink {
    /// Takes something in, and says its number.
    pub fn take(&self, name: String, at: Timestamp, authorized: bool, body: Bytes) -> u64 {
        let mut kept = self.lock();
        kept.last += 1;
        kept.bytes += body.len();
        let id = kept.last;
        kept.received.push_back(Received { id, name, at, authorized, body });
        while kept.received.len() > MOST || kept.bytes > MOST_BYTES {
            let Some(oldest) = kept.received.pop_front() else { break };
            kept.bytes -= oldest.body.len();
            kept.dropped += 1;
        }
        id
    }

    /// What came to a name, or to any, oldest first; and how much there was no room for.
    pub fn received(&self, name: Option<&str>) -> (Vec<Received>, u64) {
        let kept = self.lock();
        let is_wanted = |received: &&Received| name.is_none_or(|name| received.name == name);
        (kept.received.iter().filter(is_wanted).cloned().collect(), kept.dropped)
    }

    /// Forgets all of it.
    pub fn clear(&self) {
        *self.lock() = Kept::default();
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

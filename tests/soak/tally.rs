//! What all walkers together have done.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

#[derive(Default)]
pub(crate) struct Tally {
    requests: AtomicU64,
    hang_ups: AtomicU64,
    pub(crate) probes: AtomicU64,
    pub(crate) events: AtomicU64,
    scenes: Mutex<BTreeMap<&'static str, u64>>,
}

impl Tally {
    /// Counts a request, and says which it is.
    pub(crate) fn request(&self) -> u64 {
        self.requests.fetch_add(1, Ordering::Relaxed)
    }

    pub(crate) fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// The server has closed a connection before it was sent a request.
    pub(crate) fn hang_up(&self) {
        self.hang_ups.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn hang_ups(&self) -> u64 {
        self.hang_ups.load(Ordering::Relaxed)
    }

    pub(crate) fn scene(&self, name: &'static str) {
        let mut scenes = self.scenes.lock().unwrap_or_else(PoisonError::into_inner);
        *scenes.entry(name).or_default() += 1;
    }

    pub(crate) fn scenes(&self) -> BTreeMap<&'static str, u64> {
        self.scenes.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

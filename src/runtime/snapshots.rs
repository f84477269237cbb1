//! Named states of an app, kept in memory as long as the app is there. A reset leaves them alone:
//! they are what a test goes back to, whatever happened in between.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::app::Saved;

/// The snapshots of one app. They share their calls with the app and with each other.
#[derive(Debug, Default)]
pub struct Snapshots(Mutex<BTreeMap<String, Saved>>);

impl Snapshots {
    /// Keeps a state under a name, in place of the one that had it.
    pub fn keep(&self, name: String, saved: Saved) {
        self.lock().insert(name, saved);
    }

    /// The state of this name.
    pub fn find(&self, name: &str) -> Option<Saved> {
        self.lock().get(name).cloned()
    }

    /// Drops a state. Says whether there was one.
    pub fn forget(&self, name: &str) -> bool {
        self.lock().remove(name).is_some()
    }

    /// Looks at each in the order of names.
    pub fn each<T>(&self, mut look: impl FnMut(&str, &Saved) -> T) -> Vec<T> {
        self.lock().iter().map(|(name, saved)| look(name, saved)).collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Saved>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

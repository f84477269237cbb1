//! All calls of an app, findable by session id and by everything a listing filters on.

mod sessions;

use std::sync::Arc;

use self::sessions::Sessions;
use super::{
    call::Call,
    index::{self, Index, Place, Selection},
};

/// A call's number in its app, in the order of initiating.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallNo(u32);

/// How many new calls the index may not know yet. Most change soon, and some for the last time,
/// which costs nothing until they are known.
const MOST_NEW: usize = 16;

/// The calls of one app. They are shared: a reader keeps the call as it was, a change copies it
/// only while somebody still reads.
#[derive(Clone, Debug, Default)]
pub struct Calls {
    stored: Vec<Arc<Call>>,
    by_session: Sessions,
    index: Index,
    /// Where the index has them; it may not know the last ones yet.
    places: Vec<Place>,
}

impl Calls {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.stored.len()
    }

    /// There are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.stored.is_empty()
    }

    /// The call's number.
    #[must_use]
    pub fn find(&self, session: &str) -> Option<CallNo> {
        self.by_session.find(session, |no| self.get(no).session.as_str())
    }

    /// The call of this number.
    #[must_use]
    #[expect(clippy::indexing_slicing, reason = "only insert makes numbers, and no call goes away")]
    pub fn get(&self, no: CallNo) -> &Arc<Call> {
        &self.stored[no.0 as usize]
    }

    /// All of them, in the order of initiating.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Call>> {
        self.stored.iter()
    }

    /// How many calls there are of this selection, and a page of them, newest first.
    #[must_use]
    pub fn select(&mut self, what: &Selection, skip: usize, limit: usize) -> (usize, Vec<CallNo>) {
        self.make_known();
        self.index.select(what, skip, limit, |no| self.get(no).as_ref())
    }

    pub(super) fn insert(&mut self, call: Call) -> CallNo {
        // Four billion calls would need terabytes.
        let no = CallNo(u32::try_from(self.stored.len()).unwrap_or(u32::MAX));
        self.store(no, Arc::new(call));
        if self.stored.len() - self.places.len() > MOST_NEW {
            self.make_known();
        }
        no
    }

    /// Has the index know all of them.
    fn make_known(&mut self) {
        let known = self.places.len();
        let new = self.stored.get(known..).unwrap_or_default();
        let numbered = (u32::try_from(known).unwrap_or(u32::MAX)..).zip(new);
        self.places.extend(numbered.map(|(no, call)| self.index.insert(CallNo(no), call)));
    }

    /// Adds many at once, numbered as they come. They are indexed in the order of listings, so that
    /// a history in whatever order does not break the index up.
    pub(super) fn extend(&mut self, calls: Vec<Arc<Call>>) -> Vec<CallNo> {
        self.make_known();
        let numbered: Vec<_> = (self.stored.len()..)
            .zip(&calls)
            .map(|(at, call)| (CallNo(u32::try_from(at).unwrap_or(u32::MAX)), call))
            .collect();
        let mut listed = numbered.clone();
        listed.sort_by_cached_key(|(_, call)| index::order_of(call));
        let mut placed: Vec<_> =
            listed.into_iter().map(|(no, call)| (no, self.index.insert(no, call))).collect();
        placed.sort_unstable_by_key(|(no, _)| *no);

        let numbers: Vec<_> = numbered.into_iter().map(|(no, _)| no).collect();
        for ((no, place), call) in placed.into_iter().zip(calls) {
            self.store(no, call);
            self.places.push(place);
        }
        numbers
    }

    /// Stores the call of the next number.
    fn store(&mut self, no: CallNo, call: Arc<Call>) {
        let stored = &self.stored;
        let id_of = |CallNo(no): CallNo| stored.get(no as usize).map_or("", |c| c.session.as_str());
        self.by_session.insert(call.session.as_str(), no, id_of);
        self.stored.push(call);
    }

    /// Changes a call, and with it everything it can be found by.
    pub(super) fn amend(&mut self, no: CallNo, change: impl FnOnce(&mut Call)) {
        let at = no.0 as usize;
        let Some(call) = self.stored.get_mut(at) else {
            return;
        };
        let Some(place) = self.places.get(at) else {
            return change(Arc::make_mut(call));
        };
        let (before, known) = (index::changing(call), call.participants.len());
        change(Arc::make_mut(call));
        self.index.update(*place, &before, known, call);
    }
}

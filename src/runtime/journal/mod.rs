//! What was received and what was answered: the last requests of an app, for tests to look at
//! afterwards. Noting one copies what was said to where there is room for it already; whatever costs
//! more is done when somebody looks.

mod entry;
mod journals;
mod kept;
pub mod matcher;
mod paper;

use std::sync::{Arc, Mutex};

use tokio::sync::Notify;

pub use self::{
    entry::{Entry, Headers, MOST_OF_A_BODY, Noted, Said},
    journals::Journals,
};
use self::{
    journals::{Shared, lock},
    kept::Kept,
};

/// The journal of an app.
#[derive(Debug)]
pub struct Journal {
    most: usize,
    noted: Notify,
    kept: Arc<Mutex<Kept>>,
    shared: Arc<Shared>,
}

/// Names an entry for good: it is never another's, also after everything was forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntryNo(u64);

/// How much a journal holds.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// Requests.
    pub entries: usize,
    /// What they take, in bytes, as far as it is counted.
    pub bytes: usize,
    /// Requests it had no room for.
    pub dropped: u64,
}

impl Journal {
    /// An empty journal that keeps the last `most` requests; none, if that is 0.
    fn new(most: usize, shared: Arc<Shared>) -> Self {
        Self { most, noted: Notify::new(), kept: Arc::default(), shared }
    }

    /// Requests are noted at all.
    #[must_use]
    pub const fn is_on(&self) -> bool {
        self.most > 0
    }

    /// Notes a request with what it was answered and why, and gives it the number that it has here.
    pub fn note(&self, noted: Noted, said: Said<'_>) -> EntryNo {
        let mut kept = lock(&self.kept);
        let (no, begins_a_sheet) = kept.note(self.most, noted, said);
        let growth = begins_a_sheet.then(|| kept.growth());
        drop(kept);
        if let Some(growth) = growth {
            self.shared.begin(&self.kept, no, growth);
        }
        self.noted.notify_waiters();
        EntryNo(no)
    }

    /// How much there is.
    #[must_use]
    pub fn size(&self) -> Size {
        lock(&self.kept).size()
    }

    /// Everything that is kept, oldest first, and how many were dropped for want of room.
    #[must_use]
    pub fn entries(&self) -> (Vec<Entry>, u64) {
        let kept = lock(&self.kept);
        (kept.entries(), kept.size().dropped)
    }

    /// One request, if it is kept.
    #[must_use]
    pub fn get(&self, id: u64) -> Option<Entry> {
        let kept = lock(&self.kept);
        kept.entry(kept.forgotten().checked_add(id)?).cloned()
    }

    /// The same, by the name that it has for good.
    #[must_use]
    pub fn get_noted(&self, EntryNo(no): EntryNo) -> Option<Entry> {
        lock(&self.kept).entry(no).cloned()
    }

    /// Whether it is kept.
    #[must_use]
    pub fn has(&self, EntryNo(no): EntryNo) -> bool {
        lock(&self.kept).entry(no).is_some()
    }

    /// Forgets everything, begins to count anew, and says how many requests were forgotten.
    pub fn clear(&self) -> usize {
        // There may be much of it, and nobody has to wait until it is gone.
        let before = self.shared.clear(&self.kept);
        before.size().entries
    }

    /// Whoever awaits this goes on when the next request was noted. To be made before looking.
    pub fn next_note(&self) -> impl Future<Output = ()> + '_ {
        self.noted.notified()
    }
}

impl Drop for Journal {
    /// What it held is there for others.
    fn drop(&mut self) {
        self.clear();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::http::{HeaderMap, HeaderValue, Method};
    use uuid::Uuid;

    use super::*;
    use crate::domain::time::Timestamp;

    pub(super) fn note(journal: &Journal, said: Said<'_>) -> EntryNo {
        let noted = Noted {
            request_id: Uuid::nil(),
            at: Timestamp::from_secs(0),
            uid: None,
            method: Method::GET,
            status: Some(200),
            code: None,
            took: Duration::ZERO,
        };
        journal.note(noted, said)
    }

    pub(super) fn nothing(headers: &HeaderMap) -> Said<'_> {
        Said { target: "/calls", headers, body: b"", response: b"", explain: "" }
    }

    #[test]
    fn it_keeps_the_last_and_counts_the_dropped() {
        let (journal, headers) = (Journals::new(3, 1 << 20).open(), HeaderMap::new());
        let note = || note(&journal, nothing(&headers));
        let names: Vec<_> = (0..5).map(|_| note()).collect();
        let (entries, dropped) = journal.entries();
        assert_eq!((entries.iter().map(|e| e.id).collect::<Vec<_>>(), dropped), (vec![3, 4, 5], 2));
        assert_eq!(journal.get(4).map(|entry| entry.id), Some(4));
        assert!(journal.get(2).is_none() && journal.get(6).is_none());
        let found = |no: &EntryNo| journal.get_noted(*no).map(|entry| entry.id);
        assert_eq!(
            names.iter().map(found).collect::<Vec<_>>(),
            [None, None, Some(3), Some(4), Some(5)]
        );
        assert_eq!(journal.clear(), 3);
        let anew = note();
        assert_eq!(journal.get(1).map(|entry| entry.id), Some(1));
        assert_eq!(names.iter().filter_map(found).count(), 0);
        assert_eq!((found(&anew), journal.has(anew)), (Some(1), true));
    }

    #[test]
    fn together_they_are_bounded_in_bytes() {
        const MOST: usize = 4 * 1024 * 1024;
        let (journals, headers) = (Journals::new(usize::MAX, MOST), HeaderMap::new());
        let [first, second, third] = [(); 3].map(|()| journals.open());
        let note = |journal: &Journal, times: usize, body: &[u8]| {
            let noted = (0..times).map(|_| note(journal, Said { body, ..nothing(&headers) }));
            noted.last().unwrap()
        };
        let bytes = || [&first, &second, &third].map(|journal| journal.size().bytes);
        note(&first, 30, &[0; MOST_OF_A_BODY]);
        note(&second, 1_000, b"{}");
        note(&third, 800, &[0; 2_000]);
        assert!(first.size().dropped == 0 && bytes().iter().sum::<usize>() <= MOST);

        // What is oldest goes first, whosever it is, and is counted where it was.
        note(&third, 500, &[0; 2_000]);
        assert!(first.size().dropped > 0 && second.size().dropped == 0);
        note(&third, 3_000, &[0; 2_000]);
        let (entries, dropped) = second.entries();
        assert_eq!((entries.len() as u64 + dropped, second.size().entries), (1_000, entries.len()));
        assert_eq!((first.size().entries, bytes()[0]), (0, 0));
        let sum = bytes().iter().sum::<usize>();
        assert!(sum > MOST / 2 && sum <= MOST + MOST / 8, "{sum}");

        // What is new is not forgotten for what is old on the same sheet.
        note(&second, 1, b"old");
        note(&third, 1_500, &[0; 2_000]);
        let new = note(&second, 1, b"new");
        note(&third, 700, &[0; 2_000]);
        let newer = note(&second, 1, b"newer");
        assert!(second.has(new));
        note(&third, 2_500, &[0; 2_000]);
        assert!(!second.has(new) && second.has(newer));

        // What is cleared makes room, and so does a journal that is no more.
        third.clear();
        drop(second);
        let before = first.size().dropped;
        note(&first, 50, &[0; MOST_OF_A_BODY]);
        assert_eq!(first.size().dropped, before);
    }

    #[test]
    fn what_was_said_is_found_again() {
        let mut headers = HeaderMap::new();
        headers.insert("x-a", HeaderValue::from_static("1:2"));
        headers.insert("x-b", HeaderValue::from_bytes(b"\xff").unwrap());
        let long = vec![b'x'; MOST_OF_A_BODY + 1];
        let journal = Journals::new(1, 1 << 20).open();
        let said = nothing(&headers);
        note(&journal, Said { body: &long, explain: "rule/2", ..said });
        let (target, body) = ("/calls?a=b", b"{}");
        note(&journal, Said { target, body, response: &long, explain: "rule/1", ..said });
        let entry = journal.get(2).unwrap();
        assert_eq!((entry.path(), entry.query()), ("/calls", Some("a=b")));
        assert_eq!(
            entry.headers().iter().collect::<Vec<_>>(),
            [("x-a", "1:2"), ("x-b", "\u{fffd}")]
        );
        assert_eq!(entry.headers().get("X-A"), Some("1:2"));
        assert_eq!((entry.body(), entry.response().len()), (&b"{}"[..], MOST_OF_A_BODY));
        assert_eq!(entry.explain(), Some("rule/1"));
    }
}

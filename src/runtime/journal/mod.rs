//! What was received and what was answered: the last requests of an app, for tests to look at
//! afterwards. Noting one copies what was said to where there is room for it already; whatever costs
//! more is done when somebody looks.

mod entry;
pub mod matcher;
mod paper;

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::sync::Notify;

pub use self::entry::{Entry, Headers, MOST_OF_A_BODY, Noted, Said};
use self::paper::Paper;

/// How much an app's journal may hold, in bytes.
const MOST_BYTES: usize = 64 * 1024 * 1024;
/// The journal of an app.
#[derive(Debug)]
pub struct Journal {
    most: usize,
    noted: Notify,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    entries: VecDeque<Entry>,
    paper: Paper,
    bytes: usize,
    /// How many were noted, ever.
    noted: u64,
    /// How many had been noted when all were forgotten.
    forgotten: u64,
    dropped: u64,
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
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self { most, noted: Notify::new(), kept: Mutex::default() }
    }

    /// Requests are noted at all.
    #[must_use]
    pub const fn is_on(&self) -> bool {
        self.most > 0
    }

    /// Notes a request with what it was answered and why, and gives it the number that it has here.
    pub fn note(&self, noted: Noted, said: Said<'_>) -> EntryNo {
        let mut kept = self.lock();
        kept.noted += 1;
        let (no, id) = (EntryNo(kept.noted), kept.noted - kept.forgotten);
        let entry = Entry::on(&mut kept.paper, id, noted, said);
        kept.bytes += entry.size();
        kept.make_room(self.most);
        kept.entries.push_back(entry);
        while kept.entries.len() > self.most || kept.bytes > MOST_BYTES {
            let Some(oldest) = kept.entries.pop_front() else { break };
            kept.bytes -= oldest.size();
            kept.dropped += 1;
            kept.paper.take_back(oldest.written());
        }
        drop(kept);
        self.noted.notify_waiters();
        no
    }

    /// How much there is.
    #[must_use]
    pub fn size(&self) -> Size {
        let kept = self.lock();
        Size { entries: kept.entries.len(), bytes: kept.bytes, dropped: kept.dropped }
    }

    /// Everything that is kept, oldest first, and how many were dropped for want of room.
    #[must_use]
    pub fn entries(&self) -> (Vec<Entry>, u64) {
        let kept = self.lock();
        (kept.entries.iter().cloned().collect(), kept.dropped)
    }

    /// One request, if it is kept.
    #[must_use]
    pub fn get(&self, id: u64) -> Option<Entry> {
        self.lock().entry(id).cloned()
    }

    /// The same, by the name that it has for good.
    #[must_use]
    pub fn get_noted(&self, EntryNo(no): EntryNo) -> Option<Entry> {
        let kept = self.lock();
        kept.entry(no.checked_sub(kept.forgotten)?).cloned()
    }

    /// Whether it is kept.
    #[must_use]
    pub fn has(&self, EntryNo(no): EntryNo) -> bool {
        let kept = self.lock();
        no.checked_sub(kept.forgotten).is_some_and(|id| kept.entry(id).is_some())
    }

    /// Forgets everything, begins to count anew, and says how many requests were forgotten.
    pub fn clear(&self) -> usize {
        let mut kept = self.lock();
        let noted = kept.noted;
        let anew = Kept { noted, forgotten: noted, ..Kept::default() };
        let before = std::mem::replace(&mut *kept, anew);
        // There may be much of it, and nobody has to wait until it is gone.
        drop(kept);
        before.entries.len()
    }

    /// Whoever awaits this goes on when the next request was noted. To be made before looking.
    pub fn next_note(&self) -> impl Future<Output = ()> + '_ {
        self.noted.notified()
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    /// Makes room for one more, and never for more than are kept: then the next one stands where the
    /// oldest did.
    fn make_room(&mut self, most: usize) {
        let length = self.entries.len();
        if length == self.entries.capacity() {
            let more = length.max(4).min(most.saturating_add(1).saturating_sub(length));
            self.entries.reserve_exact(more.max(1));
        }
    }

    fn entry(&self, id: u64) -> Option<&Entry> {
        let first = self.entries.front()?.id;
        self.entries.get(usize::try_from(id.checked_sub(first)?).ok()?)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::http::{HeaderMap, HeaderValue, Method};
    use uuid::Uuid;

    use super::*;
    use crate::domain::time::Timestamp;

    fn note(journal: &Journal, said: Said<'_>) -> EntryNo {
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

    fn nothing(headers: &HeaderMap) -> Said<'_> {
        Said { target: "/calls", headers, body: b"", response: b"", explain: "" }
    }

    #[test]
    fn it_keeps_the_last_and_counts_the_dropped() {
        let (journal, headers) = (Journal::new(3), HeaderMap::new());
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
    fn it_is_bounded_in_bytes_too() {
        let (journal, headers) = (Journal::new(usize::MAX), HeaderMap::new());
        for _ in 0..3000 {
            note(&journal, Said { body: &[0; MOST_OF_A_BODY], ..nothing(&headers) });
        }
        let (entries, dropped) = journal.entries();
        let bytes: usize = entries.iter().map(Entry::size).sum();
        assert!(bytes <= MOST_BYTES && bytes > MOST_BYTES / 2, "{bytes}");
        assert_eq!(entries.len() as u64 + dropped, 3000);
    }

    #[test]
    fn what_was_said_is_found_again() {
        let mut headers = HeaderMap::new();
        headers.insert("x-a", HeaderValue::from_static("1:2"));
        headers.insert("x-b", HeaderValue::from_bytes(b"\xff").unwrap());
        let long = vec![b'x'; MOST_OF_A_BODY + 1];
        let journal = Journal::new(1);
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

//! What was received and what was answered: the last requests of an app, for tests to look at
//! afterwards. Noting one copies next to nothing; whatever costs is done when somebody looks.

mod entry;
pub mod matcher;

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::Notify;

pub use self::entry::{Entry, Headers, MOST_OF_A_BODY, Texts};

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
    entries: VecDeque<Arc<Entry>>,
    bytes: usize,
    last: u64,
    dropped: u64,
}

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

    /// Notes a request, and gives it the number that it has here.
    pub fn note(&self, mut entry: Entry) -> Arc<Entry> {
        let mut kept = self.lock();
        kept.last += 1;
        entry.id = kept.last;
        kept.bytes += entry.size();
        let entry = Arc::new(entry);
        kept.entries.push_back(Arc::clone(&entry));
        while kept.entries.len() > self.most || kept.bytes > MOST_BYTES {
            let Some(oldest) = kept.entries.pop_front() else { break };
            kept.bytes -= oldest.size();
            kept.dropped += 1;
        }
        drop(kept);
        self.noted.notify_waiters();
        entry
    }

    /// How much there is.
    #[must_use]
    pub fn size(&self) -> Size {
        let kept = self.lock();
        Size { entries: kept.entries.len(), bytes: kept.bytes, dropped: kept.dropped }
    }

    /// Everything that is kept, oldest first, and how many were dropped for want of room.
    #[must_use]
    pub fn entries(&self) -> (Vec<Arc<Entry>>, u64) {
        let kept = self.lock();
        (kept.entries.iter().cloned().collect(), kept.dropped)
    }

    /// One request, if it is kept.
    #[must_use]
    pub fn get(&self, id: u64) -> Option<Arc<Entry>> {
        let kept = self.lock();
        let first = kept.entries.front()?.id;
        kept.entries.get(usize::try_from(id.checked_sub(first)?).ok()?).cloned()
    }

    /// Forgets everything, begins to count anew, and says how many requests were forgotten.
    pub fn clear(&self) -> usize {
        std::mem::take(&mut *self.lock()).entries.len()
    }

    /// Whoever awaits this goes on when the next request was noted. To be made before looking.
    pub fn next_note(&self) -> impl Future<Output = ()> + '_ {
        self.noted.notified()
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::http::{HeaderMap, HeaderValue, Method};
    use uuid::Uuid;

    use super::*;
    use crate::domain::time::Timestamp;

    fn entry(body: usize) -> Entry {
        Entry {
            id: 0,
            request_id: Uuid::nil(),
            at: Timestamp::from_secs(0),
            uid: None,
            method: Method::GET,
            status: Some(200),
            code: None,
            took: Duration::ZERO,
            texts: Texts::of_request("/calls", &HeaderMap::new(), &vec![0; body]),
        }
    }

    #[test]
    fn it_keeps_the_last_and_counts_the_dropped() {
        let journal = Journal::new(3);
        (0..5).for_each(|_| drop(journal.note(entry(0))));
        let (entries, dropped) = journal.entries();
        assert_eq!((entries.iter().map(|e| e.id).collect::<Vec<_>>(), dropped), (vec![3, 4, 5], 2));
        assert_eq!(journal.get(4).map(|entry| entry.id), Some(4));
        assert!(journal.get(2).is_none() && journal.get(6).is_none());
        assert_eq!(journal.clear(), 3);
        journal.note(entry(0));
        assert_eq!(journal.get(1).map(|entry| entry.id), Some(1));
    }

    #[test]
    fn it_is_bounded_in_bytes_too() {
        let journal = Journal::new(usize::MAX);
        (0..3000).for_each(|_| drop(journal.note(entry(MOST_OF_A_BODY))));
        let (entries, dropped) = journal.entries();
        let bytes: usize = entries.iter().map(|entry| entry.size()).sum();
        assert!(bytes <= MOST_BYTES && bytes > MOST_BYTES / 2, "{bytes}");
        assert_eq!(entries.len() as u64 + dropped, 3000);
    }

    #[test]
    fn what_was_said_is_found_again() {
        let mut headers = HeaderMap::new();
        headers.insert("x-a", HeaderValue::from_static("1:2"));
        headers.insert("x-b", HeaderValue::from_bytes(b"\xff").unwrap());
        let long = vec![b'x'; MOST_OF_A_BODY + 1];
        let texts = Texts::of_request("/calls?a=b", &headers, b"{}").with_answer(&long, "rule/1");
        let entry = Entry { texts, ..entry(0) };
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

//! What was received and what was answered: the last requests of an app, for tests to look at
//! afterwards. Noting one copies next to nothing; whatever costs is done when somebody looks.

pub mod matcher;

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{
    body::Bytes,
    http::{HeaderMap, HeaderName, HeaderValue, Method},
};
use tokio::sync::Notify;
use uuid::Uuid;

use super::glob::without_token;
use crate::domain::{code::Code, ids::Uid, time::Timestamp};

/// How much of a body is kept, in bytes.
pub const MOST_OF_A_BODY: usize = 64 * 1024;
/// How much an app's journal may hold, in bytes.
const MOST_BYTES: usize = 64 * 1024 * 1024;
/// What an entry takes beside its bodies, as far as it can be told without counting.
const OVERHEAD: usize = 512;

/// One request and its answer.
#[derive(Debug)]
pub struct Entry {
    /// Counts up from 1 in the app.
    pub id: u64,
    /// What `x-mock-request-id` said.
    pub request_id: Uuid,
    /// When it arrived, by the app's clock.
    pub at: Timestamp,
    /// The acting user, if it came so far.
    pub uid: Option<Uid>,
    /// The method.
    pub method: Method,
    /// Path and query, as sent.
    pub target: Box<str>,
    /// The headers, secrets included: whoever shows them masks them.
    pub headers: Headers,
    /// The body, or its beginning.
    pub body: Bytes,
    /// The status it was answered with; `None` when the connection was ended instead.
    pub status: Option<u16>,
    /// The code it was refused with.
    pub code: Option<Code>,
    /// Which rule refused it.
    pub explain: Option<String>,
    /// What it was answered with, or its beginning.
    pub response: Bytes,
    /// How long that took.
    pub took: Duration,
}

/// The headers of a request, in one piece. A request's own would keep the buffer that its
/// connection was read into.
#[derive(Debug, Default)]
pub struct Headers(Box<str>);

impl From<&HeaderMap> for Headers {
    fn from(headers: &HeaderMap) -> Self {
        let size =
            |(name, value): (&HeaderName, &HeaderValue)| name.as_str().len() + value.len() + 2;
        let mut lines = String::with_capacity(headers.iter().map(size).sum());
        for (name, value) in headers {
            lines.push_str(name.as_str());
            lines.push(':');
            lines.push_str(&String::from_utf8_lossy(value.as_bytes()));
            lines.push('\n');
        }
        Self(lines.into_boxed_str())
    }
}

impl Headers {
    /// Names, in lower case, and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.lines().filter_map(|line| line.split_once(':'))
    }

    /// The value of a header, by a name in any case.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

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

impl Entry {
    fn size(&self) -> usize {
        OVERHEAD + self.target.len() + self.headers.0.len() + self.body.len() + self.response.len()
    }

    /// What it was and what came of it, in one line without secrets.
    #[must_use]
    pub fn line(&self) -> String {
        let came = match (self.status, self.code) {
            (Some(status), Some(code)) => format!("{status} {}", code.as_str()),
            (Some(status), None) => status.to_string(),
            (None, _) => "no answer".to_owned(),
        };
        format!("request {}: {} {} -> {came}", self.id, self.method, without_token(self.path()))
    }

    /// The path, as sent.
    #[must_use]
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// The query, if there was one.
    #[must_use]
    pub fn query(&self) -> Option<&str> {
        self.target.split_once('?').map(|(_, query)| query)
    }

    /// The request is about this call: it names it in its path, or its answer does.
    #[must_use]
    pub fn is_about(&self, session: &str) -> bool {
        let named = self.path().split('/').any(|segment| segment == session);
        let needle = session.as_bytes();
        named
            || (!needle.is_empty()
                && self.response.windows(needle.len()).any(|window| window == needle))
    }
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

/// A body as it is kept: a copy, so that neither the rest nor spare room is kept along.
#[must_use]
pub fn beginning(body: &Bytes) -> Bytes {
    Bytes::copy_from_slice(body.get(..MOST_OF_A_BODY).unwrap_or(body))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(body: usize) -> Entry {
        Entry {
            id: 0,
            request_id: Uuid::nil(),
            at: Timestamp::from_secs(0),
            uid: None,
            method: Method::GET,
            target: "/calls".into(),
            headers: Headers::default(),
            body: Bytes::from(vec![0; body]),
            status: Some(200),
            code: None,
            explain: None,
            response: Bytes::new(),
            took: Duration::ZERO,
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
}

//! All journals of a server, which share what they may take. When they come to more, the sheet goes
//! that is the oldest of all, whichever journal it is of. They are asked for that when one begins a
//! sheet, not with each request.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

use super::{Journal, Kept};

/// At least so many sheets are looked through for those that are gone.
const FEW: usize = 64;

/// What journals are made with, and all of them share.
#[derive(Clone, Debug)]
pub struct Journals {
    /// How many requests each keeps.
    most: usize,
    shared: Arc<Shared>,
}

/// What all journals of a server share.
#[derive(Debug)]
pub(super) struct Shared {
    /// How much they may hold together, in bytes.
    most: usize,
    sheets: Mutex<Sheets>,
}

#[derive(Debug, Default)]
struct Sheets {
    /// Every sheet and whose it is, oldest first, and some that are gone.
    begun: VecDeque<(Weak<Mutex<Kept>>, u64)>,
    /// When there are so many, it is time to leave out those that are gone.
    many: usize,
    /// How much all journals hold. Below 0 for a moment, when one is cleared that holds more than it
    /// has told of.
    bytes: isize,
}

impl Journals {
    /// Each keeps the last `requests`, and none if that is 0; together they hold so many bytes.
    #[must_use]
    pub fn new(requests: usize, bytes: usize) -> Self {
        Self { most: requests, shared: Arc::new(Shared { most: bytes, sheets: Mutex::default() }) }
    }

    /// One more, which is empty.
    #[must_use]
    pub fn open(&self) -> Journal {
        Journal::new(self.most, Arc::clone(&self.shared))
    }
}

impl Shared {
    /// A journal, which now holds so much more, begins a sheet with that entry.
    pub(super) fn begin(&self, journal: &Arc<Mutex<Kept>>, first: u64, more: isize) {
        let mut sheets = self.lock();
        sheets.bytes += more;
        sheets.begun.push_back((Arc::downgrade(journal), first));
        if sheets.begun.len() > sheets.many {
            sheets.begun.retain(|(journal, first)| {
                journal.upgrade().is_some_and(|journal| lock(&journal).has_sheet(*first))
            });
            sheets.many = (2 * sheets.begun.len()).max(FEW);
        }
        while usize::try_from(sheets.bytes).is_ok_and(|bytes| bytes > self.most)
            && let Some((journal, first)) = sheets.begun.pop_front()
        {
            let Some(kept) = journal.upgrade() else { continue };
            let mut kept = lock(&kept);
            if kept.closes(first) {
                // What was written on it last may be new, and so counts as long as that.
                sheets.begun.push_back((journal, first));
            } else {
                kept.give_up(first);
                sheets.bytes += kept.growth();
            }
        }
    }

    /// Takes everything out of a journal.
    pub(super) fn clear(&self, journal: &Mutex<Kept>) -> Kept {
        // Nobody is to give something up in between, for what is there already.
        let mut sheets = self.lock();
        let mut kept = lock(journal);
        let before = kept.clear();
        sheets.bytes += kept.growth();
        before
    }

    fn lock(&self) -> MutexGuard<'_, Sheets> {
        lock(&self.sheets)
    }
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::thread;

    use axum::http::HeaderMap;
    use proptest::prelude::*;

    use super::*;
    use crate::runtime::journal::{Said, tests as requests};

    const MOST: usize = 256 * 1024;
    const EACH: usize = 50;

    fn note(journal: &Journal, bytes: usize) {
        let (headers, body) = (HeaderMap::new(), vec![0; bytes]);
        requests::note(journal, Said { body: &body, ..requests::nothing(&headers) });
    }

    /// Whatever is kept is counted once, can be given up, and is no more than it may be.
    fn check(journals: &Journals, open: &[Journal], was_noted: bool) {
        let sheets = journals.shared.lock();
        let alive = |(journal, first): &&(Weak<Mutex<Kept>>, u64)| {
            journal.upgrade().is_some_and(|journal| lock(&journal).has_sheet(*first))
        };
        let known = sheets.begun.iter().filter(alive).count();
        let (mut counted, mut have) = (0, 0);
        for journal in open {
            let (sheets, bytes, before) = lock(&journal.kept).measured();
            assert_eq!(journal.size().bytes, bytes);
            counted += before;
            have += sheets;
        }
        assert_eq!(usize::try_from(sheets.bytes), Ok(counted));
        assert_eq!(known, have);
        assert!(
            sheets.begun.len() <= (2 * EACH * open.len()).max(2 * FEW),
            "{}",
            sheets.begun.len()
        );
        assert!(!was_noted || counted <= MOST, "{counted}");
    }

    #[test]
    fn where_there_is_no_room_for_anything_nothing_is_kept() {
        let journals = Journals::new(EACH, 0);
        let open = [journals.open()];
        for _ in 0..10 {
            note(&open[0], 2_000);
            check(&journals, &open, false);
        }
        let size = open[0].size();
        assert_eq!((size.entries, size.bytes, size.dropped), (0, 0, 10));
    }

    #[test]
    fn all_that_is_done_at_once_is_counted() {
        let journals = Journals::new(EACH, MOST);
        let open = [(); 4].map(|()| journals.open());
        thread::scope(|scope| {
            for turn in 0..4 {
                let (journals, open) = (&journals, &open);
                scope.spawn(move || {
                    for deed in 0..5_000 {
                        match deed % 100 {
                            17 => drop(open[turn].clear()),
                            18 => note(&journals.open(), 3_000),
                            _ => note(&open[(turn + deed) % 4], 37 * (deed % 100)),
                        }
                    }
                });
            }
        });
        check(&journals, &open, true);
    }

    #[test]
    fn sheets_that_are_gone_are_not_remembered() {
        let journals = Journals::new(EACH, MOST);
        let journal = journals.open();
        for _ in 0..10_000 {
            note(&journal, 2_000);
        }
        assert_eq!(journal.size().entries, EACH);
        assert!(journals.shared.lock().begun.len() <= FEW);
    }

    proptest! {
        #[test]
        fn what_is_counted_is_what_there_is(
            deeds in prop::collection::vec((0..4_usize, 0..60_u8, 0..40_000_usize), 1..400)
        ) {
            let journals = Journals::new(EACH, MOST);
            let mut open = [(); 4].map(|()| journals.open());
            for (which, deed, bytes) in deeds {
                match deed {
                    0 => open[which] = journals.open(),
                    1 | 2 => drop(open[which].clear()),
                    3..10 => (0..EACH).for_each(|_| note(&open[which], bytes / 20)),
                    _ => note(&open[which], bytes),
                }
                check(&journals, &open, deed > 2);
            }
        }
    }
}

//! Which call has which session id. The id is kept with the call, and here only a hash of it: less
//! than half of the room, and a table that grows need not look at the ids of all calls again.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use super::CallNo;

/// Finds calls by their session ids, which whoever asks knows by their numbers.
#[derive(Clone, Debug, Default)]
pub(super) struct Sessions {
    entries: HashTable<Entry>,
    hashing: RandomState,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    hash: u32,
    no: CallNo,
}

impl Sessions {
    /// The call that has this id.
    pub(super) fn find<'a>(
        &self,
        session: &str,
        id_of: impl Fn(CallNo) -> &'a str,
    ) -> Option<CallNo> {
        let hash = self.hash(session);
        self.entries.find(spread(hash), is(hash, session, id_of)).map(|entry| entry.no)
    }

    /// This call has this id from now on, instead of one that had it before.
    pub(super) fn insert<'a>(
        &mut self,
        session: &str,
        no: CallNo,
        id_of: impl Fn(CallNo) -> &'a str,
    ) {
        let hash = self.hash(session);
        match self.entries.find_mut(spread(hash), is(hash, session, id_of)) {
            Some(entry) => entry.no = no,
            None => {
                let entry = Entry { hash, no };
                self.entries.insert_unique(spread(hash), entry, |entry| spread(entry.hash));
            }
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "any part of a hash is one")]
    fn hash(&self, session: &str) -> u32 {
        self.hashing.hash_one(session) as u32
    }
}

/// Most entries of other ids are told by the hash, without a look at the call.
fn is<'a>(
    hash: u32,
    session: &str,
    id_of: impl Fn(CallNo) -> &'a str,
) -> impl FnMut(&Entry) -> bool {
    move |entry| entry.hash == hash && id_of(entry.no) == session
}

/// The table finds a place by the low bits of a hash, and tells entries apart by the highest seven
/// of 64: an odd factor keeps the former different and fills the latter.
fn spread(hash: u32) -> u64 {
    u64::from(hash).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_one_hash_are_told_apart() {
        let entry = Entry { hash: 7, no: CallNo(0) };
        let id_of = |_| "a";
        assert!(is(7, "a", id_of)(&entry));
        assert!(!is(7, "b", id_of)(&entry));
        assert!(!is(8, "a", id_of)(&entry));
    }

    /// Enough of them for the table to grow a few times, and for most of its places to be wanted
    /// by several.
    #[test]
    fn each_call_is_found_and_of_two_with_one_id_the_later() {
        let ids: Vec<_> = (0..5_000).map(|no| (no % 4_000).to_string()).collect();
        let id_of = |CallNo(no)| ids.get(no as usize).map_or("", String::as_str);
        let mut sessions = Sessions::default();
        for (no, id) in (0..).map(CallNo).zip(&ids) {
            sessions.insert(id, no, id_of);
        }
        for (no, id) in (0..).zip(&ids).take(4_000) {
            let later = if no < 1_000 { no + 4_000 } else { no };
            assert_eq!(sessions.find(id, id_of), Some(CallNo(later)));
        }
        assert_eq!(sessions.find("4000", id_of), None);
    }
}

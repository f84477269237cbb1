//! Which calls have what, so that a filtered first page costs the same however many are stored.
//!
//! Every call has a position in listing order, oldest first. For each [`Facet`] a bitmap of
//! positions says which calls have it; a listing intersects the bitmaps of its filters, counts the
//! result and reads its page from the upper end. One filter is counted already; several cost a few
//! instructions for every thousand calls. Times are columns with the least and greatest
//! value of every thousand or so positions, so that a range looks into few of them.
//!
//! New calls nearly always come last in listing order. One that does not (a clock that was set
//! back, a history that was added later) would shift all positions behind it; it goes to another
//! segment instead, and a listing merges the segments.

mod times;

use std::{borrow::Cow, cmp::Reverse};

use roaring::{MultiOps, RoaringBitmap};

use self::times::TimeColumn;
use super::{
    call::{Call, CallType, Mode, Receiver, Status},
    calls::CallNo,
    ids::{Guid, SessionId, Uid},
    map::HashMap,
};

/// Something a call has, and can be looked for by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Facet {
    /// Every call has this one.
    Any,
    /// Audio or video.
    Type(CallType),
    /// Rung for or direct.
    Mode(Mode),
    /// Where it stands.
    Status(Status),
    /// The receiver is a group, or the call is shown as if it were.
    ToGroup(bool),
    /// How many entries joined.
    Participants(usize),
    /// There is a recording.
    Recorded(bool),
    /// There is a transcription.
    Transcribed(bool),
    /// This user called, was called or took part.
    Party(Uid),
    /// This user called.
    Caller(Uid),
    /// This group was called, or the call is shown as one of it.
    Group(Guid),
}

/// What a listing looks for. All of it must hold.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// The call has each of these.
    pub with: Vec<Facet>,
    /// The call has none of these.
    pub without: Vec<Facet>,
    /// It started at this Unix second or later.
    pub started_from: Option<i64>,
    /// It ended at this Unix second or earlier.
    pub ended_until: Option<i64>,
    /// Some filter cannot hold for any call.
    pub nothing: bool,
}

/// The facets of a call that change while it lives, always in the same order.
pub(super) type Changing = [Facet; 5];

pub(super) fn changing(call: &Call) -> Changing {
    [
        Facet::Type(call.call_type),
        Facet::Status(call.status()),
        Facet::Participants(call.joined_entries()),
        Facet::Recorded(!call.recordings.is_empty()),
        Facet::Transcribed(!call.transcriptions.is_empty()),
    ]
}

/// Where the index keeps a call.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    segment: usize,
    position: u32,
}

/// Listing order, oldest first: by the wire's second, equal ones by session id downwards.
pub(super) type Order = (i64, Reverse<SessionId>);

pub(super) fn order_of(call: &Call) -> Order {
    (call.initiated_at.secs(), Reverse(call.session.clone()))
}

#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    segments: Vec<Segment>,
}

/// Calls in listing order, and their bitmaps.
#[derive(Clone, Debug)]
struct Segment {
    newest: Order,
    calls: Vec<CallNo>,
    bits: HashMap<Facet, RoaringBitmap>,
    started: TimeColumn,
    ended: TimeColumn,
}

impl Index {
    /// Adds a call. It goes behind the newest call that is older.
    pub(super) fn insert(&mut self, no: CallNo, call: &Call) -> Place {
        let order = order_of(call);
        let fitting = (0..self.segments.len())
            .filter(|&at| self.segments.get(at).is_some_and(|segment| segment.newest < order))
            .max_by(|&a, &b| {
                self.segments
                    .get(a)
                    .map(|s| &s.newest)
                    .cmp(&self.segments.get(b).map(|s| &s.newest))
            });
        let segment = fitting.unwrap_or_else(|| {
            self.segments.push(Segment::new(order.clone()));
            self.segments.len() - 1
        });
        let mut place = Place { segment, position: 0 };
        if let Some(segment) = self.segments.get_mut(segment) {
            place.position = segment.push(no, order, call);
        }
        place
    }

    /// Brings a call up to date: its changing facets were `before`, and the participants from
    /// `known` on are new.
    pub(super) fn update(&mut self, place: Place, before: &Changing, known: usize, call: &Call) {
        let Some(segment) = self.segments.get_mut(place.segment) else {
            return;
        };
        let after = changing(call);
        for (old, new) in before.iter().zip(after).filter(|(old, new)| *old != new) {
            if let Some(bits) = segment.bits.get_mut(old) {
                bits.remove(place.position);
            }
            segment.set(new, place.position);
        }
        for participant in call.participants.iter().skip(known) {
            segment.set(Facet::Party(participant.uid.clone()), place.position);
        }
        segment.set_times(place.position, call);
    }

    /// How many calls the selection holds, and `limit` of them after the first `skip`, newest
    /// first.
    pub(super) fn select<'a>(
        &self,
        selection: &Selection,
        skip: usize,
        limit: usize,
        call: impl Fn(CallNo) -> &'a Call,
    ) -> (usize, Vec<CallNo>) {
        if selection.nothing {
            return (0, Vec::new());
        }
        let hits: Vec<_> =
            self.segments.iter().map(|segment| (segment, segment.matching(selection))).collect();
        let total = hits.iter().map(|(_, hits)| hits.len()).sum::<u64>();
        let total = usize::try_from(total).unwrap_or(usize::MAX);

        if let [(segment, hits)] = hits.as_slice() {
            return (total, segment.page(hits, skip, limit));
        }
        let mut heads: Vec<_> = hits
            .iter()
            .filter_map(|(segment, hits)| {
                let mut numbers =
                    hits.iter().rev().filter_map(|at| segment.calls.get(at as usize).copied());
                numbers.next().map(|newest| (newest, numbers))
            })
            .collect();
        let mut page = Vec::with_capacity(limit.min(total));
        for nth in 0..skip.saturating_add(limit).min(total) {
            let newest = (0..heads.len())
                .max_by_key(|&at| heads.get(at).map(|(newest, _)| order_of(call(*newest))));
            let Some((at, (newest, rest))) = newest.and_then(|at| Some((at, heads.get_mut(at)?)))
            else {
                break;
            };
            let no = *newest;
            match rest.next() {
                Some(next) => *newest = next,
                None => drop(heads.swap_remove(at)),
            }
            if nth >= skip {
                page.push(no);
            }
        }
        (total, page)
    }
}

impl Segment {
    fn new(newest: Order) -> Self {
        Self {
            newest,
            calls: Vec::new(),
            bits: HashMap::default(),
            started: TimeColumn::default(),
            ended: TimeColumn::default(),
        }
    }

    fn push(&mut self, no: CallNo, order: Order, call: &Call) -> u32 {
        // Positions are as many as calls, and those are numbered with a u32.
        let position = u32::try_from(self.calls.len()).unwrap_or(u32::MAX);
        self.newest = order;
        self.calls.push(no);
        for facet in changing(call) {
            self.set(facet, position);
        }
        self.set(Facet::Any, position);
        self.set(Facet::Mode(call.mode), position);
        self.set(Facet::Caller(call.caller.clone()), position);
        match &call.receiver {
            Receiver::User(_) => self.set(Facet::ToGroup(false), position),
            Receiver::Group(guid) => {
                self.set(Facet::ToGroup(true), position);
                self.set(Facet::Group(guid.clone()), position);
            }
            Receiver::Anyone(meet) => {
                self.set(Facet::ToGroup(true), position);
                self.set(Facet::Group(meet.into()), position);
            }
        }
        for participant in &call.participants {
            self.set(Facet::Party(participant.uid.clone()), position);
        }
        self.started.push();
        self.ended.push();
        self.set_times(position, call);
        position
    }

    fn set(&mut self, facet: Facet, position: u32) {
        self.bits.entry(facet).or_default().insert(position);
    }

    fn set_times(&mut self, position: u32, call: &Call) {
        if let Some(at) = call.state.started_at() {
            self.started.set(position, at.secs());
        }
        if let Some(at) = call.state.ended_at() {
            self.ended.set(position, at.secs());
        }
    }

    /// The positions the selection holds.
    fn matching(&self, selection: &Selection) -> Cow<'_, RoaringBitmap> {
        let started = selection.started_from.map(|from| self.started.within(from..=i64::MAX));
        let ended = selection.ended_until.map(|until| self.ended.within(i64::MIN..=until));
        let mut terms: Vec<_> = selection.with.iter().map(|facet| self.having(facet)).collect();
        terms.extend(started.into_iter().chain(ended).map(Cow::Owned));

        let found = match terms.len() {
            0 => self.having(&Facet::Any),
            1 => terms.remove(0),
            _ => Cow::Owned(terms.iter().map(Cow::as_ref).intersection()),
        };
        selection
            .without
            .iter()
            .filter_map(|facet| self.bits.get(facet))
            .fold(found, |rest, gone| Cow::Owned(rest.as_ref() - gone))
    }

    /// A page of the hits, newest first: it begins at its place, without a walk to there.
    fn page(&self, hits: &RoaringBitmap, skip: usize, limit: usize) -> Vec<CallNo> {
        // None, where there are no more than are skipped.
        let last = hits.len().checked_sub(skip as u64).and_then(|left| left.checked_sub(1));
        let first = last.and_then(|rank| hits.select(u32::try_from(rank).ok()?));
        let Some(first) = first else { return Vec::new() };
        let calls = hits.range(..=first).rev().take(limit);
        calls.filter_map(|at| self.calls.get(at as usize).copied()).collect()
    }

    fn having(&self, facet: &Facet) -> Cow<'_, RoaringBitmap> {
        self.bits.get(facet).map_or_else(Cow::default, Cow::Borrowed)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::domain::{
        call::State,
        calls::Calls,
        ids::RandomId,
        participant::{Participant, Presence},
        recording::Recording,
        time::Timestamp,
    };

    fn call(second: i64, session: &str) -> Call {
        let (uid, at) = (Uid::default(), Timestamp::from_secs(second));
        Call {
            session: SessionId::given(session),
            mid: RandomId([1; 16]),
            secret: [2; 20],
            mode: Mode::Call,
            call_type: CallType::Audio,
            caller: uid.clone(),
            receiver: Receiver::Group(Guid::default()),
            initiated_at: at,
            state: State::Ringing { until: None },
            participants: vec![Participant::new(uid, Presence::Invited)],
            metadata: None,
            recordings: Vec::new(),
            transcriptions: Vec::new(),
        }
    }

    #[test]
    fn a_call_begins_a_segment_only_where_none_ends_before_it_and_else_joins_the_newest() {
        for (calls, segments) in [
            (&[(1, "a"), (2, "a"), (3, "a")][..], &[0, 0, 0][..]),
            (&[(3, "a"), (2, "a"), (1, "a")], &[0, 1, 2]),
            (&[(1, "a"), (4, "a"), (2, "a"), (3, "a"), (5, "a")], &[0, 0, 1, 1, 0]),
            // Within a second the ids descend.
            (&[(1, "c"), (1, "b"), (1, "a")], &[0, 0, 0]),
            (&[(1, "a"), (1, "b"), (1, "c")], &[0, 1, 2]),
        ] {
            let mut index = Index::default();
            let places = calls.iter().map(|(second, session)| {
                let call = call(*second, session);
                let no = Calls::default().insert(call.clone());
                index.insert(no, &call).segment
            });
            assert_eq!(places.collect::<Vec<_>>(), segments, "{calls:?}");
        }
    }

    fn facets_of(call: &Call) -> [Facet; 5] {
        [
            Facet::Any,
            Facet::Status(call.status()),
            Facet::ToGroup(matches!(call.receiver, Receiver::Group(_))),
            Facet::Recorded(!call.recordings.is_empty()),
            Facet::Transcribed(!call.transcriptions.is_empty()),
        ]
    }

    /// What is found of a facet, and what without it, is what a look at every call finds.
    fn agree(calls: &mut Calls, numbers: &[CallNo]) {
        let statuses = Status::ALL.map(Facet::Status);
        let others = [false, true].into_iter().flat_map(|is| {
            [Facet::Any, Facet::ToGroup(is), Facet::Recorded(is), Facet::Transcribed(is)]
        });
        for facet in others.chain(statuses) {
            let newest_first = numbers.iter().rev().copied();
            let (with, without): (Vec<_>, Vec<_>) =
                newest_first.partition(|no| facets_of(calls.get(*no)).contains(&facet));
            let what = Selection { with: vec![facet.clone()], ..Selection::default() };
            assert_eq!(calls.select(&what, 0, usize::MAX), (with.len(), with), "{what:?}");
            let what = Selection { without: vec![facet], ..Selection::default() };
            assert_eq!(calls.select(&what, 0, usize::MAX), (without.len(), without), "{what:?}");
        }
    }

    #[test]
    fn calls_are_found_by_what_they_are_however_new_they_are() {
        let mut rng = fastrand::Rng::with_seed(11);
        let (mut calls, mut numbers) = (Calls::default(), Vec::new());
        let mut copy = (calls.clone(), Vec::new());
        for second in 0..500 {
            let mut new = call(second, &second.to_string());
            if rng.bool() {
                new.receiver = Receiver::User(Uid::default());
            }
            match rng.u8(..40) {
                0 => numbers.extend(calls.extend(vec![Arc::new(new)])),
                1 => agree(&mut calls, &numbers),
                2 => copy = (calls.clone(), numbers.clone()),
                3 => agree(&mut copy.0, &copy.1),
                _ => numbers.push(calls.insert(new)),
            }
            // Mostly one of the last.
            for _ in 0..rng.usize(..3) {
                let back = if rng.bool() { 5 } else { 300 };
                let Some(at) = numbers.len().checked_sub(rng.usize(1..back)) else { continue };
                let now = Timestamp::from_secs(second);
                let is_recorded = rng.u8(..4) == 0;
                let state = match rng.u8(..3) {
                    0 => State::Ringing { until: None },
                    1 => State::Ongoing { started_at: now },
                    _ => State::Ended { started_at: now, ended_at: now },
                };
                calls.amend(numbers[at], |call| {
                    call.state = state;
                    if is_recorded {
                        let (id, url) = (String::new(), String::new());
                        call.recordings.push(Recording { id, url, start: now, end: now });
                    }
                });
            }
        }
        agree(&mut calls, &numbers);
        agree(&mut copy.0, &copy.1);
    }
}

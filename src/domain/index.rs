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

use std::{borrow::Cow, cmp::Reverse, ops::RangeInclusive};

use roaring::{MultiOps, RoaringBitmap};

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
        self.bits.get(facet).map_or_else(|| Cow::Owned(RoaringBitmap::new()), Cow::Borrowed)
    }
}

/// Stands for no moment: no second of a clock that counts milliseconds is this small.
const UNKNOWN: i64 = i64::MIN;

/// How many neighbouring positions share a zone.
const ZONE: usize = 1024;

/// A moment per position, where there is one, and the bounds of each zone of positions.
#[derive(Clone, Debug, Default)]
struct TimeColumn {
    secs: Vec<i64>,
    zones: Vec<Zone>,
    /// The positions that have a moment.
    known: RoaringBitmap,
}

/// The bounds of the moments in a zone; the wrong way round where there is none.
#[derive(Clone, Copy, Debug)]
struct Zone {
    least: i64,
    greatest: i64,
}

impl TimeColumn {
    /// Adds a position without a moment.
    fn push(&mut self) {
        if self.secs.len().is_multiple_of(ZONE) {
            self.zones.push(Zone { least: i64::MAX, greatest: i64::MIN });
        }
        self.secs.push(UNKNOWN);
    }

    fn set(&mut self, position: u32, secs: i64) {
        let at = position as usize;
        if let (Some(slot), Some(zone)) = (self.secs.get_mut(at), self.zones.get_mut(at / ZONE)) {
            *slot = secs;
            zone.least = zone.least.min(secs);
            zone.greatest = zone.greatest.max(secs);
            self.known.insert(position);
        }
    }

    /// The positions whose moment lies in the range.
    fn within(&self, range: RangeInclusive<i64>) -> RoaringBitmap {
        let mut found = RoaringBitmap::new();
        let mut run = 0..0;
        for ((values, zone), first) in
            self.secs.chunks(ZONE).zip(&self.zones).zip((0u32..).step_by(ZONE))
        {
            let end = first.saturating_add(u32::try_from(values.len()).unwrap_or(u32::MAX));
            if zone.greatest < *range.start() || zone.least > *range.end() {
                continue;
            }
            if range.contains(&zone.least) && range.contains(&zone.greatest) {
                // All that are known fit; those that are not go at the end, all at once.
                if run.end != first {
                    found.insert_range(std::mem::replace(&mut run, first..first));
                }
                run.end = end;
                continue;
            }
            let hits = values.iter().zip(first..end).filter(|(at, _)| range.contains(at));
            found.extend(hits.map(|(_, position)| position));
        }
        found.insert_range(run);
        found & &self.known
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

    /// What is found of each status is what a look at every call finds.
    fn agree(calls: &mut Calls, numbers: &[CallNo]) {
        for status in Status::ALL {
            let with = vec![Facet::Status(status)];
            let what = Selection { with, ..Selection::default() };
            let newest_first = numbers.iter().rev().copied();
            let expected: Vec<_> =
                newest_first.filter(|no| calls.get(*no).status() == status).collect();
            assert_eq!(calls.select(&what, 0, usize::MAX), (expected.len(), expected), "{what:?}");
        }
    }

    #[test]
    fn calls_are_found_by_what_they_are_however_new_they_are() {
        let mut rng = fastrand::Rng::with_seed(11);
        let (mut calls, mut numbers) = (Calls::default(), Vec::new());
        let mut copy = (calls.clone(), Vec::new());
        for second in 0..500 {
            let new = call(second, &second.to_string());
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
                let state = match rng.u8(..3) {
                    0 => State::Ringing { until: None },
                    1 => State::Ongoing { started_at: now },
                    _ => State::Ended { started_at: now, ended_at: now },
                };
                calls.amend(numbers[at], |call| call.state = state);
            }
        }
        agree(&mut calls, &numbers);
        agree(&mut copy.0, &copy.1);
    }

    #[test]
    fn a_time_column_finds_what_a_search_through_all_finds() {
        let mut rng = fastrand::Rng::with_seed(7);
        let mut column = TimeColumn::default();
        let mut plain = Vec::new();
        for position in 0..5_000u32 {
            column.push();
            // Grows on the whole, with gaps and disorder, as the ends of calls do.
            let value = rng.bool().then(|| i64::from(position / 3) + rng.i64(0..40));
            if let Some(secs) = value.or((position < 2_500).then_some(i64::from(position))) {
                column.set(position, secs);
                plain.push((position, secs));
            }
        }
        // The last moment of a zone, and the first one, are in a range that begins or ends there.
        let bounds: Vec<_> = column
            .zones
            .iter()
            .flat_map(|zone| [(zone.greatest, i64::MAX), (i64::MIN, zone.least)])
            .collect();
        let ranges = [(i64::MIN, i64::MAX), (0, 0), (300, 900), (1_000, i64::MAX), (9, 8)];
        for (from, to) in ranges.into_iter().chain(bounds) {
            let expected: Vec<u32> =
                plain.iter().filter(|(_, at)| (from..=to).contains(at)).map(|(p, _)| *p).collect();
            let found: Vec<u32> = column.within(from..=to).iter().collect();
            assert_eq!(found, expected, "{from}..={to}");
        }
    }
}

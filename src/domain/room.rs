//! The rooms of calls where the control plane alone says who is in them. Everywhere else a room is
//! those who are on its call, and nothing is kept of it.

use std::sync::Arc;

use super::{
    call::Call,
    calls::CallNo,
    event::{Event, Occupant, Past},
    ids::SessionId,
    participant::Participant,
    time::Timestamp,
    world::World,
};

/// Who says when devices come to a call's room and go from it (ours: no media is here).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MediaMode {
    /// Whoever answers is in the room, and whoever hangs up is not any more.
    #[default]
    Auto,
    /// Nobody but the control plane.
    Manual,
}

/// One device's time in a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stay {
    /// Whose: a place among the call's participants, where entries are only ever added.
    pub place: usize,
    /// Since when.
    pub joined_at: Timestamp,
    /// Until when, if it has left.
    pub left_at: Option<Timestamp>,
}

/// A room with somebody in it, and who has been there since it began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomRecord {
    /// Of which call.
    pub session: SessionId,
    /// In the order of coming.
    pub stays: Vec<Stay>,
}

impl World {
    /// Rooms are filled by hand.
    pub(super) fn is_manual(&self) -> bool {
        self.settings.media == MediaMode::Manual
    }

    /// Every room that somebody is in, in the order of their calls.
    pub(super) fn rooms(&self) -> impl Iterator<Item = RoomRecord> {
        self.rooms.iter().map(|(no, stays)| RoomRecord {
            session: self.calls.get(*no).session.clone(),
            stays: stays.clone(),
        })
    }

    /// Whether the device with this entry among the participants is in the room.
    pub(super) fn is_in_room(&self, no: CallNo, place: usize) -> bool {
        let stays = self.rooms.get(&no).map_or(&[][..], Vec::as_slice);
        stays.iter().any(|stay| stay.place == place && stay.left_at.is_none())
    }

    /// A device comes; the first one begins the room.
    pub(super) fn come_in(&mut self, no: CallNo, place: usize, now: Timestamp) {
        let call = Arc::clone(self.calls.get(no));
        let stay = Stay { place, joined_at: now, left_at: None };
        if !self.rooms.contains_key(&no) {
            self.record(Event::RoomStarted(Arc::clone(&call), now));
        }
        self.rooms.entry(no).or_default().push(stay);
        if let Some(who) = self.guest(&call, stay) {
            self.record(Event::Joined(call, who));
        }
    }

    /// Devices go; the last one ends the room.
    pub(super) fn go_out(
        &mut self,
        no: CallNo,
        is_meant: impl Fn(&Participant) -> bool,
        now: Timestamp,
    ) {
        let call = Arc::clone(self.calls.get(no));
        let Some(mut stays) = self.rooms.remove(&no) else { return };
        for stay in stays.iter_mut().filter(|stay| stay.left_at.is_none()) {
            if call.participants.get(stay.place).is_some_and(&is_meant) {
                stay.left_at = Some(now);
                if let Some(who) = self.guest(&call, *stay) {
                    self.record(Event::Left(Arc::clone(&call), who));
                }
            }
        }
        if stays.iter().any(|stay| stay.left_at.is_none()) {
            self.rooms.insert(no, stays);
            return;
        }
        let since = stays.first().map_or(now, |first| first.joined_at);
        let occupants = stays.iter().filter_map(|stay| self.guest(&call, *stay)).collect();
        self.record(Event::RoomEnded(call, Past { since, until: now, occupants }));
    }

    fn guest(&self, call: &Call, stay: Stay) -> Option<Occupant> {
        let user = self.user_or_departed(&call.participants.get(stay.place)?.uid);
        Some(Occupant { user, joined_at: stay.joined_at, left_at: stay.left_at })
    }
}

//! The only code that moves a call from state to state. It keeps in step with it who is on which
//! call, which group has a live one, and what still rings until when.

use super::{
    call::{Call, Miss, Receiver, State},
    calls::CallNo,
    ids::{DeviceIds, Uid},
    participant::{Participant, Presence},
    time::Timestamp,
    world::World,
};

impl World {
    /// Takes up a new call, which rings.
    pub(super) fn ring(&mut self, call: Call) -> CallNo {
        let (caller, receiver, state) = (call.caller.clone(), call.receiver.clone(), call.state);
        let no = self.calls.insert(call);
        self.on_call.insert(caller, no);
        if let Receiver::Group(guid) = receiver {
            self.group_calls.insert(guid, no);
        }
        if let State::Ringing { until: Some(until) } = state {
            self.deadlines.insert((until, no));
        }
        no
    }

    /// Puts somebody on a call. The first to answer makes it ongoing, which is also when its
    /// caller counts as having joined (seen: a new `joinedAt`).
    pub(super) fn connect(
        &mut self,
        no: CallNo,
        uid: &Uid,
        device: DeviceIds,
        joined_at: Timestamp,
        now: Timestamp,
    ) {
        self.stop_ringing(no);
        self.calls.amend(no, |call| {
            if let State::Ringing { .. } = call.state {
                call.state = State::Ongoing { started_at: now };
                for entry in &mut call.participants {
                    if let Presence::Joined { at, .. } = &mut entry.presence {
                        *at = now;
                    }
                }
            }
            let joined = Presence::Joined { at: joined_at, device };
            match call.participants.iter_mut().rev().find(|entry| entry.uid == *uid) {
                Some(entry) if entry.presence == Presence::Invited => entry.presence = joined,
                Some(_) | None => {
                    call.participants.push(Participant::new(uid.clone(), joined));
                }
            }
        });
        self.on_call.insert(uid.clone(), no);
    }

    /// Marks somebody as having declined, without ending anything.
    pub(super) fn decline(&mut self, no: CallNo, uid: &Uid) {
        self.calls.amend(no, |call| {
            match call.participants.iter_mut().rev().find(|entry| entry.uid == *uid) {
                Some(entry) if !matches!(entry.presence, Presence::Left { .. }) => {
                    entry.presence = Presence::Rejected;
                }
                Some(_) | None => {
                    call.participants.push(Participant::new(uid.clone(), Presence::Rejected));
                }
            }
        });
    }

    /// Takes somebody off an ongoing call; the last one out ends it.
    pub(super) fn disconnect(&mut self, no: CallNo, uid: &Uid, now: Timestamp) {
        self.on_call.remove(uid);
        self.calls.amend(no, |call| {
            for entry in call.participants.iter_mut().filter(|entry| entry.uid == *uid) {
                hang_up(entry, now);
            }
        });
        if self.calls.get(no).on_call().next().is_none() {
            self.end(no, now);
        }
    }

    /// Ends a ringing call that nobody answered.
    pub(super) fn miss(&mut self, no: CallNo, why: Miss, now: Timestamp) {
        self.stop_ringing(no);
        self.finish(no, State::Missed { why, ended_at: now }, now);
        if why == Miss::Rejected {
            self.calls.amend(no, |call| {
                for entry in &mut call.participants {
                    if entry.presence == Presence::Invited {
                        entry.presence = Presence::Rejected;
                    }
                }
            });
        }
    }

    /// Ends an ongoing call for everybody on it.
    pub(super) fn end(&mut self, no: CallNo, now: Timestamp) {
        if let State::Ongoing { started_at } = self.calls.get(no).state {
            self.finish(no, State::Ended { started_at, ended_at: now }, now);
        }
    }

    fn finish(&mut self, no: CallNo, state: State, now: Timestamp) {
        let call = std::sync::Arc::clone(self.calls.get(no));
        for uid in call.on_call() {
            self.on_call.remove(uid);
        }
        if let Receiver::Group(guid) = &call.receiver {
            self.group_calls.remove(guid);
        }
        drop(call);
        self.calls.amend(no, |call| {
            call.state = state;
            for entry in &mut call.participants {
                hang_up(entry, now);
            }
        });
    }

    fn stop_ringing(&mut self, no: CallNo) {
        if let State::Ringing { until: Some(until) } = self.calls.get(no).state {
            self.deadlines.remove(&(until, no));
        }
    }
}

fn hang_up(entry: &mut Participant, now: Timestamp) {
    if let Presence::Joined { at, device } = entry.presence {
        entry.presence = Presence::Left { joined_at: at, at: now, device };
    }
}

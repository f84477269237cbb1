//! Leaving a call: by hanging up, or because the user, the membership or the group goes away.
//!
//! What going away does to a live call (ours):
//!
//! | who goes | the call rings | the call is ongoing |
//! | --- | --- | --- |
//! | the caller, one-to-one | cancelled | ended |
//! | the callee, one-to-one | unanswered | ended |
//! | the caller of a group call | cancelled | leaves; the last one out ends it |
//! | somebody else on a group call | | leaves; the last one out ends it |
//! | somebody on a direct session | | leaves; the last one out ends it |
//! | the group | cancelled | ended |

use crate::domain::{
    call::{Miss, Receiver, State, Status},
    calls::CallNo,
    ids::{Guid, Uid},
    index::{Facet, Selection},
    time::Timestamp,
    world::World,
};

/// Takes somebody off a call of several; the last one out ends it.
pub(super) fn leave(world: &mut World, no: CallNo, uid: &Uid, now: Timestamp) {
    world.disconnect(no, uid, None, now);
}

/// A user goes away: off every live call, in the order the calls were made.
pub fn user_goes(world: &mut World, uid: &Uid, now: Timestamp) {
    let mut calls: Vec<CallNo> = [Status::Initiated, Status::Ongoing]
        .into_iter()
        .flat_map(|status| {
            let with =
                vec![Facet::Status(status), Facet::ToGroup(false), Facet::Party(uid.clone())];
            world.calls.select(&Selection { with, ..Selection::default() }, 0, usize::MAX).1
        })
        .chain(world.on_call.get(uid).copied())
        .collect();
    calls.sort_unstable();
    calls.dedup();
    for no in calls {
        go_from(world, no, uid, now);
    }
}

/// A member goes away from a group: off its live call.
pub fn member_goes(world: &mut World, guid: &Guid, uid: &Uid, now: Timestamp) {
    let their_call = world.on_call.get(uid).copied();
    if let Some(no) = their_call.filter(|no| world.group_calls.get(guid) == Some(no)) {
        go_from(world, no, uid, now);
    }
}

/// A group goes away: its live call is over.
pub fn group_goes(world: &mut World, guid: &Guid, now: Timestamp) {
    let Some(no) = world.group_calls.get(guid).copied() else {
        return;
    };
    let call = world.calls().get(no);
    let (caller, state) = (call.caller.clone(), call.state);
    match state {
        State::Ringing { .. } => miss(world, no, Miss::Cancelled, &caller, now),
        State::Ongoing { .. } => {
            world.end(no, now);
            world.tell(no, Status::Ended, &caller, now);
        }
        State::Missed { .. } | State::Ended { .. } => {}
    }
}

fn go_from(world: &mut World, no: CallNo, uid: &Uid, now: Timestamp) {
    let call = world.calls().get(no);
    let (caller, state) = (call.caller.clone(), call.state);
    let one_to_one = match call.receiver {
        Receiver::User(_) => true,
        Receiver::Group(_) | Receiver::Anyone(_) => false,
    };
    match state {
        State::Ringing { .. } if *uid == caller => miss(world, no, Miss::Cancelled, &caller, now),
        State::Ringing { .. } => miss(world, no, Miss::Unanswered, &caller, now),
        State::Ongoing { .. } => {
            if one_to_one {
                world.end(no, now);
            } else {
                leave(world, no, uid, now);
            }
            world.tell_of_leaving(no, uid, now);
        }
        State::Missed { .. } | State::Ended { .. } => {}
    }
}

fn miss(world: &mut World, no: CallNo, why: Miss, by: &Uid, now: Timestamp) {
    world.miss(no, why, now);
    let action = world.calls().get(no).status();
    world.tell(no, action, by, now);
}

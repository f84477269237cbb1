//! Joining a call: accepting a one-to-one call, or going into a group call. The join rules, in
//! this order; the callee of a one-to-one call meets only the third:
//!
//! | # | if | then |
//! | --- | --- | --- |
//! | 1 | no `joinedAt` in a request made with an API key | `ERR_CALL_EMPTY_JOINED_AT` |
//! | 2 | already joined, the caller included | `ERR_CALL_GROUP_ALREADY_JOINED` |
//! | 3 | on another call | `ERR_CALL_BUSY_SELF` |
//! | 4 | 50 joined already (vendor doc) | 400 `ERR_BAD_REQUEST` |

use std::sync::Arc;

use crate::domain::{
    access::{Actor, Via},
    call::Receiver,
    calls::CallNo,
    error::{Details, Error, Ruling},
    event::CallMessage,
    ids::DeviceIds,
    participant::Presence,
    time::Timestamp,
    world::World,
};

/// How many can be on one call (vendor doc).
pub(super) const MOST_ON_A_CALL: usize = 50;

/// Whether the actor may join.
pub(super) fn check(
    world: &World,
    no: CallNo,
    actor: &Actor,
    joined_at: Option<Timestamp>,
) -> Ruling<()> {
    let call = world.calls().get(no);
    let uid = &actor.uid;
    let is_group = match call.receiver {
        Receiver::User(_) => false,
        Receiver::Group(_) | Receiver::Anyone(_) => true,
    };

    // An SDK never says when it joined (seen); the server stamps it (ours).
    if is_group && joined_at.is_none() && actor.via == Via::Key {
        return Err(Error::EmptyJoinedAt { session: call.session.clone() }
            .by("join/1", format!("{} is a group call", call.session)));
    }
    if let (true, Some(Presence::Joined { at, .. })) = (is_group, call.presence_of(uid)) {
        return Err(Error::GroupAlreadyJoined { uid: uid.clone(), session: call.session.clone() }
            .by("join/2", format!("{uid} is on {} since {}", call.session, at.secs())));
    }
    if let Some(other) = world.on_call.get(uid) {
        return Err(Error::BusySelf { uid: uid.clone() }
            .by("join/3", world.describe_call_of(uid.as_str(), *other)));
    }
    let joined = call.on_call().count();
    if is_group && joined >= MOST_ON_A_CALL {
        let text = format!("The call is full: at most {MOST_ON_A_CALL} participants can join.");
        return Err(Error::Invalid(Details::one("status", text))
            .by("join/4", format!("{joined} are on {}", call.session)));
    }
    Ok(())
}

/// Puts the actor on the call, which goes on if it rang, and tells of it.
pub(super) fn join(
    world: &mut World,
    no: CallNo,
    actor: &Actor,
    joined_at: Option<Timestamp>,
    device: DeviceIds,
    now: Timestamp,
) -> Arc<CallMessage> {
    let joined_at = match world.calls().get(no).receiver {
        Receiver::User(_) => now,
        Receiver::Group(_) | Receiver::Anyone(_) => joined_at.unwrap_or(now),
    };
    world.answer(no, &actor.uid, device, joined_at, now)
}

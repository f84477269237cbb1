//! `PATCH /calls/{sessionId}/type`: audio becomes video, or the other way round. Only on a live
//! call, by somebody who is part of it; the checks are those that every change begins with.

use std::sync::Arc;

use super::{changeable, unchangeable};
use crate::domain::{
    access::Actor,
    call::{CallType, Receiver},
    error::Ruling,
    event::{CallMessage, Change},
    time::Timestamp,
    world::World,
};

/// Changes the type of a live call.
///
/// # Errors
/// Unknown call, not a part of it, or final; a direct session.
pub fn change_type(
    world: &mut World,
    actor: &Actor,
    session: &str,
    call_type: CallType,
    now: Timestamp,
) -> Ruling<Arc<CallMessage>> {
    let (no, _) = changeable(world, &actor.uid, session)?;
    let call = world.calls().get(no);
    match call.receiver {
        Receiver::User(_) | Receiver::Group(_) => {}
        Receiver::Anyone(_) => {
            let because = format!("{} is a direct session", call.session);
            return Err(unchangeable("type").by("change/7", because));
        }
    }
    world.calls.amend(no, |call| call.call_type = call_type);
    let action = world.calls().get(no).status();
    Ok(world.tell_change(no, Change::Type, action, &actor.uid, now))
}

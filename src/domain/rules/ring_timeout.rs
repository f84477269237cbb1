//! Ringing ends by itself: a call that nobody answered in time becomes `unanswered`, as if its
//! caller had reported it at that very moment (vendor doc: after 45 seconds).

use std::sync::Arc;

use crate::domain::{
    call::{Miss, Status},
    event::CallMessage,
    time::Timestamp,
    world::World,
};

/// Ends everything whose time is up, in the order of the deadlines, and returns it in that order.
pub fn fire_due(world: &mut World, now: Timestamp) -> Vec<Arc<CallMessage>> {
    let mut fired = Vec::new();
    while let Some((due, no)) = world.deadlines.first().copied().filter(|(due, _)| *due <= now) {
        let caller = world.calls().get(no).caller.clone();
        world.miss(no, Miss::Unanswered, due);
        fired.push(world.tell(no, Status::Unanswered, &caller, due));
    }
    fired
}

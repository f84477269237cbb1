//! Ringing ends by itself: a call that nobody answered in time becomes `unanswered`, as if its
//! caller had reported it at that very moment (vendor doc: after 45 seconds).

use crate::domain::{
    call::{Miss, Status},
    time::Timestamp,
    world::World,
};

/// Ends everything whose time is up, in the order of the deadlines.
pub fn fire_due(world: &mut World, now: Timestamp) {
    while let Some((due, no)) = world.deadlines.first().copied().filter(|(due, _)| *due <= now) {
        let caller = world.calls().get(no).caller.clone();
        world.miss(no, Miss::Unanswered, due);
        world.tell(no, Status::Unanswered, &caller, due);
    }
}

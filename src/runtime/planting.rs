//! What comes into an app beside the default users and group.

use std::fmt::Debug;

use super::ids::IdSource;
use crate::domain::{archive::Flaw, time::Timestamp, world::World};

/// Something that can be put into any world.
pub trait Planting: Debug + Send + Sync {
    /// Puts all of it into a world, at the moment `now`, or nothing.
    ///
    /// # Errors
    /// The first thing that does not fit.
    fn plant(&self, world: &mut World, ids: &mut IdSource, now: Timestamp) -> Result<(), Flaw>;
}

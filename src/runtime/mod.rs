//! The shell round the worlds: it has the clock, the randomness, the locks and the timers, lets
//! the rules decide, and tells the outside what happened.

pub mod app;
pub mod apps;
pub mod clock;
pub mod hints;
pub mod ids;
mod timers;

//! The shell round the worlds: it has the clock, the randomness, the locks and the timers, lets
//! the rules decide, and tells the outside what happened.

pub mod app;
pub mod apps;
pub mod clock;
pub mod delay;
pub mod durations;
pub mod faults;
pub mod feed;
pub mod glob;
pub mod hints;
pub mod hub;
pub mod ids;
pub mod journal;
pub mod nesting;
pub mod object;
pub mod passes;
pub mod planting;
pub mod snapshots;
pub mod statuses;
mod timers;
pub mod traffic;
pub mod webhooks;

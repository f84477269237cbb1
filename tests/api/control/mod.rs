//! `/__mock`

mod access;
mod apps;
mod clock;
mod errors;
mod faults;
mod isolation;
mod requests;
mod seed;
mod snapshots;
mod state;

//! `/__mock`

mod access;
mod apps;
mod clock;
mod errors;
mod faults;
mod isolation;
mod openapi;
mod requests;
mod seed;
mod snapshots;
mod state;

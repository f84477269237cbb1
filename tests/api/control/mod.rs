//! `/__mock`

mod access;
mod apps;
mod body;
mod clock;
mod cors;
mod errors;
mod events;
mod faults;
mod isolation;
mod metrics;
mod openapi;
mod port;
mod requests;
mod seed;
mod snapshots;
mod state;

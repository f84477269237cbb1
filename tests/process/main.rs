//! The binary itself: what it prints, how it starts, how it stops.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on must panic"
)]

mod docker;
mod errors;
mod exec;
mod health;
mod print;
mod readme;
mod run;
mod secrets;
mod seed;
mod start;
#[cfg(unix)]
mod stop;
mod tls;
mod webhooks;

//! Much traffic for long, by count and not by time: walkers go through the lives of calls in many
//! apps and know what every answer has to be, while the server's memory is watched. In the middle
//! it is ended and killed, and started anew.
//!
//! `.ci/soak` has it run against the release build, which `SOAK_SERVER` names, with 3,000,000
//! requests unless told otherwise; the tests have a short one.
//!
//! | checked | how |
//! | --- | --- |
//! | every answer | its status and its code are the ones that the walker's own book says |
//! | memory | in each life, the median of the last quarter is at most 1.1 times that of the second, and 4 MiB |
//! | what is kept | journals and event buffers stay within their bounds, the apps are those there should be |
//! | descriptors | at the end of a life no more than the connections that are open |
//! | a probe beside it | is always answered |
//! | SIGTERM, SIGKILL | the next life has the same port at once, and the same world |
//!
//! No check depends on how long something takes.

#![cfg(target_os = "linux")]
#![expect(
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on must panic"
)]

mod app;
mod beside;
mod client;
mod life;
mod receiver;
mod samples;
mod scenes;
mod server;
mod socket;
mod tally;
mod walker;

use std::env;

use crate::life::soak;

/// How many requests there are in a long one, unless `SOAK_REQUESTS` says otherwise.
const LONG: usize = 3_000_000;
/// How many in a short one.
const SHORT: usize = 20_000;

#[test]
fn a_short_soak() {
    soak(SHORT);
}

#[test]
#[ignore = "takes minutes; .ci/soak runs it against the release build"]
fn a_long_soak() {
    let requests = env::var("SOAK_REQUESTS").ok();
    let requests = requests.map_or(LONG, |text| match text.replace(['_', ','], "").parse() {
        Ok(requests) => requests,
        Err(_) => panic!("SOAK_REQUESTS is a number of requests, not {text:?}"),
    });
    soak(requests);
}

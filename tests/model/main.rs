//! Random walks: the same commands go to the reference model and to the real thing, once straight
//! to its rules and once over HTTP, and both have to say the same all the way.
//!
//! The walks are the same in every run. `MODEL_TIMES=20 cargo test --test model` goes on to twenty
//! times as many.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    unreachable_pub,
    reason = "a test that cannot go on must panic, and its modules are no one's interface"
)]

mod commands;
mod depth;
mod domain;
mod http;
mod media;
mod reference;
mod server;
mod strategies;
mod twins;
mod walk;

use std::{cell::RefCell, env};

use proptest::{
    strategy::Strategy,
    test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner},
};

use commands::Case;
use depth::Seen;
use domain::Domain;
use http::Http;
use server::Servers;
use twins::Twins;
use walk::{START, System, all_pages, guid, number, uid, walk};

#[test]
fn the_rules_agree_with_the_model() {
    let seen = run(1_000, strategies::cases(), over_rules);
    seen.assert_deep(30, 10);
}

#[test]
fn the_server_agrees_with_the_model() {
    let servers = Servers::new();
    let seen = run(64, strategies::cases(), |case, seen| over_http(&servers, case, seen));
    seen.assert_deep(1, 0);
}

#[test]
fn both_agree_with_the_model_when_a_call_is_full() {
    let seen = run(16, strategies::crowds(), over_rules);
    seen.assert_full(20);
    let servers = Servers::new();
    let seen = run(4, strategies::crowds(), |case, seen| over_http(&servers, case, seen));
    seen.assert_full(5);
}

#[test]
fn a_world_that_was_written_down_goes_on_as_the_original_does() {
    run(200, strategies::cases(), |case, seen| {
        walk(&mut Twins::new(Domain::new(case), half(case), Domain::rewritten), case, 1, seen)
    });
}

#[test]
fn an_app_that_was_put_into_another_server_goes_on_as_the_original_does() {
    let (servers, others) = (Servers::new(), Servers::new());
    run(16, strategies::cases(), |case, seen| {
        let first = Http::new(&servers, case);
        let mut twins = Twins::new(first, half(case), |first| first.copied(&others, case));
        walk(&mut twins, case, 10, seen)
    });
}

fn half(case: &Case) -> usize {
    case.steps.len() / 2
}

fn over_rules(case: &Case, seen: &mut Seen) -> Result<(), TestCaseError> {
    walk(&mut Domain::new(case), case, 1, seen)
}

fn over_http(servers: &Servers, case: &Case, seen: &mut Seen) -> Result<(), TestCaseError> {
    walk(&mut Http::new(servers, case), case, 10, seen)
}

/// Walks through so many cases, and says what happened in them.
fn run(
    cases: u32,
    of: impl Strategy<Value = Case>,
    walk: impl Fn(&Case, &mut Seen) -> Result<(), TestCaseError>,
) -> Seen {
    let times: u32 = env::var("MODEL_TIMES").map_or(1, |text| text.parse().unwrap());
    let config = Config {
        cases: cases * times,
        failure_persistence: None,
        max_shrink_iters: 2_000,
        // In milliseconds.
        max_shrink_time: 60_000,
        ..Config::default()
    };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let seen = RefCell::new(Seen::default());
    let outcome =
        TestRunner::new_with_rng(config, rng).run(&of, |case| walk(&case, &mut seen.borrow_mut()));
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
    seen.into_inner()
}

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

use std::{cell::RefCell, env, fmt::Debug};

use proptest::{
    strategy::Strategy,
    test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner},
};

use commands::{Case, Deed};
use depth::Seen;
use domain::Domain;
use http::Http;
use reference::{Answer, Command, Filter, G, Log, Model, S, U};
use server::Servers;
use twins::Twins;

/// Where every clock stands at first, in Unix seconds.
const START: i64 = 1_700_000_000;

/// What is walked: names are the model's, and so are answers.
trait System {
    fn now(&self) -> i64;
    fn apply(&mut self, command: &Command) -> Answer;
    fn log(&mut self, call: S) -> Log;
    /// All pages of the listing; how many entries it says there are must be right.
    fn list(&mut self, filter: &Filter) -> Vec<S>;
}

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

/// Goes one way with the model and the system at once. Logs are read after every `stride` steps,
/// and at the end.
fn walk(
    system: &mut impl System,
    case: &Case,
    stride: usize,
    seen: &mut Seen,
) -> Result<(), TestCaseError> {
    let mut model = Model::new(case.users, case.groups.clone(), case.ring_timeout, system.now());
    let mut active = vec![true; case.users];
    let mut trail = Vec::new();
    for (n, step) in case.steps.iter().enumerate() {
        let deed = step.resolve(&model, &active, case.ring_timeout);
        trail.push(deed.clone());
        match deed {
            Deed::Command(command) => {
                let before = model.clone();
                let expected = model.apply(&command);
                model.check();
                seen.note(&before, &command, &expected, &model);
                same("answer", &expected, &system.apply(&command), &trail)?;
                note_activity(&mut active, &command);
            }
            Deed::List(filter) => {
                let expected = model.list(&filter);
                seen.note_listing(&expected);
                same("listing", &expected, &system.list(&filter), &trail)?;
            }
        }
        if (n + 1).is_multiple_of(stride) {
            same_logs(system, &model, &trail)?;
        }
    }
    same_logs(system, &model, &trail)?;
    for user in (0..case.users).filter(|user| active[*user]) {
        let filter = Filter { as_user: Some(user), ..Filter::default() };
        same("last listing", &model.list(&filter), &system.list(&filter), &trail)?;
    }
    same("last listing", &model.list(&Filter::default()), &system.list(&Filter::default()), &trail)
}

fn same_logs(system: &mut impl System, model: &Model, trail: &[Deed]) -> Result<(), TestCaseError> {
    (0..model.calls()).try_for_each(|call| {
        same(&format!("log of call {call}"), &model.log(call), &system.log(call), trail)
    })
}

fn same<T: Debug + PartialEq>(
    what: &str,
    model: &T,
    system: &T,
    trail: &[Deed],
) -> Result<(), TestCaseError> {
    if model == system {
        return Ok(());
    }
    let trail: String = trail.iter().map(|deed| format!("\n    {deed:?}")).collect();
    let text = format!("{what}\n  model:  {model:?}\n  system: {system:?}\n  after:{trail}\n");
    Err(TestCaseError::fail(text))
}

fn note_activity(active: &mut [bool], command: &Command) {
    match *command {
        Command::Deactivate { user } if user < active.len() => active[user] = false,
        Command::Reactivate { user } => active[user] = true,
        _ => {}
    }
}

fn uid(user: U) -> String {
    format!("u{user}")
}

fn guid(group: G) -> String {
    format!("g{group}")
}

fn number(name: &str) -> usize {
    name[1..].parse().unwrap()
}

/// Puts a listing together from its pages. Each says how many entries all have together; they
/// have to be full but for the last one, and behind that one there has to be nothing.
fn all_pages(per_page: usize, mut page: impl FnMut(usize) -> (usize, Vec<S>)) -> Vec<S> {
    let mut all = Vec::new();
    for at in 1.. {
        let (total, calls) = page(at);
        let left = total.checked_sub(all.len()).unwrap();
        assert_eq!(calls.len(), left.min(per_page), "page {at} of {total} entries");
        if calls.is_empty() {
            break;
        }
        all.extend(calls);
    }
    all
}

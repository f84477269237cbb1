//! One walk: the model and a system go the same way, and have to say the same.

use std::fmt::Debug;

use proptest::test_runner::TestCaseError;

use crate::{
    commands::{Case, Deed},
    depth::Seen,
    reference::{Answer, Command, Filter, G, Log, Model, S, U},
};

/// Where every clock stands at first, in Unix seconds.
pub const START: i64 = 1_700_000_000;

/// What is walked: names are the model's, and so are answers.
pub trait System {
    fn now(&self) -> i64;
    fn apply(&mut self, command: &Command) -> Answer;
    fn log(&mut self, call: S) -> Log;
    /// All pages of the listing; how many entries it says there are must be right.
    fn list(&mut self, filter: &Filter) -> Vec<S>;
}

/// Goes one way with the model and the system at once. Logs are read after every `stride` steps,
/// and at the end.
pub fn walk(
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

pub fn uid(user: U) -> String {
    format!("u{user}")
}

pub fn guid(group: G) -> String {
    format!("g{group}")
}

pub fn number(name: &str) -> usize {
    name[1..].parse().unwrap()
}

/// Puts a listing together from its pages. Each says how many entries all have together; they
/// have to be full but for the last one, and behind that one there has to be nothing.
pub fn all_pages(per_page: usize, mut page: impl FnMut(usize) -> (usize, Vec<S>)) -> Vec<S> {
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

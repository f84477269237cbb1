//! What a walk consists of. A step names users and calls by what they are up to (whoever is called
//! by a ringing call), so that most steps mean something wherever a walk has got to, and go on
//! meaning something while a failing walk is cut down.

use crate::reference::{Command, Filter, G, Kind, Log, Model, S, Status, To, U, Via};

/// A world and what happens in it.
#[derive(Clone, Debug)]
pub struct Case {
    /// In seconds, 0 = never.
    pub ring_timeout: i64,
    pub users: usize,
    /// Their members, in order.
    pub groups: Vec<Vec<U>>,
    pub steps: Vec<Step>,
}

#[derive(Clone, Debug)]
pub enum Step {
    Initiate {
        by: Who,
        via: Via,
        to: Callee,
        kind: Kind,
    },
    Change {
        call: Which,
        by: Who,
        via: Via,
        status: Status,
        joined: Joined,
    },
    ChangeKind {
        call: Which,
        by: Who,
        kind: Kind,
    },
    /// Until a call has been ringing this many seconds longer than the ring timeout.
    OutWait {
        call: Which,
        longer: i64,
    },
    /// Somebody, or the group, goes away from under a call.
    Remove {
        call: Which,
        who: Who,
        from: From,
    },
    /// What needs no looking up.
    Plain(Command),
    /// Its times are seconds ago.
    List(Filter),
}

/// What a step comes to at its place in a walk.
#[derive(Clone, Debug)]
pub enum Deed {
    Command(Command),
    List(Filter),
}

#[derive(Clone, Copy, Debug)]
pub enum Callee {
    User(U),
    /// The n-th of the others who are on no call.
    Idle(U),
    Group(G),
}

#[derive(Clone, Copy, Debug)]
pub enum From {
    TheGroup,
    Everywhere,
    /// The group goes itself.
    Existence,
}

/// The n-th of the users who are this to a call, round and round; anybody when nobody is.
#[derive(Clone, Copy, Debug)]
pub enum Who {
    /// Exactly this one.
    Number(U),
    /// On no call at all.
    Idle(U),
    Caller,
    /// Has an entry, and is not the caller.
    Called(U),
    /// On the call.
    Inside(U),
    /// Has left or declined.
    Gone(U),
}

/// The n-th of the calls in this state, round and round; for want of one any live call, or any.
#[derive(Clone, Copy, Debug)]
pub enum Which {
    Ringing(S),
    Ongoing(S),
    LiveOfGroup(S),
    Any(S),
    Unknown,
}

/// `joinedAt`.
#[derive(Clone, Copy, Debug)]
pub enum Joined {
    Unsaid,
    /// This many seconds from now.
    At(i64),
    BeforeTheEpoch,
}

impl Step {
    /// `active` says of every user whether they are in use.
    pub fn resolve(&self, model: &Model, active: &[bool], ring_timeout: i64) -> Deed {
        let users = active.len();
        let who = |who: Who, call| who.resolve(model, call, users);
        Deed::Command(match self.clone() {
            Step::Initiate { by, via, to, kind } => {
                let by = who(by, None);
                let to = match to {
                    Callee::User(callee) => To::User(callee),
                    Callee::Idle(n) => {
                        let others: Vec<U> =
                            idle(model, users).filter(|user| *user != by).collect();
                        To::User(nth(&others, n).unwrap_or(n % users))
                    }
                    Callee::Group(group) => To::Group(group),
                };
                Command::Initiate { by, via, to, kind }
            }
            Step::Change { call, by, via, status, joined } => {
                let call = call.resolve(model);
                let joined_at = match joined {
                    Joined::Unsaid => None,
                    Joined::At(seconds) => Some(model.now() + seconds),
                    Joined::BeforeTheEpoch => Some(-1),
                };
                Command::Change { by: who(by, Some(call)), via, call, status, joined_at }
            }
            Step::ChangeKind { call, by, kind } => {
                let call = call.resolve(model);
                Command::ChangeKind { by: who(by, Some(call)), call, kind }
            }
            Step::OutWait { call, longer } => {
                let since = log_of(model, call.resolve(model)).map_or(0, |log| log.initiated_at);
                let until = since + ring_timeout + longer;
                Command::Advance { seconds: (until - model.now()).max(0) }
            }
            Step::Remove { call, who: one, from } => {
                let call = call.resolve(model);
                let user = who(one, Some(call));
                let group = match log_of(model, call).map(|log| log.to) {
                    Some(To::Group(group)) => group,
                    Some(To::User(_)) | None => 0,
                };
                match from {
                    From::TheGroup => Command::RemoveMember { group, user },
                    From::Everywhere => Command::Deactivate { user },
                    From::Existence => Command::DeleteGroup { group },
                }
            }
            Step::Plain(command) => command,
            Step::List(filter) => {
                let ago = |seconds: i64| model.now() - seconds;
                return Deed::List(Filter {
                    // Nobody can look in the name of somebody who is out of use.
                    as_user: filter.as_user.filter(|user| active[*user]),
                    started_at: filter.started_at.map(ago),
                    ended_at: filter.ended_at.map(ago),
                    ..filter
                });
            }
        })
    }
}

impl Which {
    fn resolve(self, model: &Model) -> S {
        let (n, fits): (S, fn(&Log) -> bool) = match self {
            Which::Ringing(n) => (n, |log| log.status == "initiated"),
            Which::Ongoing(n) => (n, |log| log.status == "ongoing"),
            Which::LiveOfGroup(n) => (n, |log| is_live(log) && matches!(log.to, To::Group(_))),
            Which::Any(n) => (n, |_| true),
            Which::Unknown => return model.calls(),
        };
        let all: Vec<_> = (0..model.calls()).map(|call| (call, model.log(call))).collect();
        let nth_that = |fits: fn(&Log) -> bool| {
            let fitting: Vec<S> =
                all.iter().filter(|(_, log)| fits(log)).map(|(s, _)| *s).collect();
            nth(&fitting, n)
        };
        nth_that(fits).or_else(|| nth_that(is_live)).or_else(|| nth_that(|_| true)).unwrap_or(0)
    }
}

impl Who {
    fn resolve(self, model: &Model, call: Option<S>, users: usize) -> U {
        let log = call.and_then(|call| log_of(model, call));
        let of_call = |fits: &dyn Fn(U, &'static str) -> bool| -> Vec<U> {
            let entries = log.iter().flat_map(|log| &log.participants);
            entries.filter(|e| fits(e.user, e.state)).map(|e| e.user).collect()
        };
        let caller = log.as_ref().map(|log| log.initiator);
        let (n, fitting) = match self {
            Who::Number(n) => return n,
            Who::Idle(n) => (n, idle(model, users).collect()),
            Who::Caller => (0, caller.into_iter().collect()),
            Who::Called(n) => (n, of_call(&|user, _| caller != Some(user))),
            Who::Inside(n) => (n, of_call(&|_, state| state == "ongoing")),
            Who::Gone(n) => (n, of_call(&|_, state| state == "ended" || state == "rejected")),
        };
        nth(&fitting, n).unwrap_or(n % users)
    }
}

fn nth<T: Copy>(of: &[T], n: usize) -> Option<T> {
    of.get(n.checked_rem(of.len())?).copied()
}

fn log_of(model: &Model, call: S) -> Option<Log> {
    (call < model.calls()).then(|| model.log(call))
}

fn is_live(log: &Log) -> bool {
    matches!(log.status, "initiated" | "ongoing")
}

fn idle(model: &Model, users: usize) -> impl Iterator<Item = U> {
    let logs = (0..model.calls()).map(|call| model.log(call)).filter(is_live);
    let entries = logs.flat_map(|log| log.participants).filter(|entry| entry.state == "ongoing");
    let on_a_call: Vec<U> = entries.map(|entry| entry.user).collect();
    (0..users).filter(move |user| !on_a_call.contains(user))
}

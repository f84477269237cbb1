//! What happened in the walks, so that they cannot come to agree about next to nothing.

use std::{collections::BTreeMap, fmt};

use mock_calls::domain::code::Code;

use crate::reference::{Answer, Command, Log, Model, S, Status, To, U};

/// How often what happened.
#[derive(Default)]
pub struct Seen(BTreeMap<String, usize>);

/// The documented call errors that are not about the rules of calls.
const BEFORE_THE_RULES: [Code; 4] =
    [Code::EmptyApiKey, Code::ApiKeyNotFound, Code::NoAccess, Code::EmptySessionId];

/// The others that the rules of calls, users and groups have.
#[rustfmt::skip] // of requests, of users and groups
const UNDOCUMENTED: [&str; 7] = [
    "ERR_BAD_REQUEST",
    "ERR_UID_NOT_FOUND", "ERR_GUID_NOT_FOUND", "ERR_GROUP_NOT_JOINED", "ERR_NOT_A_MEMBER",
    "ERR_BLOCKED_RECEIVER", "ERR_BLOCKED_SENDER",
];

const OTHER_ANSWERS: [&str; 5] =
    ["accepted", "done", "listed nothing", "listed a page", "listed several pages"];

#[rustfmt::skip] // live, final
const STATUSES: [Status; 7] = [
    Status::Initiated, Status::Ongoing,
    Status::Busy, Status::Rejected, Status::Cancelled, Status::Unanswered, Status::Ended,
];

/// What calls become other than by somebody's asking for it.
const BY_THE_WAY: [&str; 10] = [
    "Advance: initiated to unanswered",
    "Deactivate: initiated to canceled",
    "Deactivate: initiated to unanswered",
    "Deactivate: ongoing to ended",
    "RemoveMember: initiated to canceled",
    "RemoveMember: ongoing to ended",
    "DeleteGroup: initiated to canceled",
    "DeleteGroup: ongoing to ended",
    "joined again",
    "joined at the server's time",
];

const FULL: &str = "the call is full";

impl Seen {
    /// A step of a walk: the model before and after it, and the answer on which all agreed.
    pub fn note(&mut self, before: &Model, command: &Command, answer: &Answer, after: &Model) {
        self.count(match answer {
            Answer::Call { .. } => "accepted",
            Answer::Done => "done",
            Answer::Refused(code) => code,
        });
        if let Command::Change { by, call, status, joined_at, .. } = *command {
            let is_valid = joined_at.is_none_or(|at| at >= 0);
            if is_valid && gets_to_the_tables(before, by, call) {
                self.count(cell(&before.log(call), by, status));
                let is_full = *answer == Answer::Refused("ERR_BAD_REQUEST");
                if is_full && status == Status::Ongoing && is_of_group(&before.log(call)) {
                    self.count(FULL);
                }
            }
            if matches!(answer, Answer::Call { .. }) && status == Status::Ongoing {
                let entries = after.log(call).participants;
                if entries.iter().filter(|entry| entry.user == by).count() > 1 {
                    self.count("joined again");
                }
                if joined_at.is_none() && is_of_group(&after.log(call)) {
                    self.count("joined at the server's time");
                }
            }
        }
        let verb = format!("{command:?}");
        let verb = verb.split_whitespace().next().unwrap_or_default();
        for call in 0..before.calls() {
            let (was, is) = (before.log(call).status, after.log(call).status);
            if was != is {
                self.count(format_args!("{verb}: {was} to {is}"));
                self.count(format_args!("became {is}"));
            }
        }
    }

    /// The listing on which all agreed.
    pub fn note_listing(&mut self, calls: &[S]) {
        self.count(match calls.len() {
            0 => "listed nothing",
            1..=3 => "listed a page",
            _ => "listed several pages",
        });
    }

    /// The walks went everywhere: every answer and every end so many times, and so many times
    /// every cell of the two tables, and whatever else can become of a call.
    #[track_caller]
    pub fn assert_deep(&self, answers: usize, cells: usize) {
        let codes = Code::ALL[..Code::DOCUMENTED].iter().filter(|c| !BEFORE_THE_RULES.contains(c));
        let refusals = codes.map(|code| code.as_str()).chain(UNDOCUMENTED);
        let ends = ["ongoing", "busy", "rejected", "canceled", "unanswered", "ended"];
        let outcomes = OTHER_ANSWERS.into_iter().chain(refusals).map(str::to_owned);
        self.assert_each(outcomes.chain(ends.map(|end| format!("became {end}"))), answers);

        let mut places = Vec::new();
        for (state, standings) in [
            ("one-to-one initiated", &["caller", "callee"][..]),
            ("one-to-one ongoing", &["caller", "callee"]),
            ("group initiated", &["unanswered", "ongoing", "rejected"]),
            ("group ongoing", &["unanswered", "ongoing", "ended", "rejected"]),
        ] {
            for standing in standings {
                places.extend(STATUSES.map(|wanted| format!("{state}, {standing}: {wanted:?}")));
            }
        }
        self.assert_each(places.into_iter().chain(BY_THE_WAY.map(str::to_owned)), cells);
    }

    /// Somebody was turned away from a full call so many times.
    #[track_caller]
    pub fn assert_full(&self, times: usize) {
        self.assert_each([FULL.to_owned()], times);
    }

    #[track_caller]
    fn assert_each(&self, wanted: impl IntoIterator<Item = String>, times: usize) {
        let of = |what: &String| self.0.get(what).copied().unwrap_or(0);
        let rare: Vec<_> = wanted.into_iter().filter(|what| of(what) < times).collect();
        assert!(rare.is_empty(), "fewer than {times} times: {rare:#?}, of {:#?}", self.0);
    }

    fn count(&mut self, what: impl fmt::Display) {
        *self.0.entry(what.to_string()).or_default() += 1;
    }
}

/// Whether nothing but the tables and the join rules decides what this user asks of this call:
/// just who may change its type.
fn gets_to_the_tables(model: &Model, by: U, call: S) -> bool {
    if call >= model.calls() {
        return false;
    }
    let same = Command::ChangeKind { by, call, kind: model.log(call).kind };
    matches!(model.clone().apply(&same), Answer::Call { .. })
}

fn cell(log: &Log, by: U, wanted: Status) -> String {
    let (kind, standing) = if is_of_group(log) {
        let last = log.participants.iter().rfind(|entry| entry.user == by);
        ("group", last.map_or("unanswered", |entry| entry.state))
    } else {
        ("one-to-one", if log.initiator == by { "caller" } else { "callee" })
    };
    format!("{kind} {}, {standing}: {wanted:?}", log.status)
}

fn is_of_group(log: &Log) -> bool {
    matches!(log.to, To::Group(_))
}

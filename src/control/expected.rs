//! What a test expects of what was noted down, and what there is instead.

use std::{fmt::Write, time::Duration};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    error::{ControlError, ErrorJson, VERIFY_FAILED},
    requests::veiled,
};
use crate::runtime::{durations, journal::matcher::Difference, object};

/// How many of those that nearly match are shown.
const NEAREST: usize = 3;

/// What is expected: so many requests of one kind, or some of several kinds in this order.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, bound = "M: Deserialize<'de>")]
pub(super) struct Verify<M> {
    #[serde(default, rename = "match", deserialize_with = "object::maybe")]
    matcher: Option<M>,
    #[serde(default, deserialize_with = "object::maybe")]
    count: Option<Count>,
    #[serde(default, deserialize_with = "object::each")]
    sequence: Option<Vec<M>>,
    /// How long to wait for it, by the machine's clock.
    #[serde(default, deserialize_with = "durations::optional::deserialize")]
    #[schemars(schema_with = "durations::optional::schema")]
    pub(super) within: Option<Duration>,
}

/// How many.
#[derive(Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct Count {
    exactly: Option<usize>,
    at_least: Option<usize>,
    at_most: Option<usize>,
}

/// It is not, and what there is instead.
#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
pub(super) struct Unmet<J> {
    error: ErrorJson,
    matched: usize,
    /// How many there was no room for any more.
    dropped: u64,
    nearest: Vec<Near<J>>,
}

/// What misses what was expected, and by what.
#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
struct Near<J> {
    #[serde(flatten)]
    shown: J,
    /// For those who read text.
    #[serde(skip)]
    line: String,
    differs: Vec<Difference>,
}

/// The same as text, for a test that embeds the server.
pub struct Mismatch {
    /// How many there were as expected.
    pub matched: usize,
    /// What is wrong, and below it those that come nearest.
    pub text: String,
}

impl<J> From<Unmet<J>> for Mismatch {
    fn from(unmet: Unmet<J>) -> Self {
        let Unmet { error, matched, dropped, nearest } = unmet;
        let mut text = error.message;
        // Writing to a String cannot fail.
        for near in &nearest {
            let _ = write!(text, "\n  near: {}", near.line);
            for Difference { field, expected, found } in &near.differs {
                let _ = write!(text, "\n    {field}: expected {expected}, found {found}");
            }
        }
        if dropped > 0 {
            let _ = write!(text, "\n  {dropped} more were not kept, for want of room");
        }
        Self { matched, text }
    }
}

/// Something that is noted down, as it is asked for.
pub(super) trait Matcher {
    type Noted;
    type Shown: Serialize;
    /// What they are called.
    const NOUN: &'static str;
    /// What an expectation looks like.
    const EXAMPLES: &'static str;

    fn differences(&self, noted: &Self::Noted) -> Vec<Difference>;
    fn shown(noted: &Self::Noted) -> Self::Shown;
    /// What one of them is called.
    fn name(noted: &Self::Noted) -> String;
    /// The same, with what it was and what came of it.
    fn line(noted: &Self::Noted) -> String;
}

/// Where it is noted down.
pub(super) trait Ledger<M: Matcher> {
    fn next_note(&self) -> impl Future<Output = ()> + Send;
    /// Everything that is kept, oldest first, and how much is not.
    fn entries(&self) -> (Vec<M::Noted>, u64);
}

pub(super) enum Expected<'a, M> {
    Many(&'a M, Count),
    InOrder(&'a [M]),
}

impl<'a, M: Matcher> Expected<'a, M> {
    pub(super) fn read(verify: &'a Verify<M>) -> Result<Self, ControlError> {
        match (&verify.matcher, &verify.sequence) {
            (Some(matcher), None) => {
                let count = verify.count.unwrap_or(Count { at_least: Some(1), ..Count::default() });
                Ok(Self::Many(matcher, count))
            }
            (None, Some(sequence)) if !sequence.is_empty() && verify.count.is_none() => {
                Ok(Self::InOrder(sequence))
            }
            _ => Err(ControlError::bad_request(format!("Send {}.", M::EXAMPLES))),
        }
    }

    /// The same as [`Expected::look`], as soon as it comes true or when the time is up.
    pub(super) async fn await_in(
        &self,
        journal: &impl Ledger<M>,
        longest: impl Future<Output = ()>,
    ) -> Result<usize, Unmet<M::Shown>> {
        let comes_true = async {
            loop {
                let noted = journal.next_note();
                match self.look(journal) {
                    Err(unmet) if !self.is_past(unmet.matched) => noted.await,
                    decided => return decided,
                }
            }
        };
        tokio::select! {
            matched = comes_true => matched,
            () = longest => self.look(journal),
        }
    }

    /// There are too many already, and waiting does not make them fewer.
    const fn is_past(&self, matched: usize) -> bool {
        match self {
            Self::Many(
                _,
                Count { exactly: Some(most), .. } | Count { at_most: Some(most), .. },
            ) => matched > *most,
            Self::Many(..) | Self::InOrder(_) => false,
        }
    }

    /// How many requests there are as expected, or what there is instead.
    pub(super) fn look(&self, journal: &impl Ledger<M>) -> Result<usize, Unmet<M::Shown>> {
        let (entries, dropped) = journal.entries();
        match self {
            Self::Many(matcher, count) => {
                let matches = |entry: &&M::Noted| matcher.differences(entry).is_empty();
                let matched = entries.iter().filter(matches).count();
                if count.is_met(matched) {
                    return Ok(matched);
                }
                let message = format!(
                    "{matched} of {} {} match; expected {}.",
                    entries.len(),
                    M::NOUN,
                    count.text()
                );
                Err(failure(&message, matched, *matcher, &entries, dropped))
            }
            Self::InOrder(sequence) => {
                let mut rest = entries.as_slice();
                for (step, matcher) in sequence.iter().enumerate() {
                    match rest.iter().position(|entry| matcher.differences(entry).is_empty()) {
                        Some(at) => rest = rest.get(at + 1..).unwrap_or_default(),
                        None => {
                            let message = late(step, sequence.len(), &entries, rest, matcher);
                            return Err(failure(&message, step, matcher, &entries, dropped));
                        }
                    }
                }
                Ok(sequence.len())
            }
        }
    }
}

/// What is said where a step of a sequence did not come.
fn late<M: Matcher>(
    step: usize,
    of: usize,
    all: &[M::Noted],
    rest: &[M::Noted],
    matcher: &M,
) -> String {
    let earlier = all.iter().take(all.len() - rest.len()).rev();
    let too_early = match earlier.into_iter().find(|entry| matcher.differences(entry).is_empty()) {
        Some(entry) => format!("; {} matches it, and came too early", M::name(entry)),
        None => String::new(),
    };
    let step = step + 1;
    format!("Nothing matches step {step} of {of} after those before it{too_early}.")
}

impl Count {
    fn is_met(self, matched: usize) -> bool {
        self.exactly.is_none_or(|exactly| matched == exactly)
            && self.at_least.is_none_or(|least| matched >= least)
            && self.at_most.is_none_or(|most| matched <= most)
    }

    fn text(self) -> String {
        let parts =
            [("exactly", self.exactly), ("at least", self.at_least), ("at most", self.at_most)];
        let given = parts.iter().filter_map(|(word, n)| n.map(|n| format!("{word} {n}")));
        given.collect::<Vec<_>>().join(", ")
    }
}

/// What a test is shown when its expectation fails: the requests that come nearest, and by what
/// they miss it. Requests that the journal had no room for are counted, never forgotten silently.
fn failure<M: Matcher>(
    message: &str,
    matched: usize,
    matcher: &M,
    entries: &[M::Noted],
    dropped: u64,
) -> Unmet<M::Shown> {
    let mut misses: Vec<_> = entries
        .iter()
        .rev()
        .map(|entry| (entry, matcher.differences(entry)))
        .filter(|(_, differences)| !differences.is_empty())
        .collect();
    misses.sort_by_key(|(_, differences)| differences.len());
    let nearest = misses
        .into_iter()
        .take(NEAREST)
        .map(|(entry, differs)| {
            let differs = differs.into_iter().map(veiled).collect();
            Near { shown: M::shown(entry), line: M::line(entry), differs }
        })
        .collect();
    Unmet {
        error: ErrorJson { code: VERIFY_FAILED.code, message: message.to_owned() },
        matched,
        dropped,
        nearest,
    }
}

//! The end of a test that cannot go on.

use std::{fmt::Display, panic::Location};

/// Ends the test where it stands.
#[track_caller]
#[expect(clippy::panic, reason = "a test that embeds the server ends so, and says why")]
pub(super) fn fail(why: impl Display) -> ! {
    panic!("{why}")
}

/// What there is, or the end of the test. A match, for a closure would not know its caller.
#[track_caller]
pub(super) fn expect<T>(result: Result<T, impl Display>) -> T {
    match result {
        Ok(there) => there,
        Err(why) => fail(why),
    }
}

/// Ends a test from a place that does not know its caller any more.
pub(super) fn fail_at(place: &Location<'_>, why: impl Display) -> ! {
    fail(format!("{why}\n  asked for at {place}"))
}

//! A moment, as the rules see it. Where it comes from is not their business.

use std::time::{Duration, UNIX_EPOCH};

/// The last one of the year 9999, in Unix seconds.
const LAST_SECOND: u64 = 253_402_300_799;

/// Milliseconds since the Unix epoch. On the wire only the whole seconds show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From whole Unix seconds.
    #[must_use]
    pub const fn from_secs(secs: i64) -> Self {
        Self(secs.saturating_mul(1000))
    }

    /// From Unix milliseconds.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Whole Unix seconds, rounded down.
    #[must_use]
    pub const fn secs(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// Unix milliseconds.
    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// This moment plus `wait`, to the millisecond.
    #[must_use]
    pub fn plus(self, wait: Duration) -> Self {
        let millis = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
        Self(self.0.saturating_add(millis))
    }

    /// How long until `later`; nothing when it is past.
    #[must_use]
    pub fn until(self, later: Self) -> Duration {
        Duration::from_millis(u64::try_from(later.0.saturating_sub(self.0)).unwrap_or(0))
    }

    /// Its day, UTC, as `YYYY-MM-DD`; the first one for what lies before the epoch, and the last
    /// one that can be written so for what lies after it.
    #[must_use]
    pub fn day(self) -> String {
        let secs = u64::try_from(self.secs()).unwrap_or_default();
        let since = Duration::from_secs(secs.min(LAST_SECOND));
        let text = humantime::format_rfc3339_seconds(UNIX_EPOCH + since).to_string();
        text.chars().take_while(|char| *char != 'T').collect()
    }

    /// Minutes from `earlier` to here, by the wire's whole seconds, never below 0.
    #[must_use]
    pub fn minutes_since(self, earlier: Self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "whole seconds of a call fit a double")]
        let seconds = self.secs().saturating_sub(earlier.secs()).max(0) as f64;
        seconds / 60.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_round_down_and_minutes_never_go_below_zero() {
        assert_eq!(Timestamp::from_millis(1_999).secs(), 1);
        assert_eq!(Timestamp::from_millis(-1).secs(), -1);
        let (early, late) = (Timestamp::from_secs(10), Timestamp::from_secs(29));
        assert!((late.minutes_since(early) - 19.0 / 60.0).abs() < f64::EPSILON);
        assert!(early.minutes_since(late).abs() < f64::EPSILON);
        assert_eq!(early.until(late), Duration::from_secs(19));
        assert_eq!(late.until(early), Duration::ZERO);
    }

    #[test]
    fn a_day_is_the_one_in_utc() {
        assert_eq!(Timestamp::from_millis(1_700_006_399_999).day(), "2023-11-14");
        assert_eq!(Timestamp::from_secs(1_700_006_400).day(), "2023-11-15");
        assert_eq!(Timestamp::from_secs(-1).day(), "1970-01-01");
        assert_eq!(Timestamp::from_secs(253_402_300_800).day(), "9999-12-31");
        assert_eq!(Timestamp::from_millis(i64::MAX).day(), "9999-12-31");
    }
}

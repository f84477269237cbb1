//! Where time comes from: the machine, or a hand that moves it.

use std::{
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use tokio::sync::watch;

use crate::domain::time::Timestamp;

/// How long the machine's clock is trusted while waiting: it may be set, or sleep with a laptop.
const RECHECK: Duration = Duration::from_secs(30);

/// A clock. Clones show the same time.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    Manual(Arc<watch::Sender<Timestamp>>),
}

impl Default for Clock {
    fn default() -> Self {
        Self::system()
    }
}

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub const fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands at `now` until it is moved.
    #[must_use]
    pub fn manual(now: Timestamp) -> Self {
        Self(Source::Manual(Arc::new(watch::Sender::new(now))))
    }

    /// The present moment.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Source::System => system_now(),
            Source::Manual(hand) => *hand.borrow(),
        }
    }

    /// Moves a manual clock on; whoever waits for a moment that this passes goes on too. The
    /// machine's clock cannot be moved, and stays as it is.
    pub fn advance(&self, by: Duration) {
        if let Source::Manual(hand) = &self.0 {
            hand.send_modify(|now| *now = now.plus(by));
        }
    }

    /// Waits until the clock shows `moment` or later.
    pub(super) async fn reaches(&self, moment: Timestamp) {
        match &self.0 {
            Source::System => loop {
                let left = system_now().until(moment);
                if left.is_zero() {
                    break;
                }
                tokio::time::sleep(left.min(RECHECK)).await;
            },
            Source::Manual(hand) => {
                // The sender lives in self, so the wait cannot fail.
                let _ = hand.subscribe().wait_for(|now| *now >= moment).await;
            }
        }
    }
}

/// The clock of one app: the server's, put forward or back, or stopped.
#[derive(Clone, Debug)]
pub struct AppClock {
    server: Clock,
    hand: Hand,
}

/// How an app's clock goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hand {
    /// Shows the server's time and more.
    Runs {
        /// How many milliseconds more; below 0 when it is behind.
        ahead: i64,
    },
    /// Shows the same moment until it is moved.
    Stands {
        /// Which.
        at: Timestamp,
    },
}

impl AppClock {
    /// A clock that shows the server's time.
    #[must_use]
    pub const fn of(server: Clock) -> Self {
        Self { server, hand: Hand::Runs { ahead: 0 } }
    }

    /// A clock that goes this way.
    #[must_use]
    pub const fn going(server: Clock, hand: Hand) -> Self {
        Self { server, hand }
    }

    /// How it goes.
    #[must_use]
    pub const fn hand(&self) -> Hand {
        self.hand
    }

    /// The present moment in the app.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        match self.hand {
            Hand::Runs { ahead } => shifted(self.server.now(), ahead),
            Hand::Stands { at } => at,
        }
    }

    /// It stands still.
    #[must_use]
    pub const fn is_frozen(&self) -> bool {
        matches!(self.hand, Hand::Stands { .. })
    }

    /// How far it is ahead of the server's clock, in milliseconds; below 0 when it is behind.
    #[must_use]
    pub fn ahead(&self) -> i64 {
        self.now().millis().saturating_sub(self.server.now().millis())
    }

    /// Shows `moment` from now on, running or standing as before.
    pub fn set(&mut self, moment: Timestamp) {
        self.hand = match self.hand {
            Hand::Runs { .. } => self.running_from(moment),
            Hand::Stands { .. } => Hand::Stands { at: moment },
        };
    }

    /// Shows so much more from now on, running or standing as before.
    pub fn advance(&mut self, by: Duration) {
        self.set(self.now().plus(by));
    }

    /// Stops, at the moment it shows.
    pub fn freeze(&mut self) {
        self.hand = Hand::Stands { at: self.now() };
    }

    /// Goes on, from the moment it shows.
    pub fn resume(&mut self) {
        self.hand = self.running_from(self.now());
    }

    /// When, by the server's clock, this one will show `moment`: never, while it stands.
    #[must_use]
    pub const fn by_server(&self, moment: Timestamp) -> Option<Timestamp> {
        match self.hand {
            Hand::Runs { ahead } => Some(shifted(moment, ahead.saturating_neg())),
            Hand::Stands { .. } => None,
        }
    }

    fn running_from(&self, moment: Timestamp) -> Hand {
        Hand::Runs { ahead: moment.millis().saturating_sub(self.server.now().millis()) }
    }
}

const fn shifted(moment: Timestamp, millis: i64) -> Timestamp {
    Timestamp::from_millis(moment.millis().saturating_add(millis))
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
fn system_now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_secs(0).plus(since)
}

/// Measures how long something has been going on, whatever the clocks are set to.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(std::time::Instant);

impl Stopwatch {
    /// Begins to measure.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "not a time of the service, only a length")]
    pub fn start() -> Self {
        Self(std::time::Instant::now())
    }

    /// The length so far.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_apps_clock_can_be_set_stopped_and_let_go() {
        let server = Clock::manual(Timestamp::from_secs(1_000));
        let mut clock = AppClock::of(server.clone());
        let pass = |secs| server.advance(Duration::from_secs(secs));

        clock.set(Timestamp::from_secs(5_000));
        pass(10);
        assert_eq!((clock.now().secs(), clock.ahead()), (5_010, 4_000_000));
        assert_eq!(clock.by_server(Timestamp::from_secs(5_020)), Some(Timestamp::from_secs(1_020)));

        clock.freeze();
        pass(100);
        assert_eq!((clock.now().secs(), clock.is_frozen()), (5_010, true));
        assert_eq!(clock.by_server(Timestamp::from_secs(5_020)), None);
        clock.set(Timestamp::from_secs(4_000));
        pass(100);
        assert_eq!(clock.now().secs(), 4_000);

        clock.resume();
        pass(1);
        assert_eq!((clock.now().secs(), clock.is_frozen()), (4_001, false));
    }
}

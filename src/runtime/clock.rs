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

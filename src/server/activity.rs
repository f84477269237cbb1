//! What happens on a connection, for whoever waits for something to happen, or for nothing to
//! happen any more.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use tokio::time::sleep;

/// How often a connection is looked at.
const ROUND: Duration = Duration::from_secs(10);
/// In how many rounds on end nothing has happened before it is silent. So a client may take 30
/// seconds over the headers of a request, or over asking for anything at all, and 40 at the most.
const ROUNDS: u8 = 3;

/// What happens on a connection.
#[derive(Default)]
pub(super) struct Activity {
    /// The requests that have come and are not answered yet.
    under_way: AtomicUsize,
    /// The requests that have come, and how often something was to be written.
    moves: AtomicUsize,
}

impl Activity {
    /// Requests have come that are not answered yet.
    pub(super) fn is_under_way(&self) -> bool {
        self.under_way.load(Relaxed) > 0
    }

    /// Something is to be written, whether the client takes it or not.
    pub(super) fn writes(&self) {
        self.moves.fetch_add(1, Relaxed);
    }

    /// Waits until the connection is silent: no request comes, none is under way, and nothing is to
    /// be written. Of a request whose headers do not end nothing has come yet.
    ///
    /// To be waited for on the connection's own task: what its client does not take is then tried
    /// again in each round.
    pub(super) async fn silence(&self) {
        let (mut before, mut rounds) = (self.moves.load(Relaxed), 0);
        while rounds < ROUNDS {
            sleep(ROUND).await;
            let moves = self.moves.load(Relaxed);
            rounds = if self.is_under_way() || moves != before { 0 } else { rounds + 1 };
            before = moves;
        }
    }
}

/// A request, from its coming to its answer or to its being given up.
pub(super) struct UnderWay(Arc<Activity>);

impl UnderWay {
    pub(super) fn begin(activity: &Arc<Activity>) -> Self {
        activity.under_way.fetch_add(1, Relaxed);
        activity.moves.fetch_add(1, Relaxed);
        Self(Arc::clone(activity))
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use tokio::time::timeout;

    use super::*;

    /// How many seconds that takes, to the next ten.
    async fn silent_after(activity: &Activity) -> Option<u64> {
        let mut silence = pin!(activity.silence());
        for seconds in (10..300).step_by(10) {
            // A little more, so that both do not come at once.
            if timeout(Duration::from_millis(10_001), silence.as_mut()).await.is_ok() {
                return Some(seconds);
            }
        }
        None
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_is_silent_when_nothing_was_asked_or_answered_for_thirty_seconds() {
        let activity = Arc::new(Activity::default());
        assert_eq!(silent_after(&activity).await, Some(30));
        let asks = async {
            sleep(Duration::from_secs(25)).await;
            drop(UnderWay::begin(&activity));
            sleep(Duration::from_secs(25)).await;
            activity.writes();
        };
        let (silent, ()) = tokio::join!(silent_after(&activity), asks);
        assert_eq!(silent, Some(90));
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_for_an_answer_is_not_silent() {
        let activity = Arc::new(Activity::default());
        let under_way = UnderWay::begin(&activity);
        assert_eq!(silent_after(&activity).await, None);
        drop(under_way);
        assert_eq!(silent_after(&activity).await, Some(30));
    }
}

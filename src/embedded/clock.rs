//! The time in an app.

use std::time::Duration;

use serde_json::Value;

use super::app::App;
use crate::{control::direct as control, domain::time::Timestamp, runtime::clock::AppClock};

/// The clock of an app. Moving it does what falls due by that, in order, before it returns.
///
/// It waits for nobody: deliveries to webhooks that fall due are only set going. [`App::flush`] waits
/// until they were tried, before [`App::verify_delivery`] asks for them. So a delivery that fails is
/// tried again once for each move, where `POST /__mock/clock` goes from one try to the next.
///
/// ```
/// use std::time::Duration;
///
/// use mock_calls::{Call, MockServer, Seed};
///
/// let server = MockServer::start_blocking();
/// let app = server.app("timed");
/// app.clock().freeze();
/// let ringing = Call::new("cometchat-uid-1", "cometchat-uid-2").session_id("ring");
/// app.seed(Seed::new().call(ringing.status("initiated")));
/// let fired = app.clock().advance(Duration::from_secs(45));
/// assert_eq!(fired[0]["status"], "unanswered");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Clock<'a>(&'a App);

impl<'a> Clock<'a> {
    pub(super) const fn of(app: &'a App) -> Self {
        Self(app)
    }

    /// What it shows, in Unix seconds.
    #[must_use]
    pub fn now(&self) -> i64 {
        self.shows().now().secs()
    }

    /// What it shows, in Unix milliseconds.
    #[must_use]
    pub fn now_millis(&self) -> i64 {
        self.shows().now().millis()
    }

    /// It stands still.
    #[must_use]
    pub fn is_frozen(&self) -> bool {
        self.shows().is_frozen()
    }

    /// Stops it, at the moment it shows.
    pub fn freeze(&self) {
        self.change(AppClock::freeze);
    }

    /// Lets it go on, from the moment it shows.
    pub fn resume(&self) {
        self.change(AppClock::resume);
    }

    /// Puts it forward, running or standing as before. Says what fell due, as `fired` of
    /// `POST /__mock/clock`.
    pub fn advance(&self, by: Duration) -> Vec<Value> {
        self.change(|clock| clock.advance(by))
    }

    /// Sets it to this moment in Unix seconds, running or standing as before. Says what fell due.
    pub fn set(&self, unix: i64) -> Vec<Value> {
        self.change(|clock| clock.set(Timestamp::from_secs(unix)))
    }

    fn change(&self, change: impl FnOnce(&mut AppClock)) -> Vec<Value> {
        let (fired, _) = self.0.inside(|app| app.move_clock(change));
        control::fired(&fired)
    }

    fn shows(&self) -> AppClock {
        self.0.inside(|app| app.clock())
    }
}

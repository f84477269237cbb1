//! An app's clock is moved: in one step, or forward as time itself would have gone, from one moment
//! at which something falls due to the next.
//!
//! | on the way forward | what is done there |
//! | --- | --- |
//! | before it begins | deliveries that are under way are tried, so that they were before |
//! | a delivery's next try | it is tried |
//! | a call that rang long enough, where webhooks are told | what it fires is tried |
//! | the end | what falls due there is tried |
//!
//! Whoever asks meanwhile sees the clock between. A reset, or another state in place of this one,
//! ends the way where it is.

use std::{sync::Arc, time::Duration};

use tokio::time::timeout;

use super::{App, State};
use crate::{
    domain::{event::CallMessage, rules::ring_timeout, time::Timestamp},
    runtime::{clock::AppClock, webhooks::Retried},
};

/// What fell due when the clock was moved.
#[derive(Clone, Debug, Default)]
pub struct Fired {
    /// Calls that rang long enough, in the order of happening.
    pub calls: Vec<Arc<CallMessage>>,
    /// Deliveries that go again, likewise.
    pub retries: Vec<Retried>,
}

/// How far forward.
#[derive(Clone, Copy, Debug)]
pub enum Way {
    /// By so much.
    By(Duration),
    /// To this moment.
    To(Timestamp),
}

impl App {
    /// Moves the app's clock in one step, does what falls due by that, and returns it in the order
    /// of happening together with the clock as it is then. Waits for no delivery.
    pub fn move_clock(self: &Arc<Self>, change: impl FnOnce(&mut AppClock)) -> (Fired, AppClock) {
        let mut state = self.lock();
        let fired = self.shift(&mut state, change);
        (fired, state.clock.clone())
    }

    /// Moves the app's clock forward by the table above, and at the end changes it by `last`.
    /// Waits for deliveries as long as `patience` lasts, by the machine's clock, in all: past it
    /// the rest of the way is one step. So it is when whoever asked goes away.
    pub async fn travel(
        self: &Arc<Self>,
        way: Way,
        last: fn(&mut AppClock),
        patience: Duration,
    ) -> (Fired, AppClock) {
        let mut journey = Journey::begin(self, way, last);
        // Whatever came of the wait, the way is gone to its end.
        let _ = timeout(patience, journey.go()).await;
        journey.arrive()
    }

    fn shift(self: &Arc<Self>, state: &mut State, change: impl FnOnce(&mut AppClock)) -> Fired {
        // What was due before the clock is moved did not fall due by moving it.
        let before = state.clock.now();
        self.fall_due(state, before);
        change(&mut state.clock);
        let after = state.clock.now();
        let fired = self.fall_due(state, after);
        self.settle(state);
        fired
    }

    /// When the next thing falls due. Calls count only where somebody is told of them, for nothing
    /// else that they fire takes time.
    fn next_stop(&self, state: &State) -> Option<Timestamp> {
        let is_told = state.world.webhooks().next().is_some();
        let deadline = state.world.next_deadline().filter(|_| is_told);
        [self.deliveries.next_due(), deadline].into_iter().flatten().min()
    }

    /// Does what is due by now. Those who are on their way hear of it, whoever does it: a clock
    /// that runs moves on between their steps.
    pub(super) fn fall_due(&self, state: &mut State, now: Timestamp) -> Fired {
        let calls = ring_timeout::fire_due(&mut state.world, now);
        let fired = Fired { calls, retries: self.deliveries.wake(now) };
        for heard in state.journeys.values_mut() {
            heard.calls.extend(fired.calls.iter().cloned());
            heard.retries.extend(fired.retries.iter().cloned());
        }
        fired
    }
}

/// A way forward. Dropped before it was gone, it is gone in one step.
struct Journey {
    app: Arc<App>,
    id: u64,
    left: Option<Way>,
    last: fn(&mut AppClock),
}

impl Journey {
    fn begin(app: &Arc<App>, way: Way, last: fn(&mut AppClock)) -> Self {
        let mut state = app.lock();
        let now = state.clock.now();
        app.fall_due(&mut state, now);
        app.settle(&mut state);
        state.last_journey += 1;
        let id = state.last_journey;
        state.journeys.insert(id, Fired::default());
        drop(state);
        Self { app: Arc::clone(app), id, left: Some(way), last }
    }

    async fn go(&mut self) {
        while self.left.is_some() {
            self.app.deliveries.rest().await;
            self.step();
        }
        self.app.deliveries.rest().await;
    }

    fn arrive(mut self) -> (Fired, AppClock) {
        self.finish();
        let mut state = self.app.lock();
        let fired = state.journeys.remove(&self.id).unwrap_or_default();
        (fired, state.clock.clone())
    }

    /// Goes to the next stop, or to the end if there is none before it; nowhere while something is
    /// under way, as it is again when somebody else has moved the clock.
    fn step(&mut self) {
        let app = Arc::clone(&self.app);
        let mut state = app.lock();
        if app.deliveries.outstanding().working > 0 {
            return;
        }
        let Some(left) = self.left else { return };
        let now = state.clock.now();
        match app.next_stop(&state).filter(|stop| *stop < left.end(now)) {
            Some(stop) => {
                let step = now.until(stop);
                self.left = Some(left.less(step));
                self.shift(&mut state, |clock| clock.advance(step));
            }
            None => self.go_the_rest(&mut state),
        }
    }

    /// Goes what is left in one step.
    fn finish(&mut self) {
        let app = Arc::clone(&self.app);
        self.go_the_rest(&mut app.lock());
    }

    fn go_the_rest(&mut self, state: &mut State) {
        let (Some(left), last) = (self.left.take(), self.last) else { return };
        self.shift(state, |clock| {
            match left {
                Way::By(by) => clock.advance(by),
                Way::To(moment) => clock.set(moment),
            }
            last(clock);
        });
    }

    /// Nothing, once the app was put back or became another.
    fn shift(&mut self, state: &mut State, change: impl FnOnce(&mut AppClock)) {
        if state.journeys.contains_key(&self.id) {
            self.app.shift(state, change);
        } else {
            self.left = None;
        }
    }
}

impl Drop for Journey {
    fn drop(&mut self) {
        self.finish();
        self.app.lock().journeys.remove(&self.id);
    }
}

impl Way {
    fn end(self, now: Timestamp) -> Timestamp {
        match self {
            Self::By(by) => now.plus(by),
            Self::To(moment) => moment,
        }
    }

    const fn less(self, step: Duration) -> Self {
        match self {
            Self::By(by) => Self::By(by.saturating_sub(step)),
            Self::To(moment) => Self::To(moment),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, time::Duration};

    use tokio::net::TcpListener;

    use crate::{
        domain::{
            access::{Actor, Via},
            call::CallType,
            ids::Uid,
            rules::initiate::{Initiate, initiate},
            time::Timestamp,
            webhooks::{Trigger, Webhook},
        },
        runtime::{
            app::Way,
            apps::{Apps, tests::options},
            clock::{AppClock, Clock},
            hints::AppHints,
            webhooks::Draft,
        },
    };

    #[tokio::test]
    async fn a_receiver_that_hangs_holds_nobody_past_their_patience() {
        let now = Timestamp::from_secs(1_000);
        let apps = Apps::start(options(Clock::manual(now)), Vec::new());
        let app = apps.choose(&AppHints::default()).unwrap();
        let hangs = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url: Arc<str> = format!("http://{}/", hangs.local_addr().unwrap()).into();
        let session = app.turn(|turn| {
            let hook = Webhook::of_everything(1, &url, now);
            let hook = turn.world.create_webhook(hook).unwrap();
            let actor = Actor { uid: Uid::parse("cometchat-uid-1").unwrap(), via: Via::Key };
            let ask = Initiate {
                receiver: "cometchat-uid-2".to_owned(),
                to_group: false,
                call_type: CallType::Audio,
                metadata: None,
            };
            let id = turn.ids.call();
            let call = initiate(turn.world, &actor, ask, id, turn.now).unwrap();
            let session = call.call.session.clone();
            let (trigger, body) = (Trigger::CallInitiated, "{}".into());
            let draft = Draft { trigger, session: session.clone(), body, repeats: None };
            app.deliveries().hand_over(&hook, draft, turn.now).unwrap();
            session
        });
        let hour = Way::By(Duration::from_secs(3600));
        let (fired, clock) = app.travel(hour, AppClock::freeze, Duration::ZERO).await;
        assert_eq!((clock.now().secs(), clock.is_frozen()), (4_600, true));
        assert_eq!(fired.calls.first().unwrap().call.session, session);
        assert_eq!(app.deliveries().outstanding().working, 1);
    }
}

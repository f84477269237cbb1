//! Tells webhooks what happens, beside the requests and never in their way: whatever is to be told
//! is put into the queue of its webhook, and carried from there by workers of that webhook alone.
//!
//! | what is bounded | by |
//! | --- | --- |
//! | waiting for a webhook | 10,000 deliveries, 32 MiB; what comes then is dropped and counted |
//! | under way to a webhook | 16 deliveries, each of another session, 2 seconds each |
//! | the log of an app | 10,000 deliveries, 32 MiB |
//!
//! A delivery that failed goes again 10 and 30 seconds after it failed first, by the app's clock,
//! if its webhook wants that (vendor doc). Until then those of the same session wait behind it.

mod courier;
mod delivery;
mod faults;
mod matcher;
mod queue;
pub mod sink;
mod state;
mod tried;

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

pub(super) use self::queue::Job;
pub use self::{
    courier::Courier,
    delivery::{Attempt, Delivery, Draft, Record, Standing},
    faults::DeliveryFaults,
    matcher::DeliveryMatcher,
    tried::{Outstanding, Retried, Tried},
};
use self::{faults::Mishap, queue::Queue, state::State};
use super::app::App;
use crate::domain::{
    time::Timestamp,
    webhooks::{Webhook, WebhookId},
};

/// How long after it failed first a delivery goes again (vendor doc).
const RETRIES: [Duration; 2] = [Duration::from_secs(10), Duration::from_secs(30)];

/// The deliveries of one app.
#[derive(Debug)]
pub struct Deliveries {
    app: Weak<App>,
    courier: Arc<Courier>,
    /// When the next one that waits for a time is to go, in milliseconds; far away when none is.
    due: AtomicI64,
    changed: Notify,
    state: Mutex<State>,
}

/// A try that is under way.
pub(super) struct Trip {
    job: Job,
    at: Timestamp,
    stop: CancellationToken,
}

impl Deliveries {
    pub(super) fn new(app: Weak<App>, courier: Arc<Courier>, draws: fastrand::Rng) -> Self {
        let state = Mutex::new(State::fresh(draws, 0));
        Self { app, courier, due: AtomicI64::new(i64::MAX), changed: Notify::new(), state }
    }

    /// Takes up a delivery, unless too many wait for its webhook. Never waits. Says its number.
    pub fn hand_over(&self, webhook: &Webhook, draft: Draft, now: Timestamp) -> Option<u64> {
        let mut state = self.lock();
        let State { faults, draws, .. } = &mut *state;
        let mishap = faults.get(&webhook.id).map(|faults| faults.draw(draws)).unwrap_or_default();
        let id = self.take_up(&mut state, webhook, draft.clone(), mishap, now)?;
        if mishap.twice {
            let again = Draft { repeats: Some(id), ..draft };
            self.take_up(&mut state, webhook, again, mishap, now);
        }
        Some(id)
    }

    /// Tells a webhook the same again, and says under which number; `None` where there is no such
    /// delivery in the log, or no room for another.
    pub fn replay(&self, id: u64, webhook: &Webhook, now: Timestamp) -> Option<u64> {
        let mut state = self.lock();
        let Delivery { trigger, session, body, .. } = &*state.log.find(id)?.delivery;
        let (session, body) = (session.clone(), body.clone());
        let draft = Draft { trigger: *trigger, session, body, repeats: Some(id) };
        self.take_up(&mut state, webhook, draft, Mishap::default(), now)
    }

    /// A delivery, if the log has it.
    pub fn find(&self, id: u64) -> Option<Record> {
        self.lock().log.find(id).cloned()
    }

    fn take_up(
        &self,
        state: &mut State,
        webhook: &Webhook,
        draft: Draft,
        mishap: Mishap,
        now: Timestamp,
    ) -> Option<u64> {
        let State { last, generations, queues, overflowed, log, .. } = state;
        let queue = queues.entry(webhook.id.clone()).or_insert_with(|| {
            *generations += 1;
            Queue::new(*generations)
        });
        if !queue.has_room(draft.body.len()) {
            *overflowed.entry(webhook.id.clone()).or_default() += 1;
            self.courier.count(Standing::Dropped, 1);
            if !std::mem::replace(&mut queue.is_full, true) {
                tracing::warn!(webhook = %webhook.id, "too many deliveries wait; more are dropped");
            }
            return None;
        }
        *last += 1;
        let Draft { trigger, session, body, repeats } = draft;
        let delivery = Arc::new(Delivery {
            id: *last,
            webhook: webhook.id.clone(),
            url: Arc::clone(&webhook.url),
            login: webhook.basic_auth.login(),
            retry: webhook.retry_on_failure,
            trigger,
            session,
            body,
            repeats,
            at: now,
        });
        let not_before = (!mishap.wait.is_zero()).then(|| now.plus(mishap.wait));
        log.add(Arc::clone(&delivery), not_before);
        let id = delivery.id;
        queue.push(Job { delivery, tried: 0, failed_at: None, not_before, alone: mishap.alone });
        self.employ(&webhook.id, queue, 1);
        self.note_due(state);
        Some(id)
    }

    /// The last deliveries, oldest first, as far as they are wanted; how many the log had no room
    /// for; and how many each webhook's queue had none for.
    pub fn records(
        &self,
        is_wanted: impl Fn(&Record) -> bool,
    ) -> (Vec<Record>, u64, BTreeMap<WebhookId, u64>) {
        let state = self.lock();
        let wanted = state.log.records().filter(|record| is_wanted(record)).cloned().collect();
        (wanted, state.log.dropped, state.overflowed.clone())
    }

    /// What there is to be done still.
    #[must_use]
    pub fn outstanding(&self) -> Outstanding {
        let mut all = Outstanding::default();
        for queue in self.lock().queues.values() {
            all.pending += queue.pending;
            all.asleep += queue.asleep();
            all.working += queue.working;
        }
        all
    }

    /// Whoever awaits this goes on when something about a delivery changes. To be made before
    /// looking.
    pub fn next_change(&self) -> impl Future<Output = ()> + '_ {
        self.changed.notified()
    }

    /// Waits until nobody is under way.
    pub async fn rest(&self) {
        loop {
            let change = self.next_change();
            if self.outstanding().working == 0 {
                return;
            }
            change.await;
        }
    }

    /// When the next one that waits for a time is to go.
    pub(super) fn next_due(&self) -> Option<Timestamp> {
        let due = self.due.load(Ordering::Relaxed);
        (due < i64::MAX).then(|| Timestamp::from_millis(due))
    }

    /// Lets those go whose time has come, in the order of their times.
    pub(super) fn wake(&self, now: Timestamp) -> Vec<Retried> {
        if now.millis() < self.due.load(Ordering::Relaxed) {
            return Vec::new();
        }
        let mut state = self.lock();
        let mut woken = Vec::new();
        for (webhook, queue) in &mut state.queues {
            while let Some((due, job)) = queue.wake(now) {
                let Job { delivery, tried, .. } = job;
                woken.push(Retried { due, delivery, attempt: tried + 1 });
            }
            self.employ(webhook, queue, usize::MAX);
        }
        woken.sort_by_key(|retried| (retried.due, retried.delivery.id));
        for retried in &woken {
            state.log.change(retried.delivery.id, |record| record.next_attempt = None);
        }
        self.note_due(&state);
        woken
    }

    /// There is no such webhook any more: one of the same name starts anew.
    pub(super) fn forget(&self, webhook: &WebhookId) {
        let mut state = self.lock();
        state.faults.remove(webhook);
        state.overflowed.remove(webhook);
    }

    /// Nothing that waits for a webhook is sent any more.
    pub(super) fn drop_queue(&self, webhook: &WebhookId) {
        let mut state = self.lock();
        if let Some(queue) = state.queues.remove(webhook) {
            self.dissolve(&queue);
            state.log.give_up(webhook);
        }
        self.note_due(&state);
        self.changed.notify_waiters();
    }

    /// Nothing that waits is sent any more. Says how much that was, by webhook.
    pub fn drop_all(&self) -> BTreeMap<WebhookId, usize> {
        let mut state = self.lock();
        let queues = std::mem::take(&mut state.queues);
        for (webhook, queue) in &queues {
            self.dissolve(queue);
            state.log.give_up(webhook);
        }
        self.note_due(&state);
        self.changed.notify_waiters();
        let waiting = queues.into_iter().filter(|(_, queue)| queue.pending > 0);
        waiting.map(|(webhook, queue)| (webhook, queue.pending)).collect()
    }

    /// The same, and nothing is known of any delivery.
    pub(super) fn reset(&self) {
        self.drop_all();
        let mut state = self.lock();
        *state = State::fresh(state.draws.clone(), state.generations);
    }

    /// What the next worker has to do; none lets it go.
    pub(super) fn begin(
        &self,
        webhook: &WebhookId,
        generation: u64,
        now: Timestamp,
    ) -> Option<Trip> {
        let mut state = self.lock();
        let State { queues, log, .. } = &mut *state;
        let queue = queues.get_mut(webhook).filter(|q| q.generation == generation)?;
        while let Some(mut job) = queue.take() {
            match job.not_before.take().filter(|time| *time > now) {
                Some(time) => {
                    log.change(job.delivery.id, |record| record.next_attempt = Some(time));
                    queue.sleep(job, time);
                }
                None => {
                    let stop = queue.stop.clone();
                    self.note_due(&state);
                    return Some(Trip { job, at: now, stop });
                }
            }
        }
        queue.working -= 1;
        self.note_due(&state);
        drop(state);
        self.changed.notify_waiters();
        None
    }

    /// A try is over. Says what came of it, unless its queue is gone.
    pub(super) fn end(
        &self,
        generation: u64,
        mut job: Job,
        attempt: Attempt,
        now: Timestamp,
    ) -> Option<Tried> {
        let mut state = self.lock();
        let State { queues, log, .. } = &mut *state;
        let delivery = Arc::clone(&job.delivery);
        let queue = queues.get_mut(&delivery.webhook).filter(|q| q.generation == generation)?;
        let wait = RETRIES.get(job.tried).filter(|_| delivery.retry && !attempt.is_success());
        job.tried += 1;
        let number = job.tried;
        let next_attempt = wait.map(|wait| job.failed_at.get_or_insert(now).plus(*wait));
        let standing = match next_attempt {
            Some(_) => Standing::Pending,
            None if attempt.is_success() => Standing::Delivered,
            None => Standing::Failed,
        };
        match next_attempt {
            Some(at) => queue.sleep(job, at),
            None => queue.finish(&job),
        }
        self.courier.count(standing, 1);
        log.change(delivery.id, |record| {
            record.attempts.push(attempt.clone());
            (record.standing, record.next_attempt) = (standing, next_attempt);
        });
        self.note_due(&state);
        drop(state);
        self.changed.notify_waiters();
        Some(Tried { delivery, number, attempt, standing })
    }

    fn dissolve(&self, queue: &Queue) {
        queue.stop.cancel();
        self.courier.count(Standing::Dropped, queue.pending as u64);
    }

    fn note_due(&self, state: &State) {
        let next = state.queues.values().filter_map(Queue::next_due).min();
        self.due.store(next.map_or(i64::MAX, Timestamp::millis), Ordering::Relaxed);
    }

    /// Has up to so many more workers begin.
    fn employ(&self, webhook: &WebhookId, queue: &mut Queue, most: usize) {
        for _ in 0..queue.vacancies().min(most) {
            queue.working += 1;
            let (app, courier) = (Weak::clone(&self.app), Arc::clone(&self.courier));
            tokio::spawn(work(app, courier, webhook.clone(), queue.generation));
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Carries what waits for a webhook, one after the other, until nothing can go.
async fn work(app: Weak<App>, courier: Arc<Courier>, webhook: WebhookId, generation: u64) {
    loop {
        let Some(there) = app.upgrade() else { return };
        let Some(trip) = there.next_trip(&webhook, generation) else { return };
        // An app that is removed meanwhile can go.
        drop(there);
        let attempt = tokio::select! {
            attempt = courier.carry(&trip.job.delivery, trip.at) => attempt,
            () = trip.stop.cancelled() => return,
        };
        let Some(there) = app.upgrade() else { return };
        there.attempted(generation, trip.job, attempt);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ids::SessionId, webhooks::Trigger};

    const NOW: Timestamp = Timestamp::from_secs(1);

    fn deliveries() -> Deliveries {
        let courier = Arc::new(Courier::new(Vec::new()).unwrap());
        Deliveries::new(Weak::new(), courier, fastrand::Rng::with_seed(1))
    }

    fn draft(body: usize) -> Draft {
        let (trigger, session) = (Trigger::CallEnded, SessionId::given("s"));
        Draft { trigger, session, body: vec![b' '; body].into(), repeats: None }
    }

    #[tokio::test]
    async fn what_there_is_no_room_for_is_dropped_and_counted_by_webhook() {
        let url: Arc<str> = "http://127.0.0.1:9/".into();
        let (one, other) =
            (Webhook::of_everything(1, &url, NOW), Webhook::of_everything(2, &url, NOW));
        let deliveries = deliveries();
        for number in 1..=queue::MOST as u64 {
            assert_eq!(deliveries.hand_over(&one, draft(2), NOW), Some(number));
        }
        assert_eq!(deliveries.hand_over(&one, draft(2), NOW), None);
        assert!(deliveries.hand_over(&other, draft(2), NOW).is_some());
        let (_, _, overflowed) = deliveries.records(|_| false);
        assert_eq!(overflowed, BTreeMap::from([(one.id.clone(), 1)]));
        assert_eq!(deliveries.courier.counts()[2], (Standing::Dropped, 1));
        assert_eq!(deliveries.outstanding().pending, queue::MOST + 1);
        assert_eq!(deliveries.drop_all()[&one.id], queue::MOST);
        assert!(deliveries.hand_over(&one, draft(2), NOW).is_some());
    }

    #[tokio::test]
    async fn large_bodies_fill_the_queue_and_the_log_sooner() {
        let webhook = Webhook::of_everything(1, &"http://127.0.0.1:9/".into(), NOW);
        let (deliveries, draft) = (deliveries(), draft(1 << 20));
        let taken =
            (0..40).filter(|_| deliveries.hand_over(&webhook, draft.clone(), NOW).is_some());
        assert_eq!(taken.count(), 32);
        deliveries.drop_all();
        assert!(deliveries.hand_over(&webhook, draft, NOW).is_some());
        let (kept, dropped, overflowed) = deliveries.records(|_| true);
        assert_eq!((kept.len(), dropped, overflowed[&webhook.id]), (32, 1, 8));
    }
}

//! What waits for one webhook. Deliveries of one session keep their order: they stand in a lane of
//! their own, whose next one goes when the one before is done with for good. Lanes go side by side.
//!
//! | a lane | is where |
//! | --- | --- |
//! | can go on | in `ready` |
//! | has its first one under way | with a worker |
//! | has its first one waiting for a time | in `asleep` |
//! | is empty | nowhere |

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::Arc,
};

use tokio_util::sync::CancellationToken;

use super::delivery::Delivery;
use crate::domain::{ids::SessionId, time::Timestamp};

/// How many deliveries wait for a webhook at most.
pub(super) const MOST: usize = 10_000;
/// What their bodies come to at most, in bytes.
pub(super) const MOST_BYTES: usize = 32 * 1024 * 1024;
/// How many are under way at once.
pub(super) const MOST_AT_ONCE: usize = 16;

/// A session's deliveries, or one that has left their order: then with its number.
type Lane = (SessionId, Option<u64>);

/// A delivery on its way.
#[derive(Clone, Debug)]
pub(in crate::runtime) struct Job {
    pub(super) delivery: Arc<Delivery>,
    /// How often it was tried.
    pub(super) tried: usize,
    /// When it failed first, by the app's clock.
    pub(super) failed_at: Option<Timestamp>,
    /// Not before this time, by the app's clock.
    pub(super) not_before: Option<Timestamp>,
    /// It keeps no order.
    pub(super) alone: bool,
}

impl Job {
    fn lane(&self) -> Lane {
        (self.delivery.session.clone(), self.alone.then_some(self.delivery.id))
    }
}

/// The queue of one webhook.
#[derive(Debug)]
pub(super) struct Queue {
    /// Workers of a queue before this one are not this one's.
    pub(super) generation: u64,
    /// What is under way is to be given up.
    pub(super) stop: CancellationToken,
    pub(super) working: usize,
    pub(super) pending: usize,
    pub(super) is_full: bool,
    bytes: usize,
    lanes: HashMap<Lane, VecDeque<Job>>,
    ready: VecDeque<Lane>,
    asleep: BTreeMap<(Timestamp, u64), Job>,
}

impl Queue {
    pub(super) fn new(generation: u64) -> Self {
        Self {
            generation,
            stop: CancellationToken::new(),
            working: 0,
            pending: 0,
            is_full: false,
            bytes: 0,
            lanes: HashMap::new(),
            ready: VecDeque::new(),
            asleep: BTreeMap::new(),
        }
    }

    /// There is room for a body of this size.
    pub(super) fn has_room(&self, bytes: usize) -> bool {
        self.pending < MOST && self.bytes + bytes <= MOST_BYTES
    }

    /// Takes up a delivery. The first one of its lane waits for its time right away.
    pub(super) fn push(&mut self, job: Job) {
        self.pending += 1;
        self.bytes += job.delivery.body.len();
        let lane = job.lane();
        match self.lanes.get_mut(&lane) {
            Some(waiting) => waiting.push_back(job),
            None => match job.not_before {
                Some(time) => {
                    self.lanes.insert(lane, VecDeque::new());
                    self.sleep(job, time);
                }
                None => {
                    self.lanes.insert(lane.clone(), VecDeque::from([job]));
                    self.ready.push_back(lane);
                }
            },
        }
    }

    /// How many more workers would have something to do, and may.
    pub(super) fn vacancies(&self) -> usize {
        self.ready.len().min(MOST_AT_ONCE.saturating_sub(self.working))
    }

    /// The next delivery that can go.
    pub(super) fn take(&mut self) -> Option<Job> {
        let lane = self.ready.pop_front()?;
        self.lanes.get_mut(&lane)?.pop_front()
    }

    /// A delivery is done with.
    pub(super) fn finish(&mut self, job: &Job) {
        self.pending -= 1;
        self.bytes -= job.delivery.body.len();
        self.is_full = false;
        let lane = job.lane();
        if self.lanes.get(&lane).is_none_or(VecDeque::is_empty) {
            self.lanes.remove(&lane);
        } else {
            self.ready.push_back(lane);
        }
    }

    /// A delivery that was taken is to go at this time.
    pub(super) fn sleep(&mut self, job: Job, until: Timestamp) {
        self.asleep.insert((until, job.delivery.id), job);
    }

    /// When the next one that waits for a time is to go.
    pub(super) fn next_due(&self) -> Option<Timestamp> {
        self.asleep.first_key_value().map(|((at, _), _)| *at)
    }

    /// Lets the first one go that waits for a time that has come, and says which one and when.
    pub(super) fn wake(&mut self, now: Timestamp) -> Option<(Timestamp, Job)> {
        let first = self.asleep.first_entry().filter(|entry| entry.key().0 <= now)?;
        let ((due, _), job) = first.remove_entry();
        let lane = job.lane();
        self.lanes.entry(lane.clone()).or_default().push_front(job.clone());
        self.ready.push_back(lane);
        Some((due, job))
    }

    /// All that wait for a time.
    pub(super) fn asleep(&self) -> usize {
        self.asleep.len()
    }
}

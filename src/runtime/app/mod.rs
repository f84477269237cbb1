//! One app at run time: its world behind a lock, its ids, and when it next has to be woken.

mod moving;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::mpsc;

use super::{
    clock::AppClock,
    faults::Faults,
    feed::{Feed, Happening, News},
    hub::Hub,
    ids::IdSource,
    journal::Journal,
    snapshots::Snapshots,
    webhooks::{Attempt, Deliveries, Job, Trip, sink::Sink},
};
use crate::domain::{
    event::Event, ids::AppId, index::Selection, time::Timestamp, webhooks::WebhookId, world::World,
};

pub use self::moving::{Fired, Way};

/// How many events room is kept for after a turn that had more of them, as when many calls fell due.
const MOST_ROOM: usize = 32;

/// Whoever has to know what happens. It is told in the order of happening, while the world is
/// locked: it may take note and pass on, never wait.
pub trait Listener: Send + Sync {
    /// Something happened.
    fn told(&self, scene: &Scene<'_>, event: &Event);
}

/// Where something happened.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    /// In which app.
    pub app: &'a App,
    /// How its world is since then.
    pub world: &'a World,
    /// When, by its clock.
    pub now: Timestamp,
    /// By whose request, if by any.
    pub by: Option<By<'a>>,
}

/// A client that asked for something.
#[derive(Clone, Copy, Debug)]
pub struct By<'a> {
    /// Its own name for itself, if it sent one.
    pub resource: Option<&'a str>,
}

/// An app and the moment at which it wants to be woken.
pub(super) type Alarm = (Timestamp, Arc<App>);

/// An app that requests can be sent to.
pub struct App {
    id: AppId,
    listeners: Arc<[Arc<dyn Listener>]>,
    alarms: mpsc::UnboundedSender<Alarm>,
    faults: Faults,
    journal: Journal,
    feed: Feed,
    hub: Hub,
    snapshots: Snapshots,
    deliveries: Deliveries,
    sink: Sink,
    state: Mutex<State>,
}

/// What an app is made with beside its world.
pub(super) struct Rooms {
    pub(super) faults: Faults,
    pub(super) journal: Journal,
    pub(super) deliveries: Deliveries,
}

struct State {
    world: World,
    /// What happened and is being told; empty between turns. The world and this have two lists
    /// between them, and need no new ones.
    happened: Vec<Event>,
    ids: IdSource,
    clock: AppClock,
    /// The alarm that is set, by the server's clock, so that not every call sets another.
    alarm: Option<Timestamp>,
    /// Those who move the clock forward, and what fell due on their way.
    journeys: BTreeMap<u64, Fired>,
    last_journey: u64,
}

/// Everything of an app at one moment.
#[derive(Clone, Debug)]
pub struct Saved {
    /// The world, with everything that was due done.
    pub world: World,
    /// Where its ids come from, as far as they were drawn.
    pub ids: IdSource,
    /// Its clock, as it was set.
    pub clock: AppClock,
    /// When that was, by its clock.
    pub at: Timestamp,
}

/// One request's time with a world: it alone sees and changes it.
pub struct Turn<'a> {
    /// The world, with everything that was due done.
    pub world: &'a mut World,
    /// Fresh ids.
    pub ids: &'a mut IdSource,
    /// The moment of the whole turn.
    pub now: Timestamp,
}

impl App {
    pub(super) fn new(
        world: World,
        ids: IdSource,
        clock: AppClock,
        rooms: Rooms,
        listeners: Arc<[Arc<dyn Listener>]>,
        alarms: mpsc::UnboundedSender<Alarm>,
    ) -> Self {
        let Rooms { faults, journal, deliveries } = rooms;
        let id = world.app().clone();
        let journeys = BTreeMap::new();
        let (happened, alarm, last_journey) = (Vec::new(), None, 0);
        let state = State { world, happened, ids, clock, alarm, journeys, last_journey };
        let state = Mutex::new(state);
        let (feed, hub, snapshots) = (Feed::default(), Hub::default(), Snapshots::default());
        let sink = Sink::default();
        Self {
            id,
            listeners,
            alarms,
            faults,
            journal,
            feed,
            hub,
            snapshots,
            deliveries,
            sink,
            state,
        }
    }

    /// Its name.
    #[must_use]
    pub const fn id(&self) -> &AppId {
        &self.id
    }

    /// What goes wrong in it on purpose.
    #[must_use]
    pub const fn faults(&self) -> &Faults {
        &self.faults
    }

    /// What it was asked and what it answered.
    #[must_use]
    pub const fn journal(&self) -> &Journal {
        &self.journal
    }

    /// What happens in it.
    #[must_use]
    pub const fn feed(&self) -> &Feed {
        &self.feed
    }

    /// What happened in it after the happening of this number. It waits for the world.
    pub fn news(&self, heard: u64) -> News {
        // A happening may be of a call, which is in this world until the feed is reset with it.
        let state = self.lock();
        self.feed.since(heard, state.world.calls())
    }

    /// Its realtime sockets.
    #[must_use]
    pub const fn hub(&self) -> &Hub {
        &self.hub
    }

    /// Its states that were kept.
    #[must_use]
    pub const fn snapshots(&self) -> &Snapshots {
        &self.snapshots
    }

    /// What its webhooks are told.
    #[must_use]
    pub const fn deliveries(&self) -> &Deliveries {
        &self.deliveries
    }

    /// What the receiver that is built in was told.
    #[must_use]
    pub const fn sink(&self) -> &Sink {
        &self.sink
    }

    /// Everything, as it is now.
    pub fn save(self: &Arc<Self>) -> Saved {
        let mut state = self.lock();
        let at = state.clock.now();
        self.fall_due(&mut state, at);
        self.settle(&mut state);
        let State { world, ids, clock, .. } = &*state;
        Saved { world: world.clone(), ids: ids.clone(), clock: clock.clone(), at }
    }

    /// Puts what was saved in place of everything, in one step.
    pub fn restore(self: &Arc<Self>, saved: Saved) {
        let mut state = self.lock();
        let before = state.world.supersede(saved.world);
        state.ids = saved.ids;
        state.clock = saved.clock;
        state.journeys.clear();
        self.deliveries.drop_all();
        self.feed.reset();
        self.settle(&mut state);
        // To take a large world apart takes time, which nobody has to wait for.
        drop(state);
        drop(before);
    }

    /// Gives `act` the world to itself. Whatever was due is done before; whatever happens is told
    /// before anybody else gets the world.
    pub fn turn<T>(self: &Arc<Self>, act: impl FnOnce(Turn<'_>) -> T) -> T {
        self.turn_of(None, act)
    }

    /// The same, for a client that asked for it.
    pub fn turn_by<T>(self: &Arc<Self>, by: By<'_>, act: impl FnOnce(Turn<'_>) -> T) -> T {
        self.turn_of(Some(by), act)
    }

    fn turn_of<T>(self: &Arc<Self>, by: Option<By<'_>>, act: impl FnOnce(Turn<'_>) -> T) -> T {
        let mut state = self.lock();
        let now = state.clock.now();
        if !self.fall_due(&mut state, now).calls.is_empty() {
            self.tell(&mut state, now, None);
        }
        let State { world, ids, .. } = &mut *state;
        let answer = act(Turn { world, ids, now });
        self.tell(&mut state, now, by);
        self.set_alarm(&mut state);
        answer
    }

    /// The app's clock, as it is.
    pub fn clock(&self) -> AppClock {
        self.lock().clock.clone()
    }

    /// The present moment in the app.
    pub fn now(&self) -> Timestamp {
        self.lock().clock.now()
    }

    /// Looks at the world as it stands, with nothing done that is due.
    pub fn peek<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        look(&self.lock().world)
    }

    /// How many calls there are of this selection, with nothing done that is due.
    pub fn count_calls(&self, what: &Selection) -> usize {
        self.lock().world.count_calls(what)
    }

    /// Puts a fresh world and another clock in place of these, in one step. Nobody is there then.
    pub(super) fn reset(
        self: &Arc<Self>,
        clock: AppClock,
        world: impl FnOnce(&mut IdSource, Timestamp) -> World,
    ) -> World {
        let mut state = self.lock();
        let world = world(&mut state.ids, clock.now());
        let before = state.world.supersede(world);
        state.clock = clock;
        state.journeys.clear();
        self.hub.drop_all();
        self.deliveries.reset();
        self.sink.clear();
        state.world.forget_presence();
        self.feed.reset();
        self.settle(&mut state);
        before
    }

    /// Nobody reaches it any more: whoever still listens is let go.
    pub(super) fn close(&self) {
        self.hub.shut();
        self.feed.close();
        self.deliveries.drop_all();
    }

    /// The next delivery that a worker of a webhook has to try; none lets the worker go.
    pub(super) fn next_trip(
        self: &Arc<Self>,
        webhook: &WebhookId,
        generation: u64,
    ) -> Option<Trip> {
        let mut state = self.lock();
        let trip = self.deliveries.begin(webhook, generation, state.clock.now());
        // Those that are delayed on purpose are waited for.
        self.settle(&mut state);
        trip
    }

    /// A try at a delivery is over.
    pub(super) fn attempted(self: &Arc<Self>, generation: u64, job: Job, attempt: Attempt) {
        let mut state = self.lock();
        let now = state.clock.now();
        let tried = self.deliveries.end(generation, job, attempt, now).map(Arc::new);
        if let Some(tried) = &tried {
            self.feed.tell(Happening::Delivery(Arc::clone(tried)));
        }
        // The next try may be due already, on a clock that was moved in between.
        self.fall_due(&mut state, now);
        self.settle(&mut state);
        drop(state);
        if let Some(tried) = tried {
            tried.log(&self.id);
        }
    }

    /// An alarm went off: does what is due. One that another has taken the place of does nothing,
    /// not even set the next: each that did would be one more for good.
    pub(super) fn wake(self: &Arc<Self>, set_for: Timestamp) {
        let is_set = self.lock().alarm.take_if(|alarm| *alarm == set_for).is_some();
        if is_set {
            self.turn(|_| ());
        }
    }

    /// Tells what happened, in the order of happening.
    fn tell(&self, state: &mut State, now: Timestamp, by: Option<By<'_>>) {
        let State { world, happened, .. } = state;
        world.swap_events(happened);
        let scene = Scene { app: self, world, now, by };
        for event in happened.drain(..) {
            for listener in &*self.listeners {
                listener.told(&scene, &event);
            }
            match &event {
                Event::Call(message) => self.feed.tell_of(message),
                Event::UserGone(uid) => self.hub.drop_user(uid),
                Event::WebhookStopped(id) => {
                    self.deliveries.drop_queue(id);
                    if scene.world.webhook(id.as_str()).is_err() {
                        self.deliveries.forget(id);
                    }
                }
                Event::RoomStarted(..)
                | Event::Joined(..)
                | Event::Left(..)
                | Event::RoomEnded(..)
                | Event::Recorded(_)
                | Event::Transcribed(_)
                | Event::Presence(..)
                | Event::TokenIssued(_)
                | Event::TokenRevoked(_) => {}
            }
        }
        happened.shrink_to(MOST_ROOM);
    }

    fn settle(self: &Arc<Self>, state: &mut State) {
        let now = state.clock.now();
        self.tell(state, now, None);
        self.set_alarm(state);
    }

    fn set_alarm(self: &Arc<Self>, state: &mut State) {
        let due = [state.world.next_deadline(), self.deliveries.next_due()];
        let due = due.into_iter().flatten().min().and_then(|due| state.clock.by_server(due));
        if let Some(due) = due
            && state.alarm.is_none_or(|set| due < set)
        {
            state.alarm = Some(due);
            // Nobody listens any more when the server is going down.
            let _ = self.alarms.send((due, Arc::clone(self)));
        }
    }

    /// A rule that panicked is a defect; the other apps and requests go on all the same.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

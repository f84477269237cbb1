//! A walker: one connection, and apps of its own, in which it plays scenes.

use std::{
    net::SocketAddr,
    sync::{Arc, atomic::Ordering, mpsc::SyncSender},
};

use crate::{
    app::{App, SEEDED, START, Stage},
    client::Client,
    receiver::Receivers,
    scenes::{accepted, scene},
    tally::Tally,
};

/// How many scenes there are to one that webhooks are told of.
const SELDOM: usize = 40;
/// How many calls the apps of a walker may hold at most: a part of how many there can be.
const PARTS: [usize; 4] = [8, 4, 2, 1];

pub(crate) struct Walker<'a> {
    number: usize,
    client: Client,
    rng: fastrand::Rng,
    tally: Arc<Tally>,
    apps: Vec<App>,
    /// An app that is removed where others are reset.
    passing: App,
    passed: usize,
    hooked: Hooked<'a>,
}

/// An app that webhooks are told of.
struct Hooked<'a> {
    app: App,
    receivers: &'a Receivers,
    is_good: bool,
}

/// How many apps there are of so many walkers.
pub(crate) const fn apps_of(walkers: usize) -> usize {
    walkers * (PARTS.len() + 2)
}

impl<'a> Walker<'a> {
    pub(crate) fn new(
        number: usize,
        seed: u64,
        most: usize,
        address: SocketAddr,
        tally: &Arc<Tally>,
        receivers: &'a Receivers,
    ) -> Self {
        let name = |what: &str| format!("w{number}-{what}");
        let apps = PARTS.iter().enumerate();
        let apps =
            apps.map(|(index, part)| App::new(name(&index.to_string()), SEEDED + most / part));
        Self {
            number,
            client: Client::new(address, Arc::clone(tally)),
            rng: fastrand::Rng::with_seed(seed + number as u64),
            tally: Arc::clone(tally),
            apps: apps.collect(),
            passing: App::new(name("passing-0"), SEEDED + most / 8),
            passed: 0,
            hooked: Hooked {
                app: App::new(name("hooked"), SEEDED + most / 8),
                receivers,
                is_good: number.is_multiple_of(2),
            },
        }
    }

    /// Plays until there were so many requests of all walkers.
    pub(crate) fn walk(mut self, until: u64, ticks: &SyncSender<()>) {
        for app in self.apps.iter_mut().chain([&mut self.passing]) {
            Stage::new(app, &mut self.client, &mut self.rng).freeze(START);
        }
        self.hooked.begin(&mut self.client, &mut self.rng);
        while self.tally.requests() < until {
            match self.rng.usize(..SELDOM) {
                0 => self.tell(),
                1..=5 => self.pass(),
                other => self.play(other % PARTS.len()),
            }
            // Whoever asks how the server is may have stopped asking, and that is seen there.
            let _ = ticks.send(());
        }
    }

    fn play(&mut self, index: usize) {
        let app = &mut self.apps[index];
        let is_full = app.calls >= app.most;
        let mut stage = Stage::new(app, &mut self.client, &mut self.rng);
        if is_full {
            self.tally.scene("full");
            return stage.reset();
        }
        let (name, play) = scene(stage.rng);
        self.tally.scene(name);
        play(&mut stage);
    }

    /// In an app that goes when it is full, and another comes.
    fn pass(&mut self) {
        let mut stage = Stage::new(&mut self.passing, &mut self.client, &mut self.rng);
        if stage.app.calls < stage.app.most {
            let (name, play) = scene(stage.rng);
            self.tally.scene(name);
            return play(&mut stage);
        }
        self.tally.scene("passed");
        let path = format!("/apps/{}", stage.app.name);
        stage.control("DELETE", &path, "");
        self.passed += 1;
        let name = format!("w{}-passing-{}", self.number, self.passed);
        self.passing = App::new(name, self.passing.most);
        Stage::new(&mut self.passing, &mut self.client, &mut self.rng).freeze(START);
    }

    /// In an app that webhooks are told of.
    fn tell(&mut self) {
        self.tally.scene(if self.hooked.is_good { "told" } else { "told in vain" });
        self.hooked.play(&mut self.client, &mut self.rng);
    }
}

impl Hooked<'_> {
    fn begin(&mut self, client: &mut Client, rng: &mut fastrand::Rng) {
        let seed = if self.is_good { self.receivers.good() } else { self.receivers.bad() };
        let mut stage = Stage::new(&mut self.app, client, rng);
        stage.freeze(START);
        stage.control("POST", "/seed", &seed.to_string());
    }

    fn play(&mut self, client: &mut Client, rng: &mut fastrand::Rng) {
        if self.app.calls >= self.app.most {
            Stage::new(&mut self.app, client, rng).reset();
            return self.begin(client, rng);
        }
        let before = self.receivers.received.load(Ordering::Relaxed);
        let mut stage = Stage::new(&mut self.app, client, rng);
        accepted(&mut stage);
        if self.is_good {
            let flushed = stage.control("POST", "/webhooks/flush?within=10m", "");
            assert_eq!(flushed["pending"], 0, "{flushed}");
            assert!(self.receivers.received.load(Ordering::Relaxed) > before);
        }
        let told = stage.control("GET", "/webhooks/deliveries?limit=3", "");
        assert_eq!(told["deliveries"].as_array().unwrap().len(), 3, "{told}");
        for delivery in told["deliveries"].as_array().unwrap() {
            let status = if self.is_good { "delivered" } else { "pending" };
            assert_eq!(delivery["status"], status, "{delivery}");
        }
    }
}

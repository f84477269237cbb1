//! The lives of the server: one ended by SIGTERM, one by SIGKILL, and a long one.

use std::{
    io::Write,
    net::{Ipv4Addr, TcpListener},
    os::unix::process::ExitStatusExt,
    process::{self, ExitStatus},
    sync::{Arc, atomic::Ordering, mpsc},
    thread,
};

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::{
    app::{App, GROUP, Stage},
    beside::{Probe, check_buffer, listen},
    client::{Client, connect},
    receiver::Receivers,
    samples::Samples,
    scenes::untouched,
    server::Server,
    tally::Tally,
    walker::{Walker, apps_of},
};

const WALKERS: usize = 6;
/// How many calls the largest app of a walker may hold beside the seed's, and how many requests a
/// journal keeps, at most.
const MOST: usize = 300;
/// How many requests of a soak there have to be to one of those: every app is to have been full
/// when the first quarter of the shortest life, a sixteenth of all, is over. There are 36, and a
/// call takes some 7 requests.
const TO_ONE: usize = 4000;
/// How often memory is looked at in a life.
const SAMPLES: u64 = 100;
/// How many connections may be found closed before a request was sent: none, unless everything is
/// held for longer than the server keeps idle connections.
const MOST_HANG_UPS: u64 = 500;

/// Each life's part of the requests, in quarters, and how it ends.
const LIVES: [(usize, Signal); 3] = [(1, Signal::TERM), (1, Signal::KILL), (2, Signal::TERM)];

/// What all lives have in common.
struct Soak {
    most: usize,
    port: u16,
    args: Vec<String>,
    tally: Arc<Tally>,
    receivers: Receivers,
    /// How an app is that nobody has touched.
    origin: Option<Value>,
}

/// So many requests.
pub(crate) fn soak(requests: usize) {
    let seed = tempfile::NamedTempFile::new().unwrap();
    seed.as_file().write_all(world().to_string().as_bytes()).unwrap();
    let most = (requests / TO_ONE).clamp(20, MOST);
    let journal = most.to_string();
    let args = ["--seed-rng", "1", "--journal", &journal, "--seed", seed.path().to_str().unwrap()];
    let args = args.map(str::to_owned).to_vec();
    let receivers = Receivers::start();
    let mut soak =
        Soak { most, port: free_port(), args, tally: Arc::default(), receivers, origin: None };
    for (number, (quarters, signal)) in LIVES.into_iter().enumerate() {
        let until = soak.tally.requests() + (requests * quarters / 4) as u64;
        soak.live(number, until, signal);
    }
    soak.report();
}

/// A port that nobody has, and that nobody is given by chance between one life and the next: below
/// those that the system hands out.
fn free_port() -> u16 {
    let first = 10_000 + u16::try_from(process::id() % 10_000).unwrap();
    let mut candidates = (first..first + 10_000).step_by(7);
    candidates.find(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok()).unwrap()
}

/// What every app has from the start.
fn world() -> Value {
    let call = |session: &str, to: &str, status: &str| {
        json!({ "sessionId": session, "caller": "cometchat-uid-1", "receiver": to,
            "receiverType": if to == GROUP { "group" } else { "user" },
            "status": status, "initiatedAt": 1000 })
    };
    json!({ "calls": [call("past", "cometchat-uid-2", "ended"), call("old", GROUP, "cancelled")] })
}

impl Soak {
    fn live(&mut self, number: usize, until: u64, signal: Signal) {
        let args: Vec<_> = self.args.iter().map(String::as_str).collect();
        let server = Server::start(self.port, &args);
        self.check_origin(&server);
        let mut probe = Probe::new(server.address, &self.tally);
        assert_eq!(probe.ask()["apps"], 1);
        let listener = listen(server.address, "w0-0", &self.tally);
        let before = server.descriptors();

        let samples = self.walk(number, &server, &mut probe, until);
        println!("life {number}, KiB by quarters: {:?}", samples.quarters());
        samples.check();
        check_buffer(&mut probe, server.address, "w0-0");
        self.check_descriptors(&server, &mut probe, before);

        // Both are let go by who ends in good order.
        let idle = connect(server.address);
        let status = server.end(signal);
        check_end(status, signal);
        drop(idle);
        listener.join().unwrap();
    }

    /// Every life begins with the same world.
    fn check_origin(&mut self, server: &Server) {
        let mut client = Client::new(server.address, Arc::default());
        let (mut app, mut rng) = (App::new("mock-app".to_owned(), 0), fastrand::Rng::with_seed(0));
        let origin = untouched(&mut Stage::new(&mut app, &mut client, &mut rng));
        assert_eq!(self.origin.get_or_insert_with(|| origin.clone()), &origin);
    }

    fn walk(&self, number: usize, server: &Server, probe: &mut Probe, until: u64) -> Samples {
        let begun = self.tally.requests();
        let every = ((until - begun) / SAMPLES).max(1);
        let mut samples = Samples::default();
        thread::scope(|scope| {
            let (tick, ticks) = mpsc::sync_channel(WALKERS);
            for walker in 0..WALKERS {
                let (tick, seed) = (tick.clone(), 1000 * number as u64);
                let address = server.address;
                let (most, receivers) = (self.most, &self.receivers);
                let walker = Walker::new(walker, seed, most, address, &self.tally, receivers);
                scope.spawn(move || walker.walk(until, &tick));
            }
            drop(tick);
            for () in ticks {
                probe.ask();
                let due = begun + every * samples.0.len() as u64;
                if self.tally.requests() >= due {
                    samples.0.push(server.resident());
                    self.check_metrics(probe);
                }
            }
        });
        samples
    }

    /// What the walkers had open is closed.
    fn check_descriptors(&self, server: &Server, probe: &mut Probe, before: usize) {
        // Deliveries to who never answers are given up.
        let mut client = Client::new(server.address, Arc::default());
        let mut app = App::new("mock-app".to_owned(), 0);
        let mut rng = fastrand::Rng::with_seed(0);
        Stage::new(&mut app, &mut client, &mut rng).control("POST", "/reset?all=true", "");
        drop(client);
        let mut left = server.descriptors();
        for _ in 0..100_000 {
            if left <= before {
                return;
            }
            // The server comes to closing them while it answers this.
            probe.ask();
            left = server.descriptors();
        }
        panic!("{left} descriptors are open, and {before} were");
    }

    fn report(&self) {
        let tally = &self.tally;
        println!(
            "{} requests, {} probes, {} events heard, {} deliveries received, {} idle hang-ups",
            tally.requests(),
            tally.probes.load(Ordering::Relaxed),
            tally.events.load(Ordering::Relaxed),
            self.receivers.received.load(Ordering::Relaxed),
            tally.hang_ups(),
        );
        for (scene, times) in tally.scenes() {
            println!("{times:>9} {scene}");
        }
        assert!(tally.hang_ups() <= MOST_HANG_UPS, "{} connections were lost", tally.hang_ups());
        let heard = tally.events.load(Ordering::Relaxed);
        assert!(heard > 0, "nothing was heard of what happened");
    }

    fn check_metrics(&self, probe: &mut Probe) {
        let metrics = probe.get("/metrics", "");
        let metric = |name| usize::try_from(Probe::metric(&metrics, name)).unwrap();
        let apps = metric("mock_calls_apps");
        assert!(apps <= 1 + apps_of(WALKERS), "{apps} apps");
        let entries = metric("mock_calls_journal_entries");
        assert!(entries <= (1 + apps_of(WALKERS)) * self.most, "{entries} entries");
        let sockets = metric("mock_calls_sockets");
        // One that was closed without a word may not have been noticed yet.
        assert!(sockets <= 4 * WALKERS, "{sockets} sockets");
    }
}

fn check_end(status: ExitStatus, signal: Signal) {
    match status.signal() {
        None => assert!(status.success() && signal == Signal::TERM, "{status}"),
        Some(number) => assert!(number == signal.as_raw() && signal == Signal::KILL, "{status}"),
    }
}

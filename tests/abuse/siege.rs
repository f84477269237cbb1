//! A server that is abused, and the probe beside it.

use std::{
    net::SocketAddr,
    sync::mpsc::{self, RecvTimeoutError, Sender},
    thread::{self, JoinHandle},
    time::Duration,
};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::{line::Line, server::Server};

/// How long the probe waits between two questions.
const PAUSE: Duration = Duration::from_millis(5);
/// How often, and at which distance, is looked whether something is so: for a minute.
const LOOKS: usize = 6000;
const LOOK: Duration = Duration::from_millis(10);
/// What the allocator keeps of what was given back: its arenas, one for each thread that was busy.
pub(crate) const SPARE: u64 = 24 * 1024;

pub(crate) struct Siege {
    pub(crate) server: Server,
    resident: u64,
    descriptors: usize,
    probe: Probe,
}

struct Probe {
    stop: Sender<()>,
    asking: JoinHandle<usize>,
}

impl Siege {
    pub(crate) fn begin(args: &[&str]) -> Self {
        Self::of(Server::start(0, args))
    }

    /// Against a server that is there already.
    pub(crate) fn of(server: Server) -> Self {
        allow_descriptors();
        let address = server.address;
        // One more is the probe's.
        let descriptors = server.descriptors() + 1;
        let probe = Probe::start(address);
        // Whatever is made with the first request is there.
        for _ in 0..20 {
            assert_eq!(Line::to(address).get("/v3/calls"), 401);
        }
        Self { resident: server.resident(), descriptors, server, probe }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.server.address
    }

    /// How much more memory is in use than at first, in KiB.
    pub(crate) fn grown(&self) -> u64 {
        self.server.resident().saturating_sub(self.resident)
    }

    /// How many more descriptors are open than at first.
    pub(crate) fn opened(&self) -> usize {
        self.server.descriptors().saturating_sub(self.descriptors)
    }

    /// Does the same twice: the second time may take no more than the first has left behind, for an
    /// allocator gives little back to the system, and uses it again.
    #[track_caller]
    pub(crate) fn end_after_twice(self, abuse: impl Fn(&Self)) {
        abuse(&self);
        until("the descriptors are closed", || self.opened() == 0);
        let first = self.grown();
        abuse(&self);
        self.end(first + first / 10 + SPARE);
    }

    /// It is over: all is as it was, but for so much memory, in KiB.
    #[track_caller]
    pub(crate) fn end(self, room: u64) {
        until("the descriptors are closed", || self.opened() == 0);
        until(&format!("not more than {room} KiB are kept"), || self.grown() <= room);
        let Probe { stop, asking } = self.probe;
        drop(stop);
        assert!(asking.join().unwrap() > 0, "the probe had no time to ask");
    }
}

impl Probe {
    fn start(address: SocketAddr) -> Self {
        let (stop, stopped) = mpsc::channel::<()>();
        let mut line = Line::to(address);
        let asking = thread::spawn(move || {
            let mut answers = 0;
            loop {
                assert_eq!(line.get("/healthz"), 200);
                answers += 1;
                if stopped.recv_timeout(PAUSE) == Err(RecvTimeoutError::Disconnected) {
                    return answers;
                }
            }
        });
        Self { stop, asking }
    }
}

/// Looks until it is so.
#[track_caller]
pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    for _ in 0..LOOKS {
        if is_so() {
            return;
        }
        thread::sleep(LOOK);
    }
    panic!("it is not so that {what}");
}

/// As many as this process may have.
fn allow_descriptors() {
    let limit = getrlimit(Resource::Nofile);
    let all = Rlimit { current: limit.maximum, maximum: limit.maximum };
    setrlimit(Resource::Nofile, all).unwrap();
}

//! Load on a server: a number of connections with one request under way on each, so that the
//! server always has something to do and never more than that.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use crate::{
    Outcome,
    figures::short,
    http::{Answer, Connection},
    process::{self, Server},
};

/// How many connections there are.
pub(crate) const CONNECTIONS: usize = 32;

/// The requests of a turn are a multiple of this: each connection then has as many as the others,
/// and leaves no call that rings, which would be over before the next turn.
pub(crate) const WHOLE: u32 = 32 * 3;

/// What is asked over the connections.
pub(crate) trait Script {
    /// How many requests go out at once, before the first of their answers is read. With more than
    /// one the load costs less, and is less like what clients do.
    fn at_once(&self) -> u32 {
        1
    }

    /// Adds the next request of this connection to the buffer.
    fn next(&mut self, connection: usize, request: &mut Vec<u8>);

    /// Reads the answer to it.
    ///
    /// # Errors
    /// When it is not the expected one: what was refused costs something else.
    fn answered(&mut self, connection: usize, answer: Answer<'_>) -> Outcome;
}

/// What a turn came to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Turn {
    /// Requests answered.
    pub(crate) requests: u32,
    pub(crate) took: Duration,
    /// CPU time of the server.
    pub(crate) server: Duration,
    /// CPU time of the load itself, but for waiting.
    pub(crate) load: Duration,
}

impl Turn {
    /// Server CPU time of a request, in seconds.
    pub(crate) fn cpu(&self) -> f64 {
        self.server.as_secs_f64() / f64::from(self.requests)
    }

    /// From request to request, in seconds.
    pub(crate) fn pace(&self) -> f64 {
        self.took.as_secs_f64() / f64::from(self.requests)
    }

    /// How many requests cost the server this much CPU time.
    pub(crate) fn requests_for(&self, cpu: Duration) -> u32 {
        whole(cpu.as_secs_f64() / self.cpu().max(1e-6))
    }

    /// Tells whoever waits for the end.
    pub(crate) fn tell(&self, server: &Server) {
        let busy = |cpu: Duration| short(100.0 * cpu.as_secs_f64() / self.took.as_secs_f64());
        eprintln!(
            "  {}: {} requests, {} µs apart, {} µs of CPU each; server {}% busy, load {}%",
            server.name,
            self.requests,
            short(self.pace() * 1e6),
            short(self.cpu() * 1e6),
            busy(self.server),
            busy(self.load),
        );
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a number of requests, whichever near it"
)]
fn whole(requests: f64) -> u32 {
    (requests as u32).next_multiple_of(WHOLE)
}

/// Sends so many requests to a server, and sees what they cost.
pub(crate) fn turn(server: &Server, script: &mut dyn Script, requests: u32) -> Outcome<Turn> {
    let (server_before, load_before) = (server.cpu()?, process::own_cpu()?);
    let begin = Instant::now();
    let waited = drive(server.address, script, requests)
        .map_err(|error| format!("{}: {error}\n{}", server.name, server.said()))?;
    let took = begin.elapsed();
    let (server, load) = (server.cpu()?, process::own_cpu()?);
    let server = server.saturating_sub(server_before);
    let load = load.saturating_sub(load_before).saturating_sub(waited);
    Ok(Turn { requests, took, server, load })
}

/// The connections take turns: the answer of each is read, and its next request written, in the
/// same order, in which a server on one core gets to them too. So nothing has to wait for many
/// sockets at once, which would cost more than all the rest.
///
/// It waits awake: to wake it would be the server's work, the more of it the longer the load has
/// nothing to do. Where many requests go out at once it sleeps, for there it has no core to itself.
fn drive(to: SocketAddr, script: &mut dyn Script, requests: u32) -> Outcome<Duration> {
    let mut connections = Vec::new();
    for _ in 0..CONNECTIONS {
        let mut connection = Connection::open(to)?;
        if script.at_once() == 1 {
            connection.stay_awake()?;
        }
        connections.push((connection, 0));
    }
    let mut buffer = Vec::new();
    let mut left = requests;
    loop {
        let mut answered = 0;
        for (index, (connection, under_way)) in connections.iter_mut().enumerate() {
            answered += *under_way;
            for _ in 0..*under_way {
                connection.receive(|answer| script.answered(index, answer))??;
            }
            *under_way = left.min(script.at_once());
            left -= *under_way;
            buffer.clear();
            for _ in 0..*under_way {
                script.next(index, &mut buffer);
            }
            connection.send(&buffer)?;
        }
        if answered == 0 && connections.iter().all(|(_, under_way)| *under_way == 0) {
            return Ok(connections.iter().map(|(connection, _)| connection.waited()).sum());
        }
    }
}

//! What goes on beside the walkers: somebody asks whether the server is well, and somebody listens
//! to what happens.

use std::{
    io::{BufRead, BufReader, Write},
    net::{SocketAddr, TcpStream},
    sync::{Arc, atomic::Ordering},
    thread::{self, JoinHandle},
};

use serde_json::Value;

use crate::{
    client::{Ask, Client, connect},
    tally::Tally,
};

/// How many happenings of an app are kept.
const MOST_KEPT: usize = 1000;

/// Asks the server how it is.
pub(crate) struct Probe(Client, Arc<Tally>);

impl Probe {
    pub(crate) fn new(address: SocketAddr, tally: &Arc<Tally>) -> Self {
        // What it asks is not counted with what the walkers do.
        Self(Client::new(address, Arc::default()), Arc::clone(tally))
    }

    pub(crate) fn ask(&mut self) -> Value {
        self.1.probes.fetch_add(1, Ordering::Relaxed);
        let reply = self.get("/healthz", "");
        serde_json::from_str(&reply).unwrap()
    }

    /// The value of a metric that has no labels.
    pub(crate) fn metric(metrics: &str, name: &str) -> u64 {
        let value = metrics.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        value.unwrap_or_else(|| panic!("no {name} in {metrics}")).parse().unwrap()
    }

    pub(crate) fn get(&mut self, path: &str, headers: &str) -> String {
        let reply = self.0.send(&Ask { method: "GET", path, headers, body: "" });
        assert_eq!(reply.status, 200, "{path}: {}", reply.text);
        reply.text
    }
}

/// Listens to an app until the server ends.
pub(crate) fn listen(address: SocketAddr, app: &str, tally: &Arc<Tally>) -> JoinHandle<()> {
    let (mut events, tally) = (follow(address, app, ""), Arc::clone(tally));
    thread::spawn(move || {
        let mut last = 0;
        while let Some(event) = events.next() {
            let id = event.id;
            assert!(id > last, "{id} comes after {last}");
            last = id;
            tally.events.fetch_add(1, Ordering::Relaxed);
        }
    })
}

/// All that is kept of what happened in an app stays within its bound.
pub(crate) fn check_buffer(probe: &mut Probe, address: SocketAddr, app: &str) {
    let last = format!("appId: {app}\r\nx-last: request\r\n");
    let ask = Ask { method: "GET", path: "/v3/calls/last", headers: &last, body: "" };
    probe.0.send(&ask);
    let mut events = follow(address, app, "Last-Event-ID: 0\r\n");
    let mut kept = 1;
    while !events.next().unwrap().data.contains("x-last") {
        kept += 1;
    }
    assert!(kept <= MOST_KEPT, "{kept} events are kept");
}

struct Events(BufReader<TcpStream>);

struct Event {
    id: u64,
    data: String,
}

fn follow(address: SocketAddr, app: &str, more: &str) -> Events {
    let mut line = connect(address);
    // Nothing may happen for long.
    line.get_ref().set_read_timeout(None).unwrap();
    let request =
        format!("GET /__mock/events HTTP/1.1\r\nHost: localhost\r\nappId: {app}\r\n{more}\r\n");
    line.get_mut().write_all(request.as_bytes()).unwrap();
    let mut greeting = String::new();
    while !greeting.starts_with(": listening to") {
        greeting.clear();
        assert!(line.read_line(&mut greeting).unwrap() > 0, "nobody may listen");
    }
    Events(line)
}

impl Events {
    /// None, when the server has ended.
    fn next(&mut self) -> Option<Event> {
        let (mut data, mut line) = (String::new(), String::new());
        loop {
            line.clear();
            if self.0.read_line(&mut line).ok()? == 0 {
                return None;
            }
            if let Some(came) = line.strip_prefix("data: ") {
                data = came.trim_end().to_owned();
            }
            if let Some(id) = line.strip_prefix("id: ") {
                return Some(Event { id: id.trim_end().parse().unwrap(), data });
            }
        }
    }
}

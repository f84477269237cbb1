//! More connections than one thinks of.

use std::process::Command;

use crate::{
    line::Line,
    server::{Server, binary},
    siege::{SPARE, Siege, until},
};

/// What an idle connection may take, in KiB: its task, its buffers, and as much again.
const EACH: u64 = 24;

#[test]
fn five_thousand_that_are_idle() {
    Siege::begin(&[]).end_after_twice(|siege| {
        let mut all: Vec<_> = (0..5000)
            .map(|_| {
                let mut line = Line::to(siege.address());
                line.write(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
                line
            })
            .collect();
        assert!(siege.opened() > 4000, "{} are open", siege.opened());
        assert!(all.iter_mut().all(|line| line.answer().status == 200));
        assert!(siege.grown() <= 5000 * EACH, "{} KiB", siege.grown());
    });
}

/// A server that a shell has said something else about.
fn below(limit: &str) -> Server {
    let mut command = Command::new("sh");
    command.args(["-c", &format!(r#"{limit}; exec "$0" --port 0"#)]).arg(binary());
    Server::started(command)
}

/// The time it was at work, in hundredths of a second.
fn ticks(server: &Server) -> u64 {
    let stat = server.proc("stat");
    let fields: Vec<_> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    fields[11..13].iter().map(|ticks| ticks.parse::<u64>().unwrap()).sum()
}

#[test]
fn the_server_takes_all_the_descriptors_it_may_have() {
    let limits = below("ulimit -S -n 64").proc("limits");
    let files = limits.lines().find_map(|line| line.strip_prefix("Max open files")).unwrap();
    let files: Vec<_> = files.split_whitespace().collect();
    assert_eq!(files[0], files[1], "{files:?}");
    assert_ne!(files[0], "64");
}

/// Those that came too late are answered when others go. Meanwhile the server neither ends nor
/// turns round in circles, and says once what is the matter.
#[test]
fn no_descriptors_are_left() {
    let siege = Siege::of(below("ulimit -n 64"));
    let all: Vec<_> = (0..100).map(|_| Line::to(siege.address())).collect();
    let mut late = Line::to(siege.address());
    until("no descriptors are left", || siege.server.said().contains("cannot accept"));
    let (before, mut looks) = (ticks(&siege.server), 0);
    until("a second has passed", || {
        looks += 1;
        looks > 100
    });
    let busy = ticks(&siege.server) - before;
    assert!(busy < 50, "{busy} hundredths of a second were spent on nothing");
    drop(all);
    assert_eq!(late.get("/healthz"), 200);
    drop(late);
    let said = siege.server.said();
    siege.end(SPARE);
    // Once, and once more for those that had gone by then and were still in the queue.
    let warnings = said.lines().filter(|line| line.contains("cannot accept connections")).count();
    assert!((1..=5).contains(&warnings), "{said}");
}

//! How small the server is, beside what it is to be at most.

use std::{fs, thread::sleep, time::Duration};

use super::Part;
use crate::{
    Outcome, Tools,
    calls::{self, Place},
    figures::{Spread, Table, short},
    load::{CONNECTIONS, WHOLE, turn},
    process::{SERVER_CORE, Server},
    scripts::{Again, Lives},
};

const MIB: f64 = 1024.0 * 1024.0;
/// How often it is started.
const STARTS: usize = 31;
/// How long it is left alone before it counts as idle.
const REST: Duration = Duration::from_secs(2);
/// A million requests, half of them shown, half refused.
const HALF: u32 = 500_000_u32.next_multiple_of(WHOLE);
/// A hundred thousand calls.
const CALLS: u32 = 100_000_u32.next_multiple_of(32);

pub(super) fn small(tools: &Tools) -> Outcome<Part> {
    let mut table = Table::new(&["what", "at most", "of that", "result"]);
    let mut row = |what: &str, most: &str, share: Spread| {
        let met = table.goal(what, share.median <= 1.0);
        table.row(&[&what, &most, &share, &met]);
    };
    row("from its start to its first answer", "15 ms", starts(tools)?);
    let (idle, after) = memory(tools)?;
    row("memory, idle", "12 MiB", once(idle / (12.0 * MIB)));
    row("memory after a million requests", "64 MiB", once(after / (64.0 * MIB)));
    row("memory of a stored one-to-one call", "1,000 bytes", once(stored(tools)? / 1000.0));
    let binary = fs::metadata(&tools.server)?.len();
    eprintln!("  the binary has {binary} bytes");
    row("the binary", "8 MiB", once(bytes(binary) / (8.0 * MIB)));
    Ok(Part::of(table))
}

fn once(figure: f64) -> Spread {
    Spread::of(vec![figure])
}

#[expect(clippy::cast_precision_loss, reason = "far less than where that begins")]
const fn bytes(count: u64) -> f64 {
    count as f64
}

/// The share of what a start may take.
fn starts(tools: &Tools) -> Outcome<Spread> {
    let (mut took, mut cpu) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        let server = tools.ours(SERVER_CORE, &[])?;
        cpu.push(server.cpu()?.as_secs_f64() * 1000.0);
        took.push(server.ready.as_secs_f64() * 1000.0);
    }
    let (all, cpu) = (Spread::of(took.clone()), Spread::of(cpu));
    eprintln!("  {all} ms from its start to its first answer, {cpu} ms of CPU");
    Ok(Spread::of(took.into_iter().map(|took| took / 15.0).collect()))
}

/// On both cores, as it is started by somebody who says nothing of them; in bytes, idle and after
/// a million requests. These bring about no calls, for those are kept, and are counted for
/// themselves.
fn memory(tools: &Tools) -> Outcome<(f64, f64)> {
    let server = tools.ours("0,1", &[])?;
    let idle = resident(&server, "idle")?;
    let (over, _) = Place::of("bench-over").live(server.address)?;
    let shown = calls::show("bench-over", &over);
    let refused = calls::refused(server.address, "bench-busy")?;
    turn(&server, &mut Again::one(shown, 200), HALF)?;
    turn(&server, &mut Again::one(refused, 400), HALF)?;
    Ok((idle, resident(&server, "after a million requests")?))
}

/// What a call that is over takes, in bytes: one app, many callers, no journal.
fn stored(tools: &Tools) -> Outcome<f64> {
    let server = tools.ours("0,1", &["--journal", "0"])?;
    let places = Place::all_in("bench", CONNECTIONS, server.address)?;
    let mut lives = Lives::at(places);
    turn(&server, &mut lives, WHOLE)?;
    let before = resident(&server, "without calls")?;
    turn(&server, &mut lives, CALLS * 3)?;
    let after = resident(&server, "with calls")?;
    let each = (after - before) / f64::from(CALLS);
    eprintln!("  {} bytes for a call", short(each));
    Ok(each)
}

/// Its memory when nothing goes on, in bytes.
fn resident(server: &Server, when: &str) -> Outcome<f64> {
    sleep(REST);
    let memory = bytes(server.memory()?);
    eprintln!("  {} MiB {when}", short(memory / MIB));
    Ok(memory)
}

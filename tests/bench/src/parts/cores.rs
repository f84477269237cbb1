//! Whether two cores serve twice what one does, when the apps differ: each connection has one of
//! its own, in which a call is shown and its type changed.
//!
//! A machine with two cores has none left for the load. So the load is made light, many requests
//! going out at once, and two things are told: how much faster two cores answer, the load among
//! them, and twice the CPU time that a request takes on one core beside what it takes on two, which
//! is less than two when the cores are in each other's way. The bare server says what the machine
//! itself allows.

use std::time::Duration;

use super::Part;
use crate::{
    Outcome, Tools,
    calls::{self, Place, ask_for, session},
    figures::{Spread, Table, short},
    load::{CONNECTIONS, Turn, WHOLE, turn},
    process::{LOAD_CORE, SERVER_CORE, Server, stay_on},
    scripts::Rows,
};

const BOTH: &str = "0,1";
const ROUNDS: u32 = 5;
/// How much CPU time a turn takes, about.
const TURN: Duration = Duration::from_secs(1);
/// What fills the journals: half a row more for each connection than one keeps.
const WARM_UP: u32 = 15_000 * 32;
/// What nearly twice is.
const GOAL: f64 = 1.7;

pub(super) fn cores(tools: &Tools) -> Outcome<Part> {
    let ours = [tools.ours(SERVER_CORE, &[])?, tools.ours(BOTH, &[])?];
    let [one, two] = &ours;
    let mut scripts = [rows(one)?, rows(two)?];
    let shown = Place::of("bench").live(one.address)?.1;
    let [answer, ..] = &shown;
    let bare = [tools.bare(SERVER_CORE, [answer; 4])?, tools.bare(BOTH, [answer; 4])?];
    for (server, script) in ours.iter().zip(&mut scripts) {
        turn(server, script, WARM_UP)?;
    }

    let mut table = Table::new(&[
        "two cores beside one",
        "in the same time",
        "for the same CPU time",
        "at least",
        "result",
    ]);
    let (pace, cpu) = scaling(&ours, &mut scripts)?;
    let met = table.goal("two cores", cpu.median >= GOAL);
    table.row(&[&"mock-calls", &pace, &cpu, &short(GOAL), &met]);
    let (pace, cpu) = scaling(&bare, &mut scripts)?;
    table.row(&[&"bare axum", &pace, &cpu, &"", &""]);
    Ok(Part::of(table))
}

/// What each connection asks, in an app of its own: to be shown a call, and to have its type
/// changed there and back.
fn rows(server: &Server) -> Outcome<Rows> {
    let mut rows = Vec::new();
    for place in Place::each_in_an_app(CONNECTIONS) {
        let begun = ask_for(server.address, &place.initiate())?;
        let id = session(begun.body.as_bytes())?;
        ask_for(server.address, &place.accept(id))?;
        let show = calls::show(&place.app, &String::from_utf8_lossy(id));
        let change = |to| place.change_type(id, to);
        rows.push(vec![show.clone(), change("video"), show, change("audio")]);
    }
    Ok(Rows::of(rows))
}

/// How much better the second does than the first, by pace and by CPU time.
fn scaling(servers: &[Server; 2], scripts: &mut [Rows; 2]) -> Outcome<(Spread, Spread)> {
    let [one, two] = servers;
    let [script, also_script] = scripts;
    let requests = turn(one, script, 50 * WHOLE)?.requests_for(TURN);
    let (mut pace, mut cpu) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        // With the load on the same core: on another, waking each other would cost both.
        stay_on(SERVER_CORE)?;
        let alone = told(one, script, requests)?;
        stay_on(BOTH)?;
        let both = told(two, also_script, requests)?;
        stay_on(LOAD_CORE)?;
        pace.push(alone.pace() / both.pace());
        cpu.push(2.0 * alone.cpu() / both.cpu());
    }
    Ok((Spread::of(pace), Spread::of(cpu)))
}

fn told(server: &Server, script: &mut Rows, requests: u32) -> Outcome<Turn> {
    let turn = turn(server, script, requests)?;
    turn.tell(server);
    Ok(turn)
}

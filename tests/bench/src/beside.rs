//! Two servers, asked the same in turns.

use std::time::Duration;

use crate::{
    Outcome,
    figures::{Spread, short},
    load::{Script, Turn, WHOLE, turn},
    process::Server,
};

/// How much CPU time a turn of the first server takes, about: it is counted in hundredths of a
/// second.
const TURN: Duration = Duration::from_millis(1000);
/// How many requests find out how many that are.
const PILOT: u32 = 100 * WHOLE;

/// A server, and what it is asked.
pub(crate) struct Asked<'a> {
    pub(crate) server: &'a Server,
    pub(crate) script: &'a mut dyn Script,
}

/// How the first did beside the second: 1 is as well, 0.5 half as well.
pub(crate) struct Beside {
    /// Requests in the same time.
    pub(crate) pace: Spread,
    /// Requests for the same CPU time of the server.
    pub(crate) cpu: Spread,
}

/// Has both answer as many requests, one after the other, several times. Every other time the
/// second begins, so that neither has the better half of what else the machine does.
pub(crate) fn beside(mut ours: Asked<'_>, mut theirs: Asked<'_>, rounds: u32) -> Outcome<Beside> {
    let requests = requests(&mut ours)?;
    let (mut pace, mut cpu) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        let (one, other) = if round % 2 == 0 {
            let one = run(&mut ours, requests)?;
            (one, run(&mut theirs, requests)?)
        } else {
            let other = run(&mut theirs, requests)?;
            (run(&mut ours, requests)?, other)
        };
        pace.push(other.pace() / one.pace());
        cpu.push(other.cpu() / one.cpu());
    }
    Ok(Beside { pace: Spread::of(pace), cpu: Spread::of(cpu) })
}

/// How many requests fill a turn.
pub(crate) fn requests(asked: &mut Asked<'_>) -> Outcome<u32> {
    let pilot = turn(asked.server, asked.script, PILOT)?;
    let fit = TURN.as_secs_f64() / pilot.cpu();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a number of requests, whichever near it"
    )]
    Ok((fit as u32).next_multiple_of(WHOLE))
}

fn run(asked: &mut Asked<'_>, requests: u32) -> Outcome<Turn> {
    let done = turn(asked.server, asked.script, requests)?;
    eprintln!(
        "  {}: {requests} requests, {} µs apart, {} µs of CPU each; server {}% busy, load {}%",
        asked.server.name,
        short(done.pace() * 1e6),
        short(done.cpu() * 1e6),
        short(done.server_busy() * 100.0),
        short(done.load_busy() * 100.0),
    );
    Ok(done)
}

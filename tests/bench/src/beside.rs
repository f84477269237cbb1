//! Two servers, asked the same in turns.

use std::time::Duration;

use crate::{
    Outcome,
    figures::Spread,
    load::{Script, Turn, WHOLE, turn},
    process::Server,
};

/// How much is put into a comparison.
#[derive(Clone, Copy)]
pub(crate) struct Effort {
    /// How many turns each has.
    pub(crate) rounds: u32,
    /// How much CPU time a turn takes, about.
    pub(crate) turn: Duration,
}

/// How many requests find out how many that are.
const PILOT: u32 = 5 * WHOLE;

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
pub(crate) fn beside(
    mut ours: Asked<'_>,
    mut theirs: Asked<'_>,
    effort: Effort,
) -> Outcome<Beside> {
    let pilot = turn(ours.server, ours.script, PILOT)?;
    let requests = pilot.requests_for(effort.turn);
    let (mut pace, mut cpu) = (Vec::new(), Vec::new());
    for round in 0..effort.rounds {
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

fn run(asked: &mut Asked<'_>, requests: u32) -> Outcome<Turn> {
    let done = turn(asked.server, asked.script, requests)?;
    done.tell(asked.server);
    Ok(done)
}

//! Beside a bare axum server, which reads the same requests and sends the same bodies and `x-mock-`
//! headers without deciding anything; one core for the server, one for the load. The journal and the explanations
//! are on, as they are when nobody says otherwise, and the journals are full.

use std::time::Duration;

use super::Part;
use crate::{
    Outcome, Tools,
    beside::{Asked, Effort, beside},
    calls::{self, Place, ask_for},
    figures::Table,
    http::ask,
    load::{CONNECTIONS, Script, WHOLE, turn},
    process::{SERVER_CORE, Server},
    scripts::{Again, Lives},
};

const EFFORT: Effort = Effort { rounds: 31, turn: Duration::from_secs(1) };
/// More requests than a journal keeps, unless told otherwise.
const JOURNAL: u32 = 105 * WHOLE;

/// A call that is over, and one that goes on.
struct World {
    over: Vec<u8>,
    busy: Vec<u8>,
    lives: Lives,
}

pub(super) fn core(tools: &Tools) -> Outcome<Part> {
    let ours = tools.ours(SERVER_CORE, &[])?;
    let (calm, refusing, mut world) = prepare(tools, &ours)?;
    let (mut shown, mut refused) = (Again::one(world.over, 200), Again::one(world.busy, 400));
    for (script, requests) in [
        (&mut shown as &mut dyn Script, JOURNAL),
        (&mut refused, JOURNAL),
        (&mut world.lives, JOURNAL * u32::try_from(CONNECTIONS)?),
    ] {
        turn(&ours, script, requests)?;
    }
    let (mut also_shown, mut also_refused) = (shown.clone(), refused.clone());
    let mut also_lives = Lives::at(Place::each_in_an_app(CONNECTIONS));

    let mut table =
        Table::new(&["request", "in the same time", "for the same CPU time", "goal", "result"]);
    let mut compare = |what: &str, bare: &Server, scripts: [&mut dyn Script; 2], goal: f64| {
        eprintln!("{what}");
        let [script, again] = scripts;
        let us = Asked { server: &ours, script };
        let found = beside(us, Asked { server: bare, script: again }, EFFORT)?;
        let met = table.goal(what, found.pace.median >= goal);
        table.row(&[&what, &found.pace, &found.cpu, &goal, &met]);
        Outcome::Ok(())
    };
    compare("`GET` of a call", &calm, [&mut shown, &mut also_shown], 0.85)?;
    compare("a refused `POST`", &refusing, [&mut refused, &mut also_refused], 0.85)?;
    compare("the life of a call", &calm, [&mut world.lives, &mut also_lives], 0.75)?;
    Ok(Part::of(table))
}

/// Makes what the requests are about, and starts the bare servers with what is answered to them.
fn prepare(tools: &Tools, ours: &Server) -> Outcome<(Server, Server, World)> {
    let (over, [initiate, accept, end]) = Place::of("bench-over").live(ours.address)?;
    let over = calls::show("bench-over", &over);
    let shown = ask_for(ours.address, &over)?;
    let calm = tools.bare(SERVER_CORE, [&shown, &initiate, &accept, &end])?;

    let busy = calls::refused(ours.address, "bench-busy")?;
    let refusing = tools.bare(SERVER_CORE, [&ask(ours.address, &busy)?; 4])?;
    let lives = Lives::at(Place::each_in_an_app(CONNECTIONS));
    Ok((calm, refusing, World { over, busy, lives }))
}

//! Whether a request costs the same however much is stored: the CPU time of the server for the
//! same request, with little and with much, in turns.

use std::time::Duration;

use serde_json::{Value, json};

use super::Part;
use crate::{
    Outcome, Tools,
    beside::{Asked, Effort, beside},
    calls::{self, Place, ask_for, request, seed},
    figures::{Spread, Table, short},
    load::{CONNECTIONS, Script, turn},
    process::{SERVER_CORE, Server},
    scripts::{Again, Lives, Many, Stage},
};

/// How often much may cost what little does.
const MOST: f64 = 1.5;
const EFFORT: Effort = Effort { rounds: 3, turn: Duration::from_millis(300) };
const FEW_CALLS: i64 = 2_000;
const MANY_CALLS: i64 = 200_000;
/// How many calls of each rare kind there are among them: more than the first page has.
const RARE: i64 = 100;
/// How many apps there are at most: a multiple of the connections.
const MANY_APPS: usize = 10_016;
/// How many there can be, with some to spare.
const MOST_APPS: &str = "10100";
/// How many calls are initiated, and then accepted, in a turn.
const AT_ONCE: usize = 20 * CONNECTIONS;
/// How often.
const STAGED_ROUNDS: u32 = 5;
/// How many entries the first page has.
const PAGE: usize = 25;
const APP: &str = "bench";

/// The second of the first stored call; the last one is two days later.
const BEGIN: i64 = 1_700_000_000;

/// What the calls are filtered by, and as whom if not with the key alone. Where a filter can hold
/// for most calls or for few, both are asked for.
const FILTERS: [(&str, Option<&str>); 24] = [
    ("", None),
    ("type=audio", None),
    ("type=video", None),
    ("mode=call", None),
    ("mode=meet", None),
    ("status=ended", None),
    ("status=busy", None),
    ("receiverType=user", None),
    ("receiverType=group", None),
    ("participantsCount=2", None),
    ("participantsCount=1", None),
    ("startedAt=1700100000", None),
    ("endedAt=1700100000", None),
    ("hasRecording=true", None),
    ("hasRecording=false", None),
    ("hasTranscription=true", None),
    ("hasTranscription=false", None),
    ("uid=cometchat-uid-1", None),
    ("uid=cometchat-uid-4", None),
    ("guid=cometchat-guid-1", None),
    ("", Some("cometchat-uid-2")),
    ("", Some("cometchat-uid-5")),
    ("direction=outgoing", Some("cometchat-uid-1")),
    ("direction=incoming", Some("cometchat-uid-5")),
];

pub(super) fn flat(tools: &Tools) -> Outcome<Part> {
    let (few, many) = (Stored::new(tools, FEW_CALLS)?, Stored::new(tools, MANY_CALLS)?);
    let mut table = Table::new(&["request", "much", "cost beside little", "at most", "result"]);
    let mut row = |what: &str, much: &str, cost: Spread| {
        let met = table.goal(&format!("{what} with {much}"), cost.median <= MOST);
        table.row(&[&what, &much, &cost, &short(MOST), &met]);
    };
    let calls = "200,000 calls";
    let mut dearest: Option<Spread> = None;
    for (filter, by) in FILTERS {
        let cost = filtered(&few, &many, filter, by)?;
        eprintln!("  calls by {filter:?} as {by:?}: {cost}");
        dearest = dearest.filter(|dearest| dearest.median >= cost.median).or(Some(cost));
    }
    let filters = format!("first page of calls, the dearest of {} filters", FILTERS.len());
    row(&filters, calls, dearest.ok_or("there are no filters")?);
    let [mut cheap, mut dear] = [&few, &many].map(|stored| Again::one(stored.shown.clone(), 200));
    row("`GET` of a call", calls, cost((&few.server, &mut cheap), (&many.server, &mut dear))?);
    let [initiated, accepted] = staged(&few, &many)?;
    row("a call initiated", calls, initiated);
    row("a call accepted", calls, accepted);
    drop((few, many));

    let [shown, lived] = apps(tools)?;
    row("`GET` of a call", "10,000 apps", shown);
    row("the life of a call", "10,000 apps", lived);
    Ok(Part::of(table))
}

/// A server with calls in one app.
struct Stored {
    server: Server,
    /// Shows one of them.
    shown: Vec<u8>,
}

impl Stored {
    fn new(tools: &Tools, count: i64) -> Outcome<Self> {
        let server = tools.ours(SERVER_CORE, &[])?;
        let calls: Vec<_> = (0..count).map(|number| history(number, count)).collect();
        seed(server.address, APP, &json!({ "calls": calls }))?;
        let (over, _) = Place::of(APP).live(server.address)?;
        let shown = calls::show(APP, &over);
        Ok(Self { server, shown })
    }
}

/// A call that was. Most are alike; there are as many of each rare kind whatever the count is, for
/// a longer page would cost more anyway.
fn history(number: i64, count: i64) -> Value {
    let every = count / RARE;
    let at = BEGIN + number * (MANY_CALLS / count);
    let mut call = match number % every {
        3 => json!({
            "caller": "cometchat-uid-3", "receiver": "cometchat-guid-1", "receiverType": "group",
            "type": "video", "status": "ended",
            "recordings": [{ "recordingUrl": "http://localhost/recording" }],
            "transcriptions": [{ "transcriptUrl": "http://localhost/transcription" }],
        }),
        9 => json!({
            "caller": "cometchat-uid-4", "receiver": "cometchat-uid-5", "status": "busy",
        }),
        15 => json!({
            "caller": "cometchat-uid-3", "receiver": format!("daily-{number}"),
            "receiverType": "anyone", "status": "ended",
        }),
        _ => json!({
            "caller": "cometchat-uid-1", "receiver": "cometchat-uid-2", "status": "ended",
        }),
    };
    if let Some(call) = call.as_object_mut() {
        call.insert("initiatedAt".to_owned(), at.into());
    }
    call
}

/// What a first page costs with many calls beside few. Both must be full, for else they are not
/// the same.
fn filtered(few: &Stored, many: &Stored, filter: &str, by: Option<&str>) -> Outcome<Spread> {
    let list = request("GET", &format!("/v3/calls?{filter}"), APP, by, "");
    for stored in [few, many] {
        let page: Value = serde_json::from_str(&ask_for(stored.server.address, &list)?.body)?;
        let entries = page.get("data").and_then(Value::as_array).map_or(0, Vec::len);
        if entries != PAGE {
            return Err(format!("{filter} as {by:?}: a page of {entries}").into());
        }
    }
    eprintln!("calls by {filter:?} as {by:?}");
    let (mut cheap, mut dear) = (Again::one(list.clone(), 200), Again::one(list, 200));
    cost((&few.server, &mut cheap), (&many.server, &mut dear))
}

/// What the second costs beside the first.
fn cost(
    (cheap, asked): (&Server, &mut dyn Script),
    (dear, also_asked): (&Server, &mut dyn Script),
) -> Outcome<Spread> {
    let cheap = Asked { server: cheap, script: asked };
    Ok(beside(cheap, Asked { server: dear, script: also_asked }, EFFORT)?.cpu)
}

/// What it costs to initiate a call, and what to accept it. So few at once that the few calls do
/// not become many.
fn staged(few: &Stored, many: &Stored) -> Outcome<[Spread; 2]> {
    let mut both = Vec::new();
    for stored in [few, many] {
        let places = Place::all_in(APP, AT_ONCE, stored.server.address)?;
        both.push((&stored.server, Many::at(places)));
    }
    let mut costs = [Vec::new(), Vec::new()];
    for _ in 0..STAGED_ROUNDS {
        for (stage, costs) in [Stage::Initiate, Stage::Accept].into_iter().zip(costs.iter_mut()) {
            let turns = staged_turns(&mut both, stage)?;
            if let [cheap, dear] = turns.as_slice() {
                costs.push(dear / cheap);
            }
        }
        staged_turns(&mut both, Stage::End)?;
    }
    Ok(costs.map(Spread::of))
}

/// The CPU time of a request, of each.
fn staged_turns(both: &mut [(&Server, Many)], stage: Stage) -> Outcome<Vec<f64>> {
    let mut costs = Vec::new();
    for (server, many) in both {
        many.begin(stage);
        let requests = many.len();
        let turn = turn(server, many, requests)?;
        eprintln!("  {stage:?}: {} µs of CPU each", short(turn.cpu() * 1e6));
        costs.push(turn.cpu());
    }
    Ok(costs)
}

/// What it costs to show calls and to have them live, in so many apps in turns beside in one.
fn apps(tools: &Tools) -> Outcome<[Spread; 2]> {
    let one = tools.ours(SERVER_CORE, &["--max-apps", MOST_APPS])?;
    let all = tools.ours(SERVER_CORE, &["--max-apps", MOST_APPS])?;
    let (over, _) = Place::of(APP).live(one.address)?;
    let mut shown = Again::one(calls::show(APP, &over), 200);
    let places = Place::each_in_an_app(MANY_APPS);
    let mut calls = Vec::new();
    for place in &places {
        calls.push(calls::show(&place.app, &place.live(all.address)?.0));
    }
    eprintln!("`GET` of a call in one app and in {MANY_APPS}");
    let shown = cost((&one, &mut shown), (&all, &mut Again::all(calls)))?;
    let mut within = Lives::at(Place::all_in(APP, CONNECTIONS, one.address)?);
    eprintln!("lives of calls in one app and in {MANY_APPS}");
    let lived = cost((&one, &mut within), (&all, &mut Lives::at(places)))?;
    Ok([shown, lived])
}

//! What the routes say of themselves: what they take and answer, and what they may be refused with.

use serde_json::{Map, Value, json};

use super::{
    apps, ca, choices, clock,
    counts::CountsJson,
    document::Document,
    error::{
        BAD_APP, BAD_REQUEST, BODY_TOO_LARGE, Envelope, KINDS, Kind, NOT_FOUND, REFUSED,
        UNAUTHORIZED, VERIFY_FAILED,
    },
    errors, expected, faults, flush, health, media, metrics, requests, reset,
    router::routes,
    sink, snapshots, verify, webhooks,
};
use crate::{
    openapi::{Operation, Parameter, Refusal, Surface, shape_of},
    runtime::{
        durations,
        faults::Fault,
        journal::matcher::RequestMatcher,
        webhooks::{DeliveryFaults, DeliveryMatcher},
    },
};

/// The security scheme.
const TOKEN: &str = "controlToken";

/// An app id, or nothing for no choice.
const APP: &str = "^[A-Za-z0-9_.-]{0,64}$";

const UNMET: &str = "What was expected did not come.";

/// Every operation, of a server that asks for its token or of one that has none.
pub fn surface(has_token: bool) -> Surface<'static> {
    let asked = |operation: Operation| match has_token {
        true => operation.never_openly(),
        false => operation,
    };
    Surface {
        name: "control",
        prefix: "",
        operations: routes()
            .into_iter()
            .map(|route| (route.method, route.path, asked((route.operation)())))
            .collect(),
        parameters: &[],
        headers: &[],
        error: shape_of::<Envelope>(),
        refusal: &refusal,
    }
}

/// What the operations refer to beside what the vendor's surface has.
pub fn components() -> Map<String, Value> {
    let what = "Only where the server was started with --control-token.";
    let scheme = json!({ "type": "http", "scheme": "bearer", "description": what });
    Map::from_iter([(TOKEN.to_owned(), scheme)])
}

fn refusal(code: &str) -> Refusal {
    let known = KINDS.iter().find(|kind| kind.code == code);
    let Kind { status, meaning, code } = known.unwrap_or(&BAD_REQUEST);
    Refusal {
        status: status.as_u16(),
        meaning: (*meaning).to_owned(),
        example: json!({ "error": { "code": code, "message": format!("As it is: {meaning}.") } }),
    }
}

/// Something about the whole server.
fn whole(id: &'static str, summary: &'static str) -> Operation {
    Operation::new(id, summary)
        .tagged("Control")
        .opened_by(&[TOKEN])
        .or_openly()
        .refuses([UNAUTHORIZED.code])
}

/// Something about one app.
fn of_app(id: &'static str, summary: &'static str) -> Operation {
    whole(id, summary)
        .with([
            Parameter::shared("appId"),
            Parameter::matching("appId", "The same as the header, and before it.", APP),
        ])
        .refuses([BAD_APP.code])
}

/// Something that can be asked for wrongly.
fn asked(id: &'static str, summary: &'static str) -> Operation {
    of_app(id, summary).refuses([BAD_REQUEST.code])
}

/// The same with a body.
fn taking(id: &'static str, summary: &'static str) -> Operation {
    asked(id, summary).refuses([BODY_TOO_LARGE.code])
}

/// Something with a name that nothing may have.
fn named(id: &'static str, summary: &'static str) -> Operation {
    asked(id, summary).refuses([NOT_FOUND.code])
}

pub(super) fn health(id: &'static str) -> Operation {
    Operation::new(id, "Says that requests are served, and how much there is.")
        .tagged("Control")
        .answers::<health::Health>()
}

pub(super) fn apps() -> Operation {
    whole("listApps", "Lists the apps.").answers::<apps::List>()
}

pub(super) fn remove_app() -> Operation {
    whole("deleteApp", "Takes an app away; naming it again opens a fresh one.")
        .answers::<apps::Removed>()
        .refuses([NOT_FOUND.code, BAD_APP.code, BAD_REQUEST.code])
}

pub(super) fn authority() -> Operation {
    whole("getCa", "Shows the CA that a client has to trust to reach the server over TLS.")
        .answers_as(ca::PEM)
        .refuses([NOT_FOUND.code])
}

pub(super) fn reset() -> Operation {
    of_app("reset", "Puts an app back to its seed, in one step.")
        .with([Parameter::flag("all", "Every app.").or_empty()])
        .answers::<reset::Reset>()
        .refuses([BAD_REQUEST.code])
}

pub(super) fn seed() -> Operation {
    taking("seed", "Adds users, groups, members, keys, tokens and calls: all, or nothing.")
        .takes_shape(choices::seed)
        .answers::<CountsJson>()
}

pub(super) fn state() -> Operation {
    of_app("getState", "Shows the whole app as one document.").answers::<Document>()
}

pub(super) fn put_state() -> Operation {
    taking("putState", "Makes the app what the document says, in one step.")
        .takes::<Document>()
        .answers::<CountsJson>()
}

pub(super) fn snapshots() -> Operation {
    of_app("listSnapshots", "Lists the snapshots of an app.").answers::<snapshots::List>()
}

pub(super) fn take_snapshot() -> Operation {
    asked("takeSnapshot", "Keeps the app as it is under a name.")
        .answers::<snapshots::SnapshotJson>()
}

pub(super) fn remove_snapshot() -> Operation {
    named("deleteSnapshot", "Forgets a snapshot.").answers::<snapshots::Removed>()
}

pub(super) fn restore_snapshot() -> Operation {
    named("restoreSnapshot", "Makes the app what it was, in one step.")
        .answers::<snapshots::SnapshotJson>()
}

pub(super) fn clock() -> Operation {
    of_app("getClock", "Shows the time of an app.").answers::<clock::ClockJson>()
}

pub(super) fn move_clock() -> Operation {
    taking(
        "moveClock",
        "Moves the time of an app; what falls due on the way is done, in order, before it answers.",
    )
    .takes_shape(choices::clock)
    .answers::<clock::ClockJson>()
}

pub(super) fn errors() -> Operation {
    whole("listErrors", "Lists every code of the vendor's surface, its rules and how to get it.")
        .answers::<errors::List>()
}

pub(super) fn events() -> Operation {
    asked("listenToEvents", "Streams what happens in an app, as server-sent events.")
        .with([
            Parameter::header(
                "Last-Event-ID",
                "Goes on after this event; 0 begins with the \
                oldest that is kept.",
            ),
            Parameter::whole::<u64>(
                "lastEventId",
                "The same, for those who cannot set a header.",
                None,
            ),
            Parameter::text(
                "kind",
                "Only these, with commas between: `request`, `transition`, `socket`, `delivery`.",
            ),
        ])
        .answers_as("text/event-stream")
}

pub(super) fn metrics() -> Operation {
    whole("getMetrics", "Shows counts in the text form of Prometheus.").answers_as(metrics::TEXT)
}

pub(super) fn openapi() -> Operation {
    whole("getOpenApi", "Shows this document.").answers::<Map<String, Value>>()
}

pub(super) fn faults() -> Operation {
    of_app("listFaults", "Lists the standing faults, oldest first.").answers::<faults::List>()
}

pub(super) fn arm_fault() -> Operation {
    taking("armFault", "Makes requests fail until it is taken away.")
        .takes_shape(choices::fault)
        .answers::<Fault>()
}

pub(super) fn clear_faults() -> Operation {
    of_app("clearFaults", "Takes all faults away.").answers::<faults::Removed>()
}

pub(super) fn disarm_fault() -> Operation {
    named("disarmFault", "Takes a fault away.").answers::<faults::Removed>()
}

pub(super) fn media() -> Operation {
    taking(
        "playMedia",
        "Plays the media server: somebody joins or leaves, a recording or a \
        transcription is there.",
    )
    .takes_shape(choices::media)
    .answers::<media::MediaJson>()
    .refuses([NOT_FOUND.code, REFUSED.code])
}

pub(super) fn requests() -> Operation {
    asked("listRequests", "Lists the requests that were received, newest first.")
        .with([
            Parameter::text("method", "In any case."),
            Parameter::text("path", "A path or a pattern: `*` for a segment, `**` for any number."),
            Parameter::text("code", "The code it was refused with."),
            Parameter::text("uid", "The acting user."),
            Parameter::text("sessionId", "The call it is about."),
            Parameter::whole::<u16>("status", "What it was answered with.", None),
            Parameter::whole::<i64>("since", "At or after; Unix seconds by the app's clock.", None),
            Parameter::whole::<u64>(
                "cursor",
                "Before this entry: `nextCursor` of the page before.",
                None,
            ),
            Parameter::whole::<u64>(
                "limit",
                "How many, from 1; 100 unless given, at most 1000.",
                Some(1),
            ),
        ])
        .answers::<requests::List>()
}

pub(super) fn clear_requests() -> Operation {
    of_app("clearRequests", "Empties the journal.").answers::<requests::Removed>()
}

pub(super) fn request() -> Operation {
    named("getRequest", "Shows a request of the journal.").answers::<requests::EntryJson>()
}

pub(super) fn verify() -> Operation {
    taking("verifyRequests", "Checks that what was expected was received; waits for it if asked.")
        .takes_shape(choices::expectation::<RequestMatcher>)
        .answers::<verify::Met>()
        .answers_otherwise::<expected::Unmet<verify::NearRequest>>(422, UNMET)
}

pub(super) fn deliveries() -> Operation {
    asked("listDeliveries", "Lists what webhooks were told, newest first, with every try.")
        .with([
            Parameter::text("webhook", "To this webhook."),
            Parameter::text("trigger", "Of this trigger."),
            Parameter::text("sessionId", "About this call."),
            Parameter::text("status", "`pending`, `delivered`, `failed` or `dropped`."),
            Parameter::whole::<u64>(
                "cursor",
                "Before this delivery: `nextCursor` of the page before.",
                None,
            ),
            Parameter::whole::<u64>(
                "limit",
                "How many, from 1; 100 unless given, at most 1000.",
                Some(1),
            ),
        ])
        .answers::<webhooks::List>()
}

pub(super) fn replay() -> Operation {
    named("replayDelivery", "Tells a webhook the same again.")
        .answers::<webhooks::Replayed>()
        .refuses([REFUSED.code])
}

pub(super) fn flush() -> Operation {
    asked("flushDeliveries", "Waits until nothing waits to be told.")
        .with([Parameter::matching(
            "within",
            "How long at most, by the machine's clock; `60s` unless given.",
            durations::PATTERN,
        )])
        .answers::<flush::Flushed>()
        .refuses([VERIFY_FAILED.code])
}

pub(super) fn verify_deliveries() -> Operation {
    taking("verifyDeliveries", "Checks that what was expected was told; waits for it if asked.")
        .takes_shape(choices::expectation::<DeliveryMatcher>)
        .answers::<verify::Met>()
        .answers_otherwise::<expected::Unmet<webhooks::NearDelivery>>(422, UNMET)
}

pub(super) fn delivery_faults() -> Operation {
    named("getDeliveryFaults", "Shows what goes wrong with deliveries to a webhook on purpose.")
        .answers::<DeliveryFaults>()
}

pub(super) fn set_delivery_faults() -> Operation {
    taking("setDeliveryFaults", "Has deliveries to a webhook doubled, delayed or out of order.")
        .takes::<DeliveryFaults>()
        .answers::<DeliveryFaults>()
        .refuses([NOT_FOUND.code])
}

pub(super) fn sink() -> Operation {
    asked("getSink", "Shows what came to the receiver that is built in, oldest first.")
        .with([Parameter::text("name", "Only what came to this name.")])
        .answers::<sink::List>()
}

pub(super) fn sink_take() -> Operation {
    Operation::new("takeIntoSink", "Receives a webhook, for the app that the body names.")
        .tagged("Control")
        .with([
            Parameter::shared("appId"),
            Parameter::matching("appId", "Another app than that.", APP),
        ])
        .takes::<Value>()
        .answers::<sink::Taken>()
        .refuses([BAD_APP.code, BODY_TOO_LARGE.code, BAD_REQUEST.code])
}

//! What is played in an app. Every scene ends with nobody on a call.

use serde_json::{Value, json};

use crate::{
    app::{GROUP, RING, SEEDED, START, Stage},
    socket::Socket,
};

/// A scene, how often it comes, and its name.
type Scene = (u32, &'static str, fn(&mut Stage<'_>));

#[rustfmt::skip]
const SCENES: [Scene; 20] = [
    (14, "accepted",   accepted),
    ( 6, "rejected",   rejected),
    ( 6, "busy",       busy),
    ( 6, "cancelled",  cancelled),
    ( 4, "unanswered", unanswered),
    ( 6, "engaged",    engaged),
    ( 8, "group",      group),
    ( 2, "rejoined",   rejoined),
    ( 8, "list",       list),
    ( 3, "people",     people),
    ( 2, "blocked",    blocked),
    ( 2, "tokens",     tokens),
    ( 2, "snapshot",   snapshot),
    ( 1, "state",      state),
    ( 3, "refused",    refused),
    ( 3, "faults",     faults),
    ( 3, "clock",      clock),
    ( 2, "verified",   verified),
    ( 2, "socket",     socket),
    ( 1, "reset",      reset),
];

/// The scene that this draw is for.
pub(crate) fn scene(rng: &mut fastrand::Rng) -> (&'static str, fn(&mut Stage<'_>)) {
    let all: u32 = SCENES.iter().map(|scene| scene.0).sum();
    let mut draw = rng.u32(..all);
    for (weight, name, play) in SCENES {
        match draw.checked_sub(weight) {
            Some(rest) => draw = rest,
            None => return (name, play),
        }
    }
    unreachable!("the draw is below the sum")
}

pub(crate) fn accepted(stage: &mut Stage<'_>) {
    let [a, b, c, ..] = stage.cast;
    let call = stage.ring(a, b);
    stage.change(&call, b, "ended").refused(400, "ERR_CALL_NOT_STARTED");
    assert_eq!(stage.changed(&call, b, "ongoing"), "ongoing");
    stage.change(&call, b, "ongoing").refused(400, "ERR_CALL_USER_ALREADY_JOINED");
    stage.change(&call, c, "ended").refused(403, "ERR_CALL_NOT_A_PART");
    stage.change(&call, a, "cancelled").refused(400, "ERR_CALL_ONGOING_TO_INVALID");
    assert_eq!(stage.changed(&call, a, "ended"), "ended");
    stage.change(&call, b, "ongoing").refused(400, "ERR_CALL_TERMINATED");
    assert_eq!(stage.logged(&call), "ended");
}

fn rejected(stage: &mut Stage<'_>) {
    let [a, b, ..] = stage.cast;
    let call = stage.ring(a, b);
    assert_eq!(stage.changed(&call, b, "rejected"), "rejected");
    assert_eq!(stage.logged(&call), "rejected");
}

fn busy(stage: &mut Stage<'_>) {
    let [a, b, ..] = stage.cast;
    let call = stage.ring(a, b);
    assert_eq!(stage.changed(&call, b, "busy"), "busy");
    stage.change(&call, b, "rejected").refused(400, "ERR_CALL_TERMINATED");
}

fn cancelled(stage: &mut Stage<'_>) {
    let [a, b, ..] = stage.cast;
    let call = stage.ring(a, b);
    stage.change(&call, b, "initiated").refused(400, "ERR_CALL_INVALID_INIT");
    assert_eq!(stage.changed(&call, a, "cancelled"), "cancelled");
    assert_eq!(stage.logged(&call), "canceled");
}

fn unanswered(stage: &mut Stage<'_>) {
    let [a, b, c, ..] = stage.cast;
    let (one, other) = (stage.ring(a, b), stage.ring(c, GROUP));
    assert_eq!(stage.advance(RING - 1), [""; 0]);
    let mut fired = stage.advance(1);
    fired.sort();
    let mut expected = [one, other];
    expected.sort();
    assert_eq!(fired, expected);
    assert_eq!(stage.logged(&fired[0]), "unanswered");
}

/// Several at once, in each other's way.
fn engaged(stage: &mut Stage<'_>) {
    let [a, b, c, d, _] = stage.cast;
    let call = stage.ring(a, b);
    stage.try_to_ring(a, a).refused(400, "ERR_CALLING_SELF");
    stage.try_to_ring(a, c).refused(400, "ERR_CALL_BUSY_SELF");
    stage.try_to_ring(c, a).refused(400, "ERR_CALL_BUSY_USER");
    // Being rung is not being on a call.
    let second = stage.ring(c, b);
    stage.changed(&second, b, "ongoing");
    stage.change(&call, b, "ongoing").refused(400, "ERR_CALL_BUSY_SELF");
    stage.try_to_ring(d, b).refused(400, "ERR_CALL_BUSY_USER");
    stage.changed(&call, a, "cancelled");
    stage.changed(&second, c, "ended");
}

fn group(stage: &mut Stage<'_>) {
    let [a, b, c, d, e] = stage.cast;
    let call = stage.ring(a, GROUP);
    stage.try_to_ring(b, GROUP).refused(400, "ERR_CALL_BUSY_GROUP");
    for joining in [b, c, d] {
        assert_eq!(stage.changed(&call, joining, "ongoing"), "ongoing");
    }
    stage.change(&call, b, "ongoing").refused(400, "ERR_CALL_GROUP_ALREADY_JOINED");
    stage.change(&call, e, "busy").refused(400, "ERR_CALL_GROUP_INVALID_STATUS");
    stage.changed(&call, e, "rejected");
    for leaving in [c, a, b] {
        assert_eq!(stage.changed(&call, leaving, "ended"), "ongoing");
    }
    stage.change(&call, c, "ended").refused(400, "ERR_CALL_GROUP_ALREADY_LEFT");
    assert_eq!(stage.changed(&call, d, "ended"), "ended");
    assert_eq!(stage.logged(&call), "ended");
}

fn rejoined(stage: &mut Stage<'_>) {
    let [a, b, ..] = stage.cast;
    let call = stage.ring(a, GROUP);
    for _ in 0..stage.rng.usize(1..10) {
        stage.changed(&call, b, "ongoing");
        stage.changed(&call, b, "ended");
    }
    assert_eq!(stage.changed(&call, a, "ended"), "ended");
}

fn list(stage: &mut Stage<'_>) {
    let calls = stage.app.calls;
    assert_eq!(stage.total(""), calls);
    let per_page = 1 + stage.rng.usize(..30);
    let last = calls.div_ceil(per_page);
    let page = 1 + stage.rng.usize(..last);
    let reply = stage.ask("GET", &format!("/v3/calls?per_page={per_page}&page={page}"), "", "");
    let shown = reply.good()["data"].as_array().unwrap().len();
    assert_eq!(shown, if page == last { calls - (last - 1) * per_page } else { per_page });
    let parts = ["ended", "rejected", "busy", "canceled", "unanswered", "ongoing", "initiated"];
    let parts = parts.map(|status| stage.total(&format!("&status={status}")));
    assert_eq!(parts.iter().sum::<usize>(), calls, "{parts:?}");
    assert_eq!(parts[5..], [0, 0]);
}

/// Somebody comes, calls, and goes.
fn people(stage: &mut Stage<'_>) {
    let [a, ..] = stage.cast;
    let create = || json!({ "uid": "passer-by", "name": "Somebody" }).to_string();
    stage.ask("POST", "/v3/users", "", &create()).good();
    stage.ask("POST", "/v3/users", "", &create()).refused(400, "ERR_UID_ALREADY_EXISTS");
    stage.try_to_ring("passer-by", GROUP).refused(403, "ERR_GROUP_NOT_JOINED");
    let call = stage.ring("passer-by", a);
    stage.changed(&call, a, "ongoing");
    let delete = r#"{"permanent":true}"#;
    stage.ask("DELETE", "/v3/users/passer-by", "", delete).good();
    assert_eq!(stage.logged(&call), "ended");
    stage.try_to_ring(a, "passer-by").refused(404, "ERR_UID_NOT_FOUND");
}

fn blocked(stage: &mut Stage<'_>) {
    let [a, b, ..] = stage.cast;
    let (path, body) =
        (format!("/v3/users/{a}/blockedusers"), json!({ "blockedUids": [b] }).to_string());
    stage.ask("POST", &path, "", &body).good();
    stage.try_to_ring(a, b).refused(400, "ERR_BLOCKED_RECEIVER");
    stage.try_to_ring(b, a).refused(400, "ERR_BLOCKED_SENDER");
    stage.ask("DELETE", &path, "", &body).good();
    let call = stage.ring(b, a);
    stage.changed(&call, b, "cancelled");
}

/// Calls by clients that are logged in, which ring a little longer.
fn tokens(stage: &mut Stage<'_>) {
    let [a, b, ..] = stage.cast;
    let (from, to) = (stage.token(a), stage.token(b));
    let body = format!(r#"{{"receiver":"{b}","receiverType":"user","type":"video"}}"#);
    let rung = stage.ask_as(&from, "POST", "/v3/calls", &body);
    assert_eq!(rung.call_status(), "initiated");
    stage.app.calls += 1;
    let call = rung.after(r#""sessionid":""#);
    assert_eq!(stage.advance(RING), [""; 0]);
    let path = format!("/v3/calls/{call}");
    let joined = stage.ask_as(&to, "PUT", &path, r#"{"status":"ongoing"}"#);
    assert_eq!(joined.call_status(), "ongoing");
    let left = stage.ask_as(&from, "PUT", &path, r#"{"status":"ended"}"#);
    assert_eq!(left.call_status(), "ended");
    for (uid, token) in [(a, from), (b, to)] {
        stage.ask("DELETE", &format!("/v3/users/{uid}/auth_tokens"), "", "").good();
        let gone = stage.ask_as(&token, "GET", "/v3/calls", "");
        gone.refused(401, "AUTH_ERR_AUTH_TOKEN_NOT_FOUND");
    }
}

/// What happens after a snapshot is undone.
fn snapshot(stage: &mut Stage<'_>) {
    let [a, b, ..] = stage.cast;
    let ringing = stage.ring(a, b);
    let (calls, now) = (stage.app.calls, stage.app.now);
    let taken = stage.control("PUT", "/snapshots/before", "");
    assert_eq!(taken["calls"], calls);
    for _ in 0..2 {
        stage.changed(&ringing, b, "ongoing");
        stage.changed(&ringing, a, "ended");
        accepted(stage);
        stage.advance(3600);
        stage.control("POST", "/snapshots/before/restore", "");
        (stage.app.calls, stage.app.now) = (calls, now);
        assert_eq!(stage.total("&status=initiated"), 1);
        assert_eq!(stage.total(""), calls);
    }
    stage.changed(&ringing, a, "cancelled");
    if stage.rng.bool() {
        stage.control("DELETE", "/snapshots/before", "");
    }
}

/// The whole state, there and back.
fn state(stage: &mut Stage<'_>) {
    let before = stage.control("GET", "/state", "");
    accepted(stage);
    stage.control("PUT", "/state", &before.to_string());
    stage.app.calls -= 1;
    assert_eq!(stage.control("GET", "/state", ""), before);
}

/// What cannot be done, and what it is told.
fn refused(stage: &mut Stage<'_>) {
    let [a, ..] = stage.cast;
    stage.ask("GET", "/v3/nowhere", "", "").refused(404, "ERR_API_NOT_FOUND");
    stage.ask("POST", "/v3/calls", a, "{").refused(400, "ERR_BAD_REQUEST");
    stage.ask("PUT", "/v3/calls/%20", a, "{}").refused(400, "ERR_EMPTY_CALL_SESSION_ID");
    stage.ask("GET", "/v3/calls/none", "", "").refused(404, "ERR_CALL_SESSION_NOT_FOUND");
    let wrong = stage.ask_as("none", "GET", "/v3/calls", "");
    wrong.refused(401, "AUTH_ERR_AUTH_TOKEN_NOT_FOUND");
}

/// What goes wrong on purpose.
fn faults(stage: &mut Stage<'_>) {
    let [a, b, ..] = stage.cast;
    let arm = |stage: &mut Stage<'_>, then: Value| {
        let fault = json!({ "match": { "path": "/calls" }, "then": then, "times": 1 });
        stage.control("POST", "/faults", &fault.to_string());
    };
    let body = json!({ "why": "x".repeat(stage.rng.usize(..10_000)) });
    arm(stage, json!({ "error": "ERR_CALL_BUSY_USER" }));
    stage.try_to_ring(a, b).refused(400, "ERR_CALL_BUSY_USER");
    arm(stage, json!({ "respond": { "status": 503, "body": body } }));
    let reply = stage.ask("GET", "/v3/calls", "", "");
    assert_eq!((reply.status, reply.json()), (503, body));
    let ending = ["drop", "reset"][stage.rng.usize(..2)];
    arm(stage, json!({ ending: true }));
    stage.ask_in_vain("GET", "/v3/calls");
    arm(stage, json!({ "error": "ERR_CALL_BUSY_USER" }));
    assert_eq!(stage.control("DELETE", "/faults", "")["removed"], 4);
    stage.ask("GET", "/v3/calls?per_page=1", "", "").good();
}

/// Far forward and far back, with a call that rings.
fn clock(stage: &mut Stage<'_>) {
    let [a, b, ..] = stage.cast;
    let year = 365 * 24 * 3600;
    let years = year * (1 + stage.rng.i64(0..10));
    let back = stage.app.now;
    let call = stage.ring(a, b);
    stage.freeze(back - years);
    assert_eq!(stage.total("&status=initiated"), 1);
    assert_eq!(stage.advance(2 * years), [call.as_str()]);
    stage.freeze(back);
    stage.control("POST", "/clock", r#"{"resume":true}"#);
    let call = stage.ring(a, b);
    stage.changed(&call, b, "rejected");
    stage.freeze(back);
}

/// The journal has what was asked.
fn verified(stage: &mut Stage<'_>) {
    let [a, b, ..] = stage.cast;
    let call = stage.ring(a, b);
    stage.changed(&call, a, "cancelled");
    let path = format!("/calls/{call}");
    // At least one: after a restored snapshot there may be a call of the same id again.
    let expected = json!({ "match": { "method": "PUT", "path": path, "uid": a, "status": 200 } });
    let found = stage.control("POST", "/requests/verify", &expected.to_string());
    assert!(found["matched"].as_u64() > Some(0), "{found}");
    let listed = stage.control("GET", "/requests?limit=2", "");
    assert_eq!(listed["requests"].as_array().unwrap().len(), 2, "{listed}");
}

/// Somebody is there, and hears of a call.
fn socket(stage: &mut Stage<'_>) {
    let [a, b, ..] = stage.cast;
    let token = stage.token(b);
    let me = stage.ask_as(&token, "GET", "/v3/me", "").good();
    let mut socket = Socket::open(stage.client, &stage.app.name, b, &me["data"]["jwt"]);
    let call = stage.ring(a, b);
    assert_eq!(socket.told(), "initiated");
    stage.changed(&call, a, "cancelled");
    assert_eq!(socket.told(), "cancelled");
    match stage.rng.u8(..3) {
        0 => socket.close(),
        1 => drop(socket),
        _ => {
            stage.reset();
            return socket.is_closed();
        }
    }
    // The server comes to see that they are gone, and what comes next may depend on it.
    let path = format!("/v3/users/{b}");
    let is_gone = |_| stage.ask("GET", &path, "", "").good()["data"]["status"] == "offline";
    assert!((0..100_000).any(is_gone), "{b} stays online");
}

fn reset(stage: &mut Stage<'_>) {
    stage.reset();
}

/// How an app that nobody has touched looks, but for its clock.
pub(crate) fn untouched(stage: &mut Stage<'_>) -> Value {
    let mut state = stage.control("GET", "/state", "");
    assert_eq!(state["calls"].as_array().unwrap().len(), SEEDED);
    state.as_object_mut().unwrap().remove("clock");
    stage.freeze(START);
    state
}

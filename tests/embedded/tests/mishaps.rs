//! What goes wrong on purpose.

use std::time::Duration;

use mock_calls::{App, Fault, MockServer};
use mock_calls_embedded::{ring, send};
use serde_json::{Value, json};

const A: &str = "cometchat-uid-1";
const B: &str = "cometchat-uid-2";

fn list(server: &MockServer, app: &App) -> (u16, Value) {
    send(server, app, A, ("GET", "/calls"), &Value::Null)
}

#[test]
fn only_the_next_request_fails() {
    let server = MockServer::start_blocking();
    let app = server.app("once");
    app.fail_next("ERR_CALL_BUSY_USER");
    assert_eq!(ring(&server, &app, A, B), (400, "ERR_CALL_BUSY_USER".to_owned()));
    assert_eq!(ring(&server, &app, A, B).0, 200);
}

#[test]
#[should_panic(expected = "there is no code ERR_BUSY_USER; near it: ERR_CALL_BUSY_USER")]
fn a_code_that_there_is_not_ends_the_test() {
    let server = MockServer::start_blocking();
    server.app("typo").fail_next("ERR_BUSY_USER");
}

#[test]
fn each_kind_of_fault_does_what_it_says() {
    let server = MockServer::start_blocking();
    let app = server.app("kinds");
    let body = json!({ "error": "maintenance" });
    let instant = Duration::from_millis(1);
    for (fault, expected) in [
        (Fault::error("ERR_CALL_SESSION_NOT_FOUND"), 404),
        (Fault::respond(503, body.clone()), 503),
        (Fault::rate_limit(10, 5), 429),
        (Fault::drop_connection(), 0),
        (Fault::reset_connection(), 0),
        (Fault::garbage(), 200),
        (Fault::truncate(), 200),
        (Fault::delay(instant), 200),
        (Fault::delay_between(instant, 2 * instant), 200),
        (Fault::error("ERR_INTERNAL_SERVER_ERROR").after_delay(instant), 500),
    ] {
        let shown = format!("{fault:?}");
        let fault = app.fault(fault.method("GET").path("/calls").times(1));
        assert_eq!(list(&server, &app).0, expected, "{shown}");
        assert_eq!(fault.fired(), 1, "{shown}");
        fault.disarm();
        assert_eq!(list(&server, &app).0, 200, "{shown}");
    }
    app.fault(Fault::respond(503, body.clone()));
    assert_eq!(list(&server, &app), (503, body));
}

#[test]
fn a_fault_keeps_to_whom_and_when_it_is_for() {
    let server = MockServer::start_blocking();
    let app = server.app("narrow");
    app.clock().freeze();
    let code = "ERR_CALL_BUSY_USER";
    let fault =
        app.fault(Fault::error(code).uid(A).receiver(B).after(1).ttl(Duration::from_secs(9)));
    assert_eq!(ring(&server, &app, "cometchat-uid-3", "cometchat-uid-5").0, 200);
    assert_eq!(ring(&server, &app, A, "cometchat-uid-4").0, 200);
    assert_eq!(ring(&server, &app, A, B).1, "ERR_CALL_BUSY_SELF", "the first passes");
    assert_eq!(fault.fired(), 0);
    assert_eq!(ring(&server, &app, A, B).1, code);
    app.clock().advance(Duration::from_secs(9));
    assert_eq!(ring(&server, &app, A, B).1, "ERR_CALL_BUSY_SELF", "its time is up");

    let lost = app.fault(Fault::drop_connection().header("x-test", "7").lost_reply());
    assert_eq!(list(&server, &app).0, 200);
    assert_eq!(lost.fired(), 0);
    app.fault(Fault::respond(500, Value::Null).probability(0.0));
    assert_eq!(list(&server, &app).0, 200);
}

#[test]
fn a_fault_can_be_json_and_is_checked() {
    let server = MockServer::start_blocking();
    let app = server.app("json");
    let fault = app.fault(json!({ "match": { "path": "/calls" }, "then": { "drop": true } }));
    assert_eq!((fault.id(), list(&server, &app).0, fault.fired()), (1, 0, 1));
    for (fault, expected) in [
        (Fault::respond(700, Value::Null), "give an HTTP status from 200 to 599"),
        (Fault::garbage().probability(2.0), "give a number from 0 to 1"),
        (Fault::garbage().probability(f64::NAN), "give a number from 0 to 1"),
        (Fault::from(json!({ "then": {} })), "give one of error, respond"),
        (Fault::from(json!({ "than": {} })), "unknown field `than`"),
        (Fault::from("drop"), "The JSON is not what is expected"),
    ] {
        let refused = app.try_fault(fault).unwrap_err();
        assert!(refused.message().contains(expected), "{refused}");
    }
}

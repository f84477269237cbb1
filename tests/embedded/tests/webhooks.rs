//! What webhooks are told.

use std::time::Duration;

use mock_calls::{App, ExpectDelivery, MockServer};
use mock_calls_embedded::{change, ring};
use serde_json::json;

const A: &str = "cometchat-uid-1";
const B: &str = "cometchat-uid-2";

/// Where nobody listens.
const NOBODY: &str = "http://127.0.0.1:9/";

fn sink(server: &MockServer) -> String {
    format!("{}/__mock/webhooks/sink/mine", server.control_url())
}

#[test]
fn a_webhook_is_told_of_everything_unless_something_is_named() {
    let server = MockServer::start_blocking();
    let app = server.app("told");
    let made = app.webhook("all", &sink(&server)).name("All").basic_auth("u", "p").create();
    assert_eq!((&made["name"], &made["useBasicAuth"]), (&json!("All"), &json!(true)));
    app.webhook("some", &sink(&server)).trigger("call_ended").trigger("call_busy").create();

    let (_, session) = ring(&server, &app, A, B);
    change(&server, &app, B, &session, "ongoing");
    change(&server, &app, A, &session, "ended");
    app.flush_blocking();
    let told = |webhook: &str| -> Vec<_> {
        let all = app.deliveries().into_iter().filter(|d| d.webhook() == webhook);
        all.map(|delivery| delivery.trigger()).collect()
    };
    assert_eq!(told("some"), ["call_ended"]);
    assert_eq!(told("all")[..2], ["call_initiated", "call_started"]);
    let first = &app.deliveries()[0];
    assert_eq!((first.id(), first.status(), first.attempts()), (1, "delivered", 1));
    assert_eq!((first.response_status(), first.error()), (Some(200), None));
    assert_eq!((first.session_id(), first.url()), (&*session, &*sink(&server)));
    assert_eq!(first.body()["trigger"], "call_initiated");
    assert_eq!(format!("{first:?}"), "delivery 1: call_initiated to all -> delivered");

    let ended = || ExpectDelivery::of("call_ended").session_id(&session).status("delivered");
    app.verify_delivery(ended().times(2));
    app.verify_delivery(ended().webhook("some").body(json!({ "data": {} })).at_least(1).at_most(1));
    app.verify_delivery(json!({ "match": { "trigger": "call_busy" }, "count": { "exactly": 0 } }));
}

#[tokio::test]
async fn a_delivery_that_failed_goes_again_when_the_clock_says_so() {
    let server = MockServer::start().await;
    let app = server.app("again");
    app.clock().freeze();
    app.webhook("gone", NOBODY).trigger("call_initiated").retry_on_failure().create();
    ring(&server, &app, A, B);
    for (tried, wait) in [(1, 10), (2, 20), (3, 0)] {
        // What waits for the clock is not waited for, and said so.
        let settled = tokio::spawn(app.flush()).await;
        assert_eq!(settled.is_err(), tried < 3);
        let delivery = &app.deliveries()[0];
        assert_eq!(delivery.attempts(), tried);
        assert!(delivery.error().unwrap().contains("refused"), "{:?}", delivery.error());
        app.clock().advance(Duration::from_secs(wait));
    }
    assert_eq!(app.deliveries()[0].status(), "failed");
}

#[test]
fn a_webhook_is_registered_by_the_vendors_rules() {
    let server = MockServer::start_blocking();
    let app = server.app("rules");
    app.webhook("one", NOBODY).create();
    for (refused, code) in [
        (app.webhook("one", NOBODY).try_create(), "ERR_WEBHOOK_ALREADY_EXISTS"),
        (app.webhook("two", "nowhere").try_create(), "ERR_BAD_REQUEST"),
        (app.webhook("t w o", NOBODY).try_create(), "ERR_BAD_REQUEST"),
        (app.webhook("two", NOBODY).trigger("call_lost").try_create(), "ERR_TRIGGER_NOT_FOUND"),
    ] {
        assert_eq!(refused.unwrap_err().code(), code);
    }
    assert_eq!(app.state()["webhooks"].as_array().unwrap().len(), 1);
    (2..=25).for_each(|n| drop(app.webhook(&format!("hook-{n}"), NOBODY).create()));
    let refused = app.webhook("hook-26", NOBODY).try_create().unwrap_err();
    assert_eq!(refused.code(), "ERR_WEBHOOK_LIMIT_EXCEEDED");
}

#[test]
fn https_takes_the_feature_for_it() {
    let server = MockServer::start_blocking();
    let app = server.app("plain");
    app.webhook("secure", "https://127.0.0.1:9/").create();
    ring(&server, &app, A, B);
    app.flush_blocking();
    let error = told(&app);
    assert!(error.contains("https needs the feature tls of mock-calls"), "{error}");
}

fn told(app: &App) -> String {
    app.deliveries()[0].error().unwrap().to_owned()
}

#[test]
#[should_panic(expected = "0 of 1 deliveries match; expected at least 1.\n  near: delivery 1: \
                           call_initiated to gone -> ")]
fn a_delivery_that_is_missing_is_told_with_what_is_near() {
    let server = MockServer::start_blocking();
    let app = server.app("missing");
    app.webhook("gone", NOBODY).create();
    ring(&server, &app, A, B);
    app.verify_delivery(ExpectDelivery::of("call_ended"));
}

//! What deliveries have to do with the app's clock: moving it tries them at their times, in order,
//! before the answer comes.

use reqwest::Method;
use serde_json::{Value, json};

use super::receiver::{Receiver, advance, control, flush, seed, verified};
use crate::support::{A, B, C, D, Mock, START};

/// A webhook that hears of ringing, and is told again; on a clock that stands.
async fn frozen(triggers: Value) -> (Mock, Receiver) {
    let (mock, receiver) = (Mock::start().await, Receiver::start().await);
    let hook = json!({ "id": "hook", "webhookURL": receiver.url, "retryOnFailure": true,
        "triggers": triggers });
    seed(&mock, hook).await;
    control(&mock, Method::POST, "/__mock/clock", json!({ "freeze": true })).await;
    (mock, receiver)
}

/// Waits until only the clock is waited for.
async fn flushed_but(mock: &Mock) {
    let waits = control(mock, Method::POST, "/__mock/webhooks/flush", json!({})).await;
    assert_eq!(waits.status, 422, "{}", waits.text);
}

/// When each delivery was tried, the first one first.
async fn tries(mock: &Mock) -> Vec<Vec<i64>> {
    let all = control(mock, Method::GET, "/__mock/webhooks/deliveries", json!({})).await.json();
    let times = |one: &Value| {
        let attempts = one["attempts"].as_array().unwrap();
        attempts.iter().map(|attempt| attempt["at"].as_i64().unwrap() - START).collect()
    };
    all["deliveries"].as_array().unwrap().iter().rev().map(times).collect()
}

fn again(session: &str, delivery: u64, attempt: u8, at: i64) -> Value {
    json!({ "at": START + at, "sessionId": session, "delivery": delivery, "webhook": "hook",
        "attempt": attempt })
}

#[tokio::test]
async fn every_try_on_the_way_is_made_at_its_time_and_named() {
    let (mock, receiver) = frozen(json!(["call_initiated"])).await;
    receiver.answers(&[500, 500, 500]);
    let session = mock.ring(A, B).await;
    let fired = advance(&mock, "30s").await;
    assert_eq!(fired, json!([again(&session, 1, 2, 10), again(&session, 1, 3, 30)]));
    // The answer came after the last of them.
    assert_eq!(tries(&mock).await, [[0, 10, 30]]);
    assert_eq!(receiver.triggers(3).await.len(), 3);
}

#[tokio::test]
async fn tries_and_calls_fall_due_in_the_order_of_their_times() {
    let (mock, receiver) = frozen(json!(["call_initiated", "call_unanswered"])).await;
    receiver.answers(&[200, 500, 500, 500, 500]);
    let session = mock.ring(A, B).await;
    let unanswered = json!({ "at": START + 45, "sessionId": session, "status": "unanswered" });
    let fired = advance(&mock, "60s").await;
    // What is told of the end of the ringing is told at that time, and again from then on.
    let expected = [
        again(&session, 1, 2, 10),
        again(&session, 1, 3, 30),
        unanswered,
        again(&session, 2, 2, 55),
    ];
    assert_eq!(fired, json!(expected));
    assert_eq!(tries(&mock).await, [vec![0, 10, 30], vec![45, 55]]);
    flush(&mock).await;
}

#[tokio::test]
async fn what_is_under_way_is_tried_before_the_clock_moves() {
    let (mock, receiver) = frozen(json!(["call_initiated"])).await;
    receiver.answers(&[200, 500]);
    let held = receiver.hold().await;
    let session = mock.ring(A, B).await;
    receiver.came(1).await;
    let moving = advance(&mock, "10s");
    let answering = async {
        // The clock stands still until the first try is over.
        let shown = control(&mock, Method::GET, "/__mock/clock", json!({})).await.json();
        assert_eq!(shown["now"], START);
        drop(held);
    };
    let (fired, ()) = tokio::join!(moving, answering);
    assert_eq!(fired, json!([again(&session, 1, 2, 10)]));
    assert_eq!(tries(&mock).await, [[0, 10]]);
}

#[tokio::test]
async fn a_clock_that_runs_is_moved_likewise_and_two_moves_add_up() {
    let (mock, receiver) = frozen(json!(["call_initiated"])).await;
    control(&mock, Method::POST, "/__mock/clock", json!({ "resume": true })).await;
    receiver.answers(&[200, 500, 500, 500, 500, 500]);
    mock.ring(A, B).await;
    verified(&mock, json!({ "attempts": 1 })).await;
    mock.advance(1);
    mock.ring(C, D).await;
    let (one, other) = tokio::join!(advance(&mock, "20s"), advance(&mock, "12s"));
    let named = [one, other].map(|fired| fired.as_array().unwrap().len());
    // Each names what fell due while it was moving.
    assert!(named.into_iter().max().unwrap() >= 2, "{named:?}");
    let shown = control(&mock, Method::GET, "/__mock/clock", json!({})).await.json();
    assert_eq!((&shown["now"], &shown["frozen"]), (&json!(START + 33), &json!(false)));
    assert_eq!(tries(&mock).await, [[0, 10, 30], [1, 11, 31]]);
}

#[tokio::test]
async fn a_move_to_a_moment_ends_there_and_back_waits_for_nothing() {
    let (mock, receiver) = frozen(json!(["call_initiated"])).await;
    receiver.answers(&[200, 500]);
    mock.ring(A, B).await;
    let set =
        async |change: Value| control(&mock, Method::POST, "/__mock/clock", change).await.json();
    let there = set(json!({ "set": START + 10, "advance": "2s", "resume": true })).await;
    assert_eq!(there["fired"].as_array().unwrap().len(), 1);
    assert_eq!((&there["now"], &there["frozen"]), (&json!(START + 12), &json!(false)));
    assert_eq!(tries(&mock).await, [[0, 10]]);
    let there = set(json!({ "set": START + 20, "freeze": true })).await;
    assert_eq!(
        (&there["nowMillis"], &there["frozen"]),
        (&json!((START + 20) * 1000), &json!(true))
    );

    let held = receiver.hold().await;
    mock.ring(C, D).await;
    receiver.came(3).await;
    for change in [json!({ "set": START }), json!({ "freeze": true }), json!({ "resume": true })] {
        assert_eq!(set(change).await["fired"], json!([]));
    }
    drop(held);
}

#[tokio::test]
async fn a_reset_ends_a_move_that_is_on_its_way() {
    let (mock, receiver) = frozen(json!(["call_initiated"])).await;
    receiver.answers(&[500]);
    mock.ring(A, B).await;
    flushed_but(&mock).await;
    let held = receiver.hold().await;
    let reset = async {
        // It is at the second try.
        receiver.came(2).await;
        let shown = control(&mock, Method::GET, "/__mock/clock", json!({})).await.json();
        assert_eq!(shown["now"], START + 10);
        control(&mock, Method::POST, "/__mock/reset", json!({})).await
    };
    let (_, _) = tokio::join!(advance(&mock, "1h"), reset);
    let shown = control(&mock, Method::GET, "/__mock/clock", json!({})).await.json();
    assert_eq!((&shown["now"], &shown["frozen"]), (&json!(START), &json!(false)));
    drop(held);
}

//! How deliveries go out: again when they fail, in order, bounded, and never in anybody's way.

use std::collections::BTreeMap;

use mock_calls::config::Config;
use reqwest::Method;
use serde_json::{Value, json};

use super::receiver::{Receiver, advance, control, flush, seed, verified};
use crate::support::{A, B, C, D, Mock, START};

const DELIVERIES: &str = "/__mock/webhooks/deliveries";

async fn deliveries(mock: &Mock, query: &str) -> Vec<Value> {
    let reply = mock.control(Method::GET, &format!("{DELIVERIES}{query}")).send().await;
    reply.json()["deliveries"].as_array().unwrap().clone()
}

/// A webhook that hears of ringing alone, and is told again.
async fn persistent(mock: &Mock, receiver: &Receiver) {
    let triggers = ["call_initiated", "call_cancelled"];
    let hook = json!({ "id": "hook", "webhookURL": receiver.url, "retryOnFailure": true,
        "triggers": triggers });
    seed(mock, hook).await;
}

#[tokio::test]
async fn what_failed_goes_again_after_10_and_30_seconds_of_the_apps_clock() {
    let (mock, receiver) = (Mock::start().await, Receiver::start().await);
    persistent(&mock, &receiver).await;
    receiver.answers(&[200, 302, 500]);
    let session = mock.ring(A, B).await;
    mock.moved(&session, A, "cancelled").await;
    verified(&mock, json!({ "trigger": "call_initiated", "status": "pending" })).await;
    let waits = async |tried: u8| {
        verified(&mock, json!({ "trigger": "call_initiated", "attempts": tried })).await;
        let all = deliveries(&mock, "?trigger=call_initiated").await;
        all[0]["nextAttemptAt"].as_i64().unwrap() - START
    };
    assert_eq!(waits(1).await, 10);
    assert_eq!(advance(&mock, "9s").await, json!([]));
    let fired = advance(&mock, "1s").await;
    assert_eq!(
        fired,
        json!([{ "at": 1_700_000_010, "sessionId": session, "delivery": 1,
        "webhook": "hook", "attempt": 2 }])
    );
    assert_eq!(waits(2).await, 30);
    assert_eq!(advance(&mock, "20s").await[0]["attempt"], 3);
    // What happened to the call later waited behind it.
    let triggers = receiver.triggers(4).await;
    assert_eq!(triggers, ["call_initiated", "call_initiated", "call_initiated", "call_cancelled"]);
    flush(&mock).await;
    let first = &deliveries(&mock, "?trigger=call_initiated&status=delivered").await[0];
    let statuses: Vec<_> =
        first["attempts"].as_array().unwrap().iter().map(|one| one["status"].clone()).collect();
    assert_eq!(statuses, [500, 302, 200]);
}

#[tokio::test]
async fn after_three_tries_or_without_retries_it_has_failed() {
    let (mock, receiver) = (Mock::start().await, Receiver::start().await);
    seed(&mock, json!({ "id": "once", "webhookURL": receiver.url })).await;
    receiver.answers(&[503]);
    mock.ring(A, B).await;
    verified(&mock, json!({ "webhook": "once", "status": "failed" })).await;
    persistent(&mock, &receiver).await;
    receiver.answers(&[503, 503, 503, 503]);
    mock.ring(C, D).await;
    verified(&mock, json!({ "webhook": "hook", "attempts": 1 })).await;
    // All at once: the third is due as soon as the second has failed.
    advance(&mock, "35s").await;
    verified(&mock, json!({ "webhook": "hook", "status": "failed" })).await;
    let tries = deliveries(&mock, "?webhook=hook").await[0]["attempts"].as_array().unwrap().len();
    assert_eq!(tries, 3);
    let metrics = mock.control(Method::GET, "/metrics").send().await.text;
    assert!(
        metrics.contains(r#"mock_calls_webhook_deliveries_total{outcome="failed"} 3"#),
        "{metrics}"
    );
    assert!(metrics.contains("mock_calls_webhook_deliveries_pending 0"), "{metrics}");
}

#[tokio::test]
async fn basic_auth_is_sent() {
    let (mock, receiver) = (Mock::start().await, Receiver::start().await);
    let hook =
        json!({ "id": "hook", "webhookURL": receiver.url, "username": "me", "password": "s3cret" });
    seed(&mock, hook).await;
    mock.ring(A, B).await;
    receiver.came(1).await;
    assert_eq!(receiver.header(0, "authorization").as_deref(), Some("Basic bWU6czNjcmV0"));
    assert!(!mock.control(Method::GET, DELIVERIES).send().await.text.contains("s3cret"));
}

#[tokio::test]
async fn a_receiver_that_hangs_delays_neither_requests_nor_other_webhooks() {
    let (mock, slow, quick) =
        (Mock::start().await, Receiver::start().await, Receiver::start().await);
    let held = slow.hold().await;
    seed(&mock, json!({ "id": "slow", "webhookURL": slow.url })).await;
    seed(&mock, json!({ "id": "quick", "webhookURL": quick.url })).await;
    for _ in 0..20 {
        let session = mock.ring(A, B).await;
        mock.moved(&session, A, "cancelled").await;
    }
    quick.came(40).await;
    assert!(slow.came(1).await.len() <= 16, "more are under way than may be");
    // Switched off, it is told nothing more.
    let off = mock.manage(Method::PUT, "/apps/mock-app/webhooks/slow");
    off.json(json!({ "enabled": false })).send().await.ok();
    flush(&mock).await;
    assert_eq!(deliveries(&mock, "?webhook=slow&status=dropped").await.len(), 40);
    drop(held);
}

#[tokio::test]
async fn sessions_go_side_by_side_and_each_in_its_order() {
    let (mock, receiver) = (Mock::start().await, Receiver::start().await);
    seed(&mock, json!({ "id": "hook", "webhookURL": receiver.url })).await;
    let held = receiver.hold().await;
    let (one, other) = (mock.ring(A, B).await, mock.ring(C, D).await);
    mock.moved(&one, B, "ongoing").await;
    mock.moved(&other, C, "cancelled").await;
    // Both sessions are under way, though neither is answered.
    assert_eq!(receiver.triggers(2).await, ["call_initiated", "call_initiated"]);
    drop(held);
    let of = |came: &[String], session: &str| -> Vec<String> {
        let triggers = came.iter().filter(|body| body.contains(session));
        triggers.map(|body| body.split('"').nth(3).unwrap().to_owned()).collect()
    };
    let came = receiver.came(6).await;
    let joined = "call_participant_joined";
    assert_eq!(of(&came, &one), ["call_initiated", "call_started", joined, joined]);
    assert_eq!(of(&came, &other), ["call_initiated", "call_cancelled"]);
}

#[tokio::test]
async fn a_reset_forgets_what_waits() {
    let (mock, receiver) = (Mock::start().await, Receiver::start().await);
    persistent(&mock, &receiver).await;
    receiver.answers(&[500]);
    mock.ring(A, B).await;
    receiver.came(1).await;
    control(&mock, Method::POST, "/__mock/reset", json!({})).await;
    assert!(deliveries(&mock, "").await.is_empty());
    assert_eq!(advance(&mock, "30s").await, json!([]));
    flush(&mock).await;
}

#[tokio::test]
async fn a_flush_says_what_waits_for_a_clock_that_stands() {
    let (mock, receiver) = (Mock::start().await, Receiver::start().await);
    persistent(&mock, &receiver).await;
    control(&mock, Method::POST, "/__mock/clock", json!({ "freeze": true })).await;
    receiver.answers(&[500]);
    mock.ring(A, B).await;
    receiver.came(1).await;
    let waits = control(&mock, Method::POST, "/__mock/webhooks/flush", json!({})).await;
    assert_eq!(waits.status, 422);
    assert!(
        waits.text.contains("0 under way, 1 until a time of the app's clock. POST /__mock/clock"),
        "{}",
        waits.text
    );
    advance(&mock, "10s").await;
    flush(&mock).await;
    for (query, said) in [("?within=soon", "within: "), ("?foo=1", "There is: within, appId.")] {
        let path = format!("/__mock/webhooks/flush{query}");
        let bad = control(&mock, Method::POST, &path, json!({})).await;
        assert!(bad.status == 400 && bad.text.contains(said), "{}", bad.text);
    }
}

#[tokio::test]
async fn a_delivery_is_replayed_to_the_webhook_as_it_is_now() {
    let (mock, old, new) = (Mock::start().await, Receiver::start().await, Receiver::start().await);
    seed(&mock, json!({ "id": "hook", "webhookURL": old.url })).await;
    mock.ring(A, B).await;
    let first = old.came(1).await;
    let moved = mock.manage(Method::PUT, "/apps/mock-app/webhooks/hook");
    moved.json(json!({ "webhookURL": new.url })).send().await.ok();
    let replay = async |id: u8| {
        control(&mock, Method::POST, &format!("{DELIVERIES}/{id}/replay"), json!({})).await
    };
    assert_eq!(replay(1).await.json(), json!({ "id": 2, "repeats": 1 }));
    assert_eq!(new.came(1).await, first);
    flush(&mock).await;
    assert_eq!(deliveries(&mock, "").await[0]["repeats"], 1);
    assert_eq!(replay(9).await.status, 404);
    mock.manage(Method::DELETE, "/apps/mock-app/webhooks/hook").send().await.ok();
    assert_eq!(replay(1).await.status, 409);
}

#[tokio::test]
async fn a_flush_that_is_impatient_says_what_is_under_way() {
    let (mock, receiver) = (Mock::start().await, Receiver::start().await);
    seed(&mock, json!({ "id": "hook", "webhookURL": receiver.url })).await;
    let held = receiver.hold().await;
    let session = mock.ring(A, B).await;
    mock.moved(&session, A, "cancelled").await;
    receiver.came(1).await;
    let path = "/__mock/webhooks/flush?within=1ms";
    let waits = control(&mock, Method::POST, path, json!({})).await;
    assert_eq!(waits.status, 422);
    let said =
        "1 under way, 0 until a time of the app's clock, 1 behind others. A receiver is slow";
    assert!(waits.text.contains(said), "{}", waits.text);
    drop(held);
}

#[tokio::test]
async fn deliveries_are_listed_in_pages() {
    let (mock, receiver) = (Mock::start().await, Receiver::start().await);
    seed(&mock, json!({ "id": "hook", "webhookURL": receiver.url })).await;
    for _ in 0..3 {
        let session = mock.ring(A, B).await;
        mock.moved(&session, A, "cancelled").await;
    }
    flush(&mock).await;
    let page = async |query: &str| {
        let path = format!("{DELIVERIES}{query}");
        let reply = control(&mock, Method::GET, &path, json!({})).await.json();
        let ids: Vec<_> =
            reply["deliveries"].as_array().unwrap().iter().map(|one| one["id"].clone()).collect();
        (json!(ids), reply["nextCursor"].clone())
    };
    assert_eq!(page("?limit=4").await, (json!([6, 5, 4, 3]), json!(3)));
    assert_eq!(page("?limit=4&cursor=3").await, (json!([2, 1]), Value::Null));
    let ringing = "?trigger=call_initiated&limit=2";
    assert_eq!(page(ringing).await, (json!([5, 3]), json!(3)));
    assert_eq!(page(&format!("{ringing}&cursor=3")).await, (json!([1]), Value::Null));
    for (query, said) in [("?limit=0", "limit must be at least 1"), ("?cursor=a", "whole number")] {
        let bad = control(&mock, Method::GET, &format!("{DELIVERIES}{query}"), json!({})).await;
        assert!(bad.status == 400 && bad.text.contains(said), "{}", bad.text);
    }
}

#[tokio::test]
async fn a_test_can_ask_whether_it_was_told_and_sees_what_was_instead() {
    let (mock, receiver) = (Mock::start().await, Receiver::start().await);
    seed(&mock, json!({ "id": "hook", "webhookURL": receiver.url })).await;
    let session = mock.ring(A, B).await;
    mock.moved(&session, A, "cancelled").await;
    verified(&mock, json!({ "trigger": "call_cancelled", "status": "delivered" })).await;
    let ask = async |body| control(&mock, Method::POST, "/__mock/webhooks/verify", body).await;
    let order =
        json!({ "sequence": [{ "trigger": "call_initiated" }, { "trigger": "call_cancelled" }] });
    assert_eq!(ask(order).await.json(), json!({ "matched": 2 }));
    let wrong = json!({ "match": { "body": { "data": { "call": { "sender": B } } } } });
    let unmet = ask(wrong).await;
    assert_eq!(unmet.status, 422);
    assert_eq!(unmet.json()["error"]["message"], "0 of 2 deliveries match; expected at least 1.");
    let near = unmet.json()["nearest"][0].clone();
    assert_eq!(near["differs"][0]["field"], "body.data.call.sender");
    assert_eq!(near["delivery"]["webhook"], "hook");
}

#[tokio::test]
async fn deliveries_are_doubled_delayed_and_put_out_of_order_on_demand() {
    let (mock, receiver) = (Mock::start().await, Receiver::start().await);
    persistent(&mock, &receiver).await;
    let set = async |id: &str, faults| {
        control(&mock, Method::PUT, &format!("/__mock/webhooks/{id}/faults"), faults).await
    };
    assert_eq!(set("none", json!({})).await.status, 404);
    assert_eq!(set("hook", json!({ "duplicate": 2 })).await.status, 400);
    assert_eq!(set("hook", json!({ "duplicate": 1, "delay": "5s" })).await.status, 200);
    let session = mock.ring(A, B).await;
    let waiting = deliveries(&mock, "").await;
    let path = "/__mock/webhooks/hook/faults";
    let shown = control(&mock, Method::GET, path, json!({})).await.json();
    assert_eq!(shown, json!({ "duplicate": 1.0, "reorder": 0.0, "delay": "5s" }));
    let path = "/__mock/webhooks/none/faults";
    assert_eq!(control(&mock, Method::GET, path, json!({})).await.status, 404);
    let due = |one: &Value| one["nextAttemptAt"].as_i64().map(|at| at - START);
    assert_eq!(waiting.iter().map(due).collect::<Vec<_>>(), [Some(5), Some(5)]);
    let fired = advance(&mock, "5s").await;
    assert_eq!((&fired[0]["delivery"], &fired[0]["attempt"]), (&json!(1), &json!(1)));
    assert_eq!(receiver.triggers(2).await, ["call_initiated", "call_initiated"]);
    set("hook", json!({})).await;
    mock.moved(&session, A, "cancelled").await;
    receiver.came(3).await;

    set("hook", json!({ "reorder": 1 })).await;
    let session = mock.ring(A, B).await;
    set("hook", json!({})).await;
    mock.moved(&session, A, "cancelled").await;
    assert_eq!(receiver.triggers(4).await[3], "call_cancelled");
    advance(&mock, "1s").await;
    assert_eq!(receiver.triggers(5).await[4], "call_initiated");
}

#[tokio::test]
async fn the_sink_takes_what_is_delivered_for_the_app_of_the_delivery() {
    let mock = Mock::start().await;
    let url = format!("{}/__mock/webhooks/sink/mine", mock.url);
    let seed = json!({ "webhooks": [{ "id": "hook", "webhookURL": url }] });
    mock.control(Method::POST, "/__mock/seed").app("theirs").json(seed).send().await;
    let ring = json!({ "receiver": B, "receiverType": "user", "type": "audio" });
    mock.post("/calls", ring).by(A).app("theirs").send().await.ok();
    mock.control(Method::POST, "/__mock/webhooks/flush").app("theirs").send().await;
    let sink = async |app: &str, query: &str| {
        let path = format!("/__mock/webhooks/sink{query}");
        mock.control(Method::GET, &path).app(app).send().await.json()["received"].clone()
    };
    let received = sink("theirs", "?name=mine").await;
    assert_eq!(received[0]["body"]["trigger"], "call_initiated");
    assert_eq!((&received[0]["name"], &received[0]["authorized"]), (&json!("mine"), &json!(false)));
    assert_eq!(sink("theirs", "?name=other").await, json!([]));
    assert_eq!(sink("mock-app", "").await, json!([]));
    let unknown = mock.control(Method::GET, "/__mock/webhooks/sink?foo=a").send().await;
    assert!(unknown.status == 400 && unknown.text.contains("name, appId"), "{}", unknown.text);
    let bad = mock.control(Method::POST, "/__mock/webhooks/sink/mine").body("?").send().await;
    assert_eq!(bad.status, 400);
}

#[tokio::test]
async fn ten_thousand_deliveries_to_a_receiver_that_takes_one_at_a_time_all_come_in_order() {
    const WEBHOOKS: usize = 25;
    const CALLS: usize = 58;
    let (mock, receiver) = (Mock::start().await, Receiver::one_at_a_time().await);
    for number in 0..WEBHOOKS {
        seed(&mock, json!({ "id": format!("hook-{number}"), "webhookURL": receiver.url })).await;
    }
    for _ in 0..CALLS {
        let session = mock.ring(A, B).await;
        mock.moved(&session, B, "ongoing").await;
        mock.moved(&session, A, "ended").await;
    }
    let came = receiver.came(7 * CALLS * WEBHOOKS).await;
    assert_eq!(came.len(), 10_150);
    let mut told: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for body in &came {
        let word = |before: &str| body.split(before).nth(1).unwrap().split('"').next().unwrap();
        let session = &body[body.find("v1.us.mock-app.").unwrap()..];
        let session = session.split('"').next().unwrap();
        let webhook = word(r#""webhook":""#);
        told.entry((session, webhook)).or_default().push(word(r#""trigger":""#));
    }
    let (joined, left) = ("call_participant_joined", "call_participant_left");
    let steps = ["call_initiated", "call_started", joined, joined, left, left, "call_ended"];
    assert_eq!(told.len(), CALLS * WEBHOOKS);
    assert!(told.values().all(|told| *told == steps));
    flush(&mock).await;
    let all = mock.control(Method::GET, &format!("{DELIVERIES}?limit=1")).send().await.json();
    assert_eq!((&all["overflowed"], &all["dropped"]), (&json!({}), &json!(150)));
}

#[tokio::test]
async fn who_listens_to_events_hears_of_every_try() {
    let (mock, receiver) = (Mock::start().await, Receiver::start().await);
    persistent(&mock, &receiver).await;
    receiver.answers(&[204, 500]);
    let events = mock.bare(Method::GET, "/__mock/events?kind=delivery");
    let mut events = events.response().await;
    let session = mock.ring(A, B).await;
    verified(&mock, json!({ "attempts": 1 })).await;
    advance(&mock, "10s").await;
    let mut text = String::new();
    while text.matches("event: delivery").count() < 2 || !text.ends_with("\n\n") {
        text += std::str::from_utf8(&events.chunk().await.unwrap().unwrap()).unwrap();
    }
    let told: Vec<Value> = text
        .lines()
        .filter_map(|line| line.strip_prefix("data: "))
        .map(|data| serde_json::from_str(data).unwrap())
        .collect();
    let of = |attempt: u8, status: &str, answered: u16, at: i64| {
        json!({ "id": 1, "webhook": "hook", "trigger": "call_initiated", "sessionId": session,
            "attempt": attempt, "status": status, "httpStatus": answered, "error": null,
            "at": START + at })
    };
    assert_eq!(told, [of(1, "pending", 500, 0), of(2, "delivered", 204, 10)]);
}

#[tokio::test]
async fn a_webhook_that_was_deleted_leaves_no_faults_to_the_next_of_its_name() {
    let (mock, receiver) = (Mock::start().await, Receiver::start().await);
    let hook = json!({ "id": "hook", "webhookURL": receiver.url });
    seed(&mock, hook.clone()).await;
    let faults = json!({ "duplicate": 1 });
    control(&mock, Method::PUT, "/__mock/webhooks/hook/faults", faults).await;
    mock.manage(Method::DELETE, "/apps/mock-app/webhooks/hook").send().await.ok();
    seed(&mock, hook).await;
    mock.ring(A, B).await;
    flush(&mock).await;
    assert_eq!(receiver.came(1).await.len(), 1);
}

#[tokio::test]
async fn the_sink_needs_no_token_to_be_told_and_one_to_be_read() {
    let config = Config { control_token: Some("letmein".into()), ..Config::default() };
    let mock = Mock::with(config).await;
    let by =
        |method, path: &str| mock.control(method, path).header("authorization", "Bearer letmein");
    let url = format!("{}/__mock/webhooks/sink/mine", mock.url);
    let seed = json!({ "webhooks": [{ "id": "hook", "webhookURL": url }] });
    by(Method::POST, "/__mock/seed").json(seed).send().await.json();
    mock.ring(A, B).await;
    by(Method::POST, "/__mock/webhooks/flush").send().await.json();
    let sink = by(Method::GET, "/__mock/webhooks/sink").send().await.json();
    assert_eq!(sink["received"][0]["body"]["trigger"], "call_initiated");
    assert_eq!(mock.control(Method::GET, "/__mock/webhooks/sink").send().await.status, 401);
}

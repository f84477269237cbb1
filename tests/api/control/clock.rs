//! `/__mock/clock`: time that a test moves, in one app without the others.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{A, B, C, D, Mock, START};

async fn clock(mock: &Mock, app: &str, change: Value) -> Value {
    let request = mock.bare(Method::POST, "/__mock/clock").app(app).json(change);
    let reply = request.send().await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.json()
}

async fn ring(mock: &Mock, app: &str, by: &str, to: &str) -> String {
    let body = json!({ "receiver": to, "receiverType": "user", "type": "audio" });
    let message = mock.post("/calls", body).by(by).app(app).send().await.ok();
    let call = &message["data"]["entities"]["on"]["entity"];
    call["sessionid"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn advancing_does_what_falls_due_and_says_so_in_order() {
    let mock = Mock::start().await;
    let first = ring(&mock, "app", A, B).await;
    clock(&mock, "app", json!({ "advance": "10s" })).await;
    let second = ring(&mock, "app", C, D).await;

    let shown = clock(&mock, "app", json!({ "advance": "1m" })).await;
    let expected = json!({
        "now": START + 70, "nowMillis": (START + 70) * 1000, "frozen": false, "aheadMillis": 70_000,
        "fired": [
            { "at": START + 45, "sessionId": first, "status": "unanswered" },
            { "at": START + 55, "sessionId": second, "status": "unanswered" },
        ],
    });
    assert_eq!(shown, expected);
    let log = mock.get(&format!("/calls/{second}")).app("app").send().await.ok();
    assert_eq!((&log["status"], &log["endedAt"]), (&json!("unanswered"), &json!(START + 55)));
}

#[tokio::test]
async fn each_app_has_its_own_time() {
    let mock = Mock::start().await;
    let session = ring(&mock, "calm", A, B).await;
    clock(&mock, "hasty", json!({ "advance": "3h" })).await;
    clock(&mock, "still", json!({ "set": 1_000_000_000, "freeze": true })).await;
    mock.advance(5);

    for (app, now, frozen) in [
        ("calm", START + 5, false),
        ("hasty", START + 3 * 3600 + 5, false),
        ("still", 1_000_000_000, true),
    ] {
        let shown = mock.bare(Method::GET, "/__mock/clock").app(app).send().await.json();
        assert_eq!((&shown["now"], &shown["frozen"]), (&json!(now), &json!(frozen)), "{app}");
        assert!(shown.get("fired").is_none());
    }
    let log = mock.get(&format!("/calls/{session}")).app("calm").send().await.ok();
    assert_eq!(log["status"], "initiated");
}

#[tokio::test]
async fn what_stands_still_rings_on_until_it_is_let_go() {
    let mock = Mock::start().await;
    clock(&mock, "app", json!({ "freeze": true })).await;
    let session = ring(&mock, "app", A, B).await;
    mock.advance(1_000);
    let status = async || {
        let log = mock.get(&format!("/calls/{session}")).app("app").send().await.ok();
        log["status"].as_str().unwrap().to_owned()
    };
    assert_eq!(status().await, "initiated");
    clock(&mock, "app", json!({ "resume": true })).await;
    mock.advance(44);
    assert_eq!(status().await, "initiated");
    mock.advance(1);
    assert_eq!(status().await, "unanswered");
}

#[tokio::test]
async fn a_day_of_ring_timeouts_passes_in_one_step() {
    let mock = Mock::start().await;
    let mut sessions = BTreeSet::new();
    for hour in 0..24 {
        for (by, to) in [(A, B), (C, D)] {
            sessions.insert(ring(&mock, "app", by, to).await);
        }
        let fired = clock(&mock, "app", json!({ "advance": "1h" })).await["fired"].clone();
        let at: Vec<_> = fired.as_array().unwrap().iter().map(|f| f["at"].clone()).collect();
        assert_eq!(at, [json!(START + hour * 3600 + 45), json!(START + hour * 3600 + 45)]);
    }
    let unanswered = mock.get("/calls?status=unanswered&perPage=1000").app("app").send().await;
    assert_eq!(unanswered.json()["meta"]["pagination"]["total"], sessions.len());
}

#[tokio::test]
async fn time_that_goes_back_leaves_the_listing_in_order() {
    let mock = Mock::start().await;
    let mut expected = Vec::new();
    for at in [5_000, 3_000, 4_000, 1_000, 2_000, 6_000] {
        clock(&mock, "app", json!({ "set": at })).await;
        let session = ring(&mock, "app", A, B).await;
        mock.put(&format!("/calls/{session}"), json!({ "status": "cancelled" }))
            .by(A)
            .app("app")
            .send()
            .await
            .ok();
        expected.push((at, session));
    }
    expected.sort_by(|a, b| b.cmp(a));
    for (filter, expected) in [("", expected.as_slice()), ("?endedAt=4000", &expected[2..])] {
        let listed = mock.get(&format!("/calls{filter}")).app("app").send().await.ok();
        let listed: Vec<_> =
            listed.as_array().unwrap().iter().map(|call| call["sessionId"].clone()).collect();
        let expected: Vec<_> = expected.iter().map(|(_, session)| json!(session)).collect();
        assert_eq!(listed, expected, "{filter}");
    }
}

#[tokio::test]
async fn a_reset_puts_the_clock_back() {
    let mock = Mock::start().await;
    clock(&mock, "app", json!({ "advance": "1h", "freeze": true })).await;
    mock.bare(Method::POST, "/__mock/reset").app("app").send().await;
    let shown = mock.bare(Method::GET, "/__mock/clock?appId=app").send().await.json();
    assert_eq!((&shown["now"], &shown["frozen"]), (&json!(START), &json!(false)));
}

#[tokio::test]
async fn what_cannot_be_done_is_said_with_what_can() {
    let mock = Mock::start().await;
    for (body, expected) in [
        (r#"{"advance":"soon"}"#, r#""soon" is no duration such as "45s""#),
        (r#"{"advance":45}"#, r#"no duration such as "45s", "1h 30m" or "300ms""#),
        (r#"{"advanse":"45s"}"#, "unknown field `advanse`, expected one of `set`, `advance`"),
        (r#"{"set":"now"}"#, "expected a whole number"),
        ("{}", r#"Send {"advance":"45s"}"#),
        (r#"{"freeze":true,"resume":true}"#, "contradict each other"),
        (r#"{"set":1700000000000}"#, "looks like milliseconds; times are Unix seconds"),
        (r#"{"advance":"2000y"}"#, "no further than the year 3554"),
        (r#"{"set":50000000000,"advance":"1s"}"#, "no further than the year 3554"),
        ("{", "EOF while parsing"),
    ] {
        let request = mock.bare(Method::POST, "/__mock/clock").body(body);
        let reply = request.send().await;
        let error = &reply.json()["error"];
        assert_eq!((reply.status, &error["code"]), (400, &json!("MOCK_BAD_REQUEST")), "{body}");
        assert!(error["message"].as_str().unwrap().contains(expected), "{body}: {error}");
    }
}

//! `/__mock/requests`: what was received, and whether it is what a test expects.

use bytesize::ByteSize;
use mock_calls::config::Config;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{A, B, C, Mock, START};

async fn journal(mock: &Mock, query: &str) -> Value {
    let reply = mock.bare(Method::GET, &format!("/__mock/requests{query}")).send().await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.json()
}

async fn verify(mock: &Mock, expected: Value) -> (u16, Value) {
    let request = mock.bare(Method::POST, "/__mock/requests/verify").json(expected);
    let reply = request.send().await;
    (reply.status, reply.json())
}

/// A rings B, who accepts; C finds B busy.
async fn story() -> (Mock, String) {
    let mock = Mock::start().await;
    let session = mock.ring(A, B).await;
    mock.advance(5);
    mock.moved(&session, B, "ongoing").await;
    let body = json!({ "receiver": B, "receiverType": "user", "type": "video", "metadata": { "room": 7 } });
    mock.post("/v3/calls?x=1", body).by(C).send().await.refused(400, "ERR_CALL_BUSY_USER");
    (mock, session)
}

#[tokio::test]
async fn a_request_is_kept_with_its_answer_and_without_its_secrets() {
    let (mock, _) = story().await;
    let kept = journal(&mock, "?limit=1").await;
    let request = &kept["requests"][0];
    for (field, expected) in [
        ("id", json!(3)),
        ("at", json!(START + 5)),
        ("uid", json!(C)),
        ("method", json!("POST")),
        ("path", json!("/v3/calls")),
        ("query", json!("x=1")),
        ("status", json!(400)),
        ("code", json!("ERR_CALL_BUSY_USER")),
    ] {
        assert_eq!(request[field], expected, "{field}");
    }
    assert_eq!(request["body"]["metadata"]["room"], 7);
    assert_eq!(request["response"]["error"]["code"], "ERR_CALL_BUSY_USER");
    assert!(request["explain"].as_str().unwrap().starts_with("initiate/7: "), "{request}");
    assert_eq!(request["headers"]["apikey"], "mock-*******i-key");
    assert_eq!(kept["dropped"], 0);
    let one = mock.bare(Method::GET, "/__mock/requests/3").send().await.json();
    assert_eq!(&one, request);
}

#[tokio::test]
async fn a_password_is_shown_nowhere_and_matched_as_it_came() {
    let mock = Mock::start().await;
    let events = mock.bare(Method::GET, "/__mock/events?kind=request").response().await;
    let group = json!({ "guid": "club", "name": "Club", "type": "password",
        "password": "open-sesame-now!" });
    mock.post("/groups", group).send().await.ok();
    let hook = json!({ "id": "hook", "name": "Hook", "webhookURL": "http://127.0.0.1:9/",
        "username": "me", "password": "open-sesame-now!" });
    mock.manage(Method::POST, "/apps/mock-app/webhooks").json(hook).send().await.ok();
    let kept = journal(&mock, "").await;
    assert_eq!(kept["requests"][0]["body"]["username"], "me");
    assert_eq!(kept["requests"][0]["body"]["password"], "*****");
    let mut events = events;
    let mut told = String::new();
    while told.matches("event: request").count() < 2 || !told.ends_with("\n\n") {
        told += std::str::from_utf8(&events.chunk().await.unwrap().unwrap()).unwrap();
    }
    assert!(told.contains(r#""password":"*****""#), "{told}");
    for shown in [kept.to_string(), told] {
        assert!(!shown.contains("open-"), "{shown}");
    }
    let other = json!({ "match": { "body": { "password": "another" } } });
    let unmet = mock.control(Method::POST, "/__mock/requests/verify").json(other).send().await;
    assert_eq!(unmet.status, 422);
    assert!(!unmet.text.contains("open-sesame-now!"), "{}", unmet.text);
    let body = json!({ "match": { "body": { "password": "open-sesame-now!" } } });
    assert_eq!(verify(&mock, body).await, (200, json!({ "matched": 2 })));
}

#[tokio::test]
async fn a_token_is_shown_nowhere() {
    let mock = Mock::start().await;
    let token = mock.token(A).await;
    mock.bare(Method::GET, "/calls").header("authToken", &token).send().await.ok();
    mock.get(&format!("/users/{A}/auth_tokens/{token}")).send().await.ok();
    mock.get(&format!("/users/{A}/auth_tokens")).send().await.ok();
    let kept = mock.bare(Method::GET, "/__mock/requests").send().await;
    assert_eq!(kept.json()["requests"].as_array().unwrap().len(), 4);
    assert!(!kept.text.contains(&token), "{}", kept.text);
    assert!(!kept.text.contains("mock-rest-api-key"), "{}", kept.text);
}

#[tokio::test]
async fn a_token_that_is_not_known_here_is_shown_to_who_sent_it_alone() {
    let mock = Mock::start().await;
    let token = mock.post(&format!("/users/{A}/auth_tokens"), json!({})).app("another");
    let token = token.send().await.ok()["authToken"].as_str().unwrap().to_owned();
    let look = mock.bare(Method::GET, "/users").app("mock-app").token(&token);
    let error = look.send().await.refused(401, "AUTH_ERR_AUTH_TOKEN_NOT_FOUND");
    assert!(error["message"].as_str().unwrap().contains(&token), "{error}");
    let path = format!("/users/{A}/auth_tokens/{token}");
    mock.get(&path).send().await.refused(401, "AUTH_ERR_AUTH_TOKEN_NOT_FOUND");
    let kept = mock.bare(Method::GET, "/__mock/requests").send().await;
    assert!(!kept.text.contains(&token), "{}", kept.text);
    let message = &kept.json()["requests"][0]["response"]["error"]["message"];
    assert!(message.as_str().unwrap().starts_with("The auth token comet***"), "{message}");
}

#[tokio::test]
async fn the_journal_is_filtered_and_paged() {
    let (mock, session) = story().await;
    for (query, ids) in [
        ("", vec![3, 2, 1]),
        ("?method=put", vec![2]),
        ("?path=/calls", vec![3, 1]),
        ("?path=/calls/*", vec![2]),
        ("?status=200", vec![2, 1]),
        ("?code=ERR_CALL_BUSY_USER", vec![3]),
        (&format!("?uid={B}"), vec![2]),
        (&format!("?sessionId={session}"), vec![2, 1]),
        (&format!("?since={}", START + 5), vec![3, 2]),
        ("?cursor=3&limit=1", vec![2]),
        ("?status=500", vec![]),
    ] {
        let kept = journal(&mock, query).await;
        let found: Vec<_> = kept["requests"]
            .as_array()
            .unwrap()
            .iter()
            .map(|r| r["id"].as_i64().unwrap())
            .collect();
        assert_eq!(found, ids, "{query}");
    }
    assert_eq!(journal(&mock, "?limit=2").await["nextCursor"], 2);
    assert!(journal(&mock, "?limit=3").await.get("nextCursor").is_none());
    for (query, expected) in
        [("?verb=GET", "There is no filter verb"), ("?status=x", "a whole number")]
    {
        let reply = mock.bare(Method::GET, &format!("/__mock/requests{query}")).send().await;
        assert_eq!(reply.status, 400);
        assert!(reply.text.contains(expected), "{}", reply.text);
    }
}

#[tokio::test]
async fn what_was_expected_and_came_is_counted() {
    let (mock, session) = story().await;
    for (expected, matched) in [
        (json!({ "match": {} }), 3),
        (json!({ "match": { "method": "POST", "path": "/calls" } }), 2),
        (json!({ "match": { "method": "POST" }, "count": { "exactly": 2 } }), 2),
        (json!({ "match": { "status": 500 }, "count": { "atMost": 0 } }), 0),
        (
            json!({ "match": { "body": { "metadata": { "room": 7 } } }, "count": { "exactly": 1 } }),
            1,
        ),
        (json!({ "match": { "header": { "onBehalfOf": B } } }), 1),
        (json!({ "match": { "sessionId": session }, "count": { "atLeast": 2, "atMost": 2 } }), 2),
        (json!({ "sequence": [{ "method": "POST" }, { "uid": B }, { "uid": C }] }), 3),
    ] {
        let text = expected.to_string();
        assert_eq!(verify(&mock, expected).await, (200, json!({ "matched": matched })), "{text}");
    }
}

#[tokio::test]
async fn what_was_expected_and_did_not_come_is_shown_with_what_came_near() {
    let (mock, _) = story().await;
    let matching =
        json!({ "method": "POST", "path": "/calls", "uid": C, "body": { "type": "audio" } });
    let (status, failure) = verify(&mock, json!({ "match": matching })).await;
    assert_eq!((status, &failure["matched"], &failure["dropped"]), (422, &json!(0), &json!(0)));
    assert_eq!(failure["error"]["code"], "MOCK_VERIFY_FAILED");
    let message = failure["error"]["message"].as_str().unwrap();
    assert_eq!(message, "0 of 3 requests match; expected at least 1.");
    let nearest = failure["nearest"].as_array().unwrap();
    assert_eq!(nearest.len(), 3);
    assert_eq!(nearest[0]["request"]["id"], 3);
    let differs = json!([{ "field": "body.type", "expected": "audio", "found": "video" }]);
    assert_eq!(nearest[0]["differs"], differs);

    let sequence = json!({ "sequence": [{ "uid": C }, { "uid": B }] });
    let (status, failure) = verify(&mock, sequence).await;
    assert_eq!(status, 422);
    let message = failure["error"]["message"].as_str().unwrap();
    let expected = "Nothing matches step 2 of 2 after those before it; request 2 matches it, and came too early.";
    assert_eq!(message, expected);
    assert_eq!(failure["nearest"].as_array().unwrap().len(), 2, "those that do not match at all");

    // What can come true no more is not waited for.
    let too_many = json!({ "match": {}, "count": { "atMost": 1 }, "within": "1h" });
    assert_eq!(verify(&mock, too_many).await.0, 422);
}

#[tokio::test]
async fn a_verification_waits_for_what_is_yet_to_come() {
    let mock = Mock::start().await;
    let expected =
        json!({ "match": { "path": "/users" }, "count": { "exactly": 2 }, "within": "20s" });
    let waiting = verify(&mock, expected);
    let requests = async {
        for _ in 0..2 {
            mock.get("/users").send().await.ok();
        }
    };
    let (verified, ()) = futures_util::future::join(waiting, requests).await;
    assert_eq!(verified, (200, json!({ "matched": 2 })));

    let late = json!({ "match": { "path": "/groups" }, "within": "10ms" });
    assert_eq!(verify(&mock, late).await.0, 422);
}

#[tokio::test]
async fn the_journal_is_bounded_and_says_so() {
    let mock = Mock::with(Config { journal: 2, ..Config::default() }).await;
    for _ in 0..5 {
        mock.get("/users").send().await.ok();
    }
    assert_eq!(journal(&mock, "").await["dropped"], 3);
    let (status, failure) = verify(&mock, json!({ "match": {}, "count": { "exactly": 5 } })).await;
    assert_eq!((status, &failure["dropped"]), (422, &json!(3)));

    let off = Mock::with(Config { journal: 0, ..Config::default() }).await;
    off.get("/users").send().await.ok();
    assert_eq!(journal(&off, "").await["requests"], json!([]));
}

/// Room for some 200 requests.
async fn small() -> Mock {
    Mock::with(Config { journal_memory: ByteSize::kib(256), ..Config::default() }).await
}

async fn ask(mock: &Mock, app: &str, times: usize) {
    for _ in 0..times {
        mock.get("/users").app(app).send().await.ok();
    }
}

/// How many requests of an app are kept, and how many are not.
async fn held(mock: &Mock, app: &str) -> (usize, u64) {
    let page = journal(mock, &format!("?appId={app}&limit=1000")).await;
    (page["requests"].as_array().unwrap().len(), page["dropped"].as_u64().unwrap())
}

#[tokio::test]
async fn together_they_are_bounded_and_the_oldest_go_first() {
    let mock = small().await;
    ask(&mock, "quiet", 20).await;
    ask(&mock, "busy", 20).await;
    assert_eq!([held(&mock, "quiet").await, held(&mock, "busy").await], [(20, 0); 2]);
    ask(&mock, "busy", 1_000).await;
    assert_eq!(held(&mock, "quiet").await, (0, 20));
    let (kept, dropped) = held(&mock, "busy").await;
    assert!(kept > 20 && dropped > 20 && kept as u64 + dropped == 1_020, "{kept} {dropped}");

    let count = json!({ "match": {}, "count": { "exactly": 20 } });
    let asked = mock.bare(Method::POST, "/__mock/requests/verify?appId=quiet").json(count);
    let reply = asked.send().await;
    assert_eq!((reply.status, &reply.json()["dropped"]), (422, &json!(20)));
}

#[tokio::test]
async fn an_app_that_is_removed_leaves_its_room_to_the_others() {
    let mock = small().await;
    ask(&mock, "old", 20).await;
    for _ in 0..3 {
        ask(&mock, "young", 100).await;
        let reply = mock.bare(Method::DELETE, "/__mock/apps/young").send().await;
        assert_eq!(reply.status, 200);
    }
    assert_eq!(held(&mock, "old").await, (20, 0));
}

#[tokio::test]
async fn journals_stay_in_their_app_and_go_with_a_reset() {
    let mock = Mock::start().await;
    mock.get("/users").app("other").send().await.ok();
    mock.get("/nowhere").app("other").send().await.refused(404, "ERR_API_NOT_FOUND");
    assert_eq!(journal(&mock, "").await["requests"], json!([]));
    let other = journal(&mock, "?appId=other").await;
    assert_eq!(other["requests"].as_array().unwrap().len(), 2);
    assert_eq!(other["requests"][0]["code"], "ERR_API_NOT_FOUND");

    let cleared = mock.bare(Method::DELETE, "/__mock/requests?appId=other").send().await.json();
    assert_eq!(cleared, json!({ "removed": 2 }));
    mock.get("/users").app("other").send().await.ok();
    mock.bare(Method::POST, "/__mock/reset?appId=other").send().await;
    assert_eq!(journal(&mock, "?appId=other").await["requests"], json!([]));
    let reply = mock.bare(Method::GET, "/__mock/requests/1").send().await;
    assert_eq!(reply.status, 404);
}

#[tokio::test]
async fn a_fault_is_kept_as_what_the_client_saw() {
    let mock = Mock::start().await;
    let faults = [json!({ "drop": true }), json!({ "truncate": true })];
    for then in faults {
        let fault = json!({ "match": { "method": "GET" }, "then": then, "times": 1 });
        mock.bare(Method::POST, "/__mock/faults").json(fault).send().await;
        let sent = reqwest::Client::new().get(format!("{}/users", mock.url)).send().await;
        assert!(sent.is_err() || sent.unwrap().bytes().await.is_err());
    }
    let kept = journal(&mock, "").await;
    let statuses: Vec<_> =
        kept["requests"].as_array().unwrap().iter().map(|r| &r["status"]).collect();
    assert_eq!(statuses, [&json!(401), &json!(null)]);
}

#[tokio::test]
async fn an_expectation_that_makes_no_sense_is_answered_with_one_that_does() {
    let mock = Mock::start().await;
    for (expected, said) in [
        (json!({}), r#"Send {"match""#),
        (json!({ "match": {}, "sequence": [{}] }), r#"Send {"match""#),
        (json!({ "sequence": [] }), r#"Send {"match""#),
        (json!({ "match": { "verb": "GET" } }), "unknown field `verb`, expected one of `method`"),
        (json!({ "match": {}, "count": { "just": 1 } }), "unknown field `just`"),
        (json!({ "match": {}, "within": "soon" }), "no duration such as"),
    ] {
        let (status, error) = verify(&mock, expected).await;
        assert_eq!(status, 400);
        assert!(error["error"]["message"].as_str().unwrap().contains(said), "{error}");
    }
}

//! `/__mock/state`: a whole app as one document, which makes the same app again.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{A, B, C, D, GROUP, Mock, Reply, START};

const E: &str = "cometchat-uid-5";

/// The document, as it is written.
async fn state(mock: &Mock, app: &str) -> String {
    let reply = mock.bare(Method::GET, "/__mock/state").app(app).send().await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert_eq!(reply.content_type.as_deref(), Some("application/json"));
    reply.text
}

async fn put(mock: &Mock, app: &str, document: &str) -> Reply {
    mock.bare(Method::PUT, "/__mock/state").app(app).body(document.to_owned()).send().await
}

async fn clock(mock: &Mock, app: &str, change: Value) {
    let reply = mock.bare(Method::POST, "/__mock/clock").app(app).json(change).send().await;
    assert_eq!(reply.status, 200, "{}", reply.text);
}

/// A client may say anything of when it joined, milliseconds for example.
#[tokio::test]
async fn what_clients_have_told_is_read_as_it_was_written() {
    let mock = Mock::start().await;
    for (n, told) in
        [1_700_000_000_000_i64, 0, 100_000_000_000, i64::MAX / 1000].into_iter().enumerate()
    {
        let app = format!("app-{n}");
        let ask = json!({ "receiver": GROUP, "receiverType": "group", "type": "audio" });
        let message = mock.post("/calls", ask).by(A).app(&app).send().await.ok();
        let session = message["data"]["entities"]["on"]["entity"]["sessionid"].as_str().unwrap();
        let change = json!({ "status": "ongoing", "joinedAt": told });
        mock.put(&format!("/calls/{session}"), change).by(B).app(&app).send().await.ok();
        let written = state(&mock, &app).await;
        let reply = put(&mock, "copy", &written).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        assert_eq!(state(&mock, "copy").await, written);
    }
}

/// What is nested as deep as a request may be stands still deeper in answers and documents.
#[tokio::test]
async fn what_is_taken_in_can_be_read_and_put_back_however_deep_it_is() {
    let mock = Mock::start().await;
    let nested = |levels: usize| {
        let lists = format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        serde_json::from_str::<Value>(&lists).unwrap()
    };
    // The body, the metadata, and the lists in it.
    let call = |lists: usize| {
        let metadata = json!({ "lists": nested(lists) });
        json!({ "receiver": B, "receiverType": "user", "type": "audio", "metadata": metadata })
    };
    let refused = mock.post("/calls", call(99)).by(A).app("deep").send().await;
    assert!(refused.text.contains("nested deeper than 100 levels"), "{}", refused.text);
    let message = mock.post("/calls", call(98)).by(A).app("deep").send().await.ok();
    let shown = &message["data"]["entities"]["on"]["entity"]["data"]["metadata"];
    assert_eq!(*shown, json!({ "lists": nested(98) }));
    let written = state(&mock, "deep").await;
    let reply = put(&mock, "copy", &written).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert_eq!(state(&mock, "copy").await, written);

    let deeper = written.replace(&nested(98).to_string(), &nested(110).to_string());
    let reply = put(&mock, "copy", &deeper).await;
    assert_eq!(reply.status, 400, "{}", reply.text);
    assert!(reply.text.contains("nested deeper than 110 levels"), "{}", reply.text);
    assert_eq!(state(&mock, "copy").await, written);
}

#[tokio::test]
async fn a_clock_that_is_too_far_ahead_is_refused() {
    let mock = Mock::start().await;
    let (most, late) = (49_000_000_000_000_i64, "clock: it shows a time after the year 3617");
    for (clock, wrong) in [
        (json!({ "aheadMillis": i64::MAX }), "clock: aheadMillis can be 49000000000000 at most"),
        (json!({ "aheadMillis": most + 1 }), "clock: aheadMillis can be 49000000000000 at most"),
        (json!({ "standsAt": 52_000_000_001_i64 }), late),
    ] {
        let before = state(&mock, "app").await;
        let reply = put(&mock, "app", &json!({ "clock": clock }).to_string()).await;
        assert_eq!(reply.status, 400, "{}", reply.text);
        assert!(reply.text.contains(wrong), "{}", reply.text);
        assert_eq!(state(&mock, "app").await, before);
    }
}

/// One of everything: each kind of user, group, key and log-in, a call in each status.
async fn one_of_everything(mock: &Mock, app: &str) {
    clock(mock, app, json!({ "set": START + 100, "advance": "123ms" })).await;
    let post = async |path: &str, by: &str, body: Value| {
        mock.post(path, body).by(by).app(app).send().await.ok()
    };
    let metadata = json!({ "z": 0.1, "a": [1, 1e300, -2.5, null], "ü": { "big": u64::MAX } });
    let user = json!({ "uid": "Full", "name": "F", "avatar": "https://x/a", "link": "https://x/l",
        "role": "agent", "statusMessage": "s", "metadata": metadata, "tags": ["t", "s"] });
    post("/users", A, user).await;
    mock.put("/users/full", json!({ "name": "Full" })).app(app).send().await.ok();
    for uid in ["gone", "idle"] {
        post("/users", A, json!({ "uid": uid, "name": uid })).await;
    }
    post("/users/full/blockedusers", A, json!({ "blockedUids": [B, A] })).await;
    post(&format!("/users/{A}/auth_tokens"), A, json!({ "platform": "ios", "deviceId": "d" }))
        .await;
    post(&format!("/users/{A}/auth_tokens"), A, json!({})).await;
    let group = json!({ "guid": "secret", "name": "S", "type": "password", "password": "p",
        "owner": "gone", "icon": "https://x/i", "description": "d", "metadata": metadata });
    post("/groups", A, group).await;
    post("/groups", A, json!({ "guid": "old", "name": "O", "owner": A })).await;
    post("/groups/secret/members", A, json!({ "moderators": [B], "participants": [C, D] })).await;
    post(&format!("/groups/secret/bannedusers/{D}"), A, json!({})).await;

    for (by, to, statuses) in [
        (A, B, vec![(B, "busy")]),
        (A, B, vec![(B, "rejected")]),
        (A, B, vec![(A, "cancelled")]),
        (A, "gone", vec![("gone", "ongoing"), (A, "ended")]),
        (C, D, vec![(D, "ongoing")]),
        (A, B, vec![]),
    ] {
        let ask = json!({ "receiver": to, "receiverType": "user", "type": "video",
            "metadata": metadata });
        let message = post("/calls", by, ask).await;
        let session = &message["data"]["entities"]["on"]["entity"]["sessionid"];
        let path = format!("/calls/{}", session.as_str().unwrap());
        for (by, status) in statuses {
            let body = json!({ "status": status });
            mock.put(&path, body).by(by).app(app).send().await.ok();
        }
        clock(mock, app, json!({ "advance": "1.5s" })).await;
    }
    for guid in ["old", GROUP] {
        let by = if guid == "old" { A } else { E };
        if guid == "old" {
            clock(mock, app, json!({ "advance": "45s" })).await;
        }
        post("/calls", by, json!({ "receiver": guid, "receiverType": "group", "type": "audio" }))
            .await;
    }
    mock.delete("/groups/old").app(app).send().await.ok();
    mock.delete("/users/gone").json(json!({ "permanent": true })).app(app).send().await.ok();
    mock.delete("/users/idle").app(app).send().await.ok();
    let seed = json!({
        "users": [{ "uid": "lone" }],
        "apiKeys": [{ "key": "further", "scope": "authOnly" }],
        "calls": [{ "caller": A, "receiver": B, "status": "ended", "initiatedAt": 1000,
            "startedAt": 1010, "endedAt": 1090, "mode": "meet",
            "recordings": [{ "recordingUrl": "https://x/r" }],
            "transcriptions": [{ "transcriptUrl": "https://x/t" }] },
            { "caller": "lone", "receiver": "Daily", "receiverType": "anyone", "status": "ended" },
            { "caller": "lone", "receiver": "weekly", "receiverType": "anyone", "status": "ongoing" },
            { "caller": "lone", "receiver": "some.day", "receiverType": "anyone",
              "status": "initiated" }],
    });
    let reply = mock.bare(Method::POST, "/__mock/seed").app(app).json(seed).send().await;
    assert_eq!(reply.status, 200, "{}", reply.text);
}

/// Goes on from wherever the app stands, and tells everything it hears.
async fn go_on(mock: &Mock, app: &str) -> Vec<String> {
    let mut heard = Vec::new();
    clock(mock, app, json!({ "advance": "20s" })).await;
    for (path, by, body) in [
        ("/calls", "full", json!({ "receiver": E, "receiverType": "user", "type": "audio" })),
        ("/calls", A, json!({ "receiver": B, "receiverType": "user", "type": "audio" })),
        ("/users/full/auth_tokens", A, json!({ "platform": "web" })),
    ] {
        heard.push(mock.post(path, body).by(by).app(app).send().await.text);
    }
    clock(mock, app, json!({ "advance": "1h" })).await;
    for path in ["/calls?perPage=100", "/users?perPage=100", "/groups", "/groups/secret/members"] {
        heard.push(mock.get(path).app(app).send().await.text);
    }
    heard.iter().map(|text| nameless(text)).collect()
}

/// An app's name is part of the ids that it makes, and of what names its sockets.
fn nameless(text: &str) -> String {
    ["first", "second", "third"].iter().fold(text.to_owned(), |text, app| {
        [format!("v1.us.{app}."), format!("[{app}]"), format!("{app}.call")]
            .iter()
            .fold(text, |text, named| text.replace(named, &named.replace(app, "app")))
    })
}

#[tokio::test]
async fn a_state_goes_round_without_a_byte_changed() {
    let mock = Mock::start().await;
    one_of_everything(&mock, "first").await;
    let before = state(&mock, "first").await;
    for found in [
        r#""password": "p""#,
        r#""status": "initiated""#,
        r#""status": "ongoing""#,
        r#""status": "busy""#,
        r#""status": "rejected""#,
        r#""status": "cancelled""#,
        r#""status": "unanswered""#,
        r#""status": "ended""#,
        r#""mode": "meet""#,
        r#""sessionId": "v1.us.first.daily""#,
        r#""receiver": "some.day", "receiverType": "anyone", "status": "initiated""#,
        r#""ringsUntil": null, "participants": [{"uid": "lone", "presence": "invited"}]"#,
        r#""aheadMillis""#,
        r#""deactivatedAt""#,
        r#""key": "further""#,
        r#""bannedAt""#,
        r#""blockedAt": 1700000100.123"#,
        r#""rid""#,
        r#""tid""#,
        r#""transcriptDate": "1970-01-01""#,
        r#""deletedUsers": [
    "gone"
  ]"#,
        r#""deletedGroups": [
    "old"
  ]"#,
    ] {
        assert!(before.contains(found), "no {found} in {before}");
    }
    assert!(!before.contains("mock-rest-api-key") && !before.contains(r#""first""#));

    for app in ["first", "second"] {
        let reply = put(&mock, app, &before).await;
        assert_eq!((reply.status, &reply.json()["calls"]), (200, &json!(12)), "{}", reply.text);
        assert_eq!(state(&mock, app).await, before, "{app}");
    }
    let other = Mock::start().await;
    put(&other, "third", &before).await;
    assert_eq!(state(&other, "third").await, before);
}

#[tokio::test]
async fn what_is_restored_goes_on_as_the_original_does() {
    let mock = Mock::start().await;
    one_of_everything(&mock, "first").await;
    let before = state(&mock, "first").await;
    let other = Mock::start().await;
    for (mock, app) in [(&mock, "second"), (&other, "third")] {
        put(mock, app, &before).await;
    }
    let expected = go_on(&mock, "first").await;
    assert_eq!(go_on(&mock, "second").await, expected);
    assert_eq!(go_on(&other, "third").await, expected);
    assert!(expected[1].contains(r#""status":"initiated""#), "{}", expected[1]);
    let end = nameless(&state(&mock, "first").await);
    assert_eq!(nameless(&state(&mock, "second").await), end);
    assert_eq!(nameless(&state(&other, "third").await), end);
}

#[tokio::test]
async fn tokens_and_keys_open_the_app_that_they_were_put_into() {
    let mock = Mock::start().await;
    let token = mock.token(A).await;
    let before = mock.bare(Method::GET, "/__mock/state").send().await.text;
    let other = Mock::start().await;
    put(&other, "elsewhere", &before).await;
    let me = || other.bare(Method::GET, "/calls").token(&token).send();
    me().await.ok();
    put(&other, "elsewhere", "{}").await;
    me().await.refused(401, "AUTH_ERR_AUTH_TOKEN_NOT_FOUND");
}

#[tokio::test]
async fn a_token_that_is_in_two_apps_stays_with_the_first() {
    let mock = Mock::start().await;
    let token = mock
        .post(&format!("/users/{A}/auth_tokens"), json!({}))
        .app("first")
        .send()
        .await
        .ok()["authToken"]
        .as_str()
        .unwrap()
        .to_owned();
    let before = state(&mock, "first").await;
    put(&mock, "second", &before).await;
    let ring = async |by: &str| {
        let body = json!({ "receiver": by, "receiverType": "user", "type": "audio" });
        let sent = mock.bare(Method::POST, "/calls").token(&token).json(body).send().await;
        sent.ok()["data"]["entities"]["on"]["entity"]["sessionid"].as_str().unwrap().to_owned()
    };
    assert!(ring(B).await.starts_with("v1.us.first."));
    // The first one is made again, and the second one goes: neither changes whose it is.
    put(&mock, "first", &before).await;
    mock.bare(Method::DELETE, "/__mock/apps/second").send().await;
    assert!(ring(B).await.starts_with("v1.us.first."));
    mock.bare(Method::POST, "/__mock/reset?appId=first").send().await;
    let refused = mock.bare(Method::GET, "/calls").token(&token).send().await;
    refused.refused(401, "AUTH_ERR_AUTH_TOKEN_NOT_FOUND");
}

#[tokio::test]
async fn a_frozen_clock_stands_where_it_stood_and_ringing_goes_on() {
    let mock = Mock::start().await;
    clock(&mock, "first", json!({ "set": 5_000, "freeze": true, "advance": "7ms" })).await;
    mock.post("/calls", json!({ "receiver": B, "receiverType": "user", "type": "audio" }))
        .by(A)
        .app("first")
        .send()
        .await
        .ok();
    let before = state(&mock, "first").await;
    mock.advance(10_000);
    put(&mock, "second", &before).await;
    assert_eq!(state(&mock, "second").await, before);
    let moved = mock.bare(Method::POST, "/__mock/clock").app("second");
    let fired = moved.json(json!({ "advance": "45s" })).send().await.json()["fired"].clone();
    assert_eq!((fired[0]["at"].clone(), fired[1].clone()), (json!(5_045), Value::Null));
}

#[tokio::test]
async fn an_empty_document_is_an_empty_app() {
    let mock = Mock::start().await;
    mock.ring(A, B).await;
    let reply = mock.bare(Method::PUT, "/__mock/state").body("{}").send().await;
    assert_eq!(reply.json(), json!({ "users": 0, "groups": 0, "calls": 0 }));
    assert_eq!(mock.get("/users").send().await.ok(), json!([]));
}

#[tokio::test]
async fn a_state_that_does_not_fit_changes_nothing() {
    let mock = Mock::start().await;
    let session = mock.ring(A, B).await;
    let before = mock.bare(Method::GET, "/__mock/state").send().await.text;
    for (from, to, expected) in [
        (
            r#""status": "initiated""#,
            r#""status": "paused""#,
            r#"calls[0].status: "paused" is none of initiated, ongoing"#,
        ),
        (r#""presence": "joined""#, r#""presence": "invited""#, "calls[0].participants"),
        (r#""mode""#, r#""mood""#, "unknown field `mood`, expected one of `sessionId`, `mid`"),
        (
            r#""caller": "cometchat-uid-1""#,
            r#""caller": "nobody""#,
            "calls[0].caller: there is no user nobody; there is cometchat-uid-1,",
        ),
        (r#""secret": ""#, r#""secret": "zz"#, "is not 40 hexadecimal digits"),
        (r#""aheadMillis": 0"#, r#""behindMillis": 0"#, "clock"),
        (r#""idGenerator": ""#, r#""idGenerator": "0"#, "is not 16 hexadecimal digits"),
    ] {
        assert!(before.contains(from), "{from}");
        let reply = put(&mock, "mock-app", &before.replacen(from, to, 1)).await;
        let error = &reply.json()["error"];
        assert_eq!((reply.status, &error["code"]), (400, &json!("MOCK_BAD_REQUEST")), "{to}");
        assert!(error["message"].as_str().unwrap().contains(expected), "{to}: {error}");
    }
    assert_eq!(mock.bare(Method::GET, "/__mock/state").send().await.text, before);
    assert_eq!(mock.log(&session).await["status"], "initiated");
}

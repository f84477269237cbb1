//! `/__mock/seed`: what a test wants to find in an app.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{A, B, C, D, GROUP, Mock, Reply, START};

async fn seed(mock: &Mock, body: Value) -> Reply {
    mock.bare(Method::POST, "/__mock/seed").json(body).send().await
}

async fn planted(mock: &Mock, body: Value) -> Value {
    let reply = seed(mock, body).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.json()
}

async fn state(mock: &Mock) -> String {
    mock.bare(Method::GET, "/__mock/state").send().await.text
}

#[tokio::test]
async fn everything_that_is_left_out_is_filled_in() {
    let mock = Mock::start().await;
    let counts = planted(
        &mock,
        json!({
            "users": [{ "uid": "Ann", "blocked": [B] }, { "uid": "bob", "deactivatedAt": 5 }],
            "groups": [
                { "guid": "g", "owner": "ann" },
                { "guid": "locked", "password": "p", "owner": "ann", "banned": ["bob"],
                  "members": ["ann", { "uid": A, "scope": "moderator", "joinedAt": 7 }, C] },
            ],
            "members": [{ "guid": GROUP, "uid": "ann" }],
            "apiKeys": [{ "key": "k2" }],
            "tokens": [{ "uid": "ann", "authToken": "ann-token" }, { "uid": "ann" }],
        }),
    )
    .await;
    assert_eq!(counts, json!({ "users": 7, "groups": 3, "calls": 0 }));

    let ann = mock.get("/users/ann").send().await.ok();
    let expected = json!({ "uid": "ann", "name": "Ann", "status": "offline", "role": "default",
        "createdAt": START });
    assert_eq!(ann["uid"], expected["uid"]);
    assert_eq!((&ann["role"], &ann["createdAt"]), (&expected["role"], &expected["createdAt"]));
    let members = mock.get("/groups/locked/members").send().await;
    assert_eq!(members.column("uid"), ["ann", A, C]);
    assert_eq!(members.column("scope"), ["admin", "moderator", "participant"]);
    assert_eq!(mock.get("/groups/g/members").send().await.column("scope"), ["admin"]);
    assert_eq!(mock.get("/groups/locked/bannedusers").send().await.column("uid"), ["bob"]);
    let listed = mock.bare(Method::GET, "/users").header("apikey", "k2").send().await;
    assert_eq!(listed.column("uid").len(), 6);
    let group = json!({ "receiver": GROUP, "receiverType": "group", "type": "audio" });
    mock.bare(Method::POST, "/calls").token("ann-token").json(group).send().await.ok();
    let tokens = mock.get("/users/ann/auth_tokens").send().await.ok();
    assert_eq!(tokens.as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn calls_come_in_every_status_as_if_they_had_happened() {
    let mock = Mock::start().await;
    let call = |status: &str, at: i64| {
        json!({ "sessionId": status, "caller": A, "receiver": B, "receiverType": "user",
            "status": status, "initiatedAt": at })
    };
    let mut ended = call("ended", 600);
    ended["startedAt"] = json!(610);
    ended["endedAt"] = json!(670);
    let group = json!({ "sessionId": "group", "caller": A, "receiver": GROUP, "type": "video",
        "receiverType": "group", "status": "unanswered", "initiatedAt": 50 });
    let calls = json!([
        call("rejected", 100), call("busy", 300), ended, call("cancelled", 200),
        call("unanswered", 400), group, call("initiated", START - 5),
        { "sessionId": "ongoing", "caller": C, "receiver": D, "status": "ongoing" },
    ]);
    planted(&mock, json!({ "calls": calls })).await;

    let listed = mock.get("/calls").send().await.column("sessionId");
    let expected =
        ["ongoing", "initiated", "ended", "unanswered", "busy", "cancelled", "rejected", "group"];
    assert_eq!(listed, expected);
    for (session, status, ends, states) in [
        ("rejected", "rejected", json!([null, 100]), json!(["ended", "rejected"])),
        ("busy", "busy", json!([null, 300]), json!(["ended", "unanswered"])),
        ("cancelled", "canceled", json!([null, 200]), json!(["ended", "unanswered"])),
        ("unanswered", "unanswered", json!([null, 445]), json!(["ended", "unanswered"])),
        ("ended", "ended", json!([610, 670]), json!(["ended", "ended"])),
        ("initiated", "initiated", json!([null, null]), json!(["ongoing", "unanswered"])),
        ("ongoing", "ongoing", json!([START, null]), json!(["ongoing", "ongoing"])),
        (
            "group",
            "unanswered",
            json!([null, 95]),
            json!(["ended", "unanswered", "unanswered", "unanswered", "unanswered"]),
        ),
    ] {
        let log = mock.log(session).await;
        let shown: Vec<_> =
            log["participants"].as_array().unwrap().iter().map(|p| p["state"].clone()).collect();
        assert_eq!(log["status"], status);
        assert_eq!(json!([log["startedAt"], log["endedAt"]]), ends, "{session}");
        assert_eq!(json!(shown), states, "{session}");
    }

    // What goes on obeys the rules from here on, and time.
    let busy = json!({ "receiver": C, "receiverType": "user", "type": "audio" });
    mock.post("/calls", busy).by(B).send().await.refused(400, "ERR_CALL_BUSY_USER");
    mock.advance(40);
    let log = mock.log("initiated").await;
    assert_eq!((&log["status"], &log["endedAt"]), (&json!("unanswered"), &json!(START + 40)));
    mock.moved("ongoing", D, "ended").await;
}

#[tokio::test]
async fn what_is_wrong_is_named_by_its_path_and_nothing_is_changed() {
    let mock = Mock::start().await;
    mock.ring(C, D).await;
    mock.ring_group(D, GROUP).await;
    let before = state(&mock).await;
    let call = |fields: Value| {
        let mut call =
            json!({ "caller": A, "receiver": B, "status": "ended", "initiatedAt": 1_000 });
        for (name, value) in fields.as_object().unwrap() {
            call[name] = value.clone();
        }
        json!({ "users": [{ "uid": "new" }], "calls": [call] })
    };
    #[rustfmt::skip] // body, message
    let rows = [
        (call(json!({ "status": "paused" })), r#"calls[0].status: "paused" is none of initiated, ongoing, busy, rejected, cancelled, unanswered, ended at line 1"#),
        (call(json!({ "callerr": A })), "unknown field `callerr`, expected one of `sessionId`"),
        (json!({ "cals": [] }), "unknown field `cals`, expected one of `users`, `groups`"),
        (json!({ "calls": [{ "caller": A, "receiver": B }] }), "calls[0]: missing field `status`"),
        (json!({ "users": [{ "name": "x" }] }), "users[0]: missing field `uid`"),
        (json!({ "users": "all" }), r#"users: invalid type: string "all", expected an array"#),
        (json!({ "users": [{ "uid": "a b" }] }), r#"users[0].uid: "a b" is no uid: expected letters"#),
        (json!({ "users": [{ "uid": "x" }, { "uid": "X" }] }), "users[1].uid: there is a user x already"),
        (json!({ "users": [{ "uid": A }] }), "users[0].uid: there is a user cometchat-uid-1 already"),
        (json!({ "users": [{ "uid": "x", "blocked": [B, "y"] }] }), "users[0].blocked[1]: there is no user y; there is cometchat-uid-1, "),
        (json!({ "users": [{ "uid": "x", "blocked": [B, B] }] }), "users[0].blocked[1]: cometchat-uid-2 stands there twice"),
        (json!({ "groups": [{ "guid": GROUP }] }), "groups[0].guid: there is a group cometchat-guid-1 already"),
        (json!({ "groups": [{ "guid": "g", "owner": "x" }] }), "groups[0].owner: there is no user x"),
        (json!({ "groups": [{ "guid": "g", "members": ["x"] }] }), "groups[0].members[0]: there is no user x"),
        (json!({ "groups": [{ "guid": "g", "members": [{ "uid": A, "scope": "boss" }] }] }), r#"groups[0].members[0].scope: "boss" is none of admin, moderator, participant"#),
        (json!({ "groups": [{ "guid": "g", "members": [A], "banned": [A] }] }), "groups[0].banned[0]: a member cannot be banned"),
        (json!({ "groups": [{ "guid": "g", "type": "password" }] }), "groups[0].password: a group of the type password needs one"),
        (json!({ "groups": [{ "guid": "g", "type": "public", "password": "p" }] }), "groups[0].password: only a group"),
        (json!({ "members": [{ "guid": "x", "uid": A }] }), "members[0].guid: there is no group x; there is cometchat-guid-1"),
        (json!({ "members": [{ "guid": GROUP, "uid": A }] }), "members[0].uid: cometchat-uid-1 is a member of cometchat-guid-1 already"),
        (json!({ "apiKeys": [{ "key": "mock-rest-api-key" }] }), "apiKeys[0].key: the app has this key already"),
        (json!({ "apiKeys": [{ "key": "" }] }), "apiKeys[0].key: expected visible ASCII"),
        (json!({ "apiKeys": [{ "key": "k", "scope": "all" }] }), r#"apiKeys[0].scope: "all" is none of fullAccess, authOnly"#),
        (json!({ "tokens": [{ "uid": "x" }] }), "tokens[0].uid: there is no user x"),
        (json!({ "tokens": [{ "uid": A, "authToken": "t" }, { "uid": B, "authToken": "t" }] }), "tokens[1].authToken: there is this token already"),
        (json!({ "users": [{ "uid": "x", "deactivatedAt": 1 }], "tokens": [{ "uid": "x" }] }), "tokens[0].uid: the user x is deactivated"),
        (call(json!({ "caller": "x" })), "calls[0].caller: there is no user x"),
        (call(json!({ "receiver": "x" })), "calls[0].receiver: there is no user x"),
        (call(json!({ "receiver": "a b" })), r#"calls[0].receiver: "a b" is no uid"#),
        (call(json!({ "receiver": "x", "receiverType": "group" })), "calls[0].receiver: there is no group x"),
        (call(json!({ "receiver": A })), "calls[0].receiver: cometchat-uid-1 cannot call themselves"),
        (call(json!({ "initiatedAt": 1_700_000_000_000i64 })), "calls[0].initiatedAt: 1700000000000 looks like milliseconds; times are Unix seconds"),
        (call(json!({ "initiatedAt": "now" })), "calls[0].initiatedAt: invalid type: string"),
        (call(json!({ "status": "busy", "startedAt": 1 })), "calls[0].startedAt: a call that is busy has none"),
        (call(json!({ "ringsUntil": null })), "calls[0].ringsUntil: a call that is ended has none"),
        (call(json!({ "sessionId": "" })), r#"calls[0].sessionId: "" is not visible ASCII"#),
        (call(json!({ "mid": "x" })), r#"calls[0].mid: "x" is no UUID"#),
        (call(json!({ "participants": [] })), "calls[0].participants: the first is the caller, cometchat-uid-1"),
        (call(json!({ "participants": [{ "uid": A, "presence": "joined" }] })), "calls[0].participants[0].presence: nobody is joined on a call that is ended"),
        (call(json!({ "participants": [{ "uid": A, "presence": "invited", "leftAt": 3 }] })), "calls[0].participants[0].leftAt: somebody who is invited has none"),
        (call(json!({ "participants": [{ "uid": A, "presence": "left" }, { "uid": "x", "presence": "invited" }] })), "calls[0].participants[1].uid: there is no user x"),
        (call(json!({ "status": "ongoing", "participants": [{ "uid": A, "presence": "left", "leftAt": 1 }] })), "calls[0].participants: on a call that is ongoing somebody is joined"),
        (call(json!({ "status": "initiated", "participants": [{ "uid": A, "presence": "invited" }] })), "calls[0].participants: on a call that is initiated the caller, nobody else, is joined"),
        (call(json!({ "status": "initiated", "participants": [{ "uid": A, "presence": "joined" }, { "uid": B, "presence": "joined" }] })), "calls[0].participants: on a call that is initiated the caller, nobody else, is joined"),
        (call(json!({ "participants": [{ "uid": A, "presence": "left", "deviceName": "my phone" }] })), r#"calls[0].participants[0].deviceName: "my phone" is no device: expected 1 to 100 characters, none blank"#),
        (call(json!({ "participants": [{ "uid": A, "presence": "invited", "deviceName": "phone" }] })), "calls[0].participants[0].deviceName: somebody who is invited has none"),
        (call(json!({ "status": "ongoing", "participants": [
            { "uid": A, "presence": "joined", "deviceName": "phone" },
            { "uid": B, "presence": "joined", "deviceName": "phone" },
            { "uid": A, "presence": "joined", "deviceName": "phone" }] })), "calls[0].participants[2]: this device of theirs is joined already"),
        (call(json!({ "recordings": [{}] })), "calls[0].recordings[0]: missing field `recordingUrl`"),
        (call(json!({ "caller": C, "status": "initiated" })), "calls[0].caller: cometchat-uid-3 is on v1.us.mock-app."),
        (call(json!({ "receiver": C, "status": "ongoing" })), "nobody is on two live calls"),
        (call(json!({ "status": "ongoing", "participants": [{ "uid": A, "presence": "joined" }, { "uid": C, "presence": "joined" }] })), "calls[0].participants[1].uid: cometchat-uid-3 is on v1.us.mock-app."),
        (call(json!({ "receiver": GROUP, "receiverType": "group", "status": "initiated" })), "calls[0].receiver: cometchat-guid-1 has the live call v1.us.mock-app."),
        (call(json!({ "receiver": "a b", "receiverType": "anyone" })), r#"calls[0].receiver: "a b" is no name of a direct session: expected 1 to 100 letters"#),
        (call(json!({ "receiver": "x", "receiverType": "all" })), r#"calls[0].receiverType: "all" is none of user, group, anyone"#),
        (call(json!({ "receiver": "x", "receiverType": "anyone", "mode": "call" })), "calls[0].mode: a session for anyone is direct: its mode is meet"),
        (call(json!({ "receiver": "x", "receiverType": "anyone", "status": "busy" })), "calls[0].status: nobody rings for a direct session"),
        (call(json!({ "receiver": "x", "receiverType": "anyone", "status": "initiated", "ringsUntil": 5 })), "calls[0].ringsUntil: nobody rings for a direct session"),
        (call(json!({ "receiver": "x", "receiverType": "anyone", "status": "initiated", "participants": [
            { "uid": A, "presence": "joined" }] })), "calls[0].participants: on a direct session that is initiated nobody is joined"),
        (call(json!({ "receiver": "x", "receiverType": "anyone", "status": "ongoing", "participants": [
            { "uid": A, "presence": "invited" }] })), "calls[0].participants: on a call that is ongoing somebody is joined"),
        (call(json!({ "caller": C, "receiver": "x", "receiverType": "anyone", "status": "ongoing" })), "nobody is on two live calls"),
        (json!({ "calls": [
            { "sessionId": "s", "caller": A, "receiver": B, "status": "busy" },
            { "sessionId": "s", "caller": A, "receiver": B, "status": "busy" }] }), "calls[1].sessionId: there is a call with the session id s already"),
        (json!({ "calls": [
            { "sessionId": "s", "caller": A, "receiver": B, "status": "initiated" },
            { "caller": A, "receiver": B, "status": "initiated" }] }), "calls[1].caller: cometchat-uid-1 is on s, initiated since 1700000000; nobody is on two live calls"),
        (json!({ "clock": { "aheadMillis": 0 } }), "clock: only a whole state has it, which PUT /__mock/state takes"),
    ];
    for (body, expected) in rows {
        let reply = seed(&mock, body.clone()).await;
        let error = &reply.json()["error"];
        assert_eq!((reply.status, &error["code"]), (400, &json!("MOCK_BAD_REQUEST")), "{body}");
        let said = error["message"].as_str().unwrap();
        assert!(said.contains(expected), "{body}:\n  said {said}\n  not  {expected}");
        assert_eq!(state(&mock).await, before, "{body}");
    }
}

#[tokio::test]
async fn a_deactivated_user_is_on_no_live_call_but_may_be_in_a_history() {
    let mock = Mock::start().await;
    let body = |status: &str| {
        json!({ "users": [{ "uid": "out", "deactivatedAt": 9 }], "deletedUsers": ["gone"],
            "deletedGroups": ["closed"], "calls": [
                { "caller": A, "receiver": "out", "status": status },
                { "caller": "gone", "receiver": A, "status": "ended" },
                { "caller": "gone", "receiver": "closed", "receiverType": "group",
                  "status": "ended" }] })
    };
    let refused = seed(&mock, body("ongoing")).await;
    assert!(refused.text.contains("calls[0].receiver: the user out is deactivated"));
    assert_eq!(planted(&mock, body("ended")).await["calls"], 3);
}

#[tokio::test]
async fn a_long_history_in_any_order_is_listed_newest_first() {
    let mock = Mock::start().await;
    let recent = mock.ring(A, B).await;
    let users: Vec<_> = (0..100).map(|n| json!({ "uid": format!("u{n}") })).collect();
    let count = 20_000i64;
    let calls: Vec<_> = (0..count)
        .map(|n| {
            // Every second once, in no order.
            let at = n * 7_919 % count;
            json!({ "sessionId": format!("s{at}"), "caller": format!("u{}", at % 100),
                "receiver": format!("u{}", (at + 1) % 100), "status": "ended",
                "initiatedAt": 1_000_000 + at })
        })
        .collect();
    planted(&mock, json!({ "users": users, "calls": calls })).await;
    let page = mock.get("/calls?perPage=1000").send().await;
    assert_eq!(page.pagination()[0], 20_001);
    let expected: Vec<_> =
        std::iter::once(recent).chain((0..999).map(|n| format!("s{}", count - 1 - n))).collect();
    assert_eq!(page.column("sessionId"), expected);
    let page = mock.get("/calls?uid=u7").send().await;
    assert_eq!(page.pagination()[0], 400);
}

//! Who and what is in an app, and the time there.

use std::time::Duration;

use mock_calls::{Call, Group, MockServer, Seed, User};
use mock_calls_embedded::{change, ring};
use serde_json::{Value, json};

const A: &str = "cometchat-uid-1";
const B: &str = "cometchat-uid-2";

#[test]
fn users_and_groups_are_made_by_the_vendors_rules() {
    let server = MockServer::start_blocking();
    let app = server.app("people");
    let alice = app
        .user("alice")
        .name("Alice")
        .role("agent")
        .avatar("https://example.com/a.png")
        .link("https://example.com/a")
        .status_message("here")
        .metadata(json!({ "shoe": 39 }))
        .tags(["night", "shift"])
        .create();
    assert_eq!((&alice["name"], &alice["metadata"]["shoe"]), (&json!("Alice"), &json!(39)));
    assert_eq!(alice["tags"], json!(["night", "shift"]));
    assert_eq!(app.user("bob").create()["name"], "bob");

    let team = app.group("team").owner("alice").members(["bob"]).password("pw").create();
    assert_eq!((&team["type"], &team["membersCount"]), (&json!("password"), &json!(2)));

    for (refused, code, says) in [
        (app.user("alice").try_create(), "ERR_UID_ALREADY_EXISTS", "alice"),
        (app.user("a b").try_create(), "ERR_BAD_REQUEST", "must only contain letters"),
        (app.user("c").avatar("picture").try_create(), "ERR_BAD_REQUEST", "valid URL"),
        (app.group("team").try_create(), "ERR_GUID_ALREADY_EXISTS", "team"),
        (app.group("new").owner("nobody").try_create(), "ERR_UID_NOT_FOUND", "nobody"),
        (app.group("new").members(["nobody"]).try_create(), "ERR_UID_NOT_FOUND", "nobody"),
    ] {
        let refused = refused.unwrap_err();
        assert_eq!(refused.code(), code);
        assert!(refused.message().contains(says), "{refused}");
    }
    // What was refused left nothing.
    assert_eq!(app.group("new").private().create()["membersCount"], 0);
}

#[test]
#[should_panic(expected = "ERR_UID_ALREADY_EXISTS: ")]
fn a_test_that_cannot_make_a_user_ends_there() {
    let server = MockServer::start_blocking();
    server.app("twice").user(A).create();
}

#[test]
fn a_token_is_that_of_a_log_in() {
    let server = MockServer::start_blocking();
    let app = server.app("login");
    let token = app.token(A);
    assert_eq!(app.state()["tokens"][0]["authToken"], json!(token));
    assert_eq!(app.state()["tokens"][0]["uid"], A);
}

#[test]
fn a_seed_can_be_put_together_or_be_json() {
    let server = MockServer::start_blocking();
    let app = server.app("seeded");
    app.seed(
        Seed::new()
            .user(User::new("alice").name("Alice").blocked([A]))
            .user("bob")
            .group(Group::new("team").owner("alice").members(["alice", "bob"]))
            .member("cometchat-guid-1", "bob")
            .token("bob", "token-of-bob")
            .api_key("another-key", "authOnly")
            .webhook("hook", "http://127.0.0.1:9/")
            .call(
                Call::new("alice", "bob")
                    .session_id("past")
                    .video()
                    .status("ended")
                    .initiated_at(1_700_000_000)
                    .started_at(1_700_000_010)
                    .ended_at(1_700_000_070)
                    .metadata(json!({ "topic": "tea" })),
            )
            .call(Call::new("alice", "team").session_id("now").to_group())
            .call(Call::new("bob", "daily").to_anyone()),
    );
    let past = app.call("past").unwrap();
    assert_eq!((&past["totalDuration"], &past["type"]), (&json!("00:01:00"), &json!("video")));
    assert_eq!(past["metaData"]["topic"], "tea");
    assert_eq!(app.call("now").unwrap()["receiverType"], "group");
    assert!(app.call("none").is_none());

    // JSON, as text or as a value, and something added to it.
    app.seed(r#"{"users":[{"uid":"carol"}]}"#);
    app.seed(Seed::from(json!({ "users": [{ "uid": "dave" }] })).user("erin"));
    let state = app.state();
    let uids: Vec<_> = state["users"].as_array().unwrap().iter().map(|u| &u["uid"]).collect();
    assert_eq!(uids[5..], ["alice", "bob", "carol", "dave", "erin"]);

    for (seed, expected) in [
        (Seed::new().user("frank").call(Call::new("nobody", "frank")), "calls[0].caller"),
        (Seed::new().user("frank").user("alice"), "users[1].uid"),
        (Seed::from("no json"), "The JSON is not what is expected"),
        (Seed::from(json!([])), "a JSON object is expected"),
        (Seed::from(json!({ "people": [] })), "people"),
        (Seed::from(json!({ "users": {} })).user("frank"), "users: a JSON array is expected"),
    ] {
        let refused = app.try_seed(seed).unwrap_err();
        assert_eq!(refused.code(), "MOCK_BAD_REQUEST");
        assert!(refused.message().contains(expected), "{refused}");
    }
    assert_eq!(app.state(), state, "what was refused changed nothing");
}

#[test]
fn a_state_can_be_taken_back_and_put_elsewhere() {
    let server = MockServer::start_blocking();
    let (app, other) = (server.app("first"), server.app("second"));
    app.clock().freeze();
    let before = app.state();
    let (_, session) = ring(&server, &app, A, B);
    let ringing = app.state();
    app.set_state(&before);
    assert!(app.call(&session).is_none());
    other.set_state(&ringing);
    assert_eq!(other.call(&session).unwrap()["status"], "initiated");
    assert_eq!(other.state(), ringing);
}

#[test]
fn what_is_changed_here_is_seen_by_requests_and_the_other_way_round() {
    let server = MockServer::start_blocking();
    let app = server.app("both");
    app.user("alice").create();
    let (status, session) = ring(&server, &app, "alice", A);
    assert_eq!(status, 200);
    assert_eq!(change(&server, &app, A, &session, "ongoing").0, 200);
    assert_eq!(app.call(&session).unwrap()["status"], "ongoing");
    app.reset();
    assert!(app.call(&session).is_none() && app.requests().is_empty());
    assert_eq!(ring(&server, &app, "alice", A), (404, "ERR_UID_NOT_FOUND".to_owned()));
}

#[test]
fn the_clock_is_moved_by_hand_alone() {
    let server = MockServer::start_blocking();
    let app = server.app("timed");
    let clock = app.clock();
    clock.freeze();
    clock.set(1_800_000_000);
    assert_eq!((clock.now(), clock.now_millis()), (1_800_000_000, 1_800_000_000_000));
    assert!(clock.is_frozen());
    let (_, first) = ring(&server, &app, A, B);
    assert!(clock.advance(Duration::from_secs(20)).is_empty());
    let (_, second) = ring(&server, &app, "cometchat-uid-3", "cometchat-uid-4");
    let fired = clock.advance(Duration::from_millis(65_500));
    let seen: Vec<_> = fired.iter().map(|f| (&f["at"], &f["sessionId"], &f["status"])).collect();
    let missed = Value::from("unanswered");
    let (at, then) = (json!(1_800_000_045), json!(1_800_000_065));
    assert_eq!(seen, [(&at, &json!(first), &missed), (&then, &json!(second), &missed)]);
    clock.resume();
    assert!(!clock.is_frozen() && clock.now_millis() >= 1_800_000_085_500);
    // Another app has a clock of its own.
    assert!(server.app("untouched").clock().now() < 1_800_000_000 || clock.now() > 1_900_000_000);
}

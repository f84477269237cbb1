//! Which app a request is for, and that apps do not touch each other.

use mock_calls::{config::Config, domain::ids::AppId};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{A, B, GROUP, Mock, Reply, Request, START};

const USER: &str = "/users/cometchat-uid-1";

/// A server on which the first user is named after the app, in each of these.
async fn with_apps(apps: &[&str]) -> Mock {
    let mock = Mock::start().await;
    for app in apps {
        mock.put(USER, json!({ "name": app })).app(app).send().await.ok();
    }
    mock
}

/// The app that a look at the first user came to.
async fn reached(look: Request) -> String {
    look.send().await.ok()["name"].as_str().unwrap().to_owned()
}

async fn token_in(mock: &Mock, app: &str) -> String {
    let reply = mock.post(&format!("{USER}/auth_tokens"), json!({})).app(app).send().await;
    reply.ok()["authToken"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_request_that_names_no_app_is_for_the_default_one() {
    let mock = with_apps(&["mock-app"]).await;
    assert_eq!(reached(mock.get(USER)).await, "mock-app");
    assert_eq!(reached(mock.get(USER).app("mock-app")).await, "mock-app");
    assert_eq!(reached(mock.get(USER).app("")).await, "mock-app");
    for host in ["localhost:2255", "127.0.0.1", "api-us.cometchat.io", "team.example.com", "team"] {
        assert_eq!(reached(mock.get(USER).header("host", host)).await, "mock-app", "{host}");
    }
}

#[tokio::test]
async fn the_default_app_and_the_region_can_be_chosen() {
    let app_id = AppId::parse("mine").unwrap();
    let mock = Mock::with(Config { app_id, region: "eu".to_owned(), ..Config::default() }).await;
    let session = mock.ring(A, B).await;
    assert!(session.starts_with(&format!("v1.eu.mine.{START}")), "{session}");
    mock.get(&format!("/calls/{session}")).app("mine").send().await.ok();
}

#[tokio::test]
async fn each_form_of_a_host_names_its_app() {
    let mock = with_apps(&["mock-app", "team"]).await;
    for host in [
        "team.api-us.cometchat.io",
        "team.apiclient-eu.cometchat.io",
        "team.call-in.cometchat.io",
        "team.localhost",
        "team.localhost:2255",
        "TEAM.api-us.cometchat.io",
    ] {
        assert_eq!(reached(mock.get(USER).header("host", host)).await, "team", "{host}");
    }
}

#[tokio::test]
async fn a_token_brings_its_app_along() {
    let mock = with_apps(&["mock-app", "team"]).await;
    let token = token_in(&mock, "team").await;
    assert_eq!(reached(mock.bare(Method::GET, USER).token(&token)).await, "team");
    assert_eq!(reached(mock.get(USER).token(&token)).await, "team");
}

#[tokio::test]
async fn the_header_comes_before_the_token_and_the_token_before_the_host() {
    let mock = with_apps(&["mock-app", "team", "other"]).await;
    let token = token_in(&mock, "team").await;
    let host = "other.api-us.cometchat.io";

    let header = mock.get(USER).app("team").header("host", host);
    assert_eq!(reached(header).await, "team");
    let by_token = mock.bare(Method::GET, USER).token(&token).header("host", host);
    assert_eq!(reached(by_token).await, "team");
    // In the app of the header nobody knows the token.
    let foreign = mock.bare(Method::GET, USER).app("other").token(&token).send().await;
    foreign.refused(401, "AUTH_ERR_AUTH_TOKEN_NOT_FOUND");
    // A token that no app knows names none, so the host is asked.
    let marker = json!({ "uid": "ann", "name": "Ann" });
    let unknown = mock.get(USER).token("nonsense").header("host", host).send().await;
    unknown.refused(401, "AUTH_ERR_AUTH_TOKEN_NOT_FOUND");
    mock.post("/users", marker).header("host", host).send().await.ok();
    mock.get("/users/ann").app("other").send().await.ok();
}

#[tokio::test]
async fn a_new_app_begins_with_the_same_users_and_group() {
    let mock = Mock::start().await;
    mock.delete(USER).json(json!({ "permanent": true })).send().await.ok();
    mock.delete(&format!("/groups/{GROUP}")).send().await.ok();
    let users = mock.get("/users?sortOrder=asc").app("fresh").send().await;
    assert_eq!(
        users.column("name"),
        ["Andrew Joseph", "George Alan", "Nancy Grace", "Susan Marie", "John Paul"]
    );
    let group = mock.get(&format!("/groups/{GROUP}")).app("fresh").send().await.ok();
    let seen = (&group["name"], &group["owner"], &group["membersCount"]);
    assert_eq!(seen, (&json!("Hiking Group"), &json!(A), &json!(5)));
}

#[tokio::test]
async fn what_happens_in_one_app_does_not_show_in_another() {
    let mock = Mock::start().await;
    mock.post("/users", json!({ "uid": "ann", "name": "Ann" })).app("one").send().await.ok();
    mock.post("/groups", json!({ "guid": "club", "name": "C" })).app("one").send().await.ok();
    let block = json!({ "blockedUids": [B] });
    mock.post("/blockedusers", block).by(A).app("one").send().await.ok();
    let body = json!({ "receiver": GROUP, "receiverType": "group", "type": "audio" });
    let rung = mock.post("/calls", body.clone()).by(A).app("one").send().await.ok();
    let session = rung["data"]["entities"]["on"]["entity"]["sessionid"].as_str().unwrap();
    assert!(session.starts_with("v1.us.one."), "{session}");

    let other = |path: &str| mock.get(path).app("two");
    other("/users/ann").send().await.refused(404, "ERR_UID_NOT_FOUND");
    other("/groups/club").send().await.refused(404, "ERR_GUID_NOT_FOUND");
    assert_eq!(other("/blockedusers").by(A).send().await.ok(), json!([]));
    assert_eq!(other("/calls").send().await.ok(), json!([]));
    let shown = other(&format!("/calls/{session}")).send().await;
    shown.refused(404, "ERR_CALL_SESSION_NOT_FOUND");
    // Nobody is busy there either, and messages are counted anew.
    let rung = mock.post("/calls", body).by(A).app("two").send().await.ok();
    assert_eq!(rung["id"], "1");
}

#[tokio::test]
async fn a_malformed_app_id_is_refused() {
    let mock = Mock::start().await;
    let long = "a".repeat(65);
    for app in ["a b", "a/b", "a,b", "{appId}", &long] {
        let reply = mock.get(USER).app(app).send().await;
        let error = reply.refused(401, "AUTH_ERR_INVALID_APPID");
        assert!(error["message"].is_string(), "{app}");
    }
    mock.get(USER).app(&"a".repeat(64)).send().await.ok();
    let reply = mock.get(USER).header("host", "a~b.localhost").send().await;
    reply.refused(401, "AUTH_ERR_INVALID_APPID");
}

#[tokio::test]
async fn an_app_id_that_is_no_ascii_is_malformed_and_not_left_out() {
    let mock = Mock::start().await;
    mock.get(USER).app("é").send().await.refused(401, "AUTH_ERR_INVALID_APPID");
}

#[tokio::test]
async fn strict_apps_are_known_beforehand() {
    let mock = Mock::with(Config { strict_apps: true, ..Config::default() }).await;
    mock.get(USER).send().await.ok();
    mock.get(USER).app("mock-app").send().await.ok();
    let error = mock.get(USER).app("other").send().await.refused(401, "AUTH_ERR_INVALID_APPID");
    assert!(error["message"].as_str().unwrap().contains("other"), "{error}");
    let by_host = mock.get(USER).header("host", "other.api-us.cometchat.io").send().await;
    by_host.refused(401, "AUTH_ERR_INVALID_APPID");
    // Whoever asks is told so before their credentials are looked at.
    let stranger = mock.bare(Method::GET, USER).app("other").send().await;
    stranger.refused(401, "AUTH_ERR_INVALID_APPID");
}

#[tokio::test]
async fn past_the_limit_of_apps_the_known_ones_go_on() {
    let mock = Mock::with(Config { max_apps: 2, ..Config::default() }).await;
    mock.get(USER).app("one").send().await.ok();
    for _ in 0..2 {
        let error = mock.get(USER).app("two").send().await.refused(503, "MOCK_TOO_MANY_APPS");
        assert!(error["devMessage"].as_str().unwrap().contains("--max-apps"), "{error}");
    }
    mock.get(USER).app("one").send().await.ok();
    mock.get(USER).send().await.ok();
}

async fn reset(mock: &Mock, query: &str) -> Reply {
    mock.bare(Method::POST, &format!("/__mock/reset{query}")).send().await
}

/// Changes something of everything there is in an app, and leaves a call ringing.
async fn disturb(mock: &Mock, app: &str) -> String {
    let token = token_in(mock, app).await;
    mock.put(USER, json!({ "name": "Changed" })).app(app).send().await.ok();
    mock.post("/users", json!({ "uid": "ann", "name": "Ann" })).app(app).send().await.ok();
    mock.delete(&format!("/groups/{GROUP}")).app(app).send().await.ok();
    let block = json!({ "blockedUids": [B] });
    mock.post("/blockedusers", block).by(A).app(app).send().await.ok();
    let body = json!({ "receiver": "ann", "receiverType": "user", "type": "audio" });
    mock.post("/calls", body).by(A).app(app).send().await.ok();
    token
}

async fn is_fresh(mock: &Mock, app: &str) -> bool {
    let user = mock.get(USER).app(app).send().await.ok();
    let users = mock.get("/users").app(app).send().await.pagination()[0];
    let group = mock.get(&format!("/groups/{GROUP}")).app(app).send().await.status;
    let blocks = mock.get("/blockedusers").by(A).app(app).send().await.pagination()[0];
    let calls = mock.get("/calls").app(app).send().await.pagination()[0];
    (&user["name"], users, group, blocks, calls) == (&json!("Andrew Joseph"), 5, 200, 0, 0)
}

#[tokio::test]
async fn resetting_one_app_leaves_the_others_alone() {
    let mock = Mock::start().await;
    let tokens = [disturb(&mock, "one").await, disturb(&mock, "two").await];
    let done = reset(&mock, "?appId=one").await;
    assert_eq!((done.status, done.json()), (200, json!({ "apps": ["one"], "removedCalls": 1 })));
    assert!(is_fresh(&mock, "one").await);
    assert!(!is_fresh(&mock, "two").await);

    let look = |token: &str, app: &str| mock.bare(Method::GET, USER).token(token).app(app);
    let dead = look(&tokens[0], "one").send().await;
    dead.refused(401, "AUTH_ERR_AUTH_TOKEN_NOT_FOUND");
    look(&tokens[1], "two").send().await.ok();

    let named = mock.bare(Method::POST, "/__mock/reset").app("two").send().await;
    assert_eq!(named.json()["apps"], json!(["two"]));
    assert!(is_fresh(&mock, "two").await);
    assert_eq!(reset(&mock, "").await.json(), json!({ "apps": ["mock-app"], "removedCalls": 0 }));
}

#[tokio::test]
async fn all_apps_can_be_reset_at_once() {
    let mock = Mock::start().await;
    for app in ["two", "one", "mock-app"] {
        disturb(&mock, app).await;
    }
    let done = reset(&mock, "?all=true").await.json();
    assert_eq!(done, json!({ "apps": ["mock-app", "one", "two"], "removedCalls": 3 }));
    for app in ["mock-app", "one", "two"] {
        assert!(is_fresh(&mock, app).await, "{app}");
    }
}

#[tokio::test]
async fn what_rang_before_a_reset_does_not_end_after_it() {
    let mock = Mock::start().await;
    mock.ring(A, B).await;
    mock.advance(30);
    reset(&mock, "").await;
    let session = mock.ring(A, B).await;
    mock.advance(30);
    let log = mock.log(&session).await;
    assert_eq!((&log["status"], log.get("endedAt")), (&json!("initiated"), None));
    mock.advance(15);
    assert_eq!(mock.log(&session).await["status"], "unanswered");
}

#[tokio::test]
async fn a_reset_app_is_the_same_app() {
    let mock = Mock::start().await;
    disturb(&mock, "one").await;
    reset(&mock, "?appId=one").await;
    let again = token_in(&mock, "one").await;
    let seen = mock.bare(Method::GET, USER).token(&again).send().await.ok();
    assert_eq!((&seen["name"], seen.get("updatedAt")), (&json!("Andrew Joseph"), None));
    let group = json!({ "receiver": GROUP, "receiverType": "group", "type": "audio" });
    let rung = mock.post("/calls", group).by(A).app("one").send().await.ok();
    assert_eq!((&rung["id"], rung.get("resource")), (&json!("1"), None::<&Value>));
}

#[tokio::test]
async fn with_fixed_chance_two_runs_give_the_same_answers_to_the_byte() {
    let run = async || {
        let mock = Mock::start().await;
        let session = mock.ring(A, B).await;
        let mut answers = vec![mock.change(&session, B, json!({ "status": "ongoing" })).await];
        answers.push(mock.get("/calls").send().await);
        answers.push(mock.post(&format!("/users/{A}/auth_tokens"), json!({})).send().await);
        answers.push(mock.post("/calls", json!({})).by(A).send().await);
        answers.into_iter().map(|answer| (answer.request_id, answer.text)).collect::<Vec<_>>()
    };
    assert_eq!(run().await, run().await);
}

#[tokio::test]
async fn with_fixed_chance_and_a_frozen_clock_it_does_not_matter_when_a_server_starts() {
    let run = async |late: u64| {
        let mock = Mock::start().await;
        mock.advance(late);
        let frozen = json!({ "set": 1_800_000_000, "freeze": true });
        mock.bare(Method::POST, "/__mock/clock").app("any").json(frozen).send().await;
        let body = json!({ "receiver": B, "receiverType": "user", "type": "audio" });
        let rung = mock.post("/calls", body).by(A).app("any").send().await.text;
        let state = mock.bare(Method::GET, "/__mock/state").app("any").send().await.text;
        (rung, state)
    };
    assert_eq!(run(0).await, run(12_345).await);
}

//! `/me`: a user's own client, logged in with a token.

use mock_calls::{
    config::Config,
    domain::time::Timestamp,
    runtime::{ids::signing_secret, passes::Passes},
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{A, B, Mock, Reply, Request, START};

const NOT_FOUND: (u16, &str) = (401, "AUTH_ERR_AUTH_TOKEN_NOT_FOUND");

fn as_client(mock: &Mock, method: Method, path: &str, token: &str) -> Request {
    mock.bare(method, path).token(token)
}

async fn me(mock: &Mock, token: &str) -> Reply {
    as_client(mock, Method::GET, "/me", token).send().await
}

/// Every route here, with a body where it takes one.
fn all(mock: &Mock) -> Vec<Request> {
    let (jwt, show) = (mock.bare(Method::POST, "/me/jwt"), mock.bare(Method::GET, "/me"));
    let update = mock.bare(Method::PUT, "/me").json(json!({ "platform": "WEB" }));
    vec![jwt, show, update, mock.bare(Method::DELETE, "/me")]
}

/// Who a pass for the socket is good for, and in which app.
fn bearer(jwt: &Value, at: i64) -> Option<(String, String)> {
    // Every test's server has this seed.
    let passes = Passes::new(&signing_secret(Some(7)));
    let bearer = passes.at_socket(jwt.as_str().unwrap(), Timestamp::from_secs(at))?;
    Some((bearer.app.to_string(), bearer.uid.to_string()))
}

#[tokio::test]
async fn a_client_gets_its_user_its_own_token_a_channel_and_a_pass() {
    let mock = Mock::start().await;
    let token = mock.token(A).await;
    let answer = me(&mock, &token).await.ok();
    assert_eq!((&answer["uid"], &answer["name"]), (&json!(A), &json!("Andrew Joseph")));
    assert_eq!(answer["authToken"], token);
    let channel = &answer["wsChannel"];
    assert_eq!(channel["identity"], format!("[mock-app]{A}"));
    assert_eq!(channel["service"], "mock-app.user");
    assert_eq!(channel["secret"].as_str().unwrap().len(), 40);
    assert_eq!(bearer(&answer["jwt"], START), Some(("mock-app".to_owned(), A.to_owned())));

    // The same again, also for another log-in, but for what is that log-in's own.
    assert_eq!(me(&mock, &token).await.ok(), answer);
    let second = mock.token(A).await;
    let other = me(&mock, &second).await.ok();
    assert_eq!((&other["wsChannel"], &other["authToken"]), (channel, &json!(second)));
    let stranger = me(&mock, &mock.token(B).await).await.ok();
    assert_ne!(stranger["wsChannel"]["secret"], channel["secret"]);
}

#[tokio::test]
async fn what_a_client_says_of_itself_is_kept_with_its_token() {
    let mock = Mock::start().await;
    let (token, other) = (mock.token(A).await, mock.token(A).await);
    // As the SDK sends it.
    let said = json!({
        "platform": "WEB", "deviceId": "mock-app_5e1f_1700000000000",
        "appInfo": { "version": "v4.2.0", "apiVersion": "v3.0", "userAgent": "x" },
    });
    let update = as_client(&mock, Method::PUT, "/v3/me", &token).json(said.clone());
    assert_eq!(update.send().await.ok(), me(&mock, &token).await.ok());
    // Nothing that it leaves out is forgotten.
    as_client(&mock, Method::PUT, "/me", &token).send().await.ok();
    let kept = mock.get(&format!("/users/{A}/auth_tokens/{token}")).send().await.ok();
    for field in ["platform", "deviceId", "appInfo"] {
        assert_eq!(kept[field], said[field], "{field}");
    }
    let untouched = mock.get(&format!("/users/{A}/auth_tokens/{other}")).send().await.ok();
    assert_eq!(untouched.get("platform"), None);

    let wrong = json!({ "platform": 7, "appInfo": "x" });
    let wrong = as_client(&mock, Method::PUT, "/me", &token).json(wrong).send().await;
    let error = wrong.refused(400, "ERR_BAD_REQUEST");
    let fields: Vec<_> = error["details"].as_object().unwrap().keys().collect();
    assert_eq!(fields, ["platform", "appInfo"]);
}

#[tokio::test]
async fn logging_out_ends_this_log_in_alone() {
    let mock = Mock::start().await;
    let (token, other) = (mock.token(A).await, mock.token(A).await);
    let left = as_client(&mock, Method::DELETE, "/me", &token).send().await.ok();
    assert_eq!(left["success"], true);
    for request in all(&mock) {
        request.token(&token).send().await.refused(NOT_FOUND.0, NOT_FOUND.1);
    }
    me(&mock, &other).await.ok();
}

#[tokio::test]
async fn a_pass_is_made_whenever_it_is_asked_for_and_keeps_the_apps_time() {
    let mock = Mock::start().await;
    let token = mock.token(A).await;
    mock.advance(1_000_000);
    let made = as_client(&mock, Method::POST, "/me/jwt", &token);
    let made = made.json(json!({ "passthrough": { "a": 1 } })).send().await.ok();
    let year = 365 * 24 * 60 * 60;
    let last = START + 1_000_000 + year - 1;
    assert!(bearer(&made["jwt"], last).is_some() && bearer(&made["jwt"], last + 1).is_none());
    assert_eq!(made.as_object().unwrap().len(), 1, "{made}");
}

#[tokio::test]
async fn a_client_is_found_in_its_own_app() {
    let mock = Mock::start().await;
    let path = format!("/users/{A}/auth_tokens");
    let made = mock.post(&path, json!({})).app("team").send().await.ok();
    let token = made["authToken"].as_str().unwrap();
    let answer = me(&mock, token).await.ok();
    assert_eq!(answer["wsChannel"]["identity"], format!("[team]{A}"));
    assert_eq!(bearer(&answer["jwt"], START), Some(("team".to_owned(), A.to_owned())));
    me(&mock, token).await.ok();
    let elsewhere = as_client(&mock, Method::GET, "/me", token).app("other").send().await;
    elsewhere.refused(NOT_FOUND.0, NOT_FOUND.1);
}

#[tokio::test]
async fn no_key_is_a_client() {
    let mock = Mock::start().await;
    let token = mock.token(A).await;
    for key in ["mock-rest-api-key", "mock-auth-key"] {
        for request in all(&mock) {
            let reply = request.header("apikey", key).by(A).send().await;
            let error = reply.refused(403, "AUTH_ERR_NO_ACCESS");
            let needs = "This operation needs a user's token in the authToken header.";
            assert_eq!(error["devMessage"], needs);
        }
        // With both, the token says who acts.
        let both = as_client(&mock, Method::GET, "/me", &token).header("apikey", key).by(B);
        assert_eq!(both.send().await.ok()["uid"], A);
    }
}

#[tokio::test]
async fn who_is_out_of_use_is_logged_out() {
    let mock = Mock::with(Config::default()).await;
    let token = mock.token(A).await;
    mock.delete(&format!("/users/{A}")).send().await.ok();
    me(&mock, &token).await.refused(NOT_FOUND.0, NOT_FOUND.1);
}

#[tokio::test]
async fn the_journal_shows_neither_tokens_nor_passes() {
    let mock = Mock::start().await;
    let token = mock.token(A).await;
    let answer = me(&mock, &token).await.ok();
    let journal = mock.control(Method::GET, "/__mock/requests").send().await.text;
    assert!(journal.contains(A), "{journal}");
    for secret in [token.as_str(), answer["jwt"].as_str().unwrap()] {
        assert!(!journal.contains(secret), "{secret} in {journal}");
    }
}

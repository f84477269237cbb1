//! `/__mock/apps`: the worlds there are, and taking one away.

use mock_calls::config::Config;
use reqwest::Method;
use serde_json::json;

use crate::support::{A, B, Mock};

#[tokio::test]
async fn apps_are_listed_with_what_is_in_them() {
    let mock = Mock::start().await;
    mock.ring(A, B).await;
    mock.get("/calls").app("team").send().await.ok();
    let listed = mock.bare(Method::GET, "/__mock/apps").send().await.json();
    let expected = json!({ "apps": [
        { "appId": "mock-app", "isDefault": true, "users": 5, "groups": 1, "calls": 1 },
        { "appId": "team", "isDefault": false, "users": 5, "groups": 1, "calls": 0 },
    ]});
    assert_eq!(listed, expected);
}

#[tokio::test]
async fn an_app_that_was_removed_begins_afresh_and_leaves_room() {
    let mock = Mock::with(Config { max_apps: 2, ..Config::default() }).await;
    let token = mock.post(&format!("/users/{A}/auth_tokens"), json!({})).app("one").send().await;
    let token = token.ok()["authToken"].as_str().unwrap().to_owned();
    mock.get("/calls").app("two").send().await.refused(503, "MOCK_TOO_MANY_APPS");

    let removed = mock.bare(Method::DELETE, "/__mock/apps/one").send().await;
    assert_eq!((removed.status, removed.json()), (200, json!({ "removed": "one" })));
    mock.get("/calls").app("two").send().await.ok();
    let reply = mock.bare(Method::GET, "/calls").header("authToken", &token).send().await;
    reply.refused(401, "AUTH_ERR_AUTH_TOKEN_NOT_FOUND");
}

#[tokio::test]
async fn what_cannot_be_removed_is_said() {
    let mock = Mock::start().await;
    for (app, status, code) in
        [("nothing", 404, "MOCK_NOT_FOUND"), ("mock-app", 400, "MOCK_BAD_APP")]
    {
        let reply = mock.bare(Method::DELETE, &format!("/__mock/apps/{app}")).send().await;
        assert_eq!((reply.status, &reply.json()["error"]["code"]), (status, &json!(code)));
    }
}

//! Every route answers a well-formed request, under every prefix. A route that is added fails the
//! first test until it stands in the table.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{A, B, C, GROUP, Mock, Reply};

/// Method, path as in the router, and a body that it takes. In the path `{sessionId}` becomes a
/// ringing call of A's to B, answered where there is to be media, `{authToken}` a token of A's; the rest is the default seed.
pub fn table() -> Vec<(&'static str, &'static str, Value)> {
    let none = Value::Null;
    vec![
        ("POST", "/calls", json!({ "receiver": B, "receiverType": "user", "type": "audio" })),
        ("GET", "/calls", none.clone()),
        ("GET", "/calls/{sessionId}", none.clone()),
        ("PUT", "/calls/{sessionId}", json!({ "status": "cancelled" })),
        ("PATCH", "/calls/{sessionId}/type", json!({ "type": "video" })),
        ("GET", "/calls/{sessionId}/transcriptions", none.clone()),
        ("GET", "/me", none.clone()),
        ("PUT", "/me", json!({ "platform": "WEB" })),
        ("DELETE", "/me", none.clone()),
        ("POST", "/me/jwt", json!({})),
        ("GET", "/settings", none.clone()),
        ("POST", "/user_sessions", json!({ "sessionId": "5e55" })),
        ("POST", "/call_tokens", json!({ "sessionId": "daily" })),
        ("GET", "/call_tokens", none.clone()),
        ("POST", "/users", json!({ "uid": "new", "name": "New" })),
        ("GET", "/users", none.clone()),
        ("PUT", "/users", json!({ "uidsToActivate": [A] })),
        ("DELETE", "/users", json!({ "uidsToDeactivate": [B] })),
        ("GET", "/users/{uid}", none.clone()),
        ("PUT", "/users/{uid}", json!({ "name": "Renamed" })),
        ("DELETE", "/users/{uid}", json!({ "permanent": true })),
        ("POST", "/users/{uid}/auth_tokens", json!({})),
        ("GET", "/users/{uid}/auth_tokens", none.clone()),
        ("DELETE", "/users/{uid}/auth_tokens", none.clone()),
        ("GET", "/users/{uid}/auth_tokens/{authToken}", none.clone()),
        ("PUT", "/users/{uid}/auth_tokens/{authToken}", json!({ "platform": "web" })),
        ("DELETE", "/users/{uid}/auth_tokens/{authToken}", none.clone()),
        ("POST", "/users/{uid}/blockedusers", json!({ "blockedUids": [B] })),
        ("GET", "/users/{uid}/blockedusers", none.clone()),
        ("DELETE", "/users/{uid}/blockedusers", json!({ "blockedUids": [B] })),
        ("POST", "/blockedusers", json!({ "blockedUids": [B] })),
        ("GET", "/blockedusers", none.clone()),
        ("DELETE", "/blockedusers", json!({ "blockedUids": [B] })),
        ("POST", "/groups", json!({ "guid": "new", "name": "New" })),
        ("GET", "/groups", none.clone()),
        ("GET", "/groups/{guid}", none.clone()),
        ("PUT", "/groups/{guid}", json!({ "name": "Renamed" })),
        ("DELETE", "/groups/{guid}", none.clone()),
        ("POST", "/groups/{guid}/members", json!({ "participants": [A] })),
        ("GET", "/groups/{guid}/members", none.clone()),
        ("DELETE", "/groups/{guid}/members", none.clone()),
        ("PUT", "/groups/{guid}/members/{uid}", json!({ "scope": "moderator" })),
        ("DELETE", "/groups/{guid}/members/{uid}", none.clone()),
        ("GET", "/groups/{guid}/bannedusers", none.clone()),
        ("POST", "/groups/{guid}/bannedusers/{uid}", none.clone()),
        ("DELETE", "/groups/{guid}/bannedusers/{uid}", none.clone()),
        ("POST", "/apps/{appId}/webhooks", hook("new")),
        ("GET", "/apps/{appId}/webhooks", none.clone()),
        ("GET", "/apps/{appId}/webhooks/{webhookId}", none.clone()),
        ("PUT", "/apps/{appId}/webhooks/{webhookId}", json!({ "name": "Renamed" })),
        ("DELETE", "/apps/{appId}/webhooks/{webhookId}", none.clone()),
        ("POST", "/apps/{appId}/webhooks/{webhookId}/triggers", triggers()),
        ("GET", "/apps/{appId}/webhooks/{webhookId}/triggers", none.clone()),
        ("DELETE", "/apps/{appId}/webhooks/{webhookId}/triggers", triggers()),
        ("GET", "/healthz", none.clone()),
        ("GET", "/__mock/health", none.clone()),
        ("GET", "/__mock/ca.pem", none.clone()),
        ("POST", "/__mock/reset", none.clone()),
        ("POST", "/__mock/seed", json!({ "users": [{ "uid": "new" }] })),
        ("GET", "/__mock/state", none.clone()),
        ("PUT", "/__mock/state", json!({ "users": [{ "uid": "new" }] })),
        ("GET", "/__mock/snapshots", none.clone()),
        ("PUT", "/__mock/snapshots/{name}", none.clone()),
        ("DELETE", "/__mock/snapshots/{name}", none.clone()),
        ("POST", "/__mock/snapshots/{name}/restore", none.clone()),
        ("GET", "/__mock/apps", none.clone()),
        ("DELETE", "/__mock/apps/{appId}", none.clone()),
        ("GET", "/__mock/clock", none.clone()),
        ("POST", "/__mock/clock", json!({ "advance": "45s" })),
        ("GET", "/__mock/errors", none.clone()),
        ("GET", "/__mock/openapi.json", none.clone()),
        ("GET", "/metrics", none.clone()),
        ("GET", "/__mock/faults", none.clone()),
        ("POST", "/__mock/faults", json!({ "then": { "drop": true }, "times": 0 })),
        ("DELETE", "/__mock/faults", none.clone()),
        ("POST", "/__mock/calls/{sessionId}/media", json!({ "join": { "uid": B } })),
        ("GET", "/__mock/requests", none.clone()),
        ("GET", "/__mock/requests/{number}", none.clone()),
        ("DELETE", "/__mock/requests", none.clone()),
        ("POST", "/__mock/requests/verify", json!({ "match": {} })),
        ("GET", "/__mock/webhooks/deliveries", none.clone()),
        ("POST", "/__mock/webhooks/deliveries/{delivery}/replay", none.clone()),
        ("POST", "/__mock/webhooks/flush", none.clone()),
        ("POST", "/__mock/webhooks/verify", json!({ "match": {}, "count": { "atLeast": 0 } })),
        ("GET", "/__mock/webhooks/{webhookId}/faults", none.clone()),
        ("PUT", "/__mock/webhooks/{webhookId}/faults", json!({ "duplicate": 0.5 })),
        ("GET", "/__mock/webhooks/sink", none.clone()),
        ("POST", "/__mock/webhooks/sink/{name}", json!({ "appId": "another" })),
        ("DELETE", "/__mock/faults/{id}", none),
    ]
}

fn hook(id: &str) -> Value {
    json!({ "id": id, "name": "Hook", "webhookURL": "http://127.0.0.1:9/hook" })
}

fn triggers() -> Value {
    json!({ "triggerIds": ["call_initiated"] })
}

/// What only a user's own client may ask.
const FOR_CLIENTS: [&str; 5] = ["/me", "/me/jwt", "/settings", "/user_sessions", "/call_tokens"];

/// What has no end to be waited for; its tests are its own.
const ENDLESS: (&str, &str) = ("GET", "/__mock/events");

/// The forms of a call's routes that name no session; their error has a test of its own.
const WITHOUT_SESSION: [(&str, &str); 4] = [
    ("GET", "/calls/"),
    ("PUT", "/calls/"),
    ("PATCH", "/calls//type"),
    ("GET", "/calls//transcriptions"),
];

#[test]
fn the_table_has_every_route() {
    let vendor = mock_calls::http::routes().into_iter().map(|route| (route.method, route.path));
    let control = mock_calls::control::routes().into_iter().map(|route| (route.method, route.path));
    let served: BTreeSet<_> =
        vendor.chain(control).map(|(method, path)| (method.to_string(), path)).collect();
    let tested: BTreeSet<_> = table()
        .into_iter()
        .map(|(method, path, _)| (method, path))
        .chain(WITHOUT_SESSION)
        .chain([ENDLESS])
        .map(|(method, path)| (method.to_owned(), path))
        .collect();
    assert_eq!(served, tested);
}

#[tokio::test]
async fn every_route_answers_under_every_prefix() {
    let mock = Mock::start().await;
    for prefix in ["", "/v3", "/v3.0"] {
        for (method, path, body) in table() {
            let is_control = path.starts_with("/__mock") || matches!(path, "/healthz" | "/metrics");
            if is_control && !prefix.is_empty() {
                continue;
            }
            let reply = request(&mock, method, prefix, path, body).await;
            assert_eq!(reply.status, 200, "{method} {prefix}{path}: {}", reply.text);
            if !is_control {
                assert!(reply.json().get("data").is_some(), "{method} {path}: {}", reply.text);
            }
        }
    }
}

/// What stands in the place of the names in a path.
pub struct Names {
    pub session: String,
    pub token: String,
    pub call_token: String,
    pub fault: String,
}

/// Puts every app back, and has one of everything that a path of the table names.
pub async fn prepare(mock: &Mock, method: &str, path: &str) -> Names {
    mock.bare(reqwest::Method::POST, "/__mock/reset?all=true").send().await;
    let hooks = format!("{}/__mock/webhooks/sink/kept", mock.url);
    let hooks = json!({ "webhooks": [{ "id": "kept", "webhookURL": hooks }] });
    mock.bare(reqwest::Method::POST, "/__mock/seed").json(hooks).send().await;
    let session = mock.ring(A, B).await;
    let token = mock.token(A).await;
    mock.get("/calls").app("another").send().await.ok();
    let fault = json!({ "then": { "drop": true }, "times": 0 });
    let fault = mock.bare(reqwest::Method::POST, "/__mock/faults").json(fault).send().await.json();
    mock.bare(reqwest::Method::PUT, "/__mock/snapshots/kept").send().await;
    mock.manage(reqwest::Method::POST, "/apps/another/webhooks").json(hook("kept")).send().await;
    if method == "DELETE" && path.contains("bannedusers") {
        mock.post(&format!("/groups/{GROUP}/bannedusers/{A}"), json!({})).send().await.ok();
    }
    if path.ends_with("/media") {
        mock.moved(&session, B, "ongoing").await;
    }
    let call_token = mock.call_token(&token, "weekly").await;
    Names { session, token, call_token, fault: fault["id"].to_string() }
}

impl Names {
    pub fn fill(&self, path: &str) -> String {
        path.replace("{sessionId}", &self.session)
            .replace("{authToken}", &self.token)
            .replace("{guid}", GROUP)
            .replace("{appId}", "another")
            .replace("{name}", "kept")
            .replace("{webhookId}", "kept")
            .replace("{id}", &self.fault)
            .replace("{number}", "1")
            .replace("{delivery}", "1")
            .replace("{uid}", A)
    }
}

async fn request(mock: &Mock, method: &str, prefix: &str, path: &str, body: Value) -> Reply {
    let names = prepare(mock, method, path).await;
    // A is ringing B, and so cannot ring again.
    let by = if (method, path) == ("POST", "/calls") { C } else { A };
    let filled = format!("{prefix}{}", names.fill(path));
    let request = mock.request(method.parse().unwrap(), &filled).by(by);
    let request = request.header("callToken", &names.call_token);
    let request = request.header("key", "mock-key").header("secret", "mock-secret");
    let request = if FOR_CLIENTS.contains(&path) { request.token(&names.token) } else { request };
    if body.is_null() { request.send().await } else { request.json(body).send().await }
}

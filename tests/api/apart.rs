//! Nothing of one app is reached from another: not with its ids, nor with its keys and tokens, as
//! long as the request is for the other one.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    routes::table,
    support::{A, B, Mock, Reply, Request, START},
};

/// The app that has one of everything.
const FULL: &str = "full";
/// The app that everything is asked for.
const OTHER: &str = "other";

/// What only the full app holds, beside the names that are sent: no answer for the other one may
/// show any of it.
const MARK: &str = "zq7marked";

/// Its names, which are sent to the other app.
const UID: &str = "full-uid";
const GUID: &str = "full-guid";
const SESSION: &str = "full-session";
const TOKEN: &str = "full-token-0123456789";
const API_KEY: &str = "full-rest-api-key-0123456789";
const NAME: &str = "full-name";

/// Asks about the whole server, by design: which apps there are, and how much was done.
const OF_THE_SERVER: [&str; 9] = [
    "getHealthz",
    "getHealth",
    "listApps",
    "deleteApp",
    "getCa",
    "listErrors",
    "getMetrics",
    "getOpenApi",
    "openSocket",
];

/// Has no end; it is listened to on its own.
const ENDLESS: &str = "listenToEvents";

fn everything(url: &str) -> Value {
    let marked = |what: &str| format!("{MARK}-{what}");
    json!({
        "users": [
            {
                "uid": UID, "name": marked("name"), "role": marked("role"),
                "statusMessage": marked("status"), "avatar": format!("http://{MARK}.test/a"),
                "link": format!("http://{MARK}.test/l"), "metadata": { "of": marked("user") },
                "tags": [marked("tag")], "blocked": [format!("{MARK}-blocked")],
            },
            { "uid": format!("{MARK}-blocked") },
            { "uid": format!("{MARK}-banned") },
        ],
        "groups": [{
            "guid": GUID, "name": marked("group"), "type": "password", "password": marked("pass"),
            "description": marked("text"), "icon": format!("http://{MARK}.test/i"), "owner": UID,
            "metadata": { "of": marked("group") }, "tags": [marked("tag")],
            "members": [UID, A], "banned": [format!("{MARK}-banned")],
        }],
        "apiKeys": [{ "key": API_KEY }],
        "tokens": [{ "uid": UID, "authToken": TOKEN, "client": { "platform": marked("client") } }],
        "webhooks": [{
            "id": NAME, "name": marked("hook"),
            "webhookURL": format!("{url}/__mock/webhooks/sink/{NAME}?{MARK}"),
            "useBasicAuth": true, "username": marked("user"), "password": marked("pass"),
            "triggers": ["call_initiated", "call_ended"],
        }],
        "calls": [
            {
                "sessionId": SESSION, "caller": UID, "receiver": A, "status": "ended",
                "initiatedAt": START - 100, "metadata": { "of": marked("call") },
                "recordings": [{ "recordingUrl": format!("http://{MARK}.test/r") }],
                "transcriptions": [{ "transcriptUrl": format!("http://{MARK}.test/t") }],
            },
            { "caller": UID, "receiver": format!("{MARK}-room"), "receiverType": "anyone",
                "status": "initiated" },
        ],
    })
}

async fn control(mock: &Mock, app: &str, method: Method, path: &str, body: Value) -> Value {
    let request = mock.bare(method, path).app(app);
    let reply = if body.is_null() { request.send().await } else { request.json(body).send().await };
    assert_eq!(reply.status, 200, "{app} {path}: {}", reply.text);
    reply.json()
}

/// Has one of everything in the full app, and returns a call token of it.
async fn fill(mock: &Mock) -> String {
    control(mock, FULL, Method::POST, "/__mock/seed", everything(&mock.url)).await;
    let fault = json!({
        "match": { "header": { "x-never": MARK } }, "then": { "respond": { "body": MARK } },
    });
    control(mock, FULL, Method::POST, "/__mock/faults", fault).await;
    let path = format!("/__mock/snapshots/{NAME}");
    control(mock, FULL, Method::PUT, &path, Value::Null).await;
    let path = format!("/__mock/webhooks/{NAME}/faults");
    control(mock, FULL, Method::PUT, &path, json!({ "duplicate": 0.5 })).await;
    control(mock, FULL, Method::POST, "/__mock/clock", json!({ "freeze": true })).await;
    let body = json!({
        "receiver": UID, "receiverType": "user", "type": "audio", "metadata": { "of": MARK },
    });
    mock.post("/calls", body).app(FULL).by(B).send().await.ok();
    control(mock, FULL, Method::POST, "/__mock/webhooks/flush", Value::Null).await;
    mock.call_token(TOKEN, &format!("{MARK}-room")).await
}

/// All there is to be seen of the full app.
async fn seen(mock: &Mock) -> BTreeMap<&'static str, String> {
    let mut all = BTreeMap::new();
    for path in [
        "/__mock/state",
        "/__mock/clock",
        "/__mock/faults",
        "/__mock/snapshots",
        "/__mock/requests?limit=1000",
        "/__mock/webhooks/deliveries",
        "/__mock/webhooks/sink",
        "/__mock/webhooks/full-name/faults",
    ] {
        let reply = mock.bare(Method::GET, path).app(FULL).send().await;
        assert_eq!(reply.status, 200, "{path}: {}", reply.text);
        all.insert(path, reply.text);
    }
    all
}

fn filled(text: &str) -> String {
    text.replace("{sessionId}", SESSION)
        .replace("{authToken}", TOKEN)
        .replace("{guid}", GUID)
        .replace("{uid}", UID)
        .replace("{webhookId}", NAME)
        .replace("{name}", NAME)
        .replace("{appId}", OTHER)
        .replace("{id}", "1")
        .replace("{number}", "1")
        .replace("{delivery}", "1")
}

/// A body of the table, about what the full app has.
fn about(body: &Value) -> Value {
    let text = body.to_string();
    let text = text.replace("cometchat-uid-1", UID).replace("cometchat-uid-2", UID);
    serde_json::from_str(&text.replace("\"new\"", "\"full-name\"")).unwrap()
}

/// Everybody who asks for the other app.
fn callers<'a>(token: &'a str, pass: &'a str) -> Vec<(&'a str, Vec<(&'a str, &'a str)>)> {
    let key = ("apikey", "mock-rest-api-key");
    let here = ("appId", OTHER);
    let management = [("key", "mock-key"), ("secret", "mock-secret"), here];
    vec![
        ("nobody", vec![here]),
        ("a key", vec![here, key]),
        ("a key, by the host", vec![("host", "other.localhost"), key]),
        ("a key on behalf of a user", vec![here, key, ("onBehalfOf", A)]),
        ("a key on behalf of a user of the full app", vec![here, key, ("onBehalfOf", UID)]),
        ("an auth key", vec![here, ("apikey", "mock-auth-key")]),
        ("a key of the full app", vec![here, ("apikey", API_KEY)]),
        ("a user", vec![here, ("authToken", token)]),
        ("a user of the full app", vec![here, ("authToken", TOKEN)]),
        ("a user of the full app, with a key", vec![here, key, ("authToken", TOKEN)]),
        ("a guest of the full app", vec![here, ("callToken", pass)]),
        ("a guest of the full app, with a key", vec![here, key, ("callToken", pass)]),
        ("a manager", management.to_vec()),
    ]
}

fn ask(mock: &Mock, method: &str, path: &str, headers: &[(&str, &str)], body: &Value) -> Request {
    let request = mock.bare(method.parse().unwrap(), &filled(path));
    let request =
        headers.iter().fold(request, |request, (name, value)| request.header(name, value));
    if body.is_null() { request } else { request.json(about(body)) }
}

/// What is opened by the other app's own: nothing that the full app alone has.
#[track_caller]
fn shows_nothing(who: &str, reply: &Reply) {
    assert!(!reply.text.contains(MARK), "{who} is shown {}", reply.text);
    let explain = reply.explain.as_deref().unwrap_or_default();
    assert!(!explain.contains(MARK), "{who} is told {explain}");
}

#[tokio::test]
async fn no_operation_shows_or_changes_anything_of_another_app() {
    let mock = Mock::start().await;
    let pass = fill(&mock).await;
    let before = seen(&mock).await;
    assert!(before.values().all(|text| text.len() > 10));
    let document = mock.bare(Method::GET, "/__mock/openapi.json").send().await.json();
    let mut asked = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, said) in methods.as_object().unwrap() {
            let id = said["operationId"].as_str().unwrap();
            if OF_THE_SERVER.contains(&id) || id == ENDLESS {
                continue;
            }
            let method = method.to_uppercase();
            let bare = path.strip_prefix("/v3").unwrap_or(path);
            let body = table().into_iter().find(|(m, p, _)| (*m, *p) == (&*method, bare));
            let body = body.map(|(.., body)| body).unwrap_or_default();
            for at in 0..callers("", "").len() {
                control(&mock, OTHER, Method::POST, "/__mock/reset", Value::Null).await;
                let token = mock.post(&format!("/users/{A}/auth_tokens"), json!({})).app(OTHER);
                let token = token.send().await.ok()["authToken"].as_str().unwrap().to_owned();
                let (who, headers) = callers(&token, &pass).swap_remove(at);
                let reply = ask(&mock, &method, path, &headers, &body).send().await;
                shows_nothing(&format!("{id} by {who}"), &reply);
                asked += 1;
            }
        }
    }
    assert!(asked > 1000, "{asked}");
    assert_eq!(seen(&mock).await, before);
}

/// The full app's own are let in there, so that the test above is about what it says.
#[tokio::test]
async fn the_same_opens_the_app_that_it_belongs_to() {
    let mock = Mock::start().await;
    let pass = fill(&mock).await;
    let shown = |reply: Reply| {
        assert_eq!(reply.status, 200, "{}", reply.text);
        assert!(reply.text.contains(MARK), "{}", reply.text);
    };
    let user = format!("/users/{UID}");
    shown(mock.get(&user).app(FULL).send().await);
    shown(mock.bare(Method::GET, &user).app(FULL).header("apikey", API_KEY).send().await);
    // A token names its app, and goes before the host.
    let by_token = mock.bare(Method::GET, &user).token(TOKEN).header("host", "other.localhost");
    shown(by_token.send().await);
    shown(mock.bare(Method::GET, "/call_tokens").header("callToken", &pass).send().await);
    let hook = format!("/apps/{FULL}/webhooks/{NAME}");
    shown(mock.manage(Method::GET, &hook).send().await);
    // The path goes before the header.
    shown(mock.manage(Method::GET, &hook).app(OTHER).send().await);
}

#[tokio::test]
async fn the_events_of_an_app_are_of_that_app_alone() {
    let mock = Mock::start().await;
    fill(&mock).await;
    let listen = mock.bare(Method::GET, "/__mock/events").app(OTHER).header("last-event-id", "0");
    let mut events = listen.response().await;
    let body = json!({ "receiver": UID, "receiverType": "user", "type": "audio" });
    mock.post("/calls", body).app(FULL).by(A).send().await.ok();
    mock.get("/of-the-other").app(OTHER).send().await.refused(404, "ERR_API_NOT_FOUND");
    let mut text = String::new();
    while !text.contains("of-the-other") {
        text += std::str::from_utf8(&events.chunk().await.unwrap().unwrap()).unwrap();
    }
    assert!(!text.contains(MARK) && !text.contains(UID) && !text.contains(SESSION), "{text}");
}

//! Secrets stand in no line of the log, no entry of the journal, no event and no refusal. Every
//! operation of the document is asked for, with the log at its loudest.
//!
//! | where a secret is shown on purpose | why |
//! | --- | --- |
//! | the banner: API key, auth key | who starts the server is to try it |
//! | `GET /__mock/state` | it is there to make the same app again |
//! | a success that makes a token, lists tokens or shows a log-in | the caller asked for it |
//! | a refusal with `AUTH_ERR_AUTH_TOKEN_NOT_FOUND`, to who sent that token | the vendor's words |
//! | the captures of `…/webhooks/sink` | what a receiver gets, which no secret is part of |

use std::{
    fs,
    io::{BufRead, BufReader, Read},
    process::Child,
    sync::mpsc,
    thread::{self, JoinHandle},
};

use mock_calls::{
    config::Config,
    control::seed_text,
    domain::{
        access::{ApiKey, Credentials, KeyScope, ManagementKey},
        error::Error,
        groups::GroupChange,
        ids::{AppId, AuthToken},
        people::GroupType,
        time::Timestamp,
        world::{Settings, World},
    },
    runtime::{hints::AppHints, ids::IdSource},
};
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};

use crate::run::binary;

/// Stands in all of them that are chosen here.
const MARK: &str = "zq7Secret";

fn secret(what: &str) -> String {
    format!("{what}-{MARK}-{what}")
}

/// What is asked for with `MARK` in it on purpose.
const SHOWS_ALL: &str = "getState";
/// Its success is a stream without an end, which is read on its own.
const ENDLESS: &str = "listenToEvents";

fn seed() -> Value {
    json!({
        "users": [{ "uid": "bearer" }],
        "groups": [{ "guid": "club", "type": "password", "password": secret("group") }],
        "apiKeys": [{ "key": secret("further") }],
        "tokens": [{ "uid": "bearer", "authToken": secret("token") }],
        "webhooks": [{
            "id": "hook", "webhookURL": "http://127.0.0.1:9/",
            "username": "user", "password": secret("webhook"),
        }],
        "calls": [{
            "sessionId": "talk", "caller": "bearer", "receiver": "cometchat-uid-1",
            "status": "initiated",
        }],
    })
}

/// A server that logs everything, and all that it printed when it has ended.
struct Loud {
    child: Running,
    url: String,
    lines: JoinHandle<String>,
    stdout: JoinHandle<String>,
}

/// Ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Loud {
    fn start(format: &str, dir: &std::path::Path) -> Self {
        let file = dir.join("seed.json");
        fs::write(&file, seed().to_string()).unwrap();
        let mut command = binary();
        command.args(["--port", "0", "-vv", "--log-format", format, "--seed"]).arg(file);
        command.env("RUST_LOG", "trace");
        for flag in ["api-key", "auth-key", "management-key", "management-secret", "control-token"]
        {
            command.args([format!("--{flag}"), secret(flag)]);
        }
        let mut child = command.spawn().unwrap();
        let (found, url) = mpsc::channel();
        let (stdout, stderr) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        let stdout = kept(stdout, found.clone());
        let lines = kept(stderr, found);
        let url = url.recv().unwrap();
        Self { child: Running(child), url, lines, stdout }
    }

    fn ended(self) -> (String, String) {
        drop(self.child);
        (self.lines.join().unwrap(), self.stdout.join().unwrap())
    }
}

/// Reads all there is, and says the first address that is printed.
fn kept(from: impl Read + Send + 'static, found: mpsc::Sender<String>) -> JoinHandle<String> {
    thread::spawn(move || {
        let mut all = String::new();
        for line in BufReader::new(from).lines() {
            let line = line.unwrap();
            let is_ready = line.contains("Ring somebody") || line.contains("\"ready\"");
            all += &line;
            all.push('\n');
            if let (true, Some(at)) = (is_ready, all.find("http://127.0.0.1:")) {
                let url: String =
                    all[at..].chars().take_while(|c| !c.is_whitespace() && *c != '"').collect();
                // Who has heard of one address listens no more.
                let _ = found.send(url);
            }
        }
        all
    })
}

/// A body with a field for everybody.
fn body(id: &str, kind: &str) -> Value {
    match id {
        "seed" | "putState" => seed(),
        "moveClock" => json!({ "advance": "1s" }),
        "armFault" => json!({ "match": { "path": "/none" }, "then": { "drop": true } }),
        "playMedia" => json!({ "join": { "uid": "bearer" } }),
        "verifyRequests" | "verifyDeliveries" => {
            json!({ "match": {}, "count": { "exactly": 1000 } })
        }
        "setDeliveryFaults" => json!({ "duplicate": 0.5 }),
        "createUser" => json!({ "uid": "new", "name": "New", "withAuthToken": true }),
        "takeIntoSink" => json!({ "appId": "mock-app" }),
        _ => json!({
            "receiver": "cometchat-uid-2", "receiverType": "user", "type": kind,
            "status": "ongoing", "guid": "new", "name": "New", "password": secret("sent"),
            "sessionId": "talk", "uidsToActivate": ["bearer"], "uidsToDeactivate": ["none"],
            "blockedUids": ["none"], "participants": ["cometchat-uid-3"], "scope": "moderator",
            "id": "new", "webhookURL": "http://127.0.0.1:9/", "username": "user",
            "useBasicAuth": true, "triggerIds": ["call_initiated"], "platform": "web",
        }),
    }
}

/// How requests are made, and what was seen that nobody should.
struct Asker<'a> {
    client: Client,
    url: &'a str,
    /// What the server made itself: tokens and passes.
    made: Vec<String>,
    refusals: String,
}

impl Asker<'_> {
    fn control(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.url));
        request.bearer_auth(secret("control-token"))
    }

    async fn text(&self, path: &str) -> String {
        self.control(Method::GET, path).send().await.unwrap().text().await.unwrap()
    }

    async fn pass(&mut self) -> String {
        let ask = self.client.post(format!("{}/v3/call_tokens", self.url));
        let ask = ask.header("authToken", secret("token")).json(&json!({ "sessionId": "talk" }));
        let made: Value = ask.send().await.unwrap().json().await.unwrap();
        let pass = made["data"]["token"].as_str().unwrap().to_owned();
        self.made.push(pass.clone());
        pass
    }

    /// Asks for one operation in one way, and keeps what is to be looked into.
    async fn ask(&mut self, id: &str, method: &str, path: &str, headers: &[(&str, &str)]) {
        for kind in ["audio", "password"] {
            let url = format!("{}{path}", self.url);
            let request = self.client.request(method.parse().unwrap(), url);
            let request = headers
                .iter()
                .fold(request, |request, (name, value)| request.header(*name, *value));
            let request = match method {
                "GET" => request,
                _ => request.json(&body(id, kind)),
            };
            let response = request.send().await.unwrap();
            let status = response.status();
            let text = response.text().await.unwrap();
            if status == StatusCode::OK {
                collect(&serde_json::from_str(&text).unwrap_or_default(), &mut self.made);
            } else if !text.contains("AUTH_ERR_AUTH_TOKEN_NOT_FOUND") {
                self.refusals += &format!("{id}: {text}\n");
            }
        }
    }
}

/// What a success gives out.
fn collect(value: &Value, made: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                match field {
                    // The journal shows a mask.
                    Value::String(text)
                        if ["authToken", "token", "jwt", "callToken"].contains(&name.as_str())
                            && !text.contains("***") =>
                    {
                        made.push(text.clone());
                    }
                    other => collect(other, made),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, made)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// All there is to see of what happened.
async fn shown(asker: &Asker<'_>) -> String {
    let mut all = String::new();
    for path in [
        "/__mock/requests?limit=1000",
        "/__mock/faults",
        "/__mock/snapshots",
        "/__mock/apps",
        "/__mock/clock",
        "/__mock/errors",
        "/__mock/webhooks/sink",
        "/metrics",
        "/healthz",
    ] {
        all += &asker.text(path).await;
    }
    let verify = asker.control(Method::POST, "/__mock/requests/verify");
    let unmet = json!({ "match": { "header": { "apikey": "x", "authtoken": "x" },
        "body": { "password": "x" } } });
    all += &verify.json(&unmet).send().await.unwrap().text().await.unwrap();
    let events = asker.control(Method::GET, "/__mock/events").header("last-event-id", "0");
    let mut events = events.send().await.unwrap();
    // So that there is an event that is known to be the last one.
    asker.client.get(format!("{}/v3/the-last", asker.url)).send().await.unwrap();
    let mut told = String::new();
    while !told.contains("the-last") {
        told += &String::from_utf8_lossy(&events.chunk().await.unwrap().unwrap());
    }
    all + &told
}

#[track_caller]
fn hides(place: &str, text: &str, secrets: &[String]) {
    assert!(text.len() > 100, "{place} is empty");
    for secret in secrets {
        if let Some(line) = text.lines().find(|line| line.contains(secret)) {
            let before = line.split(secret).next().unwrap();
            let last: String = before.chars().rev().take(200).collect();
            panic!("{place} shows {secret} after {}", last.chars().rev().collect::<String>());
        }
    }
}

/// Asks for one of so many operations.
async fn nothing_is_shown(format: &str, client: Client, one_of: usize) {
    let dir = tempfile::TempDir::new().unwrap();
    let server = Loud::start(format, dir.path());
    let (made, refusals) = (Vec::new(), String::new());
    let mut asker = Asker { client, url: &server.url, made, refusals };
    let document: Value = serde_json::from_str(&asker.text("/__mock/openapi.json").await).unwrap();
    let (bearer, wrong) = (format!("Bearer {}", secret("control-token")), secret("wrong"));
    let (api_key, token) = (secret("api-key"), secret("token"));
    let management = (secret("management-key"), secret("management-secret"));
    let (mut seen, mut asked) = (String::new(), 0);
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, said) in methods.as_object().unwrap() {
            let id = said["operationId"].as_str().unwrap();
            asked += 1;
            if id == SHOWS_ALL || id == ENDLESS || asked % one_of > 0 {
                continue;
            }
            asker.control(Method::POST, "/__mock/reset").send().await.unwrap();
            let pass = asker.pass().await;
            let path = path
                .replace("{sessionId}", "talk")
                .replace("{authToken}", &secret("token"))
                .replace("{webhookId}", "hook")
                .replace("{guid}", "club")
                .replace("{uid}", "bearer")
                .replace("{appId}", "mock-app");
            let path = path.replace(['{', '}'], "");
            let method = method.to_uppercase();
            let keys = [("apikey", &*api_key), ("onBehalfOf", "bearer")];
            let user = [("authToken", &*token)];
            let manager = [
                ("key", &*management.0),
                ("secret", &*management.1),
                ("authorization", &*bearer),
                ("callToken", &*pass),
            ];
            let stranger = ["apikey", "callToken", "key", "secret"].map(|name| (name, &*wrong));
            let unknown = [("authToken", &*wrong), ("authorization", &*wrong)];
            for headers in [&keys[..], &manager, &user, &stranger, &unknown] {
                asker.ask(id, &method, &path, headers).await;
            }
            // A reset forgets what happened before it.
            seen += &shown(&asker).await;
        }
    }
    let (made, refusals) = (asker.made, asker.refusals);
    assert!(made.len() * one_of > 100, "{}", made.len());
    let chosen = vec![MARK.to_owned()];
    hides("a refusal", &refusals, &chosen);
    hides("a refusal", &refusals, &made);
    hides("the control plane", &seen, &chosen);
    hides("the control plane", &seen, &made);
    let (log, printed) = server.ended();
    assert!(log.contains("answered"), "{log}");
    hides("the log", &log, &chosen);
    hides("the log", &log, &made);
    // The two keys that the banner is to show, once as such and one of them in what to try.
    assert_eq!(printed.matches(MARK).count(), if format == "text" { 3 } else { 0 }, "{printed}");
}

#[tokio::test]
async fn no_secret_is_logged_noted_or_told() {
    nothing_is_shown("text", Client::new(), 1).await;
}

#[tokio::test]
async fn no_secret_is_logged_as_json_or_over_http2() {
    // The library of HTTP/2 has a hundred lines to say of each request.
    let client = Client::builder().http2_prior_knowledge().build().unwrap();
    nothing_is_shown("json", client, 9).await;
}

/// A failed test, or a panic, may show any of these.
#[test]
fn nothing_public_shows_its_secret_to_who_debugs() {
    let (now, settings) = (Timestamp::from_secs(1_700_000_000), Settings::default());
    let planting =
        seed_text("seed".to_owned(), seed().to_string().as_bytes(), settings.clone(), now).unwrap();
    let mut world = World::seeded(settings, now);
    planting.plant(&mut world, &mut IdSource::new(Some(0), &AppId::default()), now).unwrap();
    let token = secret("token");
    let credentials =
        Credentials { api_key: Some(&token), auth_token: Some(&token), ..Credentials::default() };
    let hints = AppHints { token: Some(token.as_str().into()), ..AppHints::default() };
    let config = Config {
        api_key: token.as_str().into(),
        control_token: Some(token.as_str().into()),
        seed: Some(token.as_str().into()),
        ..Config::default()
    };
    let change = GroupChange { password: Some(token.clone()), ..GroupChange::default() };
    let key = ApiKey { key: token.clone(), scope: KeyScope::FullAccess };
    let management = ManagementKey { key: token.clone(), secret: token.clone() };
    let embedded = mock_calls::Seed::new().token("bearer", &token).api_key(&token, "fullAccess");
    for shown in [
        format!("{planting:?}"),
        format!("{world:?}"),
        format!("{:?}", world.export()),
        format!("{credentials:?}"),
        format!("{hints:?}"),
        format!("{config:?}"),
        format!("{change:?}"),
        format!("{key:?} {management:?} {embedded:?}"),
        format!("{:?}", AuthToken::given(&token)),
        format!("{:?}", GroupType::Password(token.clone())),
        format!("{:?}", Error::AuthTokenNotFound { token: AuthToken::given(&token) }),
    ] {
        assert!(!shown.contains(MARK), "{shown}");
    }
}

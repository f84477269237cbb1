//! A server of its own for each test, with a clock that only the test moves, and a verb per
//! request.

mod declared;
mod fold;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use self::declared::Declared;

use mock_calls::{config::Config, domain::time::Timestamp, runtime::clock::Clock, server::Server};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};
use tokio::sync::oneshot;

/// Where every test's clock stands at first, in Unix seconds.
pub const START: i64 = 1_700_000_000;

pub const A: &str = "cometchat-uid-1";
pub const B: &str = "cometchat-uid-2";
pub const C: &str = "cometchat-uid-3";
pub const D: &str = "cometchat-uid-4";
pub const GROUP: &str = "cometchat-guid-1";

/// A running server. It stops when dropped.
pub struct Mock {
    pub url: String,
    /// Where `/__mock` is: there, unless it has a port of its own.
    pub control_url: String,
    pub clock: Clock,
    client: Client,
    declared: Arc<Declared>,
    /// Something goes wrong on purpose, and any answer may come.
    faulty: Arc<AtomicBool>,
    stop: oneshot::Sender<()>,
}

/// What came back.
pub struct Reply {
    pub status: u16,
    pub explain: Option<String>,
    pub request_id: Option<String>,
    pub content_type: Option<String>,
    pub text: String,
}

/// A request that is being put together.
pub struct Request {
    builder: RequestBuilder,
    /// What may be answered, where that stands in the document.
    declared: Option<Arc<Declared>>,
    faulty: Arc<AtomicBool>,
}

impl Mock {
    pub async fn start() -> Self {
        Self::with(Config::default()).await
    }

    /// Starts with other options; port, clock and ids are the test's in any case.
    pub async fn with(config: Config) -> Self {
        let clock = Clock::manual(Timestamp::from_secs(START));
        let config = Config { port: 0, clock: clock.clone(), seed_rng: Some(7), ..config };
        let server = Server::bind(&config).await.unwrap();
        let url = server.url();
        let control_url = server.control_url().unwrap_or_else(|| url.clone());
        let (stop, stopped) = oneshot::channel::<()>();
        tokio::spawn(server.serve(async {
            let _ = stopped.await;
        }));
        let declared = Arc::new(Declared::of(&config));
        let (client, faulty) = (Client::new(), Arc::default());
        Self { url, control_url, clock, client, declared, faulty, stop }
    }

    /// Has the server end as a signal would.
    pub fn stop(self) {
        drop(self.stop);
    }

    pub fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    /// A request without any credentials.
    pub fn bare(&self, method: Method, path: &str) -> Request {
        self.at(&self.url, method, path)
    }

    /// A request for `/__mock`, wherever it is.
    pub fn control(&self, method: Method, path: &str) -> Request {
        self.at(&self.control_url, method, path)
    }

    fn at(&self, url: &str, method: Method, path: &str) -> Request {
        let is_control_alone = url != self.url;
        Request {
            builder: self.client.request(method, format!("{url}{path}")),
            declared: (!is_control_alone).then(|| Arc::clone(&self.declared)),
            faulty: Arc::clone(&self.faulty),
        }
    }

    /// A request with the REST API key.
    pub fn request(&self, method: Method, path: &str) -> Request {
        self.bare(method, path).header("apikey", "mock-rest-api-key")
    }

    /// A request with the management key.
    pub fn manage(&self, method: Method, path: &str) -> Request {
        self.bare(method, path).header("key", "mock-key").header("secret", "mock-secret")
    }

    pub fn get(&self, path: &str) -> Request {
        self.request(Method::GET, path)
    }

    pub fn post(&self, path: &str, body: Value) -> Request {
        self.request(Method::POST, path).json(body)
    }

    pub fn put(&self, path: &str, body: Value) -> Request {
        self.request(Method::PUT, path).json(body)
    }

    pub fn patch(&self, path: &str, body: Value) -> Request {
        self.request(Method::PATCH, path).json(body)
    }

    pub fn delete(&self, path: &str) -> Request {
        self.request(Method::DELETE, path)
    }

    /// Rings a user with the API key, and returns the session id.
    pub async fn ring(&self, by: &str, to: &str) -> String {
        self.call(by, "user", to).await
    }

    /// Rings a group with the API key, and returns the session id.
    pub async fn ring_group(&self, by: &str, guid: &str) -> String {
        self.call(by, "group", guid).await
    }

    async fn call(&self, by: &str, kind: &str, to: &str) -> String {
        let body = json!({ "receiver": to, "receiverType": kind, "type": "audio" });
        let reply = self.post("/calls", body).by(by).send().await;
        reply.ok()["data"]["entities"]["on"]["entity"]["sessionid"].as_str().unwrap().to_owned()
    }

    /// Asks for a status with the API key.
    pub async fn change(&self, session: &str, by: &str, body: Value) -> Reply {
        self.put(&format!("/calls/{session}"), body).by(by).send().await
    }

    /// Asks for a status with the API key, which must succeed.
    pub async fn moved(&self, session: &str, by: &str, status: &str) -> Value {
        let reply = self.change(session, by, json!({ "status": status, "joinedAt": START })).await;
        reply.ok()
    }

    /// A call's log, seen with the API key.
    pub async fn log(&self, session: &str) -> Value {
        self.get(&format!("/calls/{session}")).send().await.ok()
    }

    /// Logs a user in, and returns their token.
    pub async fn token(&self, uid: &str) -> String {
        let reply = self.post(&format!("/users/{uid}/auth_tokens"), json!({})).send().await;
        reply.ok()["authToken"].as_str().unwrap().to_owned()
    }

    /// A pass to a session, for the user whose token it is.
    pub async fn call_token(&self, token: &str, session: &str) -> String {
        let ask = self.bare(Method::POST, "/call_tokens").token(token);
        let reply = ask.json(json!({ "sessionId": session })).send().await;
        reply.ok()["token"].as_str().unwrap().to_owned()
    }
}

impl Request {
    pub fn header(self, name: &str, value: &str) -> Self {
        Self { builder: self.builder.header(name, value), ..self }
    }

    /// On behalf of a user.
    pub fn by(self, uid: &str) -> Self {
        self.header("onBehalfOf", uid)
    }

    /// As the user whose token it is.
    pub fn token(self, token: &str) -> Self {
        self.header("authToken", token)
    }

    /// In another app.
    pub fn app(self, app: &str) -> Self {
        self.header("appId", app)
    }

    pub fn json(self, body: Value) -> Self {
        Self { builder: self.builder.json(&body), ..self }
    }

    pub fn body(self, body: impl Into<reqwest::Body>) -> Self {
        Self { builder: self.builder.body(body), ..self }
    }

    /// Sends it, for whoever looks at more than a reply tells.
    pub async fn response(self) -> reqwest::Response {
        self.builder.send().await.unwrap()
    }

    /// Sends it, and checks that the answer is one that is declared.
    pub async fn send(self) -> Reply {
        let (client, request) = self.builder.build_split();
        let request = request.unwrap();
        let (method, url) = (request.method().as_str().to_lowercase(), request.url().clone());
        if url.path() == "/__mock/faults" && method == "post" {
            self.faulty.store(true, Ordering::Relaxed);
        }
        let on_demand = request.headers().contains_key("x-mock-error");
        let response = client.execute(request).await.unwrap();
        let header = |name: &str| {
            response.headers().get(name).map(|value| value.to_str().unwrap().to_owned())
        };
        let reply = Reply {
            status: response.status().as_u16(),
            explain: header("x-mock-explain"),
            request_id: header("x-mock-request-id"),
            content_type: header("content-type"),
            text: response.text().await.unwrap(),
        };
        if let Some(declared) = self.declared
            && !on_demand
            && !self.faulty.load(Ordering::Relaxed)
        {
            let answer = (reply.status, reply.content_type.as_deref(), reply.text.as_str());
            declared.check(&method, url.path(), answer);
        }
        reply
    }
}

impl Reply {
    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text)
            .unwrap_or_else(|error| panic!("{} {:?}: {error}", self.status, self.text))
    }

    /// The `data` of a success.
    #[track_caller]
    pub fn ok(&self) -> Value {
        assert_eq!(self.status, 200, "{}", self.text);
        self.json()["data"].clone()
    }

    /// The body with line breaks, its fields in the order they came in.
    #[track_caller]
    pub fn folded(&self) -> String {
        fold::fold(&self.text)
    }

    /// One field of every entry of a list.
    #[track_caller]
    pub fn column(&self, field: &str) -> Vec<String> {
        let data = self.ok();
        let entries = data.as_array().unwrap_or_else(|| panic!("no list: {data}"));
        entries.iter().map(|entry| entry[field].as_str().unwrap().to_owned()).collect()
    }

    /// Where a list's page stands: total, count, per_page, current_page, total_pages.
    #[track_caller]
    pub fn pagination(&self) -> [u64; 5] {
        self.ok();
        let meta = self.json()["meta"]["pagination"].clone();
        ["total", "count", "per_page", "current_page", "total_pages"]
            .map(|field| meta[field].as_u64().unwrap_or_else(|| panic!("{field} of {meta}")))
    }

    /// The code of a refusal, with its envelope checked.
    #[track_caller]
    pub fn code(&self) -> String {
        assert_eq!(self.content_type.as_deref(), Some("application/json"), "{}", self.text);
        assert!(self.request_id.is_some(), "no request id");
        let body = self.json();
        let error = &body["error"];
        assert_eq!(error["source"], "chat-api", "{body}");
        for field in ["message", "devMessage"] {
            assert!(error[field].as_str().is_some_and(|text| !text.is_empty()), "{body}");
        }
        error["code"].as_str().unwrap_or_else(|| panic!("{body}")).to_owned()
    }

    /// Asserts a refusal.
    #[track_caller]
    pub fn refused(&self, status: u16, code: &str) -> Value {
        assert_eq!((self.status, self.code().as_str()), (status, code), "{}", self.text);
        self.json()["error"].clone()
    }
}

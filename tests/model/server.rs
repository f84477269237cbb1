//! Real servers on manual clocks, and a client that waits for every answer.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::Rc,
    time::Duration,
};

use mock_calls::{
    config::{Config, DEFAULT_API_KEY},
    domain::{code::Code, time::Timestamp},
    runtime::clock::Clock,
    server,
};
use reqwest::{Client, Method};
use serde_json::Value;
use tokio::{
    runtime::{Builder, Runtime},
    sync::oneshot,
};

use crate::START;

/// The servers of all walks, one for each ring timeout. Each walk has an app of its own, and so
/// nothing to do with what others left behind.
pub struct Servers {
    runtime: Runtime,
    client: Client,
    running: RefCell<HashMap<i64, Rc<Server>>>,
    apps: Cell<usize>,
}

struct Server {
    url: String,
    clock: Clock,
    /// Stops the server when it is dropped.
    _stop: oneshot::Sender<()>,
}

/// A fresh app of one of the servers.
pub struct App<'a> {
    servers: &'a Servers,
    server: Rc<Server>,
    name: String,
}

/// With which credentials.
#[derive(Clone, Copy)]
pub enum As<'a> {
    /// The API key.
    Backend,
    /// The API key, on behalf of this user.
    User(&'a str),
    Token(&'a str),
}

pub struct Reply {
    pub status: u16,
    pub body: Value,
}

impl Servers {
    pub fn new() -> Self {
        // The servers get on while somebody waits for one of them, which is all that is needed.
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        Self { runtime, client: Client::new(), running: RefCell::default(), apps: Cell::new(0) }
    }

    /// A fresh app; calls ring so many seconds in it, 0 for ever.
    pub fn app(&self, ring_timeout: i64) -> App<'_> {
        let mut running = self.running.borrow_mut();
        let start = || Rc::new(self.runtime.block_on(Server::start(ring_timeout)));
        let server = Rc::clone(running.entry(ring_timeout).or_insert_with(start));
        self.apps.set(self.apps.get() + 1);
        App { servers: self, server, name: format!("walk-{}", self.apps.get()) }
    }
}

impl Server {
    async fn start(ring_timeout: i64) -> Self {
        let clock = Clock::manual(Timestamp::from_secs(START));
        let ring_timeout = Duration::from_secs(ring_timeout.unsigned_abs());
        let clocks = clock.clone();
        let config =
            Config { port: 0, ring_timeout, clock: clocks, seed_rng: Some(7), ..Config::default() };
        let server = server::Server::bind(&config).await.unwrap();
        let url = server.url();
        let (stop, stopped) = oneshot::channel::<()>();
        tokio::spawn(server.serve(async {
            drop(stopped.await);
        }));
        Self { url, clock, _stop: stop }
    }
}

impl App<'_> {
    pub fn clock(&self) -> &Clock {
        &self.server.clock
    }

    pub fn send(&self, who: As<'_>, method: Method, path: &str, body: Option<&Value>) -> Reply {
        let request = self.servers.client.request(method, format!("{}{path}", self.server.url));
        let request = request.header("appId", &self.name);
        let request = match who {
            As::Backend => request.header("apikey", DEFAULT_API_KEY),
            As::User(uid) => request.header("apikey", DEFAULT_API_KEY).header("onBehalfOf", uid),
            As::Token(token) => request.header("authToken", token),
        };
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        self.servers.runtime.block_on(async {
            let response = request.send().await.unwrap();
            Reply { status: response.status().as_u16(), body: response.json().await.unwrap() }
        })
    }
}

impl Reply {
    pub fn is_success(&self) -> bool {
        self.status == 200
    }

    /// What a success is about.
    #[track_caller]
    pub fn data(&self) -> &Value {
        assert!(self.is_success(), "{} {}", self.status, self.body);
        &self.body["data"]
    }

    /// The code of a refusal, which has to come with its status.
    #[track_caller]
    pub fn code(&self) -> &'static str {
        let code = self.body["error"]["code"].as_str().and_then(Code::parse);
        let code = code.unwrap_or_else(|| panic!("no known code: {} {}", self.status, self.body));
        assert_eq!(self.status, code.default_status(), "{}", self.body);
        code.as_str()
    }
}

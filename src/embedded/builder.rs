//! How a server is to be started.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::{Arc, mpsc},
    time::Duration,
};

use bytesize::ByteSize;
use tokio::{runtime::Handle, sync::oneshot};

use super::{
    fail::expect,
    seed::Seed,
    server::{MockServer, Site},
    thread::Thread,
};
use crate::{
    config::{self, Config, Media},
    server::{self, Server},
};

/// Says how a server is to be started; what is not said is as the binary has it, but for the port,
/// which is any free one.
///
/// ```
/// use std::time::Duration;
///
/// use mock_calls::MockServer;
///
/// let server = MockServer::builder()
///     .ring_timeout(Duration::from_secs(5))
///     .status("ERR_CALL_BUSY_USER", 409)
///     .start_blocking();
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Builder {
    config: Config,
    is_tls: bool,
    /// The first thing that cannot be set as it is to be, and what was expected.
    wrong: Option<(&'static str, String)>,
}

/// Why a server did not start.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct StartError(#[from] Cause);

#[derive(Debug, thiserror::Error)]
enum Cause {
    #[error("{0}: {1}")]
    Setting(&'static str, String),
    #[error("port {} on {} is already in use; leave port() out to have any free one", .0.port(), .0.ip())]
    PortTaken(SocketAddr),
    #[error(transparent)]
    Server(server::StartError),
    #[error("cannot start a thread to serve from: {0}")]
    Thread(#[source] io::Error),
    #[error("the thread to serve from ended before it served")]
    Ended,
}

type Started = Result<Site, Cause>;

impl Default for Builder {
    fn default() -> Self {
        let config = Config { port: 0, ..Config::default() };
        Self { config, is_tls: false, wrong: None }
    }
}

impl Builder {
    /// The address to listen on, `127.0.0.1` unless said otherwise.
    pub const fn host(mut self, host: IpAddr) -> Self {
        self.config.host = host;
        self
    }

    /// The port to listen on; any free one unless said otherwise, and for 0.
    pub const fn port(mut self, port: u16) -> Self {
        self.config.port = port;
        self
    }

    /// The app of requests that name none.
    pub fn app_id(self, id: &str) -> Self {
        self.set("app_id", config::app_id(id), |config, id| config.app_id = id)
    }

    /// The region in session ids, such as `us`.
    pub fn region(self, region: &str) -> Self {
        self.set("region", config::region(region), |config, region| config.region = region)
    }

    /// The REST API key of every app.
    pub fn api_key(self, key: &str) -> Self {
        self.set("api_key", config::key(key), |config, key| config.api_key = key)
    }

    /// The auth key of every app.
    pub fn auth_key(self, key: &str) -> Self {
        self.set("auth_key", config::key(key), |config, key| config.auth_key = key)
    }

    /// Key and secret of the management API.
    pub fn management(self, key: &str, secret: &str) -> Self {
        self.set("management key", config::key(key), |config, key| config.management_key = key).set(
            "management secret",
            config::key(secret),
            |config, secret| {
                config.management_secret = secret;
            },
        )
    }

    /// How long a call rings before it is unanswered; for ever, with zero.
    pub const fn ring_timeout(mut self, ring: Duration) -> Self {
        self.config.ring_timeout = ring;
        self
    }

    /// Answers a code with another HTTP status.
    pub fn status(self, code: &str, status: u16) -> Self {
        let read = config::status(&format!("{code}={status}"));
        self.set("status", read, |config, status| config.statuses.push(status))
    }

    /// What every app has from the start and after a reset, beside the default users and group.
    pub fn seed(mut self, seed: impl Into<Seed>) -> Self {
        match seed.into().read() {
            Ok(json) => self.config.seed = Some(json.to_string().as_str().into()),
            Err(problem) => self.note("seed", problem),
        }
        self
    }

    /// Tells every trigger of calls of every app to this URL.
    pub fn webhook(self, url: &str) -> Self {
        self.set("webhook", config::webhook(url), |config, url| config.webhooks.push(url))
    }

    /// Trusts the CAs in this PEM file, beside the public ones, where webhooks are https.
    #[cfg(feature = "tls")]
    pub fn webhook_ca(mut self, file: impl Into<std::path::PathBuf>) -> Self {
        self.config.webhook_ca = Some(file.into());
        self
    }

    /// Leaves it to `POST /__mock/calls/{sessionId}/media` who joins a call's room and leaves it.
    pub const fn manual_media(mut self) -> Self {
        self.config.media = Media::Manual;
        self
    }

    /// Refuses apps that are not known yet, which leaves the default one.
    pub const fn strict_apps(mut self) -> Self {
        self.config.strict_apps = true;
        self
    }

    /// How many apps there can be; 10,000 unless said otherwise.
    pub fn max_apps(self, most: usize) -> Self {
        let read = Some(most).filter(|most| *most > 0);
        let read = read.ok_or_else(|| "expected a whole number from 1 upwards".to_owned());
        self.set("max_apps", read, |config, most| config.max_apps = most)
    }

    /// How many requests each app's journal keeps; 10,000 unless said otherwise.
    pub const fn journal(mut self, most: usize) -> Self {
        self.config.journal = most;
        self
    }

    /// How much all journals take together, in bytes and about; 32 MiB unless said otherwise.
    pub const fn journal_memory(mut self, bytes: u64) -> Self {
        self.config.journal_memory = ByteSize::b(bytes);
        self
    }

    /// Fixes every generated id and everything left to chance.
    pub const fn seed_rng(mut self, seed: u64) -> Self {
        self.config.seed_rng = Some(seed);
        self
    }

    /// Asks for this as a bearer token on `/__mock`.
    pub fn control_token(self, token: &str) -> Self {
        self.set("control_token", config::key(token), |config, token| {
            config.control_token = Some(token);
        })
    }

    /// Serves `/__mock` on a port of its own, any free one.
    pub const fn own_control_port(mut self) -> Self {
        self.config.control_port = Some(0);
        self
    }

    /// Serves no `/__mock` at all, which no [`App`](super::App) needs.
    pub const fn no_control(mut self) -> Self {
        self.config.no_control = true;
        self
    }

    /// Leaves out the header `x-mock-explain`.
    pub const fn no_explain(mut self) -> Self {
        self.config.no_explain = true;
        self
    }

    /// Has the server tell its URL with `https`, and its CA with
    /// [`MockServer::ca_pem`](MockServer::ca_pem). The port takes both in any case.
    #[cfg(feature = "tls")]
    pub const fn tls(mut self) -> Self {
        self.is_tls = true;
        self
    }

    /// A further name or address that the certificate is for, such as `calls.test`.
    #[cfg(feature = "tls")]
    pub fn tls_name(self, name: &str) -> Self {
        self.set("tls_name", config::tls_name(name), |config, name| config.tls_names.push(name))
    }

    /// Starts the server. Can be awaited on every runtime.
    ///
    /// # Panics
    /// When it cannot start.
    pub async fn start(self) -> MockServer {
        expect(self.try_start().await)
    }

    /// The same, for tests without a runtime.
    ///
    /// # Panics
    /// When it cannot start.
    #[must_use]
    #[track_caller]
    pub fn start_blocking(self) -> MockServer {
        expect(self.try_start_blocking())
    }

    /// Starts the server.
    ///
    /// # Errors
    /// When something was set that cannot be, or the port or a thread cannot be had.
    pub async fn try_start(self) -> Result<MockServer, StartError> {
        let (tell, told) = oneshot::channel();
        // Nobody listens any more who has given up waiting.
        let thread = self.launch(move |started| drop(tell.send(started)))?;
        settled(told.await.ok(), thread)
    }

    /// The same, for tests without a runtime.
    ///
    /// # Errors
    /// When something was set that cannot be, or the port or a thread cannot be had.
    pub fn try_start_blocking(self) -> Result<MockServer, StartError> {
        let (tell, told) = mpsc::channel();
        let thread = self.launch(move |started| drop(tell.send(started)))?;
        settled(told.recv().ok(), thread)
    }

    fn launch(self, tell: impl FnOnce(Started) + Send + 'static) -> Result<Thread, Cause> {
        let Self { config, is_tls, wrong } = self;
        if let Some((setting, problem)) = wrong {
            return Err(Cause::Setting(setting, problem));
        }
        let run = move |runtime: io::Result<Handle>| match runtime {
            Ok(runtime) => Some(run(config, is_tls, runtime, tell)),
            Err(error) => {
                tell(Err(Cause::Thread(error)));
                None
            }
        };
        Thread::start(run).map_err(Cause::Thread)
    }

    fn set<T>(
        mut self,
        setting: &'static str,
        read: Result<T, String>,
        put: impl FnOnce(&mut Config, T),
    ) -> Self {
        match read {
            Ok(value) => put(&mut self.config, value),
            Err(problem) => self.note(setting, problem),
        }
        self
    }

    fn note(&mut self, setting: &'static str, problem: String) {
        self.wrong.get_or_insert((setting, problem));
    }
}

fn settled(told: Option<Started>, thread: Thread) -> Result<MockServer, StartError> {
    match told {
        Some(Ok(site)) => Ok(MockServer::of(site, thread)),
        Some(Err(cause)) => Err(cause.into()),
        None => Err(Cause::Ended.into()),
    }
}

/// Takes the port, says so, and serves until it is dropped.
async fn run(config: Config, is_tls: bool, runtime: Handle, tell: impl FnOnce(Started)) {
    let server = match Server::bind(&config).await {
        Ok(server) => server,
        Err(server::StartError::PortTaken(address)) => {
            return tell(Err(Cause::PortTaken(address)));
        }
        Err(error) => return tell(Err(Cause::Server(error))),
    };
    #[cfg(feature = "tls")]
    let ca = if is_tls { server.ca().await } else { None };
    let url = server.url();
    tell(Ok(Site {
        url: if is_tls { url.replacen("http", "https", 1) } else { url },
        control_url: server.control_url().unwrap_or_else(|| server.url()),
        port: server.address().port(),
        #[cfg(feature = "tls")]
        ca,
        config: Arc::new(config),
        apps: Arc::clone(server.apps()),
        runtime,
    }));
    server.serve(std::future::pending()).await;
}

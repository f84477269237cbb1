//! The server as a test holds it.

use std::{fmt, sync::Arc};

use tokio::runtime::Handle;

use super::{app::App, builder::Builder, fail::expect, refused::Refused, thread::Thread};
use crate::{
    config::Config,
    runtime::{apps::Apps, hints::AppHints},
};

/// A server on a free port of this machine, which stops when it is dropped. It has a thread of its
/// own: it can be used from every runtime and from none, and outlives the one that started it.
///
/// ```
/// use mock_calls::MockServer;
///
/// let server = MockServer::start_blocking();
/// let app = server.app("checkout");
/// app.user("alice").name("Alice").create();
/// app.fail_next("ERR_CALL_BUSY_USER");
/// // Here the program under test talks to server.url(), with server.api_key() and app.id().
/// assert_eq!(app.requests().len(), 0);
/// ```
pub struct MockServer {
    site: Site,
    // The last field: what is above is of no use without it, and goes first.
    _thread: Thread,
}

/// What is known of a server that has started.
pub(super) struct Site {
    pub(super) url: String,
    pub(super) control_url: String,
    pub(super) port: u16,
    #[cfg(feature = "tls")]
    pub(super) ca: Option<Arc<str>>,
    pub(super) config: Arc<Config>,
    pub(super) apps: Arc<Apps>,
    pub(super) runtime: Handle,
}

impl MockServer {
    /// Starts a server with the defaults of the binary, on any free port. Can be awaited on every
    /// runtime.
    ///
    /// # Panics
    /// When it cannot start: no port is free, or no thread can be had.
    pub async fn start() -> Self {
        Self::builder().start().await
    }

    /// The same, for tests without a runtime.
    ///
    /// # Panics
    /// When it cannot start: no port is free, or no thread can be had.
    #[must_use]
    #[track_caller]
    pub fn start_blocking() -> Self {
        Self::builder().start_blocking()
    }

    /// Starts a server otherwise than by default.
    pub fn builder() -> Builder {
        Builder::default()
    }

    pub(super) const fn of(site: Site, thread: Thread) -> Self {
        Self { site, _thread: thread }
    }

    /// Where it is, without a slash at the end: `http://127.0.0.1:40123`. The vendor's paths stand
    /// below it, under `/v3`, under `/v3.0` and bare.
    #[must_use]
    pub fn url(&self) -> String {
        self.site.url.clone()
    }

    /// Where `/__mock` is: there too, unless it has a port of its own. Always with `http`.
    #[must_use]
    pub fn control_url(&self) -> String {
        self.site.control_url.clone()
    }

    /// Its port.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.site.port
    }

    /// The REST API key of every app, for the header `apikey`.
    #[must_use]
    pub fn api_key(&self) -> &str {
        &self.site.config.api_key
    }

    /// The auth key of every app, which makes users and auth tokens alone.
    #[must_use]
    pub fn auth_key(&self) -> &str {
        &self.site.config.auth_key
    }

    /// The CA that clients have to trust, in PEM, if the server was started with
    /// [`Builder::tls`](Builder::tls).
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn ca_pem(&self) -> Option<&str> {
        self.site.ca.as_deref()
    }

    /// An isolated world, made the first time that it is named here or in a request's `appId`
    /// header. It is there as long as the server is.
    ///
    /// # Panics
    /// For what [`MockServer::try_app`] refuses.
    #[must_use]
    #[track_caller]
    pub fn app(&self, name: &str) -> App {
        expect(self.try_app(name))
    }

    /// The same.
    ///
    /// # Errors
    /// `AUTH_ERR_INVALID_APPID` for what is not 1 to 64 letters, digits, `-`, `_` and `.`, and with
    /// [`Builder::strict_apps`] for an unknown name; `MOCK_TOO_MANY_APPS` where there is no room.
    pub fn try_app(&self, name: &str) -> Result<App, Refused> {
        self.choose(&AppHints { named: Some(name.into()), ..AppHints::default() })
    }

    /// The world of requests that name none.
    #[must_use]
    #[track_caller]
    pub fn default_app(&self) -> App {
        expect(self.choose(&AppHints::default()))
    }

    fn choose(&self, hints: &AppHints<'_>) -> Result<App, Refused> {
        let Site { apps, runtime, .. } = &self.site;
        let entered = runtime.enter();
        let app = apps.choose(hints).map_err(|error| Refused::from(&error))?;
        drop(entered);
        Ok(App::of(app, Arc::clone(apps), runtime.clone()))
    }
}

impl fmt::Debug for MockServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MockServer").field("url", &self.site.url).finish_non_exhaustive()
    }
}

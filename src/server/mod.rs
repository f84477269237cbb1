//! Binds the port, hands connections to the two surfaces, and shuts down without losing what is
//! under way.

mod connection;
mod openapi;

use std::{
    future::Future,
    io,
    net::SocketAddr,
    sync::{Arc, LazyLock},
    time::Duration,
};

use axum::{Router, body::Bytes};
use connection::connect;
use hyper_util::server::graceful::GracefulShutdown;
pub use openapi::openapi;
use tokio::{
    net::TcpListener,
    time::{sleep, timeout},
};

use crate::{
    config::Config,
    control::{self, Control, SeedFileError, seed_file},
    domain::{
        access::{ApiKey, KeyScope},
        world::Settings,
    },
    http::{self, Service, ServiceOptions, Statuses},
    runtime::{
        apps::{Apps, AppsOptions},
        clock::Stopwatch,
        ids::RequestIds,
    },
};

/// How long requests under way have to finish at shutdown.
const GRACE: Duration = Duration::from_secs(5);
/// How long to wait when the system has no more sockets to give.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Why the server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Somebody else listens there.
    #[error(
        "port {} on {} is already in use\n\n  Stop whatever listens there, choose another port with --port N,\n  or take any free one with --port 0 (--port-file FILE tells which).",
        .0.port(), .0.ip()
    )]
    PortTaken(SocketAddr),
    /// The address cannot be listened on.
    #[error("cannot listen on {0}: {1}")]
    CannotListen(SocketAddr, #[source] io::Error),
    /// The two keys are one.
    #[error("--api-key and --auth-key are the same; the scope of a request could not be told")]
    SameKeys,
    /// The seed cannot be had.
    #[error(transparent)]
    Seed(#[from] SeedFileError),
}

/// A server that has its port, and begins to answer with [`MockServer::serve`].
pub struct MockServer {
    listener: TcpListener,
    address: SocketAddr,
    router: Router,
    apps: Arc<Apps>,
}

impl MockServer {
    /// Takes the port. From here on connections are queued, if not yet answered.
    ///
    /// # Errors
    /// When the address or the seed cannot be had, or the configuration contradicts itself.
    pub async fn bind(config: &Config) -> Result<Self, StartError> {
        if config.api_key == config.auth_key {
            return Err(StartError::SameKeys);
        }
        let options = apps_options(config)?;
        let wanted = SocketAddr::new(config.host, config.port);
        let listener = TcpListener::bind(wanted).await.map_err(|error| match error.kind() {
            io::ErrorKind::AddrInUse => StartError::PortTaken(wanted),
            _ => StartError::CannotListen(wanted, error),
        })?;
        let address =
            listener.local_addr().map_err(|error| StartError::CannotListen(wanted, error))?;
        let apps = Arc::new(Apps::start(options, Vec::new()));
        let router = router(config, &apps);
        Ok(Self { listener, address, router, apps })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where clients reach it.
    #[must_use]
    pub fn url(&self) -> String {
        let mut reachable = self.address;
        if reachable.ip().is_unspecified() {
            reachable.set_ip(match reachable {
                SocketAddr::V4(_) => std::net::Ipv4Addr::LOCALHOST.into(),
                SocketAddr::V6(_) => std::net::Ipv6Addr::LOCALHOST.into(),
            });
        }
        format!("http://{reachable}")
    }

    /// Its apps.
    #[must_use]
    pub const fn apps(&self) -> &Arc<Apps> {
        &self.apps
    }

    /// Answers requests until `stop` comes, then gives those under way 5 seconds to finish.
    /// Says whether they all did.
    pub async fn serve(self, stop: impl Future<Output = ()>) -> bool {
        let connections = GracefulShutdown::new();
        let mut stop = std::pin::pin!(stop);
        loop {
            tokio::select! {
                () = &mut stop => break,
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, _)) => connect(stream, self.router.clone(), &connections),
                    Err(error) => {
                        tracing::warn!(%error, "cannot accept a connection");
                        sleep(ACCEPT_PAUSE).await;
                    }
                },
            }
        }
        drop(self.listener);
        timeout(GRACE, connections.shutdown()).await.is_ok()
    }
}

fn apps_options(config: &Config) -> Result<AppsOptions, SeedFileError> {
    let keys = vec![
        ApiKey { key: config.api_key.clone(), scope: KeyScope::FullAccess },
        ApiKey { key: config.auth_key.clone(), scope: KeyScope::AuthOnly },
    ];
    let settings = Settings {
        app: config.app_id.clone(),
        region: config.region.as_str().into(),
        ring_timeout: Some(config.ring_timeout).filter(|ring| !ring.is_zero()),
        keys,
    };
    let file = config.seed_file.as_deref();
    let planting =
        file.map(|file| seed_file(file, settings.clone(), config.clock.now())).transpose()?;
    Ok(AppsOptions {
        settings,
        strict: config.strict_apps,
        most: config.max_apps,
        clock: config.clock.clone(),
        journal: config.journal,
        seed: config.seed_rng,
        planting,
    })
}

/// Which code is answered with which status.
fn statuses(config: &Config) -> Statuses {
    let mut statuses = Statuses::default();
    for (code, status) in &config.statuses {
        statuses.change(*code, *status);
    }
    statuses
}

fn router(config: &Config, apps: &Arc<Apps>) -> Router {
    let request_ids = Arc::new(RequestIds::new(config.seed_rng));
    let statuses = statuses(config);
    let described = config.clone();
    let openapi: Box<dyn FnOnce() -> Bytes + Send> =
        Box::new(move || openapi(&described).to_string().into());
    let service = Service {
        apps: Arc::clone(apps),
        options: ServiceOptions { explain: !config.no_explain, statuses },
        request_ids: Arc::clone(&request_ids),
    };
    let control = Control {
        apps: Arc::clone(apps),
        request_ids,
        running: Stopwatch::start(),
        token: config.control_token.as_deref().map(Arc::from),
        openapi: Arc::new(LazyLock::new(openapi)),
    };
    let control =
        if config.no_control { control::health_alone(control) } else { control::router(control) };
    http::router(Arc::new(service)).merge(control)
}

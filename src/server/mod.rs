//! Takes the ports, hands connections to the two surfaces, and shuts down without losing what is
//! under way.

mod connection;
mod openapi;
mod port;

use std::{
    future::{Future, pending},
    io,
    net::{IpAddr, SocketAddr},
    sync::{Arc, LazyLock},
    time::Duration,
};

use axum::Router;
use hyper_util::server::graceful::GracefulShutdown;
pub use openapi::openapi;
use port::Port;
use tokio::time::timeout;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    config::Config,
    control::{self, Control, SeedFileError, seed_file},
    domain::{
        access::{ApiKey, KeyScope},
        world::Settings,
    },
    http::{self, Service, ServiceOptions},
    runtime::{
        apps::{Apps, AppsOptions},
        clock::Stopwatch,
        ids::{RequestIds, signing_secret},
        passes::Passes,
        statuses::Statuses,
        traffic::Traffic,
    },
};

/// How long requests under way have to finish at shutdown.
const GRACE: Duration = Duration::from_secs(5);

/// Why the server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Somebody else listens there.
    #[error(
        "port {} on {} is already in use\n\n  Stop whatever listens there, choose another port with --port N,\n  or take any free one with --port 0 (--port-file FILE tells which).",
        .0.port(), .0.ip()
    )]
    PortTaken(SocketAddr),
    /// Somebody else listens where the control plane is to be.
    #[error(
        "port {} on {} is already in use\n\n  Choose another port for the control plane with --control-port N,\n  or take any free one with --control-port 0 (the banner tells which).",
        .0.port(), .0.ip()
    )]
    ControlPortTaken(SocketAddr),
    /// The address cannot be listened on.
    #[error("cannot listen on {0}: {1}")]
    CannotListen(SocketAddr, #[source] io::Error),
    /// The two keys are one.
    #[error("--api-key and --auth-key are the same; the scope of a request could not be told")]
    SameKeys,
    /// There is to be no control plane, and it is to have a port.
    #[error("--control-port is for the control plane that --no-control takes away; leave one out")]
    PortForNothing,
    /// The seed cannot be had.
    #[error(transparent)]
    Seed(#[from] SeedFileError),
}

/// A server that has its ports, and begins to answer with [`MockServer::serve`].
pub struct MockServer {
    port: Port,
    router: Router,
    control: Option<(Port, Router)>,
    apps: Arc<Apps>,
    stopping: CancellationToken,
    sockets: TaskTracker,
}

impl MockServer {
    /// Takes the port, or both. From here on connections are queued, if not yet answered.
    ///
    /// # Errors
    /// When an address or the seed cannot be had, or the configuration contradicts itself.
    pub async fn bind(config: &Config) -> Result<Self, StartError> {
        if config.api_key == config.auth_key {
            return Err(StartError::SameKeys);
        }
        if config.no_control && config.control_port.is_some() {
            return Err(StartError::PortForNothing);
        }
        let options = apps_options(config)?;
        let port = take(config.host, config.port, StartError::PortTaken).await?;
        let own = match config.control_port {
            Some(port) => Some(take(config.host, port, StartError::ControlPortTaken).await?),
            None => None,
        };
        let (stopping, sockets) = (CancellationToken::new(), TaskTracker::new());
        let apps = Arc::new(Apps::start(options, vec![Arc::new(http::Pushes)]));
        let (service, control) = surfaces(config, &apps, &stopping, &sockets);
        let vendor = http::router(Arc::new(service));
        let origins = &config.control_cors;
        let (router, control) = match own {
            None if config.no_control => (vendor.merge(control::health_alone(control)), None),
            None => (vendor.merge(control::router(control, origins)), None),
            Some(own) => {
                let alone = control::router_alone(control.clone(), origins);
                (vendor.merge(control::health_alone(control)), Some((own, alone)))
            }
        };
        Ok(Self { port, router, control, apps, stopping, sockets })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.port.address()
    }

    /// Where clients reach it.
    #[must_use]
    pub fn url(&self) -> String {
        self.port.url()
    }

    /// Where `/__mock` is reached, when it has a port of its own.
    #[must_use]
    pub fn control_url(&self) -> Option<String> {
        self.control.as_ref().map(|(port, _)| port.url())
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
        let control = async {
            match &self.control {
                Some((port, router)) => port.accept(router, &connections).await,
                None => pending().await,
            }
        };
        tokio::select! {
            () = stop => {}
            () = self.port.accept(&self.router, &connections) => {}
            () = control => {}
        }
        // Answers that have no end of their own get one.
        self.stopping.cancel();
        drop((self.port, self.control));
        self.sockets.close();
        let all = async { tokio::join!(connections.shutdown(), self.sockets.wait()) };
        timeout(GRACE, all).await.is_ok()
    }
}

async fn take(
    host: IpAddr,
    port: u16,
    taken: fn(SocketAddr) -> StartError,
) -> Result<Port, StartError> {
    let wanted = SocketAddr::new(host, port);
    Port::take(wanted).await.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => taken(wanted),
        _ => StartError::CannotListen(wanted, error),
    })
}

fn apps_options(config: &Config) -> Result<AppsOptions, SeedFileError> {
    let keys = vec![
        ApiKey { key: config.api_key.to_string(), scope: KeyScope::FullAccess },
        ApiKey { key: config.auth_key.to_string(), scope: KeyScope::AuthOnly },
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

fn surfaces(
    config: &Config,
    apps: &Arc<Apps>,
    stopping: &CancellationToken,
    sockets: &TaskTracker,
) -> (Service, Control) {
    let request_ids = Arc::new(RequestIds::new(config.seed_rng));
    let statuses = statuses(config);
    let described = config.clone();
    let openapi: Box<dyn FnOnce() -> _ + Send> =
        Box::new(move || openapi(&described).to_string().into());
    let traffic = Arc::new(Traffic::default());
    let service = Service {
        sockets: sockets.clone(),
        stopping: stopping.clone(),
        passes: Arc::new(Passes::new(&signing_secret(config.seed_rng))),
        traffic: Arc::clone(&traffic),
        apps: Arc::clone(apps),
        options: ServiceOptions { explain: !config.no_explain, statuses: statuses.clone() },
        request_ids: Arc::clone(&request_ids),
    };
    let control = Control {
        traffic,
        stopping: stopping.clone(),
        apps: Arc::clone(apps),
        request_ids,
        running: Stopwatch::start(),
        token: config.control_token.as_deref().map(Arc::from),
        openapi: Arc::new(LazyLock::new(openapi)),
        body_limit: config.control_body_limit,
        statuses: Arc::new(statuses),
    };
    (service, control)
}

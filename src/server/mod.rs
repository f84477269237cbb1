//! Takes the ports, hands connections to the two surfaces, and shuts down without losing what is
//! under way.

mod activity;
mod answers;
mod connection;
mod errors;
mod half_closed;
mod line;
mod openapi;
mod port;
mod stopping;
mod surfaces;
#[cfg(feature = "tls")]
mod tls;
#[cfg(not(feature = "tls"))]
#[path = "no_tls.rs"]
mod tls;
mod webhooks;

use std::{
    future::{Future, pending},
    io,
    net::{IpAddr, SocketAddr},
    pin::pin,
    sync::Arc,
    time::Duration,
};

pub use answers::{Answers, HungUp};
pub use connection::{Answering, Host, connect};
pub use errors::errors;
pub use line::Carrier;
pub use openapi::openapi;
use port::Port;
pub use port::url;
pub use stopping::{Stop, Stopping};
use surfaces::{Ending, apps_options, statuses, surfaces};
pub use tls::Tls;
#[cfg(feature = "tls")]
pub use tls::TlsError;
use tokio::time::sleep;
pub use webhooks::WebhooksError;
use webhooks::courier;

use crate::{
    config::Config,
    control::{self, SeedFileError},
    http,
    runtime::apps::Apps,
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
    /// Webhooks cannot be told.
    #[error(transparent)]
    Webhooks(#[from] WebhooksError),
    /// There can be no TLS.
    #[cfg(feature = "tls")]
    #[error(transparent)]
    Tls(#[from] TlsError),
}

/// A server that has its ports, and begins to answer with [`Server::serve`].
pub struct Server {
    port: Port,
    host: Arc<Host>,
    control: Option<(Port, Arc<Host>)>,
    apps: Arc<Apps>,
    ending: Ending,
}

impl Server {
    /// Takes the port, or both. From here on connections are queued, if not yet answered.
    ///
    /// # Errors
    /// When an address, the seed or a certificate cannot be had, or the configuration contradicts
    /// itself.
    pub async fn bind(config: &Config) -> Result<Self, StartError> {
        if config.api_key == config.auth_key {
            return Err(StartError::SameKeys);
        }
        if config.no_control && config.control_port.is_some() {
            return Err(StartError::PortForNothing);
        }
        let options = apps_options(config, courier(config)?)?;
        let port = take(config.host, config.port, StartError::PortTaken).await?;
        let own = match config.control_port {
            Some(port) => Some(take(config.host, port, StartError::ControlPortTaken).await?),
            None => None,
        };
        let tls = Tls::start(config).await?;
        let secret = tls::passes_secret(config)?;
        let ending = Ending::default();
        let apps =
            Arc::new(Apps::start(options, vec![Arc::new(http::Pushes), Arc::new(http::Notices)]));
        let (service, control) = surfaces(config, &apps, &tls, &ending, &secret);
        let surface = http::Surface::new(service);
        let origins = &config.control_cors;
        let (router, control) = match own {
            None if config.no_control => (control::health_alone(control), None),
            None => (control::router(control, origins), None),
            Some(own) => {
                let vendor_port = Some(port.address().port());
                let alone = control::Control { vendor_port, ..control.clone() };
                let alone = control::router_alone(alone, origins);
                (control::health_alone(control), Some((own, alone)))
            }
        };
        let host = |surface, router| Arc::new(Host { surface, router, tls: tls.clone() });
        let control = control.map(|(own, alone)| (own, host(None, alone)));
        let host = host(Some(surface.clone()), surface.beside(router));
        Ok(Self { port, host, control, apps, ending })
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

    /// The CA that vouches for its certificate, in PEM, as soon as it is made; `None` when that is
    /// somebody else.
    #[cfg(feature = "tls")]
    pub async fn ca(&self) -> Option<Arc<str>> {
        match self.host.tls.authority().clone() {
            control::Authority::Local(mut pem) => pem.wait_for(Option::is_some).await.ok()?.clone(),
            control::Authority::Foreign | control::Authority::None => None,
        }
    }

    /// Its apps.
    #[must_use]
    pub const fn apps(&self) -> &Arc<Apps> {
        &self.apps
    }

    /// Answers requests until `stop` comes, then gives those under way 5 seconds to finish.
    /// Says whether they all did.
    pub async fn serve(self, stop: impl Future<Output = ()>) -> bool {
        let connections = Stop::new();
        let control = async {
            match &self.control {
                Some((port, host)) => port.accept(host, &connections).await,
                None => pending().await,
            }
        };
        tokio::select! {
            () = stop => {}
            () = self.port.accept(&self.host, &connections) => {}
            () = control => {}
        }
        // Answers that have no end of their own get one.
        self.ending.stopping.cancel();
        drop((self.port, self.control));
        self.ending.sockets.close();
        let requests = async { tokio::join!(connections.all(), self.ending.sockets.wait()) };
        let mut grace = pin!(sleep(GRACE));
        // Dropped when somebody does not want to wait, too.
        let last_word = LastWord(self.apps);
        let all_finished = tokio::select! {
            _ = requests => true,
            () = &mut grace => false,
        };
        // What the last requests brought about is told as well.
        tokio::select! {
            () = last_word.0.rest() => {}
            () = &mut grace => {}
        }
        all_finished
    }
}

/// Says what is lost of what webhooks were to be told.
struct LastWord(Arc<Apps>);

impl Drop for LastWord {
    fn drop(&mut self) {
        for app in self.0.all() {
            for (webhook, lost) in app.deliveries().drop_all() {
                tracing::warn!(
                    app = app.id().as_str(), %webhook, lost,
                    "deliveries did not go out before the server stopped and were dropped"
                );
            }
        }
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

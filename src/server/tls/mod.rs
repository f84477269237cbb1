//! TLS: with the certificate that is given, or with one that a local authority (CA) signs. Those
//! are made beside everything else, and TLS connections wait for them; only who wants them in files
//! waits for those at start, for about a millisecond.

mod authority;
mod files;
mod resolver;
mod store;

use std::{io, path::PathBuf, sync::Arc};

use authority::{Authority, Names};
use resolver::Resolver;
use time::OffsetDateTime;
use tokio::{sync::watch, task::spawn_blocking};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        self, ServerConfig,
        crypto::{CryptoProvider, ring},
        server::ResolvesServerCert,
    },
    server::TlsStream,
};

use super::line::{Carrier, Line};
use crate::{
    config::Config,
    control,
    runtime::{clock::Clock, ids::signing_secret},
};

/// Why there can be no TLS.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A certificate without its key, or the other way round.
    #[error("--tls-cert and --tls-key go together; {0} is missing")]
    Missing(&'static str),
    /// A flag for the certificate that is made, where one is given.
    #[error("{0} is for the certificate that is made at start, and --tls-cert gives another")]
    NotMade(&'static str),
    /// A file cannot be read.
    #[error("cannot read {0}: {1}")]
    Unreadable(PathBuf, #[source] io::Error),
    /// A file cannot be written.
    #[error("cannot write {0}: {1}")]
    Unwritable(PathBuf, #[source] io::Error),
    /// A file has not in it what it should.
    #[error("{0}: {1}")]
    Malformed(PathBuf, String),
    /// The key is another certificate's.
    #[error("the key in {key} does not belong to the certificate in {cert}")]
    Mismatch {
        /// Where the certificate is.
        cert: PathBuf,
        /// Where the key is.
        key: PathBuf,
    },
    /// No certificate for such a name.
    #[error("--tls-name: no certificate can have the name {0}")]
    Name(String),
    /// What should not happen.
    #[error("cannot make a certificate: {0}")]
    Making(String),
}

impl From<rcgen::Error> for TlsError {
    fn from(error: rcgen::Error) -> Self {
        Self::Making(error.to_string())
    }
}

impl From<rustls::Error> for TlsError {
    fn from(error: rustls::Error) -> Self {
        Self::Making(error.to_string())
    }
}

/// What passes are signed with: the same as before where there is a directory to keep it in.
pub(super) fn passes_secret(config: &Config) -> Result<[u8; 32], TlsError> {
    let fresh = signing_secret(config.seed_rng);
    match &config.state_dir {
        Some(dir) => store::secret(dir, &fresh),
        None => Ok(fresh),
    }
}

/// A connection over TLS.
pub(super) type Secured<C> = TlsStream<Line<C>>;

/// Whether HTTP/2 was agreed upon.
pub(super) fn agreed_on_http2<C: Carrier>(stream: &Secured<C>) -> bool {
    stream.get_ref().1.alpn_protocol() == Some(b"h2")
}

/// What TLS connections are accepted with, as soon as it is there.
#[derive(Clone)]
pub struct Tls {
    acceptor: watch::Receiver<Option<TlsAcceptor>>,
    authority: control::Authority,
}

impl Tls {
    /// Reads the certificate, or has it made. Needs a tokio runtime.
    ///
    /// # Errors
    /// When it cannot be had, or the configuration contradicts itself.
    pub async fn start(config: &Config) -> Result<Self, TlsError> {
        let (cert, key) = match (&config.tls_cert, &config.tls_key) {
            (Some(cert), Some(key)) => (cert, key),
            (Some(_), None) => return Err(TlsError::Missing("--tls-key")),
            (None, Some(_)) => return Err(TlsError::Missing("--tls-cert")),
            (None, None) => return Self::made(config).await,
        };
        let useless =
            [("--ca-out", config.ca_out.is_some()), ("--tls-name", !config.tls_names.is_empty())];
        if let Some((flag, _)) = useless.into_iter().find(|(_, is_given)| *is_given) {
            return Err(TlsError::NotMade(flag));
        }
        let certificate = files::read(cert, key)?;
        let (_, acceptor) = watch::channel(Some(accepting(certificate)?.into()));
        Ok(Self { acceptor, authority: control::Authority::Foreign })
    }

    async fn made(config: &Config) -> Result<Self, TlsError> {
        let plan = Plan {
            names: Names::new(config.host, &config.tls_names)?,
            state_dir: config.state_dir.clone(),
            ca_out: config.ca_out.clone(),
            now: now()?,
        };
        let is_awaited = plan.state_dir.is_some() || plan.ca_out.is_some();
        let (acceptor, accepts) = watch::channel(None);
        let (pem, shows) = watch::channel(None);
        let hand_over = move |made: Made| {
            acceptor.send_replace(Some(made.acceptor));
            pem.send_replace(Some(made.ca));
        };
        let making = spawn_blocking(move || plan.make());
        let made = async { making.await.map_err(|error| TlsError::Making(error.to_string()))? };
        if is_awaited {
            hand_over(made.await?);
        } else {
            tokio::spawn(async move {
                match made.await {
                    Ok(made) => hand_over(made),
                    Err(error) => tracing::error!(%error, "there is no TLS"),
                }
            });
        }
        Ok(Self { acceptor: accepts, authority: control::Authority::Local(shows) })
    }

    /// Who vouches for the certificate.
    pub(super) const fn authority(&self) -> &control::Authority {
        &self.authority
    }

    /// Shakes hands on a connection.
    pub(super) async fn accept<C: Carrier>(&self, line: Line<C>) -> io::Result<Secured<C>> {
        let mut acceptor = self.acceptor.clone();
        let acceptor = acceptor.wait_for(Option::is_some).await.ok().and_then(|made| made.clone());
        match acceptor {
            Some(acceptor) => acceptor.accept(line).await,
            None => Err(io::Error::other("there is no certificate")),
        }
    }
}

/// What is to be made.
struct Plan {
    names: Names,
    state_dir: Option<PathBuf>,
    ca_out: Option<PathBuf>,
    now: OffsetDateTime,
}

/// What has been.
struct Made {
    acceptor: TlsAcceptor,
    ca: Arc<str>,
}

impl Plan {
    fn make(self) -> Result<Made, TlsError> {
        let authority = match &self.state_dir {
            Some(dir) => store::authority(dir, self.now)?,
            None => Authority::new(self.now)?,
        };
        if let Some(file) = &self.ca_out {
            store::replace(file, authority.pem())?;
        }
        let ca = authority.pem().into();
        let certificates = Resolver::new(authority, self.names, self.now)?;
        Ok(Made { acceptor: accepting(Arc::new(certificates))?.into(), ca })
    }
}

/// Clients look at the machine's clock, whatever the server's shows.
fn now() -> Result<OffsetDateTime, TlsError> {
    let now = OffsetDateTime::from_unix_timestamp(Clock::system().now().secs());
    now.map_err(|error| TlsError::Making(error.to_string()))
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

fn accepting(certs: Arc<dyn ResolvesServerCert>) -> Result<Arc<ServerConfig>, rustls::Error> {
    let builder = ServerConfig::builder_with_provider(provider());
    let builder = builder.with_safe_default_protocol_versions()?.with_no_client_auth();
    let mut config = builder.with_cert_resolver(certs);
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

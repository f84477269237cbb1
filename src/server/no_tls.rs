//! In place of TLS in a build without the feature `tls`: connections that ask for it are ended.

use std::io;

use super::{
    StartError,
    line::{Carrier, Line},
};
use crate::{config::Config, control, runtime::ids::signing_secret};

/// What a connection would be over TLS.
pub(super) type Secured<C> = Line<C>;

/// What passes are signed with. There is no directory to keep it in.
pub(super) fn passes_secret(config: &Config) -> Result<[u8; 32], StartError> {
    Ok(signing_secret(config.seed_rng))
}

/// What TLS connections would be accepted with.
#[derive(Clone)]
pub struct Tls(control::Authority);

impl Tls {
    /// Never fails, and never waits.
    ///
    /// # Errors
    /// None.
    pub async fn start(_: &Config) -> Result<Self, StartError> {
        Ok(Self(control::Authority::None))
    }

    /// There is nothing to vouch for.
    pub(super) const fn authority(&self) -> &control::Authority {
        &self.0
    }

    /// Ends the connection, and says why to who reads the log.
    pub(super) async fn accept<C: Carrier>(&self, _: Line<C>) -> io::Result<Secured<C>> {
        Err(io::Error::other("this build has no TLS; the feature tls of mock-calls brings it"))
    }
}

/// Whether HTTP/2 was agreed upon.
pub(super) const fn agreed_on_http2<C: Carrier>(_: &Secured<C>) -> bool {
    false
}

//! Which certificate a client is shown. No client takes `*.localhost`, a star right below the top,
//! for `my-app.localhost`: who asks for a name that only a star covers is shown a certificate that
//! is for this name alone.

use std::{fmt, sync::Arc};

use rcgen::KeyPair;
use time::OffsetDateTime;
use tokio_rustls::rustls::{
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer},
    server::{ClientHello, ResolvesServerCert},
    sign::{CertifiedKey, SigningKey},
};

use super::{
    TlsError,
    authority::{Authority, Names},
    now, provider,
};

/// How many of those certificates are kept. Past it they are made for each connection.
const MOST_KEPT: usize = 1000;

/// Shows certificates, which all have one key.
pub(super) struct Resolver {
    authority: Authority,
    key: KeyPair,
    signing: Arc<dyn SigningKey>,
    /// For all names at once.
    standard: Arc<CertifiedKey>,
    /// What names end with that only a star covers.
    endings: Vec<String>,
    made: papaya::HashMap<String, Arc<CertifiedKey>>,
}

impl Resolver {
    pub(super) fn new(
        authority: Authority,
        names: Names,
        now: OffsetDateTime,
    ) -> Result<Self, TlsError> {
        let key = KeyPair::generate()?;
        let private = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let signing = provider().key_provider.load_private_key(private)?;
        let endings = names.wildcards();
        let standard = certified(authority.sign(&key, names, now)?, &signing);
        Ok(Self { authority, key, signing, standard, endings, made: papaya::HashMap::new() })
    }

    fn is_under_a_star(&self, name: &str) -> bool {
        self.endings.iter().any(|ending| name.ends_with(ending.as_str()))
    }

    fn alone(&self, name: &str) -> Option<Arc<CertifiedKey>> {
        let made = self.made.pin();
        if let Some(kept) = made.get(name) {
            return Some(Arc::clone(kept));
        }
        let cert = now().and_then(|now| self.authority.sign(&self.key, Names::only(name)?, now));
        let cert = certified(cert.ok()?, &self.signing);
        if made.len() < MOST_KEPT {
            made.insert(name.to_owned(), Arc::clone(&cert));
        }
        Some(cert)
    }
}

fn certified(cert: CertificateDer<'static>, key: &Arc<dyn SigningKey>) -> Arc<CertifiedKey> {
    Arc::new(CertifiedKey::new(vec![cert], Arc::clone(key)))
}

impl ResolvesServerCert for Resolver {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let alone = hello.server_name().filter(|name| self.is_under_a_star(name));
        alone.and_then(|name| self.alone(name)).or_else(|| Some(Arc::clone(&self.standard)))
    }
}

/// Without its keys.
impl fmt::Debug for Resolver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resolver").field("endings", &self.endings).finish_non_exhaustive()
    }
}

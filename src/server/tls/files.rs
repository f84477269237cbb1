//! A certificate and its key, as somebody else has made them.

use std::{fs, path::Path, sync::Arc};

use tokio_rustls::rustls::{
    Error, InconsistentKeys,
    pki_types::{CertificateDer, PrivateKeyDer, pem, pem::PemObject},
    sign::{CertifiedKey, SingleCertAndKey},
};

use super::{TlsError, provider};

/// Reads both, and sees that they belong together.
pub(super) fn read(cert: &Path, key: &Path) -> Result<Arc<SingleCertAndKey>, TlsError> {
    let malformed = |file: &Path, problem: &str| {
        Err(TlsError::Malformed(file.to_owned(), format!("{problem}; expected PEM")))
    };
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bytes(cert)?).collect();
    let chain = match chain {
        Ok(chain) if chain.is_empty() => return malformed(cert, "there is no certificate in it"),
        Ok(chain) => chain,
        Err(error) => return malformed(cert, &format!("the certificate is broken: {error}")),
    };
    let private = match PrivateKeyDer::from_pem_slice(&bytes(key)?) {
        Ok(private) => private,
        Err(pem::Error::NoItemsFound) => {
            return malformed(key, "there is no private key in it, or only an encrypted one");
        }
        Err(error) => return malformed(key, &format!("the private key is broken: {error}")),
    };
    let both = CertifiedKey::from_der(chain, private, &provider());
    both.map(|both| Arc::new(both.into())).map_err(|error| match error {
        Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => {
            TlsError::Mismatch { cert: cert.to_owned(), key: key.to_owned() }
        }
        Error::General(problem) => TlsError::Malformed(key.to_owned(), problem),
        other => TlsError::Malformed(cert.to_owned(), other.to_string()),
    })
}

fn bytes(file: &Path) -> Result<Vec<u8>, TlsError> {
    fs::read(file).map_err(|error| TlsError::Unreadable(file.to_owned(), error))
}

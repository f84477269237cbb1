//! The local authority (CA), and the server certificate that it signs.
//!
//! | certificate | from | to | for |
//! | --- | --- | --- | --- |
//! | CA | a day ago | in ten years | signing, of server certificates only |
//! | server | a day ago | 397 days later | its names; made anew at every start |
//!
//! 397 days is the most that browsers take of a server certificate.

use std::net::IpAddr;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, DnValue, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, SanType,
};
use time::{Duration, OffsetDateTime};
use tokio_rustls::rustls::{
    CertificateError, Error, RootCertStore,
    client::{WebPkiServerVerifier, danger::ServerCertVerifier},
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject},
};

use super::{TlsError, provider};

/// Clocks of clients may be behind.
const BACK: Duration = Duration::DAY;
const CA_AGE: Duration = Duration::days(3652);
const LEAF_AGE: Duration = Duration::days(396);
/// A kept CA with less than this left is made anew.
const RENEWED_BEFORE: Duration = Duration::days(30);
/// The names that the server certificate always has.
const NAMES: [&str; 4] = ["localhost", "*.localhost", "127.0.0.1", "::1"];

/// A certificate that can sign others.
pub(super) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

/// What is the matter with a CA certificate.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Good,
    /// It has ended, or is about to.
    Old,
    /// It does not vouch for what its key has signed.
    Foreign,
}

/// What the server certificate is for.
pub(super) struct Names(CertificateParams);

impl Names {
    /// The names that it always has, the address that is listened on, and those given.
    pub(super) fn new(host: IpAddr, more: &[String]) -> Result<Self, TlsError> {
        let host = Some(host.to_string()).filter(|_| !host.is_loopback() && !host.is_unspecified());
        let mut names: Vec<String> = Vec::new();
        for name in NAMES.into_iter().map(str::to_owned).chain(host).chain(more.iter().cloned()) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let is_bad = |name: &&String| Self::only(name).is_err();
        if let Some(bad) = more.iter().find(is_bad) {
            return Err(TlsError::Name(bad.clone()));
        }
        Ok(Self(CertificateParams::new(names)?))
    }

    /// This one alone.
    pub(super) fn only(name: &str) -> Result<Self, TlsError> {
        Ok(Self(CertificateParams::new([name.to_owned()])?))
    }

    /// It begins with a star.
    pub(super) fn wildcards(&self) -> Vec<String> {
        let names = self.0.subject_alt_names.iter();
        names
            .filter_map(|name| match name {
                SanType::DnsName(name) => name.as_str().strip_prefix('*').map(str::to_owned),
                _ => None,
            })
            .collect()
    }
}

impl Authority {
    /// A new one.
    pub(super) fn new(now: OffsetDateTime) -> Result<Self, TlsError> {
        let key = KeyPair::generate()?;
        let pem = self_signed(&key, now)?;
        Ok(Self::kept(key, pem))
    }

    /// The one with this key and this certificate.
    pub(super) fn kept(key: KeyPair, pem: String) -> Self {
        Self { issuer: Issuer::new(params(&key), key), pem }
    }

    /// Its certificate, which is no secret.
    pub(super) fn pem(&self) -> &str {
        &self.pem
    }

    /// Signs a server certificate.
    pub(super) fn sign(
        &self,
        key: &KeyPair,
        names: Names,
        now: OffsetDateTime,
    ) -> Result<CertificateDer<'static>, TlsError> {
        let Names(mut leaf) = names;
        leaf.distinguished_name.push(DnType::CommonName, "mock-calls");
        leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        leaf.use_authority_key_identifier_extension = true;
        (leaf.not_before, leaf.not_after) = (now - BACK, now + LEAF_AGE);
        Ok(leaf.signed_by(key, &self.issuer)?.der().clone())
    }

    /// Looks at its own certificate as a client does that has to judge a server by it.
    pub(super) fn judge(&self, now: OffsetDateTime) -> Result<Verdict, TlsError> {
        let localhost = Names::only("localhost")?;
        let leaf = self.sign(&KeyPair::generate()?, localhost, now)?;
        match CertificateDer::from_pem_slice(self.pem.as_bytes()) {
            Ok(ca) => judge(&ca, &leaf, now),
            Err(_) => Ok(Verdict::Foreign),
        }
    }
}

/// The certificate of the authority with this key, in PEM.
pub(super) fn self_signed(key: &KeyPair, now: OffsetDateTime) -> Result<String, TlsError> {
    let mut ca = params(key);
    (ca.not_before, ca.not_after) = (now - BACK, now + CA_AGE);
    Ok(ca.self_signed(key)?.pem())
}

/// What follows from the key alone, so that a certificate need not be read to sign in its name.
fn params(key: &KeyPair) -> CertificateParams {
    let mut ca = CertificateParams::default();
    // In a list of all that a machine trusts it should be told from others.
    let id: String = ca.key_identifier(key).iter().take(4).map(|b| format!("{b:02x}")).collect();
    let name = DnValue::Utf8String(format!("mock-calls local CA {id}"));
    ca.distinguished_name.push(DnType::CommonName, name);
    ca.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    ca.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    ca
}

fn judge(
    ca: &CertificateDer<'_>,
    leaf: &CertificateDer<'_>,
    now: OffsetDateTime,
) -> Result<Verdict, TlsError> {
    let mut roots = RootCertStore::empty();
    if roots.add(ca.clone()).is_err() {
        return Ok(Verdict::Foreign);
    }
    let verifier = WebPkiServerVerifier::builder_with_provider(roots.into(), provider())
        .build()
        .map_err(|error| TlsError::Making(error.to_string()))?;
    let localhost =
        ServerName::try_from("localhost").map_err(|error| TlsError::Making(error.to_string()))?;
    let at = |moment: OffsetDateTime| {
        let secs = u64::try_from(moment.unix_timestamp()).unwrap_or_default();
        UnixTime::since_unix_epoch(std::time::Duration::from_secs(secs))
    };
    if verifier.verify_server_cert(leaf, &[], &localhost, &[], at(now)).is_err() {
        return Ok(Verdict::Foreign);
    }
    // Nobody asks a root for its dates. Where it stands for a server they come first, before it is
    // said that it is none.
    let soon = at(now + RENEWED_BEFORE);
    let as_server = verifier.verify_server_cert(ca, &[], &localhost, &[], soon);
    Ok(match as_server {
        Err(Error::InvalidCertificate(
            CertificateError::Expired | CertificateError::ExpiredContext { .. },
        )) => Verdict::Old,
        Ok(_) | Err(_) => Verdict::Good,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(1_700_000_000).unwrap()
    }

    #[test]
    fn a_ca_vouches_for_what_it_signed_until_it_is_old() {
        let ca = Authority::new(now()).unwrap();
        for days in [0, 1, 3621] {
            assert_eq!(ca.judge(now() + Duration::days(days)).unwrap(), Verdict::Good, "{days}");
        }
        for days in [3623, 3700] {
            assert_eq!(ca.judge(now() + Duration::days(days)).unwrap(), Verdict::Old, "{days}");
        }
        let other = Authority::new(now()).unwrap();
        for pem in [ca.pem(), "no certificate"] {
            let mixed = Authority::kept(KeyPair::from_pem(&key_of(&other)).unwrap(), pem.into());
            assert_eq!(mixed.judge(now()).unwrap(), Verdict::Foreign);
        }
    }

    fn key_of(authority: &Authority) -> String {
        authority.issuer.key().serialize_pem()
    }

    #[test]
    fn the_names_are_those_it_always_has_where_it_listens_and_those_given() {
        let of = |host: [u8; 4], more: &[&str]| {
            let more: Vec<_> = more.iter().map(|name| (*name).to_owned()).collect();
            Names::new(IpAddr::from(host), &more)
                .map(|Names(params)| params.subject_alt_names.len())
        };
        assert_eq!(of([127, 0, 0, 1], &[]).unwrap(), 4);
        assert_eq!(of([0, 0, 0, 0], &["localhost"]).unwrap(), 4);
        assert_eq!(of([192, 168, 0, 7], &["calls.test", "10.0.0.1"]).unwrap(), 7);
        assert!(matches!(of([127, 0, 0, 1], &["bücher"]), Err(TlsError::Name(_))));
    }
}

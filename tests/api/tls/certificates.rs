//! Whose certificate a client sees, and for which names it holds.

use std::path::{Path, PathBuf};

use mock_calls::{
    config::Config,
    server::{Server, StartError},
};
use rcgen::{CertificateParams, KeyPair};
use reqwest::Method;
use tempfile::TempDir;

use super::{ca, trusting, url};
use crate::support::Mock;

#[tokio::test]
async fn who_trusts_the_ca_reaches_it_by_every_name_it_has() {
    let names = vec!["calls.test".to_owned(), "10.0.0.7".to_owned()];
    let mock = Mock::with(Config { tls_names: names, ..Config::default() }).await;
    let client = trusting(&mock, &ca(&mock).await).build().unwrap();
    for host in ["localhost", "127.0.0.1", "app.localhost", "calls.test"] {
        let answer = client.get(url(&mock, host, "/healthz")).send().await;
        assert_eq!(answer.unwrap_or_else(|error| panic!("{host}: {error:?}")).status(), 200);
    }
}

/// Everything that an error was caused by, in words.
fn causes(error: &dyn std::error::Error) -> String {
    let cause = error.source().map(causes).unwrap_or_default();
    format!("{error}: {cause}")
}

#[tokio::test]
async fn a_name_it_has_not_and_an_unknown_ca_are_refused_by_the_client() {
    let mock = Mock::start().await;
    let client = trusting(&mock, &ca(&mock).await).build().unwrap();
    for host in ["calls.test", "other.test"] {
        let refused = client.get(url(&mock, host, "/healthz")).send().await.unwrap_err();
        assert!(causes(&refused).contains("not valid for name"), "{}", causes(&refused));
    }
    let other = Mock::start().await;
    let client = trusting(&mock, &ca(&other).await).build().unwrap();
    let refused = client.get(url(&mock, "localhost", "/healthz")).send().await.unwrap_err();
    assert!(causes(&refused).contains("invalid peer certificate"), "{}", causes(&refused));
}

#[tokio::test]
async fn the_ca_is_offered_as_pem_and_the_same_each_time() {
    let mock = Mock::start().await;
    let reply = mock.bare(Method::GET, "/__mock/ca.pem").send().await;
    assert_eq!(reply.content_type.as_deref(), Some("application/x-pem-file"));
    assert!(reply.text.starts_with("-----BEGIN CERTIFICATE-----"), "{}", reply.text);
    assert!(!reply.text.contains("KEY"), "{}", reply.text);
    assert_eq!(reply.text, ca(&mock).await);
    assert_ne!(reply.text, ca(&Mock::start().await).await);
}

/// A certificate for localhost that signed itself, and its key, as files.
struct Own {
    dir: TempDir,
    cert: PathBuf,
    key: PathBuf,
}

impl Own {
    fn new() -> Self {
        let dir = TempDir::new().unwrap();
        let key = KeyPair::generate().unwrap();
        let cert = CertificateParams::new(["localhost".to_owned()]).unwrap();
        let cert = cert.self_signed(&key).unwrap().pem();
        let (cert_file, key_file) = (dir.path().join("cert.pem"), dir.path().join("key.pem"));
        std::fs::write(&cert_file, cert).unwrap();
        std::fs::write(&key_file, key.serialize_pem()).unwrap();
        Self { dir, cert: cert_file, key: key_file }
    }

    fn config(&self) -> Config {
        let (tls_cert, tls_key) = (Some(self.cert.clone()), Some(self.key.clone()));
        Config { port: 0, tls_cert, tls_key, ..Config::default() }
    }
}

#[tokio::test]
async fn a_certificate_that_is_given_is_shown_and_its_ca_is_somebody_elses() {
    let own = Own::new();
    let mock = Mock::with(own.config()).await;
    let cert = std::fs::read_to_string(&own.cert).unwrap();
    let client = trusting(&mock, &cert).build().unwrap();
    let answer = client.get(url(&mock, "localhost", "/healthz")).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let reply = mock.bare(Method::GET, "/__mock/ca.pem").send().await;
    assert_eq!((reply.status, &reply.json()["error"]["code"]), (404, &"MOCK_NOT_FOUND".into()));
    assert!(reply.text.contains("--tls-cert"), "{}", reply.text);
}

async fn refused(config: &Config) -> String {
    let error = Server::bind(config).await.err().unwrap();
    assert!(matches!(error, StartError::Tls(_)), "{error}");
    error.to_string()
}

#[tokio::test]
async fn files_that_are_no_good_are_named() {
    let (own, other) = (Own::new(), Own::new());
    let nowhere = own.dir.path().join("nowhere.pem");
    let text = own.dir.path().join("text.pem");
    std::fs::write(&text, "hello").unwrap();
    let broken = own.dir.path().join("broken.pem");
    std::fs::write(&broken, "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n").unwrap();
    let with = |cert: &Path, key: &Path| {
        let (tls_cert, tls_key) = (Some(cert.to_owned()), Some(key.to_owned()));
        Config { tls_cert, tls_key, ..own.config() }
    };
    for (config, file, problem) in [
        (with(&nowhere, &own.key), &nowhere, "cannot read"),
        (with(&own.cert, &nowhere), &nowhere, "cannot read"),
        (with(&text, &own.key), &text, "no certificate in it"),
        (with(&broken, &own.key), &broken, "the certificate is broken"),
        (with(&own.cert, &text), &text, "no private key in it"),
        (with(&own.key, &own.key), &own.key, "no certificate in it"),
        (with(&own.cert, &own.cert), &own.cert, "no private key in it"),
        (with(&own.cert, &other.key), &other.key, "does not belong to the certificate"),
    ] {
        let said = refused(&config).await;
        assert!(said.contains(problem), "{said}");
        assert!(said.contains(file.to_str().unwrap()), "{said}");
    }
}

#[tokio::test]
async fn flags_that_do_not_go_together_are_said() {
    let own = Own::new();
    let ca_out = Some(own.dir.path().join("ca.pem"));
    for (config, flag) in [
        (Config { tls_key: None, ..own.config() }, "--tls-key"),
        (Config { tls_cert: None, ..own.config() }, "--tls-cert"),
        (Config { ca_out, ..own.config() }, "--ca-out"),
        (Config { tls_names: vec!["calls.test".to_owned()], ..own.config() }, "--tls-name"),
        (Config { tls_names: vec!["bücher.test".to_owned()], ..Config::default() }, "bücher.test"),
    ] {
        let said = refused(&Config { port: 0, ..config }).await;
        assert!(said.contains(flag), "{said}");
    }
}

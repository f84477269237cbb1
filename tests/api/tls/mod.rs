//! TLS on the same port: who trusts its certificate, that it answers the same, what it stands.

mod certificates;
mod embedded;
mod faults;
mod same;
mod settings;
mod unfinished;

use std::sync::Arc;

use reqwest::{Certificate, ClientBuilder, Method};
use tokio::net::TcpStream;
use tokio_rustls::{
    TlsConnector,
    client::TlsStream,
    rustls::{
        ClientConfig, RootCertStore,
        crypto::ring::default_provider,
        pki_types::{CertificateDer, ServerName, pem::PemObject},
    },
};

use crate::support::Mock;

/// Where the server is, as a host and a port.
fn address(mock: &Mock) -> &str {
    mock.url.strip_prefix("http://").unwrap()
}

/// The same path over TLS, by another name of the host.
fn url(mock: &Mock, host: &str, path: &str) -> String {
    let (_, port) = address(mock).rsplit_once(':').unwrap();
    format!("https://{host}:{port}{path}")
}

/// The CA of a server, in PEM.
async fn ca(mock: &Mock) -> String {
    let reply = mock.control(Method::GET, "/__mock/ca.pem").send().await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.text
}

/// A client that trusts this authority and no other, and finds the server under some names.
fn trusting(mock: &Mock, ca: &str) -> ClientBuilder {
    let builder = reqwest::Client::builder().https_only(true);
    let builder = builder.add_root_certificate(Certificate::from_pem(ca.as_bytes()).unwrap());
    let address = address(mock).parse().unwrap();
    let names = ["localhost", "app.localhost", "calls.test", "other.test"];
    names.iter().fold(builder, |builder, name| builder.resolve(name, address))
}

/// The bytes of a connection over TLS, for what a client does not show. Speaks HTTP/1.1.
async fn raw(mock: &Mock) -> TlsStream<TcpStream> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(ca(mock).await.as_bytes()).unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = TcpStream::connect(address(mock)).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    TlsConnector::from(Arc::new(config)).connect(name, stream).await.unwrap()
}

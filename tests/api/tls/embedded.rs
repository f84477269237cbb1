//! The server inside a test's process, over TLS.

use std::net::SocketAddr;

use mock_calls::MockServer;
use reqwest::Certificate;

#[tokio::test]
async fn it_tells_its_https_url_and_its_ca() {
    let server = MockServer::builder().tls().tls_name("calls.test").start().await;
    let ca = Certificate::from_pem(server.ca_pem().unwrap().as_bytes()).unwrap();
    let address = SocketAddr::from(([127, 0, 0, 1], server.port()));
    let client = reqwest::Client::builder().https_only(true).add_root_certificate(ca);
    let client = client.resolve("calls.test", address).build().unwrap();
    for url in [server.url(), format!("https://calls.test:{}", server.port())] {
        let request = client.get(format!("{url}/v3/calls")).header("apikey", server.api_key());
        assert_eq!(request.send().await.unwrap().status(), 200, "{url}");
    }
    assert_eq!(server.default_app().requests().len(), 2);
    assert_eq!(server.control_url(), format!("http://127.0.0.1:{}", server.port()));
}

#[tokio::test]
async fn unless_it_is_to_there_is_no_ca_to_trust() {
    let server = MockServer::start().await;
    assert!(server.ca_pem().is_none() && server.url().starts_with("http://"));
    let error = MockServer::builder().tls_name("a b").try_start().await.unwrap_err();
    assert!(error.to_string().starts_with("tls_name: expected a name"), "{error}");
}

//! What the flags of the server have to do with webhooks.

use mock_calls::{config::Config, server::Server};
use reqwest::Method;
use serde_json::{Value, json};
use tempfile::NamedTempFile;

use super::receiver::{Receiver, control, flush, verified};
use crate::support::{A, B, Mock};

#[tokio::test]
async fn a_webhook_of_the_server_is_one_of_every_app_and_comes_back_with_a_reset() {
    let receiver = Receiver::start().await;
    let config = Config { webhooks: vec![receiver.url.as_str().into()], ..Config::default() };
    let mock = Mock::with(config).await;
    let ring = json!({ "receiver": B, "receiverType": "user", "type": "audio" });
    for (count, app) in [(1, "mock-app"), (2, "other")] {
        mock.post("/calls", ring.clone()).by(A).app(app).send().await.ok();
        let body: Value = serde_json::from_str(&receiver.came(count).await[count - 1]).unwrap();
        assert_eq!((&body["appId"], &body["webhook"]), (&json!(app), &json!("webhook-1")));
    }
    mock.manage(Method::DELETE, "/apps/other/webhooks/webhook-1").send().await.ok();
    let there = async || mock.manage(Method::GET, "/apps/other/webhooks/webhook-1").send().await;
    there().await.refused(404, "ERR_WEBHOOK_NOT_FOUND");
    mock.control(Method::POST, "/__mock/reset").app("other").send().await;
    assert_eq!(there().await.json()["data"]["webhookURL"], json!(receiver.url));
}

#[tokio::test]
async fn a_receiver_with_tls_is_told_where_its_ca_is_trusted() {
    let receiver = Mock::start().await;
    let ca = NamedTempFile::new().unwrap();
    let pem = receiver.control(Method::GET, "/__mock/ca.pem").send().await.text;
    std::fs::write(ca.path(), pem).unwrap();
    let url = format!("{}/__mock/webhooks/sink/tls", receiver.url.replace("http:", "https:"));
    let config = Config { webhooks: vec![url.into()], ..Config::default() };

    let stranger = Mock::with(config.clone()).await;
    stranger.ring(A, B).await;
    verified(&stranger, json!({ "status": "failed" })).await;
    let why = control(&stranger, Method::GET, "/__mock/webhooks/deliveries", json!({})).await;
    assert!(why.text.contains("certificate"), "{}", why.text);

    let config = Config { webhook_ca: Some(ca.path().to_owned()), ..config };
    let mock = Mock::with(config).await;
    mock.ring(A, B).await;
    flush(&mock).await;
    let sink = receiver.control(Method::GET, "/__mock/webhooks/sink").send().await.json();
    assert_eq!(sink["received"][0]["body"]["trigger"], "call_initiated");
}

#[tokio::test]
async fn a_ca_that_is_none_and_too_many_webhooks_are_refused_at_start() {
    let refused = async |config: Config| {
        let config = Config { port: 0, ..config };
        match Server::bind(&config).await {
            Ok(_) => panic!("it starts"),
            Err(error) => error.to_string(),
        }
    };
    let ca =
        |path: &std::path::Path| Config { webhook_ca: Some(path.to_owned()), ..Config::default() };
    let empty = NamedTempFile::new().unwrap();
    let said = refused(ca(empty.path())).await;
    assert!(said.contains("there is no certificate in it; expected certificates in PEM"), "{said}");
    std::fs::write(empty.path(), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
        .unwrap();
    let said = refused(ca(empty.path())).await;
    assert!(said.starts_with("--webhook-ca: "), "{said}");
    let said = refused(ca("/no/such.pem".as_ref())).await;
    assert!(said.starts_with("--webhook-ca: cannot read /no/such.pem"), "{said}");
    let many = Config { webhooks: vec!["http://x".into(); 26], ..Config::default() };
    let said = refused(many).await;
    assert_eq!(said, "--webhook is given 26 times; an app has at most 25 webhooks");
}

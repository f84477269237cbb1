//! HTTP/2 without TLS: the same answers on the same port.

use reqwest::Client;
use serde_json::{Value, json};

use crate::support::{A, B, Mock};

fn client() -> Client {
    Client::builder().http2_prior_knowledge().build().unwrap()
}

#[tokio::test]
async fn a_call_is_placed_over_http_2() {
    let mock = Mock::start().await;
    let request = client().post(format!("{}/v3/calls", mock.url));
    let body = json!({ "receiver": B, "receiverType": "user", "type": "audio" });
    let request = request.header("apikey", "mock-rest-api-key").header("onBehalfOf", A);
    let response = request.json(&body).send().await.unwrap();
    assert_eq!(response.version(), reqwest::Version::HTTP_2);
    assert!(response.headers().contains_key("x-mock-request-id"));
    let message: Value = response.json().await.unwrap();
    assert_eq!(message["data"]["data"]["action"], "initiated");
}

#[tokio::test]
async fn a_truncated_answer_sends_half_over_http_2_too() {
    let mock = Mock::start().await;
    let fault = json!({ "then": { "truncate": true } });
    mock.bare(reqwest::Method::POST, "/__mock/faults").json(fault).send().await;
    let request = client().get(format!("{}/v3/users", mock.url));
    let mut response = request.header("apikey", "mock-rest-api-key").send().await.unwrap();
    assert_eq!(response.status(), 200);
    let announced: usize = response.headers()["content-length"].to_str().unwrap().parse().unwrap();
    let mut received = 0;
    let end = loop {
        match response.chunk().await {
            Ok(Some(chunk)) => received += chunk.len(),
            end => break end,
        }
    };
    assert!(end.is_err(), "the answer is complete");
    assert_eq!(received, announced / 2);
}

#[tokio::test]
async fn what_is_too_large_is_said_over_http_2_too() {
    let mock = Mock::start().await;
    for megabytes in [2, 20] {
        let request = client().post(format!("{}/v3/calls", mock.url));
        let request = request.header("apikey", "mock-rest-api-key").header("onBehalfOf", A);
        let response = request.body(vec![b'x'; megabytes << 20]).send().await.unwrap();
        assert_eq!(response.status(), 413, "{megabytes} MiB");
    }
    let request =
        client().get(format!("{}/v3/calls", mock.url)).header("apikey", "mock-rest-api-key");
    let response = request.header("x-large", "x".repeat(70_000)).send().await.unwrap();
    assert_eq!(response.status(), 431);
}

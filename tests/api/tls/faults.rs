//! Faults over TLS: the connection below is what ends.

use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{ca, raw, trusting, url};
use crate::support::Mock;

async fn with_fault(then: Value) -> Mock {
    let mock = Mock::start().await;
    let fault = json!({ "then": then });
    let armed = mock.bare(Method::POST, "/__mock/faults").json(fault).send().await;
    assert_eq!(armed.status, 200, "{}", armed.text);
    mock
}

/// What comes of a request over HTTP/1.1, and how it ends.
async fn exchange(mock: &Mock) -> (String, std::io::Result<usize>) {
    let mut stream = raw(mock).await;
    let request = "GET /v3/users HTTP/1.1\r\nHost: x\r\napikey: mock-rest-api-key\r\n\r\n";
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut came = Vec::new();
    let end = stream.read_to_end(&mut came).await;
    (String::from_utf8(came).unwrap(), end)
}

/// The same over HTTP/2: the body, or no answer at all.
async fn exchange_2(mock: &Mock) -> Result<String, reqwest::Error> {
    let client = trusting(mock, &ca(mock).await).build().unwrap();
    let request = client.get(url(mock, "localhost", "/v3/users"));
    let response = request.header("apikey", "mock-rest-api-key").send().await?;
    assert_eq!(response.version(), reqwest::Version::HTTP_2);
    response.text().await
}

#[tokio::test]
async fn a_dropped_request_gets_no_byte() {
    let mock = with_fault(json!({ "drop": true })).await;
    let (came, end) = exchange(&mock).await;
    assert_eq!(came, "");
    // It ends in the middle of TLS, without its good-bye, as a connection does that is cut.
    assert_eq!(end.unwrap_err().kind(), std::io::ErrorKind::UnexpectedEof);
    exchange_2(&mock).await.unwrap_err();
}

#[tokio::test]
async fn a_reset_connection_is_reset() {
    let mock = with_fault(json!({ "reset": true })).await;
    let (came, end) = exchange(&mock).await;
    assert_eq!(came, "");
    assert_eq!(end.unwrap_err().kind(), std::io::ErrorKind::ConnectionReset);
    let error = exchange_2(&mock).await.unwrap_err();
    let causes = std::iter::successors(Some(&error as &dyn std::error::Error), |e| e.source());
    let kind = causes.filter_map(|cause| cause.downcast_ref()).map(std::io::Error::kind).last();
    assert_eq!(kind, Some(std::io::ErrorKind::ConnectionReset), "{error:?}");
}

#[tokio::test]
async fn a_truncated_answer_announces_all_and_sends_half() {
    let mock = with_fault(json!({ "truncate": true })).await;
    let (came, _) = exchange(&mock).await;
    let (head, body) = came.split_once("\r\n\r\n").unwrap();
    let announced = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    assert!(head.starts_with("HTTP/1.1 200 OK"), "{head}");
    assert_eq!(body.len(), announced.parse::<usize>().unwrap() / 2);
    let error = exchange_2(&mock).await.unwrap_err();
    // The answer had begun.
    assert!(error.is_decode(), "{error:?}");
}

#[tokio::test]
async fn what_a_fault_answers_comes_whole() {
    let mock = with_fault(json!({ "respond": { "status": 200, "body": "hello" } })).await;
    assert_eq!(exchange_2(&mock).await.unwrap(), "hello");
}

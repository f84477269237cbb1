//! `GET /metrics`

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::json;

use crate::support::{A, B, Mock};

/// The values by their names and labels, in a form that Prometheus would read.
async fn metrics(mock: &Mock) -> BTreeMap<String, f64> {
    let reply = mock.bare(Method::GET, "/metrics").send().await;
    assert_eq!(reply.content_type.as_deref(), Some("text/plain; version=0.0.4"));
    let mut typed = Vec::new();
    let mut values = BTreeMap::new();
    for line in reply.text.lines() {
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            typed.push(rest.split(' ').next().unwrap().to_owned());
        } else if !line.starts_with("# HELP ") {
            let (name, value) = line.rsplit_once(' ').unwrap();
            let of = name.split('{').next().unwrap();
            assert_eq!(typed.last().map(String::as_str), Some(of), "{line} has no type");
            assert!(values.insert(name.to_owned(), value.parse().unwrap()).is_none(), "{line}");
        }
    }
    values
}

#[tokio::test]
async fn requests_codes_and_calls_are_counted() {
    let mock = Mock::start().await;
    let session = mock.ring(A, B).await;
    mock.moved(&session, B, "ongoing").await;
    mock.change(&session, B, json!({ "status": "ongoing" })).await;
    mock.request(Method::GET, "/v3.0/calls").app("another").send().await.ok();
    mock.get("/v3/nowhere").send().await.refused(404, "ERR_API_NOT_FOUND");

    let values = metrics(&mock).await;
    for (name, expected) in [
        (r#"mock_calls_requests_total{method="POST",route="/calls",status="200"}"#, 1.0),
        (r#"mock_calls_requests_total{method="PUT",route="/calls/{sessionId}",status="200"}"#, 1.0),
        (r#"mock_calls_requests_total{method="PUT",route="/calls/{sessionId}",status="400"}"#, 1.0),
        (r#"mock_calls_requests_total{method="GET",route="/calls",status="200"}"#, 1.0),
        (r#"mock_calls_requests_total{method="GET",route="none",status="404"}"#, 1.0),
        (r#"mock_calls_errors_total{code="ERR_CALL_USER_ALREADY_JOINED"}"#, 1.0),
        (r#"mock_calls_calls{status="ongoing"}"#, 1.0),
        (r#"mock_calls_calls{status="ended"}"#, 0.0),
        ("mock_calls_apps", 2.0),
        ("mock_calls_journal_entries", 5.0),
        ("mock_calls_journal_dropped", 0.0),
    ] {
        assert_eq!(values.get(name), Some(&expected), "{name} in {values:#?}");
    }
}

#[tokio::test]
async fn a_connection_that_was_ended_is_counted_without_a_status() {
    let mock = Mock::start().await;
    let drop = json!({ "then": { "drop": true } });
    mock.bare(Method::POST, "/__mock/faults").json(drop).send().await;
    assert!(reqwest::get(format!("{}/users", mock.url)).await.is_err());
    let values = metrics(&mock).await;
    // A client may try once more where it heard nothing.
    let name = r#"mock_calls_requests_total{method="GET",route="/users",status="0"}"#;
    assert!(values.get(name).is_some_and(|count| *count >= 1.0), "{values:#?}");
}

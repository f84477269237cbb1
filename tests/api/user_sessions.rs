//! `/user_sessions`: what an SDK tells of what it runs on.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{A, Mock, Reply, START};

async fn report(mock: &Mock, body: Value) -> Reply {
    let token = mock.token(A).await;
    mock.bare(Method::POST, "/v3.0/user_sessions").token(&token).json(body).send().await
}

#[tokio::test]
async fn an_sdk_is_told_the_name_that_it_sent() {
    let mock = Mock::start().await;
    let name = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    // The SDK's own, at length.
    let body = json!({
        "sessionId": name, "generatedAt": 1_700_000_000_000i64,
        "data": {
            "integrationSource": "sdk", "app": { "name": "x".repeat(100_000) },
            "cometchat": { "chatsdk": { "platform": "javascript", "version": "4.2.0" } },
            "device": { "os": "linux" }, "meta": [],
        },
    });
    let expected = json!({ "sessionId": name, "uid": A, "createdAt": START });
    assert_eq!(report(&mock, body).await.ok(), expected);
}

#[tokio::test]
async fn without_a_name_it_is_refused() {
    let mock = Mock::start().await;
    for body in [json!({}), json!({ "sessionId": " " }), json!({ "sessionId": null })] {
        let error = report(&mock, body).await.refused(400, "ERR_BAD_REQUEST");
        let text = json!({ "sessionId": ["The sessionId field is required."] });
        assert_eq!(error["details"], text);
    }
}

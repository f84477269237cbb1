//! How large a body the control plane takes.

use bytesize::ByteSize;
use mock_calls::config::Config;
use reqwest::Method;
use serde_json::json;

use crate::support::Mock;

/// A seed of so many bytes.
fn seed(bytes: usize) -> String {
    let frame = json!({ "users": [{ "uid": "large", "name": "" }] }).to_string();
    let name = "x".repeat(bytes - frame.len());
    json!({ "users": [{ "uid": "large", "name": name }] }).to_string()
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_and_changes_nothing() {
    let config = Config { control_body_limit: ByteSize::kib(1), ..Config::default() };
    let mock = Mock::with(config).await;
    // Much more than a connection holds: the client has to be heard to the end to be told.
    for bytes in [1025, 20 << 20] {
        let reply = mock.bare(Method::POST, "/__mock/seed").body(seed(bytes)).send().await;
        assert_eq!(reply.status, 413, "{bytes}: {}", reply.text);
        let error = &reply.json()["error"];
        assert_eq!(error["code"], "MOCK_BODY_TOO_LARGE");
        let message = error["message"].as_str().unwrap();
        assert!(message.contains("1.0 KiB") && message.contains("--control-body-limit"));
        mock.get("/users/large").send().await.refused(404, "ERR_UID_NOT_FOUND");
    }
    let reply = mock.bare(Method::POST, "/__mock/seed").body(seed(1024)).send().await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    mock.get("/users/large").send().await.ok();
}

#[tokio::test]
async fn a_body_may_be_larger_than_the_vendors() {
    let mock = Mock::start().await;
    let users: Vec<_> = (0..60_000).map(|n| json!({ "uid": format!("user-{n}") })).collect();
    let seed = json!({ "users": users });
    assert!(seed.to_string().len() > 1 << 20);
    let reply = mock.bare(Method::POST, "/__mock/seed").json(seed).send().await;
    assert_eq!(reply.status, 200, "{}", reply.text);
}

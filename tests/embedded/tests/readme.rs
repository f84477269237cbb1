use std::time::Duration;

use mock_calls::{Expect, MockServer};
use serde_json::json;

#[tokio::test]
async fn who_is_busy_is_called_again() {
    let server = MockServer::start().await;
    let app = server.app("busy");
    app.user("alice").name("Alice").create();
    app.user("bob").create();
    app.fail_next("ERR_CALL_BUSY_USER");

    // This is what your program does.
    let ring = || {
        let request = reqwest::Client::new().post(format!("{}/v3/calls", server.url()));
        let request = request.header("appId", app.id()).header("apikey", server.api_key());
        let call = json!({ "receiver": "bob", "receiverType": "user", "type": "audio" });
        request.header("onBehalfOf", "alice").json(&call).send()
    };
    assert_eq!(ring().await.unwrap().status(), 400);
    assert_eq!(ring().await.unwrap().status(), 200);

    let fired = app.clock().advance(Duration::from_secs(45));
    assert_eq!(fired[0]["status"], "unanswered");
    app.verify(Expect::request("POST", "/calls").header("onBehalfOf", "alice").times(2));
}

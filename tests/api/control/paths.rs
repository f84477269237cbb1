//! Parameters in the paths of the control plane.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::Mock;

#[tokio::test]
async fn what_is_no_text_is_refused_as_everything_else_is() {
    let mock = Mock::start().await;
    let mut tried = 0;
    for route in mock_calls::control::routes().into_iter().filter(|route| route.path.contains('{'))
    {
        let parameter = &route.path[route.path.find('{').unwrap()..=route.path.find('}').unwrap()];
        let path = route.path.replace(parameter, "%ff");
        let request = mock.control(Method::clone(&route.method), &path);
        let reply = request.json(json!({ "join": { "uid": "a" } })).send().await;
        assert_eq!(reply.status, 400, "{} {path}: {}", route.method, reply.text);
        let error: Value = reply.json()["error"].clone();
        assert_eq!(error["code"], "MOCK_BAD_REQUEST", "{path}");
        assert!(error["message"].as_str().unwrap().contains("must be percent-encoded"), "{error}");
        tried += 1;
    }
    assert!(tried >= 10, "{tried}");
}

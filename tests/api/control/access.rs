//! Who may use the control plane.

use mock_calls::config::Config;
use reqwest::Method;
use serde_json::json;

use crate::support::Mock;

#[tokio::test]
async fn a_token_is_asked_for_everywhere_but_at_health() {
    let config = Config { control_token: Some("sesame".into()), ..Config::default() };
    let mock = Mock::with(config).await;
    for (method, path) in [
        (Method::GET, "/__mock/apps"),
        (Method::POST, "/__mock/reset"),
        (Method::GET, "/__mock/state"),
        (Method::GET, "/__mock/requests"),
        (Method::GET, "/__mock/nowhere"),
    ] {
        for wrong in ["", "Bearer", "Bearer open", "Basic sesame", "sesame"] {
            let request = mock.bare(method.clone(), path).header("authorization", wrong);
            let reply = request.send().await;
            assert_eq!(reply.status, 401, "{path} {wrong}");
            assert_eq!(reply.json()["error"]["code"], "MOCK_UNAUTHORIZED");
        }
        let request = mock.bare(method, path).header("authorization", "Bearer sesame");
        assert_ne!(request.send().await.status, 401, "{path}");
    }
    for path in ["/healthz", "/__mock/health"] {
        assert_eq!(mock.bare(Method::GET, path).send().await.status, 200, "{path}");
    }
    mock.get("/calls").send().await.ok();
}

#[tokio::test]
async fn without_a_control_plane_there_is_health_and_the_vendors_answer_for_the_rest() {
    let mock = Mock::with(Config { no_control: true, ..Config::default() }).await;
    assert_eq!(mock.bare(Method::GET, "/healthz").send().await.json()["status"], json!("ok"));
    for path in ["/__mock/health", "/__mock/apps", "/__mock/reset"] {
        mock.bare(Method::GET, path).send().await.refused(404, "ERR_API_NOT_FOUND");
    }
}

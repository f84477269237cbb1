//! The control plane on a port of its own.

use mock_calls::{
    config::Config,
    server::{Server, StartError},
};
use reqwest::Method;
use serde_json::json;

use crate::support::{A, B, Mock};

async fn apart() -> Mock {
    Mock::with(Config { control_port: Some(0), ..Config::default() }).await
}

#[tokio::test]
async fn it_is_there_and_only_health_stays() {
    let mock = apart().await;
    assert_ne!(mock.url, mock.control_url);
    mock.ring(A, B).await;
    let apps = mock.control(Method::GET, "/__mock/apps").send().await;
    assert_eq!(apps.json()["apps"][0]["calls"], 1);
    for path in ["/__mock/apps", "/__mock/health", "/__mock/reset"] {
        mock.bare(Method::GET, path).send().await.refused(404, "ERR_API_NOT_FOUND");
    }
    for url in [&mock.url, &mock.control_url] {
        let health = reqwest::get(format!("{url}/healthz")).await.unwrap();
        assert_eq!(health.json::<serde_json::Value>().await.unwrap()["calls"], 1, "{url}");
    }
}

#[tokio::test]
async fn nothing_of_the_vendors_is_there() {
    let mock = apart().await;
    for path in ["/v3/calls", "/", "/nowhere"] {
        let reply = mock.control(Method::GET, path).send().await;
        assert_eq!(reply.status, 404, "{path}");
        assert_eq!(reply.json()["error"]["code"], json!("MOCK_NOT_FOUND"), "{path}");
    }
}

#[tokio::test]
async fn it_asks_for_its_token_there_too() {
    let config = Config { control_token: Some("sesame".into()), ..Config::default() };
    let mock = Mock::with(Config { control_port: Some(0), ..config }).await;
    for path in ["/__mock/apps", "/nowhere"] {
        assert_eq!(mock.control(Method::GET, path).send().await.status, 401, "{path}");
    }
    let request = mock.control(Method::GET, "/__mock/apps");
    assert_eq!(request.header("authorization", "Bearer sesame").send().await.status, 200);
}

#[tokio::test]
async fn a_port_that_cannot_be_is_said() {
    let other = Config { port: 0, ..Config::default() };
    let nothing = Config { no_control: true, control_port: Some(0), ..other.clone() };
    let refused = Server::bind(&nothing).await.err().unwrap();
    assert!(matches!(refused, StartError::PortForNothing), "{refused}");

    let there = Server::bind(&other).await.unwrap();
    let same = Config { control_port: Some(there.address().port()), ..other };
    let refused = Server::bind(&same).await.err().unwrap();
    assert!(matches!(refused, StartError::ControlPortTaken(_)), "{refused}");
    assert!(refused.to_string().contains("--control-port 0"), "{refused}");
}

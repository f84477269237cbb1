//! `/settings`: where an SDK is sent on to.

use insta::assert_snapshot;
use mock_calls::config::Config;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{A, Mock, Reply};

async fn settings(mock: &Mock, headers: &[(&str, &str)]) -> Reply {
    let token = mock.token(A).await;
    let request = mock.bare(Method::GET, "/v3/settings").token(&token);
    let add = |request: crate::support::Request, (name, value): &(&str, &str)| {
        request.header(name, value)
    };
    headers.iter().fold(request, add).send().await
}

/// Where the socket is, and where the rest.
async fn hosts(mock: &Mock, headers: &[(&str, &str)]) -> (Value, Value, Value) {
    let mut found = settings(mock, headers).await.ok();
    assert_eq!(found["CLIENT_API_HOST"], found["ADMIN_API_HOST"]);
    assert_eq!(found["CHAT_WS_PORT"], found["CHAT_WSS_PORT"]);
    let mut take = |name: &str| found[name].take();
    (take("CHAT_HOST"), take("CHAT_WSS_PORT"), take("CLIENT_API_HOST"))
}

#[tokio::test]
async fn all_that_an_sdk_looks_at_is_there() {
    let mock = Mock::start().await;
    let reply = settings(&mock, &[("host", "localhost:2255")]).await;
    assert_snapshot!(reply.folded(), @r#"
    {
      "data":{
        "CHAT_HOST":"localhost",
        "CHAT_USE_SSL":true,
        "CHAT_WS_PORT":2255,
        "CHAT_WSS_PORT":2255,
        "CHAT_API_VERSION":"v3.0",
        "WS_API_VERSION":"v3.0",
        "ADMIN_API_HOST":"localhost:2255",
        "CLIENT_API_HOST":"localhost:2255",
        "WEBRTC_HOST":"localhost",
        "ANALYTICS_HOST":"localhost:2255",
        "ANALYTICS_VERSION":"v1",
        "REGION":"us",
        "MODE":"DEFAULT",
        "APP_VERSION":4,
        "POLLING_ENABLED":false,
        "ANALYTICS_PING_DISABLED":true,
        "extensions":[],
        "parameters":{}
      }
    }
    "#);
}

#[tokio::test]
async fn a_client_is_sent_to_where_it_came_to() {
    let mock = Mock::start().await;
    let own = mock.url.strip_prefix("http://").unwrap().to_owned();
    let (host, port) = own.split_once(':').unwrap();
    let port: u16 = port.parse().unwrap();
    assert_eq!(hosts(&mock, &[]).await, (json!(host), json!(port), json!(own)));
    for (given, host, port) in [
        ("localhost:2255", "localhost", 2255),
        // Another port than the server's own: it is mapped.
        ("mock.example.com:18080", "mock.example.com", 18080),
        ("mock.example.com", "mock.example.com", 80),
        ("[::1]:2255", "[::1]", 2255),
        ("[::1]", "[::1]", 80),
        ("team.localhost:2255", "team.localhost", 2255),
    ] {
        let token = mock.token(A).await;
        let request = mock.bare(Method::GET, "/settings").token(&token).app("mock-app");
        let found = request.header("host", given).send().await.ok();
        assert_eq!((&found["CHAT_HOST"], &found["CHAT_WSS_PORT"]), (&json!(host), &json!(port)));
        assert_eq!(found["CLIENT_API_HOST"], format!("{host}:{port}"), "{given}");
    }
}

#[tokio::test]
async fn behind_a_proxy_that_takes_tls_the_port_is_that_of_https() {
    let mock = Mock::start().await;
    let host = ("host", "mock.example.com");
    for (said, port) in [("https", 443), ("HTTPS, http", 443), ("http", 80), ("http, https", 80)] {
        let expected =
            (json!("mock.example.com"), json!(port), json!(format!("mock.example.com:{port}")));
        assert_eq!(hosts(&mock, &[host, ("x-forwarded-proto", said)]).await, expected, "{said}");
    }
    let named = [("host", "mock.example.com:8443"), ("x-forwarded-proto", "https")];
    assert_eq!(hosts(&mock, &named).await.1, json!(8443));
}

#[tokio::test]
async fn who_names_no_host_is_told_to() {
    let mock = Mock::start().await;
    for given in ["", "a b", "http://x/", ":80"] {
        let error = settings(&mock, &[("host", given)]).await.refused(400, "ERR_BAD_REQUEST");
        let text = "The host header must name the host, and its port if it has one.";
        assert_eq!(error["details"], json!({ "host": [text] }), "{given}");
    }
}

#[tokio::test]
async fn the_region_is_the_apps() {
    let mock = Mock::with(Config { region: "eu".to_owned(), ..Config::default() }).await;
    assert_eq!(settings(&mock, &[]).await.ok()["REGION"], "eu");
}

//! Which pages in a browser may use the control plane: none, unless they are named.

use mock_calls::config::Config;
use reqwest::{Method, Response, header::HeaderValue};

use crate::support::Mock;

const PAGE: &str = "http://localhost:5173";

async fn with(origins: &[&'static str]) -> Mock {
    let control_cors = origins.iter().copied().map(HeaderValue::from_static).collect();
    let control_token = Some("sesame".into());
    Mock::with(Config { control_cors, control_token, ..Config::default() }).await
}

/// What a browser asks before a page of `origin` may reset the server.
async fn preflight(mock: &Mock, origin: &str) -> Response {
    let request = mock.bare(Method::OPTIONS, "/__mock/reset").header("origin", origin);
    let request = request.header("access-control-request-method", "POST");
    request.header("access-control-request-headers", "authorization,appid").response().await
}

fn header<'a>(response: &'a Response, name: &str) -> Option<&'a str> {
    response.headers().get(name).map(|value| value.to_str().unwrap())
}

fn is_open_to_anybody(response: &Response) -> bool {
    response.headers().keys().any(|name| name.as_str().starts_with("access-control-"))
}

#[tokio::test]
async fn without_the_flag_no_page_is_let_in() {
    let mock = with(&[]).await;
    let asked = preflight(&mock, PAGE).await;
    assert!(!is_open_to_anybody(&asked));
    assert!(asked.status().is_client_error(), "{}", asked.status());
    let request = mock.bare(Method::GET, "/__mock/health").header("origin", PAGE);
    assert!(!is_open_to_anybody(&request.response().await));
}

#[tokio::test]
async fn a_page_that_is_named_is_let_in_before_it_shows_the_token() {
    let mock = with(&["http://127.0.0.1:1", PAGE]).await;
    let asked = preflight(&mock, PAGE).await;
    assert_eq!(asked.status(), 200);
    assert_eq!(header(&asked, "access-control-allow-origin"), Some(PAGE));
    assert_eq!(header(&asked, "access-control-allow-methods"), Some("POST"));
    assert_eq!(header(&asked, "access-control-allow-headers"), Some("authorization,appid"));

    let reset = || mock.bare(Method::POST, "/__mock/reset").header("origin", PAGE);
    let done = reset().header("authorization", "Bearer sesame").response().await;
    assert_eq!(done.status(), 200);
    assert_eq!(header(&done, "access-control-allow-origin"), Some(PAGE));
    // What refuses is readable as well.
    let refused = reset().response().await;
    assert_eq!(refused.status(), 401);
    assert_eq!(header(&refused, "access-control-allow-origin"), Some(PAGE));

    let other = preflight(&mock, "http://evil.example").await;
    assert_eq!(header(&other, "access-control-allow-origin"), None);
}

#[tokio::test]
async fn a_star_lets_in_every_page() {
    let mock = with(&["*"]).await;
    assert_eq!(header(&preflight(&mock, PAGE).await, "access-control-allow-origin"), Some("*"));
}

//! The vendor's surface from a page in a browser.

use std::collections::BTreeSet;

use mock_calls::http::routes;
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::support::{A, B, Mock, Request};

const PAGE: &str = "https://app.example";

fn from_page(request: Request) -> Request {
    request.header("origin", PAGE)
}

/// What a browser asks before a page may send such a request.
async fn preflight(mock: &Mock, path: &str, method: &str) -> Response {
    let request = from_page(mock.bare(Method::OPTIONS, path));
    let request = request.header("access-control-request-method", method);
    request.header("access-control-request-headers", "appid,apikey").response().await
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    let value = response.headers().get(name).unwrap_or_else(|| panic!("no {name}"));
    value.to_str().unwrap()
}

fn names(list: &str) -> BTreeSet<String> {
    list.split(',').map(|name| name.trim().to_ascii_lowercase()).collect()
}

fn cors_headers(response: &Response) -> usize {
    let is_one = |name: &str| name.starts_with("access-control-") || name == "vary";
    response.headers().keys().filter(|name| is_one(name.as_str())).count()
}

#[tokio::test]
async fn a_preflight_is_answered_for_every_route_and_for_none() {
    let mock = Mock::start().await;
    let paths = routes().into_iter().map(|route| (route.path, route.method.to_string()));
    for (path, method) in paths.chain([("/nowhere", "GET".to_owned())]) {
        for prefix in ["", "/v3", "/v3.0"] {
            let path = path.replace(['{', '}'], "");
            let asked = preflight(&mock, &format!("{prefix}{path}"), &method).await;
            assert_eq!(asked.status(), 204, "{method} {prefix}{path}");
            assert_eq!(header(&asked, "access-control-allow-origin"), "*");
            let methods = header(&asked, "access-control-allow-methods");
            assert!(methods.split(", ").any(|each| each == method), "{method}: {methods}");
        }
    }
}

#[tokio::test]
async fn the_headers_of_the_sdks_and_ours_may_be_sent() {
    let mock = Mock::start().await;
    let asked = preflight(&mock, "/v3/calls", "POST").await;
    let allowed = names(header(&asked, "access-control-allow-headers"));
    let needed = "appId,apiKey,authToken,callToken,resource,sdk,Accept,Content-Type,onBehalfOf,\
                  onbehalfofuser,settingsHash,settingsHashReceivedAt,Authorization,x-mock-error,\
                  x-mock-delay";
    assert!(allowed.is_superset(&names(needed)), "{allowed:?}");
    assert!(header(&asked, "access-control-max-age").parse::<u32>().unwrap() > 60);
}

#[tokio::test]
async fn preflights_are_neither_noted_nor_counted_nor_faulted() {
    let mock = Mock::start().await;
    let fault = json!({ "then": { "respond": { "status": 503 } } });
    mock.bare(Method::POST, "/__mock/faults").json(fault).send().await;
    assert_eq!(preflight(&mock, "/v3/calls", "POST").await.status(), 204);
    let noted = mock.bare(Method::GET, "/__mock/requests").send().await.json();
    assert_eq!(noted["requests"], json!([]), "{noted}");
    let faults = mock.bare(Method::GET, "/__mock/faults").send().await.json();
    assert_eq!(faults["faults"][0]["fired"], 0, "{faults}");
    let health = mock.bare(Method::GET, "/healthz").send().await.json();
    assert_eq!(health["requests"], 0, "{health}");
}

#[tokio::test]
async fn what_is_no_preflight_is_no_route() {
    let mock = Mock::start().await;
    let options = || mock.request(Method::OPTIONS, "/v3/calls");
    let asks = |request: Request| request.header("access-control-request-method", "POST");
    for request in [options(), from_page(options()), asks(options())] {
        request.send().await.refused(404, "ERR_API_NOT_FOUND");
    }
    let get = asks(from_page(mock.get("/v3/calls"))).send().await;
    get.ok();
}

#[tokio::test]
async fn every_answer_is_readable_by_the_page_that_asked() {
    let mock = Mock::start().await;
    let call = || mock.post("/v3/calls", json!({ "receiver": B, "receiverType": "user" }));
    let large = vec![b'x'; 2 << 20];
    let error = || mock.get("/v3/calls").header("x-mock-error", "ERR_CALL_BUSY_USER");
    for (request, status) in [
        (mock.get("/v3/calls"), 200),
        (call().by(A), 400),
        (mock.bare(Method::GET, "/v3/calls"), 401),
        (mock.get("/nowhere"), 404),
        (mock.request(Method::PUT, "/v3/calls"), 404),
        (mock.get("/calls/%zz"), 400),
        (mock.request(Method::POST, "/v3/users").body(large), 413),
        (mock.get("/v3/calls").header("x-large", &"x".repeat(70_000)), 431),
        (error(), 400),
    ] {
        let answer = from_page(request).response().await;
        assert_eq!(answer.status(), status);
        assert_eq!(header(&answer, "access-control-allow-origin"), "*", "{status}");
        let readable = names(header(&answer, "access-control-expose-headers"));
        assert_eq!(readable, names("x-mock-request-id, x-mock-explain"), "{status}");
    }
}

#[tokio::test]
async fn what_faults_answer_is_readable_too_and_keeps_what_they_set() {
    let mock = Mock::start().await;
    let own = json!({ "status": 503, "headers": { "access-control-allow-origin": "https://x" } });
    let faults: [(Value, u16, &str); 5] = [
        (json!({ "respond": { "status": 503 } }), 503, "*"),
        (json!({ "respond": own }), 503, "https://x"),
        (json!({ "rateLimit": {} }), 429, "*"),
        (json!({ "garbage": true }), 200, "*"),
        (json!({ "truncate": true }), 200, "*"),
    ];
    for (then, status, origin) in faults {
        let fault = json!({ "then": then, "times": 1 });
        let armed = mock.bare(Method::POST, "/__mock/faults").json(fault).send().await;
        assert_eq!(armed.status, 200, "{}", armed.text);
        let answer = from_page(mock.get("/v3/calls")).response().await;
        assert_eq!(answer.status(), status, "{then}");
        assert_eq!(header(&answer, "access-control-allow-origin"), origin, "{then}");
    }
}

#[tokio::test]
async fn who_is_no_page_gets_no_header_more() {
    let mock = Mock::start().await;
    for request in [mock.get("/v3/calls"), mock.get("/nowhere")] {
        assert_eq!(cors_headers(&request.response().await), 0);
    }
}

#[tokio::test]
async fn the_control_plane_is_not_open_to_pages() {
    let mock = Mock::start().await;
    for path in ["/__mock/reset", "/__mock/nowhere", "/healthz"] {
        let asked = preflight(&mock, path, "POST").await;
        assert_eq!(cors_headers(&asked), 0, "{path}");
        assert!(!asked.status().is_success(), "{path}: {}", asked.status());
    }
}

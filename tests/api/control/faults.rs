//! `/__mock/faults`, `x-mock-error` and `x-mock-delay`: what goes wrong on purpose, seen from the
//! socket.

use mock_calls::{domain::code::Code, runtime::clock::Stopwatch};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::support::{A, B, C, Mock, Reply};

fn ring(to: &str) -> Value {
    json!({ "receiver": to, "receiverType": "user", "type": "audio" })
}

async fn arm(mock: &Mock, fault: Value) -> Value {
    let reply = mock.bare(Method::POST, "/__mock/faults").json(fault).send().await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.json()
}

async fn post(mock: &Mock, by: &str, to: &str) -> Reply {
    mock.post("/v3/calls", ring(to)).by(by).send().await
}

async fn calls(mock: &Mock) -> u64 {
    mock.get("/calls").send().await.json()["meta"]["pagination"]["total"].as_u64().unwrap()
}

/// What comes over the socket for a call that A places, and how the connection ends.
async fn raw(mock: &Mock) -> (String, std::io::Result<usize>) {
    let body = ring(B).to_string();
    let head = format!(
        "POST /calls HTTP/1.1\r\nhost: x\r\napikey: mock-rest-api-key\r\nonBehalfOf: {A}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(mock.url.strip_prefix("http://").unwrap()).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut came = Vec::new();
    let end = stream.read_to_end(&mut came).await;
    (String::from_utf8(came).unwrap(), end)
}

#[tokio::test]
async fn every_code_can_be_asked_for_and_changes_nothing() {
    let mock = Mock::start().await;
    for code in Code::ALL {
        let request = mock.post("/v3/calls", ring(B)).by(A).header("x-mock-error", code.as_str());
        let error = request.send().await.refused(code.default_status(), code.as_str());
        assert_eq!(error.get("details").is_some(), *code == Code::BadRequest);
    }
    assert_eq!(calls(&mock).await, 0);
}

#[tokio::test]
async fn an_error_that_is_asked_for_is_about_what_the_request_names() {
    let mock = Mock::start().await;
    let asked = |code: &str| mock.post("/calls", ring(C)).by(A).header("x-mock-error", code);
    let error = asked("ERR_CALL_BUSY_USER").send().await.refused(400, "ERR_CALL_BUSY_USER");
    assert_eq!(error["message"], format!("The user with UID {C} is busy on another call."));
    let path = "/calls/v1.us.mock-app.some";
    let request = mock.put(path, json!({})).by(A).header("x-mock-error", "ERR_CALL_TERMINATED");
    let error = request.send().await.refused(400, "ERR_CALL_TERMINATED");
    assert_eq!(error["message"], "The call with sessionid v1.us.mock-app.some is ended.");
}

#[tokio::test]
async fn a_code_that_there_is_not_is_answered_with_one_near_it() {
    let mock = Mock::start().await;
    let request = mock.get("/calls").header("x-mock-error", "ERR_BUSY_USER");
    let error = request.send().await.refused(400, "MOCK_UNKNOWN_CODE");
    let expected = "There is no code ERR_BUSY_USER; did you mean ERR_CALL_BUSY_USER?";
    assert_eq!(error["message"], expected);
    let request = mock.get("/calls").header("x-mock-delay", "soon");
    let error = request.send().await.refused(400, "ERR_BAD_REQUEST");
    assert!(error["details"]["x-mock-delay"][0].as_str().unwrap().contains("300ms"), "{error}");
}

#[tokio::test]
async fn a_delay_holds_the_answer_back() {
    let mock = Mock::start().await;
    let waiting = Stopwatch::start();
    mock.get("/calls").header("x-mock-delay", "30ms").send().await.ok();
    // Only the least: how long it took beyond that is the machine's business.
    assert!(waiting.elapsed() >= std::time::Duration::from_millis(30));
}

#[tokio::test]
async fn a_fault_is_for_the_requests_that_it_names() {
    let mock = Mock::start().await;
    let matching = json!({ "method": "post", "path": "/calls", "uid": A, "receiver": B,
        "header": { "x-test": "7" } });
    arm(&mock, json!({ "match": matching, "then": { "error": "ERR_CALL_BUSY_USER" } })).await;

    let hit = |by, to, test| mock.post("/v3.0/calls", ring(to)).by(by).header("x-test", test);
    hit(A, B, "7").send().await.refused(400, "ERR_CALL_BUSY_USER");
    let client = async |uid| {
        let token = mock.token(uid).await;
        let request = mock.bare(Method::POST, "/calls").header("authToken", &token);
        request.header("x-test", "7").json(ring(B)).send().await
    };
    client(A).await.refused(400, "ERR_CALL_BUSY_USER");
    for (by, to, test) in [(A, C, "7"), (B, A, "7"), (A, B, "8")] {
        let body = ring(to);
        let request = mock.post("/calls", body).by(by).header("x-test", test);
        let session = request.send().await.ok()["data"]["entities"]["on"]["entity"]["sessionid"]
            .as_str()
            .unwrap()
            .to_owned();
        mock.moved(&session, by, "cancelled").await;
    }
    client(C).await.ok();
}

#[tokio::test]
async fn a_fault_acts_as_often_and_as_late_as_it_is_told() {
    let mock = Mock::start().await;
    let armed = arm(
        &mock,
        json!({ "match": { "path": "/users/*" }, "then": { "error": "ERR_UID_NOT_FOUND" },
                "times": 2, "after": 1 }),
    )
    .await;
    let mut statuses = Vec::new();
    for _ in 0..5 {
        statuses.push(mock.get(&format!("/users/{A}")).send().await.status);
    }
    assert_eq!(statuses, [200, 404, 404, 200, 200]);
    let listed = mock.bare(Method::GET, "/__mock/faults").send().await.json();
    assert_eq!(listed["faults"][0]["fired"], 2);
    assert_eq!(listed["faults"][0]["id"], armed["id"]);
}

#[tokio::test]
async fn a_fault_stands_for_its_time_by_the_apps_clock() {
    let mock = Mock::start().await;
    arm(&mock, json!({ "then": { "error": "ERR_TOO_MANY_REQUESTS" }, "ttl": "60s" })).await;
    mock.get("/calls").send().await.refused(429, "ERR_TOO_MANY_REQUESTS");
    mock.advance(60);
    mock.get("/calls").send().await.ok();
}

#[tokio::test]
async fn chance_is_the_same_in_every_run() {
    let run = async || {
        let mock = Mock::start().await;
        arm(&mock, json!({ "then": { "error": "ERR_BAD_REQUEST" }, "probability": 0.5 })).await;
        let mut statuses = Vec::new();
        for _ in 0..60 {
            statuses.push(mock.get("/calls").send().await.status);
        }
        statuses
    };
    let first = run().await;
    let refused = first.iter().filter(|status| **status == 400).count();
    assert!((15..45).contains(&refused), "{refused}");
    assert_eq!(first, run().await);
}

#[tokio::test]
async fn the_latest_fault_acts_and_each_can_be_taken_away() {
    let mock = Mock::start().await;
    arm(&mock, json!({ "then": { "error": "ERR_CALL_BUSY_USER" } })).await;
    let latest = arm(&mock, json!({ "then": { "error": "ERR_CALL_BUSY_SELF" } })).await;
    post(&mock, A, B).await.refused(400, "ERR_CALL_BUSY_SELF");
    let path = format!("/__mock/faults/{}", latest["id"]);
    assert_eq!(mock.bare(Method::DELETE, &path).send().await.json(), json!({ "removed": 1 }));
    post(&mock, A, B).await.refused(400, "ERR_CALL_BUSY_USER");
    assert_eq!(mock.bare(Method::DELETE, &path).send().await.status, 404);
    let cleared = mock.bare(Method::DELETE, "/__mock/faults").send().await.json();
    assert_eq!(cleared, json!({ "removed": 1 }));
    post(&mock, A, B).await.ok();
}

#[tokio::test]
async fn faults_stay_in_their_app_and_go_with_a_reset() {
    let mock = Mock::start().await;
    let fault = json!({ "then": { "error": "ERR_CALL_BUSY_USER" } });
    mock.bare(Method::POST, "/__mock/faults").app("other").json(fault).send().await;
    mock.get("/calls").send().await.ok();
    mock.get("/calls").app("other").send().await.refused(400, "ERR_CALL_BUSY_USER");
    mock.bare(Method::POST, "/__mock/reset").app("other").send().await;
    mock.get("/calls").app("other").send().await.ok();
}

#[tokio::test]
async fn an_answer_of_the_tests_own_takes_the_place_of_the_real_one() {
    let mock = Mock::start().await;
    let respond = json!({ "status": 503, "headers": { "x-own": "yes" }, "body": { "a": 1 } });
    arm(&mock, json!({ "match": { "method": "POST" }, "then": { "respond": respond } })).await;
    let reply = post(&mock, A, B).await;
    assert_eq!((reply.status, reply.text.as_str()), (503, r#"{"a":1}"#));
    assert_eq!(calls(&mock).await, 0);
}

#[tokio::test]
async fn a_lost_reply_leaves_what_the_request_did() {
    let mock = Mock::start().await;
    let then = json!({ "respond": { "status": 502, "body": "bad gateway" } });
    let matching = json!({ "method": "POST" });
    arm(&mock, json!({ "match": matching, "then": then, "phase": "after" })).await;
    let reply = post(&mock, A, B).await;
    assert_eq!((reply.status, reply.text.as_str()), (502, "bad gateway"));
    assert_eq!(calls(&mock).await, 1);
}

#[tokio::test]
async fn a_rate_limit_sends_both_spellings_of_its_headers() {
    let mock = Mock::start().await;
    arm(&mock, json!({ "then": { "rateLimit": { "retryAfter": 7, "limit": 5 } } })).await;
    let (came, _) = raw_closing(&mock).await;
    assert!(came.starts_with("HTTP/1.1 429 "), "{came}");
    for header in ["retry-after: 7", "x-rate-limit: 5", "x-ratelimit-limit: 5"] {
        assert!(came.contains(header), "no {header} in {came}");
    }
    let noted = mock.bare(Method::GET, "/__mock/requests").send().await.json();
    let noted = &noted["requests"][0];
    assert_eq!((&noted["status"], &noted["code"]), (&json!(429), &json!("ERR_TOO_MANY_REQUESTS")));
}

/// As [`raw`], for an answer after which the connection would stay open.
async fn raw_closing(mock: &Mock) -> (String, std::io::Result<usize>) {
    let mut stream = TcpStream::connect(mock.url.strip_prefix("http://").unwrap()).await.unwrap();
    let head = "GET /calls HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut came = String::new();
    let end = stream.read_to_string(&mut came).await;
    (came, end)
}

#[tokio::test]
async fn a_dropped_request_gets_no_byte_and_has_no_effect() {
    let mock = Mock::start().await;
    arm(&mock, json!({ "match": { "method": "POST" }, "then": { "drop": true } })).await;
    let (came, end) = raw(&mock).await;
    assert_eq!((came.as_str(), end.unwrap()), ("", 0));
    assert_eq!(calls(&mock).await, 0);
}

#[tokio::test]
async fn a_reset_connection_is_reset() {
    let mock = Mock::start().await;
    arm(&mock, json!({ "match": { "method": "POST" }, "then": { "reset": true } })).await;
    let (came, end) = raw(&mock).await;
    assert_eq!(came, "");
    assert_eq!(end.unwrap_err().kind(), std::io::ErrorKind::ConnectionReset);
}

#[tokio::test]
async fn a_truncated_answer_announces_all_and_sends_half() {
    let mock = Mock::start().await;
    arm(&mock, json!({ "match": { "method": "POST" }, "then": { "truncate": true } })).await;
    let (came, _) = raw(&mock).await;
    let (head, body) = came.split_once("\r\n\r\n").unwrap();
    let announced = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    assert!(head.starts_with("HTTP/1.1 200 OK"), "{head}");
    assert_eq!(body.len(), announced.parse::<usize>().unwrap() / 2);
    assert_eq!(calls(&mock).await, 1);
}

#[tokio::test]
async fn garbage_looks_like_success_and_is_no_json() {
    let mock = Mock::start().await;
    arm(&mock, json!({ "match": { "method": "POST" }, "then": { "garbage": true } })).await;
    let reply = post(&mock, A, B).await;
    assert_eq!((reply.status, reply.content_type.as_deref()), (200, Some("application/json")));
    assert!(serde_json::from_str::<Value>(&reply.text).is_err());
}

#[tokio::test]
async fn a_fault_that_cannot_be_armed_says_what_can() {
    let mock = Mock::start().await;
    for (fault, expected) in [
        (json!({}), "missing field `then`"),
        (json!([{}, { "drop": true }]), "a JSON object is expected, not an array"),
        (json!({ "then": "drop" }), "expected an object at line"),
        (json!({ "then": { "drop": true }, "times": -1 }), "expected a whole number at line"),
        (
            json!({ "then": { "respond": { "status": 204, "body": "x" } } }),
            "204, 205 or 304 has none",
        ),
        (
            json!({ "then": { "respond": { "headers": { "Content-Length": "9" } } } }),
            "Content-Length follows from the body",
        ),
        (json!({ "then": {} }), "give one of error, respond, drop"),
        (json!({ "then": { "drop": true, "reset": true } }), "give one of error"),
        (json!({ "then": { "error": "ERR_BUSY" } }), "near it: ERR_CALL_BUSY"),
        (
            json!({ "then": { "explode": true } }),
            "unknown field `explode`, expected one of `error`",
        ),
        (json!({ "match": { "verb": "GET" }, "then": { "drop": true } }), "unknown field `verb`"),
        (json!({ "then": { "drop": true }, "probability": 2 }), "a number from 0 to 1"),
        (json!({ "then": { "drop": true }, "ttl": "long" }), r#""long" is no duration"#),
        (json!({ "then": { "delay": 5 } }), r#"a delay is "300ms""#),
        (json!({ "then": { "respond": { "status": 99 } } }), "an HTTP status from 200 to 599"),
        (json!({ "then": { "respond": { "headers": { "a b": "c" } } } }), "cannot be a header"),
    ] {
        let text = fault.to_string();
        let reply = mock.bare(Method::POST, "/__mock/faults").json(fault).send().await;
        let error = &reply.json()["error"];
        assert_eq!((reply.status, &error["code"]), (400, &json!("MOCK_BAD_REQUEST")), "{text}");
        assert!(error["message"].as_str().unwrap().contains(expected), "{text}: {error}");
    }
}

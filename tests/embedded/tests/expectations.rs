//! What was asked, and what tests expect of it.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::mpsc,
    thread,
    time::Duration,
};

use mock_calls::{Expect, MockServer};
use mock_calls_embedded::{change, ring, send};
use serde_json::{Value, json};

const A: &str = "cometchat-uid-1";
const B: &str = "cometchat-uid-2";

/// What a test is told that ends here.
fn panics(act: impl FnOnce()) -> String {
    let said = catch_unwind(AssertUnwindSafe(act)).unwrap_err();
    said.downcast_ref::<String>().unwrap().clone()
}

#[test]
fn requests_are_there_with_all_that_was_sent() {
    let server = MockServer::start_blocking();
    let app = server.app("asked");
    let (_, session) = ring(&server, &app, A, B);
    ring(&server, &app, A, A);
    send(&server, &app, A, ("GET", "/v3/calls?status=initiated"), &Value::Null);
    let [rang, refused, listed] = &app.requests()[..] else { panic!("three were sent") };
    assert_eq!((rang.method(), rang.path(), rang.query()), ("POST", "/v3/calls", None));
    assert_eq!((rang.id(), rang.status(), rang.code()), (1, Some(200), None));
    assert_eq!((rang.uid(), rang.header("APIKEY")), (Some(A), Some("mock-rest-api-key")));
    assert!(rang.headers().any(|header| header == ("appid", "asked")));
    assert_eq!(rang.body()["receiver"], B);
    assert_eq!(rang.response()["data"]["data"]["entities"]["on"]["entity"]["sessionid"], session);
    assert!((app.clock().now() - rang.at()).abs() < 60);
    assert_eq!((refused.status(), refused.code()), (Some(400), Some("ERR_CALLING_SELF")));
    assert!(refused.explain().unwrap().starts_with("initiate/"));
    assert_eq!((listed.query(), listed.body()), (Some("status=initiated"), Value::Null));
    assert_eq!(format!("{refused:?}"), "request 2: POST /v3/calls -> 400 ERR_CALLING_SELF");
}

#[test]
fn what_came_is_found() {
    let server = MockServer::start_blocking();
    let app = server.app("found");
    let (_, session) = ring(&server, &app, A, B);
    change(&server, &app, B, &session, "ongoing");
    app.verify(Expect::any().times(2));
    app.verify(Expect::request("post", "/calls").uid(A).status(200).body(json!({ "receiver": B })));
    app.verify(Expect::request("PUT", "/calls/*").session_id(&session).at_least(1).at_most(1));
    app.verify(Expect::any().header("onBehalfOf", B).times(1));
    app.verify(Expect::any().code("ERR_CALL_BUSY_USER").times(0));
    app.verify(json!({ "match": { "method": "PUT" } }));
    app.verify(r#"{"match":{"path":"/users/**"},"count":{"exactly":0}}"#);
    assert_eq!(app.check(Expect::any().at_least(1)), Ok(2));
    app.verify_sequence([Expect::request("POST", "/calls"), Expect::request("PUT", "/calls/*")]);
}

#[test]
fn what_did_not_come_is_told_with_what_is_near() {
    let server = MockServer::start_blocking();
    let app = server.app("missed");
    ring(&server, &app, A, B);
    ring(&server, &app, A, A);

    let expected = Expect::request("POST", "/calls").body(json!({ "type": "video" })).times(1);
    let said = panics(|| app.verify(expected.clone()));
    assert_eq!(
        said,
        "0 of 2 requests match; expected exactly 1.\n  \
         near: request 2: POST /v3/calls -> 400 ERR_CALLING_SELF\n    \
         body.type: expected \"video\", found \"audio\"\n  \
         near: request 1: POST /v3/calls -> 200\n    \
         body.type: expected \"video\", found \"audio\"\n  \
         expected: {\"match\":{\"method\":\"POST\",\"path\":\"/calls\",\"body\":{\"type\":\"video\"}},\
         \"count\":{\"exactly\":1}}"
    );
    let mismatch = app.check(expected).unwrap_err();
    assert_eq!((mismatch.matched(), mismatch.to_string()), (0, said));

    let said = panics(|| {
        app.verify_sequence([Expect::any().code("ERR_CALLING_SELF"), Expect::any().status(200)]);
    });
    assert!(said.contains("Nothing matches step 2 of 2 after those before it"), "{said}");
    assert!(said.contains("request 1 matches it, and came too early"), "{said}");
}

#[test]
fn what_is_no_expectation_is_never_met() {
    let server = MockServer::start_blocking();
    let app = server.app("odd");
    for (act, expected) in [
        (panics(|| app.verify(json!({ "match": { "verb": "GET" } }))), "unknown field `verb`"),
        (panics(|| drop(app.check("GET /calls"))), "The JSON is not what is expected"),
        (panics(|| app.verify(json!({}))), r#"Send {"match":"#),
        (panics(|| app.verify_sequence([Expect::any().times(2)])), "without a count"),
        (panics(|| app.verify_sequence([] as [Expect; 0])), r#"Send {"match":"#),
    ] {
        assert!(act.contains(expected), "{act}");
    }
}

#[test]
fn a_failure_is_shown_at_the_line_of_the_test() {
    let server = MockServer::start_blocking();
    let app = server.app("line");
    let (tell, told) = mpsc::channel();
    // The hook is everybody's, and other tests end on purpose as well.
    let here = thread::current().id();
    std::panic::set_hook(Box::new(move |panic| {
        if thread::current().id() == here {
            let _ = tell.send(panic.location().unwrap().file().to_owned());
        }
    }));
    for act in [
        &(|| app.verify(Expect::any())) as &dyn Fn(),
        &|| drop(app.user(A).create()),
        &|| app.seed("x"),
        &|| app.fail_next("ERR_NONE"),
        &|| drop(app.token("nobody")),
        &|| drop(server.app("a b")),
        &|| app.verify_delivery(mock_calls::ExpectDelivery::any()),
    ] {
        panics(act);
    }
    drop(std::panic::take_hook());
    let files: Vec<_> = told.into_iter().collect();
    assert!(files.len() == 7, "{files:?}");
    assert!(files.iter().all(|file| file.ends_with("expectations.rs")), "{files:?}");
}

#[tokio::test]
async fn what_is_to_come_is_waited_for() {
    let server = MockServer::start().await;
    let app = server.app("awaited");
    let long = Duration::from_secs(60);
    let waiting = app.verify_within(long, Expect::request("POST", "/calls").times(1));
    let ringing = {
        let (url, app) = (server.url(), app.clone());
        thread::spawn(move || {
            let client = url.strip_prefix("http://").map(std::net::TcpStream::connect);
            let mut client = client.unwrap().unwrap();
            let request = format!("POST /calls HTTP/1.1\r\nHost: x\r\nappId: {}\r\n\r\n", app.id());
            std::io::Write::write_all(&mut client, request.as_bytes()).unwrap();
            client
        })
    };
    waiting.await;
    drop(ringing.join().unwrap());

    let soon = Duration::from_millis(1);
    let late = tokio::spawn(app.verify_within(soon, Expect::any().times(2))).await.unwrap_err();
    let said = late.into_panic().downcast_ref::<String>().unwrap().clone();
    assert!(said.starts_with("1 of 1 requests match; expected exactly 2."), "{said}");
    assert!(said.contains("asked for at tests/expectations.rs:"), "{said}");
}

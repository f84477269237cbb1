//! How servers begin and end, whatever runtime there is.

use std::{
    net::TcpListener,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, OnceLock},
    thread,
};

use mock_calls::{App, MockServer};
use mock_calls_embedded::{change, ring, send};
use serde_json::json;

#[test]
fn a_plain_test_needs_no_runtime() {
    let server = MockServer::start_blocking();
    let app = server.default_app();
    assert_eq!(app.id(), "mock-app");
    assert_eq!(ring(&server, &app, "cometchat-uid-1", "cometchat-uid-2").0, 200);
    assert_eq!(server.url(), format!("http://127.0.0.1:{}", server.port()));
    assert_eq!(server.control_url(), server.url());
    assert_eq!((server.api_key(), server.auth_key()), ("mock-rest-api-key", "mock-auth-key"));
}

#[test]
fn another_executor_will_do() {
    pollster::block_on(async {
        let server = MockServer::start().await;
        let app = server.app("elsewhere");
        assert_eq!(ring(&server, &app, "cometchat-uid-1", "cometchat-uid-2").0, 200);
        app.flush().await;
    });
}

#[tokio::test]
async fn a_runtime_of_one_thread_is_not_held_up_by_a_drop() {
    let server = MockServer::start().await;
    let app = server.app("dropped");
    assert_eq!(ring(&server, &app, "cometchat-uid-1", "cometchat-uid-2").0, 200);
    let port = server.port();
    drop(server);
    // Nobody is there any more.
    drop(TcpListener::bind(("127.0.0.1", port)).unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_runtime_of_many_threads_neither() {
    let server = MockServer::builder().start().await;
    tokio::spawn(async move { drop(server) }).await.unwrap();
}

#[tokio::test]
async fn blocking_in_a_runtime_is_no_harm() {
    let server = MockServer::start_blocking();
    let app = server.app("blocking");
    app.flush_blocking();
}

#[test]
fn a_server_outlives_the_runtime_that_started_it() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let server = runtime.block_on(MockServer::start());
    let app = server.app("survivor");
    drop(runtime);
    let (status, session) = ring(&server, &app, "cometchat-uid-1", "cometchat-uid-2");
    assert_eq!(status, 200);
    let fired = app.clock().advance(std::time::Duration::from_secs(45));
    assert_eq!(fired[0]["sessionId"], json!(session));
}

#[test]
fn an_app_that_outlives_its_server_can_still_be_asked() {
    let server = MockServer::start_blocking();
    let app = server.app("left");
    app.webhook("gone", "http://127.0.0.1:9/").create();
    let (_, session) = ring(&server, &app, "cometchat-uid-1", "cometchat-uid-2");
    drop(server);
    assert_eq!(app.call(&session).unwrap()["status"], "initiated");
    app.clock().advance(std::time::Duration::from_secs(60));
    assert_eq!(app.call(&session).unwrap()["status"], "unanswered");
    let waited = catch_unwind(AssertUnwindSafe(|| app.flush_blocking())).unwrap_err();
    let said = waited.downcast_ref::<String>().unwrap();
    assert!(said.contains("the server of this app has stopped"), "{said}");
}

#[test]
fn two_servers_and_fifty_apps_do_not_disturb_each_other() {
    let servers = [MockServer::start_blocking(), MockServer::start_blocking()].map(Arc::new);
    assert_ne!(servers[0].url(), servers[1].url());
    let work = |(n, server): (usize, Arc<MockServer>)| {
        thread::spawn(move || {
            let app = server.app(&format!("app-{}", n / 2));
            let (status, session) = ring(&server, &app, "cometchat-uid-1", "cometchat-uid-2");
            assert_eq!(status, 200);
            // Some are answered, some time out, and some ring on.
            match n % 3 {
                0 => {
                    let answered = change(&server, &app, "cometchat-uid-2", &session, "ongoing");
                    assert_eq!(answered.0, 200);
                }
                1 => drop(app.clock().advance(std::time::Duration::from_secs(45))),
                _ => {}
            }
            let expected = ["ongoing", "unanswered", "initiated"][n % 3];
            (app, session, expected)
        })
    };
    // The same fifty names on both.
    let working: Vec<_> = (0..100).map(|n| (n, Arc::clone(&servers[n % 2]))).map(work).collect();
    let worlds: Vec<(App, String, &str)> =
        working.into_iter().map(|thread| thread.join().unwrap()).collect();
    for (app, session, expected) in &worlds {
        assert_eq!(app.call(session).unwrap()["status"], *expected, "{app:?}");
        assert_eq!(app.state()["calls"].as_array().unwrap().len(), 1, "{app:?}");
    }
    worlds[0].0.reset();
    assert!(worlds[0].0.call(&worlds[0].1).is_none());
    assert!(worlds[1].0.call(&worlds[1].1).is_some(), "it has that name on the other server");
}

#[test]
fn one_server_can_serve_all_tests_of_a_file() {
    static SERVER: OnceLock<MockServer> = OnceLock::new();
    let shared = || SERVER.get_or_init(MockServer::start_blocking);
    let names =
        ["one", "two"].map(|name| thread::spawn(move || shared().app(name).id().to_owned()));
    assert_eq!(names.map(|name| name.join().unwrap()), ["one", "two"]);
}

#[test]
fn a_start_that_is_given_up_leaves_nothing() {
    let mut start = Box::pin(MockServer::start());
    let waker = std::task::Waker::noop();
    // Begun, or done already; dropped in both cases.
    let _ = start.as_mut().poll(&mut std::task::Context::from_waker(waker));
    drop(start);
}

#[test]
fn what_cannot_start_says_why() {
    let server = MockServer::start_blocking();
    let taken = MockServer::builder().port(server.port()).try_start_blocking().unwrap_err();
    let expected =
        format!("port {} on 127.0.0.1 is already in use; leave port() out", server.port());
    assert!(taken.to_string().starts_with(&expected), "{taken}");

    for (builder, expected) in [
        (MockServer::builder().region("US"), "region: expected 1 to 16 lower-case letters"),
        (MockServer::builder().api_key("a b"), "api_key: expected visible ASCII"),
        (MockServer::builder().app_id(""), "app_id: expected 1 to 64 letters"),
        (MockServer::builder().status("ERR_BUSY", 409), "status: there is no code ERR_BUSY"),
        (MockServer::builder().webhook("nowhere"), "webhook: expected an http or https URL"),
        (MockServer::builder().max_apps(0), "max_apps: expected a whole number from 1"),
        (MockServer::builder().seed("["), "seed: The JSON is not what is expected: EOF"),
        (MockServer::builder().seed(r#"{"users":[{}]}"#), "missing field `uid`"),
        (MockServer::builder().api_key("k").auth_key("k"), "are the same"),
    ] {
        let error = builder.try_start_blocking().unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn every_app_can_have_a_webhook_and_rooms_that_are_filled_by_hand() {
    let nobody = "http://127.0.0.1:9/";
    let server = MockServer::builder().webhook(nobody).manual_media().start_blocking();
    let app = server.app("rooms");
    let (_, session) = ring(&server, &app, "cometchat-uid-1", "cometchat-uid-2");
    assert_eq!(change(&server, &app, "cometchat-uid-2", &session, "ongoing").0, 200);
    let told = || app.deliveries().iter().map(|told| told.trigger()).collect::<Vec<_>>();
    assert_eq!(told(), ["call_initiated"], "nobody is in the room");
    let join = json!({ "join": { "uid": "cometchat-uid-2" } });
    let media = format!("/__mock/calls/{session}/media");
    assert_eq!(send(&server, &app, "", ("POST", &media), &join).0, 200);
    assert_eq!(told(), ["call_initiated", "call_started", "call_participant_joined"]);
    assert_eq!(app.deliveries()[0].webhook(), "webhook-1");
}

#[test]
fn no_app_needs_the_control_plane() {
    let server = MockServer::builder().no_control().start_blocking();
    let app = server.app("alone");
    app.user("alice").create();
    assert_eq!(send(&server, &app, "alice", ("GET", "/__mock/state"), &json!({})).0, 404);
    app.fail_next("ERR_CALL_BUSY_USER");
    assert_eq!(ring(&server, &app, "alice", "cometchat-uid-1").1, "ERR_CALL_BUSY_USER");
}

#[test]
fn what_is_built_otherwise_is_otherwise() {
    let server = MockServer::builder()
        .app_id("theirs")
        .region("eu")
        .api_key("their-key")
        .status("ERR_CALLING_SELF", 418)
        .seed(json!({ "users": [{ "uid": "alice" }] }))
        .max_apps(2)
        .journal_memory(0)
        .own_control_port()
        .start_blocking();
    let app = server.default_app();
    assert_eq!((app.id(), server.api_key()), ("theirs", "their-key"));
    assert_ne!(server.control_url(), server.url());
    assert_eq!(ring(&server, &app, "alice", "alice"), (418, "ERR_CALLING_SELF".to_owned()));
    assert!(ring(&server, &app, "alice", "cometchat-uid-1").1.starts_with("v1.eu.theirs."));
    assert!(app.requests().is_empty(), "there is no room for them");
    app.reset();
    assert_eq!(app.state()["users"].as_array().unwrap().len(), 6, "the seed is there again");

    assert_eq!(server.try_app("no app").unwrap_err().code(), "AUTH_ERR_INVALID_APPID");
    assert_eq!(server.app("second").id(), "second");
    assert_eq!(server.try_app("third").unwrap_err().code(), "MOCK_TOO_MANY_APPS");
}

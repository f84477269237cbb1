//! `/__mock/snapshots`: states of an app to come back to.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{A, B, C, Mock, Reply, START};

async fn send(mock: &Mock, method: Method, path: &str) -> Reply {
    mock.bare(method, &format!("/__mock/snapshots{path}")).send().await
}

async fn done(mock: &Mock, method: Method, path: &str) -> Value {
    let reply = send(mock, method, path).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.json()
}

async fn state(mock: &Mock) -> String {
    mock.bare(Method::GET, "/__mock/state").send().await.text
}

async fn control(mock: &Mock, path: &str, body: Value) {
    let reply = mock.bare(Method::POST, path).json(body).send().await;
    assert_eq!(reply.status, 200, "{}", reply.text);
}

#[tokio::test]
async fn a_snapshot_brings_everything_back_as_often_as_wanted() {
    let mock = Mock::start().await;
    let session = mock.ring(A, B).await;
    let token = mock.token(B).await;
    control(&mock, "/__mock/clock", json!({ "set": START + 10, "freeze": true })).await;
    let before = state(&mock).await;
    let shown = done(&mock, Method::PUT, "/ringing").await;
    let expected =
        json!({ "name": "ringing", "takenAt": START + 10, "users": 5, "groups": 1, "calls": 1 });
    assert_eq!(shown, expected);

    let mut answers = Vec::new();
    for _ in 0..2 {
        mock.moved(&session, B, "ongoing").await;
        mock.delete(&format!("/users/{B}/auth_tokens")).send().await.ok();
        control(&mock, "/__mock/clock", json!({ "advance": "1h", "resume": true })).await;
        answers.push(mock.token(C).await);
        assert_ne!(state(&mock).await, before);
        assert_eq!(done(&mock, Method::POST, "/ringing/restore").await, expected);
        assert_eq!(state(&mock).await, before);
    }
    assert_eq!(answers[0], answers[1]);
    mock.bare(Method::GET, "/calls").token(&token).send().await.ok();
    mock.bare(Method::GET, "/calls")
        .token(&answers[0])
        .send()
        .await
        .refused(401, "AUTH_ERR_AUTH_TOKEN_NOT_FOUND");
}

#[tokio::test]
async fn ringing_that_is_brought_back_ends_by_itself() {
    let mock = Mock::start().await;
    let session = mock.ring(A, B).await;
    done(&mock, Method::PUT, "/ringing").await;
    mock.moved(&session, A, "cancelled").await;
    done(&mock, Method::POST, "/ringing/restore").await;
    mock.advance(44);
    assert_eq!(mock.log(&session).await["status"], "initiated");
    mock.advance(1);
    assert_eq!(mock.log(&session).await["status"], "unanswered");
}

#[tokio::test]
async fn snapshots_are_listed_replaced_and_removed() {
    let mock = Mock::start().await;
    let names = async || {
        let list = done(&mock, Method::GET, "").await["snapshots"].clone();
        let shown = |one: &Value| (one["name"].as_str().unwrap().to_owned(), one["calls"].clone());
        list.as_array().unwrap().iter().map(shown).collect::<Vec<_>>()
    };
    done(&mock, Method::PUT, "/b").await;
    done(&mock, Method::PUT, "/a").await;
    mock.ring(A, B).await;
    done(&mock, Method::PUT, "/b").await;
    assert_eq!(names().await, [("a".to_owned(), json!(0)), ("b".to_owned(), json!(1))]);

    let elsewhere = send(&mock, Method::GET, "?appId=other").await;
    assert_eq!(elsewhere.json(), json!({ "snapshots": [] }));
    assert_eq!(done(&mock, Method::DELETE, "/a").await, json!({ "removed": "a" }));
    for (method, path) in [(Method::DELETE, "/a"), (Method::POST, "/a/restore")] {
        let reply = send(&mock, method, path).await;
        let error = &reply.json()["error"];
        assert_eq!((reply.status, &error["code"]), (404, &json!("MOCK_NOT_FOUND")));
        let said = error["message"].as_str().unwrap();
        assert!(said.contains(r#"no snapshot "a" of mock-app; there is b"#), "{said}");
    }
}

#[tokio::test]
async fn a_reset_leaves_snapshots_and_a_removal_of_the_app_takes_them() {
    let mock = Mock::start().await;
    mock.ring(A, B).await;
    done(&mock, Method::PUT, "/kept").await;
    control(&mock, "/__mock/reset", json!({})).await;
    assert_eq!(done(&mock, Method::POST, "/kept/restore").await["calls"], 1);
    assert_eq!(mock.get("/calls").send().await.ok().as_array().unwrap().len(), 1);

    done(&mock, Method::PUT, "/kept?appId=other").await;
    mock.bare(Method::DELETE, "/__mock/apps/other").send().await;
    let listed = done(&mock, Method::GET, "?appId=other").await;
    assert_eq!(listed, json!({ "snapshots": [] }));
}

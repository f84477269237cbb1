//! The error envelope, and the answers of the control plane.

use insta::assert_snapshot;
use reqwest::Method;
use serde_json::json;

use crate::support::{A, B, Mock};

#[tokio::test]
async fn an_error_without_details() {
    let mock = Mock::start().await;
    let key = mock.bare(Method::GET, "/users").header("apikey", "0123456789abcdefghij");
    assert_snapshot!(key.send().await.folded(), @r#"
    {
      "error":{
        "message":"The key 01234**********fghij does not exist. Please use correct apiKey.",
        "devMessage":"The 01234**********fghij key doesn't work. Please use correct apiKey.",
        "source":"chat-api",
        "code":"AUTH_ERR_APIKEY_NOT_FOUND"
      }
    }
    "#);
    assert_snapshot!(mock.get("/users/nobody").send().await.folded(), @r#"
    {
      "error":{
        "message":"The UID nobody does not exist, please make sure you have created a user with UID nobody.",
        "devMessage":"Create the user with POST /users, or correct the uid.",
        "source":"chat-api",
        "code":"ERR_UID_NOT_FOUND"
      }
    }
    "#);
    assert_snapshot!(mock.get("/nowhere").send().await.folded(), @r#"
    {
      "error":{
        "message":"The API endpoint is invalid. Please verify the API call.",
        "devMessage":"There is no GET /nowhere. Check the method, the path and its prefix.",
        "source":"chat-api",
        "code":"ERR_API_NOT_FOUND"
      }
    }
    "#);
}

#[tokio::test]
async fn an_error_with_details() {
    let mock = Mock::start().await;
    let empty = mock.post("/calls", json!({})).by(A).send().await;
    assert_snapshot!(empty.folded(), @r#"
    {
      "error":{
        "message":"Failed to validate the data sent with the request.",
        "devMessage":"Change what the details name.",
        "source":"chat-api",
        "details":{
          "receiver":["The receiver field is required."],
          "receiverType":["The receiverType field is required."],
          "type":["The type field is required."]
        },
        "code":"ERR_BAD_REQUEST"
      }
    }
    "#);
    let body = json!({ "uid": "ann", "name": "Ann", "tags": ["one", 2, 3] });
    assert_snapshot!(mock.post("/users", body).send().await.folded(), @r#"
    {
      "error":{
        "message":"Failed to validate the data sent with the request.",
        "devMessage":"Change what the details name.",
        "source":"chat-api",
        "details":{"tags.1":["The tags.1 must be a string."],"tags.2":["The tags.2 must be a string."]},
        "code":"ERR_BAD_REQUEST"
      }
    }
    "#);
}

#[tokio::test]
async fn an_error_about_a_call_that_is_over() {
    let mock = Mock::start().await;
    let session = mock.ring(A, B).await;
    mock.moved(&session, A, "cancelled").await;
    let late = mock.change(&session, B, json!({ "status": "ongoing" })).await;
    assert_snapshot!(late.folded(), @r#"
    {
      "error":{
        "message":"The call with sessionid v1.us.mock-app.17000000009ffc3055e0c82dc3684f40c52e52aed959e1d475 is ended.",
        "devMessage":"Initiate a new call; a final one does not change.",
        "source":"chat-api",
        "code":"ERR_CALL_TERMINATED"
      }
    }
    "#);
}

#[tokio::test]
async fn the_health_of_the_server() {
    let mock = Mock::start().await;
    mock.ring(A, B).await;
    for path in ["/__mock/health", "/healthz"] {
        let text = mock.bare(Method::GET, path).send().await.text;
        // How long the server has been up is told by the machine's clock.
        let (before, rest) = text.split_once("\"uptimeSeconds\":").unwrap();
        let version = env!("CARGO_PKG_VERSION");
        assert_eq!(before, format!(r#"{{"status":"ok","version":"{version}","#));
        let (uptime, after) = rest.split_once(',').unwrap();
        assert!(uptime.parse::<u64>().unwrap() < 600, "{uptime}");
        assert_eq!(after, r#""apps":1,"calls":1,"requests":1}"#);
    }
}

#[tokio::test]
async fn a_reset_and_what_the_control_plane_does_not_know() {
    let mock = Mock::start().await;
    mock.ring(A, B).await;
    let reset = mock.bare(Method::POST, "/__mock/reset?all=true").send().await;
    assert_snapshot!(reset.folded(), @r#"{"apps":["mock-app"],"removedCalls":1}"#);
    let nothing = mock.bare(Method::GET, "/__mock/nothing").send().await;
    assert_eq!((nothing.status, &nothing.json()["error"]["code"]), (404, &json!("MOCK_NOT_FOUND")));
}

//! Users, their tokens and their blocks.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::{A, B, C, Mock};

fn full() -> Value {
    json!({
        "uid": "Ann", "name": "Ann", "avatar": "https://pics.test/ann.png",
        "link": "https://people.test/ann", "role": "boss", "statusMessage": "Away",
        "metadata": { "a": 1 }, "tags": ["one", "two"], "withAuthToken": true,
    })
}

#[tokio::test]
async fn a_user() {
    let mock = Mock::start().await;
    assert_snapshot!(mock.get(&format!("/users/{A}")).send().await.folded(), @r#"{"data":{"uid":"cometchat-uid-1","name":"Andrew Joseph","status":"offline","role":"default","createdAt":1700000000}}"#);
    assert_snapshot!(mock.post("/users", full()).send().await.folded(), @r#"
    {
      "data":{
        "uid":"ann",
        "name":"Ann",
        "link":"https://people.test/ann",
        "avatar":"https://pics.test/ann.png",
        "metadata":{"a":1},
        "statusMessage":"Away",
        "status":"offline",
        "role":"boss",
        "createdAt":1700000000,
        "tags":["one","two"],
        "authToken":"ann_17000000001ffc3055e0c82dc3684f40c52e52ae"
      }
    }
    "#);
    mock.advance(60);
    let body = json!({ "statusMessage": null });
    assert_snapshot!(mock.put("/users/ann", body).send().await.folded(), @r#"
    {
      "data":{
        "uid":"ann",
        "name":"Ann",
        "link":"https://people.test/ann",
        "avatar":"https://pics.test/ann.png",
        "metadata":{"a":1},
        "status":"offline",
        "role":"boss",
        "createdAt":1700000000,
        "updatedAt":1700000060,
        "tags":["one","two"]
      }
    }
    "#);
}

#[tokio::test]
async fn a_list_of_users() {
    let mock = Mock::start().await;
    assert_snapshot!(mock.get("/users?perPage=2&page=3").send().await.folded(), @r#"
    {
      "data":[{"uid":"cometchat-uid-1","name":"Andrew Joseph","status":"offline","role":"default","createdAt":1700000000}],
      "meta":{"pagination":{"total":5,"count":1,"per_page":2,"current_page":3,"total_pages":3}}
    }
    "#);
}

#[tokio::test]
async fn users_going_and_coming_back() {
    let mock = Mock::start().await;
    assert_snapshot!(mock.delete(&format!("/users/{A}")).send().await.folded(), @r#"{"data":{"deactivatedUids":["cometchat-uid-1"]}}"#);
    let forever = mock.delete(&format!("/users/{B}")).json(json!({ "permanent": true }));
    assert_snapshot!(forever.send().await.folded(), @r#"{"data":{"success":true,"message":"User with UID cometchat-uid-2 has been deleted successfully."}}"#);
    let out = mock.delete("/users").json(json!({ "uidsToDeactivate": [C, A, "nobody"] }));
    assert_snapshot!(out.send().await.folded(), @r#"{"data":{"deactivatedUids":["cometchat-uid-3"],"alreadyDeactivatedUids":["cometchat-uid-1"],"notFound":["nobody"]}}"#);
    let back = mock.put("/users", json!({ "uidsToActivate": [A, "cometchat-uid-4", "nobody"] }));
    assert_snapshot!(back.send().await.folded(), @r#"{"data":{"reactivatedUids":["cometchat-uid-1"],"nonDeactivatedUids":["cometchat-uid-4"],"notFound":["nobody"]}}"#);
}

#[tokio::test]
async fn an_auth_token() {
    let mock = Mock::start().await;
    let path = format!("/users/{A}/auth_tokens");
    let body = json!({ "platform": "ios" });
    assert_snapshot!(mock.post(&path, json!({})).send().await.folded(), @r#"{"data":{"uid":"cometchat-uid-1","authToken":"cometchat-uid-1_17000000001ffc3055e0c82dc3684f40c52e52ae","createdAt":1700000000}}"#);
    assert_snapshot!(mock.post(&path, body).send().await.folded(), @r#"
    {
      "data":{
        "uid":"cometchat-uid-1",
        "authToken":"cometchat-uid-1_170000000059e1d47548c3912bb38650a2984b5e",
        "createdAt":1700000000,
        "platform":"ios"
      }
    }
    "#);
    assert_snapshot!(mock.get(&path).send().await.folded(), @r#"
    {
      "data":[
        {
          "uid":"cometchat-uid-1",
          "authToken":"cometchat-uid-1_170000000059e1d47548c3912bb38650a2984b5e",
          "createdAt":1700000000,
          "platform":"ios"
        },
        {"uid":"cometchat-uid-1","authToken":"cometchat-uid-1_17000000001ffc3055e0c82dc3684f40c52e52ae","createdAt":1700000000}
      ],
      "meta":{"pagination":{"total":2,"count":2,"per_page":100,"current_page":1,"total_pages":1}}
    }
    "#);
    assert_snapshot!(mock.delete(&path).send().await.folded(), @r#"{"data":{"success":true,"message":"All auth tokens of the user with UID cometchat-uid-1 have been deleted."}}"#);
    let one = format!("{path}/{}", mock.token(A).await);
    assert_snapshot!(mock.delete(&one).send().await.folded(), @r#"{"data":{"success":true,"message":"The auth token of the user with UID cometchat-uid-1 has been deleted."}}"#);
}

#[tokio::test]
async fn blocks() {
    let mock = Mock::start().await;
    let body = json!({ "blockedUids": [B, "nobody"] });
    assert_snapshot!(mock.post("/blockedusers", body.clone()).by(A).send().await.folded(), @r#"
    {
      "data":{
        "cometchat-uid-2":{"success":true,"message":"The user with UID cometchat-uid-1 has blocked user with UID cometchat-uid-2."},
        "nobody":{
          "success":false,
          "error":{
            "message":"The UID nobody does not exist, please make sure you have created a user with UID nobody.",
            "devMessage":"Create the user with POST /users, or correct the uid.",
            "source":"chat-api",
            "code":"ERR_UID_NOT_FOUND"
          }
        }
      }
    }
    "#);
    assert_snapshot!(mock.get("/blockedusers").by(A).send().await.folded(), @r#"
    {
      "data":[
        {
          "uid":"cometchat-uid-2",
          "name":"George Alan",
          "status":"offline",
          "role":"default",
          "createdAt":1700000000,
          "blockedByMe":true,
          "blockedByMeAt":1700000000,
          "hasBlockedMe":false
        }
      ],
      "meta":{"pagination":{"total":1,"count":1,"per_page":100,"current_page":1,"total_pages":1}}
    }
    "#);
    assert_snapshot!(mock.get("/blockedusers").by(B).send().await.folded(), @r#"
    {
      "data":[
        {
          "uid":"cometchat-uid-1",
          "name":"Andrew Joseph",
          "status":"offline",
          "role":"default",
          "createdAt":1700000000,
          "blockedByMe":false,
          "hasBlockedMe":true
        }
      ],
      "meta":{"pagination":{"total":1,"count":1,"per_page":100,"current_page":1,"total_pages":1}}
    }
    "#);
    let lifted = mock.delete("/blockedusers").by(A).json(body).send().await;
    assert_snapshot!(lifted.folded(), @r#"
    {
      "data":{
        "cometchat-uid-2":{"success":true,"message":"The user with UID cometchat-uid-1 has unblocked user with UID cometchat-uid-2."},
        "nobody":{
          "success":false,
          "error":{
            "message":"The UID nobody does not exist, please make sure you have created a user with UID nobody.",
            "devMessage":"Create the user with POST /users, or correct the uid.",
            "source":"chat-api",
            "code":"ERR_UID_NOT_FOUND"
          }
        }
      }
    }
    "#);
}

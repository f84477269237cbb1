//! Groups and their members.

use insta::assert_snapshot;
use serde_json::json;

use crate::support::{A, B, C, GROUP, Mock};

#[tokio::test]
async fn a_group_with_the_viewer_in_it_and_without() {
    let mock = Mock::start().await;
    let path = format!("/groups/{GROUP}");
    assert_snapshot!(mock.get(&path).by(A).send().await.folded(), @r#"
    {
      "data":{
        "guid":"cometchat-guid-1",
        "name":"Hiking Group",
        "type":"public",
        "membersCount":5,
        "conversationId":"group_cometchat-guid-1",
        "createdAt":1700000000,
        "owner":"cometchat-uid-1",
        "hasJoined":true,
        "scope":"admin",
        "joinedAt":1700000000
      }
    }
    "#);
    assert_snapshot!(mock.get(&path).send().await.folded(), @r#"
    {
      "data":{
        "guid":"cometchat-guid-1",
        "name":"Hiking Group",
        "type":"public",
        "membersCount":5,
        "conversationId":"group_cometchat-guid-1",
        "createdAt":1700000000,
        "owner":"cometchat-uid-1",
        "hasJoined":false
      }
    }
    "#);
}

#[tokio::test]
async fn a_group_with_everything() {
    let mock = Mock::start().await;
    let body = json!({
        "guid": "Club", "name": "Club", "type": "password", "password": "secret", "owner": A,
        "icon": "https://pics.test/club.png", "description": "Ours", "metadata": { "a": 1 },
        "tags": ["one"],
    });
    assert_snapshot!(mock.post("/groups", body).send().await.folded(), @r#"
    {
      "data":{
        "guid":"club",
        "name":"Club",
        "type":"password",
        "icon":"https://pics.test/club.png",
        "description":"Ours",
        "metadata":{"a":1},
        "tags":["one"],
        "membersCount":1,
        "conversationId":"group_club",
        "createdAt":1700000000,
        "owner":"cometchat-uid-1",
        "hasJoined":false
      }
    }
    "#);
    mock.advance(60);
    let changed = mock.put("/groups/club", json!({ "name": "Our club" })).by(A).send().await;
    assert_snapshot!(changed.folded(), @r#"
    {
      "data":{
        "guid":"club",
        "name":"Our club",
        "type":"password",
        "icon":"https://pics.test/club.png",
        "description":"Ours",
        "metadata":{"a":1},
        "tags":["one"],
        "membersCount":1,
        "conversationId":"group_club",
        "createdAt":1700000000,
        "updatedAt":1700000060,
        "owner":"cometchat-uid-1",
        "hasJoined":true,
        "scope":"admin",
        "joinedAt":1700000000
      }
    }
    "#);
    assert_snapshot!(mock.get("/groups?perPage=1").send().await.folded(), @r#"
    {
      "data":[
        {
          "guid":"club",
          "name":"Our club",
          "type":"password",
          "icon":"https://pics.test/club.png",
          "description":"Ours",
          "metadata":{"a":1},
          "membersCount":1,
          "conversationId":"group_club",
          "createdAt":1700000000,
          "updatedAt":1700000060,
          "owner":"cometchat-uid-1",
          "hasJoined":false
        }
      ],
      "meta":{"pagination":{"total":2,"count":1,"per_page":1,"current_page":1,"total_pages":2}}
    }
    "#);
    assert_snapshot!(mock.delete("/groups/club").send().await.folded(), @r#"{"data":{"success":true,"message":"Group with GUID club has been deleted successfully."}}"#);
}

#[tokio::test]
async fn members_and_what_came_of_adding_them() {
    let mock = Mock::start().await;
    mock.post("/groups", json!({ "guid": "club", "name": "Club" })).send().await.ok();
    let body = json!({
        "admins": [A], "moderators": [B], "participants": [C, "nobody", A], "usersToBan": [B],
    });
    assert_snapshot!(mock.post("/groups/club/members", body).send().await.folded(), @r#"
    {
      "data":{
        "admins":{"cometchat-uid-1":{"success":true}},
        "moderators":{"cometchat-uid-2":{"success":true}},
        "participants":{
          "cometchat-uid-3":{"success":true},
          "nobody":{
            "success":false,
            "error":{
              "message":"The UID nobody does not exist, please make sure you have created a user with UID nobody.",
              "devMessage":"Create the user with POST /users, or correct the uid.",
              "source":"chat-api",
              "code":"ERR_UID_NOT_FOUND"
            }
          },
          "cometchat-uid-1":{
            "success":false,
            "error":{
              "message":"The user with UID cometchat-uid-1 has already joined the group with GUID club.",
              "devMessage":"Nothing to do; the user is a member.",
              "source":"chat-api",
              "code":"ERR_ALREADY_JOINED"
            }
          }
        },
        "usersToBan":{"cometchat-uid-2":{"success":true}}
      }
    }
    "#);
    assert_snapshot!(mock.get("/groups/club/members").send().await.folded(), @r#"
    {
      "data":[
        {
          "uid":"cometchat-uid-1",
          "name":"Andrew Joseph",
          "status":"offline",
          "role":"default",
          "createdAt":1700000000,
          "scope":"admin",
          "joinedAt":1700000000
        },
        {
          "uid":"cometchat-uid-3",
          "name":"Nancy Grace",
          "status":"offline",
          "role":"default",
          "createdAt":1700000000,
          "scope":"participant",
          "joinedAt":1700000000
        }
      ],
      "meta":{"pagination":{"total":2,"count":2,"per_page":100,"current_page":1,"total_pages":1}}
    }
    "#);
    assert_snapshot!(mock.get("/groups/club/bannedusers").send().await.folded(), @r#"
    {
      "data":[{"uid":"cometchat-uid-2","name":"George Alan","status":"offline","role":"default","createdAt":1700000000}],
      "meta":{"pagination":{"total":1,"count":1,"per_page":100,"current_page":1,"total_pages":1}}
    }
    "#);
}

#[tokio::test]
async fn a_membership_that_changes_and_ends() {
    let mock = Mock::start().await;
    let member = format!("/groups/{GROUP}/members/{B}");
    let scope = mock.put(&member, json!({ "scope": "moderator" })).send().await;
    assert_snapshot!(scope.folded(), @r#"{"data":{"uid":"cometchat-uid-2","guid":"cometchat-guid-1","scope":"moderator","joinedAt":1700000000}}"#);
    assert_snapshot!(mock.delete(&member).send().await.folded(), @r#"{"data":{"success":true,"message":"The user with UID cometchat-uid-2 has been removed from the group with GUID cometchat-guid-1."}}"#);
    let leave = mock.delete(&format!("/groups/{GROUP}/members")).by(C).send().await;
    assert_snapshot!(leave.folded(), @r#"{"data":{"success":true,"message":"The user with UID cometchat-uid-3 has left the group with GUID cometchat-guid-1."}}"#);
    let ban = format!("/groups/{GROUP}/bannedusers/{A}");
    assert_snapshot!(mock.post(&ban, json!({})).send().await.folded(), @r#"{"data":{"success":true,"message":"The user with UID cometchat-uid-1 has been banned from the group with GUID cometchat-guid-1."}}"#);
    assert_snapshot!(mock.delete(&ban).send().await.folded(), @r#"{"data":{"success":true,"message":"The user with UID cometchat-uid-1 has been unbanned from the group with GUID cometchat-guid-1."}}"#);
}

#[tokio::test]
async fn joining_shows_the_group() {
    let mock = Mock::start().await;
    mock.post("/groups", json!({ "guid": "club", "name": "Club" })).send().await.ok();
    let token = mock.token(B).await;
    let join = mock.bare(reqwest::Method::POST, "/groups/club/members").token(&token);
    assert_snapshot!(join.send().await.folded(), @r#"
    {
      "data":{
        "guid":"club",
        "name":"Club",
        "type":"public",
        "membersCount":1,
        "conversationId":"group_club",
        "createdAt":1700000000,
        "hasJoined":true,
        "scope":"participant",
        "joinedAt":1700000000
      }
    }
    "#);
}

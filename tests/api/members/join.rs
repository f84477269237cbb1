//! Joining and leaving with a token.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{A, B, GROUP, Mock, Reply, START};

/// A server with an empty group of each type.
async fn with_groups() -> Mock {
    let mock = Mock::start().await;
    for kind in ["public", "private", "password"] {
        let body = json!({ "guid": kind, "name": kind, "type": kind, "password": "secret" });
        mock.post("/groups", body).send().await.ok();
    }
    mock
}

fn members_of(guid: &str) -> String {
    format!("/groups/{guid}/members")
}

async fn join(mock: &Mock, uid: &str, guid: &str, body: Value) -> Reply {
    let token = mock.token(uid).await;
    mock.bare(Method::POST, &members_of(guid)).token(&token).json(body).send().await
}

#[tokio::test]
async fn everybody_may_join_a_public_group() {
    let mock = with_groups().await;
    mock.advance(4);
    let group = join(&mock, A, "PUBLIC", json!({})).await.ok();
    let seen = (&group["guid"], &group["hasJoined"], &group["scope"], &group["joinedAt"]);
    let expected = (&json!("public"), &json!(true), &json!("participant"), &json!(START + 4));
    assert_eq!(seen, expected);
    assert_eq!(group["membersCount"], 1);
    assert_eq!(mock.get(&members_of("public")).send().await.column("uid"), [A]);
}

#[tokio::test]
async fn a_password_group_opens_to_its_password_alone() {
    let mock = with_groups().await;
    for (body, code) in [
        (json!({}), "ERR_EMPTY_GROUP_PASS"),
        (json!({ "password": "" }), "ERR_EMPTY_GROUP_PASS"),
        (json!({ "password": null }), "ERR_EMPTY_GROUP_PASS"),
        (json!({ "password": "Secret" }), "ERR_WRONG_GROUP_PASS"),
    ] {
        join(&mock, A, "password", body).await.refused(400, code);
    }
    assert_eq!(mock.get(&members_of("password")).send().await.ok(), json!([]));
    let group = join(&mock, A, "password", json!({ "password": "secret" })).await.ok();
    assert_eq!(group["hasJoined"], true);
}

#[tokio::test]
async fn the_password_can_be_changed_and_outlasts_other_changes() {
    let mock = with_groups().await;
    mock.put("/groups/password", json!({ "name": "Renamed" })).send().await.ok();
    mock.put("/groups/password", json!({ "type": "password" })).send().await.ok();
    join(&mock, A, "password", json!({ "password": "secret" })).await.ok();
    mock.put("/groups/password", json!({ "password": "other" })).send().await.ok();
    let old = join(&mock, B, "password", json!({ "password": "secret" })).await;
    old.refused(400, "ERR_WRONG_GROUP_PASS");
    join(&mock, B, "password", json!({ "password": "other" })).await.ok();
}

#[tokio::test]
async fn a_group_that_changes_its_type_admits_by_the_new_one() {
    let mock = with_groups().await;
    mock.put("/groups/public", json!({ "type": "private" })).send().await.ok();
    join(&mock, A, "public", json!({})).await.refused(403, "ERR_GROUP_JOIN_NOT_ALLOWED");
    mock.put("/groups/public", json!({ "type": "password", "password": "x" })).send().await.ok();
    join(&mock, A, "public", json!({})).await.refused(400, "ERR_EMPTY_GROUP_PASS");
    mock.put("/groups/public", json!({ "type": "public" })).send().await.ok();
    join(&mock, A, "public", json!({})).await.ok();
}

#[tokio::test]
async fn nobody_joins_a_private_group_by_themselves() {
    let mock = with_groups().await;
    let reply = join(&mock, A, "private", json!({ "password": "secret" })).await;
    reply.refused(403, "ERR_GROUP_JOIN_NOT_ALLOWED");
    let body = json!({ "participants": [A] });
    mock.post(&members_of("private"), body).send().await.ok();
    assert_eq!(mock.get(&members_of("private")).send().await.column("uid"), [A]);
}

#[tokio::test]
async fn who_is_banned_or_in_already_does_not_join() {
    let mock = with_groups().await;
    join(&mock, A, GROUP, json!({})).await.refused(400, "ERR_ALREADY_JOINED");
    let ban = json!({ "participants": [A], "usersToBan": [A] });
    mock.post(&members_of("public"), ban).send().await.ok();
    join(&mock, A, "public", json!({})).await.refused(403, "ERR_BANNED_GROUPMEMBER");
    mock.delete(&format!("/groups/public/bannedusers/{A}")).send().await.ok();
    join(&mock, A, "public", json!({})).await.ok();
    join(&mock, A, "none", json!({})).await.refused(404, "ERR_GUID_NOT_FOUND");
}

#[tokio::test]
async fn a_member_leaves_once() {
    let mock = Mock::start().await;
    let token = mock.token(B).await;
    let leave = || mock.bare(Method::DELETE, &members_of(GROUP)).token(&token).send();
    assert_eq!(leave().await.ok()["success"], true);
    leave().await.refused(404, "ERR_NOT_A_MEMBER");
    assert_eq!(mock.get(&format!("/groups/{GROUP}")).send().await.ok()["membersCount"], 4);
    join(&mock, B, GROUP, json!({})).await.ok();

    mock.delete(&members_of(GROUP)).by(B).send().await.ok();
    let nobody = mock.delete(&members_of(GROUP)).send().await.refused(400, "ERR_BAD_REQUEST");
    assert!(nobody["details"]["onBehalfOf"].is_array(), "{nobody}");
}

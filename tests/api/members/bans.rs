//! `/groups/{guid}/bannedusers`

use serde_json::json;

use crate::support::{A, B, C, GROUP, Mock};

fn banned() -> String {
    format!("/groups/{GROUP}/bannedusers")
}

fn ban(uid: &str) -> String {
    format!("/groups/{GROUP}/bannedusers/{uid}")
}

#[tokio::test]
async fn a_banned_member_is_out_until_unbanned() {
    let mock = Mock::start().await;
    let shout = B.to_uppercase();
    assert_eq!(mock.post(&ban(&shout), json!({})).send().await.ok()["success"], true);
    let members = format!("/groups/{GROUP}/members");
    let listed = mock.get(&members).send().await.column("uid");
    assert!(!listed.contains(&B.to_owned()), "{listed:?}");
    let reply = mock.get(&banned()).send().await;
    assert_eq!((reply.column("uid"), reply.pagination()), (vec![B.to_owned()], [1, 1, 100, 1, 1]));

    let results = mock.post(&members, json!({ "participants": [B] })).send().await.ok();
    assert_eq!(results["participants"][B]["error"]["code"], "ERR_BANNED_GROUPMEMBER");
    assert_eq!(mock.delete(&ban(&shout)).send().await.ok()["success"], true);
    assert_eq!(mock.get(&banned()).send().await.ok(), json!([]));
    let results = mock.post(&members, json!({ "participants": [B] })).send().await.ok();
    assert_eq!(results["participants"][B]["success"], true);
}

#[tokio::test]
async fn a_group_is_not_given_to_somebody_who_is_banned_from_it() {
    let mock = Mock::start().await;
    mock.post(&ban(B), json!({})).send().await.ok();
    let path = format!("/groups/{GROUP}");
    let give = || mock.put(&path, json!({ "owner": B, "name": "Theirs" })).send();
    give().await.refused(403, "ERR_BANNED_GROUPMEMBER");
    let group = mock.get(&path).send().await.ok();
    assert_eq!((&group["owner"], &group["name"]), (&json!(A), &json!("Hiking Group")));
    mock.delete(&ban(B)).send().await.ok();
    assert_eq!(give().await.ok()["owner"], B);
}

#[tokio::test]
async fn who_is_not_banned_cannot_be_unbanned() {
    let mock = Mock::start().await;
    mock.delete(&ban(B)).send().await.refused(404, "ERR_NOT_A_MEMBER");
    mock.delete(&ban("nobody")).send().await.refused(404, "ERR_NOT_A_MEMBER");
    mock.post(&ban(B), json!({})).send().await.ok();
    mock.delete(&ban(B)).send().await.ok();
    mock.delete(&ban(B)).send().await.refused(404, "ERR_NOT_A_MEMBER");
}

#[tokio::test]
async fn who_is_not_a_member_cannot_be_banned() {
    let mock = Mock::start().await;
    mock.delete(&format!("/groups/{GROUP}/members/{B}")).send().await.ok();
    mock.post(&ban(B), json!({})).send().await.refused(404, "ERR_NOT_A_MEMBER");
    assert_eq!(mock.get(&banned()).send().await.ok(), json!([]));
}

#[tokio::test]
async fn nobody_unknown_is_banned() {
    let mock = Mock::start().await;
    let reply = mock.post(&ban("nobody"), json!({})).send().await;
    assert_eq!(reply.status, 404, "{}", reply.text);
}

#[tokio::test]
async fn many_are_banned_at_once_with_a_result_each() {
    let mock = Mock::start().await;
    let body = json!({ "usersToBan": [B, C, "nobody"] });
    let results = mock.post(&format!("/groups/{GROUP}/members"), body).send().await.ok();
    let of = |uid: &str| results["usersToBan"][uid]["success"].clone();
    assert_eq!((of(B), of(C), of("nobody")), (json!(true), json!(true), json!(false)));
    assert_eq!(results["usersToBan"]["nobody"]["error"]["code"], "ERR_UID_NOT_FOUND");
    assert_eq!(mock.get(&banned()).send().await.column("uid"), [B, C]);
    let second = mock.get(&format!("{}?perPage=1&page=2", banned())).send().await;
    assert_eq!(second.column("uid"), [C]);
    let found = mock.get(&format!("{}?searchKey=george&per_page=5", banned())).send().await;
    assert_eq!((found.column("uid"), found.pagination()[2]), (vec![B.to_owned()], 5));
}

#[tokio::test]
async fn a_ban_goes_with_the_user() {
    let mock = Mock::start().await;
    mock.post(&ban(B), json!({})).send().await.ok();
    let forever = json!({ "permanent": true });
    mock.delete(&format!("/users/{B}")).json(forever).send().await.ok();
    assert_eq!(mock.get(&banned()).send().await.ok(), json!([]));
    mock.post("/users", json!({ "uid": B, "name": "Another" })).send().await.ok();
    let body = json!({ "participants": [B] });
    let results = mock.post(&format!("/groups/{GROUP}/members"), body).by(A).send().await.ok();
    assert_eq!(results["participants"][B]["success"], true);
}

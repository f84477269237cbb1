//! Adding, listing, promoting and removing members with a key.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{A, B, C, D, GROUP, Mock, START};

const E: &str = "cometchat-uid-5";

fn members() -> String {
    format!("/groups/{GROUP}/members")
}

fn member(uid: &str) -> String {
    format!("/groups/{GROUP}/members/{uid}")
}

async fn with_club() -> Mock {
    let mock = Mock::start().await;
    mock.post("/groups", json!({ "guid": "club", "name": "Club" })).send().await.ok();
    mock
}

#[tokio::test]
async fn each_uid_that_is_added_has_a_result_of_its_own() {
    let mock = with_club().await;
    mock.post("/groups/club/members", json!({ "usersToBan": [E] })).send().await.ok();
    let shout = B.to_uppercase();
    let body = json!({ "admins": [A], "moderators": [shout], "participants": [C, A, "nobody", E] });
    let results = mock.post("/groups/club/members", body).send().await.ok();
    for (list, uid) in [("admins", A), ("moderators", &shout), ("participants", C)] {
        assert_eq!(results[list][uid]["success"], true, "{results}");
    }
    for (uid, code) in
        [(A, "ERR_ALREADY_JOINED"), ("nobody", "ERR_UID_NOT_FOUND"), (E, "ERR_BANNED_GROUPMEMBER")]
    {
        let result = &results["participants"][uid];
        assert_eq!((&result["success"], &result["error"]["code"]), (&json!(false), &json!(code)));
    }
    assert_eq!(results.get("usersToBan"), None);
    let listed = mock.get("/groups/club/members").send().await;
    assert_eq!(listed.column("uid"), [A, B, C]);
    assert_eq!(listed.column("scope"), ["admin", "moderator", "participant"]);
}

#[tokio::test]
async fn a_private_group_is_no_obstacle_for_a_key() {
    let mock = with_club().await;
    mock.put("/groups/club", json!({ "type": "password", "password": "x" })).send().await.ok();
    let body = json!({ "participants": [A] });
    let results = mock.post("/groups/club/members", body).by(B).send().await.ok();
    assert_eq!(results["participants"][A]["success"], true);
}

#[tokio::test]
async fn what_to_do_with_whom_must_be_said() {
    let mock = with_club().await;
    let reply = mock.post("/groups/club/members", json!({})).send().await;
    assert!(reply.refused(400, "ERR_BAD_REQUEST")["details"].is_object());
    let body = json!({ "participants": vec![A; 26], "admins": [7], "moderators": A });
    let reply = mock.post("/groups/club/members", body).send().await;
    let details = json!({
        "participants": ["The participants must not have more than 25 items."],
        "admins.0": ["The admins.0 must be a string."],
        "moderators": ["The moderators must be an array."],
    });
    assert_eq!(reply.refused(400, "ERR_BAD_REQUEST")["details"], details);
}

#[tokio::test]
async fn members_are_listed_with_scope_and_time() {
    let mock = Mock::start().await;
    mock.put(&member(C), json!({ "scope": "moderator" })).send().await.ok();
    let reply = mock.get(&members()).send().await;
    assert_eq!(reply.pagination(), [5, 5, 100, 1, 1]);
    for (query, uids) in [
        ("", vec![A, B, C, D, E]),
        ("?scopes=admin", vec![A]),
        ("?scopes=admin,moderator", vec![A, C]),
        ("?scopes[]=moderator", vec![C]),
        ("?scopes=boss", vec![]),
        ("?searchKey=GEORGE", vec![B]),
        ("?searchKey=uid-4", vec![D]),
        ("?searchKey=george&scopes=admin", vec![]),
        ("?perPage=2&page=3", vec![E]),
        ("?perPage=2&page=4", vec![]),
    ] {
        let mut found = mock.get(&format!("{}{query}", members())).send().await.column("uid");
        found.sort();
        assert_eq!(found, uids, "{query}");
    }
    let entry = reply.ok()[0].clone();
    let seen = (&entry["uid"], &entry["scope"], &entry["joinedAt"]);
    assert_eq!(seen, (&json!(A), &json!("admin"), &json!(START)));
    mock.get(&format!("{}?page=x", members())).send().await.refused(400, "ERR_BAD_REQUEST");
}

#[tokio::test]
async fn a_scope_changes_but_not_to_what_it_is() {
    let mock = Mock::start().await;
    for scope in ["moderator", "admin", "participant"] {
        let body = json!({ "scope": scope });
        let changed = mock.put(&member(&B.to_uppercase()), body.clone()).send().await.ok();
        let expected = json!({ "uid": B, "guid": GROUP, "scope": scope, "joinedAt": START });
        assert_eq!(changed, expected);
        mock.put(&member(B), body).send().await.refused(403, "ERR_SAME_SCOPE");
        let viewed = mock.get(&format!("/groups/{GROUP}")).by(B).send().await.ok();
        assert_eq!(viewed["scope"], scope);
    }
}

#[tokio::test]
async fn only_members_have_a_scope_and_only_the_three() {
    let mock = with_club().await;
    for uid in [A, "nobody"] {
        let path = format!("/groups/club/members/{uid}");
        let reply = mock.put(&path, json!({ "scope": "admin" })).send().await;
        reply.refused(404, "ERR_NOT_A_MEMBER");
    }
    for (body, text) in [
        (json!({}), "The scope field is required."),
        (json!({ "scope": "" }), "The scope field is required."),
        (json!({ "scope": "boss" }), "The selected scope is invalid."),
    ] {
        let error = mock.put(&member(B), body).send().await.refused(400, "ERR_BAD_REQUEST");
        assert_eq!(error["details"], json!({ "scope": [text] }));
    }
}

#[tokio::test]
async fn who_is_kicked_is_out_and_may_come_back() {
    let mock = Mock::start().await;
    assert_eq!(mock.delete(&member(B)).send().await.ok()["success"], true);
    mock.delete(&member(B)).send().await.refused(404, "ERR_NOT_A_MEMBER");
    mock.delete(&member("nobody")).send().await.refused(404, "ERR_NOT_A_MEMBER");
    assert_eq!(mock.get(&members()).send().await.column("uid"), [A, C, D, E]);

    let ring = json!({ "receiver": GROUP, "receiverType": "group", "type": "audio" });
    mock.post("/calls", ring).by(B).send().await.refused(403, "ERR_GROUP_NOT_JOINED");
    let token = mock.token(B).await;
    mock.bare(Method::POST, &members()).token(&token).send().await.ok();
    mock.ring_group(B, GROUP).await;
}

#[tokio::test]
async fn a_token_does_not_manage_members() {
    let mock = Mock::start().await;
    let token = mock.token(A).await;
    let banned = format!("/groups/{GROUP}/bannedusers");
    let one_banned = format!("{banned}/{B}");
    for (method, path) in [
        (Method::PUT, member(B)),
        (Method::DELETE, member(B)),
        (Method::GET, banned),
        (Method::POST, one_banned.clone()),
        (Method::DELETE, one_banned),
    ] {
        let request = mock.bare(method, &path).token(&token).json(json!({ "scope": "admin" }));
        request.send().await.refused(403, "AUTH_ERR_NO_ACCESS");
    }
}

#[tokio::test]
async fn a_group_shows_the_acting_user_their_own_part() {
    let mock = Mock::start().await;
    mock.delete(&member(C)).send().await.ok();
    for (uid, joined, scope) in
        [(A, true, json!("admin")), (B, true, json!("participant")), (C, false, Value::Null)]
    {
        let group = mock.get(&format!("/groups/{GROUP}")).by(uid).send().await.ok();
        assert_eq!((&group["hasJoined"], &group["scope"]), (&json!(joined), &scope), "{uid}");
        assert_eq!(group.get("joinedAt").is_some(), joined, "{uid}");
    }
}

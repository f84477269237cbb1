//! Making, changing and removing groups.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{A, B, C, GROUP, Mock, START};

fn at(guid: &str) -> String {
    format!("/groups/{guid}")
}

#[tokio::test]
async fn a_new_group_has_every_field_that_was_given_but_never_shows_its_password() {
    let mock = Mock::start().await;
    let body = json!({
        "guid": "Club_1-x", "name": "Club", "type": "password", "password": "secret",
        "icon": "https://pics.test/club.png", "description": "Ours", "owner": B.to_uppercase(),
        "metadata": { "a": 1 }, "tags": ["one"],
    });
    let expected = json!({
        "guid": "club_1-x", "name": "Club", "type": "password",
        "icon": "https://pics.test/club.png", "description": "Ours", "owner": B,
        "metadata": { "a": 1 }, "tags": ["one"], "membersCount": 1,
        "conversationId": "group_club_1-x", "createdAt": START, "hasJoined": false,
    });
    assert_eq!(mock.post("/groups", body).send().await.ok(), expected);
    for spelling in ["club_1-x", "CLUB_1-X"] {
        assert_eq!(mock.get(&at(spelling)).send().await.ok(), expected);
    }
    let owner = mock.get(&at("club_1-x")).by(B).send().await.ok();
    let seen = (&owner["hasJoined"], &owner["scope"], &owner["joinedAt"]);
    assert_eq!(seen, (&json!(true), &json!("admin"), &json!(START)));
}

#[tokio::test]
async fn a_guid_and_a_name_are_enough_for_a_public_group() {
    let mock = Mock::start().await;
    let group = mock.post("/groups", json!({ "guid": "club", "name": "Club" })).send().await.ok();
    let expected = json!({
        "guid": "club", "name": "Club", "type": "public", "membersCount": 0,
        "conversationId": "group_club", "createdAt": START, "hasJoined": false,
    });
    assert_eq!(group, expected);
}

#[tokio::test]
async fn a_user_owns_what_they_make() {
    let mock = Mock::start().await;
    let token = mock.token(A).await;
    let body = json!({ "guid": "club", "name": "Club", "owner": B });
    let group = mock.bare(Method::POST, "/groups").token(&token).json(body).send().await.ok();
    let seen = (&group["owner"], &group["hasJoined"], &group["scope"], &group["membersCount"]);
    assert_eq!(seen, (&json!(A), &json!(true), &json!("admin"), &json!(1)));
}

#[tokio::test]
async fn members_can_be_given_along_with_a_new_group() {
    let mock = Mock::start().await;
    let members = json!({ "admins": [A], "moderators": [B], "participants": [C, "nobody"] });
    let body = json!({ "guid": "club", "name": "Club", "members": members });
    assert_eq!(mock.post("/groups", body).send().await.ok()["membersCount"], 3);
    let listed = mock.get("/groups/club/members").send().await;
    assert_eq!(listed.column("uid"), [A, B, C]);
    assert_eq!(listed.column("scope"), ["admin", "moderator", "participant"]);
}

#[tokio::test]
async fn a_guid_is_taken_in_any_case() {
    let mock = Mock::start().await;
    let again = json!({ "guid": GROUP.to_uppercase(), "name": "Again" });
    mock.post("/groups", again.clone()).send().await.refused(400, "ERR_GUID_ALREADY_EXISTS");
    mock.delete(&at(GROUP)).send().await.ok();
    assert_eq!(mock.post("/groups", again).send().await.ok()["guid"], GROUP);
}

#[tokio::test]
async fn everything_that_is_wrong_with_a_new_group_is_said_at_once() {
    let mock = Mock::start().await;
    let one = |field: &str, text: &str| json!({ field: [text] });
    let required = json!({
        "guid": ["The guid field is required."], "name": ["The name field is required."],
    });
    for (body, details) in [
        (json!({}), required),
        (
            json!({ "guid": "a b", "name": "Club" }),
            one("guid", "The guid must only contain letters, numbers, dashes and underscores."),
        ),
        (
            json!({ "guid": "a".repeat(101), "name": "Club" }),
            one("guid", "The guid must not be greater than 100 characters."),
        ),
        (
            json!({ "guid": "club", "name": "Club", "type": "secret" }),
            one("type", "The selected type is invalid."),
        ),
        (
            json!({ "guid": "club", "name": "Club", "icon": "nowhere" }),
            one("icon", "The icon must be a valid URL."),
        ),
        (
            json!({ "guid": "club", "name": "Club", "tags": vec!["tag"; 26] }),
            one("tags", "The tags must not have more than 25 items."),
        ),
        (
            json!({ "guid": "club", "name": "Club", "members": { "admins": [7] } }),
            one("members.admins.0", "The members.admins.0 must be a string."),
        ),
    ] {
        let error = mock.post("/groups", body.clone()).send().await.refused(400, "ERR_BAD_REQUEST");
        assert_eq!(error["details"], details, "{body}");
    }
    mock.get("/groups/club").send().await.refused(404, "ERR_GUID_NOT_FOUND");
}

#[tokio::test]
async fn a_password_group_needs_a_password_and_an_owner_must_exist() {
    let mock = Mock::start().await;
    for (extra, status, code) in [
        (json!({ "type": "password" }), 400, "ERR_EMPTY_GROUP_PASS"),
        (json!({ "type": "password", "password": "" }), 400, "ERR_EMPTY_GROUP_PASS"),
        (json!({ "owner": "nobody" }), 404, "ERR_UID_NOT_FOUND"),
    ] {
        let mut body = json!({ "guid": "club", "name": "Club" });
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        mock.post("/groups", body).send().await.refused(status, code);
        mock.put(&at(GROUP), extra).send().await.refused(status, code);
    }
    let group = mock.get(&at(GROUP)).send().await.ok();
    assert_eq!((&group["type"], &group["owner"]), (&json!("public"), &json!(A)));
    mock.get(&at("club")).send().await.refused(404, "ERR_GUID_NOT_FOUND");
}

#[tokio::test]
async fn an_update_changes_what_is_given_and_null_clears() {
    let mock = Mock::start().await;
    mock.advance(9);
    let full = json!({
        "name": "Walkers", "type": "private", "icon": "https://pics.test/w", "description": "Us",
        "metadata": { "a": 1 }, "tags": ["one"], "owner": B,
    });
    let group = mock.put(&at(&GROUP.to_uppercase()), full).send().await.ok();
    let expected = json!({
        "guid": GROUP, "name": "Walkers", "type": "private", "icon": "https://pics.test/w",
        "description": "Us", "metadata": { "a": 1 }, "tags": ["one"], "membersCount": 5,
        "conversationId": format!("group_{GROUP}"), "createdAt": START, "updatedAt": START + 9,
        "owner": B, "hasJoined": false,
    });
    assert_eq!(group, expected);

    let clear = json!({ "icon": null, "description": null, "metadata": null, "tags": null });
    let group = mock.put(&at(GROUP), clear).send().await.ok();
    for field in ["icon", "description", "metadata", "tags"] {
        assert_eq!(group.get(field), None, "{group}");
    }
    assert_eq!((&group["name"], &group["type"]), (&json!("Walkers"), &json!("private")));
}

#[tokio::test]
async fn a_group_keeps_its_name() {
    let mock = Mock::start().await;
    for name in [json!(""), Value::Null] {
        let reply = mock.put(&at(GROUP), json!({ "name": name, "type": "odd" })).send().await;
        let details = json!({
            "name": ["The name field must have a value."],
            "type": ["The selected type is invalid."],
        });
        assert_eq!(reply.refused(400, "ERR_BAD_REQUEST")["details"], details);
    }
}

#[tokio::test]
async fn what_does_not_exist_is_not_found() {
    let mock = Mock::start().await;
    for request in [
        mock.get("/groups/none"),
        mock.put("/groups/none", json!({ "name": "None" })),
        mock.delete("/groups/none"),
        mock.get("/groups/no%20name"),
        mock.get("/groups/none/members"),
        mock.post("/groups/none/members", json!({ "participants": [A] })),
        mock.put(&format!("/groups/none/members/{A}"), json!({ "scope": "admin" })),
        mock.delete(&format!("/groups/none/members/{A}")),
        mock.delete("/groups/none/members").by(A),
        mock.get("/groups/none/bannedusers"),
        mock.post(&format!("/groups/none/bannedusers/{A}"), json!({})),
        mock.delete(&format!("/groups/none/bannedusers/{A}")),
    ] {
        request.send().await.refused(404, "ERR_GUID_NOT_FOUND");
    }
}

#[tokio::test]
async fn only_admins_change_and_remove_a_group_with_a_token() {
    let mock = Mock::start().await;
    let (admin, member) = (mock.token(A).await, mock.token(B).await);
    let put = |token: &str| mock.bare(Method::PUT, &at(GROUP)).token(token);
    let name = json!({ "name": "Walkers" });
    put(&member).json(name.clone()).send().await.refused(403, "AUTH_ERR_NO_ACCESS");
    put(&admin).json(name).send().await.ok();
    let delete = |token: &str| mock.bare(Method::DELETE, &at(GROUP)).token(token);
    delete(&member).send().await.refused(403, "AUTH_ERR_NO_ACCESS");
    delete(&admin).send().await.ok();
}

#[tokio::test]
async fn a_deleted_group_is_gone_and_its_call_is_over() {
    for (answered, status) in [(false, "canceled"), (true, "ended")] {
        let mock = Mock::start().await;
        let session = mock.ring_group(A, GROUP).await;
        if answered {
            mock.moved(&session, B, "ongoing").await;
        }
        mock.advance(30);
        let gone = mock.delete(&at(GROUP)).send().await.ok();
        assert_eq!(gone["success"], true);
        assert!(gone["message"].as_str().is_some_and(|text| text.contains(GROUP)), "{gone}");
        mock.get(&at(GROUP)).send().await.refused(404, "ERR_GUID_NOT_FOUND");

        let log = mock.log(&session).await;
        let seen = (log["status"].as_str(), log["endedAt"].as_i64(), log["receiver"].as_str());
        assert_eq!(seen, (Some(status), Some(START + 30), Some(GROUP)));
        // Everybody who was on it is free again.
        mock.ring(A, C).await;
        mock.ring(B, C).await;
    }
}

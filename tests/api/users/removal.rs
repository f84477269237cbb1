//! `DELETE /users/{uid}`, and `PUT` and `DELETE /users`.

use serde_json::{Value, json};

use crate::support::{A, B, C, GROUP, Mock, START};

#[tokio::test]
async fn a_user_who_is_deleted_for_good_leaves_nothing_behind() {
    let mock = Mock::start().await;
    let token = mock.token(A).await;
    let path = format!("/users/{A}");
    let gone = mock.delete(&path).json(json!({ "permanent": true })).send().await.ok();
    assert_eq!(gone["success"], true);
    assert!(gone["message"].as_str().unwrap().contains(A), "{gone}");

    mock.get(&path).send().await.refused(404, "ERR_UID_NOT_FOUND");
    mock.delete(&path).send().await.refused(404, "ERR_UID_NOT_FOUND");
    let as_them = mock.bare(reqwest::Method::GET, "/users").token(&token).send().await;
    as_them.refused(401, "AUTH_ERR_AUTH_TOKEN_NOT_FOUND");
    assert_eq!(mock.get("/users").send().await.pagination()[0], 4);
    let members = mock.get(&format!("/groups/{GROUP}/members")).send().await.column("uid");
    assert!(!members.contains(&A.to_owned()), "{members:?}");
    assert_eq!(mock.get(&format!("/groups/{GROUP}")).send().await.ok()["membersCount"], 4);
}

#[tokio::test]
async fn a_deactivated_user_can_neither_act_nor_be_called_until_reactivated() {
    let mock = Mock::start().await;
    let token = mock.token(A).await;
    let path = format!("/users/{A}");
    assert_eq!(mock.delete(&path).send().await.ok(), json!({ "deactivatedUids": [A] }));

    let ring = |to: &str| json!({ "receiver": to, "receiverType": "user", "type": "audio" });
    mock.post("/calls", ring(B)).by(A).send().await.refused(404, "ERR_UID_NOT_FOUND");
    mock.post("/calls", ring(A)).by(B).send().await.refused(404, "ERR_UID_NOT_FOUND");
    let tokens = mock.post(&format!("{path}/auth_tokens"), json!({})).send().await;
    tokens.refused(404, "ERR_UID_NOT_FOUND");
    let as_them = || mock.bare(reqwest::Method::GET, "/users").token(&token).send();
    as_them().await.refused(401, "AUTH_ERR_AUTH_TOKEN_NOT_FOUND");

    let back = mock.put("/users", json!({ "uidsToActivate": [A] })).send().await.ok();
    assert_eq!(back, json!({ "reactivatedUids": [A] }));
    as_them().await.refused(401, "AUTH_ERR_AUTH_TOKEN_NOT_FOUND");
    let user = mock.get(&path).send().await.ok();
    assert_eq!((&user["name"], &user["createdAt"]), (&json!("Andrew Joseph"), &json!(START)));
    mock.ring_group(A, GROUP).await;
}

#[tokio::test]
async fn deactivating_by_list_sorts_the_uids_by_what_came_of_each() {
    let mock = Mock::start().await;
    mock.delete(&format!("/users/{A}")).send().await.ok();
    let shout = B.to_uppercase();
    for (uids, expected) in [
        (
            json!([A, shout, "nobody", C]),
            json!({
                "deactivatedUids": [shout, C], "alreadyDeactivatedUids": [A],
                "notFound": ["nobody"],
            }),
        ),
        (json!([B]), json!({ "alreadyDeactivatedUids": [B] })),
        (json!(["no body"]), json!({ "notFound": ["no body"] })),
    ] {
        let body = json!({ "uidsToDeactivate": uids });
        assert_eq!(mock.delete("/users").json(body).send().await.ok(), expected);
    }
    assert_eq!(mock.get("/users").send().await.pagination()[0], 2);
}

#[tokio::test]
async fn reactivating_by_list_sorts_the_uids_by_what_came_of_each() {
    let mock = Mock::start().await;
    mock.delete("/users").json(json!({ "uidsToDeactivate": [A, B] })).send().await.ok();
    let shout = A.to_uppercase();
    for (uids, expected) in [
        (
            json!([shout, C, "nobody", B]),
            json!({
                "reactivatedUids": [shout, B], "nonDeactivatedUids": [C], "notFound": ["nobody"],
            }),
        ),
        (json!([A]), json!({ "nonDeactivatedUids": [A] })),
    ] {
        let body = json!({ "uidsToActivate": uids });
        assert_eq!(mock.put("/users", body).send().await.ok(), expected);
    }
    assert_eq!(mock.get("/users").send().await.pagination()[0], 5);
}

#[tokio::test]
async fn the_lists_of_uids_are_required() {
    let mock = Mock::start().await;
    let text = |field: &str| json!({ field: [format!("The {field} field is required.")] });
    for body in [json!({}), json!({ "uidsToActivate": [], "uidsToDeactivate": [] })] {
        let reply = mock.put("/users", body.clone()).send().await;
        let error = reply.refused(400, "ERR_BAD_REQUEST");
        assert_eq!(error["details"], text("uidsToActivate"));
        let reply = mock.delete("/users").json(body).send().await;
        let error = reply.refused(400, "ERR_BAD_REQUEST");
        assert_eq!(error["details"], text("uidsToDeactivate"));
    }
    let reply = mock.put("/users", json!({ "uidsToActivate": [1] })).send().await;
    let details = json!({ "uidsToActivate.0": ["The uidsToActivate.0 must be a string."] });
    assert_eq!(reply.refused(400, "ERR_BAD_REQUEST")["details"], details);
}

#[tokio::test]
async fn unknown_users_and_unclear_wishes_are_refused() {
    let mock = Mock::start().await;
    mock.delete("/users/nobody").send().await.refused(404, "ERR_UID_NOT_FOUND");
    let body = json!({ "permanent": "perhaps" });
    let reply = mock.delete(&format!("/users/{A}")).json(body).send().await;
    let details = json!({ "permanent": ["The permanent field must be true or false."] });
    assert_eq!(reply.refused(400, "ERR_BAD_REQUEST")["details"], details);
    mock.get(&format!("/users/{A}")).send().await.ok();
}

#[tokio::test]
async fn who_goes_away_leaves_their_calls() {
    // Who goes, whether the call was answered, and how the log shows it afterwards.
    for (who, answered, status) in
        [(A, false, "canceled"), (B, false, "unanswered"), (A, true, "ended"), (B, true, "ended")]
    {
        for permanent in [false, true] {
            let mock = Mock::start().await;
            let session = mock.ring(A, B).await;
            if answered {
                mock.moved(&session, B, "ongoing").await;
            }
            mock.advance(20);
            let body = json!({ "permanent": permanent });
            mock.delete(&format!("/users/{who}")).json(body).send().await.ok();

            let log = mock.log(&session).await;
            let seen = (log["status"].as_str().unwrap(), log["endedAt"].as_i64());
            assert_eq!(seen, (status, Some(START + 20)), "{who} went, answered: {answered}");
            let left = log["participants"].as_array().unwrap();
            assert!(left.iter().all(|entry| entry["state"] != "ongoing"), "{log}");
            // The other one is free again.
            let other = if who == A { B } else { A };
            mock.ring(other, C).await;
        }
    }
}

#[tokio::test]
async fn a_group_call_goes_on_without_who_was_deactivated() {
    let mock = Mock::start().await;
    let session = mock.ring_group(A, GROUP).await;
    mock.moved(&session, B, "ongoing").await;
    mock.moved(&session, C, "ongoing").await;
    mock.delete("/users").json(json!({ "uidsToDeactivate": [A, C] })).send().await.ok();
    assert_eq!(mock.log(&session).await["status"], "ongoing");
    mock.delete(&format!("/users/{B}")).send().await.ok();
    let log = mock.log(&session).await;
    assert_eq!((&log["status"], &log["totalParticipants"]), (&json!("ended"), &json!(3)));
    assert_ne!(log["endedAt"], Value::Null);
}

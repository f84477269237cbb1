//! `/users/{uid}/blockedusers` and `/blockedusers`

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{A, B, C, D, GROUP, Mock, START};

fn blocked(uids: &[&str]) -> Value {
    json!({ "blockedUids": uids })
}

fn ring(to: &str) -> Value {
    json!({ "receiver": to, "receiverType": "user", "type": "audio" })
}

#[tokio::test]
async fn each_uid_has_a_result_of_its_own_under_the_name_it_was_sent_with() {
    let mock = Mock::start().await;
    let path = format!("/users/{A}/blockedusers");
    let shout = C.to_uppercase();
    for request in [Method::POST, Method::DELETE] {
        let body = blocked(&[B, "nobody", &shout, "no body"]);
        let results = mock.request(request, &path).json(body).send().await.ok();
        assert_eq!(results.as_object().unwrap().len(), 4, "{results}");
        for uid in [B, &shout] {
            assert_eq!(results[uid]["success"], true, "{results}");
            assert!(results[uid]["message"].as_str().is_some_and(|text| text.contains(uid)));
        }
        for uid in ["nobody", "no body"] {
            assert_eq!(results[uid]["success"], false, "{results}");
            assert_eq!(results[uid]["error"]["code"], "ERR_UID_NOT_FOUND", "{results}");
        }
    }
}

#[tokio::test]
async fn a_block_stops_calls_both_ways_until_it_is_lifted() {
    let mock = Mock::start().await;
    let path = format!("/users/{A}/blockedusers");
    mock.post(&path, blocked(&[B])).send().await.ok();
    mock.post("/calls", ring(B)).by(A).send().await.refused(400, "ERR_BLOCKED_RECEIVER");
    mock.post("/calls", ring(A)).by(B).send().await.refused(400, "ERR_BLOCKED_SENDER");
    mock.ring(C, A).await;
    mock.ring(B, D).await;

    let mock = Mock::start().await;
    mock.post(&path, blocked(&[B])).send().await.ok();
    mock.delete(&path).json(blocked(&[B])).send().await.ok();
    mock.ring(A, B).await;
}

#[tokio::test]
async fn when_both_have_blocked_the_callers_own_block_is_named() {
    let mock = Mock::start().await;
    mock.post(&format!("/users/{A}/blockedusers"), blocked(&[B])).send().await.ok();
    mock.post(&format!("/users/{B}/blockedusers"), blocked(&[A])).send().await.ok();
    mock.post("/calls", ring(B)).by(A).send().await.refused(400, "ERR_BLOCKED_RECEIVER");
    mock.delete(&format!("/users/{A}/blockedusers")).json(blocked(&[B])).send().await.ok();
    mock.post("/calls", ring(B)).by(A).send().await.refused(400, "ERR_BLOCKED_SENDER");
}

#[tokio::test]
async fn blocks_do_not_keep_anybody_from_group_calls() {
    let mock = Mock::start().await;
    mock.post(&format!("/users/{A}/blockedusers"), blocked(&[B])).send().await.ok();
    let session = mock.ring_group(A, GROUP).await;
    mock.moved(&session, B, "ongoing").await;
}

#[tokio::test]
async fn a_user_blocks_in_their_own_name() {
    let mock = Mock::start().await;
    let token = mock.token(A).await;
    let own = |method| mock.bare(method, "/blockedusers").token(&token);
    let results = own(Method::POST).json(blocked(&[B, "nobody"])).send().await.ok();
    let outcome = (&results[B]["success"], &results["nobody"]["success"]);
    assert_eq!(outcome, (&json!(true), &json!(false)));
    assert_eq!(own(Method::GET).send().await.column("uid"), [B]);
    let seen = mock.get(&format!("/users/{A}/blockedusers")).send().await;
    assert_eq!(seen.column("uid"), [B]);
    mock.post("/calls", ring(B)).by(A).send().await.refused(400, "ERR_BLOCKED_RECEIVER");

    own(Method::DELETE).json(blocked(&[B])).send().await.ok();
    assert_eq!(own(Method::GET).send().await.ok(), json!([]));
}

#[tokio::test]
async fn a_key_blocks_in_somebodys_name() {
    let mock = Mock::start().await;
    mock.post("/blockedusers", blocked(&[B])).by(A).send().await.ok();
    assert_eq!(mock.get("/blockedusers").by(A).send().await.column("uid"), [B]);
    mock.delete("/blockedusers").by(A).json(blocked(&[B])).send().await.ok();
    assert_eq!(mock.get("/blockedusers").by(A).send().await.ok(), json!([]));
    for method in [Method::POST, Method::GET, Method::DELETE] {
        let reply = mock.request(method, "/blockedusers").json(blocked(&[B])).send().await;
        let error = reply.refused(400, "ERR_BAD_REQUEST");
        assert!(error["details"]["onBehalfOf"].is_array(), "{error}");
    }
}

#[tokio::test]
async fn a_token_does_not_open_the_blocks_of_others() {
    let mock = Mock::start().await;
    let token = mock.token(A).await;
    for method in [Method::POST, Method::GET, Method::DELETE] {
        let request = mock.bare(method, &format!("/users/{B}/blockedusers")).token(&token);
        request.json(blocked(&[C])).send().await.refused(403, "AUTH_ERR_NO_ACCESS");
    }
}

#[tokio::test]
async fn an_unknown_user_in_the_path_is_an_error_of_the_whole_request() {
    let mock = Mock::start().await;
    mock.delete(&format!("/users/{B}")).send().await.ok();
    for uid in ["nobody", B] {
        for method in [Method::POST, Method::GET, Method::DELETE] {
            let path = format!("/users/{uid}/blockedusers");
            let reply = mock.request(method, &path).json(blocked(&[A])).send().await;
            reply.refused(404, "ERR_UID_NOT_FOUND");
        }
    }
}

#[tokio::test]
async fn the_list_of_uids_is_required() {
    let mock = Mock::start().await;
    for body in [json!({}), blocked(&[]), json!({ "blockedUids": null })] {
        let reply = mock.post("/blockedusers", body).by(A).send().await;
        let details = json!({ "blockedUids": ["The blockedUids field is required."] });
        assert_eq!(reply.refused(400, "ERR_BAD_REQUEST")["details"], details);
    }
    let reply = mock.post("/blockedusers", json!({ "blockedUids": B })).by(A).send().await;
    let details = json!({ "blockedUids": ["The blockedUids must be an array."] });
    assert_eq!(reply.refused(400, "ERR_BAD_REQUEST")["details"], details);
}

#[tokio::test]
async fn a_list_of_blocks_shows_either_direction_or_both() {
    let mock = Mock::start().await;
    // A has blocked B and C; C and D have blocked A.
    mock.advance(3);
    for (by, whom) in [(A, &[B, C][..]), (C, &[A]), (D, &[A])] {
        mock.post("/blockedusers", blocked(whom)).by(by).send().await.ok();
    }
    for (query, uids) in [
        ("", vec![B, C, D]),
        ("?direction=both", vec![B, C, D]),
        ("?direction=blockedByMe", vec![B, C]),
        ("?direction=hasBlockedMe", vec![C, D]),
        ("?direction=sideways", vec![]),
        ("?searchKey=GEORGE", vec![B]),
        ("?searchKey=uid-4&direction=hasBlockedMe", vec![D]),
        ("?perPage=2&page=2", vec![D]),
    ] {
        let mut found = mock.get(&format!("/blockedusers{query}")).by(A).send().await.column("uid");
        found.sort();
        assert_eq!(found, uids, "{query}");
    }
    let all = mock.get("/blockedusers").by(A).send().await;
    assert_eq!(all.pagination(), [3, 3, 100, 1, 1]);
    let expected = |uid: &str| match uid {
        B => (json!(true), json!(START + 3), json!(false)),
        C => (json!(true), json!(START + 3), json!(true)),
        _ => (json!(false), Value::Null, json!(true)),
    };
    for entry in all.ok().as_array().unwrap() {
        let uid = entry["uid"].as_str().unwrap();
        let seen = (&entry["blockedByMe"], &entry["blockedByMeAt"], &entry["hasBlockedMe"]);
        let (by_me, at, has_me) = expected(uid);
        assert_eq!(seen, (&by_me, &at, &has_me), "{uid}");
    }
}

#[tokio::test]
async fn blocking_again_keeps_the_first_block() {
    let mock = Mock::start().await;
    for _ in 0..2 {
        let results = mock.post("/blockedusers", blocked(&[B])).by(A).send().await.ok();
        assert_eq!(results[B]["success"], true);
        mock.advance(10);
    }
    let list = mock.get("/blockedusers").by(A).send().await.ok();
    assert_eq!((list.as_array().unwrap().len(), &list[0]["blockedByMeAt"]), (1, &json!(START)));
}

#[tokio::test]
async fn blocks_outlast_a_deactivation_but_not_a_deletion() {
    let mock = Mock::start().await;
    mock.post("/blockedusers", blocked(&[B])).by(A).send().await.ok();
    mock.delete(&format!("/users/{B}")).send().await.ok();
    assert_eq!(mock.get("/blockedusers").by(A).send().await.ok(), json!([]));
    mock.put("/users", json!({ "uidsToActivate": [B] })).send().await.ok();
    assert_eq!(mock.get("/blockedusers").by(A).send().await.column("uid"), [B]);

    let forever = json!({ "permanent": true });
    mock.delete(&format!("/users/{B}")).json(forever).send().await.ok();
    mock.post("/users", json!({ "uid": B, "name": "Another" })).send().await.ok();
    assert_eq!(mock.get("/blockedusers").by(A).send().await.ok(), json!([]));
    mock.ring(A, B).await;
}

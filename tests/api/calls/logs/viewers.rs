//! Who sees which logs, and what of them.

use reqwest::Method;
use serde_json::{Value, json};

use super::{history, ring};
use crate::support::{A, B, C, D, GROUP, Mock};

#[tokio::test]
async fn a_user_sees_their_own_calls_and_a_key_sees_all() {
    let history = history().await;
    let (mock, ended) = (&history.mock, &history.ended);
    let own = [&history.ringing, &history.unanswered, &history.group];
    let token = mock.token(D).await;
    let by_token = || mock.bare(Method::GET, "/calls").token(&token);
    for request in [mock.get("/calls").by(D), by_token()] {
        let reply = request.send().await;
        assert_eq!(reply.column("sessionId").iter().collect::<Vec<_>>(), own);
        assert_eq!(reply.pagination(), [3, 3, 25, 1, 1]);
    }
    assert_eq!(mock.get("/calls").send().await.pagination()[0], 7);

    let one = format!("/calls/{ended}");
    mock.get(&one).send().await.ok();
    for uid in [A, B] {
        mock.get(&one).by(uid).send().await.ok();
    }
    mock.get(&one).by(D).send().await.refused(404, "ERR_CALL_SESSION_NOT_FOUND");
    let reply = mock.bare(Method::GET, &one).token(&token).send().await;
    let error = reply.refused(404, "ERR_CALL_SESSION_NOT_FOUND");
    assert!(error["message"].as_str().unwrap().contains(ended.as_str()), "{error}");
}

#[tokio::test]
async fn the_uid_filter_does_not_widen_what_a_user_sees() {
    let history = history().await;
    let path = format!("/calls?uid={B}");
    let found = history.mock.get(&path).by(D).send().await.column("sessionId");
    assert_eq!(found, [history.unanswered.as_str(), &history.group]);
}

#[tokio::test]
async fn the_two_ends_are_shown_to_clients_only() {
    let history = history().await;
    let mock = &history.mock;
    for (session, kind, receiver) in
        [(&history.ended, "user", ("uid", B)), (&history.group, "group", ("guid", GROUP))]
    {
        let path = format!("/calls/{session}");
        for request in [mock.get(&path), mock.get(&path).by(A)] {
            assert_eq!(request.send().await.ok().get("data"), None);
        }
        let token = mock.token(A).await;
        // A list of one, for the calls SDK goes through it as one.
        let one = mock.bare(Method::GET, &path).token(&token).send().await.ok();
        assert_eq!(one.as_array().map(Vec::len), Some(1), "{one}");
        let one = one[0].clone();
        assert!(one.get("metaData").is_some(), "{one}");
        let listed = mock.bare(Method::GET, "/calls").token(&token).send().await.ok();
        let listed = listed.as_array().unwrap().iter().find(|log| log["sessionId"] == **session);
        for log in [&one, listed.unwrap()] {
            let ends = &log["data"]["entities"];
            assert_eq!(ends["initiator"]["entityType"], "user", "{log}");
            assert_eq!(ends["initiator"]["entity"]["uid"], A, "{log}");
            assert_eq!(ends["initiator"]["entity"]["name"], "Andrew Joseph", "{log}");
            assert_eq!(ends["receiver"]["entityType"], kind, "{log}");
            assert_eq!(ends["receiver"]["entity"][receiver.0], receiver.1, "{log}");
        }
    }
    for log in mock.get("/calls").by(A).send().await.ok().as_array().unwrap() {
        assert_eq!(log.get("data"), None);
    }
}

#[tokio::test]
async fn an_old_log_keeps_who_has_gone() {
    for permanent in [false, true] {
        let mock = Mock::start().await;
        let session = ring(&mock, A, "user", B, "audio").await;
        mock.moved(&session, B, "ongoing").await;
        mock.moved(&session, B, "ended").await;
        let before = mock.log(&session).await;
        let body = json!({ "permanent": permanent });
        mock.delete(&format!("/users/{B}")).json(body).send().await.ok();

        assert_eq!(mock.log(&session).await, before, "permanent: {permanent}");
        let found = mock.get(&format!("/calls?uid={B}")).send().await.column("sessionId");
        assert_eq!(found, [session.as_str()]);
        let token = mock.token(A).await;
        let path = format!("/calls/{session}");
        let seen = mock.bare(Method::GET, &path).token(&token).send().await.ok();
        let receiver = &seen[0]["data"]["entities"]["receiver"];
        assert_eq!(
            (&receiver["entity"]["uid"], &receiver["entityType"]),
            (&json!(B), &json!("user"))
        );
        let name = if permanent { B } else { "George Alan" };
        assert_eq!(receiver["entity"]["name"], name);
    }
}

#[tokio::test]
async fn an_old_log_keeps_a_group_that_has_gone() {
    let mock = Mock::start().await;
    let session = ring(&mock, A, "group", GROUP, "audio").await;
    mock.moved(&session, A, "cancelled").await;
    mock.delete(&format!("/groups/{GROUP}")).send().await.ok();
    let found = mock.get(&format!("/calls?guid={GROUP}")).send().await.column("sessionId");
    assert_eq!(found, [session.as_str()]);
    let token = mock.token(C).await;
    let path = format!("/calls/{session}");
    let seen = mock.bare(Method::GET, &path).token(&token).send().await.ok();
    let receiver = &seen[0]["data"]["entities"]["receiver"];
    assert_eq!(
        (&receiver["entity"]["guid"], &receiver["entityType"]),
        (&json!(GROUP), &json!("group"))
    );
}

#[tokio::test]
async fn who_was_added_to_the_group_and_joined_sees_the_call() {
    let mock = Mock::start().await;
    mock.post("/users", json!({ "uid": "ann", "name": "Ann" })).send().await.ok();
    let session = ring(&mock, A, "group", GROUP, "audio").await;
    let body = json!({ "participants": ["ann"] });
    mock.post(&format!("/groups/{GROUP}/members"), body).send().await.ok();
    mock.moved(&session, "ann", "ongoing").await;
    let path = format!("/calls/{session}");
    assert_eq!(mock.get(&path).by("ann").send().await.ok()["status"], "ongoing");
    assert_eq!(mock.get("/calls").by("ann").send().await.pagination()[0], 1);
}

#[tokio::test]
async fn who_came_into_the_group_sees_its_call_for_as_long_as_they_could_join_it() {
    let mock = Mock::start().await;
    for uid in ["ann", "bob"] {
        mock.post("/users", json!({ "uid": uid, "name": uid })).send().await.ok();
    }
    let session = ring(&mock, A, "group", GROUP, "audio").await;
    let body = json!({ "participants": ["ann"] });
    mock.post(&format!("/groups/{GROUP}/members"), body).send().await.ok();
    let path = format!("/calls/{session}");
    let stranger = || mock.get(&path).by("bob").send();
    for status in ["initiated", "ongoing"] {
        if status == "ongoing" {
            mock.moved(&session, B, status).await;
        }
        assert_eq!(mock.get(&path).by("ann").send().await.ok()["status"], status);
        stranger().await.refused(404, "ERR_CALL_SESSION_NOT_FOUND");
    }
    for uid in [A, B] {
        mock.moved(&session, uid, "ended").await;
    }
    // She is a member still, and was not on the call.
    for uid in ["ann", "bob"] {
        mock.get(&path).by(uid).send().await.refused(404, "ERR_CALL_SESSION_NOT_FOUND");
    }
    assert_eq!(mock.get(&path).by(C).send().await.ok()["status"], "ended");
}

#[tokio::test]
async fn there_are_no_calls_at_first_and_none_of_somebody_elses_name() {
    let mock = Mock::start().await;
    let reply = mock.get("/calls").send().await;
    assert_eq!((reply.ok(), reply.pagination()), (Value::Array(Vec::new()), [0, 0, 25, 1, 0]));
    mock.get("/calls").by("nobody").send().await.refused(404, "ERR_UID_NOT_FOUND");
    mock.get("/calls/v1.none").send().await.refused(404, "ERR_CALL_SESSION_NOT_FOUND");
}

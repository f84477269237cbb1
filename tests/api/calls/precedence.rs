//! Every row of both precedence lists, and of the join rules. Each request breaks the row it is
//! about together with rows further down, so that only the right order gives the right answer.

use serde_json::{Value, json};

use crate::support::{A, B, C, D, GROUP, Mock, START};

fn ring(kind: &str, to: &str) -> Value {
    json!({ "receiver": to, "receiverType": kind, "type": "audio" })
}

/// A is on a call with C, and the group has a live call of D.
async fn busy() -> Mock {
    let mock = Mock::start().await;
    let session = mock.ring(A, C).await;
    mock.moved(&session, C, "ongoing").await;
    mock.ring_group(D, GROUP).await;
    mock
}

async fn block(mock: &Mock, by: &str, whom: &str) {
    let path = format!("/users/{by}/blockedusers");
    mock.post(&path, json!({ "blockedUids": [whom] })).send().await.ok();
}

#[tokio::test]
async fn initiate_1_the_body_comes_before_the_receiver() {
    let mock = busy().await;
    for (field, value) in [
        ("receiver", json!(null)),
        ("receiverType", json!("room")),
        ("type", json!("smell")),
        ("status", json!("ongoing")),
        ("category", json!("message")),
    ] {
        let mut body = ring("user", "nobody");
        body[field] = value;
        let error = mock.post("/calls", body).by(A).send().await.refused(400, "ERR_BAD_REQUEST");
        let fields: Vec<_> = error["details"].as_object().unwrap().keys().collect();
        assert_eq!(fields, [field]);
    }
}

#[tokio::test]
async fn initiate_2_the_receiver_comes_before_the_caller() {
    let mock = busy().await;
    let body = json!({ "uidsToDeactivate": [B] });
    mock.request(reqwest::Method::DELETE, "/users").json(body).send().await;
    for (kind, to, code) in [
        ("user", "nobody", "ERR_UID_NOT_FOUND"),
        ("user", B, "ERR_UID_NOT_FOUND"),
        ("user", "not a uid", "ERR_UID_NOT_FOUND"),
        ("group", "nothing", "ERR_GUID_NOT_FOUND"),
    ] {
        mock.post("/calls", ring(kind, to)).by(A).send().await.refused(404, code);
    }
}

#[tokio::test]
async fn initiate_3_oneself_comes_before_being_busy() {
    let mock = busy().await;
    block(&mock, A, A).await;
    let reply = mock.post("/calls", ring("user", "CometChat-UID-1")).by(A).send().await;
    reply.refused(400, "ERR_CALLING_SELF");
}

#[tokio::test]
async fn initiate_4_blocks_come_before_being_busy_and_the_callers_own_first() {
    let mock = busy().await;
    block(&mock, C, A).await;
    mock.post("/calls", ring("user", C)).by(A).send().await.refused(400, "ERR_BLOCKED_SENDER");
    block(&mock, A, C).await;
    mock.post("/calls", ring("user", C)).by(A).send().await.refused(400, "ERR_BLOCKED_RECEIVER");
}

#[tokio::test]
async fn initiate_5_membership_comes_before_being_busy() {
    let mock = busy().await;
    mock.delete(&format!("/groups/{GROUP}/members/{A}")).send().await.ok();
    mock.post("/calls", ring("group", GROUP))
        .by(A)
        .send()
        .await
        .refused(403, "ERR_GROUP_NOT_JOINED");
}

#[tokio::test]
async fn initiate_6_the_callers_call_comes_before_the_receivers() {
    let mock = busy().await;
    for (kind, to) in [("user", C), ("user", D), ("group", GROUP)] {
        mock.post("/calls", ring(kind, to)).by(A).send().await.refused(400, "ERR_CALL_BUSY_SELF");
    }
}

#[tokio::test]
async fn initiate_7_the_receiver_may_be_busy() {
    let mock = busy().await;
    for busy in [A, C, D] {
        mock.post("/calls", ring("user", busy))
            .by(B)
            .send()
            .await
            .refused(400, "ERR_CALL_BUSY_USER");
    }
    mock.post("/calls", ring("group", GROUP))
        .by(B)
        .send()
        .await
        .refused(400, "ERR_CALL_BUSY_GROUP");
}

#[tokio::test]
async fn being_rung_is_not_being_on_a_call() {
    let mock = Mock::start().await;
    mock.ring(A, C).await;
    mock.ring(B, C).await;
    mock.ring(C, D).await;
}

#[tokio::test]
async fn change_1_an_empty_session_comes_before_the_body() {
    let mock = Mock::start().await;
    for path in ["/calls/", "/calls/%20", "/v3/calls/%09%20", "/v3.0/calls/"] {
        let reply = mock.put(path, json!({ "status": "nonsense" })).by(A).send().await;
        reply.refused(400, "ERR_EMPTY_CALL_SESSION_ID");
    }
    for path in ["/calls//type", "/calls/%20/type", "/v3/calls//type"] {
        let reply = mock.patch(path, json!({ "type": "smell" })).by(A).send().await;
        reply.refused(400, "ERR_EMPTY_CALL_SESSION_ID");
    }
    for path in ["/calls/", "/calls/%20", "/calls//transcriptions", "/calls/%20/transcriptions"] {
        mock.get(path).send().await.refused(400, "ERR_EMPTY_CALL_SESSION_ID");
    }
}

#[tokio::test]
async fn change_2_the_body_comes_before_the_session() {
    let mock = Mock::start().await;
    for (body, field) in [
        (json!({}), "status"),
        (json!({ "status": "paused" }), "status"),
        (json!({ "status": "ongoing", "joinedAt": "now" }), "joinedAt"),
        (json!({ "status": "ongoing", "joinedAt": 1.5 }), "joinedAt"),
    ] {
        let error = mock.change("no-such-call", A, body).await.refused(400, "ERR_BAD_REQUEST");
        assert!(error["details"].get(field).is_some(), "{error}");
    }
}

#[tokio::test]
async fn change_3_the_session_comes_before_the_status() {
    let mock = Mock::start().await;
    let reply = mock.change("no-such-call", A, json!({ "status": "initiated" })).await;
    reply.refused(404, "ERR_CALL_SESSION_NOT_FOUND");
    let reply = mock.patch("/calls/no-such-call/type", json!({ "type": "video" })).by(A).send();
    reply.await.refused(404, "ERR_CALL_SESSION_NOT_FOUND");
}

#[tokio::test]
async fn change_4_being_part_comes_before_the_end_of_the_call() {
    let mock = Mock::start().await;
    let session = mock.ring(A, B).await;
    mock.moved(&session, A, "cancelled").await;
    let of_group = mock.ring_group(A, GROUP).await;
    mock.moved(&of_group, A, "cancelled").await;
    mock.delete(&format!("/groups/{GROUP}/members/{C}")).send().await.ok();
    for session in [session, of_group] {
        let reply = mock.change(&session, C, json!({ "status": "initiated" })).await;
        reply.refused(403, "ERR_CALL_NOT_A_PART");
        let path = format!("/calls/{session}/type");
        let reply = mock.patch(&path, json!({ "type": "video" })).by(C).send().await;
        reply.refused(403, "ERR_CALL_NOT_A_PART");
    }
}

#[tokio::test]
async fn change_5_the_end_of_the_call_comes_before_the_status_asked_for() {
    let mock = Mock::start().await;
    for (by, last) in [(B, "busy"), (B, "rejected"), (A, "cancelled"), (A, "unanswered")] {
        let session = mock.ring(A, B).await;
        mock.moved(&session, by, last).await;
        for status in ["initiated", "ongoing", last, "ended"] {
            let error = mock.change(&session, A, json!({ "status": status })).await;
            let error = error.refused(400, "ERR_CALL_TERMINATED");
            assert_eq!(error["message"], format!("The call with sessionid {session} is ended."));
        }
        let path = format!("/calls/{session}/type");
        let reply = mock.patch(&path, json!({ "type": "video" })).by(B).send().await;
        reply.refused(400, "ERR_CALL_TERMINATED");
    }
}

#[tokio::test]
async fn change_6_no_call_goes_back_to_initiated() {
    let mock = Mock::start().await;
    let session = mock.ring(A, B).await;
    for by in [A, B] {
        let reply = mock.change(&session, by, json!({ "status": "initiated" })).await;
        reply.refused(400, "ERR_CALL_INVALID_INIT");
    }
    mock.moved(&session, B, "ongoing").await;
    let reply = mock.change(&session, B, json!({ "status": "initiated" })).await;
    reply.refused(400, "ERR_CALL_INVALID_INIT");
}

#[tokio::test]
async fn change_7_a_callee_on_another_call_cannot_accept() {
    let mock = Mock::start().await;
    let session = mock.ring(A, B).await;
    mock.ring(B, C).await;
    let reply = mock.change(&session, B, json!({ "status": "ongoing" })).await;
    reply.refused(400, "ERR_CALL_BUSY_SELF");
    mock.moved(&session, B, "busy").await;
}

#[tokio::test]
async fn join_1_the_time_of_joining_comes_before_having_joined() {
    let mock = Mock::start().await;
    let session = mock.ring_group(A, GROUP).await;
    for by in [A, B] {
        let reply = mock.change(&session, by, json!({ "status": "ongoing" })).await;
        reply.refused(400, "ERR_CALL_EMPTY_JOINED_AT");
    }
}

#[tokio::test]
async fn join_1_a_token_needs_no_time_of_joining() {
    let mock = Mock::start().await;
    let session = mock.ring_group(A, GROUP).await;
    let token = mock.token(B).await;
    mock.advance(3);
    let path = format!("/calls/{session}");
    let join = mock.bare(reqwest::Method::PUT, &path).header("authToken", &token);
    let message = join.json(json!({ "status": "ongoing" })).send().await.ok();
    assert_eq!(message["data"]["entities"]["on"]["entity"]["joinedAt"], START + 3);
}

#[tokio::test]
async fn join_2_having_joined_is_said_before_anything_else_of_a_group_call() {
    let mock = Mock::start().await;
    let session = mock.ring_group(A, GROUP).await;
    for by in [A, B, B] {
        let reply = mock.change(&session, by, json!({ "status": "ongoing", "joinedAt": START }));
        match (by, reply.await) {
            (B, reply) if reply.status == 200 => {}
            (_, reply) => drop(reply.refused(400, "ERR_CALL_GROUP_ALREADY_JOINED")),
        }
    }
}

#[tokio::test]
async fn join_3_another_call_comes_before_the_limit_and_join_4_is_the_limit() {
    let mock = Mock::start().await;
    let session = mock.ring_group(A, GROUP).await;
    for nth in 0..51 {
        let uid = format!("member-{nth}");
        mock.post("/users", json!({ "uid": uid, "name": "Member" })).send().await.ok();
        let body = json!({ "participants": [uid] });
        mock.post(&format!("/groups/{GROUP}/members"), body).send().await.ok();
        if nth < 49 {
            mock.moved(&session, &uid, "ongoing").await;
        }
    }
    mock.ring("member-49", B).await;
    let join = json!({ "status": "ongoing", "joinedAt": START });
    mock.change(&session, "member-49", join.clone()).await.refused(400, "ERR_CALL_BUSY_SELF");
    let error = mock.change(&session, "member-50", join.clone()).await;
    let error = error.refused(400, "ERR_BAD_REQUEST");
    assert_eq!(
        error["details"]["status"],
        json!(["The call is full: at most 50 participants can join."])
    );

    mock.moved(&session, A, "ended").await;
    mock.change(&session, "member-50", join).await.ok();
}

#[tokio::test]
async fn each_rule_error_is_explained_with_its_rule_and_the_state_behind_it() {
    let mock = Mock::start().await;
    let session = mock.ring(A, B).await;
    mock.advance(12);
    mock.moved(&session, B, "ongoing").await;
    let reply = mock.post("/calls", ring("user", B)).by(C).send().await;
    let expected = format!("initiate/7: {B} is on {session}, ongoing since {}", START + 12);
    assert_eq!(reply.explain.as_deref(), Some(expected.as_str()));

    let reply = mock.change(&session, A, json!({ "status": "ongoing" })).await;
    assert!(reply.explain.as_deref().unwrap().starts_with("change/7: "), "{:?}", reply.explain);
}

#[tokio::test]
async fn a_change_that_is_refused_is_explained_by_what_its_actor_is_to_the_call() {
    const E: &str = "cometchat-uid-5";
    let mock = Mock::start().await;
    let group = mock.ring_group(A, GROUP).await;
    for (uid, status) in [(B, "ongoing"), (C, "rejected"), (D, "ongoing"), (D, "ended")] {
        mock.moved(&group, uid, status).await;
    }
    let single = mock.ring(C, E).await;
    for (session, uid, status, who) in [
        (&group, A, "ongoing", "the caller"),
        (&group, B, "ongoing", "a member who is on the call"),
        (&group, C, "ongoing", "a member who declined"),
        (&group, D, "ongoing", "a member who left"),
        (&group, E, "ongoing", "a member who has not reacted"),
        (&single, E, "initiated", "the receiver"),
    ] {
        let reply = mock.change(session, uid, json!({ "status": "cancelled" })).await;
        let expected = format!("{session} is {status}, {uid} is {who} and asked for cancelled");
        assert_eq!(reply.explain, Some(format!("change/7: {expected}")));
    }
}

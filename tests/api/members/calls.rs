//! What becomes of the group's call when somebody is no longer a member.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{A, B, C, GROUP, Mock, Reply, Request, START};

/// Each way out of a group.
const WAYS: [&str; 5] = ["kicked", "banned", "left", "deactivated", "deleted"];

fn out(mock: &Mock, way: &str, uid: &str) -> Request {
    match way {
        "kicked" => mock.delete(&format!("/groups/{GROUP}/members/{uid}")),
        "banned" => mock.request(Method::POST, &format!("/groups/{GROUP}/bannedusers/{uid}")),
        "left" => mock.delete(&format!("/groups/{GROUP}/members")).by(uid),
        "deactivated" => mock.delete(&format!("/users/{uid}")),
        "deleted" => mock.delete(&format!("/users/{uid}")).json(json!({ "permanent": true })),
        other => panic!("{other}"),
    }
}

fn states(log: &Value, uid: &str) -> Vec<(String, Option<i64>)> {
    let entries = log["participants"].as_array().unwrap().iter().filter(|e| e["uid"] == uid);
    entries.map(|e| (e["state"].as_str().unwrap().to_owned(), e["leftAt"].as_i64())).collect()
}

async fn join(mock: &Mock, session: &str, uid: &str) -> Reply {
    mock.change(session, uid, json!({ "status": "ongoing", "joinedAt": START })).await
}

#[tokio::test]
async fn who_goes_leaves_the_groups_call_and_the_last_one_ends_it() {
    for way in WAYS {
        let mock = Mock::start().await;
        let session = mock.ring_group(A, GROUP).await;
        mock.moved(&session, B, "ongoing").await;
        mock.moved(&session, C, "ongoing").await;
        mock.advance(10);
        out(&mock, way, B).send().await.ok();
        let log = mock.log(&session).await;
        assert_eq!(log["status"], "ongoing", "{way}");
        assert_eq!(states(&log, B), [("ended".to_owned(), Some(START + 10))], "{way}");
        assert_eq!(states(&log, C), [("ongoing".to_owned(), None)], "{way}");

        mock.advance(10);
        out(&mock, way, A).send().await.ok();
        out(&mock, way, C).send().await.ok();
        let log = mock.log(&session).await;
        let seen = (&log["status"], &log["endedAt"]);
        assert_eq!(seen, (&json!("ended"), &json!(START + 20)), "{way}");
    }
}

#[tokio::test]
async fn a_ringing_call_of_a_group_is_over_when_its_caller_goes() {
    for way in WAYS {
        let mock = Mock::start().await;
        let session = mock.ring_group(A, GROUP).await;
        out(&mock, way, B).send().await.ok();
        assert_eq!(mock.log(&session).await["status"], "initiated", "{way}");
        out(&mock, way, A).send().await.ok();
        assert_eq!(mock.log(&session).await["status"], "canceled", "{way}");
        // The group can be rung again.
        mock.ring_group(C, GROUP).await;
    }
}

#[tokio::test]
async fn who_went_is_not_part_of_the_call_any_more_and_free_for_another() {
    for way in ["kicked", "banned", "left"] {
        let mock = Mock::start().await;
        let session = mock.ring_group(A, GROUP).await;
        mock.moved(&session, B, "ongoing").await;
        out(&mock, way, B).send().await.ok();
        join(&mock, &session, B).await.refused(403, "ERR_CALL_NOT_A_PART");
        mock.ring(B, C).await;
    }
}

#[tokio::test]
async fn who_comes_back_may_join_the_call_again() {
    let mock = Mock::start().await;
    let session = mock.ring_group(A, GROUP).await;
    mock.moved(&session, B, "ongoing").await;
    out(&mock, "kicked", B).send().await.ok();
    let body = json!({ "participants": [B] });
    mock.post(&format!("/groups/{GROUP}/members"), body).send().await.ok();
    join(&mock, &session, B).await.ok();
    let log = mock.log(&session).await;
    let kinds: Vec<_> = states(&log, B).into_iter().map(|(state, _)| state).collect();
    assert_eq!(
        (kinds, &log["totalParticipants"]),
        (vec!["ended".to_owned(), "ongoing".to_owned()], &json!(3))
    );
}

#[tokio::test]
async fn a_call_with_somebody_else_goes_on() {
    for way in ["kicked", "banned", "left"] {
        let mock = Mock::start().await;
        let session = mock.ring(A, B).await;
        mock.moved(&session, B, "ongoing").await;
        out(&mock, way, B).send().await.ok();
        assert_eq!(mock.log(&session).await["status"], "ongoing", "{way}");
    }
}

#[tokio::test]
async fn who_was_added_meanwhile_may_join() {
    let mock = Mock::start().await;
    mock.post("/users", json!({ "uid": "ann", "name": "Ann" })).send().await.ok();
    let session = mock.ring_group(A, GROUP).await;
    join(&mock, &session, "ann").await.refused(403, "ERR_CALL_NOT_A_PART");
    let body = json!({ "participants": ["ann"] });
    mock.post(&format!("/groups/{GROUP}/members"), body).send().await.ok();
    join(&mock, &session, "ann").await.ok();
    let log = mock.log(&session).await;
    assert_eq!(states(&log, "ann"), [("ongoing".to_owned(), None)]);
}

//! What webhooks are told, to the byte, and in which order.

use std::collections::BTreeMap;

use insta::assert_snapshot;
use mock_calls::{
    config::{Config, Media},
    domain::webhooks::Trigger,
};
use reqwest::Method;
use serde_json::{Value, json};

use super::receiver::{Receiver, control, flush, seed};
use crate::support::{A, B, C, GROUP, Mock, START};

async fn stage() -> (Mock, Receiver) {
    let (mock, receiver) = (Mock::start().await, Receiver::start().await);
    seed(&mock, json!({ "id": "hook", "webhookURL": receiver.url })).await;
    (mock, receiver)
}

#[tokio::test]
async fn an_accepted_call_is_told_in_seven_steps() {
    let (mock, receiver) = stage().await;
    let session = mock.ring(A, B).await;
    mock.advance(2);
    mock.moved(&session, B, "ongoing").await;
    mock.advance(3);
    mock.moved(&session, A, "ended").await;
    let came = receiver.came(7).await;
    flush(&mock).await;
    assert_eq!(receiver.came(7).await.len(), 7);
    assert_eq!(receiver.header(0, "content-type").as_deref(), Some("application/json"));
    let short: Vec<_> = came.iter().map(|body| body.replace(&session, "SESSION")).collect();
    assert!(short[0].starts_with(r#"{"trigger":"call_initiated","data":{"call":{"id":"1","conversationId":"cometchat-uid-1_user_cometchat-uid-2","sender":"cometchat-uid-1""#), "{}", short[0]);
    assert!(short[0].ends_with(r#","sentAt":1700000000,"updatedAt":1700000000}},"appId":"mock-app","region":"us","webhook":"hook"}"#), "{}", short[0]);
    assert_snapshot!(short[1..].join("\n"), @r#"
    {"trigger":"call_started","data":{"created_at":1700000002,"sessionId":"SESSION"},"type":"call","appId":"mock-app","region":"us","webhook":"hook"}
    {"trigger":"call_participant_joined","data":{"occupant":{"joined_at":1700000002,"audio_call":"true","name":"Andrew Joseph"},"initial_config":{"is_video_muted":"false","start_recording_on_call_start":"false","call_version":"2.3.0","is_audio_muted":"false","sdk":"react","mode":"DEFAULT","platform":"web","is_audio_only":"true"},"sessionId":"SESSION"},"type":"call","appId":"mock-app","region":"us","webhook":"hook"}
    {"trigger":"call_participant_joined","data":{"occupant":{"joined_at":1700000002,"audio_call":"true","name":"George Alan"},"initial_config":{"is_video_muted":"false","start_recording_on_call_start":"false","call_version":"2.3.0","is_audio_muted":"false","sdk":"react","mode":"DEFAULT","platform":"web","is_audio_only":"true"},"sessionId":"SESSION"},"type":"call","appId":"mock-app","region":"us","webhook":"hook"}
    {"trigger":"call_participant_left","data":{"occupant":{"joined_at":1700000002,"audio_call":"true","left_at":1700000005,"name":"Andrew Joseph"},"sessionId":"SESSION"},"type":"call","appId":"mock-app","region":"us","webhook":"hook"}
    {"trigger":"call_participant_left","data":{"occupant":{"joined_at":1700000002,"audio_call":"true","left_at":1700000005,"name":"George Alan"},"sessionId":"SESSION"},"type":"call","appId":"mock-app","region":"us","webhook":"hook"}
    {"trigger":"call_ended","data":{"all_occupants":[{"joined_at":1700000002,"audio_call":"true","left_at":1700000005,"name":"Andrew Joseph"},{"joined_at":1700000002,"audio_call":"true","left_at":1700000005,"name":"George Alan"}],"destroyed_at":1700000005,"created_at":1700000002,"sessionId":"SESSION"},"type":"call","appId":"mock-app","region":"us","webhook":"hook"}
    "#);
}

#[tokio::test]
async fn a_call_that_nobody_takes_is_told_as_what_it_became() {
    let (mock, receiver) = stage().await;
    for (by, status) in [(B, "rejected"), (B, "busy"), (A, "cancelled"), (A, "unanswered")] {
        let session = mock.ring(A, B).await;
        mock.moved(&session, by, status).await;
    }
    let mut triggers = receiver.triggers(8).await;
    triggers.sort();
    assert_eq!(triggers[..4], ["call_busy", "call_cancelled", "call_initiated", "call_initiated"]);
    assert_eq!(triggers[6..], ["call_rejected", "call_unanswered"]);
}

#[tokio::test]
async fn a_group_call_tells_of_late_joiners_and_not_of_who_declines() {
    let (mock, receiver) = stage().await;
    let session = mock.ring_group(A, GROUP).await;
    mock.moved(&session, C, "rejected").await;
    mock.moved(&session, B, "ongoing").await;
    mock.moved(&session, C, "ongoing").await;
    for uid in [A, B, C] {
        mock.moved(&session, uid, "ended").await;
    }
    let expected = [
        "call_initiated",
        "call_started",
        "call_participant_joined",
        "call_participant_joined",
        "call_participant_joined",
        "call_participant_left",
        "call_participant_left",
        "call_participant_left",
        "call_ended",
    ];
    assert_eq!(receiver.triggers(9).await, expected);
    flush(&mock).await;
    assert_eq!(receiver.triggers(9).await.len(), 9);
}

#[tokio::test]
async fn a_meeting_has_triggers_of_its_own_and_leaves_recordings() {
    let (mock, receiver) = stage().await;
    let meeting = json!({ "calls": [{ "sessionId": "meet", "caller": A, "receiver": B,
        "mode": "meet", "type": "video", "status": "ongoing", "startedAt": START - 10 }] });
    control(&mock, Method::POST, "/__mock/seed", meeting).await;
    let media = async |what| control(&mock, Method::POST, "/__mock/calls/meet/media", what).await;
    media(json!({ "join": { "uid": B, "deviceId": "tablet" } })).await;
    media(json!({ "leave": { "uid": B, "deviceId": "tablet" } })).await;
    media(json!({ "recording": { "url": "https://x/r.mp4", "startTime": START - 5, "endTime": 1_699_999_997.5 } })).await;
    media(json!({ "transcription": { "tid": "t", "url": "https://x/t.txt", "startTime": START - 5, "endTime": START } })).await;
    assert_snapshot!(receiver.came(4).await.join("\n"), @r#"
    {"trigger":"meeting_participant_joined","data":{"occupant":{"joined_at":1700000000,"audio_call":"false","name":"George Alan"},"initial_config":{"is_video_muted":"false","start_recording_on_call_start":"false","call_version":"2.3.0","is_audio_muted":"false","sdk":"react","mode":"DEFAULT","platform":"web","is_audio_only":"false"},"sessionId":"meet"},"type":"meet","appId":"mock-app","region":"us","webhook":"hook"}
    {"trigger":"meeting_participant_left","data":{"occupant":{"joined_at":1700000000,"audio_call":"false","left_at":1700000000,"name":"George Alan"},"sessionId":"meet"},"type":"meet","appId":"mock-app","region":"us","webhook":"hook"}
    {"trigger":"recording_generated","data":{"recordingDate":"2023-11-14","duration":"2.500000","startTime":"1699999995","sessionId":"meet","recording_url":"https://x/r.mp4"},"appId":"mock-app","region":"us","webhook":"hook"}
    {"trigger":"transcription_generated","data":{"sessionId":"meet","tid":"t","transcriptDate":"2023-11-14","transcript_url":"https://x/t.txt","startTime":1699999995,"endTime":1700000000},"appId":"mock-app","region":"us","webhook":"hook"}
    "#);
}

#[tokio::test]
async fn a_webhook_is_told_of_what_it_asks_for_alone() {
    let (mock, receiver) = (Mock::start().await, Receiver::start().await);
    let hook = json!({ "id": "hook", "webhookURL": receiver.url, "triggers": ["call_ended"] });
    seed(&mock, hook).await;
    let off = json!({ "id": "off", "webhookURL": receiver.url, "enabled": false });
    seed(&mock, off).await;
    let session = mock.ring(A, B).await;
    mock.moved(&session, B, "ongoing").await;
    mock.patch(&format!("/calls/{session}/type"), json!({ "type": "video" }))
        .by(A)
        .send()
        .await
        .ok();
    mock.moved(&session, A, "ended").await;
    flush(&mock).await;
    assert_eq!(receiver.triggers(1).await, ["call_ended"]);
}

#[tokio::test]
async fn every_trigger_to_the_byte() {
    let (mock, receiver) = stage().await;
    let play = async |session: &str, what: Value| {
        let path = format!("/__mock/calls/{session}/media");
        assert_eq!(control(&mock, Method::POST, &path, what).await.status, 200);
    };
    for (by, status) in [(B, "rejected"), (B, "busy"), (A, "cancelled"), (A, "unanswered")] {
        let session = mock.ring(A, B).await;
        mock.moved(&session, by, status).await;
        flush(&mock).await;
    }
    let call = mock.ring(A, B).await;
    mock.moved(&call, B, "ongoing").await;
    mock.advance(5);
    mock.moved(&call, A, "ended").await;
    flush(&mock).await;
    let token = mock.token(A).await;
    mock.call_token(&token, "daily").await;
    let daily = "v1.us.mock-app.daily";
    play(daily, json!({ "join": { "uid": A } })).await;
    mock.advance(7);
    play(daily, json!({ "leave": { "uid": A } })).await;
    play(daily, json!({ "recording": { "rid": "r", "url": "https://x/r.mp4" } })).await;
    play(daily, json!({ "transcription": { "tid": "t", "url": "https://x/t.txt" } })).await;
    flush(&mock).await;
    let mut first: BTreeMap<String, Value> = BTreeMap::new();
    for body in receiver.came(21).await {
        let body: Value = serde_json::from_str(&body).unwrap();
        first.entry(body["trigger"].as_str().unwrap().to_owned()).or_insert(body);
    }
    let names: Vec<_> = Trigger::ALL.iter().map(|trigger| trigger.as_str()).collect();
    assert!(names.iter().all(|name| first.contains_key(*name)) && first.len() == names.len());
    let all: Vec<_> = names.iter().map(|name| &first[*name]).collect();
    assert_snapshot!(serde_json::to_string_pretty(&all).unwrap());
}

#[tokio::test]
async fn where_rooms_are_filled_by_hand_only_that_is_told() {
    let mock = Mock::with(Config { media: Media::Manual, ..Config::default() }).await;
    let receiver = Receiver::start().await;
    seed(&mock, json!({ "id": "hook", "webhookURL": receiver.url })).await;
    let session = mock.ring(A, B).await;
    mock.moved(&session, B, "ongoing").await;
    let path = format!("/__mock/calls/{session}/media");
    let play = async |verb: &str, uid: &str| {
        mock.advance(1);
        let what = json!({ verb: { "uid": uid, "deviceId": "phone" } });
        let reply = control(&mock, Method::POST, &path, what).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
    };
    play("join", B).await;
    play("join", A).await;
    // The state has who is in the room, and takes it back.
    let state = mock.control(Method::GET, "/__mock/state").send().await;
    assert_eq!(
        state.json()["rooms"][0]["stays"][0],
        json!({ "participant": 1, "joinedAt": START + 1 })
    );
    mock.control(Method::PUT, "/__mock/state").body(state.text).send().await.json();
    mock.moved(&session, A, "ended").await;
    play("leave", A).await;
    play("leave", B).await;
    flush(&mock).await;
    let (joined, left) = ("call_participant_joined", "call_participant_left");
    let expected = ["call_initiated", "call_started", joined, joined, left, left, "call_ended"];
    assert_eq!(receiver.triggers(7).await, expected);
    let ended: Value = serde_json::from_str(&receiver.came(7).await[6]).unwrap();
    let data = &ended["data"];
    assert_eq!(
        (&data["created_at"], &data["destroyed_at"]),
        (&json!(START + 1), &json!(START + 4))
    );
    assert_eq!(data["all_occupants"][0]["name"], "George Alan");
    let again = control(&mock, Method::POST, &path, json!({ "leave": { "uid": B } })).await;
    assert_eq!(again.status, 409, "{}", again.text);
}

//! The figures of a log: minutes, durations, who took part.

use serde_json::{Value, json};

use super::{history, ring};
use crate::support::{A, B, C, GROUP, Mock, START};

fn entry<'a>(log: &'a Value, uid: &str) -> &'a Value {
    log["participants"].as_array().unwrap().iter().find(|entry| entry["uid"] == uid).unwrap()
}

/// The three totals of a call, in minutes, and its length as a clock shows it.
fn totals(log: &Value) -> [Value; 4] {
    ["totalAudioMinutes", "totalVideoMinutes", "totalDurationInMinutes", "totalDuration"]
        .map(|field| log[field].clone())
}

#[tokio::test]
async fn minutes_count_from_the_answer_to_the_end_as_audio_or_as_video() {
    for (kind, seconds, minutes, clock) in [
        ("audio", 0, json!(0), "00:00:00"),
        ("audio", 19, json!(19.0 / 60.0), "00:00:19"),
        ("video", 60, json!(1), "00:01:00"),
        ("audio", 3_661, json!(3_661.0 / 60.0), "01:01:01"),
        ("video", 360_000, json!(6_000), "100:00:00"),
    ] {
        let mock = Mock::start().await;
        let session = ring(&mock, A, "user", B, kind).await;
        mock.advance(7);
        mock.moved(&session, B, "ongoing").await;
        mock.advance(seconds);
        mock.moved(&session, B, "ended").await;
        let log = mock.log(&session).await;
        let (audio, video) =
            if kind == "audio" { (&minutes, &json!(0)) } else { (&json!(0), &minutes) };
        let expected = [audio.clone(), video.clone(), minutes.clone(), json!(clock)];
        assert_eq!(totals(&log), expected, "{seconds} seconds of {kind}");
        for uid in [A, B] {
            let entry = entry(&log, uid);
            let seen =
                [&entry["totalAudioMinutes"], &entry["totalVideoMinutes"], &entry["totalDuration"]];
            assert_eq!(seen, [audio, video, &minutes], "{uid}");
        }
    }
}

#[tokio::test]
async fn a_call_without_an_answer_has_no_minutes() {
    let history = history().await;
    for session in [&history.rejected, &history.cancelled, &history.unanswered, &history.ringing] {
        let log = history.mock.log(session).await;
        assert_eq!(totals(&log), [json!(0), json!(0), json!(0), json!("00:00:00")]);
        assert_eq!(log.get("startedAt"), None, "{log}");
        assert_eq!(log["totalParticipants"], 1);
    }
    let log = history.mock.log(&history.ringing).await;
    assert_eq!(log.get("endedAt"), None, "{log}");
    let log = history.mock.log(&history.ongoing).await;
    assert_eq!(totals(&log), [json!(0), json!(0), json!(0), json!("00:00:00")]);
    let seen = (&log["startedAt"], log.get("endedAt"), &log["totalParticipants"]);
    assert_eq!(seen, (&json!(START + 600), None, &json!(2)));
}

#[tokio::test]
async fn each_participant_has_the_minutes_they_were_on_the_call() {
    let mock = Mock::start().await;
    let session = ring(&mock, A, "group", GROUP, "audio").await;
    mock.advance(10);
    let join = async |uid: &str, at: i64| {
        let body = json!({ "status": "ongoing", "joinedAt": START + at });
        mock.change(&session, uid, body).await.ok();
    };
    join(B, 10).await;
    mock.advance(30);
    join(C, 40).await;
    mock.advance(30);
    mock.moved(&session, B, "ended").await;
    mock.advance(50);
    mock.moved(&session, A, "ended").await;
    mock.moved(&session, C, "ended").await;
    let log = mock.log(&session).await;
    assert_eq!(log["totalDurationInMinutes"], json!(110.0 / 60.0));
    // The caller waited for ten seconds, which is no talking.
    for (uid, joined, left, minutes) in
        [(A, 10, 120, json!(110.0 / 60.0)), (B, 10, 70, json!(1)), (C, 40, 120, json!(80.0 / 60.0))]
    {
        let entry = entry(&log, uid);
        assert_eq!(entry["totalDuration"], minutes, "{uid}");
        let times = (entry["joinedAt"].as_i64(), entry["leftAt"].as_i64());
        assert_eq!(times, (Some(START + joined), Some(START + left)), "{uid}");
    }
}

#[tokio::test]
async fn who_never_joined_is_listed_as_such() {
    let mock = Mock::start().await;
    let session = ring(&mock, A, "group", GROUP, "audio").await;
    mock.moved(&session, C, "rejected").await;
    mock.moved(&session, B, "ongoing").await;
    let log = mock.log(&session).await;
    assert_eq!(
        (log["participants"].as_array().unwrap().len(), &log["totalParticipants"]),
        (5, &json!(2))
    );
    for (uid, state) in [(C, "rejected"), ("cometchat-uid-5", "unanswered")] {
        let expected = json!({
            "uid": uid, "totalAudioMinutes": 0, "totalVideoMinutes": 0, "isJoined": false,
            "state": state, "totalDuration": 0,
        });
        assert_eq!(*entry(&log, uid), expected);
    }
    for uid in [A, B] {
        let entry = entry(&log, uid);
        assert_eq!((&entry["isJoined"], &entry["state"]), (&json!(true), &json!("ongoing")));
        let device = entry["deviceId"].as_str().unwrap();
        assert!(device.contains("@rtc.mock/"), "{device}");
    }
}

#[tokio::test]
async fn joining_again_is_an_entry_of_its_own() {
    let mock = Mock::start().await;
    let session = ring(&mock, A, "group", GROUP, "audio").await;
    for _ in 0..2 {
        mock.moved(&session, B, "ongoing").await;
        mock.moved(&session, B, "ended").await;
    }
    let log = mock.log(&session).await;
    let of_b: Vec<_> =
        log["participants"].as_array().unwrap().iter().filter(|e| e["uid"] == B).collect();
    assert_eq!((of_b.len(), &log["totalParticipants"]), (2, &json!(3)));
    assert_ne!(of_b[0]["deviceId"], of_b[1]["deviceId"]);
    assert_ne!(of_b[0]["mid"], of_b[1]["mid"]);
}

#[tokio::test]
async fn a_cancelled_call_is_spelled_with_one_l_here_and_with_two_in_messages() {
    let mock = Mock::start().await;
    let session = ring(&mock, A, "user", B, "audio").await;
    let message = mock.moved(&session, A, "cancelled").await;
    assert_eq!(message["data"]["action"], "cancelled");
    assert_eq!(message["data"]["entities"]["on"]["entity"]["status"], "cancelled");
    assert_eq!(mock.log(&session).await["status"], "canceled");
    assert_eq!(mock.get("/calls").send().await.ok()[0]["status"], "canceled");
}

#[tokio::test]
async fn a_call_that_became_a_video_call_counts_as_video() {
    let mock = Mock::start().await;
    let session = ring(&mock, A, "user", B, "audio").await;
    mock.moved(&session, B, "ongoing").await;
    mock.patch(&format!("/calls/{session}/type"), json!({ "type": "video" }))
        .by(A)
        .send()
        .await
        .ok();
    mock.advance(120);
    mock.moved(&session, A, "ended").await;
    let log = mock.log(&session).await;
    assert_eq!(totals(&log), [json!(0), json!(2), json!(2), json!("00:02:00")]);
}

#[tokio::test]
async fn metadata_and_tags_are_shown_with_a_single_call_only() {
    let mock = Mock::start().await;
    let plain = ring(&mock, A, "user", B, "audio").await;
    let log = mock.log(&plain).await;
    assert_eq!((&log["metaData"], &log["tags"]), (&json!([]), &json!([])));
    mock.moved(&plain, A, "cancelled").await;

    let body = json!({
        "receiver": B, "receiverType": "user", "type": "audio", "metadata": { "ticket": 7 },
    });
    let message = mock.post("/calls", body).by(A).send().await.ok();
    let log = mock.log(&super::session_of(&message)).await;
    assert_eq!((&log["metaData"], &log["tags"]), (&json!({ "ticket": 7 }), &json!([])));
    for entry in mock.get("/calls").send().await.ok().as_array().unwrap() {
        assert_eq!((entry.get("metaData"), entry.get("tags")), (None, None));
    }
}

//! `/__mock/calls/{sessionId}/media`: the media server, played.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{A, B, C, D, GROUP, Mock, Reply, START};

async fn play(mock: &Mock, session: &str, what: Value) -> Reply {
    let path = format!("/__mock/calls/{session}/media");
    mock.bare(Method::POST, &path).json(what).send().await
}

async fn played(mock: &Mock, session: &str, what: Value) -> Value {
    let reply = play(mock, session, what).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.json()
}

#[track_caller]
fn refused(reply: &Reply, status: u16, code: &str, expected: &str) {
    let error = &reply.json()["error"];
    assert_eq!((reply.status, error["code"].as_str()), (status, Some(code)), "{error}");
    let said = error["message"].as_str().unwrap();
    assert!(said.contains(expected), "said {said}\nnot  {expected}");
}

fn join(uid: &str, device: &str) -> Value {
    json!({ "join": { "uid": uid, "deviceId": device } })
}

fn leave(uid: &str) -> Value {
    json!({ "leave": { "uid": uid } })
}

/// A call of A's to B that goes on.
async fn ongoing(mock: &Mock) -> String {
    let session = mock.ring(A, B).await;
    mock.moved(&session, B, "ongoing").await;
    session
}

/// Whether somebody could ring now, or is on a call.
async fn is_busy(mock: &Mock, uid: &str) -> bool {
    mock.post("/users", json!({ "uid": "idle", "name": "Idle" })).send().await;
    let body = json!({ "receiver": "idle", "receiverType": "user", "type": "audio" });
    let reply = mock.post("/calls", body).by(uid).send().await;
    if reply.status == 200 {
        let session = &reply.ok()["data"]["entities"]["on"]["entity"]["sessionid"];
        mock.moved(session.as_str().unwrap(), uid, "cancelled").await;
        return false;
    }
    reply.refused(400, "ERR_CALL_BUSY_SELF");
    true
}

#[tokio::test]
async fn another_device_is_another_participant_under_its_own_name() {
    let mock = Mock::start().await;
    let session = ongoing(&mock).await;
    mock.advance(5);
    let answer = played(&mock, &session, join(B, "Galaxy-Tab/é@home")).await;
    assert_eq!((&answer["sessionId"], &answer["status"]), (&json!(session), &json!("ongoing")));
    assert_eq!(answer["changed"], true);
    assert_eq!(
        answer["participants"][2],
        json!({ "uid": B, "presence": "joined", "deviceId": "Galaxy-Tab/é@home", "joinedAt": START + 5 })
    );
    let log = mock.log(&session).await;
    assert_eq!(log["totalParticipants"], 3);
    assert_eq!(log["participants"][2]["deviceId"], "Galaxy-Tab/é@home");
    assert_eq!(log["participants"][1]["deviceId"], answer["participants"][1]["deviceId"]);

    mock.advance(5);
    let again = played(&mock, &session, join(B, "Galaxy-Tab/é@home")).await;
    assert_eq!(again["changed"], false);
    assert_eq!(again["participants"], answer["participants"]);
    // A device that nobody names is a new one each time.
    for expected in [4, 5] {
        played(&mock, &session, json!({ "join": { "uid": A } })).await;
        assert_eq!(mock.log(&session).await["totalParticipants"], expected);
    }
    let found = mock.get("/calls?participantsCount=5").send().await;
    assert_eq!(found.column("sessionId"), [session]);
}

#[tokio::test]
async fn the_last_device_out_ends_the_call() {
    let mock = Mock::start().await;
    let session = ongoing(&mock).await;
    let answer = played(&mock, &session, join(A, "phone")).await;
    let first = answer["participants"][0]["deviceId"].as_str().unwrap().to_owned();
    mock.advance(10);
    // By the id that was made up for it, as the log shows it.
    let one = json!({ "leave": { "uid": A, "deviceId": first } });
    let answer = played(&mock, &session, one.clone()).await;
    assert_eq!(answer["participants"][0]["presence"], "left");
    assert_eq!(answer["participants"][2]["presence"], "joined");
    refused(
        &play(&mock, &session, one).await,
        409,
        "MOCK_REFUSED",
        "with this device, but with phone",
    );
    assert!(is_busy(&mock, A).await);

    played(&mock, &session, leave(A)).await;
    assert!(!is_busy(&mock, A).await && is_busy(&mock, B).await);
    let expected = format!("{A} is not on {session}; only who joined can leave.");
    refused(&play(&mock, &session, leave(A)).await, 409, "MOCK_REFUSED", &expected);
    assert_eq!(mock.log(&session).await["status"], "ongoing");

    mock.advance(10);
    let answer = played(&mock, &session, leave(B)).await;
    assert_eq!((&answer["status"], &answer["changed"]), (&json!("ended"), &json!(true)));
    assert!(!is_busy(&mock, B).await);
    let log = mock.log(&session).await;
    assert_eq!((&log["startedAt"], &log["endedAt"]), (&json!(START), &json!(START + 20)));
    let minutes = |at: usize| log["participants"][at]["totalDuration"].as_f64().unwrap();
    assert!((minutes(0) - 10.0 / 60.0).abs() < 1e-9 && (minutes(1) - 20.0 / 60.0).abs() < 1e-9);
    let found = mock.get("/calls?status=ended").send().await;
    assert_eq!(found.column("sessionId"), [session]);
}

#[tokio::test]
async fn hanging_up_takes_every_device_off() {
    let mock = Mock::start().await;
    let session = ongoing(&mock).await;
    played(&mock, &session, join(B, "phone")).await;
    mock.moved(&session, B, "ended").await;
    let log = mock.log(&session).await;
    assert_eq!(log["status"], "ended");
    for entry in log["participants"].as_array().unwrap() {
        assert_eq!(entry["state"], "ended", "{entry}");
    }

    let session = mock.ring_group(A, GROUP).await;
    mock.moved(&session, B, "ongoing").await;
    played(&mock, &session, join(B, "phone")).await;
    mock.moved(&session, B, "ended").await;
    assert!(!is_busy(&mock, B).await);
    let log = mock.log(&session).await;
    assert_eq!((&log["status"], &log["totalParticipants"]), (&json!("ongoing"), &json!(3)));
    assert_eq!(log["participants"].as_array().unwrap().last().unwrap()["state"], "ended");
}

#[tokio::test]
async fn who_was_called_left_or_declined_can_come() {
    let mock = Mock::start().await;
    let session = mock.ring_group(A, GROUP).await;
    mock.moved(&session, B, "ongoing").await;
    mock.moved(&session, C, "rejected").await;
    for (uid, entries) in [(D, 5), (C, 6)] {
        let answer = played(&mock, &session, join(uid, "phone")).await;
        assert_eq!(answer["participants"].as_array().unwrap().len(), entries, "{uid}");
        assert!(is_busy(&mock, uid).await, "{uid}");
    }
    played(&mock, &session, leave(B)).await;
    assert!(!is_busy(&mock, B).await);
    played(&mock, &session, join(B, "phone")).await;
    assert!(is_busy(&mock, B).await);
    // Who came into the group only now has no entry yet.
    mock.post("/users", json!({ "uid": "late", "name": "Late" })).send().await.ok();
    let add = json!({ "participants": ["late"] });
    mock.post(&format!("/groups/{GROUP}/members"), add).send().await.ok();
    let answer = played(&mock, &session, join("LATE", "phone")).await;
    assert_eq!(answer["participants"][7]["uid"], "late");
    let found = mock.get("/calls?uid=late").send().await;
    assert_eq!(found.column("sessionId"), [session.as_str()]);

    // Deactivated, they are off with all devices.
    played(&mock, &session, join("late", "tablet")).await;
    mock.delete("/users/late").send().await.ok();
    let log = mock.log(&session).await;
    for entry in log["participants"].as_array().unwrap().iter().filter(|e| e["uid"] == "late") {
        assert_eq!(entry["state"], "ended");
    }
}

#[tokio::test]
async fn who_may_not_come_is_told_why() {
    let mock = Mock::start().await;
    let ringing = mock.ring(A, B).await;
    let not_yet = format!(r#"First PUT /calls/{ringing} as its receiver: {{"status":"ongoing"}}"#);
    for what in
        [join(B, "phone"), leave(A), json!({ "recording": {} }), json!({ "transcription": {} })]
    {
        refused(&play(&mock, &ringing, what).await, 409, "MOCK_REFUSED", &not_yet);
    }
    mock.moved(&ringing, B, "ongoing").await;
    refused(
        &play(&mock, &ringing, join(C, "phone")).await,
        409,
        "MOCK_REFUSED",
        &format!("{C} is not part of {ringing}, which {A} made to the user {B}."),
    );
    mock.post("/users", json!({ "uid": "out", "name": "Out" })).send().await.ok();
    mock.delete("/users/out").send().await.ok();
    for uid in ["nobody", "out"] {
        let expected = format!("There is no active user {uid}; GET /users lists");
        refused(&play(&mock, &ringing, join(uid, "x")).await, 409, "MOCK_REFUSED", &expected);
    }
    let group = mock.ring_group(C, GROUP).await;
    let not_yet = r#"as a member: {"status":"ongoing","joinedAt":"#;
    refused(&play(&mock, &group, join(D, "x")).await, 409, "MOCK_REFUSED", not_yet);
    mock.moved(&group, D, "ongoing").await;
    let expected = format!("{A} is on {ringing}, ongoing since {START}; nobody is on two calls.");
    refused(&play(&mock, &group, join(A, "phone")).await, 409, "MOCK_REFUSED", &expected);

    mock.moved(&ringing, A, "ended").await;
    let over = format!("{ringing} is ended since {START}; only an ongoing call");
    for what in [join(A, "phone"), leave(A)] {
        refused(&play(&mock, &ringing, what).await, 409, "MOCK_REFUSED", &over);
    }
    let missed = mock.ring(A, B).await;
    mock.moved(&missed, B, "rejected").await;
    for what in [json!({ "recording": {} }), json!({ "transcription": {} })] {
        refused(&play(&mock, &missed, what).await, 409, "MOCK_REFUSED", "nobody answered");
    }
    let reply = play(&mock, "v1.us.none", join(A, "phone")).await;
    refused(&reply, 404, "MOCK_NOT_FOUND", "There is no call v1.us.none in mock-app; GET /calls");
}

#[tokio::test]
async fn a_call_holds_fifty_devices() {
    let mock = Mock::start().await;
    let session = ongoing(&mock).await;
    for n in 3..=50 {
        played(&mock, &session, join(A, &format!("d{n}"))).await;
    }
    let full = play(&mock, &session, join(B, "one-more")).await;
    refused(&full, 409, "MOCK_REFUSED", "is full: 50 devices are on it");
    assert_eq!(played(&mock, &session, join(A, "d50")).await["changed"], false);
    let one = json!({ "leave": { "uid": A, "deviceId": "d50" } });
    played(&mock, &session, one).await;
    played(&mock, &session, join(B, "one-more")).await;
    assert_eq!(mock.log(&session).await["totalParticipants"], 51);
}

#[tokio::test]
async fn recordings_and_transcriptions_come_to_the_log_and_are_found() {
    let mock = Mock::start().await;
    let session = ongoing(&mock).await;
    mock.advance(30);
    // Nothing is known of it: it lasts as long as the call has.
    let first = played(&mock, &session, json!({ "recording": {} })).await["recordings"][0].clone();
    assert_eq!(
        (&first["startTime"], &first["endTime"]),
        (&json!(START), &json!(START + 30)),
        "{first}"
    );
    let rid = first["rid"].as_str().unwrap();
    let url = format!("https://rtc.mock/recordings/{session}/{rid}.mp4");
    assert_eq!(first["url"], url);

    mock.advance(30);
    mock.moved(&session, A, "ended").await;
    mock.advance(30);
    let whole = json!({ "transcription": { "tid": "t1" } });
    let answer = played(&mock, &session, whole).await;
    assert_eq!(
        answer["transcriptions"],
        json!([{ "tid": "t1", "url": format!("https://rtc.mock/transcripts/{session}/t1.txt"),
                 "startTime": START, "endTime": START + 60, "date": "2023-11-14" }])
    );
    let given = json!({ "recording": { "rid": "r2", "url": "https://x/r2", "startTime": START + 1,
        "endTime": 1_700_000_021.5 } });
    let answer = played(&mock, &session, given).await;
    assert_eq!(answer["recordings"][1]["endTime"], 1_700_000_021.5);
    let given = json!({ "transcription": { "tid": "t2", "url": "https://x/t2", "date": "2023-10-10",
        "startTime": START + 1, "endTime": START + 1 } });
    played(&mock, &session, given).await;

    let log = mock.log(&session).await;
    assert_eq!((&log["hasRecording"], &log["hasTranscription"]), (&json!(true), &json!(true)));
    assert_eq!(
        log["recordings"],
        json!([{ "rid": rid, "recording_url": url, "startTime": START, "endTime": START + 30,
                 "duration": 30 },
               { "rid": "r2", "recording_url": "https://x/r2", "startTime": START + 1,
                 "endTime": START + 21, "duration": 20 }])
    );
    let days: Vec<_> = log["transcriptions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|t| (&t["tid"], &t["transcriptDate"]))
        .collect();
    assert_eq!(days, [(&json!("t2"), &json!("2023-10-10")), (&json!("t1"), &json!("2023-11-14"))]);
    let other = mock.ring(A, B).await;
    for (filter, found) in [
        ("hasRecording=true", &session),
        ("hasTranscription=true", &session),
        ("hasRecording=false", &other),
        ("hasTranscription=false", &other),
    ] {
        let listed = mock.get(&format!("/calls?{filter}")).send().await;
        assert_eq!(listed.column("sessionId"), [found.as_str()], "{filter}");
    }
    for (what, expected) in [
        (json!({ "recording": { "rid": "r2" } }), "has a recording of the id r2 already"),
        (json!({ "transcription": { "tid": "t1" } }), "has a transcription of the id t1 already"),
    ] {
        refused(&play(&mock, &session, what).await, 409, "MOCK_REFUSED", expected);
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_said_with_what_can() {
    let mock = Mock::start().await;
    let session = ongoing(&mock).await;
    let long = "x".repeat(101);
    #[rustfmt::skip] // body, message
    let rows = [
        (json!({}), r#"Send just one of {"join":{"uid":"#),
        (json!({ "join": { "uid": A }, "leave": { "uid": A } }), "Send just one of"),
        (json!({ "joins": {} }), "unknown field `joins`, expected one of `join`, `leave`, `recording`, `transcription`"),
        (json!({ "join": {} }), "join: missing field `uid`"),
        (json!({ "join": { "uid": "a b" } }), r#"join.uid: "a b" is no uid: expected letters"#),
        (json!({ "join": { "uid": A, "device": "x" } }), "join.device: unknown field `device`, expected `uid` or `deviceId`"),
        (json!({ "join": { "uid": A, "deviceId": "" } }), "join.deviceId: \"\" is no device: expected 1 to 100 characters"),
        (json!({ "join": { "uid": A, "deviceId": "a b" } }), "join.deviceId"),
        (json!({ "leave": { "uid": A, "deviceId": long } }), "leave.deviceId"),
        (json!({ "leave": { "uid": 7 } }), "leave.uid: invalid type: integer `7`, expected a string"),
        (json!({ "recording": { "recordingUrl": "x" } }), "unknown field `recordingUrl`, expected one of `rid`, `url`, `startTime`, `endTime`"),
        (json!({ "recording": { "url": " " } }), "recording.url: it cannot be empty; leave it out"),
        (json!({ "recording": { "startTime": 1_700_000_000_000i64 } }), "recording.startTime: 1700000000000 looks like milliseconds"),
        (json!({ "recording": { "startTime": START + 9, "endTime": START + 8 } }), "recording.endTime: it cannot end at 1700000008, before it begins at 1700000009"),
        (json!({ "transcription": { "startTime": START + 9 } }), "transcription.endTime: it cannot end at 1700000000, before it begins at 1700000009"),
        (json!({ "transcription": { "date": "today" } }), r#"transcription.date: "today" is no day such as 2023-11-14"#),
        (json!({ "transcription": { "tid": "" } }), "transcription.tid: it cannot be empty"),
        (json!([]), "The body is not what is expected"),
    ];
    let before = mock.log(&session).await;
    for (body, expected) in rows {
        refused(&play(&mock, &session, body).await, 400, "MOCK_BAD_REQUEST", expected);
        assert_eq!(mock.log(&session).await, before);
    }
}

#[tokio::test]
async fn devices_and_what_was_recorded_survive_every_way_of_keeping() {
    let mock = Mock::start().await;
    let session = ongoing(&mock).await;
    let uuid = "3F2504E0-4F89-11D3-9A0C-0305E82C3301";
    for device in ["Galaxy-Tab/é@home", uuid, "\"\\{}"] {
        played(&mock, &session, join(B, device)).await;
    }
    played(&mock, &session, json!({ "leave": { "uid": B, "deviceId": uuid } })).await;
    played(&mock, &session, json!({ "recording": { "rid": "r" } })).await;
    played(&mock, &session, json!({ "transcription": { "tid": "t" } })).await;

    let state = || mock.bare(Method::GET, "/__mock/state").send();
    let (before, log) = (state().await.text, mock.log(&session).await);
    assert_eq!(log["participants"][3]["deviceId"], uuid);
    assert_eq!(log["participants"][4]["deviceId"], "\"\\{}");
    mock.bare(Method::PUT, "/__mock/snapshots/kept").send().await;
    mock.bare(Method::POST, "/__mock/reset").send().await;
    let put = mock.bare(Method::PUT, "/__mock/state").body(before.clone()).send().await;
    assert_eq!(put.status, 200, "{}", put.text);
    assert_eq!(state().await.text, before);
    assert_eq!(mock.log(&session).await, log);
    // The same devices are still the ones that are on the call.
    assert_eq!(played(&mock, &session, join(B, "\"\\{}")).await["changed"], false);
    played(&mock, &session, join(B, uuid)).await;
    assert!(is_busy(&mock, B).await);

    mock.bare(Method::POST, "/__mock/snapshots/kept/restore").send().await;
    assert_eq!(mock.log(&session).await, log);
    assert_eq!(mock.get("/calls?hasRecording=true").send().await.pagination()[0], 1);
    played(&mock, &session, leave(B)).await;
    assert!(!is_busy(&mock, B).await);
}

#[tokio::test]
async fn the_media_of_an_app_is_its_own() {
    let mock = Mock::start().await;
    let session = ongoing(&mock).await;
    let path = format!("/__mock/calls/{session}/media?appId=elsewhere");
    let reply = mock.bare(Method::POST, &path).json(leave(A)).send().await;
    refused(&reply, 404, "MOCK_NOT_FOUND", "There is no call");
    assert_eq!(mock.log(&session).await["status"], "ongoing");
}

#[tokio::test]
async fn the_listing_by_end_finds_a_call_that_its_last_device_ended() {
    let mock = Mock::start().await;
    let session = mock.ring_group(A, GROUP).await;
    mock.moved(&session, B, "ongoing").await;
    mock.advance(60);
    played(&mock, &session, leave(A)).await;
    // The group still has its call until the last one is out.
    let ring = json!({ "receiver": GROUP, "receiverType": "group", "type": "audio" });
    let again = || mock.post("/calls", ring.clone()).by(C).send();
    again().await.refused(400, "ERR_CALL_BUSY_GROUP");
    played(&mock, &session, leave(B)).await;
    let found = mock.get(&format!("/calls?endedAt={}", START + 60)).send().await;
    assert_eq!(found.column("sessionId"), [session]);
    again().await.ok();
}

//! Calls with what a media server left of them.

use insta::assert_snapshot;
use reqwest::Method;
use serde_json::json;

use crate::support::{A, B, Mock};

const SESSION: &str = "v1.us.mock-app.1699999000recorded";

/// A past call with a recording and more transcriptions than a log shows, and one with neither.
async fn recorded() -> Mock {
    let mock = Mock::start().await;
    let transcriptions: Vec<_> = (1..=6)
        .map(|n| {
            json!({ "tid": format!("t{n}"), "transcriptUrl": format!("https://x/t{n}"),
                         "startTime": 1_699_999_010 + n, "endTime": 1_699_999_020 + n })
        })
        .collect();
    let seed = json!({ "calls": [
        { "caller": A, "receiver": B, "receiverType": "user", "status": "unanswered",
          "initiatedAt": 1_699_998_000 },
        { "sessionId": SESSION, "caller": A, "receiver": B, "receiverType": "user",
          "status": "ended", "initiatedAt": 1_699_999_000, "startedAt": 1_699_999_005,
          "endedAt": 1_699_999_065, "type": "video",
          "recordings": [{ "rid": "r1", "recordingUrl": "https://x/r", "startTime": 1_699_999_010,
                           "endTime": 1_699_999_060 }],
          "transcriptions": transcriptions },
    ]});
    let reply = mock.bare(Method::POST, "/__mock/seed").json(seed).send().await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    mock
}

#[tokio::test]
async fn a_log_has_its_recordings_and_the_five_newest_transcriptions() {
    let mock = recorded().await;
    let log = mock.log(SESSION).await;
    assert_snapshot!(log["recordings"], @r#"[{"rid":"r1","recording_url":"https://x/r","startTime":1699999010,"endTime":1699999060,"duration":50}]"#);
    assert_snapshot!(log["transcriptions"][0], @r#"{"roomName":"v1.us.mock-app.1699999000recorded","mid":"68b6dacd-75a7-45fc-b988-1b2d104f4437","tid":"t6","startTime":1699999016,"endTime":1699999026,"transcriptDate":"2023-11-14","transcriptUrl":"https://x/t6"}"#);
    let shown: Vec<_> =
        log["transcriptions"].as_array().unwrap().iter().map(|t| t["tid"].clone()).collect();
    assert_eq!(shown, ["t6", "t5", "t4", "t3", "t2"]);
    assert_eq!((&log["hasRecording"], &log["hasTranscription"]), (&json!(true), &json!(true)));
}

#[tokio::test]
async fn transcriptions_are_listed_newest_first_and_paged() {
    let mock = recorded().await;
    let path = format!("/calls/{SESSION}/transcriptions?perPage=1&page=2");
    assert_snapshot!(mock.get(&path).send().await.text, @r#"{"data":[{"roomName":"v1.us.mock-app.1699999000recorded","mid":"68b6dacd-75a7-45fc-b988-1b2d104f4437","tid":"t5","startTime":1699999015,"endTime":1699999025,"transcriptDate":"2023-11-14","transcriptUrl":"https://x/t5"}],"meta":{"pagination":{"total":6,"count":1,"per_page":1,"current_page":2,"total_pages":6}}}"#);
}

#[tokio::test]
async fn a_seed_takes_the_spelling_of_the_log() {
    let mock = Mock::start().await;
    for status in ["canceled", "cancelled"] {
        let seed = json!({ "calls": [{ "sessionId": status, "caller": A, "receiver": B,
            "receiverType": "user", "status": status, "initiatedAt": 1_699_998_000 }] });
        let reply = mock.bare(Method::POST, "/__mock/seed").json(seed).send().await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        assert_eq!(mock.log(status).await["status"], "canceled");
    }
}

#[tokio::test]
async fn calls_are_found_by_what_was_left_of_them() {
    let mock = recorded().await;
    for (filter, total) in [
        ("hasRecording=true", 1),
        ("hasRecording=false", 1),
        ("hasTranscription=true", 1),
        ("hasTranscription=0", 1),
        ("hasRecording=true&hasTranscription=false", 0),
    ] {
        let listed = mock.get(&format!("/calls?{filter}")).send().await.json();
        assert_eq!(listed["meta"]["pagination"]["total"], total, "{filter}");
    }
}

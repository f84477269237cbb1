//! What `GET` of calls answers a key.

use insta::assert_snapshot;

use crate::support::{A, B, Mock};

/// A call of two, answered after 12 seconds and ended after 31.
async fn talk(mock: &Mock) -> String {
    let session = mock.ring(A, B).await;
    mock.advance(12);
    mock.moved(&session, B, "ongoing").await;
    mock.advance(19);
    mock.moved(&session, B, "ended").await;
    session
}

#[tokio::test]
async fn a_list_of_logs() {
    let mock = Mock::start().await;
    talk(&mock).await;
    assert_snapshot!(mock.get("/calls?perPage=10").send().await.folded(), @r#"
    {
      "data":[
        {
          "sessionId":"v1.us.mock-app.17000000009ffc3055e0c82dc3684f40c52e52aed959e1d475",
          "totalAudioMinutes":0.31666666666666665,
          "totalVideoMinutes":0,
          "totalDuration":"00:00:19",
          "hasRecording":false,
          "hasTranscription":false,
          "initiatedAt":1700000000,
          "initiator":"cometchat-uid-1",
          "mode":"call",
          "receiver":"cometchat-uid-2",
          "receiverType":"user",
          "status":"ended",
          "totalDurationInMinutes":0.31666666666666665,
          "totalParticipants":2,
          "type":"audio",
          "mid":"3c214bd7-4f57-4011-a69b-d56cd5a40982",
          "startedAt":1700000012,
          "endedAt":1700000031,
          "participants":[
            {
              "uid":"cometchat-uid-1",
              "totalAudioMinutes":0.31666666666666665,
              "totalVideoMinutes":0,
              "isJoined":true,
              "state":"ended",
              "totalDuration":0.31666666666666665,
              "deviceId":"914c1f0f-2363-434e-9705-606cd45f90b7@rtc.mock/cometchat-uid-1",
              "joinedAt":1700000012,
              "mid":"de8b02c6-7dd5-4110-a5dc-3511afb7e306",
              "leftAt":1700000031
            },
            {
              "uid":"cometchat-uid-2",
              "totalAudioMinutes":0.31666666666666665,
              "totalVideoMinutes":0,
              "isJoined":true,
              "state":"ended",
              "totalDuration":0.31666666666666665,
              "deviceId":"fd07dc67-21ad-4791-8f8f-d055800918ec@rtc.mock/cometchat-uid-2",
              "joinedAt":1700000012,
              "mid":"a574644d-f2b2-4b03-9112-eb986d47cc27",
              "leftAt":1700000031
            }
          ]
        }
      ],
      "meta":{"pagination":{"total":1,"count":1,"per_page":10,"current_page":1,"total_pages":1}}
    }
    "#);
}

#[tokio::test]
async fn a_list_of_nothing() {
    let mock = Mock::start().await;
    assert_snapshot!(mock.get("/calls").send().await.folded(), @r#"{"data":[],"meta":{"pagination":{"total":0,"count":0,"per_page":25,"current_page":1,"total_pages":0}}}"#);
}

#[tokio::test]
async fn a_single_log_has_metadata_and_tags() {
    let mock = Mock::start().await;
    let session = talk(&mock).await;
    let log = mock.get(&format!("/calls/{session}")).send().await;
    assert_snapshot!(log.folded(), @r#"
    {
      "data":{
        "sessionId":"v1.us.mock-app.17000000009ffc3055e0c82dc3684f40c52e52aed959e1d475",
        "totalAudioMinutes":0.31666666666666665,
        "totalVideoMinutes":0,
        "totalDuration":"00:00:19",
        "hasRecording":false,
        "hasTranscription":false,
        "initiatedAt":1700000000,
        "initiator":"cometchat-uid-1",
        "mode":"call",
        "receiver":"cometchat-uid-2",
        "receiverType":"user",
        "status":"ended",
        "totalDurationInMinutes":0.31666666666666665,
        "totalParticipants":2,
        "type":"audio",
        "mid":"3c214bd7-4f57-4011-a69b-d56cd5a40982",
        "startedAt":1700000012,
        "endedAt":1700000031,
        "participants":[
          {
            "uid":"cometchat-uid-1",
            "totalAudioMinutes":0.31666666666666665,
            "totalVideoMinutes":0,
            "isJoined":true,
            "state":"ended",
            "totalDuration":0.31666666666666665,
            "deviceId":"914c1f0f-2363-434e-9705-606cd45f90b7@rtc.mock/cometchat-uid-1",
            "joinedAt":1700000012,
            "mid":"de8b02c6-7dd5-4110-a5dc-3511afb7e306",
            "leftAt":1700000031
          },
          {
            "uid":"cometchat-uid-2",
            "totalAudioMinutes":0.31666666666666665,
            "totalVideoMinutes":0,
            "isJoined":true,
            "state":"ended",
            "totalDuration":0.31666666666666665,
            "deviceId":"fd07dc67-21ad-4791-8f8f-d055800918ec@rtc.mock/cometchat-uid-2",
            "joinedAt":1700000012,
            "mid":"a574644d-f2b2-4b03-9112-eb986d47cc27",
            "leftAt":1700000031
          }
        ],
        "metaData":[],
        "tags":[]
      }
    }
    "#);
}

#[tokio::test]
async fn a_ringing_call_has_neither_start_nor_end() {
    let mock = Mock::start().await;
    let session = mock.ring(A, B).await;
    let log = mock.get(&format!("/calls/{session}")).send().await;
    assert_snapshot!(log.folded(), @r#"
    {
      "data":{
        "sessionId":"v1.us.mock-app.17000000009ffc3055e0c82dc3684f40c52e52aed959e1d475",
        "totalAudioMinutes":0,
        "totalVideoMinutes":0,
        "totalDuration":"00:00:00",
        "hasRecording":false,
        "hasTranscription":false,
        "initiatedAt":1700000000,
        "initiator":"cometchat-uid-1",
        "mode":"call",
        "receiver":"cometchat-uid-2",
        "receiverType":"user",
        "status":"initiated",
        "totalDurationInMinutes":0,
        "totalParticipants":1,
        "type":"audio",
        "mid":"3c214bd7-4f57-4011-a69b-d56cd5a40982",
        "participants":[
          {
            "uid":"cometchat-uid-1",
            "totalAudioMinutes":0,
            "totalVideoMinutes":0,
            "isJoined":true,
            "state":"ongoing",
            "totalDuration":0,
            "deviceId":"914c1f0f-2363-434e-9705-606cd45f90b7@rtc.mock/cometchat-uid-1",
            "joinedAt":1700000000,
            "mid":"de8b02c6-7dd5-4110-a5dc-3511afb7e306"
          },
          {"uid":"cometchat-uid-2","totalAudioMinutes":0,"totalVideoMinutes":0,"isJoined":false,"state":"unanswered","totalDuration":0}
        ],
        "metaData":[],
        "tags":[]
      }
    }
    "#);
}

#[tokio::test]
async fn no_transcriptions() {
    let mock = Mock::start().await;
    let session = mock.ring(A, B).await;
    let path = format!("/calls/{session}/transcriptions");
    assert_snapshot!(mock.get(&path).send().await.folded(), @r#"{"data":[],"meta":{"pagination":{"total":0,"count":0,"per_page":100,"current_page":1,"total_pages":0}}}"#);
}

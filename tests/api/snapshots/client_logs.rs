//! What `GET` of calls answers a logged-in user.

use insta::assert_snapshot;
use reqwest::Method;
use serde_json::json;

use crate::support::{A, B, C, D, GROUP, Mock, START};

#[tokio::test]
async fn a_client_sees_both_ends_of_a_cancelled_call_with_metadata() {
    let mock = Mock::start().await;
    let body = json!({
        "receiver": B, "receiverType": "user", "type": "video", "metadata": { "ticket": 7 },
    });
    let rung = mock.post("/calls", body).by(A).send().await.ok();
    let session = rung["data"]["entities"]["on"]["entity"]["sessionid"].as_str().unwrap();
    mock.advance(5);
    mock.moved(session, A, "cancelled").await;
    let token = mock.token(B).await;
    let log = mock.bare(Method::GET, &format!("/calls/{session}")).token(&token).send().await;
    assert_snapshot!(log.folded(), @r#"
    {
      "data":[
        {
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
          "status":"canceled",
          "totalDurationInMinutes":0,
          "totalParticipants":1,
          "type":"video",
          "mid":"3c214bd7-4f57-4011-a69b-d56cd5a40982",
          "endedAt":1700000005,
          "participants":[
            {
              "uid":"cometchat-uid-1",
              "totalAudioMinutes":0,
              "totalVideoMinutes":0,
              "isJoined":true,
              "state":"ended",
              "totalDuration":0,
              "deviceId":"914c1f0f-2363-434e-9705-606cd45f90b7@rtc.mock/cometchat-uid-1",
              "joinedAt":1700000000,
              "mid":"de8b02c6-7dd5-4110-a5dc-3511afb7e306",
              "leftAt":1700000005
            },
            {"uid":"cometchat-uid-2","totalAudioMinutes":0,"totalVideoMinutes":0,"isJoined":false,"state":"unanswered","totalDuration":0}
          ],
          "metaData":{"ticket":7},
          "tags":[],
          "data":{
            "entities":{
              "initiator":{
                "entity":{"uid":"cometchat-uid-1","name":"Andrew Joseph","status":"offline","role":"default","createdAt":1700000000},
                "entityType":"user"
              },
              "receiver":{
                "entity":{"uid":"cometchat-uid-2","name":"George Alan","status":"offline","role":"default","createdAt":1700000000},
                "entityType":"user"
              }
            }
          }
        }
      ]
    }
    "#);
}

#[tokio::test]
async fn every_state_of_a_participant_of_a_group_call() {
    let mock = Mock::start().await;
    let session = mock.ring_group(A, GROUP).await;
    mock.advance(10);
    mock.moved(&session, C, "rejected").await;
    let join = json!({ "status": "ongoing", "joinedAt": START + 10 });
    mock.change(&session, B, join.clone()).await.ok();
    mock.change(&session, D, join).await.ok();
    mock.advance(30);
    mock.moved(&session, D, "ended").await;
    let token = mock.token(A).await;
    let logs = mock.bare(Method::GET, "/calls").token(&token).send().await;
    assert_snapshot!(logs.folded(), @r#"
    {
      "data":[
        {
          "sessionId":"v1.us.mock-app.17000000009ffc3055e0c82dc3684f40c52e52aed959e1d475",
          "totalAudioMinutes":0,
          "totalVideoMinutes":0,
          "totalDuration":"00:00:00",
          "hasRecording":false,
          "hasTranscription":false,
          "initiatedAt":1700000000,
          "initiator":"cometchat-uid-1",
          "mode":"call",
          "receiver":"cometchat-guid-1",
          "receiverType":"group",
          "status":"ongoing",
          "totalDurationInMinutes":0,
          "totalParticipants":3,
          "type":"audio",
          "mid":"3c214bd7-4f57-4011-a69b-d56cd5a40982",
          "startedAt":1700000010,
          "participants":[
            {
              "uid":"cometchat-uid-1",
              "totalAudioMinutes":0,
              "totalVideoMinutes":0,
              "isJoined":true,
              "state":"ongoing",
              "totalDuration":0,
              "deviceId":"914c1f0f-2363-434e-9705-606cd45f90b7@rtc.mock/cometchat-uid-1",
              "joinedAt":1700000010,
              "mid":"de8b02c6-7dd5-4110-a5dc-3511afb7e306"
            },
            {
              "uid":"cometchat-uid-2",
              "totalAudioMinutes":0,
              "totalVideoMinutes":0,
              "isJoined":true,
              "state":"ongoing",
              "totalDuration":0,
              "deviceId":"5624f142-06a4-4461-a1d1-35c14694bb8b@rtc.mock/cometchat-uid-2",
              "joinedAt":1700000010,
              "mid":"54de6a1b-3587-4ab1-895f-de5d6eeeb6fc"
            },
            {"uid":"cometchat-uid-3","totalAudioMinutes":0,"totalVideoMinutes":0,"isJoined":false,"state":"rejected","totalDuration":0},
            {
              "uid":"cometchat-uid-4",
              "totalAudioMinutes":0.5,
              "totalVideoMinutes":0,
              "isJoined":true,
              "state":"ended",
              "totalDuration":0.5,
              "deviceId":"85f338f6-a53e-4b2f-870d-044d5bcd39d1@rtc.mock/cometchat-uid-4",
              "joinedAt":1700000010,
              "mid":"68b6dacd-75a7-45fc-b988-1b2d104f4437",
              "leftAt":1700000040
            },
            {"uid":"cometchat-uid-5","totalAudioMinutes":0,"totalVideoMinutes":0,"isJoined":false,"state":"unanswered","totalDuration":0}
          ],
          "data":{
            "entities":{
              "initiator":{
                "entity":{"uid":"cometchat-uid-1","name":"Andrew Joseph","status":"offline","role":"default","createdAt":1700000000},
                "entityType":"user"
              },
              "receiver":{
                "entity":{
                  "guid":"cometchat-guid-1",
                  "name":"Hiking Group",
                  "type":"public",
                  "membersCount":5,
                  "conversationId":"group_cometchat-guid-1",
                  "createdAt":1700000000,
                  "owner":"cometchat-uid-1"
                },
                "entityType":"group"
              }
            }
          }
        }
      ],
      "meta":{"pagination":{"total":1,"count":1,"per_page":25,"current_page":1,"total_pages":1}}
    }
    "#);
}

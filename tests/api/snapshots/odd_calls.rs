//! What the messages of some calls have more, and what others lack.

use insta::assert_snapshot;
use serde_json::json;

use crate::support::{A, B, Mock};

#[tokio::test]
async fn metadata_and_the_resource_of_the_client_have_their_places() {
    let mock = Mock::start().await;
    let body = json!({
        "receiver": B, "receiverType": "user", "type": "video", "metadata": { "ticket": 7 },
    });
    let request = mock.post("/calls", body).by(A).header("resource", "WEB-4_0_9-x");
    assert_snapshot!(request.send().await.folded(), @r#"
    {
      "data":{
        "id":"1",
        "conversationId":"cometchat-uid-1_user_cometchat-uid-2",
        "sender":"cometchat-uid-1",
        "receiverType":"user",
        "receiver":"cometchat-uid-2",
        "category":"call",
        "type":"video",
        "data":{
          "action":"initiated",
          "resource":"WEB-4_0_9-x",
          "entities":{
            "by":{
              "entity":{"uid":"cometchat-uid-1","name":"Andrew Joseph","status":"offline","role":"default","createdAt":1700000000},
              "entityType":"user"
            },
            "for":{
              "entity":{"uid":"cometchat-uid-2","name":"George Alan","status":"offline","role":"default","createdAt":1700000000},
              "entityType":"user"
            },
            "on":{
              "entity":{
                "sessionid":"v1.us.mock-app.17000000009ffc3055e0c82dc3684f40c52e52aed959e1d475",
                "conversationId":"cometchat-uid-1_user_cometchat-uid-2",
                "sender":"cometchat-uid-1",
                "receiverType":"user",
                "receiver":"cometchat-uid-2",
                "status":"initiated",
                "type":"video",
                "initiatedAt":1700000000,
                "joinedAt":1700000000,
                "wsChannel":{
                  "identity":"[mock-app]v1.us.mock-app.17000000009ffc3055e0c82dc3684f40c52e52aed959e1d475",
                  "secret":"b38650a2984b5e09254e0e21f7a05c6cdeb4a294",
                  "service":"mock-app.call"
                },
                "data":{
                  "entities":{
                    "sender":{
                      "entity":{"uid":"cometchat-uid-1","name":"Andrew Joseph","status":"offline","role":"default","createdAt":1700000000},
                      "entityType":"user"
                    },
                    "receiver":{
                      "entity":{"uid":"cometchat-uid-2","name":"George Alan","status":"offline","role":"default","createdAt":1700000000},
                      "entityType":"user"
                    }
                  },
                  "metadata":{"ticket":7}
                }
              },
              "entityType":"call"
            }
          }
        },
        "sentAt":1700000000,
        "updatedAt":1700000000
      }
    }
    "#);
}

#[tokio::test]
async fn a_call_without_an_answer_has_an_end_and_no_start() {
    let mock = Mock::start().await;
    let session = mock.ring(A, B).await;
    mock.advance(5);
    let reply = mock.change(&session, A, json!({ "status": "cancelled" })).await;
    assert_snapshot!(reply.folded(), @r#"
    {
      "data":{
        "id":"2",
        "conversationId":"cometchat-uid-1_user_cometchat-uid-2",
        "sender":"cometchat-uid-1",
        "receiverType":"user",
        "receiver":"cometchat-uid-2",
        "category":"call",
        "type":"audio",
        "data":{
          "action":"cancelled",
          "entities":{
            "by":{
              "entity":{"uid":"cometchat-uid-1","name":"Andrew Joseph","status":"offline","role":"default","createdAt":1700000000},
              "entityType":"user"
            },
            "for":{
              "entity":{"uid":"cometchat-uid-2","name":"George Alan","status":"offline","role":"default","createdAt":1700000000},
              "entityType":"user"
            },
            "on":{
              "entity":{
                "sessionid":"v1.us.mock-app.17000000009ffc3055e0c82dc3684f40c52e52aed959e1d475",
                "conversationId":"cometchat-uid-1_user_cometchat-uid-2",
                "sender":"cometchat-uid-1",
                "receiverType":"user",
                "receiver":"cometchat-uid-2",
                "status":"cancelled",
                "type":"audio",
                "initiatedAt":1700000000,
                "joinedAt":1700000000,
                "endedAt":1700000005,
                "wsChannel":{
                  "identity":"[mock-app]v1.us.mock-app.17000000009ffc3055e0c82dc3684f40c52e52aed959e1d475",
                  "secret":"b38650a2984b5e09254e0e21f7a05c6cdeb4a294",
                  "service":"mock-app.call"
                },
                "data":{
                  "entities":{
                    "sender":{
                      "entity":{"uid":"cometchat-uid-1","name":"Andrew Joseph","status":"offline","role":"default","createdAt":1700000000},
                      "entityType":"user"
                    },
                    "receiver":{
                      "entity":{"uid":"cometchat-uid-2","name":"George Alan","status":"offline","role":"default","createdAt":1700000000},
                      "entityType":"user"
                    }
                  }
                }
              },
              "entityType":"call"
            }
          }
        },
        "sentAt":1700000005,
        "updatedAt":1700000005
      }
    }
    "#);
}

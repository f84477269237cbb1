//! The messages of a call from user to user.

use insta::assert_snapshot;
use serde_json::json;

use crate::support::{A, B, Mock, Reply, START};

/// Rings, and returns the answer with its session id.
async fn ring(mock: &Mock) -> (Reply, String) {
    let body = json!({ "receiver": B, "receiverType": "user", "type": "audio" });
    let reply = mock.post("/calls", body).by(A).send().await;
    let session = reply.ok()["data"]["entities"]["on"]["entity"]["sessionid"].clone();
    (reply, session.as_str().unwrap().to_owned())
}

async fn change(mock: &Mock, session: &str, by: &str, status: &str) -> Reply {
    mock.change(session, by, json!({ "status": status, "joinedAt": START + 12 })).await
}

#[tokio::test]
async fn a_user_is_called_from_ringing_to_the_end() {
    let mock = Mock::start().await;
    let (rung, session) = ring(&mock).await;
    assert_snapshot!(rung.folded(), @r#"
    {
      "data":{
        "id":"1",
        "conversationId":"cometchat-uid-1_user_cometchat-uid-2",
        "sender":"cometchat-uid-1",
        "receiverType":"user",
        "receiver":"cometchat-uid-2",
        "category":"call",
        "type":"audio",
        "data":{
          "action":"initiated",
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
                "type":"audio",
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
                  }
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
    mock.advance(12);
    assert_snapshot!(change(&mock, &session, B, "ongoing").await.folded(), @r#"
    {
      "data":{
        "id":"2",
        "conversationId":"cometchat-uid-1_user_cometchat-uid-2",
        "sender":"cometchat-uid-2",
        "receiverType":"user",
        "receiver":"cometchat-uid-1",
        "category":"call",
        "type":"audio",
        "data":{
          "action":"ongoing",
          "entities":{
            "by":{
              "entity":{"uid":"cometchat-uid-2","name":"George Alan","status":"offline","role":"default","createdAt":1700000000},
              "entityType":"user"
            },
            "for":{
              "entity":{"uid":"cometchat-uid-1","name":"Andrew Joseph","status":"offline","role":"default","createdAt":1700000000},
              "entityType":"user"
            },
            "on":{
              "entity":{
                "sessionid":"v1.us.mock-app.17000000009ffc3055e0c82dc3684f40c52e52aed959e1d475",
                "conversationId":"cometchat-uid-1_user_cometchat-uid-2",
                "sender":"cometchat-uid-1",
                "receiverType":"user",
                "receiver":"cometchat-uid-2",
                "status":"ongoing",
                "type":"audio",
                "initiatedAt":1700000000,
                "joinedAt":1700000012,
                "startedAt":1700000012,
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
        "sentAt":1700000012,
        "updatedAt":1700000012
      }
    }
    "#);
    mock.advance(19);
    assert_snapshot!(change(&mock, &session, A, "ended").await.folded(), @r#"
    {
      "data":{
        "id":"3",
        "conversationId":"cometchat-uid-1_user_cometchat-uid-2",
        "sender":"cometchat-uid-1",
        "receiverType":"user",
        "receiver":"cometchat-uid-2",
        "category":"call",
        "type":"audio",
        "data":{
          "action":"ended",
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
                "status":"ended",
                "type":"audio",
                "initiatedAt":1700000000,
                "joinedAt":1700000012,
                "startedAt":1700000012,
                "endedAt":1700000031,
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
        "sentAt":1700000031,
        "updatedAt":1700000031
      }
    }
    "#);
}

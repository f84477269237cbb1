//! Every code, by ordinary requests, from the state that causes it. The match has no wildcard: a
//! code that is added does not compile here until it is caused.

use axum::http::StatusCode;
use mock_calls::{config::Config, domain::code::Code};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{A, B, C, GROUP, Mock, Reply, START};

fn ring(kind: &str, to: &str) -> Value {
    json!({ "receiver": to, "receiverType": kind, "type": "audio" })
}

fn join() -> Value {
    json!({ "status": "ongoing", "joinedAt": START })
}

async fn post(mock: &Mock, by: &str, body: Value) -> Reply {
    mock.post("/calls", body).by(by).send().await
}

const WEBHOOKS: &str = "/apps/mock-app/webhooks";

async fn hook(mock: &Mock, id: &str) -> Reply {
    let body = json!({ "id": id, "name": "Hook", "webhookURL": "http://127.0.0.1:9/hook" });
    mock.manage(Method::POST, WEBHOOKS).json(body).send().await
}

/// What answers with the code; `None` for what no request can cause.
async fn cause(mock: &Mock, code: Code) -> Option<Reply> {
    Some(match code {
        Code::EmptyApiKey => mock.bare(Method::GET, "/calls").send().await,
        Code::ApiKeyNotFound => {
            mock.bare(Method::GET, "/calls").header("apikey", "0123456789abcdef").send().await
        }
        Code::NoAccess => {
            mock.bare(Method::GET, "/calls").header("apikey", "mock-auth-key").send().await
        }
        Code::CallingSelf => post(mock, A, ring("user", A)).await,
        Code::BusySelf => {
            mock.ring(A, B).await;
            post(mock, A, ring("user", C)).await
        }
        Code::BusyGroup => {
            mock.ring_group(A, GROUP).await;
            post(mock, B, ring("group", GROUP)).await
        }
        Code::BusyUser => {
            mock.ring(A, B).await;
            post(mock, C, ring("user", A)).await
        }
        Code::EmptySessionId => mock.change("", A, join()).await,
        Code::SessionNotFound => mock.change("v1.us.mock-app.none", A, join()).await,
        Code::Terminated => {
            let session = mock.ring(A, B).await;
            mock.moved(&session, B, "rejected").await;
            mock.change(&session, B, join()).await
        }
        Code::GroupAlreadyJoined => {
            let session = mock.ring_group(A, GROUP).await;
            mock.moved(&session, B, "ongoing").await;
            mock.change(&session, B, join()).await
        }
        Code::GroupAlreadyLeft => {
            let session = mock.ring_group(A, GROUP).await;
            mock.moved(&session, B, "ongoing").await;
            mock.moved(&session, B, "ended").await;
            mock.change(&session, B, json!({ "status": "ended" })).await
        }
        Code::InvalidInit => {
            let session = mock.ring(A, B).await;
            mock.change(&session, A, json!({ "status": "initiated" })).await
        }
        Code::UserAlreadyJoined => {
            let session = mock.ring(A, B).await;
            mock.moved(&session, B, "ongoing").await;
            mock.change(&session, B, join()).await
        }
        Code::GroupInvalidStatus => {
            let session = mock.ring_group(A, GROUP).await;
            mock.change(&session, B, json!({ "status": "busy" })).await
        }
        Code::OngoingToInvalid => {
            let session = mock.ring(A, B).await;
            mock.moved(&session, B, "ongoing").await;
            mock.change(&session, A, json!({ "status": "cancelled" })).await
        }
        Code::NotAPart => {
            let session = mock.ring(A, B).await;
            mock.change(&session, C, join()).await
        }
        Code::EmptyJoinedAt => {
            let session = mock.ring_group(A, GROUP).await;
            mock.change(&session, B, json!({ "status": "ongoing" })).await
        }
        Code::NotStarted => {
            let session = mock.ring(A, B).await;
            mock.change(&session, A, json!({ "status": "ended" })).await
        }

        Code::AuthTokenNotFound => {
            mock.bare(Method::GET, "/calls").header("authToken", "nobody_1").send().await
        }
        Code::InvalidAppId => mock.get("/calls").app("not an app").send().await,
        Code::ApiNotFound => mock.get("/rooms").send().await,
        Code::BadRequest => post(mock, A, json!({})).await,
        Code::UidNotFound => post(mock, A, ring("user", "nobody")).await,
        Code::GuidNotFound => post(mock, A, ring("group", "nothing")).await,
        Code::UidAlreadyExists => {
            mock.post("/users", json!({ "uid": A, "name": "Again" })).send().await
        }
        Code::GuidAlreadyExists => {
            mock.post("/groups", json!({ "guid": GROUP, "name": "Again" })).send().await
        }
        Code::GroupNotJoined => {
            mock.delete(&format!("/groups/{GROUP}/members/{A}")).send().await.ok();
            post(mock, A, ring("group", GROUP)).await
        }
        Code::BlockedReceiver | Code::BlockedSender => {
            let body = json!({ "blockedUids": [B] });
            mock.post(&format!("/users/{A}/blockedusers"), body).send().await.ok();
            let (by, to) = if code == Code::BlockedReceiver { (A, B) } else { (B, A) };
            post(mock, by, ring("user", to)).await
        }
        Code::NotAMember => mock.delete(&format!("/groups/{GROUP}/members/nobody")).send().await,
        Code::AlreadyJoined => joining(mock, GROUP, json!({})).await,
        Code::SameScope => {
            let body = json!({ "scope": "participant" });
            mock.put(&format!("/groups/{GROUP}/members/{B}"), body).send().await
        }
        Code::EmptyGroupPass => joining(mock, "secret", json!({})).await,
        Code::WrongGroupPass => joining(mock, "secret", json!({ "password": "guess" })).await,
        Code::GroupJoinNotAllowed => joining(mock, "private", json!({})).await,
        Code::BannedGroupMember => {
            mock.post(&format!("/groups/{GROUP}/bannedusers/{A}"), json!({})).send().await.ok();
            joining(mock, GROUP, json!({})).await
        }
        Code::EmptyAuthHeader => mock.get(WEBHOOKS).send().await,
        Code::WebhookNotFound => mock.manage(Method::GET, &format!("{WEBHOOKS}/none")).send().await,
        Code::WebhookAlreadyExists => {
            hook(mock, "twice").await.ok();
            hook(mock, "twice").await
        }
        Code::TooManyWebhooks => {
            for at in 0..25 {
                hook(mock, &format!("hook-{at}")).await.ok();
            }
            hook(mock, "one-too-many").await
        }
        Code::TriggerNotFound => {
            hook(mock, "hook").await.ok();
            let body = json!({ "triggerIds": ["call_lost"] });
            let path = format!("{WEBHOOKS}/hook/triggers");
            mock.manage(Method::POST, &path).json(body).send().await
        }
        Code::PayloadTooLarge => post(mock, A, json!({ "receiver": "x".repeat(1 << 20) })).await,
        Code::HeadersTooLarge => {
            mock.get("/calls").header("x-large", &"x".repeat(70_000)).send().await
        }
        Code::TooManyRequests => {
            let fault = json!({ "then": { "rateLimit": {} } });
            mock.bare(Method::POST, "/__mock/faults").json(fault).send().await;
            mock.get("/calls").send().await
        }
        Code::UnknownCode => mock.get("/calls").header("x-mock-error", "ERR_NONE").send().await,
        Code::TooManyApps => {
            let mock = Mock::with(Config { max_apps: 1, ..Config::default() }).await;
            mock.get("/calls").app("one-too-many").send().await
        }
        // Only a defect causes this one.
        Code::Internal => return None,
    })
}

/// A joins a group by their own token.
async fn joining(mock: &Mock, guid: &str, body: Value) -> Reply {
    if guid != GROUP {
        let new = json!({ "guid": guid, "name": "G", "type": if guid == "secret" { "password" } else { guid }, "password": "right" });
        mock.post("/groups", new).send().await.ok();
    }
    let token = mock.token(A).await;
    let request = mock.bare(Method::POST, &format!("/groups/{guid}/members"));
    request.header("authToken", &token).json(body).send().await
}

#[tokio::test]
async fn every_code_comes_from_the_state_that_causes_it() {
    let listed = Mock::start().await.bare(Method::GET, "/__mock/errors").send().await.json();
    for code in Code::ALL.iter().copied() {
        let mock = Mock::start().await;
        if let Some(reply) = cause(&mock, code).await {
            reply.refused(code.default_status(), code.as_str());
            let explain = reply.explain.unwrap_or_default();
            let (place, because) = explain.split_once(": ").unwrap_or_default();
            assert!(!because.is_empty(), "{}: {explain}", code.as_str());
            let entries = listed["errors"].as_array().unwrap();
            let entry = entries.iter().find(|entry| entry["code"] == code.as_str()).unwrap();
            assert!(
                entry["rules"].as_array().unwrap().contains(&json!(place)),
                "{entry} {explain}"
            );
        }
    }
}

#[tokio::test]
async fn the_nineteen_documented_codes_are_the_first() {
    let documented: Vec<_> =
        Code::ALL[..Code::DOCUMENTED].iter().map(|code| code.as_str()).collect();
    assert_eq!(documented.first(), Some(&"AUTH_ERR_EMPTY_APIKEY"));
    assert_eq!(documented.last(), Some(&"ERR_CALL_NOT_STARTED"));
    assert_eq!(documented.len(), 19);
}

#[tokio::test]
async fn every_code_can_be_answered_with_another_status() {
    for code in Code::ALL.iter().copied() {
        let statuses = vec![(code, StatusCode::IM_A_TEAPOT)];
        let mock = Mock::with(Config { statuses, ..Config::default() }).await;
        // A server of its own, whose statuses are not changed.
        let Some(reply) = cause(&mock, code).await.filter(|_| code != Code::TooManyApps) else {
            continue;
        };
        reply.refused(418, code.as_str());
    }
}

#[tokio::test]
async fn explanations_can_be_left_out() {
    let mock = Mock::with(Config { no_explain: true, ..Config::default() }).await;
    let reply = post(&mock, A, ring("user", A)).await;
    reply.refused(400, "ERR_CALLING_SELF");
    assert_eq!(reply.explain, None);
}

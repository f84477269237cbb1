//! `/users/{uid}/auth_tokens`, and what each kind of credentials opens.

use mock_calls::http::routes;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{A, B, C, GROUP, Mock, Reply, Request, START};

const AUTH_KEY: &str = "mock-auth-key";
const NOT_FOUND: (u16, &str) = (401, "AUTH_ERR_AUTH_TOKEN_NOT_FOUND");

fn tokens_of(uid: &str) -> String {
    format!("/users/{uid}/auth_tokens")
}

async fn look_as(mock: &Mock, token: &str) -> Reply {
    mock.bare(Method::GET, "/users").token(token).send().await
}

#[tokio::test]
async fn a_token_is_made_of_the_uid_the_time_and_thirty_hex_digits() {
    let mock = Mock::start().await;
    mock.advance(5);
    let made = mock.post(&tokens_of(&A.to_uppercase()), json!({})).send().await.ok();
    assert_eq!((&made["uid"], &made["createdAt"]), (&json!(A), &json!(START + 5)));
    let token = made["authToken"].as_str().unwrap();
    let hex = token.strip_prefix(&format!("{A}_{}", START + 5)).unwrap();
    assert_eq!(hex.len(), 30, "{token}");
    assert!(hex.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)), "{token}");
    assert_ne!(mock.token(A).await, token);
}

#[tokio::test]
async fn a_token_acts_as_its_user_whatever_onbehalfof_says() {
    let mock = Mock::start().await;
    let token = mock.token(A).await;
    let body = json!({ "receiver": B, "receiverType": "user", "type": "audio" });
    let reply = mock.bare(Method::POST, "/calls").token(&token).by(C).json(body).send().await;
    assert_eq!(reply.ok()["sender"], A);
}

#[tokio::test]
async fn tokens_are_listed_newest_first() {
    let mock = Mock::start().await;
    assert_eq!(mock.get(&tokens_of(A)).send().await.ok(), json!([]));
    let mut made = Vec::new();
    for _ in 0..3 {
        made.insert(0, mock.token(A).await);
        mock.advance(1);
    }
    mock.token(B).await;
    let reply = mock.get(&tokens_of(A)).send().await;
    assert_eq!((reply.column("authToken"), reply.pagination()), (made.clone(), [3, 3, 100, 1, 1]));
    let second = mock.get(&format!("{}?perPage=1&page=2", tokens_of(A))).send().await;
    assert_eq!(second.column("authToken"), made[1..2]);
}

#[tokio::test]
async fn one_token_can_be_shown_changed_and_deleted() {
    let mock = Mock::start().await;
    let (first, second) = (mock.token(A).await, mock.token(A).await);
    let path = format!("{}/{first}", tokens_of(A));
    let plain = json!({ "uid": A, "authToken": first, "createdAt": START });
    assert_eq!(mock.get(&path).send().await.ok(), plain);

    let changed = mock.put(&path, json!({ "platform": "ios", "deviceId": "d1" })).send().await.ok();
    let expected = json!({
        "uid": A, "authToken": first, "createdAt": START, "platform": "ios", "deviceId": "d1",
    });
    assert_eq!(changed, expected);
    assert_eq!(mock.get(&path).send().await.ok(), expected);

    assert_eq!(mock.delete(&path).send().await.ok()["success"], true);
    look_as(&mock, &first).await.refused(NOT_FOUND.0, NOT_FOUND.1);
    look_as(&mock, &second).await.ok();
    mock.get(&path).send().await.refused(NOT_FOUND.0, NOT_FOUND.1);
    mock.delete(&path).send().await.refused(NOT_FOUND.0, NOT_FOUND.1);
}

#[tokio::test]
async fn all_tokens_of_a_user_go_at_once() {
    let mock = Mock::start().await;
    let (first, second, other) = (mock.token(A).await, mock.token(A).await, mock.token(B).await);
    assert_eq!(mock.delete(&tokens_of(A)).send().await.ok()["success"], true);
    for token in [&first, &second] {
        look_as(&mock, token).await.refused(NOT_FOUND.0, NOT_FOUND.1);
    }
    look_as(&mock, &other).await.ok();
    assert_eq!(mock.get(&tokens_of(A)).send().await.ok(), json!([]));
}

#[tokio::test]
async fn tokens_of_others_and_of_nobody_are_not_found() {
    let mock = Mock::start().await;
    let token = mock.token(A).await;
    mock.get(&format!("{}/{token}", tokens_of(B))).send().await.refused(NOT_FOUND.0, NOT_FOUND.1);
    for request in [
        mock.post(&tokens_of("nobody"), json!({})),
        mock.get(&tokens_of("nobody")),
        mock.delete(&tokens_of("nobody")),
        mock.get(&format!("{}/{token}", tokens_of("nobody"))),
    ] {
        request.send().await.refused(404, "ERR_UID_NOT_FOUND");
    }
}

#[tokio::test]
async fn the_token_of_a_user_who_is_gone_is_unknown() {
    let mock = Mock::start().await;
    for (uid, permanent) in [(A, false), (B, true)] {
        let token = mock.token(uid).await;
        let body = json!({ "permanent": permanent });
        mock.delete(&format!("/users/{uid}")).json(body).send().await.ok();
        let error = look_as(&mock, &token).await.refused(NOT_FOUND.0, NOT_FOUND.1);
        let text = format!(
            "The auth token {token} does not exist. Please make sure you are logged in and have a valid auth token or try login again."
        );
        assert_eq!(error["message"], text);
    }
    look_as(&mock, "nonsense").await.refused(NOT_FOUND.0, NOT_FOUND.1);
}

/// A route with something in the place of each parameter.
fn filled(mock: &Mock, method: Method, path: &str) -> Request {
    let path = path
        .replace("{uid}", A)
        .replace("{guid}", GROUP)
        .replace("{sessionId}", "v1.us.mock-app.x")
        .replace("{authToken}", "token")
        .replace("{appId}", "mock-app")
        .replace("{webhookId}", "hook");
    mock.bare(method, &path)
}

/// What neither keys nor tokens open, but the management key.
fn is_managing(path: &str) -> bool {
    path.starts_with("/apps/")
}

#[tokio::test]
async fn an_auth_key_opens_nothing_but_the_making_of_users_and_tokens() {
    let mock = Mock::start().await;
    let mut opened = Vec::new();
    for route in routes() {
        let request = filled(&mock, route.method.clone(), route.path).header("apikey", AUTH_KEY);
        let reply = request.by(B).send().await;
        if is_managing(route.path) {
            reply.refused(401, "AUTH_ERR_EMPTY_AUTH_HEADER");
        } else if reply.status == 403 {
            reply.refused(403, "AUTH_ERR_NO_ACCESS");
        } else {
            opened.push(format!("{} {}", route.method, route.path));
        }
    }
    assert_eq!(opened, ["POST /users", "POST /users/{uid}/auth_tokens"]);

    let body = json!({ "uid": "ann", "name": "Ann", "withAuthToken": true });
    let make = mock.bare(Method::POST, "/users").header("apikey", AUTH_KEY).json(body);
    let made = make.send().await.ok();
    look_as(&mock, made["authToken"].as_str().unwrap()).await.ok();
    let make = mock.bare(Method::POST, &tokens_of("ann")).header("apikey", AUTH_KEY);
    look_as(&mock, make.send().await.ok()["authToken"].as_str().unwrap()).await.ok();
}

#[tokio::test]
async fn who_is_not_let_in_is_told_what_would_open() {
    let mock = Mock::start().await;
    let token = mock.token(A).await;
    let (key, admin) =
        ("an authOnly key", ("a key of scope fullAccess", "a REST API key in the apikey header"));
    for (method, path, with, needs) in [
        (Method::PUT, "/users", "a token", admin.1),
        (Method::POST, "/users", "a token", admin.1),
        (Method::PUT, "/users", key, admin.0),
        (Method::GET, "/users", key, admin.0),
        (Method::POST, "/calls", key, admin.0),
    ] {
        let bare = mock.bare(method, path).json(json!({}));
        let asked = if with == key { bare.header("apikey", AUTH_KEY) } else { bare.token(&token) };
        let error = asked.send().await.refused(403, "AUTH_ERR_NO_ACCESS");
        assert_eq!(error["devMessage"], format!("This operation needs {needs}."), "{path} {with}");
    }
}

#[tokio::test]
async fn without_credentials_nothing_opens() {
    let mock = Mock::start().await;
    for route in routes() {
        let bare = || filled(&mock, route.method.clone(), route.path);
        if is_managing(route.path) {
            bare().send().await.refused(401, "AUTH_ERR_EMPTY_AUTH_HEADER");
            let key = bare().header("apikey", "mock-rest-api-key").send().await;
            key.refused(401, "AUTH_ERR_EMPTY_AUTH_HEADER");
            continue;
        }
        bare().send().await.refused(401, "AUTH_ERR_EMPTY_APIKEY");
        let empty = bare().header("apikey", "").token("").by(A).send().await;
        empty.refused(401, "AUTH_ERR_EMPTY_APIKEY");
        let wrong = bare().header("apikey", "nonsense").send().await;
        wrong.refused(401, "AUTH_ERR_APIKEY_NOT_FOUND");
        bare().token("nonsense").send().await.refused(NOT_FOUND.0, NOT_FOUND.1);
    }
}

#[tokio::test]
async fn an_unknown_key_is_named_with_its_middle_hidden() {
    let mock = Mock::start().await;
    let ask = mock.bare(Method::GET, "/users").header("ApiKey", "0123456789abcdefghij");
    let error = ask.send().await.refused(401, "AUTH_ERR_APIKEY_NOT_FOUND");
    let (message, dev) = (
        "The key 01234**********fghij does not exist. Please use correct apiKey.",
        "The 01234**********fghij key doesn't work. Please use correct apiKey.",
    );
    assert_eq!(
        (error["message"].as_str(), error["devMessage"].as_str()),
        (Some(message), Some(dev))
    );
}

#[tokio::test]
async fn with_a_key_and_a_token_the_token_acts_and_the_key_must_be_known() {
    let mock = Mock::start().await;
    let token = mock.token(A).await;
    mock.ring(B, C).await;
    for key in ["mock-rest-api-key", AUTH_KEY] {
        let both = mock.bare(Method::GET, "/calls").header("apikey", key).token(&token);
        assert_eq!(both.send().await.ok(), Value::Array(Vec::new()), "{key}");
    }
    let both = mock.bare(Method::GET, "/calls").header("apikey", "nonsense").token(&token);
    both.send().await.refused(401, "AUTH_ERR_APIKEY_NOT_FOUND");
    let both = mock.get("/calls").token("nonsense").by(A);
    both.send().await.refused(NOT_FOUND.0, NOT_FOUND.1);
}

//! The management API of webhooks.

use insta::assert_snapshot;
use mock_calls::domain::webhooks::Trigger;
use reqwest::Method;
use serde_json::{Value, json};

use super::receiver::Receiver;
use crate::support::{A, B, Mock, Reply};

const WEBHOOKS: &str = "/apps/mock-app/webhooks";

async fn post(mock: &Mock, path: &str, body: Value) -> Reply {
    mock.manage(Method::POST, path).json(body).send().await
}

async fn at(mock: &Mock, method: Method, path: &str, body: Value) -> Reply {
    mock.manage(method, &format!("{WEBHOOKS}{path}")).json(body).send().await
}

fn hook(id: &str) -> Value {
    json!({ "id": id, "name": "Hook", "webhookURL": "https://example.test/hook" })
}

#[tokio::test]
async fn a_webhook_is_made_shown_changed_and_deleted() {
    let mock = Mock::start().await;
    let mut new = hook("mine");
    new["useBasicAuth"] = json!(true);
    new["username"] = json!("me");
    new["password"] = json!("s3cret");
    let made = post(&mock, WEBHOOKS, new).await;
    assert_snapshot!(made.text, @r#"{"data":{"id":"mine","name":"Hook","webhookURL":"https://example.test/hook","useBasicAuth":true,"username":"me","enabled":true,"retryOnFailure":false,"createdAt":1700000000,"updatedAt":1700000000}}"#);
    mock.advance(5);
    let change = json!({ "useBasicAuth": false, "retryOnFailure": true, "enabled": false });
    let changed = at(&mock, Method::PUT, "/mine", change).await;
    assert_snapshot!(changed.text, @r#"{"data":{"id":"mine","name":"Hook","webhookURL":"https://example.test/hook","useBasicAuth":false,"username":"me","enabled":false,"retryOnFailure":true,"createdAt":1700000000,"updatedAt":1700000005}}"#);
    assert_eq!(at(&mock, Method::GET, "/mine", json!({})).await.text, changed.text);
    let gone = at(&mock, Method::DELETE, "/mine", json!({})).await;
    assert_snapshot!(gone.text, @r#"{"data":{"success":true,"message":"Webhook with ID mine has been deleted successfully."}}"#);
    at(&mock, Method::GET, "/mine", json!({})).await.refused(404, "ERR_WEBHOOK_NOT_FOUND");
    at(&mock, Method::PUT, "/mine", json!({})).await.refused(404, "ERR_WEBHOOK_NOT_FOUND");
    at(&mock, Method::DELETE, "/mine", json!({})).await.refused(404, "ERR_WEBHOOK_NOT_FOUND");
}

#[tokio::test]
async fn user_name_and_password_are_kept_and_each_changed_by_itself() {
    let (mock, receiver) = (Mock::start().await, Receiver::start().await);
    let mut new = hook("mine");
    new["webhookURL"] = json!(receiver.url);
    new["username"] = json!("me");
    new["password"] = json!("p1");
    assert_eq!(post(&mock, WEBHOOKS, new).await.ok()["useBasicAuth"], false);
    let triggers = json!({ "triggerIds": ["call_initiated"] });
    at(&mock, Method::POST, "/mine/triggers", triggers).await.ok();
    let put = async |change: Value| at(&mock, Method::PUT, "/mine", change).await;
    let mut rings = 0;
    let mut brought = async || {
        let session = mock.ring(A, B).await;
        mock.moved(&session, A, "cancelled").await;
        rings += 1;
        receiver.came(rings).await;
        receiver.header(rings - 1, "authorization")
    };
    let basic = |text: &str| Some(format!("Basic {text}"));
    assert_eq!(brought().await, None);
    let on = put(json!({ "useBasicAuth": true })).await.ok();
    assert_eq!((&on["useBasicAuth"], &on["username"]), (&json!(true), &json!("me")));
    assert_eq!(brought().await, basic("bWU6cDE="));
    put(json!({ "password": "p2" })).await.ok();
    assert_eq!(brought().await, basic("bWU6cDI="));
    put(json!({ "useBasicAuth": false, "username": "you" })).await.ok();
    assert_eq!(brought().await, None);
    put(json!({ "useBasicAuth": true })).await.ok();
    assert_eq!(brought().await, basic("eW91OnAy"));

    let error = put(json!({ "password": null })).await.refused(400, "ERR_BAD_REQUEST");
    assert_snapshot!(error["details"], @r#"{"password":["The password field is required when useBasicAuth is true."]}"#);
    assert_eq!(brought().await, basic("eW91OnAy"));
    post(&mock, WEBHOOKS, hook("bare")).await.ok();
    let bare =
        at(&mock, Method::PUT, "/bare", json!({ "useBasicAuth": true, "name": "New" })).await;
    let error = bare.refused(400, "ERR_BAD_REQUEST");
    assert_eq!(error["details"].as_object().unwrap().len(), 2);
    assert_eq!(at(&mock, Method::GET, "/bare", json!({})).await.ok()["name"], "Hook");
}

#[tokio::test]
async fn a_url_has_no_login_in_it_and_stays_one() {
    let mock = Mock::start().await;
    let mut new = hook("mine");
    post(&mock, WEBHOOKS, new.clone()).await.ok();
    new["id"] = json!("other");
    for (url, said) in [
        ("http://u:p@h/", "must not contain a user name or password; send username and password"),
        ("http://h:99999/", "must be a valid URL"),
        ("", "field"),
    ] {
        new["webhookURL"] = json!(url);
        let put = at(&mock, Method::PUT, "/mine", json!({ "webhookURL": url })).await;
        let refused = [post(&mock, WEBHOOKS, new.clone()).await, put];
        for reply in refused {
            let error = reply.refused(400, "ERR_BAD_REQUEST");
            let texts = error["details"]["webhookURL"].as_array().unwrap();
            assert!(texts.len() == 1 && texts[0].as_str().unwrap().contains(said), "{error}");
        }
    }
    let seed = json!({ "webhooks": [{ "id": "x", "webhookURL": "http://u:p@h/" }] });
    let reply = mock.control(Method::POST, "/__mock/seed").json(seed).send().await;
    assert!(reply.status == 400 && !reply.text.contains("u:p"), "{}", reply.text);
    assert!(reply.text.contains("give username and password beside it"), "{}", reply.text);
    let kept = at(&mock, Method::GET, "/mine", json!({})).await.ok();
    assert_eq!(kept["webhookURL"], "https://example.test/hook");
}

#[tokio::test]
async fn a_login_that_cannot_be_sent_is_refused_with_one_text_for_each_field() {
    let mock = Mock::start().await;
    let mut new = hook("mine");
    new["useBasicAuth"] = json!(true);
    new["username"] = json!("x".repeat(51));
    new["password"] = json!("a\nb");
    let error = post(&mock, WEBHOOKS, new.clone()).await.refused(400, "ERR_BAD_REQUEST");
    assert_snapshot!(error["details"], @r#"{"username":["The username must not be greater than 50 characters."],"password":["The password must not contain control characters."]}"#);
    new["username"] = json!("a:b");
    new["password"] = json!("p:a");
    let error = post(&mock, WEBHOOKS, new).await.refused(400, "ERR_BAD_REQUEST");
    assert_snapshot!(error["details"], @r#"{"username":["The username must not contain colons or control characters."]}"#);
}

#[tokio::test]
async fn webhooks_are_listed_in_pages_and_found() {
    let mock = Mock::start().await;
    for id in ["a1", "b2", "A3"] {
        post(&mock, WEBHOOKS, hook(id)).await.ok();
    }
    let list = async |query: &str| at(&mock, Method::GET, query, json!({})).await;
    assert_eq!(list("").await.column("id"), ["a1", "b2", "A3"]);
    assert_eq!(list("").await.pagination(), [3, 3, 100, 1, 1]);
    assert_eq!(list("?searchKey=a").await.column("id"), ["a1", "A3"]);
    assert_eq!(list("?perPage=2&page=2").await.column("id"), ["A3"]);
    list("?page=0").await.refused(400, "ERR_BAD_REQUEST");
}

#[tokio::test]
async fn triggers_come_and_go_with_a_result_for_each() {
    let mock = Mock::start().await;
    post(&mock, WEBHOOKS, hook("mine")).await.ok();
    let triggers = json!({ "triggerIds": ["call_ended", "call_lost", "call_initiated"] });
    let added = at(&mock, Method::POST, "/mine/triggers", triggers).await.ok();
    assert_eq!(added["call_ended"]["success"], true);
    assert_eq!(added["call_lost"]["error"]["code"], "ERR_TRIGGER_NOT_FOUND");
    let list = async || at(&mock, Method::GET, "/mine/triggers", json!({})).await.column("id");
    assert_eq!(list().await, ["call_initiated", "call_ended"]);
    let triggers = json!({ "triggerIds": ["call_ended", "call_busy"] });
    let removed = at(&mock, Method::DELETE, "/mine/triggers", triggers).await.ok();
    assert_eq!(removed["call_ended"]["success"], true);
    assert_eq!(removed["call_busy"]["success"], false);
    assert_eq!(list().await, ["call_initiated"]);
    let unknown = json!({ "triggerIds": ["call_lost"] });
    for method in [Method::POST, Method::DELETE] {
        let refused = at(&mock, method, "/mine/triggers", unknown.clone()).await;
        let error = refused.refused(404, "ERR_TRIGGER_NOT_FOUND");
        let advice = error["devMessage"].as_str().unwrap();
        assert!(Trigger::ALL.iter().all(|trigger| advice.contains(trigger.as_str())), "{advice}");
    }
    let none = at(&mock, Method::POST, "/none/triggers", unknown).await;
    none.refused(404, "ERR_WEBHOOK_NOT_FOUND");
}

#[tokio::test]
async fn what_is_wrong_is_named_all_at_once() {
    let mock = Mock::start().await;
    let long = "x".repeat(256);
    let body = json!({ "id": "not an id", "name": long, "webhookURL": "ftp://x", "enabled": "?",
        "useBasicAuth": true });
    let error = post(&mock, WEBHOOKS, body).await.refused(400, "ERR_BAD_REQUEST");
    assert_snapshot!(error["details"], @r#"{"id":["The id must only contain letters, numbers, dashes and underscores."],"name":["The name must not be greater than 50 characters."],"webhookURL":["The webhookURL must be a valid URL."],"username":["The username field is required when useBasicAuth is true."],"password":["The password field is required when useBasicAuth is true."],"enabled":["The enabled field must be true or false."]}"#);
    let mut body = hook(&"x".repeat(51));
    body["webhookURL"] = json!(format!("http://{long}"));
    let error = post(&mock, WEBHOOKS, body).await.refused(400, "ERR_BAD_REQUEST");
    assert_snapshot!(error["details"], @r#"{"id":["The id must not be greater than 50 characters."],"webhookURL":["The webhookURL must not be greater than 255 characters."]}"#);
}

#[tokio::test]
async fn it_takes_both_headers_and_the_app_of_the_path() {
    let mock = Mock::start().await;
    let bare = |app: &str| mock.bare(Method::GET, &format!("/v3/apps/{app}/webhooks"));
    let missing = [
        bare("mine"),
        bare("mine").header("key", "mock-key"),
        bare("mine").header("secret", "mock-secret"),
        bare("mine").header("key", "mock-key").header("secret", "wrong"),
        mock.get("/apps/mine/webhooks"),
    ];
    for request in missing {
        let refused = request.send().await;
        refused.refused(401, "AUTH_ERR_EMPTY_AUTH_HEADER");
        assert!(refused.explain.unwrap().starts_with("manage/1: "));
    }
    let other = mock.manage(Method::POST, "/apps/theirs/webhooks").app("mine").json(hook("hook"));
    other.send().await.ok();
    let list = async |app: &str| {
        mock.manage(Method::GET, &format!("/apps/{app}/webhooks")).send().await.column("id")
    };
    assert_eq!(list("theirs").await, ["hook"]);
    assert!(list("mine").await.is_empty());
    assert_eq!(list("th%65irs").await, ["hook"]);
    for (method, path) in [(Method::GET, "/apps//webhooks"), (Method::POST, "/v3/apps//webhooks")] {
        let reply = mock.manage(method, path).json(hook("lost")).send().await;
        reply.refused(404, "ERR_API_NOT_FOUND");
    }
    assert!(list("mock-app").await.is_empty());
    for (header, value) in [("key", "other"), ("secret", "other")] {
        let twice = mock.manage(Method::GET, "/apps/mine/webhooks").header(header, value);
        let error = twice.send().await.refused(400, "ERR_BAD_REQUEST");
        assert!(error["details"][header][0].as_str().unwrap().contains("more than once"));
    }
    let same = mock.manage(Method::GET, "/apps/mine/webhooks").header("key", "mock-key");
    same.send().await.ok();
    let bad = mock.manage(Method::GET, "/apps/no%20app/webhooks").send().await;
    bad.refused(401, "AUTH_ERR_INVALID_APPID");
}

#[tokio::test]
async fn they_are_part_of_the_state_and_of_a_seed() {
    let mock = Mock::start().await;
    let seed = json!({ "webhooks": [
        { "id": "all", "webhookURL": "http://localhost:9000/hook" },
        { "id": "some", "name": "Some", "webhookURL": "http://localhost:9000/some", "username": "me",
          "password": "s3cret", "enabled": false, "retryOnFailure": true,
          "triggers": ["call_ended", "call_initiated"], "createdAt": 1_600_000_000 },
        { "id": "off", "webhookURL": "http://x", "useBasicAuth": false, "username": "me",
          "password": "p" },
        { "id": "half", "webhookURL": "http://x", "useBasicAuth": false, "password": "p" },
    ]});
    let control =
        async |method, path: &str, body: Value| mock.control(method, path).json(body).send().await;
    let reply = control(Method::POST, "/__mock/seed", seed.clone()).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert_eq!(
        at(&mock, Method::GET, "", json!({})).await.column("id"),
        ["all", "some", "off", "half"]
    );
    let shown = async |id: &str| at(&mock, Method::GET, id, json!({})).await.ok();
    assert_eq!(shown("/some").await["useBasicAuth"], true);
    assert_eq!((&shown("/off").await["useBasicAuth"]), &json!(false));
    let all = at(&mock, Method::GET, "/all/triggers", json!({})).await;
    assert_eq!(all.column("id").len(), 15);

    let state = mock.control(Method::GET, "/__mock/state").send().await;
    let there = mock.control(Method::PUT, "/__mock/state").app("twin").body(state.text.clone());
    assert_eq!(there.send().await.status, 200);
    let twin = mock.control(Method::GET, "/__mock/state").app("twin").send().await;
    assert_eq!(state.text, twin.text);
    assert!(state.text.contains(r#""password": "s3cret""#), "{}", state.text);

    let again = control(Method::POST, "/__mock/seed", seed).await;
    assert!(
        again.text.contains("webhooks[0].id: there is a webhook all already"),
        "{}",
        again.text
    );
    for (wrong, said) in [
        (json!({ "id": "x", "webhookURL": "x" }), "webhooks[0].webhookURL"),
        (json!({ "id": "x y", "webhookURL": "http://x" }), "webhooks[0].id"),
        (json!({ "id": "x", "webhookURL": "http://x", "username": "u" }), "webhooks[0].password"),
        (json!({ "id": "x", "webhookURL": "http://x", "useBasicAuth": true }), "[0].username"),
        (
            json!({ "id": "x", "webhookURL": "http://x", "username": "a:b", "password": "p" }),
            "webhooks[0].username: it has a colon",
        ),
        (json!({ "id": "x", "webhookURL": "http://x", "triggers": ["no"] }), "is none of call_"),
    ] {
        let reply = control(Method::POST, "/__mock/seed", json!({ "webhooks": [wrong] })).await;
        assert_eq!(reply.status, 400);
        assert!(reply.text.contains(said), "{}", reply.text);
    }
    control(Method::POST, "/__mock/reset", json!({})).await;
    assert!(at(&mock, Method::GET, "", json!({})).await.column("id").is_empty());
}

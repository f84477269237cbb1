//! A hundred apps at once, each with its own time, faults and journal, and nothing of one in
//! another.

use futures_util::future::join_all;
use mock_calls::domain::code::Code;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{A, B, C, D, Mock, START};

const APPS: usize = 100;

async fn control(mock: &Mock, app: &str, method: Method, path: &str, body: Value) -> Value {
    let request = mock.bare(method, &format!("/__mock{path}")).app(app);
    let reply = if body.is_null() { request.send().await } else { request.json(body).send().await };
    assert_eq!(reply.status, 200, "{app} {path}: {}", reply.text);
    reply.json()
}

/// Lives a life of its own, in which everything depends on its number.
async fn live(mock: &Mock, nth: usize) {
    let app = format!("app-{nth}");
    // The nineteen documented codes, so that neighbours have different ones.
    let code = Code::ALL[nth % Code::DOCUMENTED];
    let ahead = 1_000 * i64::try_from(nth).unwrap();

    control(mock, &app, Method::POST, "/clock", json!({ "set": START + ahead, "freeze": true }))
        .await;
    let fault =
        json!({ "match": { "method": "POST", "uid": C }, "then": { "error": code.as_str() } });
    control(mock, &app, Method::POST, "/faults", fault).await;

    let ring = |by, to| {
        let body = json!({ "receiver": to, "receiverType": "user", "type": "audio" });
        mock.post("/calls", body).by(by).app(&app)
    };
    for _ in 0..nth % 7 {
        ring(C, D).send().await.refused(code.default_status(), code.as_str());
    }
    let message = ring(A, B).send().await.ok();
    let call = &message["data"]["entities"]["on"]["entity"];
    assert_eq!(call["initiatedAt"], START + ahead, "{app}");
    assert!(call["sessionid"].as_str().unwrap().contains(&app), "{app}");

    let passed = control(mock, &app, Method::POST, "/clock", json!({ "advance": "45s" })).await;
    assert_eq!(passed["fired"].as_array().unwrap().len(), 1, "{app}");
    let expected = json!({ "match": { "code": code.as_str() }, "count": { "exactly": nth % 7 } });
    control(mock, &app, Method::POST, "/requests/verify", expected).await;
    let all = json!({ "match": {}, "count": { "exactly": nth % 7 + 1 } });
    control(mock, &app, Method::POST, "/requests/verify", all).await;
    control(mock, &app, Method::PUT, "/snapshots/end", Value::Null).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_apps_live_side_by_side() {
    let mock = Mock::start().await;
    join_all((0..APPS).map(|nth| live(&mock, nth))).await;

    // Afterwards each is as it left itself, whatever came after it elsewhere.
    for nth in 0..APPS {
        let app = format!("app-{nth}");
        let clock = control(&mock, &app, Method::GET, "/clock", Value::Null).await;
        assert_eq!(clock["now"], START + 1_000 * i64::try_from(nth).unwrap() + 45, "{app}");
        let faults = control(&mock, &app, Method::GET, "/faults", Value::Null).await;
        assert_eq!(faults["faults"][0]["fired"], nth % 7, "{app}");
        let snapshots = control(&mock, &app, Method::GET, "/snapshots", Value::Null).await;
        assert_eq!(snapshots["snapshots"].as_array().unwrap().len(), 1, "{app}");
        let calls = mock.get("/calls?status=unanswered").app(&app).send().await.json();
        assert_eq!(calls["meta"]["pagination"]["total"], 1, "{app}");
    }
    let untouched = control(&mock, "mock-app", Method::GET, "/requests", Value::Null).await;
    assert_eq!(untouched["requests"], json!([]));
}

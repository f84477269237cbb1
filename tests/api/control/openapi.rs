//! The OpenAPI document says all that is served. That every answer of every test is declared is
//! checked where the tests receive them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use axum::http::StatusCode;
use mock_calls::{config::Config, control, domain::code::Code, http};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{A, B, Mock};

async fn document(mock: &Mock) -> Value {
    mock.bare(Method::GET, "/__mock/openapi.json").send().await.json()
}

/// Method, path and what is said of it.
fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let paths = document["paths"].as_object().unwrap();
    paths
        .iter()
        .flat_map(|(path, methods)| {
            let methods = methods.as_object().unwrap();
            methods.iter().map(|(method, said)| (method.to_uppercase(), path.clone(), said.clone()))
        })
        .collect()
}

#[tokio::test]
async fn it_has_every_route_and_no_other() {
    let vendor =
        http::routes().into_iter().map(|route| (route.method, format!("/v3{}", route.path)));
    let control = control::routes().into_iter().map(|route| (route.method, route.path.to_owned()));
    let realtime = http::realtime();
    let realtime = (realtime.method, realtime.path.to_owned());
    let served: BTreeSet<_> = vendor
        .chain([realtime])
        .chain(control)
        .map(|(method, path)| (method.to_string(), path))
        .collect();
    let mock = Mock::start().await;
    let said: BTreeSet<_> = operations(&document(&mock).await)
        .into_iter()
        .map(|(method, path, _)| (method, path))
        .collect();
    assert_eq!(said, served);
}

#[tokio::test]
async fn every_operation_is_described() {
    let mock = Mock::start().await;
    let document = document(&mock).await;
    let mut ids = BTreeSet::new();
    for (method, path, said) in operations(&document) {
        let id = said["operationId"].as_str().unwrap().to_owned();
        assert!(ids.insert(id), "{method} {path} has the operationId of another");
        assert!(
            said["summary"].as_str().is_some_and(|text| text.ends_with('.')),
            "{method} {path}"
        );
        assert!(!said["responses"].as_object().unwrap().is_empty(), "{method} {path}");
        let named = path.matches('{').count();
        let parameters = said["parameters"].as_array().unwrap();
        assert_eq!(parameters.iter().filter(|p| p["in"] == "path").count(), named, "{path}");
    }
}

#[tokio::test]
async fn every_reference_leads_somewhere() {
    fn references(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(fields) => {
                found.extend(fields.get("$ref").and_then(Value::as_str).map(str::to_owned));
                fields.values().for_each(|field| references(field, found));
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            _ => {}
        }
    }
    let mock = Mock::start().await;
    let document = document(&mock).await;
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    assert!(found.len() > 50, "{found:?}");
    for reference in found {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
}

#[tokio::test]
async fn every_documented_code_is_some_operations_and_has_an_example_of_its_shape() {
    let mock = Mock::start().await;
    let document = document(&mock).await;
    let envelope = json!({
        "$ref": "#/components/schemas/ErrorEnvelope",
        "components": document["components"],
    });
    let envelope = jsonschema::validator_for(&envelope).unwrap();
    for code in &Code::ALL[..Code::DOCUMENTED] {
        let example = &document["components"]["examples"][code.as_str()]["value"];
        assert_eq!(example["error"]["code"], code.as_str());
        assert!(envelope.is_valid(example), "{example}");
    }
}

#[tokio::test]
async fn statuses_are_as_this_server_answers_them() {
    let config =
        Config { statuses: vec![(Code::BusyUser, StatusCode::CONFLICT)], ..Config::default() };
    let mock = Mock::with(config).await;
    let document = document(&mock).await;
    let said = &document["paths"]["/v3/calls"]["post"]["responses"]["409"];
    assert_eq!(
        said["content"]["application/json"]["schema"]["allOf"][1]["properties"]["error"]["properties"]
            ["code"]["enum"],
        json!(["ERR_CALL_BUSY_USER"])
    );
}

/// A body without any of its fields is refused for exactly those that are said to be required.
#[tokio::test]
async fn what_is_said_to_be_required_is() {
    let mock = Mock::start().await;
    let (token, mut checked) = (mock.token(A).await, 0);
    for (method, path, said) in operations(&document(&mock).await) {
        let schema = &said["requestBody"]["content"]["application/json"]["schema"];
        let (Some(required), true) = (schema["required"].as_array(), path.starts_with("/v3"))
        else {
            continue;
        };
        let filled = path
            .replace("{sessionId}", "some")
            .replace("{appId}", "mock-app")
            .replace("{webhookId}", "none")
            .replace("{guid}", "cometchat-guid-1")
            .replace("{uid}", A);
        let request = mock.request(method.parse().unwrap(), &filled).by(A).json(json!({}));
        let request = request.header("key", "mock-key").header("secret", "mock-secret");
        let for_clients = said["security"] == json!([{ "authToken": [] }]);
        let request = if for_clients { request.token(&token) } else { request };
        let error = request.send().await.refused(400, "ERR_BAD_REQUEST");
        let missing: BTreeSet<_> = error["details"].as_object().unwrap().keys().cloned().collect();
        let required: BTreeSet<_> =
            required.iter().map(|field| field.as_str().unwrap().to_owned()).collect();
        assert_eq!(missing, required, "{method} {path}");
        checked += 1;
    }
    assert!(checked >= 8, "{checked}");
}

/// The parameters that handlers look for in the query are those that are said to be there.
#[tokio::test]
async fn every_parameter_of_a_query_is_said() {
    let mock = Mock::start().await;
    let mut said: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (_, path, operation) in operations(&document(&mock).await) {
        let resource = path.trim_start_matches("/v3/").split('/').next_back().unwrap().to_owned();
        for parameter in operation["parameters"].as_array().unwrap() {
            if parameter["in"] == "query" {
                let name = parameter["name"].as_str().unwrap().to_owned();
                said.entry(resource.clone()).or_default().insert(name);
            }
        }
    }
    for (file, resource) in [
        ("calls", "calls"),
        ("users", "users"),
        ("groups", "groups"),
        ("members", "members"),
        ("blocks", "blockedusers"),
        ("webhooks", "webhooks"),
    ] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("src/http/{file}.rs"));
        let code = fs::read_to_string(path).unwrap();
        for asks in ["query.text(\"", "query.texts(\"", "query.flag(\"", "query.integer(\""] {
            for (at, _) in code.match_indices(asks) {
                let name = code[at + asks.len()..].split('"').next().unwrap();
                assert!(said[resource].contains(name), "{file}.rs asks for {name}");
            }
        }
    }
}

#[tokio::test]
async fn it_says_which_triggers_there_are_and_how_long_a_login_may_be() {
    let document = document(&Mock::start().await).await;
    let body = |path: &str| {
        let operation = &document["paths"][path]["post"];
        operation["requestBody"]["content"]["application/json"]["schema"]["properties"].clone()
    };
    let triggers = body("/v3/apps/{appId}/webhooks/{webhookId}/triggers");
    let known = triggers["triggerIds"]["items"]["enum"].as_array().unwrap().clone();
    assert!(known.len() == 15 && known.contains(&json!("meeting_ended")), "{triggers}");
    let webhook = body("/v3/apps/{appId}/webhooks");
    let most =
        ["name", "webhookURL", "username", "password"].map(|f| webhook[f]["maxLength"].clone());
    assert_eq!(json!(most), json!([50, 255, 50, 100]));
}

/// What the schema of a body says of it is what the handler says of it.
#[tokio::test]
async fn a_body_is_taken_where_its_schema_takes_it() {
    let mock = Mock::start().await;
    let document = document(&mock).await;
    let token = mock.token(A).await;
    mock.call_token(&token, "daily").await;
    let then = |then: Value| json!({ "then": then, "times": 0 });
    let group = |members: Value| json!({ "guid": "club", "name": "Club", "members": members });
    let user = |flag: Value| json!({ "uid": "new", "name": "New", "withAuthToken": flag });
    let hook = |name: &str| {
        json!({ "id": "hook", "name": "Hook", "webhookURL": "http://127.0.0.1:9/", "username": name,
            "password": "p", "useBasicAuth": true })
    };
    let media = "/__mock/calls/{sessionId}/media";
    let (join, leave) = (json!({ "uid": A }), json!({ "uid": A }));
    let cases = [
        (media, json!({ "join": join }), true),
        (media, json!({ "leave": leave, "join": null }), true),
        (media, json!({ "join": join, "leave": leave }), false),
        (media, json!({ "join": null }), false),
        (media, json!({}), false),
        ("/__mock/clock", json!({ "advance": "1h 30m" }), true),
        ("/__mock/clock", json!({ "advance": "0", "freeze": false }), true),
        ("/__mock/clock", json!({ "set": 1_700_000_000, "freeze": true }), true),
        ("/__mock/clock", json!({ "resume": true }), true),
        ("/__mock/clock", json!({ "advance": 0 }), false),
        ("/__mock/clock", json!({ "advance": "" }), false),
        ("/__mock/clock", json!({ "advance": "soon" }), false),
        ("/__mock/clock", json!({ "freeze": true, "resume": true }), false),
        ("/__mock/clock", json!({ "freeze": false, "set": null }), false),
        ("/__mock/clock", json!({}), false),
        ("/__mock/faults", then(json!({ "error": "ERR_CALL_BUSY_USER" })), true),
        ("/__mock/faults", then(json!({ "drop": true, "reset": false, "error": null })), true),
        ("/__mock/faults", then(json!({ "delay": "20ms" })), true),
        (
            "/__mock/faults",
            then(json!({ "rateLimit": {}, "delay": { "uniform": ["0", "1s"] } })),
            true,
        ),
        ("/__mock/faults", then(json!({ "drop": true, "reset": true })), false),
        ("/__mock/faults", then(json!({ "drop": false })), false),
        ("/__mock/faults", then(json!([null, null, true])), false),
        ("/__mock/faults", then(json!({ "rateLimit": [60] })), false),
        ("/__mock/faults", json!({ "match": ["POST"], "then": { "drop": true } }), false),
        ("/__mock/faults", then(json!({ "respond": { "headers": { "x-a": "b" } } })), true),
        ("/__mock/faults", then(json!({ "respond": { "headers": { "x-a": "\u{fc}" } } })), true),
        ("/__mock/faults", then(json!({ "respond": { "headers": { "x a": "b" } } })), false),
        ("/__mock/faults", then(json!({ "respond": { "headers": { "x-a": "b\n" } } })), false),
        ("/__mock/faults", then(json!({ "error": "ERR_UNHEARD_OF" })), false),
        ("/__mock/faults", then(json!({ "respond": { "status": 199 } })), false),
        ("/__mock/faults", then(json!({ "delay": { "uniform": ["0", "1s", "2s"] } })), false),
        ("/__mock/faults", json!({ "then": { "drop": true }, "probability": 1.5 }), false),
        ("/__mock/faults", json!({ "then": { "drop": true }, "ttl": "for ever" }), false),
        ("/__mock/requests/verify", json!({ "match": {}, "count": { "exactly": 1 } }), true),
        ("/__mock/requests/verify", json!({ "sequence": [{}], "match": null }), true),
        ("/__mock/requests/verify", json!({ "sequence": [] }), false),
        ("/__mock/requests/verify", json!({ "sequence": [{}], "match": {} }), false),
        ("/__mock/requests/verify", json!({ "sequence": [{}], "count": {} }), false),
        ("/__mock/requests/verify", json!({ "match": {}, "within": "later" }), false),
        ("/__mock/requests/verify", json!({ "match": ["POST"] }), false),
        ("/__mock/requests/verify", json!({ "match": {}, "count": [1] }), false),
        ("/__mock/requests/verify", json!({ "sequence": [["POST"]] }), false),
        ("/__mock/requests/verify", json!({}), false),
        ("/__mock/webhooks/verify", json!({ "match": {}, "count": { "exactly": 0 } }), true),
        ("/__mock/webhooks/verify", json!({ "match": { "attempts": -1 } }), false),
        ("/__mock/seed", json!({ "users": ["u"] }), false),
        ("/__mock/seed", json!({ "users": [{ "uid": "u", "createdAt": 1_700_000_000.5 }] }), true),
        (
            "/__mock/seed",
            json!({ "users": [{ "uid": "v", "createdAt": 1_700_000_000_000u64 }] }),
            false,
        ),
        ("/__mock/seed", json!({ "counters": { "lastMessageId": 7 } }), false),
        ("/__mock/seed", json!({ "clock": { "aheadMillis": 7 } }), false),
        ("/__mock/webhooks/sink/{name}", json!([null]), true),
        ("/v3/groups", group(json!({ "participants": [B] })), true),
        ("/v3/groups", group(Value::Null), true),
        ("/v3/groups", group(json!([])), false),
        ("/v3/groups", group(json!("all")), false),
        ("/v3/users", user(json!(true)), true),
        ("/v3/users", user(json!("0")), true),
        ("/v3/users", user(json!(1)), true),
        ("/v3/users", user(Value::Null), true),
        ("/v3/users", user(json!("yes")), false),
        ("/v3/users", user(json!(2)), false),
        ("/v3/users", json!({ "uid": "new", "name": "New", "metadata": [] }), true),
        ("/v3/users", json!({ "uid": "new", "name": "New", "metadata": "" }), true),
        ("/v3/users", json!({ "uid": "new", "name": "New", "metadata": [1] }), false),
        ("/v3/users", json!({ "uid": "new", "name": "New", "metadata": 7 }), false),
        ("/v3/apps/{appId}/webhooks", hook("me"), true),
        ("/v3/apps/{appId}/webhooks", hook("m:e"), false),
        ("/v3/apps/{appId}/webhooks", hook("m\ne"), false),
    ];
    for (path, body, is_good) in cases {
        let said = &document["paths"][path]["post"]["requestBody"]["content"]["application/json"];
        let schema = jsonschema::validator_for(&said["schema"]).unwrap();
        let wrong: Vec<_> = schema.iter_errors(&body).map(|error| error.to_string()).collect();
        assert_eq!(wrong.is_empty(), is_good, "{path} {body}: {wrong:#?}");
        let filled = path
            .replace("{sessionId}", "v1.us.mock-app.daily")
            .replace("{appId}", "mock-app")
            .replace("{name}", "any");
        let request = mock.request(Method::POST, &filled).json(body.clone());
        let request = request.header("key", "mock-key").header("secret", "mock-secret");
        let reply = request.send().await;
        assert_eq!(reply.status != 400, is_good, "{path} {body}: {}", reply.text);
        for gone in ["/v3/groups/club", "/v3/users/new"] {
            mock.delete(gone).json(json!({ "permanent": true })).send().await;
        }
        mock.manage(Method::DELETE, "/apps/mock-app/webhooks/hook").send().await;
    }
}

/// A parameter of a query is taken where its schema takes it.
#[tokio::test]
async fn a_parameter_is_taken_where_its_schema_takes_it() {
    let mock = Mock::start().await;
    let document = document(&mock).await;
    let number = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    for (method, path, name, text, value, is_good) in [
        ("get", "/__mock/requests", "limit", "1", number("1"), true),
        ("get", "/__mock/requests", "limit", "0", number("0"), false),
        ("get", "/__mock/requests", "cursor", "-1", number("-1"), false),
        (
            "get",
            "/__mock/requests",
            "cursor",
            "18446744073709551615",
            number("18446744073709551615"),
            true,
        ),
        ("get", "/__mock/requests", "status", "65536", number("65536"), false),
        ("get", "/__mock/requests", "since", "-1", number("-1"), true),
        ("get", "/__mock/webhooks/deliveries", "limit", "0", number("0"), false),
        ("post", "/__mock/webhooks/flush", "within", "1s", json!("1s"), true),
        ("post", "/__mock/webhooks/flush", "within", "soon", json!("soon"), false),
        ("post", "/__mock/reset", "all", "false", json!(false), true),
        ("post", "/__mock/reset", "all", "779", number("779"), false),
        ("post", "/__mock/reset", "appId", "a%20b", json!("a b"), false),
        (
            "get",
            "/v3/calls",
            "startedAt",
            "-9223372036854775808",
            number("-9223372036854775808"),
            true,
        ),
        (
            "get",
            "/v3/calls",
            "startedAt",
            "9223372036854775808",
            number("9223372036854775808"),
            false,
        ),
        ("get", "/v3/users", "page", "0", number("0"), false),
        ("get", "/v3/users", "per_page", "0&perPage=1", number("0"), false),
        ("get", "/v3/users", "withTags", "maybe", json!("maybe"), false),
    ] {
        let parameters = document["paths"][path][method]["parameters"].as_array().unwrap();
        let said = parameters.iter().find(|said| said["name"] == name && said["in"] == "query");
        let schema = jsonschema::validator_for(&said.unwrap()["schema"]).unwrap();
        assert_eq!(schema.is_valid(&value), is_good, "{path} {name} {value}");
        let reply =
            mock.request(method.to_uppercase().parse().unwrap(), &format!("{path}?{name}={text}"));
        let reply = reply.send().await;
        assert_eq!(reply.status == 200, is_good, "{path} {name} {text}: {}", reply.text);
    }
    // What may be empty counts as absent then.
    for (path, methods) in document["paths"].as_object().unwrap() {
        for said in methods["get"]["parameters"].as_array().into_iter().flatten() {
            if said["allowEmptyValue"] == true && !path.contains('{') && !path.contains("blocked") {
                let name = said["name"].as_str().unwrap();
                let reply = mock.get(&format!("{path}?{name}=")).by(A).send().await;
                assert_eq!(reply.status, 200, "{path} {name}: {}", reply.text);
            }
        }
    }
}

#[tokio::test]
async fn a_reset_that_says_neither_resets_nothing() {
    let mock = Mock::start().await;
    mock.ring(A, B).await;
    for all in ["yes", "TRUE", "2"] {
        let path = format!("/__mock/reset?all={all}");
        let reply = mock.control(Method::POST, &path).send().await;
        assert_eq!(
            (reply.status, &reply.json()["error"]["code"]),
            (400, &json!("MOCK_BAD_REQUEST"))
        );
    }
    assert_eq!(mock.get("/calls").send().await.pagination()[0], 1);
}

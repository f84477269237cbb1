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

use crate::support::{A, Mock};

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

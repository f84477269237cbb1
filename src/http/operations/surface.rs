//! The vendor's surface as the document shows it.

use serde_json::{Map, Value, json};

use super::{API_KEY, AUTH_TOKEN, CALL_TOKEN, MANAGEMENT_KEY, MANAGEMENT_SECRET};
use crate::{
    domain::{
        code::Code,
        error::Error,
        example::Subjects,
        ids::{Guid, SessionId, Uid},
        webhooks::WebhookId,
    },
    http::{
        router::{realtime, routes},
        wire::error::Envelope,
    },
    openapi::{Refusal, Surface, shape_of},
    route::Route,
    runtime::statuses::Statuses,
};

/// Every operation, and apart the one that stands under no prefix.
pub fn surfaces<'a>(refusal: &'a dyn Fn(&str) -> Refusal) -> [Surface<'a>; 2] {
    [surface("/v3", routes(), refusal), surface("", vec![realtime()], refusal)]
}

fn surface<'a, H>(
    prefix: &'static str,
    routes: Vec<Route<H>>,
    refusal: &'a dyn Fn(&str) -> Refusal,
) -> Surface<'a> {
    Surface {
        name: "vendor",
        prefix,
        operations: routes
            .into_iter()
            .map(|route| (route.method, route.path, (route.operation)()))
            .collect(),
        parameters: &["appId"],
        headers: &["x-mock-request-id"],
        error: shape_of::<Envelope<'_>>(),
        refusal,
    }
}

/// What is to be said of a code.
pub fn refusal(code: &str, statuses: &Statuses) -> Refusal {
    let code = Code::parse(code).unwrap_or(Code::Internal);
    let subjects = Subjects {
        uid: Uid::default(),
        other: Uid::parse("cometchat-uid-2").unwrap_or_default(),
        guid: Guid::default(),
        session: SessionId::given("v1.us.mock-app.1700000000"),
        webhook: WebhookId::default(),
    };
    let example = Error::example(code, subjects);
    Refusal {
        status: statuses.of(code).as_u16(),
        meaning: code.meaning().to_owned(),
        example: json!(Envelope::of(&example)),
    }
}

/// What the operations refer to.
pub fn components() -> Map<String, Value> {
    let header = |name: &str, what: &str| {
        let schema = json!({ "type": "string" });
        json!({ "name": name, "in": "header", "description": what, "schema": schema })
    };
    let scheme = |name: &str, what: &str| json!({ "type": "apiKey", "in": "header", "name": name, "description": what });
    let components = json!({
        "parameters": {
            "appId": header("appId", "The app, an isolated world: 1 to 64 letters, digits, `-`, \
                `_` and `.`. One that was not seen before is opened. Without it the app is that \
                of the token, or of the host's name, or the default one."),
            "onBehalfOf": header("onBehalfOf", "The uid of the user as whom a REST API key acts."),
        },
        "headers": {
            "x-mock-request-id": {
                "description": "The request's name in the journal.",
                "required": true,
                "schema": { "type": "string", "format": "uuid" },
            },
        },
        "securitySchemes": {
            API_KEY: scheme("apikey", "A REST API key, or an auth key where users and tokens are \
                made."),
            AUTH_TOKEN: scheme("authToken", "The token of a logged-in user."),
            CALL_TOKEN: scheme("callToken", "A pass to the session of a call."),
            MANAGEMENT_KEY: scheme("key", "What --management-key was set to."),
            MANAGEMENT_SECRET: scheme("secret", "What --management-secret was set to."),
        },
    });
    match components {
        Value::Object(components) => components,
        _ => Map::new(),
    }
}

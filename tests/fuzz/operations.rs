//! What is served, as the OpenAPI document says, and requests for it.

use std::sync::LazyLock;

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderName, HeaderValue, Method, Uri},
};
use mock_calls::{config::Config, server::openapi};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::{choices::Choices, mock, words};

/// The document, and the operations in it.
pub struct Served {
    pub document: Value,
    pub operations: Vec<Operation>,
}

/// Something that can be asked for.
pub struct Operation {
    pub method: Method,
    /// With its parameters in braces.
    pub path: String,
    /// Parameters of the query.
    query: Vec<String>,
    /// Of the body, where it takes one.
    pub schema: Option<Value>,
}

pub fn served() -> &'static Served {
    static SERVED: LazyLock<Served> = LazyLock::new(Served::read);
    &SERVED
}

impl Served {
    fn read() -> Self {
        let document = openapi(&Config::default());
        let mut operations = Vec::new();
        for (path, methods) in document["paths"].as_object().unwrap() {
            for (method, said) in methods.as_object().unwrap() {
                operations.push(Operation::of(method, path, said));
            }
        }
        // The order of the table is nothing that the inputs should depend on.
        operations.sort_by(|one, other| {
            (&one.path, one.method.as_str()).cmp(&(&other.path, other.method.as_str()))
        });
        Self { document, operations }
    }

    /// Those that take a body.
    pub fn with_bodies(&self) -> Vec<&Operation> {
        self.operations.iter().filter(|operation| operation.schema.is_some()).collect()
    }
}

impl Operation {
    fn of(method: &str, path: &str, said: &Value) -> Self {
        let parameters = said["parameters"].as_array().into_iter().flatten();
        let query = parameters.filter(|parameter| parameter["in"] == "query");
        let schema = &said["requestBody"]["content"]["application/json"]["schema"];
        Self {
            method: Method::from_bytes(method.to_uppercase().as_bytes()).unwrap(),
            path: path.to_owned(),
            query: query.map(|one| one["name"].as_str().unwrap().to_owned()).collect(),
            schema: (!schema.is_null()).then(|| schema.clone()),
        }
    }

    fn is_for_control(&self) -> bool {
        self.path.starts_with("/__mock")
    }

    /// A request for it with this body, by somebody who mostly may ask.
    pub fn request(&self, choices: &mut Choices<'_>, body: Vec<u8>) -> Request {
        let mut request = Request::new(Body::from(body));
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = self.target(choices);
        self.sign(&mut request, choices);
        request
    }

    fn target(&self, choices: &mut Choices<'_>) -> Uri {
        let named = |segment: &str, choices: &mut Choices<'_>| match segment
            .strip_prefix('{')
            .and_then(|name| name.strip_suffix('}'))
        {
            Some(name) => encoded(&words::word_for(name, choices)),
            None => segment.to_owned(),
        };
        let path = self.path.split('/').map(|segment| named(segment, choices));
        let mut target = path.collect::<Vec<_>>().join("/");
        if let Some(bare) = target.strip_prefix("/v3/") {
            target = format!("{}/{bare}", choices.word(&["/v3", "/v3.0", ""]));
        }
        for n in 0..choices.below(4) {
            let name = match self.query.as_slice() {
                [] => words::word(choices),
                known => choices.pick(known).clone(),
            };
            let value = encoded(&words::word_for(&name, choices));
            target.push_str(if n == 0 { "?" } else { "&" });
            target.push_str(&format!("{}={value}", encoded(&name)));
        }
        target.parse().unwrap_or_default()
    }

    fn sign(&self, request: &mut Request, choices: &mut Choices<'_>) {
        let mut header = |name: &'static str, value: &str| {
            request.headers_mut().append(name, HeaderValue::from_str(value).unwrap());
        };
        if self.is_for_control() {
            return;
        }
        if self.path.contains("/webhooks") {
            header("key", "mk");
            header("secret", if choices.now_and_then(8) { "no" } else { "ms" });
            return;
        }
        // Each is good for some of the routes.
        match choices.below(8) {
            0 => header("apikey", "full"),
            1..=3 => {
                header("apikey", "full");
                header("onbehalfof", choices.word(&words::USERS));
            }
            4 | 5 => header("authtoken", choices.word(&["ta", "tb", "t2", "none"])),
            6 => header("apikey", choices.word(&["auth", "few", "more", "none"])),
            _ => header("calltoken", &call_token(choices)),
        }
    }
}

/// A pass to a session, which may be cut or have another letter somewhere.
fn call_token(choices: &mut Choices<'_>) -> String {
    let session = choices.word(&["v1.us.mock-app.room", "ring", "past", "nothing"]);
    let mut pass = mock::call_pass(choices.word(&words::USERS), session);
    let changed = choices.below(4);
    let at = choices.below(pass.len());
    match changed {
        2 => pass.truncate(at),
        3 => pass.replace_range(at..=at, choices.word(&["A", ".", "_", "="])),
        _ => {}
    }
    pass
}

/// As a segment of a path, or a part of a query.
pub fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// A header that somebody may send, or may have got wrong.
pub fn odd_header(choices: &mut Choices<'_>) -> Option<(HeaderName, HeaderValue)> {
    const NAMES: [&str; 24] = [
        "apikey",
        "authtoken",
        "onbehalfof",
        "appid",
        "calltoken",
        "resource",
        "content-type",
        "content-length",
        "content-encoding",
        "host",
        "origin",
        "access-control-request-method",
        "upgrade",
        "connection",
        "x-mock-error",
        "x-mock-delay",
        "x-forwarded-proto",
        "authorization",
        "last-event-id",
        "key",
        "secret",
        "accept",
        "sdk",
        "x-test",
    ];
    const VALUES: [&str; 20] = [
        "",
        "full",
        "auth",
        "ta",
        "mock-app",
        "other",
        "other.api-us.x.test",
        "localhost:2255",
        "application/json; charset=utf-8",
        "text/plain",
        "gzip",
        "http://x.test",
        "websocket",
        "ERR_CALL_BUSY_USER",
        "ERR_CALL_BUSY",
        "300ms",
        "https",
        "Bearer x",
        "7",
        "POST",
    ];
    let name = HeaderName::from_static(choices.word(&NAMES));
    let value = match choices.below(3) {
        0 | 1 => HeaderValue::from_static(choices.word(&VALUES)),
        _ => HeaderValue::from_bytes(choices.bytes()).ok()?,
    };
    Some((name, value))
}

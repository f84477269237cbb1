//! What holds of every answer, whatever was asked.

use std::sync::LazyLock;

use axum::{
    extract::Request,
    http::{HeaderMap, Method, StatusCode, Uri, header::CONTENT_TYPE},
};
use mock_calls::{
    config::Config,
    runtime::{
        apps::Apps,
        hints::{AppHints, CALL_TOKEN},
    },
};
use serde_json::Value;

use crate::{declared::Declared, mock::Answer};

/// What has to be known of a request to judge its answer.
#[derive(Debug)]
pub struct Asked {
    method: Method,
    path: String,
    /// It asks for an error: any code may come then.
    asks_for_error: bool,
    /// A fault stands in its app: anything may come then, or nothing.
    pub may_be_struck: bool,
    /// It asks for time to pass.
    pub may_wait: bool,
}

static DECLARED: LazyLock<Declared> = LazyLock::new(|| Declared::of(&Config::default()));

impl Asked {
    pub fn of<B>(request: &Request<B>, apps: &Apps) -> Self {
        let (headers, path) = (request.headers(), request.uri().path().to_owned());
        let (method, is_for_control) = (request.method().clone(), is_for_control(&path));
        // Nothing goes wrong with the control plane on purpose.
        let asks_for_error = !is_for_control && headers.contains_key("x-mock-error");
        let may_be_struck = !is_for_control && may_be_struck(headers, request.uri(), apps);
        let may_wait = if is_for_control {
            let waits = ["/__mock/requests/verify", "/__mock/webhooks/"];
            waits.iter().any(|path_that_waits| path.starts_with(path_that_waits))
        } else {
            headers.contains_key("x-mock-delay") || may_be_struck
        };
        Self { method, path, asks_for_error, may_be_struck, may_wait }
    }

    fn is_for_control(&self) -> bool {
        is_for_control(&self.path)
    }

    /// It is a request of the vendor's surface, and no preflight and no socket: each of those has a
    /// number.
    fn is_numbered(&self) -> bool {
        !self.is_for_control() && self.method != Method::OPTIONS && self.path != "/"
    }
}

fn is_for_control(path: &str) -> bool {
    matches!(path, "/healthz" | "/metrics" | "/__mock") || path.starts_with("/__mock/")
}

/// A fault stands in the app that the request is for.
fn may_be_struck(headers: &HeaderMap, uri: &Uri, apps: &Apps) -> bool {
    // Nobody is asked while there are none: who is asked for an app makes it.
    if !apps.all().iter().any(|app| app.faults().any()) {
        return false;
    }
    let hints = AppHints::of(headers, uri);
    // Of which app the pass for a session is only the server reads.
    let is_told = hints.named.is_some() || !headers.contains_key(CALL_TOKEN);
    !is_told || apps.choose(&hints).is_ok_and(|app| app.faults().any())
}

/// An answer that goes on for as long as somebody listens.
pub fn is_endless(answer: &Answer) -> bool {
    answer.headers.get(CONTENT_TYPE).is_some_and(|kind| kind == "text/event-stream")
}

/// It has no body of its own.
pub fn goes_on(answer: &Answer) -> bool {
    answer.status == StatusCode::SWITCHING_PROTOCOLS || is_endless(answer)
}

/// Panics unless the answer is of a documented shape, and no defect.
pub fn check(asked: &Asked, answer: &Answer) {
    let is_numbered = answer.headers.contains_key("x-mock-request-id");
    assert!(is_numbered || !asked.is_numbered(), "{asked:?}: {answer:?} has no number");
    if asked.may_be_struck {
        return;
    }
    let status = answer.status;
    let Some(body) = &answer.body else {
        assert!(goes_on(answer), "{asked:?}: {status}, and the answer breaks off");
        return;
    };
    let text = std::str::from_utf8(body).unwrap();
    assert!(asked.asks_for_error || !status.is_server_error(), "{asked:?}: {status} {text}");
    let kind = answer.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if asked.method == Method::HEAD || status == StatusCode::NO_CONTENT {
        assert!(text.is_empty(), "{asked:?}: {status} {text}");
        return;
    }
    if kind == Some("application/json") {
        let body: Value = serde_json::from_str(text)
            .unwrap_or_else(|error| panic!("{asked:?}: {status} {error}: {text}"));
        assert!(has_a_known_shape(asked, &body, status), "{asked:?}: {status} {text}");
    } else {
        assert!(asked.is_for_control(), "{asked:?}: {status} {kind:?} {text}");
    }
    if asked.asks_for_error {
        return;
    }
    // Of `get` and `GET` only the latter is what the document means by `get`.
    let method = asked.method.as_str();
    if method == method.to_uppercase() {
        let method = method.to_lowercase();
        DECLARED.check(&method, &asked.path, (status.as_u16(), kind, text));
    }
}

/// `data` when it went well, else `error` with its code and message.
fn has_a_known_shape(asked: &Asked, body: &Value, status: StatusCode) -> bool {
    let Some(fields) = body.as_object() else { return false };
    if status.is_success() {
        return asked.is_for_control() || fields.contains_key("data");
    }
    let error = fields.get("error").and_then(Value::as_object);
    error.is_some_and(|error| {
        let said = |field| error.get(field).is_some_and(Value::is_string);
        let source = asked.is_for_control() || (said("devMessage") && said("source"));
        said("code") && said("message") && source
    })
}

//! `/__mock/requests`: the journal of an app.

use axum::{Json, extract::RawQuery};
use percent_encoding::percent_decode_str;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use super::{
    context::{Chosen, Named},
    error::ControlError,
    paging::{Paging, number},
};
use crate::{
    domain::{code::Code, error::mask},
    runtime::{
        glob::without_token,
        journal::{
            Entry,
            matcher::{Difference, RequestMatcher},
        },
        nesting::DEEPEST_BODY,
    },
};

/// Headers that open something.
const SECRET: [&str; 6] = ["apikey", "authtoken", "calltoken", "authorization", "key", "secret"];
/// Fields of bodies that open something.
const GIVEN_OUT: [&str; 4] = ["authToken", "callToken", "token", "jwt"];
/// The field of bodies that is chosen by people, of which not even a part is shown.
const PASSWORD: &str = "password";
/// What stands in its place.
const HIDDEN: &str = "*****";
/// What stands in place of what is deeper than a body may be: it may have been refused for that.
const DEEPER: &str = "…";

/// A page of the journal, newest first.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub(super) struct List {
    requests: Vec<EntryJson>,
    /// Where the next page begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<u64>,
    /// How many requests the journal had no room for.
    dropped: u64,
}

/// One request, with its secrets masked.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "JournalEntry")]
pub(super) struct EntryJson {
    id: u64,
    request_id: String,
    at: i64,
    uid: Option<String>,
    method: String,
    path: String,
    query: Option<String>,
    headers: Map<String, Value>,
    body: Value,
    status: Option<u16>,
    code: Option<&'static str>,
    explain: Option<String>,
    response: Value,
    duration_micros: u64,
}

/// `{"removed":3}`
#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
pub(super) struct Removed {
    removed: usize,
}

/// `GET /__mock/requests`, filtered by `method, path, status, code, uid, sessionId, since`, paged
/// by `limit` and `cursor`.
pub(super) async fn list(
    Chosen(app): Chosen,
    RawQuery(query): RawQuery,
) -> Result<Json<List>, ControlError> {
    let asked = Asked::read(&query.unwrap_or_default())?;
    let (entries, dropped) = app.journal().entries();
    let found = entries.iter().rev().filter(|entry| asked.is_for(entry));
    let (page, next_cursor) = asked.paging.cut(found, |entry| entry.id);
    Ok(Json(List { requests: page.into_iter().map(EntryJson::of).collect(), next_cursor, dropped }))
}

/// `DELETE /__mock/requests`
pub(super) async fn clear(Chosen(app): Chosen) -> Json<Removed> {
    Json(Removed { removed: app.journal().clear() })
}

/// `GET /__mock/requests/{id}`
pub(super) async fn show(
    Chosen(app): Chosen,
    Named(id): Named,
) -> Result<Json<EntryJson>, ControlError> {
    let entry = id.parse().ok().and_then(|id| app.journal().get(id));
    match entry {
        Some(entry) => Ok(Json(EntryJson::of(&entry))),
        None => Err(ControlError::not_found(format!(
            "There is no request {id} in the journal of {}; GET /__mock/requests lists those there are.",
            app.id()
        ))),
    }
}

/// What a listing asks for.
struct Asked {
    matcher: RequestMatcher,
    since: Option<i64>,
    paging: Paging,
}

impl Asked {
    fn read(query: &str) -> Result<Self, ControlError> {
        let (matcher, paging) = (RequestMatcher::default(), Paging::default());
        let mut asked = Self { matcher, since: None, paging };
        for (key, value) in form_urlencoded::parse(query.as_bytes()) {
            let text = || Some(value.to_string());
            match &*key {
                "method" => asked.matcher.method = text(),
                "path" => asked.matcher.path = text(),
                "code" => asked.matcher.code = text(),
                "uid" => asked.matcher.uid = text(),
                "sessionId" => asked.matcher.session_id = text(),
                "status" => asked.matcher.status = Some(number(&key, &value)?),
                "since" => asked.since = Some(number(&key, &value)?),
                "appId" => {}
                other if asked.paging.read(other, &value)? => {}
                other => {
                    return Err(ControlError::bad_request(format!(
                        "There is no filter {other}. There is: method, path, status, code, uid, \
                         sessionId, since, limit, cursor."
                    )));
                }
            }
        }
        Ok(asked)
    }

    fn is_for(&self, entry: &Entry) -> bool {
        self.since.is_none_or(|since| entry.noted.at.secs() >= since) && self.matcher.matches(entry)
    }
}

impl EntryJson {
    pub(super) fn of(entry: &Entry) -> Self {
        let took = entry.noted.took.as_micros();
        Self {
            id: entry.id,
            request_id: entry.noted.request_id.to_string(),
            at: entry.noted.at.secs(),
            uid: entry.noted.uid.as_ref().map(|uid| uid.as_str().to_owned()),
            method: entry.noted.method.to_string(),
            path: without_token(entry.path()),
            query: entry.query().map(str::to_owned),
            headers: headers(entry),
            body: shown(entry.body()),
            status: entry.noted.status,
            code: entry.noted.code.map(Code::as_str),
            explain: entry.explain().map(str::to_owned),
            response: match entry.noted.code {
                Some(Code::AuthTokenNotFound) => without(&sent(entry), shown(entry.response())),
                _ => shown(entry.response()),
            },
            duration_micros: u64::try_from(took).unwrap_or(u64::MAX),
        }
    }
}

/// The secrets that a request brought along.
fn sent(entry: &Entry) -> Vec<String> {
    let in_path = entry.path().split_once("/auth_tokens/").map(|(_, token)| token);
    let in_path = in_path.map(|token| percent_decode_str(token).decode_utf8_lossy().into_owned());
    let in_headers = entry.headers().iter().filter(|(name, _)| SECRET.contains(name));
    let all = in_headers.map(|(_, value)| value.trim().to_owned()).chain(in_path);
    all.filter(|secret| !secret.is_empty()).collect()
}

/// A refusal says in the vendor's words which token it does not know: that is for its sender.
fn without(sent: &[String], mut value: Value) -> Value {
    match &mut value {
        Value::String(text) => {
            for secret in sent {
                *text = text.replace(secret, &mask(secret));
            }
        }
        Value::Array(items) => {
            items.iter_mut().for_each(|item| *item = without(sent, item.take()));
        }
        Value::Object(fields) => {
            fields.iter_mut().for_each(|(_, field)| *field = without(sent, field.take()));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
    value
}

/// JSON without its secrets; anything else as text.
fn shown(body: &[u8]) -> Value {
    if body.is_empty() {
        return Value::Null;
    }
    match serde_json::from_slice(body) {
        Ok(mut value) => {
            hide_secrets(&mut value, DEEPEST_BODY);
            value
        }
        // It may be the beginning of JSON that is too long to be kept.
        Err(_) => Value::String(without_passwords(&String::from_utf8_lossy(body))),
    }
}

/// A text in which every string behind a name `"password"` is hidden, also one without an end.
fn without_passwords(text: &str) -> String {
    let mut pieces = text.split("\"password\"");
    let mut shown = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        shown.push_str("\"password\"");
        let value = piece.trim_start().strip_prefix(':').map(str::trim_start);
        match value.and_then(|value| value.strip_prefix('"')) {
            Some(secret) => {
                let mut is_escaped = false;
                let end = secret.find(|c| {
                    let ends = c == '"' && !is_escaped;
                    is_escaped = c == '\\' && !is_escaped;
                    ends
                });
                shown.push_str(":\"*****");
                shown.push_str(end.and_then(|end| secret.get(end..)).unwrap_or_default());
            }
            None => shown.push_str(piece),
        }
    }
    shown
}

/// Tokens that the service gave out open its doors still, and passwords perhaps others. What is
/// deeper than so many levels is left out.
fn hide_secrets(value: &mut Value, levels: usize) {
    let Some(inner) = levels.checked_sub(1) else {
        if value.is_object() || value.is_array() {
            *value = DEEPER.into();
        }
        return;
    };
    match value {
        Value::Object(fields) => {
            for (name, field) in fields.iter_mut() {
                match field {
                    Value::String(password) if name == PASSWORD => HIDDEN.clone_into(password),
                    Value::String(token) if GIVEN_OUT.contains(&name.as_str()) => {
                        *token = mask(token);
                    }
                    other => hide_secrets(other, inner),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| hide_secrets(item, inner)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// By what a request misses what is meant, as far as everybody may see it.
pub(super) fn veiled(mut difference: Difference) -> Difference {
    let Difference { field, found, .. } = &mut difference;
    match (field.strip_prefix("header."), found) {
        (Some(name), Value::String(value)) => {
            if SECRET.contains(&name.to_ascii_lowercase().as_str()) {
                *value = mask(value);
            }
        }
        (None, Value::String(value)) => match field.rsplit('.').next().unwrap_or_default() {
            PASSWORD => HIDDEN.clone_into(value),
            name if GIVEN_OUT.contains(&name) => *value = mask(value),
            _ => {}
        },
        (_, found) => hide_secrets(found, DEEPEST_BODY),
    }
    difference
}

fn headers(entry: &Entry) -> Map<String, Value> {
    let shown = entry.headers().iter().map(|(name, value)| {
        let value = if SECRET.contains(&name) { mask(value) } else { value.to_owned() };
        (name.to_owned(), Value::String(value))
    });
    shown.collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn differences_show_no_secret() {
        let shown = |field: &str, found: Value| {
            let (field, expected) = (field.to_owned(), Value::Null);
            veiled(Difference { field, expected, found }).found
        };
        assert_eq!(shown("header.ApiKey", json!("short")), "*****");
        assert_eq!(shown("header.accept", json!("*/*")), "*/*");
        assert_eq!(shown("body.in[0].password", json!("p")), "*****");
        assert_eq!(
            shown("body.in", json!([{ "password": "p" }])),
            json!([{ "password": "*****" }])
        );
        assert_eq!(shown("body.name", json!("p")), "p");
        assert_eq!(shown("header.key", Value::Null), Value::Null);
    }

    #[test]
    fn whatever_was_sent_is_shown_so_that_it_can_be_read() {
        let nested = |levels| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        let deepest = DEEPEST_BODY;
        assert_eq!(shown(nested(deepest).as_bytes()).to_string(), nested(deepest));
        for levels in [deepest + 1, 127, 128] {
            let entry =
                json!({ "near": [{ "request": { "body": shown(nested(levels).as_bytes()) } }] });
            let read: serde_json::Result<Value> = serde_json::from_str(&entry.to_string());
            assert!(read.is_ok(), "{levels} levels: {read:?}");
        }
        assert!(shown(nested(127).as_bytes()).to_string().contains(DEEPER));
    }

    #[test]
    fn passwords_are_hidden_at_any_depth_and_in_what_is_cut_off() {
        let body = br#"{"password":"a","in":[{"password":"a much longer password"}],"n":1}"#;
        let hidden = json!({ "password": "*****", "in": [{ "password": "*****" }], "n": 1 });
        assert_eq!(shown(body), hidden);
        for (cut, left) in [
            (r#"{"password" : "a\"b","x":"y"#, r#"{"password":"*****","x":"y"#),
            (r#"{"password":"a\"#, r#"{"password":"*****"#),
            (r#"{"password":7,"password""#, r#"{"password":7,"password""#),
            ("password=a", "password=a"),
        ] {
            assert_eq!(shown(cut.as_bytes()), json!(left), "{cut}");
        }
    }
}

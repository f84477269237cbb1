//! What a table is made of, and how it is judged.

use reqwest::Method;
use serde_json::{Value, json};

use super::raw::{self, Then};
use crate::support::{A, B, C, Mock, Reply, Request};

/// A field, and one thing that is said about it.
pub type Says = (&'static str, &'static str);

/// What has to come back.
#[derive(Clone, Copy, Debug)]
pub enum Expected {
    /// 400 `ERR_BAD_REQUEST` about exactly these fields.
    Invalid(&'static [&'static str]),
    /// The same in exactly these words.
    Says(&'static [Says]),
    /// Another refusal: status and code.
    Refused(u16, &'static str),
    /// Odd, and nothing to refuse: 200.
    Accepted,
    /// A status alone, for a request whose answer has no body.
    Bodiless(u16),
    /// No request in terms of HTTP, so the envelope cannot be asked for: 4xx, or the end of the
    /// connection.
    NoHttp,
}

/// One request, and what it comes to.
pub struct Row {
    pub name: String,
    sent: Sent,
    expected: Expected,
}

enum Sent {
    /// By an HTTP client, with the API key.
    Client(Draft),
    /// As it is.
    Bytes(Vec<u8>, Then),
}

struct Draft {
    method: Method,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl Row {
    /// `route` is a method and a path.
    pub fn new(name: impl Into<String>, route: &str, expected: Expected) -> Self {
        let (method, path) = route.split_once(' ').unwrap();
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let draft = Draft { method, path: path.to_owned(), headers: Vec::new(), body: Vec::new() };
        Self { name: name.into(), sent: Sent::Client(draft), expected }
    }

    /// A row that is written byte by byte.
    pub fn bytes(
        name: impl Into<String>,
        bytes: impl Into<Vec<u8>>,
        then: Then,
        expected: Expected,
    ) -> Self {
        Self { name: name.into(), sent: Sent::Bytes(bytes.into(), then), expected }
    }

    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        if let Sent::Client(draft) = &mut self.sent {
            draft.headers.push((name, value.into()));
        }
        self
    }

    pub fn body(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        if let Sent::Client(draft) = &mut self.sent {
            draft.body = body.into();
        }
        self.header("content-type", content_type)
    }

    pub fn json(self, body: &Value) -> Self {
        self.body("application/json", body.to_string())
    }

    /// The server has to say in its own envelope that it will not.
    pub const fn is_refused(&self) -> bool {
        matches!(self.expected, Expected::Invalid(_) | Expected::Says(_) | Expected::Refused(_, _))
    }

    async fn send(&self, mock: &Mock, app: &str) -> Result<Option<Reply>, String> {
        match &self.sent {
            Sent::Client(draft) => Ok(Some(draft.request(mock, app).send().await)),
            Sent::Bytes(bytes, then) => raw::exchange(mock, bytes, *then).await,
        }
    }
}

impl Draft {
    fn request(&self, mock: &Mock, app: &str) -> Request {
        let mut request = mock.request(self.method.clone(), &self.path).app(app);
        let named = |name| self.headers.iter().any(|(header, _)| *header == name);
        if !named("authToken") && !named("onBehalfOf") {
            request = request.by(A);
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        if self.body.is_empty() { request } else { request.body(self.body.clone()) }
    }
}

/// Judges every row in an app of its own.
pub async fn run(rows: Vec<Row>) {
    let mock = Mock::start().await;
    let apps = (0..rows.len()).map(|at| format!("row-{at}")).collect();
    judge(&mock, rows, apps).await;
}

/// Judges every row in one app, for rows that need something in it.
pub async fn run_in(mock: &Mock, app: &str, rows: Vec<Row>) {
    let apps = vec![app.to_owned(); rows.len()];
    judge(mock, rows, apps).await;
}

/// Everything that went wrong is told at once, each by the name of its row.
async fn judge(mock: &Mock, rows: Vec<Row>, apps: Vec<String>) {
    let mut wrong = Vec::new();
    for (row, named) in rows.into_iter().zip(apps) {
        // Bytes name no app, so they concern the default one.
        let app = if matches!(row.sent, Sent::Bytes(..)) { "mock-app" } else { named.as_str() };
        let before = everything(mock, app).await;
        let verdict = match row.send(mock, app).await {
            Ok(reply) => row.expected.judge(reply.as_ref()),
            Err(what) => Err(what),
        };
        if let Err(what) = verdict {
            wrong.push(format!("{}: {what}", row.name));
        }
        if row.is_refused() && everything(mock, app).await != before {
            wrong.push(format!("{}: was refused and yet changed something", row.name));
        }
    }
    works(mock).await;
    assert!(wrong.is_empty(), "{} rows:\n{}", wrong.len(), wrong.join("\n"));
}

/// All that can be seen of an app.
async fn everything(mock: &Mock, app: &str) -> Vec<String> {
    let paths = [
        "/calls",
        "/users?withTags=true&withDeactivated=true",
        "/users/cometchat-uid-1/auth_tokens",
        "/users/cometchat-uid-1/blockedusers",
        "/groups?withTags=true",
        "/groups/cometchat-guid-1/members",
        "/groups/cometchat-guid-1/bannedusers",
    ];
    let mut seen = Vec::new();
    for path in paths {
        seen.push(mock.get(path).app(app).send().await.text);
    }
    seen
}

/// Somebody rings and hangs up again, on a connection that is kept and on a new one.
async fn works(mock: &Mock) {
    let session = mock.ring(B, C).await;
    mock.moved(&session, B, "cancelled").await;

    let body = json!({ "receiver": C, "receiverType": "user", "type": "video" }).to_string();
    let length = format!("Content-Length: {}", body.len());
    let headers = ["onBehalfOf: cometchat-uid-2", "Content-Type: application/json", &length];
    let bytes = raw::request("POST /v3/calls HTTP/1.1", &headers, body.as_bytes());
    let reply = raw::exchange(mock, &bytes, Then::Waits).await.unwrap().unwrap();
    let message = reply.ok();
    let session = message["data"]["entities"]["on"]["entity"]["sessionid"].as_str().unwrap();
    mock.moved(session, B, "cancelled").await;
}

impl Expected {
    fn judge(self, reply: Option<&Reply>) -> Result<(), String> {
        let Some(reply) = reply else {
            let may = matches!(self, Self::NoHttp);
            return may.then_some(()).ok_or_else(|| format!("no answer, expected {self:?}"));
        };
        let fits = match self {
            Self::Accepted => reply.status == 200,
            Self::Bodiless(status) => reply.status == status && reply.text.is_empty(),
            Self::NoHttp => {
                if !reply.text.is_empty() {
                    envelope(reply)?;
                }
                (400..500).contains(&reply.status)
            }
            Self::Invalid(fields) => {
                let details = refusal(reply, 400, "ERR_BAD_REQUEST")?;
                let details = details.as_object().ok_or("no details")?;
                details.len() == fields.len()
                    && fields.iter().all(|field| {
                        details.get(*field).and_then(Value::as_array).is_some_and(|texts| {
                            !texts.is_empty() && texts.iter().all(Value::is_string)
                        })
                    })
            }
            Self::Says(texts) => {
                let details = refusal(reply, 400, "ERR_BAD_REQUEST")?;
                let said = texts.iter().map(|(field, text)| ((*field).to_owned(), json!([text])));
                details == Value::Object(said.collect())
            }
            Self::Refused(status, code) => refusal(reply, status, code)?.is_null(),
        };
        fits.then_some(()).ok_or_else(|| came(reply, &format!("{self:?}")))
    }
}

/// Checks a refusal's status and code, and returns its details.
fn refusal(reply: &Reply, status: u16, code: &str) -> Result<Value, String> {
    let wrong = || came(reply, &format!("{status} {code}"));
    if reply.status != status {
        return Err(wrong());
    }
    let error = envelope(reply)?;
    (error["code"] == code).then(|| error["details"].clone()).ok_or_else(wrong)
}

/// Checks the form that every refusal has, and returns what is in it.
fn envelope(reply: &Reply) -> Result<Value, String> {
    let body: Value = serde_json::from_str(&reply.text).map_err(|_| came(reply, "JSON"))?;
    let error = &body["error"];
    let has_text = |field: &str| error[field].as_str().is_some_and(|text| !text.is_empty());
    let is_envelope = reply.content_type.as_deref() == Some("application/json")
        && reply.request_id.is_some()
        && error["source"] == "chat-api"
        && has_text("message")
        && has_text("devMessage")
        && has_text("code");
    is_envelope.then(|| error.clone()).ok_or_else(|| came(reply, "an envelope"))
}

fn came(reply: &Reply, expected: &str) -> String {
    let text: String = reply.text.chars().take(600).collect();
    format!("expected {expected}\n    came {} {text}", reply.status)
}

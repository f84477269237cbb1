//! A bare axum server. It reads what the real one reads of a request (the path, the headers that
//! name app, key and user, the JSON body), and answers with what it was given at start: bodies of
//! the real server and its `x-mock-` headers, byte for byte, so that an answer is as long as the
//! real one. It decides, keeps and notes nothing.
//!
//! `bare PORT DIR`: the directory has `show`, `initiate`, `accept` and `end`, each a file with the
//! status in its first line, then the headers that are not every server's, and after an empty line
//! the body.

use std::{error::Error, fs, io, path::Path as FilePath};

use axum::{
    Json, Router,
    extract::{FromRequestParts, Path, State},
    http::{HeaderName, HeaderValue, StatusCode, header::CONTENT_TYPE, request::Parts},
    response::{IntoResponse, Response},
    routing::{get, patch, post},
    serve::ListenerExt,
};
use serde::Deserialize;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let (Some(port), Some(dir)) = (args.next(), args.next()) else {
        return Err("bare PORT DIR".into());
    };
    let router = Router::new()
        .route("/v3/calls/{sessionId}", get(show).put(change))
        .route("/v3/calls/{sessionId}/type", patch(change_type))
        .route("/v3/calls", post(initiate))
        .route("/healthz", get(|| async {}))
        .with_state(&*Box::leak(Box::new(Answers::read(dir.as_ref())?)));
    let listener = TcpListener::bind(("127.0.0.1", port.parse()?)).await?;
    // As the real server does, and without it answers would wait.
    let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
    axum::serve(listener, router).await?;
    Ok(())
}

/// What is answered, whatever is asked. It lives as long as the process, so that no request has to
/// count who uses it.
struct Answers {
    show: Answer,
    initiate: Answer,
    accept: Answer,
    end: Answer,
}

#[derive(Clone, Copy)]
struct Answer {
    status: StatusCode,
    headers: &'static [(HeaderName, HeaderValue)],
    body: &'static str,
}

impl Answers {
    fn read(dir: &FilePath) -> Result<Self, Box<dyn Error>> {
        let read = |name| Answer::read(&dir.join(name));
        let (show, initiate) = (read("show")?, read("initiate")?);
        Ok(Self { show, initiate, accept: read("accept")?, end: read("end")? })
    }
}

impl Answer {
    fn read(file: &FilePath) -> Result<Self, Box<dyn Error>> {
        let text = fs::read_to_string(file).map_err(|error| {
            io::Error::new(error.kind(), format!("{}: {error}", file.display()))
        })?;
        let (head, body) = text.leak().split_once("\n\n").ok_or("a head, an empty line, a body")?;
        let (status, lines) = head.split_once('\n').unwrap_or((head, ""));
        let headers = lines.lines().map(|line| {
            let (name, value) = line.split_once(": ").ok_or("a name, a colon, a value")?;
            Ok((name.parse()?, HeaderValue::from_static(value)))
        });
        let headers = headers.collect::<Result<Vec<_>, Box<dyn Error>>>()?.leak();
        Ok(Self { status: status.parse()?, headers, body })
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let json = [(CONTENT_TYPE, HeaderValue::from_static("application/json"))];
        let mut response = (self.status, json, self.body).into_response();
        response.headers_mut().extend(self.headers.iter().cloned());
        response
    }
}

/// The headers that the real server looks for.
struct Who {
    app: Option<HeaderValue>,
    key: Option<HeaderValue>,
    user: Option<HeaderValue>,
}

impl<S: Sync> FromRequestParts<S> for Who {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        let header = |name| parts.headers.get(name).cloned();
        Ok(Self { app: header("appid"), key: header("apikey"), user: header("onbehalfof") })
    }
}

impl Who {
    /// As good as used: the compiler is not to leave out what was read.
    fn is_read(&self) {
        std::hint::black_box((&self.app, &self.key, &self.user));
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Initiate {
    receiver: String,
    receiver_type: String,
    r#type: String,
}

#[derive(Deserialize)]
struct Change {
    status: String,
}

#[derive(Deserialize)]
struct ChangeType {
    r#type: String,
}

async fn show(State(answers): State<&'static Answers>, Path(id): Path<String>, who: Who) -> Answer {
    who.is_read();
    std::hint::black_box(&id);
    answers.show
}

async fn initiate(
    State(answers): State<&'static Answers>,
    who: Who,
    Json(body): Json<Initiate>,
) -> Answer {
    who.is_read();
    std::hint::black_box((&body.receiver, &body.receiver_type, &body.r#type));
    answers.initiate
}

async fn change(
    State(answers): State<&'static Answers>,
    Path(id): Path<String>,
    who: Who,
    Json(body): Json<Change>,
) -> Answer {
    who.is_read();
    std::hint::black_box(&id);
    if body.status == "ended" { answers.end } else { answers.accept }
}

async fn change_type(
    State(answers): State<&'static Answers>,
    Path(id): Path<String>,
    who: Who,
    Json(body): Json<ChangeType>,
) -> Answer {
    who.is_read();
    std::hint::black_box((&id, &body.r#type));
    answers.accept
}

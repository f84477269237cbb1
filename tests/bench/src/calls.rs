//! What the server is asked.

use std::net::SocketAddr;

use crate::{
    Outcome,
    http::{Answer, ask, find},
    load::{CONNECTIONS, Script},
};

/// The same request again and again.
#[derive(Clone)]
pub(crate) struct Same {
    request: Vec<u8>,
    status: u16,
}

impl Same {
    /// A request that is always answered with this status.
    pub(crate) const fn new(request: Vec<u8>, status: u16) -> Self {
        Self { request, status }
    }
}

impl Script for Same {
    fn next(&mut self, _: usize, request: &mut Vec<u8>) {
        request.extend_from_slice(&self.request);
    }

    fn answered(&mut self, _: usize, answer: Answer<'_>) -> Outcome {
        expect(answer, self.status)
    }
}

/// Lives of calls: one is initiated, accepted and ended, in one app after the other. No two
/// connections use the same app, for in it the caller would be busy.
pub(crate) struct Lives {
    apps: usize,
    under_way: Vec<Life>,
}

struct Life {
    app: usize,
    stage: Stage,
    session: Vec<u8>,
}

#[derive(Clone, Copy)]
enum Stage {
    Initiate,
    Accept,
    End,
}

impl Lives {
    /// At least as many apps as connections are used, and a multiple of them.
    pub(crate) fn over(apps: usize) -> Self {
        let apps = apps.next_multiple_of(CONNECTIONS).max(CONNECTIONS);
        let begin = |app| Life { app, stage: Stage::Initiate, session: Vec::new() };
        Self { apps, under_way: (0..CONNECTIONS).map(begin).collect() }
    }
}

impl Script for Lives {
    fn next(&mut self, connection: usize, request: &mut Vec<u8>) {
        let Some(life) = self.under_way.get(connection) else { return };
        let app = app(life.app);
        match life.stage {
            Stage::Initiate => request.extend(initiate(&app, "cometchat-uid-1")),
            Stage::Accept => {
                request.extend(change(&app, &life.session, "cometchat-uid-2", "ongoing"));
            }
            Stage::End => request.extend(change(&app, &life.session, "cometchat-uid-1", "ended")),
        }
    }

    fn answered(&mut self, connection: usize, answer: Answer<'_>) -> Outcome {
        expect(answer, 200)?;
        let life = self.under_way.get_mut(connection).ok_or("no such connection")?;
        life.stage = match life.stage {
            Stage::Initiate => {
                life.session.clear();
                life.session.extend_from_slice(session(answer.body)?);
                Stage::Accept
            }
            Stage::Accept => Stage::End,
            Stage::End => {
                life.app = (life.app + CONNECTIONS) % self.apps;
                Stage::Initiate
            }
        };
        Ok(())
    }
}

/// Rings user 2 as user 1. Gives the session id and the answer.
pub(crate) fn ring(to: SocketAddr, app: &str) -> Outcome<(String, String)> {
    let begun = ask_for(to, &initiate(app, "cometchat-uid-1"))?;
    Ok((String::from_utf8(session(begun.as_bytes())?.to_vec())?, begun))
}

/// A call in an app, from its beginning to its end. Gives its session id and the three answers.
pub(crate) fn live(to: SocketAddr, app: &str) -> Outcome<(String, [String; 3])> {
    let (id, begun) = ring(to, app)?;
    let accepted = ask_for(to, &change(app, id.as_bytes(), "cometchat-uid-2", "ongoing"))?;
    let ended = ask_for(to, &change(app, id.as_bytes(), "cometchat-uid-1", "ended"))?;
    Ok((id, [begun, accepted, ended]))
}

/// What is answered to a request that is not refused.
pub(crate) fn ask_for(to: SocketAddr, request: &[u8]) -> Outcome<String> {
    match ask(to, request)? {
        (200, body) => Ok(body),
        (status, body) => Err(format!("{status} {body}").into()),
    }
}

/// The name of an app.
pub(crate) fn app(number: usize) -> String {
    format!("bench-{number}")
}

/// Shows a call.
pub(crate) fn show(app: &str, session: &str) -> Vec<u8> {
    request("GET", &format!("/v3/calls/{session}"), app, None, "")
}

/// Rings user 2.
pub(crate) fn initiate(app: &str, by: &str) -> Vec<u8> {
    let body = r#"{"receiver":"cometchat-uid-2","receiverType":"user","type":"audio"}"#;
    request("POST", "/v3/calls", app, Some(by), body)
}

/// Changes the status of a call.
pub(crate) fn change(app: &str, session: &[u8], by: &str, status: &str) -> Vec<u8> {
    let path = format!("/v3/calls/{}", String::from_utf8_lossy(session));
    request("PUT", &path, app, Some(by), &format!(r#"{{"status":"{status}"}}"#))
}

/// A request with the key, and as somebody if need be.
pub(crate) fn request(
    method: &str,
    path: &str,
    app: &str,
    by: Option<&str>,
    body: &str,
) -> Vec<u8> {
    let mut text = format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nappId: {app}\r\n\
         apikey: mock-rest-api-key\r\nAccept: application/json\r\n"
    );
    if let Some(by) = by {
        text += &format!("onBehalfOf: {by}\r\n");
    }
    if !body.is_empty() {
        text += &format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len());
    }
    text += "\r\n";
    text += body;
    text.into_bytes()
}

/// The session id in a call message.
pub(crate) fn session(body: &[u8]) -> Outcome<&[u8]> {
    const FIELD: &[u8] = br#""sessionid":""#;
    let rest = find(body, FIELD).and_then(|at| body.get(at + FIELD.len()..));
    rest.and_then(|rest| rest.split(|byte| *byte == b'"').next()).ok_or("no session id".into())
}

fn expect(answer: Answer<'_>, status: u16) -> Outcome {
    if answer.status == status {
        return Ok(());
    }
    let body = String::from_utf8_lossy(answer.body);
    Err(format!("{} instead of {status}: {body}", answer.status).into())
}

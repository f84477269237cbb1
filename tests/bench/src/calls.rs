//! What the server is asked, in the bytes of HTTP.

use std::net::SocketAddr;

use serde_json::{Value, json};

use crate::{
    Outcome,
    http::{Told, ask, find},
};

/// Where a call is: an app, who calls and who is called. Whoever calls must not be elsewhere.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) app: String,
    caller: String,
    callee: String,
}

impl Place {
    /// Two of those whom every app has.
    pub(crate) fn of(app: &str) -> Self {
        let (caller, callee) = ("cometchat-uid-1".to_owned(), "cometchat-uid-2".to_owned());
        Self { app: app.to_owned(), caller, callee }
    }

    /// One in each of so many apps.
    pub(crate) fn each_in_an_app(count: usize) -> Vec<Self> {
        (0..count).map(|number| Self::of(&format!("bench-{number}"))).collect()
    }

    /// So many in one app, where the users are made.
    pub(crate) fn all_in(app: &str, count: usize, to: SocketAddr) -> Outcome<Vec<Self>> {
        let of = |number| Self {
            app: app.to_owned(),
            caller: format!("caller-{number}"),
            callee: format!("callee-{number}"),
        };
        let places: Vec<_> = (0..count).map(of).collect();
        let users = places.iter().flat_map(|place| [&place.caller, &place.callee]);
        let users: Vec<_> = users.map(|uid| json!({ "uid": uid })).collect();
        seed(to, app, &json!({ "users": users }))?;
        Ok(places)
    }

    pub(crate) fn initiate(&self) -> Vec<u8> {
        initiate(&self.app, &self.caller, &self.callee)
    }

    pub(crate) fn accept(&self, session: &[u8]) -> Vec<u8> {
        change(&self.app, session, &self.callee, "ongoing")
    }

    /// Makes it a call with pictures, or one without.
    pub(crate) fn change_type(&self, session: &[u8], to: &str) -> Vec<u8> {
        let path = format!("/v3/calls/{}/type", String::from_utf8_lossy(session));
        request("PATCH", &path, &self.app, Some(&self.caller), &format!(r#"{{"type":"{to}"}}"#))
    }

    pub(crate) fn end(&self, session: &[u8]) -> Vec<u8> {
        change(&self.app, session, &self.caller, "ended")
    }

    /// A call from its beginning to its end. Gives its session id and the three answers.
    pub(crate) fn live(&self, to: SocketAddr) -> Outcome<(String, [Told; 3])> {
        let begun = ask_for(to, &self.initiate())?;
        let id = session(begun.body.as_bytes())?;
        let accepted = ask_for(to, &self.accept(id))?;
        let ended = ask_for(to, &self.end(id))?;
        Ok((str::from_utf8(id)?.to_owned(), [begun, accepted, ended]))
    }
}

/// A request that is refused again and again: whom it is to ring is on a call, which goes on.
pub(crate) fn refused(to: SocketAddr, app: &str) -> Outcome<Vec<u8>> {
    let place = Place::of(app);
    let begun = ask_for(to, &place.initiate())?;
    ask_for(to, &place.accept(session(begun.body.as_bytes())?))?;
    Ok(initiate(app, "cometchat-uid-3", &place.callee))
}

/// Adds to an app.
pub(crate) fn seed(to: SocketAddr, app: &str, what: &Value) -> Outcome {
    let request = request("POST", "/__mock/seed", app, None, &what.to_string());
    ask_for(to, &request).map(drop)
}

/// What is answered to a request that is not refused.
pub(crate) fn ask_for(to: SocketAddr, request: &[u8]) -> Outcome<Told> {
    match ask(to, request)? {
        told @ Told { status: 200, .. } => Ok(told),
        Told { status, body, .. } => Err(format!("{status} {body}").into()),
    }
}

/// Shows a call.
pub(crate) fn show(app: &str, session: &str) -> Vec<u8> {
    request("GET", &format!("/v3/calls/{session}"), app, None, "")
}

/// Rings a user.
fn initiate(app: &str, by: &str, receiver: &str) -> Vec<u8> {
    let body = format!(r#"{{"receiver":"{receiver}","receiverType":"user","type":"audio"}}"#);
    request("POST", "/v3/calls", app, Some(by), &body)
}

/// Changes the status of a call.
fn change(app: &str, session: &[u8], by: &str, status: &str) -> Vec<u8> {
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

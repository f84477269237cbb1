//! A program under test, as small as it can be: it rings, over a socket and with no runtime.

use std::{
    io::{Read, Write},
    net::TcpStream,
};

use mock_calls::{App, MockServer};
use serde_json::{Value, json};

/// Sends a request with the REST API key, and gives status and body; status 0 for no answer.
pub fn send(
    server: &MockServer,
    app: &App,
    by: &str,
    (method, path): (&str, &str),
    body: &Value,
) -> (u16, Value) {
    let url = server.url();
    let host = url.strip_prefix("http://").unwrap();
    let (key, id, body) = (server.api_key(), app.id(), body.to_string());
    let mut stream = TcpStream::connect(host).unwrap();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nappId: {id}\r\n\
         apikey: {key}\r\nonBehalfOf: {by}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    // A server that hangs up on purpose has said nothing.
    let _ = stream.read_to_string(&mut answer);
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
    let status = head.split(' ').nth(1).map_or(0, |status| status.parse().unwrap());
    (status, serde_json::from_str(body).unwrap_or(Value::Null))
}

/// Rings a user. Gives the status, and the session id or the code.
pub fn ring(server: &MockServer, app: &App, caller: &str, receiver: &str) -> (u16, String) {
    let call = json!({ "receiver": receiver, "receiverType": "user", "type": "audio" });
    let (status, answer) = send(server, app, caller, ("POST", "/v3/calls"), &call);
    let session = &answer["data"]["data"]["entities"]["on"]["entity"]["sessionid"];
    let said = session.as_str().or(answer["error"]["code"].as_str());
    (status, said.unwrap_or_default().to_owned())
}

/// Answers a call, hangs up and the like.
pub fn change(
    server: &MockServer,
    app: &App,
    by: &str,
    session: &str,
    status: &str,
) -> (u16, Value) {
    let path = format!("/v3/calls/{session}");
    send(server, app, by, ("PUT", &path), &json!({ "status": status }))
}

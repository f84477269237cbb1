//! A client of the realtime socket.

use std::net::TcpStream;

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{Message, WebSocket, client};

use crate::client::{Client, connect};

pub(crate) struct Socket(WebSocket<TcpStream>);

impl Socket {
    /// Opens a socket, and is let in.
    pub(crate) fn open(beside: &Client, app: &str, uid: &str, jwt: &Value) -> Self {
        let auth = json!({
            "appId": app, "type": "auth", "sender": uid, "deviceId": "SOAK",
            "body": { "auth": jwt, "deviceId": "SOAK", "params": {} },
        });
        let auth = auth.to_string();
        let open = || Self::try_to_open(beside, &auth);
        // Who is held back for long before saying who they are is let go.
        open().or_else(open).unwrap()
    }

    fn try_to_open(beside: &Client, auth: &str) -> Option<Self> {
        let stream = connect(beside.address()).into_inner();
        let (socket, _) = client(format!("ws://{}/", beside.address()), stream).ok()?;
        let mut socket = Self(socket);
        socket.0.send(Message::text(auth)).ok()?;
        let answer = socket.next()?;
        assert_eq!(answer["body"]["code"], "200", "{answer}");
        Some(socket)
    }

    /// How a call stands, by the next message.
    #[track_caller]
    pub(crate) fn told(&mut self) -> String {
        let message = self.next().unwrap();
        let status = &message["body"]["data"]["entities"]["on"]["entity"]["status"];
        status.as_str().unwrap_or_else(|| panic!("no call: {message}")).to_owned()
    }

    /// Closes as one should.
    pub(crate) fn close(mut self) {
        self.0.close(None).unwrap();
        self.is_closed();
    }

    /// Reads on until the server has closed.
    pub(crate) fn is_closed(&mut self) {
        while self.next().is_some() {}
    }

    fn next(&mut self) -> Option<Value> {
        loop {
            match self.0.read() {
                Ok(Message::Text(text)) => return Some(serde_json::from_str(&text).unwrap()),
                Ok(Message::Close(_)) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }
}

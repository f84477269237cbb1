//! Clients that never read.

use std::{io, net::SocketAddr, time::Duration};

use serde_json::{Value, json};
use tokio::{net::TcpSocket, runtime};
use tokio_tungstenite::tungstenite::{Message, client};

use crate::{
    line::{Line, request},
    siege::{SPARE, Siege, until},
};

/// How many there are of each.
const DEAF: usize = 20;
/// How many where that takes the server some work.
const FEWER: usize = 8;
/// How long a client writes in vain before it is sure that nobody takes it.
const IN_VAIN: Duration = Duration::from_millis(500);

/// A connection with little room for what comes, so that most of it is the server's to keep.
fn deaf(address: SocketAddr) -> Line {
    let connecting = async {
        let socket = TcpSocket::new_v4()?;
        socket.set_recv_buffer_size(4096)?;
        socket.connect(address).await?.into_std()
    };
    let runtime = runtime::Builder::new_current_thread().enable_io().build().unwrap();
    let stream = runtime.block_on(connecting).unwrap();
    stream.set_nonblocking(false).unwrap();
    Line::of(stream)
}

fn post(siege: &Siege, path: &str, body: &Value) -> String {
    let body = body.to_string();
    let headers = format!(
        "onBehalfOf: cometchat-uid-1\r\nContent-Type: application/json\r\nContent-Length: {}\r\n",
        body.len()
    );
    let mut line = Line::to(siege.address());
    line.write((request(&format!("POST {path} HTTP/1.1"), &headers) + &body).as_bytes());
    let answer = line.answer();
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.body
}

/// Requests are taken only as answers are, and so there is one answer in the making at most.
#[test]
fn lists_that_are_asked_for_and_never_read() {
    let siege = Siege::begin(&["--journal", "100"]);
    let call = json!({ "caller": "cometchat-uid-1", "receiver": "cometchat-uid-2",
        "status": "ended", "initiatedAt": 1000 });
    post(&siege, "/__mock/seed", &json!({ "calls": vec![call; 1000] }));
    let asked = request("GET /v3/calls?per_page=1000 HTTP/1.1", "").repeat(100);
    siege.end_after_twice(|siege| {
        let lines: Vec<_> = (0..FEWER)
            .map(|_| {
                let mut line = deaf(siege.address());
                line.stream().set_write_timeout(Some(IN_VAIN)).unwrap();
                let error = (0..1000).find_map(|_| line.try_to_write(asked.as_bytes()).err());
                assert_eq!(error.unwrap().kind(), io::ErrorKind::WouldBlock);
                line
            })
            .collect();
        // A list is less than a MiB; the requests behind it are half of one at most.
        assert!(siege.grown() <= FEWER as u64 * 2048 + SPARE, "{} KiB", siege.grown());
        drop(lines);
    });
}

/// What a listener has not taken is not written for them: a thousand large requests are the
/// journal's, whoever listens.
#[test]
fn events_that_are_never_read() {
    let siege = Siege::begin(&[]);
    // A body is kept up to 64 KiB.
    let large = json!({ "receiver": "x".repeat(60 * 1024) }).to_string();
    let headers = format!("Content-Length: {}\r\n", large.len());
    let large = request("POST /v3/calls HTTP/1.1", &headers) + &large;
    let mut line = Line::to(siege.address());
    for _ in 0..1000 {
        line.write(large.as_bytes());
        line.answer();
    }
    drop(line);
    let journal = siege.grown();
    let lines: Vec<_> = (0..DEAF)
        .map(|_| {
            let mut line = deaf(siege.address());
            line.write(
                &request("GET /__mock/events HTTP/1.1", "Last-Event-ID: 0\r\n").into_bytes(),
            );
            line
        })
        .collect();
    until("all listen", || siege.opened() == DEAF);
    // The probe has been answered behind them: what is made for them is made.
    let mut line = Line::to(siege.address());
    for _ in 0..200 {
        assert_eq!(line.get("/healthz"), 200);
    }
    drop(line);
    let listeners = siege.grown().saturating_sub(journal);
    assert!(listeners <= DEAF as u64 * 1024 + SPARE, "{listeners} KiB");
    drop(lines);
    // Of what was kept the journal's own stays.
    siege.end(80 * 1024 + SPARE);
}

/// A socket whose mailbox is full is closed, whether it is read or not.
#[test]
fn sockets_that_are_never_read() {
    let siege = Siege::begin(&["--journal", "100"]);
    let token: Value = {
        let made = post(&siege, "/v3/users/cometchat-uid-2/auth_tokens", &json!({}));
        serde_json::from_str::<Value>(&made).unwrap()["data"]["authToken"].clone()
    };
    let mut line = Line::to(siege.address());
    let me = format!(
        "GET /v3/me HTTP/1.1\r\nHost: localhost\r\nappId: mock-app\r\nauthToken: {}\r\n\r\n",
        token.as_str().unwrap()
    );
    line.write(me.as_bytes());
    let me: Value = serde_json::from_str(&line.answer().body).unwrap();
    drop(line);
    let auth = json!({ "appId": "mock-app", "type": "auth", "sender": "cometchat-uid-2",
        "deviceId": "DEAF", "body": { "auth": me["data"]["jwt"] } });
    let sockets: Vec<_> = (0..DEAF)
        .map(|_| {
            let stream = deaf(siege.address()).stream().try_clone().unwrap();
            let url = format!("ws://{}/", siege.address());
            let (mut socket, _) = client(url, stream).unwrap();
            socket.send(Message::text(auth.to_string())).unwrap();
            assert!(socket.read().unwrap().to_text().unwrap().contains("200"));
            socket
        })
        .collect();
    let padding = "x".repeat(40 * 1024);
    let call = json!({ "receiver": "cometchat-uid-2", "receiverType": "user", "type": "audio",
        "metadata": { "padding": padding } });
    let mut rings = 0;
    while siege.opened() > 0 {
        assert!(rings < 2000, "they are never closed");
        rings += 1;
        let rung = post(&siege, "/v3/calls", &call);
        let session = rung.split_once(r#""sessionid":""#).unwrap().1.split('"').next().unwrap();
        let mut line = Line::to(siege.address());
        let cancel = r#"{"status":"cancelled"}"#;
        let headers =
            format!("onBehalfOf: cometchat-uid-1\r\nContent-Length: {}\r\n", cancel.len());
        let change = request(&format!("PUT /v3/calls/{session} HTTP/1.1"), &headers) + cancel;
        line.write(change.as_bytes());
        assert_eq!(line.answer().status, 200);
        drop(line);
        // What waits for a socket is at most 4 MiB, and as a frame is shared it is once for all.
        assert!(siege.grown() <= DEAF as u64 * 8 * 1024, "{} KiB", siege.grown());
    }
    drop(sockets);
    // The calls stay, with what was sent along with them.
    siege.end(2 * SPARE + rings * 128);
}

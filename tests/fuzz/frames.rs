//! Frames of the realtime socket: text, binary and control, whole and in pieces, before and after
//! a good log-in and in place of one.
//!
//! The socket stays open just when it was let in and nothing came that ends it. However they end,
//! it is let go and nobody is left online; another client of the same user that came meanwhile is
//! still heard; and one that comes afterwards is told who rings.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, DuplexStream},
    time::{sleep, timeout},
};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{
        Error, Message,
        error::ProtocolError,
        protocol::{Role, WebSocketConfig},
    },
};

use crate::{
    choices::Choices,
    mock::{Mock, plain},
    words,
};

const UPGRADE: &str = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n\
    Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";
const PING: &str = r#"{"action":"ping","ack":"true"}"#;
/// Longer than the server waits for anybody.
const PATIENCE: Duration = Duration::from_secs(30);
const MOST: usize = 64;
/// What the server tells whom it lets in.
const LET_IN: &[u8] = br#""body":{"code":"200""#;
/// The largest frame that is read, and the largest that is received.
const MOST_BYTES: usize = 64 * 1024;
const MOST_RECEIVED: usize = 1024 * 1024;

pub fn run(mock: &Mock, bytes: &[u8]) {
    mock.block_on(async {
        let (mut odd, _) = mock.connect();
        odd.write_all(UPGRADE.as_bytes()).await.unwrap();
        let (mut choices, mut all) = (Choices::of(bytes), Vec::new());
        for _ in 0..MOST {
            let frame = frame(mock, &mut choices);
            all.extend_from_slice(&frame);
            let said = timeout(PATIENCE, odd.write_all(&frame)).await.expect("nobody listens");
            // It may be closed by now.
            if said.is_err() || choices.is_empty() {
                break;
            }
            if choices.now_and_then(64) {
                tokio::task::yield_now().await;
            }
        }
        // Of the user that the odd one may well have logged in as.
        let mut client = logged_in(mock, "a").await;
        let mut came = Vec::new();
        let is_over = timeout(PATIENCE, odd.read_to_end(&mut came)).await.is_ok();
        assert!(came.starts_with(b"HTTP/1.1 101"), "{}", came.escape_ascii());
        let is_let_in = came.windows(LET_IN.len()).any(|at| at == LET_IN);
        let stays = is_let_in && !ends(&all).await;
        assert_eq!(is_over, !stays, "let in: {is_let_in}, {}", came.escape_ascii());
        drop(odd);
        until_left(mock, 1).await;
        assert_is_heard(&mut client).await;
        drop(client);
        until_left(mock, 0).await;
    });
    assert_eq!(mock.state(), mock.at_first, "frames changed something");
    mock.block_on(async {
        let mut client = logged_in(mock, "c").await;
        let ring = json!({ "receiver": "c", "receiverType": "user", "type": "audio" });
        let mut request = plain("POST", "/calls", &ring.to_string());
        request.headers_mut().insert("onbehalfof", "cometchat-uid-5".parse().unwrap());
        assert!(mock.answer(request).await.is_success());
        let told = next(&mut client).await;
        assert_eq!(told["type"], "message", "{told}");
        assert_eq!(told["body"]["data"]["action"], "initiated", "{told}");
    });
}

/// Something is among the frames that ends a socket.
async fn ends(frames: &[u8]) -> bool {
    let config = WebSocketConfig::default()
        .max_message_size(Some(MOST_RECEIVED))
        .max_frame_size(Some(MOST_RECEIVED));
    let line = tokio::io::join(frames, tokio::io::sink());
    let mut frames = WebSocketStream::from_raw_socket(line, Role::Server, Some(config)).await;
    while let Some(came) = frames.next().await {
        match came {
            // There are no more, or not all of the last one.
            Err(Error::Protocol(ProtocolError::ResetWithoutClosingHandshake)) => return false,
            Ok(Message::Close(_)) | Err(_) => return true,
            Ok(frame) if frame.len() > MOST_BYTES => return true,
            Ok(_) => {}
        }
    }
    false
}

/// So many sockets are open in the end.
async fn until_left(mock: &Mock, sockets: usize) {
    let let_go = async {
        while mock.sockets() > sockets {
            sleep(Duration::from_millis(100)).await;
        }
    };
    timeout(PATIENCE, let_go).await.expect("a socket is not let go");
    assert_eq!(mock.sockets(), sockets, "a socket too many is let go");
}

/// Whatever else it is told, it is answered.
async fn assert_is_heard(client: &mut WebSocketStream<DuplexStream>) {
    client.send(Message::text(PING)).await.unwrap();
    while next(client).await["action"] != "pong" {}
}

/// A client that does all as it should.
async fn logged_in(mock: &Mock, uid: &str) -> WebSocketStream<DuplexStream> {
    let opened = timeout(PATIENCE, client_async("ws://localhost/", mock.connect().0)).await;
    let (mut client, _) = opened.expect("nobody opens").unwrap();
    let frame = auth(uid, &mock.pass(uid)).to_string();
    client.send(Message::text(frame)).await.unwrap();
    let answer = next(&mut client).await;
    assert_eq!(answer["body"]["code"], "200", "{answer}");
    client
}

async fn next(client: &mut WebSocketStream<DuplexStream>) -> Value {
    let came = timeout(PATIENCE, client.next()).await.expect("nothing is told");
    serde_json::from_str(came.unwrap().unwrap().to_text().unwrap()).unwrap()
}

fn auth(uid: &str, pass: &str) -> Value {
    json!({
        "appId": "mock-app", "type": "auth", "sender": uid, "deviceId": "d",
        "body": { "auth": pass, "presenceSubscription": "ALL_USERS" },
    })
}

/// A frame as it goes over the line.
fn frame(mock: &Mock, choices: &mut Choices<'_>) -> Vec<u8> {
    let kind = choices.byte();
    // Text, text, binary, ping, pong, close, a further piece, whatever is said.
    let opcode = match kind % 8 {
        0 | 1 => 1,
        2 => 2,
        3 => 9,
        4 => 10,
        5 => 8,
        6 => 0,
        _ => choices.byte() & 0x7f,
    };
    let is_last = if kind & 8 == 0 { 0x80 } else { 0 };
    let payload = payload(mock, choices);
    let says = if kind & 16 == 0 { payload.len() as u64 } else { choices.number() };
    let masked = if kind & 32 == 0 { 0x80 } else { 0 };
    let mut frame = vec![is_last | opcode];
    match says {
        0..=125 if kind & 64 == 0 => frame.push(masked | says as u8),
        126..=0xffff if kind & 64 == 0 => {
            frame.push(masked | 126);
            frame.extend((says as u16).to_be_bytes());
        }
        _ => {
            frame.push(masked | 127);
            frame.extend(says.to_be_bytes());
        }
    }
    if masked != 0 {
        frame.extend([0; 4]);
    }
    frame.extend(payload);
    frame
}

fn payload(mock: &Mock, choices: &mut Choices<'_>) -> Vec<u8> {
    match choices.below(8) {
        0 => auth("a", &mock.pass("a")).to_string().into_bytes(),
        1 => PING.as_bytes().to_vec(),
        2 => {
            let uid = choices.word(&words::USERS);
            let mut frame = auth(uid, &mock.pass(choices.word(&words::USERS)));
            for _ in 0..choices.below(4) {
                crate::shapes::bend(&mut frame, choices);
            }
            frame.to_string().into_bytes()
        }
        3 => words::anything(choices, 3).to_string().into_bytes(),
        4 => {
            let sizes = [MOST_BYTES, MOST_BYTES + 1, MOST_RECEIVED, MOST_RECEIVED + 1];
            vec![b' '; choices.pick(&sizes) - choices.below(2)]
        }
        _ => choices.bytes().to_owned(),
    }
}

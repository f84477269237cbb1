//! Clients that are slow, on purpose or not.

use crate::{
    line::{Line, request},
    siege::{SPARE, Siege},
};

const CALL: &str = r#"{"receiver":"cometchat-uid-2","receiverType":"user","type":"audio"}"#;

fn ring() -> String {
    let headers = format!(
        "onBehalfOf: cometchat-uid-1\r\nContent-Type: application/json\r\nContent-Length: {}\r\n",
        CALL.len()
    );
    request("POST /v3/calls HTTP/1.1", &headers)
}

/// Byte by byte, each of them a packet: what is slow takes nobody else's time, and is answered when
/// it is complete.
#[test]
fn headers_and_bodies_byte_by_byte() {
    let siege = Siege::begin(&[]);
    let (head, body) = (ring(), CALL.as_bytes());
    let mut all: Vec<_> = (0..400).map(|_| Line::to(siege.address())).collect();
    let (slow_heads, slow_bodies) = all.split_at_mut(200);
    slow_bodies.iter_mut().for_each(|line| line.write(head.as_bytes()));
    for byte in 0..40 {
        slow_heads.iter_mut().for_each(|line| line.write(&head.as_bytes()[byte..=byte]));
        slow_bodies.iter_mut().for_each(|line| line.write(&body[byte..=byte]));
    }
    // A buffer each, and a task.
    assert!(siege.grown() <= 400 * 32 + SPARE, "{} KiB", siege.grown());
    slow_heads[0].write(&head.as_bytes()[40..]);
    slow_heads[0].write(body);
    assert_eq!(slow_heads[0].answer().status, 200);
    slow_bodies[0].write(&body[40..]);
    assert!(slow_bodies[0].answer().body.contains("ERR_CALL_BUSY_SELF"));
    drop(all);
    siege.end(SPARE);
}

/// By the server's own patience: 10 seconds to begin, 30 for headers, bodies and the next request.
#[test]
fn who_never_ends_is_let_go() {
    let siege = Siege::begin(&[]);
    let begun = |bytes: &[u8]| {
        let mut line = Line::to(siege.address());
        line.write(bytes);
        line
    };
    let upgrade = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: upgrade\r\n\
        Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    let control = "POST /__mock/seed HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{";
    let mut closed = [
        begun(b""),
        begun(b"PRI * HTTP/2.0\r\n"),
        begun(b"\x16\x03\x01\x02\x00\x01"),
        begun(b"GET /v3/calls HTTP/1.1\r\nHost: loc"),
        begun(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        begun(upgrade.as_bytes()),
    ];
    let mut answered = [begun(format!("{}{{", ring()).as_bytes()), begun(control.as_bytes())];
    for line in &mut closed {
        line.closed();
    }
    for line in &mut answered {
        let answer = line.answer();
        assert_eq!(answer.status, 400, "{}", answer.body);
        // A body that is not complete leaves nothing to be read after it.
        line.closed();
    }
    siege.end(SPARE);
}

//! HTTP/1.1 as nobody writes it.

use std::{fmt::Write, thread};

use crate::{
    line::{Line, request},
    siege::{SPARE, Siege},
};

/// How many requests are written at once.
const PIPELINED: usize = 5000;

#[test]
fn thousands_in_one_write_are_answered_in_order() {
    let siege = Siege::begin(&[]);
    let mut all = String::new();
    for number in 0..PIPELINED {
        all += &request(&format!("GET /v3/calls/none-{number}. HTTP/1.1"), "");
    }
    let mut line = Line::to(siege.address());
    let mut writing = Line::of(line.stream().try_clone().unwrap());
    let writing = thread::spawn(move || writing.write(all.as_bytes()));
    for number in 0..PIPELINED {
        let answer = line.answer();
        assert_eq!(answer.status, 404);
        assert!(answer.body.contains(&format!("none-{number}.")), "{number}: {}", answer.body);
    }
    writing.join().unwrap();
    drop(line);
    // Journalled, each of them.
    siege.end(SPARE + PIPELINED as u64 * 2);
}

#[test]
fn who_says_that_nothing_more_comes_is_answered_still() {
    let siege = Siege::begin(&[]);
    for times in [1, 3] {
        let mut line = Line::to(siege.address());
        line.write(request("GET /v3/calls HTTP/1.1", "").repeat(times).as_bytes());
        line.finish();
        (0..times).for_each(|_| assert_eq!(line.answer().status, 200));
        assert_eq!(line.closed(), b"");
    }
    siege.end(SPARE);
}

/// What is written, and what is answered: one of these, after which the connection may be closed.
/// Each comes from many at once.
#[test]
fn too_much_of_everything() {
    const GET: &str = "GET /v3/calls HTTP/1.1";
    const POST: &str = "POST /v3/calls HTTP/1.1";
    let siege = Siege::begin(&[]);
    let mut many = String::new();
    (0..500).for_each(|number| write!(many, "x-{number}: y\r\n").unwrap());
    let endless = many.repeat(100);
    let twice = "appId: one\r\n".repeat(80);
    let chunked = "onBehalfOf: cometchat-uid-1\r\nTransfer-Encoding: chunked\r\n";
    let small = format!("10\r\n{}\r\n", "x".repeat(16)).repeat(70_000);
    let extended = format!("1;{}\r\nx\r\n0\r\n\r\n", "x".repeat(100_000));
    let trailers = format!("0\r\n{}\r\n", "x: y\r\n".repeat(20_000));
    let large = "x".repeat(2 << 20);
    let declared = format!("onBehalfOf: cometchat-uid-1\r\nContent-Length: {}\r\n", large.len());
    #[rustfmt::skip]
    let rows = [
        ("a long path",        request(&format!("GET /{} HTTP/1.1", "x".repeat(60_000)), ""), [404, 404]),
        ("a longer path",      request(&format!("GET /{} HTTP/1.1", "x".repeat(1 << 20)), ""), [414, 431]),
        ("a long method",      request(&format!("{} / HTTP/1.1", "X".repeat(100_000)), ""), [400, 404]),
        ("many headers",       request(GET, &many),                                  [431, 431]),
        ("headers for ever",   request(GET, &endless),                               [431, 431]),
        ("a large header",     request(GET, &format!("x: {}\r\n", "y".repeat(100_000))), [431, 431]),
        ("a larger header",    request(GET, &format!("x: {}\r\n", "y".repeat(2 << 20))), [431, 431]),
        ("one header often",   request(GET, &twice),                                 [200, 401]),
        ("a body, declared",   request(POST, &declared) + &large,                    [413, 413]),
        ("a body, in chunks",  request(POST, chunked) + &format!("200000\r\n{large}\r\n0\r\n\r\n"), [413, 413]),
        ("a body, in small chunks", request(POST, chunked) + &small + "0\r\n\r\n",   [413, 413]),
        ("a chunk, extended",  request(POST, chunked) + &extended,                   [400, 400]),
        ("trailers for ever",  request(POST, chunked) + &trailers,                   [400, 400]),
    ];
    for (what, bytes, statuses) in rows {
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let mut line = Line::to(siege.address());
                    // It may be answered, and closed, before all is written.
                    let _ = line.try_to_write(bytes.as_bytes());
                    if let Ok(Some(answer)) = line.try_answer() {
                        let status = answer.status;
                        assert!(statuses.contains(&status), "{what}: {status}");
                    } else {
                        // Who goes on writing loses the answer; a body is read to its end.
                        assert!(!statuses.contains(&413), "{what}: no answer");
                    }
                });
            }
        });
    }
    siege.end(SPARE);
}

#[test]
fn who_waits_to_be_asked_for_a_body_is_asked() {
    let siege = Siege::begin(&[]);
    let ask = |length: usize| {
        let headers = format!(
            "onBehalfOf: cometchat-uid-1\r\nContent-Type: application/json\r\n\
             Expect: 100-continue\r\nContent-Length: {length}\r\n"
        );
        let mut line = Line::to(siege.address());
        line.write(request("POST /v3/calls HTTP/1.1", &headers).as_bytes());
        assert_eq!(line.answer().status, 100);
        line
    };
    let body = r#"{"receiver":"cometchat-uid-2","receiverType":"user","type":"audio"}"#;
    let mut line = ask(body.len());
    line.write(body.as_bytes());
    assert_eq!(line.answer().status, 200);
    line = ask(2 << 20);
    line.write(&vec![b' '; 2 << 20]);
    assert_eq!(line.answer().status, 413);
    // And who then goes away.
    (0..200).for_each(|_| drop(ask(1 << 20)));
    drop(line);
    siege.end(SPARE);
}

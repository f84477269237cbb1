//! Floods of HTTP/2 frames. A connection is ended for some, and borne with for others; the server
//! goes on either way.

use std::{collections::BTreeSet, thread};

use crate::{
    frames::{
        CONTINUATION, END_HEADERS, END_STREAM, HEADERS, INITIAL_WINDOW, PING, REFUSED_STREAM,
        RST_STREAM, SETTINGS, begun, frame, get, is_alive, kept, next, post,
    },
    line::Line,
    siege::{SPARE, Siege, until},
};

/// How many connections do the same at once.
const AT_ONCE: usize = 4;

/// Writes this often what `make` makes of the number, as long as the server takes it. What comes is
/// read meanwhile by somebody else, or nobody would be written to.
fn flood(line: &mut Line, times: u32, make: impl Fn(u32) -> Vec<u8>) {
    let mut reader = Line::of(line.stream().try_clone().unwrap());
    let reading = thread::spawn(move || while next(&mut reader).is_some() {});
    for from in (0..times).step_by(100) {
        let some: Vec<u8> = (from..from + 100).flat_map(&make).collect();
        if line.try_to_write(&some).is_err() {
            break;
        }
    }
    let _ = line.stream().shutdown(std::net::Shutdown::Write);
    reading.join().unwrap();
}

/// From several at once.
fn floods(times: u32, make: impl Fn(u32) -> Vec<u8> + Sync) {
    let siege = Siege::begin(&["--journal", "100"]);
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| flood(&mut begun(siege.address(), &[]), times, &make));
        }
    });
    siege.end(SPARE);
}

#[test]
fn requests_that_are_taken_back_at_once() {
    floods(20_000, |number| {
        let stream = 2 * number + 1;
        let request = frame(HEADERS, END_HEADERS | END_STREAM, stream, &get("/v3/calls"));
        [request, frame(RST_STREAM, 0, stream, &8_u32.to_be_bytes())].concat()
    });
}

#[test]
fn pings() {
    floods(200_000, |number| frame(PING, 0, 0, &u64::from(number).to_be_bytes()));
}

#[test]
fn settings() {
    floods(100_000, |_| frame(SETTINGS, 0, 0, &[0, 3, 0, 0, 0, 100]));
}

#[test]
fn empty_frames() {
    floods(200_000, |number| match number {
        0 => frame(HEADERS, END_HEADERS, 1, &post("/v3/calls")),
        _ => frame(0, 0, 1, b""),
    });
}

#[test]
fn headers_that_go_on_for_ever() {
    let padding = kept("x", &[b'y'; 8000]);
    floods(10_000, |number| match number {
        0 => frame(HEADERS, END_STREAM, 1, &get("/v3/calls")),
        _ => frame(CONTINUATION, 0, 1, &padding),
    });
}

/// A large header is kept in the table, and then named a thousand times in as many bytes.
#[test]
fn small_headers_that_become_large() {
    floods(2_000, |number| {
        let mut block = get("/v3/calls");
        if number == 0 {
            block.extend(kept("x", &[b'y'; 3900]));
        } else {
            block.extend([0xbe; 8000]);
        }
        frame(HEADERS, END_HEADERS | END_STREAM, 2 * number + 1, &block)
    });
}

/// Answers that the client gives no room to: they are kept, and only for so many streams.
#[test]
fn windows_that_never_open() {
    let siege = Siege::begin(&["--journal", "100"]);
    siege.end_after_twice(|siege| {
        let mut all: Vec<_> =
            (0..10).map(|_| begun(siege.address(), &[(INITIAL_WINDOW, 0)])).collect();
        for line in &mut all {
            for number in 0..400 {
                let request = get("/__mock/errors");
                line.write(&frame(HEADERS, END_HEADERS | END_STREAM, 2 * number + 1, &request));
            }
            assert!(is_alive(line));
        }
        // 200 streams of a connection, each with an answer of less than 64 KiB.
        assert!(siege.grown() <= 10 * 200 * 64 + SPARE, "{} KiB", siege.grown());
    });
}

#[test]
fn more_streams_than_allowed_are_refused_one_by_one() {
    let siege = Siege::begin(&[]);
    let mut line = begun(siege.address(), &[]);
    for number in 0..300 {
        line.write(&frame(HEADERS, END_HEADERS, 2 * number + 1, &post("/v3/calls")));
    }
    line.write(&frame(PING, 0, 0, b"the last"));
    let mut refused = BTreeSet::new();
    loop {
        let came = next(&mut line).unwrap();
        match came.kind {
            RST_STREAM => {
                assert_eq!(came.payload, REFUSED_STREAM.to_be_bytes(), "{came:?}");
                refused.insert(came.stream);
            }
            PING => break,
            _ => {}
        }
    }
    assert_eq!(refused.len(), 100);
    assert!(is_alive(&mut line));
    drop(line);
    until("nothing is left of the streams", || siege.opened() == 0);
    siege.end(SPARE);
}

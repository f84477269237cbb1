//! What begins as TLS, and is none.

use std::thread;

use crate::{
    line::Line,
    siege::{SPARE, Siege},
};

/// A record of type "handshake" that says how long it is.
fn record(length: u16, bytes: &[u8]) -> Vec<u8> {
    [&[0x16, 3, 1], &length.to_be_bytes()[..], bytes].concat()
}

#[test]
fn no_handshake_at_all() {
    let siege = Siege::begin(&[]);
    let plain = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let noise: Vec<u8> =
        (0..16_000_u32).map(|n| n.wrapping_mul(0x9e37_79b9).to_be_bytes()[0]).collect();
    let rows = [
        ("HTTP in a record", record(u16::try_from(plain.len()).unwrap(), plain)),
        ("HTTP behind the first byte", [&[0x16], &plain[..]].concat()),
        ("noise in a record", record(16_000, &noise)),
        ("noise behind the first byte", [&[0x16], &noise[..]].concat()),
        ("a record of nothing", record(0, b"")),
        ("nothing, over and over", record(0, b"").repeat(10_000)),
        ("a record that is too long", record(u16::MAX, &noise.repeat(5))),
        ("an old version", vec![0x16, 2, 0, 0, 1, 1]),
    ];
    for (what, bytes) in rows {
        thread::scope(|scope| {
            for _ in 0..20 {
                scope.spawn(|| {
                    let mut line = Line::to(siege.address());
                    let _ = line.try_to_write(&bytes);
                    let came = line.closed();
                    // An alert, if anything.
                    assert!(came.is_empty() || came[0] == 0x15, "{what}: {came:?}");
                });
            }
        });
    }
    siege.end(SPARE);
}

/// Their number is that of the descriptors, and the server lets them go after 10 seconds.
#[test]
fn handshakes_that_are_never_finished() {
    let siege = Siege::begin(&[]);
    let mut all: Vec<_> = (0..500)
        .map(|number| {
            let mut line = Line::to(siege.address());
            line.write(&record(512, &[1; 300][..number % 300]));
            line
        })
        .collect();
    assert!(siege.grown() <= 500 * 64 + SPARE, "{} KiB", siege.grown());
    for line in &mut all {
        line.closed();
    }
    siege.end(SPARE);
}

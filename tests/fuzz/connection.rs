//! Bytes, written to a connection as a client writes them: HTTP/1, pipelined, cut anywhere, or the
//! beginning of something else.
//!
//! Whatever comes back is of the protocol that was begun with, what is answered is of a documented
//! shape, and once the client has no more to say the connection comes to its end, whether the client
//! says so or falls silent.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, split},
    time::timeout,
};

use crate::mock::Mock;

/// Longer than all that the server waits for by itself.
const PATIENCE: Duration = Duration::from_secs(300);
/// In the first byte: the client only falls silent.
const FALLS_SILENT: u8 = 0x80;
/// What TLS begins with, an HTTP/2 connection, and the type of a frame of settings.
const HANDSHAKE: u8 = 0x16;
const ALERT: u8 = 0x15;
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const SETTINGS: u8 = 4;

/// The rest of the first byte says how much is written at once, in units of two bytes; 0 for all.
pub fn run(mock: &Mock, bytes: &[u8]) {
    let (first, bytes) = bytes.split_first().unwrap_or((&0, &[]));
    // Nothing ends an HTTP/2 connection whose client is silent.
    let falls_silent = first & FALLS_SILENT != 0 && !bytes.starts_with(PREFACE);
    let at_once = match first & !FALLS_SILENT {
        0 => bytes.len().max(1),
        units => usize::from(units) * 2,
    };
    let (came, is_over, waits) = mock.block_on(async {
        let (stream, waits) = mock.connect();
        let (mut from, mut to) = split(stream);
        let said = async {
            for part in bytes.chunks(at_once) {
                // It may have been closed half-way.
                if to.write_all(part).await.is_err() {
                    break;
                }
                tokio::task::yield_now().await;
            }
            if !falls_silent {
                let _ = to.shutdown().await;
            }
        };
        let mut came = Vec::new();
        let heard = from.read_to_end(&mut came);
        let all = timeout(PATIENCE, async { tokio::join!(said, heard) });
        let is_over = all.await.is_ok();
        (came, is_over, waits.now())
    });
    let is_of_its_protocol = match bytes {
        [HANDSHAKE, ..] => matches!(came[0..], [] | [HANDSHAKE | ALERT, ..]),
        bytes if bytes.starts_with(PREFACE) => matches!(came[0..], [] | [_, _, _, SETTINGS, ..]),
        _ => came.is_empty() || came.starts_with(b"HTTP/1."),
    };
    assert!(is_of_its_protocol, "{} to {}", came.escape_ascii(), bytes.escape_ascii());
    assert!(is_over || waits, "the connection does not end: {}", bytes.escape_ascii());
}

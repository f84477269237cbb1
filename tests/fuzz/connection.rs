//! Bytes, written to a connection as a client writes them: HTTP/1, pipelined, cut anywhere.
//!
//! Whatever comes back is HTTP, what is answered is of a documented shape, and once the client has
//! said that it has no more to say the connection comes to its end.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, split},
    time::timeout,
};

use crate::mock::Mock;

/// Longer than all that the server waits for by itself.
const PATIENCE: Duration = Duration::from_secs(300);
/// Who asks for these may have to wait for longer, or for ever.
const ENDLESS: [&[u8]; 5] = [b"delay", b"/__mock/", b"pgrade", b"fault", b"within"];

/// The first byte says how much is written at once, in units of two bytes; 0 for all.
pub fn run(mock: &Mock, bytes: &[u8]) {
    let (at_once, bytes) = bytes.split_first().unwrap_or((&0, &[]));
    let at_once = if *at_once == 0 { bytes.len().max(1) } else { usize::from(*at_once) * 2 };
    let (came, is_over) = mock.block_on(async {
        let (mut from, mut to) = split(mock.connect());
        let said = async {
            for part in bytes.chunks(at_once) {
                // It may have been closed half-way.
                if to.write_all(part).await.is_err() {
                    break;
                }
                tokio::task::yield_now().await;
            }
            let _ = to.shutdown().await;
        };
        let mut came = Vec::new();
        let heard = from.read_to_end(&mut came);
        let all = timeout(PATIENCE, async { tokio::join!(said, heard) });
        let is_over = all.await.is_ok();
        (came, is_over)
    });
    assert!(came.is_empty() || came.starts_with(b"HTTP/1."), "{:?}", came.escape_ascii());
    let may_go_on = ENDLESS.iter().any(|word| bytes.windows(word.len()).any(|at| at == *word));
    assert!(is_over || may_go_on, "the connection does not end: {:?}", bytes.escape_ascii());
}

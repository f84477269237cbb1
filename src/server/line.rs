//! The bytes of a connection: what it begins with can be looked at before somebody reads it, and
//! it can end with a reset.
//!
//! | it begins with | it is |
//! | --- | --- |
//! | 0x16, a handshake record | TLS |
//! | `PRI * HTTP/2.0…`, all 24 bytes | HTTP/2 |
//! | anything else | HTTP/1.1, which answers it if it can |

use std::{
    cell::RefCell,
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, DuplexStream, ReadBuf},
    net::TcpStream,
};

/// The first byte of every TLS connection: a record of type "handshake" (RFC 8446, 5.1).
const HANDSHAKE: u8 = 0x16;
/// What every HTTP/2 connection begins with (RFC 9113, 3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// How much is read before it is looked at: most requests whole.
const FIRST_BYTES: usize = 1024;

/// The most that is copied into one piece to be written, in bytes: a head and a small body, which the
/// system takes faster so. Larger answers are not to be copied, which is why not all are by hyper.
const COPIED: usize = 2048;

thread_local! {
    /// Where they are copied to.
    static COPY: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// What a client begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opening {
    Tls,
    Http1,
    Http2,
}

/// What carries bytes both ways: TCP, or the memory of a test, which has nothing to be set.
pub trait Carrier: AsyncRead + AsyncWrite + Unpin + Send + 'static {
    /// What is written is sent at once.
    ///
    /// # Errors
    /// When that cannot be had.
    fn send_at_once(&self) -> io::Result<()> {
        Ok(())
    }

    /// Closing throws away what was not sent, and sends RST.
    ///
    /// # Errors
    /// When that cannot be had.
    fn reset_when_closed(&self) -> io::Result<()> {
        Ok(())
    }
}

impl Carrier for TcpStream {
    fn send_at_once(&self) -> io::Result<()> {
        self.set_nodelay(true)
    }

    fn reset_when_closed(&self) -> io::Result<()> {
        self.set_zero_linger()
    }
}

impl Carrier for DuplexStream {}

/// The bytes of a connection.
pub(super) struct Line<C: Carrier> {
    stream: C,
    /// What was read of it to be looked at, and from where on it is still to be given out.
    start: Vec<u8>,
    given: usize,
    reset: Reset,
}

/// Ends a connection with a reset, from wherever that is decided.
#[derive(Clone, Default)]
pub(super) struct Reset(Arc<AtomicBool>);

impl Reset {
    pub(super) fn pull(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn is_pulled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl<C: Carrier> Line<C> {
    pub(super) fn of(stream: C) -> (Self, Reset) {
        let reset = Reset::default();
        let start = Vec::with_capacity(FIRST_BYTES);
        (Self { stream, start, given: 0, reset: reset.clone() }, reset)
    }

    /// Waits for enough of it to tell what it is.
    pub(super) async fn opening(&mut self) -> io::Result<Opening> {
        loop {
            let is_over = self.stream.read_buf(&mut self.start).await? == 0;
            match judge(&self.start) {
                Some(opening) => return Ok(opening),
                None if self.start.is_empty() => return Err(io::ErrorKind::UnexpectedEof.into()),
                None if is_over => return Ok(Opening::Http1),
                None => {}
            }
        }
    }
}

/// What begins so, if that can be told yet.
fn judge(start: &[u8]) -> Option<Opening> {
    match start {
        [] => None,
        [HANDSHAKE, ..] => Some(Opening::Tls),
        start if start.starts_with(PREFACE) => Some(Opening::Http2),
        start if PREFACE.starts_with(start) => None,
        _ => Some(Opening::Http1),
    }
}

impl<C: Carrier> Drop for Line<C> {
    fn drop(&mut self) {
        if self.reset.is_pulled()
            && let Err(error) = self.stream.reset_when_closed()
        {
            tracing::debug!(%error, "cannot reset a connection");
        }
    }
}

impl<C: Carrier> AsyncRead for Line<C> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let left = this.start.get(this.given..).unwrap_or_default();
        if left.is_empty() {
            return Pin::new(&mut this.stream).poll_read(cx, buf);
        }
        let now = left.get(..buf.remaining()).unwrap_or(left);
        buf.put_slice(now);
        this.given += now.len();
        if this.given == this.start.len() {
            // A connection can be open for long.
            (this.start, this.given) = (Vec::new(), 0);
        }
        Poll::Ready(Ok(()))
    }
}

/// After a reset was decided nothing is written any more, not even a good-bye.
macro_rules! unless_reset {
    ($line:ident) => {
        if $line.reset.is_pulled() {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
    };
}

impl<C: Carrier> AsyncWrite for Line<C> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        unless_reset!(self);
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        unless_reset!(self);
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        unless_reset!(self);
        let stream = Pin::new(&mut self.stream);
        if bufs.iter().map(|piece| piece.len()).sum::<usize>() > COPIED {
            return stream.poll_write_vectored(cx, bufs);
        }
        COPY.with_borrow_mut(|copy| {
            copy.clear();
            bufs.iter().for_each(|piece| copy.extend_from_slice(piece));
            stream.poll_write(cx, copy)
        })
    }
}

#[cfg(test)]
mod tests {
    use tokio::{io::AsyncWriteExt, net::TcpListener};

    use super::*;

    #[tokio::test]
    async fn what_is_written_in_pieces_arrives_in_their_order() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (near, far) = tokio::join!(TcpStream::connect(address), listener.accept());
        let ((mut line, _), mut far) = (Line::of(near.unwrap()), far.unwrap().0);
        for length in [1, 2, COPIED - 1, COPIED, COPIED + 1, 3_000_000] {
            let whole: Vec<u8> = (0..251).cycle().take(length).collect();
            let send = async {
                let mut rest = whole.as_slice();
                while !rest.is_empty() {
                    let (head, body) = rest.split_at(rest.len() / 3);
                    let pieces = [head, body].map(io::IoSlice::new);
                    let sent = line.write_vectored(&pieces).await.unwrap();
                    rest = &rest[sent..];
                }
            };
            let mut came = vec![0; length];
            let (_, read) = tokio::join!(send, far.read_exact(&mut came));
            read.unwrap();
            assert_eq!(came, whole, "{length}");
        }
    }

    #[test]
    fn the_first_bytes_tell_what_it_is() {
        for (start, opening) in [
            (&b""[..], None),
            (b"\x16", Some(Opening::Tls)),
            (b"\x16\x03\x01", Some(Opening::Tls)),
            (b"P", None),
            (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r", None),
            (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", Some(Opening::Http2)),
            (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0", Some(Opening::Http2)),
            (b"PRI * HTTP/2.1", Some(Opening::Http1)),
            (b"POST", Some(Opening::Http1)),
            (b"G", Some(Opening::Http1)),
            (b"\x15", Some(Opening::Http1)),
        ] {
            assert_eq!(judge(start), opening, "{start:?}");
        }
    }
}

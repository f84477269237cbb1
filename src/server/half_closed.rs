//! A client that says that nothing more comes may well read on. Whoever serves the connection takes
//! it for gone, and drops what it has asked: so the end is kept back for as long as it takes to
//! answer what can be answered at once. What waits for something is dropped then, for a client that
//! is gone altogether cannot be told from this one.

use std::{
    io::{self, IoSlice},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::activity::Activity;

/// How often the end is kept back. Between two times everything that can go on does.
const MOST: u8 = 4;

/// A connection whose end is kept back. It says when something is to be written.
pub(super) struct HalfClosed<S> {
    stream: S,
    activity: Arc<Activity>,
    kept_back: u8,
}

impl<S> HalfClosed<S> {
    pub(super) const fn of(stream: S, activity: Arc<Activity>) -> Self {
        Self { stream, activity, kept_back: 0 }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for HalfClosed<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let (this, before) = (self.get_mut(), buf.filled().len());
        ready!(Pin::new(&mut this.stream).poll_read(cx, buf))?;
        let is_end = buf.filled().len() == before && buf.remaining() > 0;
        if is_end && this.kept_back < MOST && this.activity.is_under_way() {
            this.kept_back += 1;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for HalfClosed<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.activity.writes();
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(cx);
        if flushed.is_pending() {
            // What was written over TLS is still here.
            self.activity.writes();
        }
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.activity.writes();
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }
}

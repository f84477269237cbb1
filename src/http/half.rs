//! A body that breaks off half-way.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use axum::body::{Bytes, HttpBody};
use http_body::Frame;

/// Marks an answer that has such a body: it cannot be read like others.
#[derive(Clone, Copy)]
pub(super) struct IsHalf;

/// The first half of a body, then an error, on which the connection is given up.
pub(super) struct Half {
    first: Option<Bytes>,
    waited: bool,
}

impl Half {
    pub(super) fn of(whole: &Bytes) -> Self {
        Self { first: Some(whole.slice(..whole.len() / 2)), waited: false }
    }
}

impl HttpBody for Half {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(Ok(Frame::data(first))));
        }
        // What is sent is written out only when there is nothing more for the moment.
        if !std::mem::replace(&mut self.waited, true) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(io::Error::other("the answer is cut off on purpose"))))
    }
}

//! A body that breaks off half-way.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::{
    body::{Bytes, HttpBody},
    http::Version,
};
use http_body::Frame;
use tokio::time::{Sleep, sleep};

/// How long the first half has to go out over HTTP/2, where giving up overtakes what is queued.
const HEAD_START: Duration = Duration::from_millis(50);

/// The first half of a body, then an error, on which the connection is given up.
pub(super) struct Half {
    first: Option<Bytes>,
    waited: bool,
    head_start: Option<Pin<Box<Sleep>>>,
}

impl Half {
    pub(super) fn of(whole: &Bytes, over: Version) -> Self {
        let head_start = (over == Version::HTTP_2).then(|| Box::pin(sleep(HEAD_START)));
        Self { first: Some(whole.slice(..whole.len() / 2)), waited: false, head_start }
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
        if let Some(head_start) = &mut self.head_start {
            ready!(head_start.as_mut().poll(cx));
        }
        Poll::Ready(Some(Err(io::Error::other("the answer is cut off on purpose"))))
    }
}

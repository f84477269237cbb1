//! One connection: HTTP/1.1 or HTTP/2, on a task of its own, until either side ends it.

use std::{
    future::Future,
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::{Router, extract::Request, http::header::ALLOW, response::Response};
use hyper::{body::Incoming, service::Service};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto, graceful::GracefulShutdown},
    service::TowerToHyperService,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

use crate::http::Hangup;

/// How long a client may take over the headers of a request.
const HEADER_PATIENCE: Duration = Duration::from_secs(30);
/// How many headers are received at all over HTTP/1.1. Fewer are already refused, with an answer
/// that says so.
const MOST_HEADERS: usize = 1024;
/// How much of a request's headers is received at all over HTTP/2, in bytes. Less is already
/// refused, with an answer that says so.
const MOST_HEADER_LIST: u32 = 256 * 1024;

/// Answers the requests of a connection.
pub(super) fn connect(stream: TcpStream, router: Router, connections: &GracefulShutdown) {
    // Answers are small and written at once; waiting to fill packets only costs time.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "cannot set TCP_NODELAY");
    }
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_PATIENCE)
        .max_headers(MOST_HEADERS);
    builder.http2().timer(TokioTimer::new()).max_header_list_size(MOST_HEADER_LIST);

    let reset = Arc::new(AtomicBool::new(false));
    let stream = TokioIo::new(Line { stream, reset: Arc::clone(&reset) });
    let answers = Answers { router: TowerToHyperService::new(router), reset };
    let connection =
        connections.watch(builder.serve_connection_with_upgrades(stream, answers).into_owned());
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::trace!(%error, "a connection ended early");
        }
    });
}

/// Hands requests to the surfaces, and hangs up where that is their answer.
#[derive(Clone)]
struct Answers {
    router: TowerToHyperService<Router>,
    reset: Arc<AtomicBool>,
}

/// The answer was to hang up.
#[derive(Debug, thiserror::Error)]
#[error("hung up on purpose")]
struct HungUp;

impl Service<Request<Incoming>> for Answers {
    type Response = Response;
    type Error = HungUp;
    type Future = Pin<Box<dyn Future<Output = Result<Response, HungUp>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let (answer, reset) = (self.router.call(request), Arc::clone(&self.reset));
        Box::pin(async move {
            let mut response = answer.await.map_err(|never| match never {})?;
            // A method that a path does not have is no route at all to the vendor.
            response.headers_mut().remove(ALLOW);
            match response.extensions().get::<Hangup>() {
                None => Ok(response),
                Some(hangup) => {
                    reset.store(*hangup == Hangup::Reset, Ordering::Relaxed);
                    Err(HungUp)
                }
            }
        })
    }
}

/// The bytes of a connection, which can end with a reset.
struct Line {
    stream: TcpStream,
    reset: Arc<AtomicBool>,
}

impl Drop for Line {
    fn drop(&mut self) {
        if self.reset.load(Ordering::Relaxed) {
            // Closing then throws away what was not sent, and sends RST.
            if let Err(error) = self.stream.set_zero_linger() {
                tracing::debug!(%error, "cannot reset a connection");
            }
        }
    }
}

impl AsyncRead for Line {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Line {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
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
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }
}

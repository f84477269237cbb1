//! One connection: plain or over TLS, HTTP/1.1 or HTTP/2, on a task of its own, until either side
//! ends it.

use std::{
    future::Future,
    io,
    pin::{Pin, pin},
    sync::Arc,
    time::Duration,
};

use axum::{Router, extract::Request, response::Response};
use hyper::{
    body::Incoming,
    server::conn::{http1, http2},
    service::Service,
};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::{sleep, timeout},
};
use tokio_util::either::Either;

use super::{
    activity::Activity,
    answers::{Answers, HungUp},
    half_closed::HalfClosed,
    line::{Carrier, Line, Opening},
    stopping::Stopping,
    tls::{Secured, Tls, agreed_on_http2},
};
use crate::http::{Payload, Scheme, Surface};

/// How long a client may take to begin: to say what it speaks, the whole TLS handshake included.
const OPENING_PATIENCE: Duration = Duration::from_secs(10);
/// How long an answer may take to go out when the server stops.
const LAST_ANSWER: Duration = Duration::from_millis(200);
/// How much of a request's headers is received at all over HTTP/2, in bytes. Less is already
/// refused, with an answer that says so.
const MOST_HEADER_LIST: u32 = 256 * 1024;

/// Under what it is logged how a connection ended: only for who wants to know everything.
const LOG: &str = "mock_calls::connections";

/// What answers the connections to a port.
pub struct Host {
    /// The vendor's surface, where it is answered on this port.
    pub surface: Option<Surface>,
    /// Answers what is no part of it.
    pub router: Router,
    /// What TLS connections are accepted with.
    pub tls: Tls,
}

/// Answers the requests of a connection, with `through` between them and what answers them: a test
/// looks at them there, and the server at nothing.
pub async fn connect<C, A>(
    stream: C,
    host: &Host,
    mut stopping: Stopping,
    through: impl FnOnce(Answers) -> A,
) where
    C: Carrier,
    A: Answering,
{
    // Answers are small and written at once; waiting to fill packets only costs time.
    if let Err(error) = stream.send_at_once() {
        tracing::debug!(%error, "cannot set TCP_NODELAY");
    }
    let (line, reset) = Line::of(stream);
    let begun = tokio::select! {
        begun = timeout(OPENING_PATIENCE, begin(line, &host.tls)) => begun,
        () = stopping.asked() => return,
    };
    match begun {
        Ok(Ok((stream, version))) => {
            let scheme = match stream {
                Either::Left(_) => Scheme::Http,
                Either::Right(_) => Scheme::Https,
            };
            let answers = Answers::new(host, scheme, reset);
            let activity = Arc::clone(answers.activity());
            serve(stream, version, through(answers), activity, stopping).await;
        }
        Ok(Err(error)) => {
            tracing::debug!(target: LOG, %error, "a connection ended before it began");
        }
        Err(_) => tracing::debug!(target: LOG, "a connection did not begin in time"),
    }
}

/// What requests come over: one type, so that nothing is built twice. Plain connections need no room
/// for the other kind.
type Stream<C> = Either<Line<C>, Box<Secured<C>>>;

/// Answers the requests of a connection, one by one.
pub trait Answering:
    Service<Request<Incoming>, Response = Response<Payload>, Error = HungUp, Future: Send + 'static>
    + Send
    + 'static
{
}

impl Answering for Answers {}

#[derive(Clone, Copy)]
enum Version {
    Http1,
    Http2,
}

async fn begin<C: Carrier>(mut line: Line<C>, tls: &Tls) -> io::Result<(Stream<C>, Version)> {
    Ok(match line.opening().await? {
        Opening::Http1 => (Either::Left(line), Version::Http1),
        Opening::Http2 => (Either::Left(line), Version::Http2),
        Opening::Tls => {
            let stream = tls.accept(line).await?;
            let version = if agreed_on_http2(&stream) { Version::Http2 } else { Version::Http1 };
            (Either::Right(Box::new(stream)), version)
        }
    })
}

async fn serve<S, A>(
    stream: S,
    version: Version,
    answers: A,
    activity: Arc<Activity>,
    mut stopping: Stopping,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    A: Answering,
{
    let ended = match version {
        Version::Http1 => {
            let stream = TokioIo::new(HalfClosed::of(stream, Arc::clone(&activity)));
            let connection = http1::Builder::new().serve_connection(stream, answers);
            let connection = connection.with_upgrades();
            let shut_down = http1::UpgradeableConnection::graceful_shutdown;
            let over = async {
                tokio::select! {
                    biased;
                    () = activity.silence() => {}
                    () = stopping.asked() => {}
                }
            };
            finish(connection, shut_down, &activity, over).await
        }
        Version::Http2 => {
            let mut builder = http2::Builder::new(TokioExecutor::new());
            let builder = builder.timer(TokioTimer::new()).max_header_list_size(MOST_HEADER_LIST);
            let connection = builder.serve_connection(TokioIo::new(stream), answers);
            let shut_down = http2::Connection::graceful_shutdown;
            // That somebody does not take what is sent to them cannot be told from silence here.
            finish(connection, shut_down, &activity, stopping.asked()).await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(target: LOG, %error, "a connection ended early");
    }
}

/// Sees a connection to its end, which comes too when it is over for another reason. What is under
/// way is still answered.
async fn finish<C>(
    connection: C,
    shut_down: impl FnOnce(Pin<&mut C>),
    activity: &Activity,
    over: impl Future<Output = ()>,
) -> hyper::Result<()>
where
    C: Future<Output = hyper::Result<()>>,
{
    let mut connection = pin!(connection);
    tokio::select! {
        // Not to be drawn by lot each time something comes.
        biased;
        ended = connection.as_mut() => return ended,
        () = over => {}
    }
    shut_down(connection.as_mut());
    tokio::select! {
        ended = connection => ended,
        // A client that is silent, or half-way through a request, would be waited for in vain.
        () = idle(activity) => Ok(()),
    }
}

/// Comes to its end when no request is under way, and a last answer has had time to go out.
async fn idle(activity: &Activity) {
    loop {
        sleep(LAST_ANSWER).await;
        if !activity.is_under_way() {
            return;
        }
    }
}

#[cfg(test)]
#[cfg(feature = "tls")]
mod tests {
    use std::convert::identity;

    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::{TcpListener, TcpStream},
        sync::Notify,
    };
    use tokio_rustls::{
        TlsConnector,
        rustls::{
            ClientConfig, ClientConnection, RootCertStore,
            crypto::ring::default_provider,
            pki_types::{CertificateDer, ServerName, pem::PemObject},
        },
    };

    use super::*;
    use crate::{
        config::Config,
        control::Authority,
        server::{line::Reset, stopping::Stop},
    };

    const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n";

    /// Answers connections with a router, for as long as it is kept.
    struct Door {
        listener: TcpListener,
        host: Arc<Host>,
        stop: Stop,
    }

    impl Door {
        async fn with(router: Router) -> Self {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let tls = Tls::start(&Config::default()).await.unwrap();
            Self {
                listener,
                host: Arc::new(Host { surface: None, router, tls }),
                stop: Stop::new(),
            }
        }

        async fn connect(&self) -> TcpStream {
            let client = TcpStream::connect(self.listener.local_addr().unwrap()).await.unwrap();
            let (stream, _) = self.listener.accept().await.unwrap();
            let (host, stopping) = (Arc::clone(&self.host), self.stop.listener());
            tokio::spawn(async move { connect(stream, &host, stopping, identity).await });
            client
        }

        async fn tls_client(&self) -> Arc<ClientConfig> {
            let Authority::Local(mut pem) = self.host.tls.authority().clone() else {
                panic!("a certificate was given")
            };
            let pem = pem.wait_for(Option::is_some).await.unwrap().clone().unwrap();
            let mut roots = RootCertStore::empty();
            roots.add(CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()).unwrap();
            let config = ClientConfig::builder_with_provider(Arc::new(default_provider()));
            let config = config.with_safe_default_protocol_versions().unwrap();
            Arc::new(config.with_root_certificates(roots).with_no_client_auth())
        }
    }

    fn localhost() -> ServerName<'static> {
        ServerName::try_from("localhost").unwrap()
    }

    /// Reads until nothing comes for a while; says what did, and whether the connection is closed.
    async fn read(stream: &mut TcpStream, patience: u64) -> (Vec<u8>, bool) {
        let mut came = Vec::new();
        let all = stream.read_to_end(&mut came);
        let is_closed = timeout(Duration::from_secs(patience), all).await.is_ok();
        (came, is_closed)
    }

    /// Begins a connection so and says nothing more: it is closed between these seconds.
    async fn is_let_go(door: &Door, begun: &[u8], earliest: u64, latest: u64) {
        let mut stream = door.connect().await;
        stream.write_all(begun).await.unwrap();
        let (_, is_closed) = read(&mut stream, earliest).await;
        assert!(!is_closed, "{begun:?}: too early");
        let (_, is_closed) = read(&mut stream, latest - earliest).await;
        assert!(is_closed, "{begun:?}: too late");
    }

    #[tokio::test(start_paused = true)]
    async fn who_does_not_begin_within_ten_seconds_is_let_go() {
        let door = Door::with(Router::new()).await;
        let mut hello = Vec::new();
        let mut client = ClientConnection::new(door.tls_client().await, localhost()).unwrap();
        client.write_tls(&mut hello).unwrap();
        for begun in [
            &b""[..],
            b"P",
            b"PRI * HTTP/2.0\r\n",
            b"\x16",
            b"\x16\x03\x01\x02",
            &hello[..hello.len() / 2],
            &hello,
        ] {
            is_let_go(&door, begun, 9, 11).await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn who_has_begun_may_be_idle_for_longer() {
        let door = Door::with(Router::new()).await;
        let mut stream = door.connect().await;
        for _ in 0..2 {
            stream.write_all(REQUEST).await.unwrap();
            let (came, is_closed) = read(&mut stream, 20).await;
            assert!(came.starts_with(b"HTTP/1.1 404"), "{came:?}");
            assert!(!is_closed);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn who_does_not_go_on_within_thirty_seconds_is_let_go() {
        let door = Door::with(Router::new()).await;
        for begun in [REQUEST, &REQUEST[..9]] {
            is_let_go(&door, begun, 29, 41).await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn who_reads_slowly_reads_everything() {
        const LENGTH: usize = 64 * 1024;
        let door = Door::with(Router::new().fallback(|| async { vec![0; LENGTH] })).await;
        let (mut client, server) = tokio::io::duplex(1024);
        let answers = Answers::new(&door.host, Scheme::Http, Reset::default());
        let activity = Arc::clone(answers.activity());
        tokio::spawn(serve(server, Version::Http1, answers, activity, door.stop.listener()));
        client.write_all(REQUEST).await.unwrap();
        let mut came = vec![client.read_u8().await.unwrap()];
        sleep(Duration::from_secs(300)).await;
        // And is let go, for nothing else is asked.
        client.read_to_end(&mut came).await.unwrap();
        assert!(came.len() > LENGTH, "{}", came.len());
    }

    #[tokio::test]
    async fn a_request_knows_how_it_came() {
        let echo = |request: Request| async move { Scheme::of(request.extensions()).as_str() };
        let door = Door::with(Router::new().fallback(echo)).await;
        let request = [&REQUEST[..REQUEST.len() - 2], b"Connection: close\r\n\r\n"].concat();

        let mut plain = door.connect().await;
        plain.write_all(&request).await.unwrap();
        let mut came = String::new();
        plain.read_to_string(&mut came).await.unwrap();
        assert!(came.ends_with("\r\n\r\nhttp"), "{came}");

        let connector = TlsConnector::from(door.tls_client().await);
        let mut tls = connector.connect(localhost(), door.connect().await).await.unwrap();
        tls.write_all(&request).await.unwrap();
        let mut came = String::new();
        tls.read_to_string(&mut came).await.unwrap();
        assert!(came.ends_with("\r\n\r\nhttps"), "{came}");
    }

    #[tokio::test]
    async fn stopping_lets_go_who_waits_and_finishes_what_is_under_way() {
        let (arrived, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (here, gate) = (Arc::clone(&arrived), Arc::clone(&go_on));
        let slow = move || async move {
            here.notify_one();
            gate.notified().await;
            "done"
        };
        let door = Door::with(Router::new().fallback(slow)).await;
        let (mut idle, mut half) = (door.connect().await, door.connect().await);
        half.write_all(b"\x16\x03\x01").await.unwrap();
        let connector = TlsConnector::from(door.tls_client().await);
        let mut busy = connector.connect(localhost(), door.connect().await).await.unwrap();
        busy.write_all(REQUEST).await.unwrap();
        arrived.notified().await;

        let stopped = tokio::spawn(door.stop.all());
        assert_eq!(idle.read(&mut [0; 1]).await.unwrap(), 0);
        // What it has sent and nobody read is lost with it.
        let _ = half.read(&mut [0; 1]).await;
        assert!(!stopped.is_finished());
        go_on.notify_one();
        let mut came = String::new();
        busy.read_to_string(&mut came).await.unwrap();
        assert!(came.ends_with("done"), "{came}");
        stopped.await.unwrap();
    }
}

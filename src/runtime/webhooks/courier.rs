//! Carries deliveries to their receivers, for every app of a server.

use std::{
    error::Error,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

#[cfg(feature = "tls")]
use reqwest::Certificate;
use reqwest::{Client, ClientBuilder, header::CONTENT_TYPE, redirect};

use super::delivery::{Attempt, Delivery, Standing};
use crate::{domain::time::Timestamp, runtime::clock::Stopwatch};

/// An authority that receivers may be vouched for by: none, in a build without TLS.
#[cfg(not(feature = "tls"))]
type Certificate = std::convert::Infallible;

/// What is said of a receiver that asks for TLS in a build that has none.
const NO_TLS: &str = "https needs the feature tls of mock-calls, which this build is without";

/// How long a receiver may take (vendor doc).
const PATIENCE: Duration = Duration::from_secs(2);
/// How much of an answer is taken in, so that its writer is not cut off.
const MOST_OF_AN_ANSWER: usize = 64 * 1024;

/// The client of all deliveries, and how many there were.
#[derive(Debug)]
pub struct Courier {
    client: Client,
    patience: Duration,
    delivered: AtomicU64,
    failed: AtomicU64,
    dropped: AtomicU64,
}

impl Courier {
    /// A client that trusts these authorities beside the public ones.
    ///
    /// # Errors
    /// When there can be no client with them.
    pub fn new(authorities: Vec<Certificate>) -> Result<Self, reqwest::Error> {
        Self::patient(authorities, PATIENCE)
    }

    fn patient(authorities: Vec<Certificate>, patience: Duration) -> Result<Self, reqwest::Error> {
        let builder = Client::builder()
            .redirect(redirect::Policy::none())
            .http1_only()
            // A receiver may close after its answer without saying so before. What is then sent on
            // the same connection is lost, and nobody can tell whether it was read: a delivery is
            // not simply sent again.
            .pool_max_idle_per_host(0)
            .timeout(patience)
            .user_agent(concat!("mock-calls/", env!("CARGO_PKG_VERSION")));
        let trusting = authorities.into_iter().fold(builder, trust);
        Ok(Self {
            client: trusting.build()?,
            patience,
            delivered: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            dropped: AtomicU64::new(0),
        })
    }

    /// Tries once. `at` is when, by the app's clock.
    pub(super) async fn carry(&self, delivery: &Delivery, at: Timestamp) -> Attempt {
        let took = Stopwatch::start();
        let request = self
            .client
            .post(&*delivery.url)
            .header(CONTENT_TYPE, "application/json")
            .body(delivery.body.clone());
        let request = match &delivery.login {
            Some(login) => request.basic_auth(&login.username, Some(&login.password)),
            None => request,
        };
        let (status, error) = match request.send().await {
            Ok(mut answer) => {
                let mut taken = 0;
                while let Ok(Some(chunk)) = answer.chunk().await {
                    taken += chunk.len();
                    if taken > MOST_OF_AN_ANSWER {
                        break;
                    }
                }
                (Some(answer.status().as_u16()), None)
            }
            Err(_) if is_beyond_reach(&delivery.url) => (None, Some(NO_TLS.to_owned())),
            Err(error) => (None, Some(self.said(&error.without_url()))),
        };
        Attempt { at, status, error, took: took.elapsed() }
    }

    /// Counts what a delivery came to.
    pub(super) fn count(&self, standing: Standing, times: u64) {
        let count = match standing {
            Standing::Pending => return,
            Standing::Delivered => &self.delivered,
            Standing::Failed => &self.failed,
            Standing::Dropped => &self.dropped,
        };
        count.fetch_add(times, Ordering::Relaxed);
    }

    /// How many came to each.
    #[must_use]
    pub fn counts(&self) -> [(Standing, u64); 3] {
        [
            (Standing::Delivered, &self.delivered),
            (Standing::Failed, &self.failed),
            (Standing::Dropped, &self.dropped),
        ]
        .map(|(standing, count)| (standing, count.load(Ordering::Relaxed)))
    }

    /// Why there was no answer, as far down as that is known.
    fn said(&self, error: &reqwest::Error) -> String {
        if error.is_timeout() {
            return format!("no answer within {}", humantime::format_duration(self.patience));
        }
        let mut said = Vec::new();
        let mut cause: Option<&dyn Error> = Some(error);
        while let Some(error) = cause {
            said.push(error.to_string());
            cause = error.source();
        }
        said.join(": ")
    }
}

#[cfg(feature = "tls")]
fn trust(builder: ClientBuilder, authority: Certificate) -> ClientBuilder {
    builder.add_root_certificate(authority)
}

#[cfg(not(feature = "tls"))]
fn trust(_: ClientBuilder, authority: Certificate) -> ClientBuilder {
    match authority {}
}

/// The receiver asks for TLS, and there is none.
fn is_beyond_reach(url: &str) -> bool {
    let scheme = url.get(..6).unwrap_or_default();
    cfg!(not(feature = "tls")) && scheme.eq_ignore_ascii_case("https:")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::{TcpListener, TcpStream},
        sync::Notify,
    };

    use super::*;
    use crate::domain::{
        ids::SessionId,
        webhooks::{Trigger, WebhookId},
    };

    fn delivery(url: &str) -> Delivery {
        Delivery {
            id: 1,
            webhook: WebhookId::default(),
            url: url.into(),
            login: None,
            retry: false,
            trigger: Trigger::CallInitiated,
            session: SessionId::given("s"),
            body: "{}".into(),
            repeats: None,
            at: Timestamp::from_secs(0),
        }
    }

    #[tokio::test]
    async fn a_receiver_that_hangs_is_given_up_in_time() {
        let hangs = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", hangs.local_addr().unwrap());
        let courier = Courier::patient(Vec::new(), Duration::from_millis(20)).unwrap();
        let attempt = courier.carry(&delivery(&url), Timestamp::from_secs(3)).await;
        assert_eq!(attempt.error.as_deref(), Some("no answer within 20ms"));
        assert!(!attempt.is_success() && attempt.status.is_none() && attempt.at.secs() == 3);
    }

    /// Reads one request and answers it, as if the connection went on.
    async fn answer(stream: &mut TcpStream) {
        let mut read = Vec::new();
        while !read.ends_with(b"{}") {
            assert_ne!(stream.read_buf(&mut read).await.unwrap(), 0);
        }
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await.unwrap();
    }

    #[tokio::test]
    async fn a_receiver_that_closes_without_saying_so_loses_nothing() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let delivery = delivery(&format!("http://{}/", listener.local_addr().unwrap()));
        let courier = Courier::new(Vec::new()).unwrap();
        let close = Arc::new(Notify::new());
        let closing = Arc::clone(&close);
        tokio::spawn(async move {
            let (mut first, _) = listener.accept().await.unwrap();
            answer(&mut first).await;
            // It is closed when the next delivery is under way.
            closing.notified().await;
            drop(first);
            let (mut second, _) = listener.accept().await.unwrap();
            answer(&mut second).await;
        });
        let first = courier.carry(&delivery, Timestamp::from_secs(0)).await;
        close.notify_one();
        let second = courier.carry(&delivery, Timestamp::from_secs(1)).await;
        assert!(first.is_success() && second.is_success(), "{first:?} {second:?}");
    }

    #[tokio::test]
    async fn nobody_there_is_said() {
        let gone = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let courier = Courier::new(Vec::new()).unwrap();
        let delivery = delivery(&format!("http://{gone}/"));
        let attempt = courier.carry(&delivery, Timestamp::from_secs(3)).await;
        assert!(attempt.error.unwrap().contains("refused"));
    }
}

//! A receiver of webhooks: a real HTTP server of its own.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::Notify, time::timeout};

use crate::support::{Mock, Reply};

/// How long something may take that is under way.
const PATIENCE: Duration = Duration::from_secs(20);

/// What came, and what is answered next.
#[derive(Default)]
struct Inside {
    came: Mutex<Vec<(HeaderMap, String)>>,
    answers: Mutex<Vec<u16>>,
    told: Notify,
    /// Nothing is answered while it is held back.
    held: tokio::sync::Mutex<()>,
    /// So many others are let go first, while no second one is answered.
    slowness: u32,
}

pub struct Receiver {
    pub url: String,
    inside: Arc<Inside>,
}

impl Receiver {
    pub async fn start() -> Self {
        Self::with(Inside::default()).await
    }

    /// One that answers the next one when it is through with the one before.
    pub async fn one_at_a_time() -> Self {
        Self::with(Inside { slowness: 20, ..Inside::default() }).await
    }

    async fn with(inside: Inside) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let inside = Arc::new(inside);
        let router = Router::new().fallback(take).with_state(Arc::clone(&inside));
        tokio::spawn(axum::serve(listener, router).into_future());
        Self { url, inside }
    }

    /// Answers the next ones with these, the first with the last.
    pub fn answers(&self, statuses: &[u16]) {
        *self.inside.answers.lock().unwrap() = statuses.to_vec();
    }

    /// Holds every answer back until what is returned is dropped.
    pub async fn hold(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.inside.held.lock().await
    }

    /// Waits until so many have come, and returns all of them.
    pub async fn came(&self, count: usize) -> Vec<String> {
        loop {
            let told = self.inside.told.notified();
            if let Some(bodies) = self.bodies(count) {
                return bodies;
            }
            // As long as something comes, the machine may be busy with something else.
            if timeout(PATIENCE, told).await.is_err() {
                let came = self.bodies(0).unwrap_or_default();
                panic!("{count} were to come, and not {}: {:?}", came.len(), came.last());
            }
        }
    }

    fn bodies(&self, count: usize) -> Option<Vec<String>> {
        let came = self.inside.came.lock().unwrap();
        (came.len() >= count).then(|| came.iter().map(|(_, body)| body.clone()).collect())
    }

    /// The triggers of what came.
    pub async fn triggers(&self, count: usize) -> Vec<String> {
        let word = |body: &String| {
            let body: Value = serde_json::from_str(body).unwrap();
            body["trigger"].as_str().unwrap().to_owned()
        };
        self.came(count).await.iter().map(word).collect()
    }

    pub fn header(&self, nth: usize, name: &str) -> Option<String> {
        let came = self.inside.came.lock().unwrap();
        came[nth].0.get(name).map(|value| value.to_str().unwrap().to_owned())
    }
}

async fn take(State(inside): State<Arc<Inside>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let body = String::from_utf8(body.to_vec()).unwrap();
    inside.came.lock().unwrap().push((headers, body));
    inside.told.notify_waiters();
    let held = inside.held.lock().await;
    for _ in 0..inside.slowness {
        tokio::task::yield_now().await;
    }
    drop(held);
    let status = inside.answers.lock().unwrap().pop().unwrap_or(200);
    StatusCode::from_u16(status).unwrap()
}

/// Has a webhook told of everything.
pub async fn seed(mock: &Mock, webhook: Value) {
    let seed = json!({ "webhooks": [webhook] });
    let reply = mock.control(Method::POST, "/__mock/seed").json(seed).send().await;
    assert_eq!(reply.status, 200, "{}", reply.text);
}

pub async fn control(mock: &Mock, method: Method, path: &str, body: Value) -> Reply {
    mock.control(method, path).json(body).send().await
}

/// Waits until nothing is pending.
pub async fn flush(mock: &Mock) {
    let reply = control(mock, Method::POST, "/__mock/webhooks/flush", json!({})).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
}

/// Moves the app's clock on, and returns what fell due.
pub async fn advance(mock: &Mock, by: &str) -> Value {
    let reply = control(mock, Method::POST, "/__mock/clock", json!({ "advance": by })).await;
    reply.json()["fired"].clone()
}

/// Waits until a delivery like this is there.
pub async fn verified(mock: &Mock, wanted: Value) {
    let body = json!({ "match": wanted, "within": "20s" });
    let reply = control(mock, Method::POST, "/__mock/webhooks/verify", body).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
}

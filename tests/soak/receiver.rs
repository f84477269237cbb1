//! Who webhooks are told: somebody who answers, nobody, and somebody who never answers.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

use serde_json::{Value, json};

/// The three receivers.
pub(crate) struct Receivers {
    pub(crate) good: String,
    pub(crate) received: Arc<AtomicU64>,
    dead: String,
    hanging: TcpListener,
}

impl Receivers {
    /// They are there until the process ends.
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let good = url(&listener);
        let received = Arc::<AtomicU64>::default();
        let count = Arc::clone(&received);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A delivery that was given up by a reset is no failure.
                if answer(stream).is_some() {
                    count.fetch_add(1, Ordering::Relaxed);
                }
            }
        });
        let dead = url(&TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap());
        let hanging = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        Self { good, received, dead, hanging }
    }

    /// A seed with a webhook for who answers.
    pub(crate) fn good(&self) -> Value {
        json!({ "webhooks": [webhook("good", &self.good)] })
    }

    /// A seed with webhooks for the others.
    pub(crate) fn bad(&self) -> Value {
        let (dead, hanging) =
            (webhook("dead", &self.dead), webhook("hanging", &url(&self.hanging)));
        json!({ "webhooks": [dead, hanging] })
    }
}

fn webhook(id: &str, url: &str) -> Value {
    json!({ "id": id, "name": id, "webhookURL": url, "retryOnFailure": true })
}

fn url(listener: &TcpListener) -> String {
    format!("http://{}/", listener.local_addr().unwrap())
}

fn answer(stream: TcpStream) -> Option<()> {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let line = line.trim_end().to_ascii_lowercase();
        if let Some(given) = line.strip_prefix("content-length: ") {
            length = given.parse().ok()?;
        }
        if line.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    serde_json::from_slice::<Value>(&body).ok()?;
    let answer = b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n";
    reader.into_inner().write_all(answer).ok()
}

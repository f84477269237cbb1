//! `GET /calls` and `GET /calls/{sessionId}`

mod figures;
mod filters;
mod pages;
mod viewers;

use serde_json::{Value, json};

use crate::support::{A, B, C, D, GROUP, Mock};

/// The sessions of [`history`], by what became of each call.
struct History {
    mock: Mock,
    /// An audio call of A and B that lasted 30 seconds, from 10 to 40 after the start.
    ended: String,
    /// A video call of B to C that was rejected after 100 seconds.
    rejected: String,
    /// An audio call of C to A that was cancelled after 200 seconds.
    cancelled: String,
    /// A video call of A to the group, with three on it from 300 to 360 after the start.
    group: String,
    /// An audio call of D to the group, which nobody answered.
    unanswered: String,
    /// A video call of A to B that goes on since 600 seconds after the start.
    ongoing: String,
    /// An audio call of C to D that rings since 700 seconds after the start.
    ringing: String,
}

/// One call of each fate, each with a minute or more between.
async fn history() -> History {
    let mock = Mock::start().await;
    mock.advance(10);
    let ended = ring(&mock, A, "user", B, "audio").await;
    mock.moved(&ended, B, "ongoing").await;
    mock.advance(30);
    mock.moved(&ended, A, "ended").await;
    mock.advance(60);
    let rejected = ring(&mock, B, "user", C, "video").await;
    mock.moved(&rejected, C, "rejected").await;
    mock.advance(100);
    let cancelled = ring(&mock, C, "user", A, "audio").await;
    mock.moved(&cancelled, C, "cancelled").await;
    mock.advance(100);
    let group = ring(&mock, A, "group", GROUP, "video").await;
    mock.moved(&group, B, "ongoing").await;
    mock.moved(&group, C, "ongoing").await;
    mock.advance(60);
    for uid in [A, B, C] {
        mock.moved(&group, uid, "ended").await;
    }
    mock.advance(100);
    let unanswered = ring(&mock, D, "group", GROUP, "audio").await;
    mock.moved(&unanswered, D, "unanswered").await;
    mock.advance(140);
    let ongoing = ring(&mock, A, "user", B, "video").await;
    mock.moved(&ongoing, B, "ongoing").await;
    mock.advance(100);
    let ringing = ring(&mock, C, "user", D, "audio").await;
    History { mock, ended, rejected, cancelled, group, unanswered, ongoing, ringing }
}

async fn ring(mock: &Mock, by: &str, kind: &str, to: &str, what: &str) -> String {
    let body = json!({ "receiver": to, "receiverType": kind, "type": what });
    let message = mock.post("/calls", body).by(by).send().await.ok();
    session_of(&message)
}

fn session_of(message: &Value) -> String {
    message["data"]["entities"]["on"]["entity"]["sessionid"].as_str().unwrap().to_owned()
}

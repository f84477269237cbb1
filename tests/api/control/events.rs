//! `GET /__mock/events`: what happens, as it happens.

use std::time::Duration;

use reqwest::{Method, Response};
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::support::{A, B, Mock};

/// Nothing here takes so long unless it hangs.
const PATIENCE: Duration = Duration::from_secs(20);

/// Somebody who listens.
struct Listener {
    response: Response,
    text: String,
}

/// What they hear.
#[derive(Debug, PartialEq)]
struct Heard {
    id: Option<u64>,
    kind: String,
    data: Value,
}

impl Listener {
    async fn to(mock: &Mock, query: &str, last: Option<u64>) -> Self {
        let request = mock.bare(Method::GET, &format!("/__mock/events{query}"));
        let request = match last {
            Some(id) => request.header("Last-Event-ID", &id.to_string()),
            None => request,
        };
        let response = request.response().await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        let mut listener = Self { response, text: String::new() };
        assert!(listener.block().await.unwrap().starts_with(": listening to "));
        listener
    }

    /// The lines up to the next empty one; none when the stream has ended.
    async fn block(&mut self) -> Option<String> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.text = rest;
                return Some(block);
            }
            let chunk = timeout(PATIENCE, self.response.chunk()).await.unwrap();
            self.text += std::str::from_utf8(&chunk.unwrap()?).unwrap();
        }
    }

    async fn next(&mut self) -> Heard {
        let block = self.block().await.unwrap();
        let field = |name: &str| {
            block
                .lines()
                .find_map(|line| line.strip_prefix(name).map(|rest| rest.trim().to_owned()))
        };
        Heard {
            id: field("id:").map(|id| id.parse().unwrap()),
            kind: field("event:").unwrap_or_default(),
            data: serde_json::from_str(&field("data:").unwrap()).unwrap(),
        }
    }
}

#[tokio::test]
async fn requests_and_transitions_come_in_the_order_of_happening() {
    let mock = Mock::start().await;
    let mut listener = Listener::to(&mock, "", None).await;
    let session = mock.ring(A, B).await;
    mock.post("/calls", json!({})).by(A).send().await.refused(400, "ERR_BAD_REQUEST");
    mock.moved(&session, B, "rejected").await;

    let initiated = listener.next().await;
    assert_eq!((initiated.id, initiated.kind.as_str()), (Some(1), "transition"));
    let expected = json!({
        "messageId": "1", "sessionId": session, "action": "initiated", "status": "initiated",
        "type": "audio", "by": A, "caller": A, "receiver": B, "receiverType": "user",
        "at": 1_700_000_000,
    });
    assert_eq!(initiated.data, expected);

    let request = listener.next().await;
    assert_eq!((request.id, request.kind.as_str()), (Some(2), "request"));
    assert_eq!((&request.data["path"], &request.data["status"]), (&json!("/calls"), &json!(200)));
    assert_eq!(request.data["headers"]["apikey"], "mock-*******i-key", "the key is masked");

    let refused = listener.next().await;
    assert_eq!(refused.data["code"], "ERR_BAD_REQUEST");
    let rejected = listener.next().await;
    assert_eq!((&rejected.data["action"], &rejected.data["by"]), (&json!("rejected"), &json!(B)));
}

#[tokio::test]
async fn what_falls_due_is_told_without_a_request() {
    let mock = Mock::start().await;
    mock.ring(A, B).await;
    let mut listener = Listener::to(&mock, "", None).await;
    mock.advance(45);
    let unanswered = listener.next().await;
    assert_eq!(unanswered.data["action"], "unanswered");
}

#[tokio::test]
async fn a_listener_who_comes_back_goes_on_where_they_left_off() {
    let mock = Mock::start().await;
    let session = mock.ring(A, B).await;
    mock.moved(&session, B, "ongoing").await;
    mock.moved(&session, B, "ended").await;
    let mut all = Vec::new();
    let mut listener = Listener::to(&mock, "", Some(0)).await;
    for _ in 0..6 {
        all.push(listener.next().await);
    }
    assert_eq!(
        all.iter().map(|heard| heard.id).collect::<Vec<_>>(),
        (1..=6).map(Some).collect::<Vec<_>>()
    );
    drop(listener);
    for query in ["", "?lastEventId=4"] {
        let last = query.is_empty().then_some(4);
        let mut listener = Listener::to(&mock, query, last).await;
        assert_eq!(listener.next().await, all[4]);
        assert_eq!(listener.next().await, all[5]);
    }
    // Who names none hears only what is new.
    let mut listener = Listener::to(&mock, "", None).await;
    mock.get("/users").send().await.ok();
    assert_eq!(listener.next().await.id, Some(7));
}

#[tokio::test]
async fn who_was_away_too_long_is_told_how_much_they_missed() {
    let mock = Mock::start().await;
    for _ in 0..1007 {
        mock.get("/calls/none").send().await;
    }
    let mut listener = Listener::to(&mock, "", Some(3)).await;
    let dropped = listener.next().await;
    assert_eq!((dropped.kind.as_str(), dropped.data), ("dropped", json!({ "count": 4 })));
    assert_eq!(listener.next().await.id, Some(8));
}

#[tokio::test]
async fn kinds_can_be_chosen() {
    let mock = Mock::start().await;
    mock.ring(A, B).await;
    mock.get("/users").send().await.ok();
    let mut listener = Listener::to(&mock, "?kind=request", Some(0)).await;
    assert_eq!(listener.next().await.id, Some(2));
    assert_eq!(listener.next().await.id, Some(3));
    let mut listener = Listener::to(&mock, "?kind=transition", Some(0)).await;
    assert_eq!(listener.next().await.id, Some(1));

    let wrong = mock.bare(Method::GET, "/__mock/events?kind=calls").send().await;
    assert_eq!(wrong.status, 400);
    assert!(
        wrong
            .text
            .contains("There is no kind calls. There is: request, transition, socket, delivery.")
    );
    let wrong = mock.bare(Method::GET, "/__mock/events?since=1").send().await;
    assert!(wrong.text.contains("There is no parameter since."), "{}", wrong.text);
    let wrong = mock.bare(Method::GET, "/__mock/events").header("last-event-id", "x").send().await;
    assert!(wrong.text.contains("0 asks for all that is kept"), "{}", wrong.text);
}

#[tokio::test]
async fn nothing_is_heard_of_another_app() {
    let mock = Mock::start().await;
    let mut listener = Listener::to(&mock, "?appId=here", None).await;
    mock.get("/users").app("there").send().await.ok();
    mock.get("/groups").app("here").send().await.ok();
    assert_eq!(listener.next().await.data["path"], "/groups");
}

#[tokio::test]
async fn a_reset_is_told_and_the_numbers_go_on() {
    let mock = Mock::start().await;
    mock.get("/users").send().await.ok();
    let mut listener = Listener::to(&mock, "", None).await;
    mock.bare(Method::POST, "/__mock/reset").send().await;
    let reset = listener.next().await;
    assert_eq!((reset.id, reset.kind.as_str()), (Some(2), "reset"));
    assert_eq!(reset.data, json!({ "appId": "mock-app" }));
    let state = mock.bare(Method::GET, "/__mock/state").send().await.text;
    mock.bare(Method::PUT, "/__mock/state").body(state).send().await;
    assert_eq!(listener.next().await.id, Some(3));
}

#[tokio::test]
async fn a_number_of_another_life_asks_for_everything() {
    let mock = Mock::start().await;
    mock.get("/users").send().await.ok();
    let mut listener = Listener::to(&mock, "", Some(999)).await;
    assert_eq!(listener.next().await.id, Some(1));
    mock.get("/users").send().await.ok();
    assert_eq!(listener.next().await.id, Some(2));
}

#[tokio::test]
async fn the_stream_of_an_app_ends_with_it() {
    let mock = Mock::start().await;
    let mut listener = Listener::to(&mock, "?appId=here", None).await;
    mock.bare(Method::DELETE, "/__mock/apps/here").send().await;
    assert_eq!(listener.block().await, None);
}

#[tokio::test]
async fn the_stream_ends_when_the_server_stops() {
    let mock = Mock::start().await;
    let mut listener = Listener::to(&mock, "", None).await;
    mock.stop();
    assert_eq!(listener.block().await, None);
}

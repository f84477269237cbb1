//! A request's entry in the journal: what it is to say is known when it is answered, and when it
//! began before.

use axum::http::{Uri, uri::PathAndQuery};
use uuid::Uuid;

use super::{body::Received, error::Failure, written::Written};
use crate::{
    domain::{ids::Uid, time::Timestamp},
    runtime::{
        app::App,
        clock::Stopwatch,
        feed::Happening,
        journal::{Noted, Said},
    },
};

/// When a request began.
pub(super) struct Begun {
    running: Stopwatch,
    /// By the app's clock.
    at: Timestamp,
}

impl Begun {
    /// Now, where a journal is kept.
    pub(super) fn now(app: &App) -> Option<Self> {
        app.journal().is_on().then(|| Self { running: Stopwatch::start(), at: app.now() })
    }

    /// Notes the request with its answer, and by whom it was, if by a user.
    pub(super) fn end(
        self,
        app: &App,
        request_id: Uuid,
        received: &Received,
        uid: Option<Uid>,
        answer: &Written,
    ) {
        let noted = Noted {
            request_id,
            at: self.at,
            uid,
            method: received.head.method.clone(),
            status: answer.status().map(|status| status.as_u16()),
            code: answer.code(),
            took: self.running.elapsed(),
        };
        let said = Said {
            target: target(&received.head.uri),
            headers: &received.head.headers,
            body: received.bytes(),
            response: answer.text.as_deref().unwrap_or_default(),
            explain: answer.failure.as_ref().map_or("", |Failure(refusal)| &refusal.explain),
        };
        let no = app.journal().note(noted, said);
        app.feed().tell(Happening::Request(no));
    }
}

/// Path and query; a host before them is no part of it.
fn target(uri: &Uri) -> &str {
    uri.path_and_query().map_or("", PathAndQuery::as_str)
}

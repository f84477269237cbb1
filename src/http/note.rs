//! A request's entry in the journal, from its arrival to its answer.

use axum::http::{Method, Uri, uri::PathAndQuery};
use uuid::Uuid;

use super::{body::Received, error::Failure, written::Written};
use crate::{
    domain::{ids::Uid, time::Timestamp},
    runtime::{
        app::App,
        clock::Stopwatch,
        feed::Happening,
        journal::{Answered, Asked, Entry},
    },
};

/// An entry that waits for its answer.
pub(super) struct Note {
    running: Stopwatch,
    request_id: Uuid,
    at: Timestamp,
    asked: Asked,
}

impl Note {
    /// Begins the entry, where a journal is kept.
    pub(super) fn begin(app: &App, id: Uuid, received: &Received) -> Option<Self> {
        app.journal().is_on().then(|| Self {
            running: Stopwatch::start(),
            request_id: id,
            at: app.now(),
            asked: app.journal().asked(
                target(&received.head.uri),
                &received.head.headers,
                received.bytes(),
            ),
        })
    }

    /// Notes the answer to a request by `uid`, if it was by a user.
    pub(super) fn end(self, app: &App, method: Method, uid: Option<Uid>, answer: &Written) {
        let entry = Entry {
            id: 0,
            request_id: self.request_id,
            at: self.at,
            uid,
            method,
            status: answer.status().map(|status| status.as_u16()),
            code: answer.code(),
            took: self.running.elapsed(),
            asked: self.asked,
            answered: Answered::default(),
        };
        let text = answer.text.as_deref().unwrap_or_default();
        let explain = answer.failure.as_ref().map_or("", |Failure(refusal)| &refusal.explain);
        let no = app.journal().note(entry, text, explain);
        app.feed().tell(Happening::Request(no));
    }
}

/// Path and query; a host before them is no part of it.
fn target(uri: &Uri) -> &str {
    uri.path_and_query().map_or("", PathAndQuery::as_str)
}

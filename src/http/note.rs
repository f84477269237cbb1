//! A request's entry in the journal, from its arrival to its answer.

use std::sync::{Arc, OnceLock};

use axum::{
    extract::Request,
    http::{Method, Uri, uri::PathAndQuery},
};
use uuid::Uuid;

use super::{body, error::Failure, written::Written};
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
    app: Arc<App>,
    actor: Arc<OnceLock<Uid>>,
    running: Stopwatch,
    request_id: Uuid,
    at: Timestamp,
    method: Method,
    asked: Asked,
}

impl Note {
    /// Begins the entry, where a journal is kept.
    pub(super) fn begin(
        app: &Arc<App>,
        id: Uuid,
        request: &Request,
        actor: &Arc<OnceLock<Uid>>,
    ) -> Option<Self> {
        app.journal().is_on().then(|| Self {
            app: Arc::clone(app),
            actor: Arc::clone(actor),
            running: Stopwatch::start(),
            request_id: id,
            at: app.now(),
            method: request.method().clone(),
            asked: app.journal().asked(
                target(request.uri()),
                request.headers(),
                body::bytes_of(request).map_or(&[], |body| body),
            ),
        })
    }

    /// Notes the answer.
    pub(super) fn end(self, answer: &Written) {
        let entry = Entry {
            id: 0,
            request_id: self.request_id,
            at: self.at,
            uid: self.actor.get().cloned(),
            method: self.method,
            status: answer.status().map(|status| status.as_u16()),
            code: answer.code(),
            took: self.running.elapsed(),
            asked: self.asked,
            answered: Answered::default(),
        };
        let text = answer.text.as_deref().unwrap_or_default();
        let explain = answer.failure.as_ref().map_or("", |Failure(refusal)| &refusal.explain);
        let no = self.app.journal().note(entry, text, explain);
        self.app.feed().tell(Happening::Request(no));
    }
}

/// Path and query; a host before them is no part of it.
fn target(uri: &Uri) -> &str {
    uri.path_and_query().map_or("", PathAndQuery::as_str)
}

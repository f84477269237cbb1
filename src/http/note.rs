//! A request's entry in the journal, from its arrival to its answer.

use std::sync::{Arc, OnceLock};

use axum::{
    extract::Request,
    http::{Uri, uri::PathAndQuery},
};
use uuid::Uuid;

use super::{body, error::Failure, written::Written};
use crate::{
    domain::ids::Uid,
    runtime::{
        app::App,
        clock::Stopwatch,
        feed::Happening,
        journal::{Entry, Texts},
    },
};

/// An entry that waits for its answer.
pub(super) struct Note {
    app: Arc<App>,
    actor: Arc<OnceLock<Uid>>,
    running: Stopwatch,
    entry: Entry,
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
            entry: Entry {
                id: 0,
                request_id: id,
                at: app.now(),
                uid: None,
                method: request.method().clone(),
                status: None,
                code: None,
                took: std::time::Duration::ZERO,
                texts: Texts::of_request(
                    target(request.uri()),
                    request.headers(),
                    body::bytes_of(request).map_or(&[], |body| body),
                ),
            },
        })
    }

    /// Notes the answer.
    pub(super) fn end(mut self, answer: &Written) {
        let text = answer.text.as_deref().unwrap_or_default();
        let explain = answer.failure.as_ref().map_or("", |Failure(refusal)| &refusal.explain);
        self.entry.texts = self.entry.texts.with_answer(text, explain);
        self.entry.uid = self.actor.get().cloned();
        self.entry.code = answer.code();
        self.entry.status = answer.status().map(|status| status.as_u16());
        self.entry.took = self.running.elapsed();
        let entry = self.app.journal().note(self.entry);
        self.app.feed().tell(Happening::Request(Arc::downgrade(&entry)));
    }
}

/// Path and query; a host before them is no part of it.
fn target(uri: &Uri) -> &str {
    uri.path_and_query().map_or("", PathAndQuery::as_str)
}

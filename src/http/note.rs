//! A request's entry in the journal, from its arrival to its answer.

use std::sync::{Arc, OnceLock};

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::Request,
    http::{Uri, uri::PathAndQuery},
    response::Response,
};
use uuid::Uuid;

use super::{body, error::Failure, fault::Hangup, half::IsHalf};
use crate::{
    domain::ids::Uid,
    runtime::{
        app::App,
        clock::Stopwatch,
        feed::Happening,
        journal::{Entry, beginning},
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
                at: app.clock().now(),
                uid: None,
                method: request.method().clone(),
                target: target(request.uri()),
                headers: request.headers().into(),
                body: body::bytes_of(request).map(beginning).unwrap_or_default(),
                status: None,
                code: None,
                explain: None,
                response: Bytes::new(),
                took: std::time::Duration::ZERO,
            },
        })
    }

    /// Notes the answer, and hands it back.
    pub(super) async fn end(mut self, response: Response, failure: Option<&Failure>) -> Response {
        let refusal = failure.map(|Failure(refusal)| refusal);
        self.entry.uid = self.actor.get().cloned();
        self.entry.code = refusal.map(|refusal| refusal.error.code());
        self.entry.explain = refusal.map(|refusal| refusal.explain.clone());
        let hung_up = response.extensions().get::<Hangup>().is_some();
        let response = if hung_up || response.extensions().get::<IsHalf>().is_some() {
            response
        } else {
            let (parts, body) = response.into_parts();
            // What this server writes is in memory whole, so that this neither waits nor fails.
            let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
            self.entry.response = beginning(&bytes);
            Response::from_parts(parts, Body::from(bytes))
        };
        self.entry.status = (!hung_up).then(|| response.status().as_u16());
        self.entry.took = self.running.elapsed();
        let entry = self.app.journal().note(self.entry);
        self.app.feed().tell(Happening::Request(Arc::downgrade(&entry)));
        response
    }
}

/// Path and query; a host before them is no part of it.
fn target(uri: &Uri) -> Box<str> {
    uri.path_and_query().map_or("", PathAndQuery::as_str).into()
}

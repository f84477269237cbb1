//! What every handler shares.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::http::StatusCode;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    domain::code::Code,
    runtime::{apps::Apps, ids::RequestIds, passes::Passes, traffic::Traffic},
};

/// How the surface answers.
#[derive(Clone, Debug)]
pub struct ServiceOptions {
    /// Send `x-mock-explain`.
    pub explain: bool,
    /// Which code has which status.
    pub statuses: Statuses,
}

/// What every handler shares.
pub struct Service {
    /// The worlds.
    pub apps: Arc<Apps>,
    /// How to answer.
    pub options: ServiceOptions,
    /// Numbers the requests.
    pub request_ids: Arc<RequestIds>,
    /// What logged-in clients carry.
    pub passes: Arc<Passes>,
    /// Is waited for when the server stops: the sockets that are open.
    pub sockets: TaskTracker,
    /// The server is going down.
    pub stopping: CancellationToken,
    /// Counts them.
    pub traffic: Arc<Traffic>,
}

/// The HTTP status of every code: the default ones, and those that were changed.
#[derive(Clone, Debug, Default)]
pub struct Statuses(BTreeMap<Code, StatusCode>);

impl Statuses {
    /// Answers `code` with another status.
    pub fn change(&mut self, code: Code, status: StatusCode) {
        self.0.insert(code, status);
    }

    /// The status of a code.
    #[must_use]
    pub fn of(&self, code: Code) -> StatusCode {
        self.0.get(&code).copied().unwrap_or_else(|| {
            StatusCode::from_u16(code.default_status()).unwrap_or(StatusCode::BAD_REQUEST)
        })
    }
}

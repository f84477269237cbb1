//! What every handler shares.

use std::sync::Arc;

use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    domain::access::ManagementKey,
    runtime::{apps::Apps, ids::RequestIds, passes::Passes, statuses::Statuses, traffic::Traffic},
};

/// How the surface answers.
#[derive(Clone, Debug)]
pub struct ServiceOptions {
    /// Send `x-mock-explain`.
    pub explain: bool,
    /// Which code has which status.
    pub statuses: Statuses,
    /// What opens the management of webhooks.
    pub management: ManagementKey,
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

//! `GET /__mock/health`, also `GET /healthz`: requests are served.

use axum::{Json, extract::State};
use schemars::JsonSchema;
use serde::Serialize;

use super::context::Control;

/// How the server is.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Health {
    status: &'static str,
    version: &'static str,
    uptime_seconds: u64,
    apps: usize,
    calls: usize,
    requests: u64,
}

pub(super) async fn show(State(control): State<Control>) -> Json<Health> {
    let calls = |app: &std::sync::Arc<crate::runtime::app::App>| app.peek(|w| w.calls().len());
    Json(Health {
        status: "ok",
        version: env!("CARGO_PKG_VERSION"),
        uptime_seconds: control.running.elapsed().as_secs(),
        apps: control.apps.len(),
        calls: control.apps.all().iter().map(calls).sum(),
        requests: control.request_ids.given(),
    })
}

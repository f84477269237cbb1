//! `POST /__mock/reset`: this app back to its seed, in one step; `?all=true` every app.

use axum::{
    Json,
    extract::{RawQuery, State},
};
use schemars::JsonSchema;
use serde::Serialize;

use super::context::{Chosen, Control};

/// What was reset.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub(super) struct Reset {
    apps: Vec<String>,
    removed_calls: usize,
}

pub(super) async fn reset(
    State(control): State<Control>,
    Chosen(app): Chosen,
    RawQuery(query): RawQuery,
) -> Json<Reset> {
    let query = query.unwrap_or_default();
    let all = form_urlencoded::parse(query.as_bytes())
        .any(|(key, value)| key == "all" && matches!(&*value, "true" | "1"));
    let mut apps = if all { control.apps.all() } else { vec![app] };
    apps.sort_by(|a, b| a.id().cmp(b.id()));
    let removed_calls = apps.iter().map(|app| control.apps.reset(app)).sum();
    let apps = apps.iter().map(|app| app.id().as_str().to_owned()).collect();
    Json(Reset { apps, removed_calls })
}

//! `POST /__mock/reset`: this app back to its seed, in one step; `?all=true` every app.

use axum::{
    Json,
    extract::{RawQuery, State},
};
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    context::{Chosen, Control},
    error::ControlError,
};

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
) -> Result<Json<Reset>, ControlError> {
    let all = is_all(&query.unwrap_or_default())?;
    let mut apps = if all { control.apps.all() } else { vec![app] };
    apps.sort_by(|a, b| a.id().cmp(b.id()));
    let removed_calls = apps.iter().map(|app| control.apps.reset(app)).sum();
    let apps = apps.iter().map(|app| app.id().as_str().to_owned()).collect();
    Ok(Json(Reset { apps, removed_calls }))
}

/// Whether every app is meant. A word that says neither is no reason to reset just one.
fn is_all(query: &str) -> Result<bool, ControlError> {
    let given = form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key == "all").last();
    match given.as_ref().map_or("", |(_, value)| value) {
        "true" | "1" => Ok(true),
        "" | "false" | "0" => Ok(false),
        other => Err(ControlError::bad_request(format!(
            "Nothing was reset. all must be true or false, not {other:?}."
        ))),
    }
}

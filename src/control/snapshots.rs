//! `/__mock/snapshots`: named states of an app. They are kept with the app: a reset leaves them,
//! so that a test can go back to one after it; they go when the app is removed. Faults and the
//! journal are no part of them.

use axum::Json;
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    context::{Chosen, Named},
    counts::CountsJson,
    error::ControlError,
};
use crate::runtime::app::{App, Saved};

/// A snapshot, by its counts.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Snapshot")]
pub(super) struct SnapshotJson {
    name: String,
    /// Unix seconds, by the app's clock.
    taken_at: i64,
    #[serde(flatten)]
    counts: CountsJson,
}

/// `{"snapshots":[…]}`
#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
pub(super) struct List {
    snapshots: Vec<SnapshotJson>,
}

/// `{"removed":"…"}`
#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
pub(super) struct Removed {
    removed: String,
}

/// `GET /__mock/snapshots`, by name.
pub(super) async fn list(Chosen(app): Chosen) -> Json<List> {
    Json(List { snapshots: app.snapshots().each(SnapshotJson::of) })
}

/// `PUT /__mock/snapshots/{name}`: the app as it is now, in place of an earlier one of the name.
pub(super) async fn take(Chosen(app): Chosen, Named(name): Named) -> Json<SnapshotJson> {
    let saved = app.save();
    let shown = SnapshotJson::of(&name, &saved);
    app.snapshots().keep(name, saved);
    Json(shown)
}

/// `POST /__mock/snapshots/{name}/restore`: the app as it was then, its clock and its ids too, in
/// one step.
pub(super) async fn restore(
    Chosen(app): Chosen,
    Named(name): Named,
) -> Result<Json<SnapshotJson>, ControlError> {
    let saved = app.snapshots().find(&name).ok_or_else(|| unknown(&app, &name))?;
    let shown = SnapshotJson::of(&name, &saved);
    app.restore(saved);
    Ok(Json(shown))
}

/// `DELETE /__mock/snapshots/{name}`
pub(super) async fn remove(
    Chosen(app): Chosen,
    Named(name): Named,
) -> Result<Json<Removed>, ControlError> {
    if app.snapshots().forget(&name) {
        return Ok(Json(Removed { removed: name }));
    }
    Err(unknown(&app, &name))
}

fn unknown(app: &App, name: &str) -> ControlError {
    let known = app.snapshots().each(|name, _| name.to_owned());
    let known = if known.is_empty() { "are none".to_owned() } else { known.join(", ") };
    let text = format!(
        "There is no snapshot {name:?} of {}; there {}{known}. PUT /__mock/snapshots/{{name}} takes one.",
        app.id(),
        if known == "are none" { "" } else { "is " },
    );
    ControlError::not_found(text)
}

impl SnapshotJson {
    fn of(name: &str, saved: &Saved) -> Self {
        Self {
            name: name.to_owned(),
            taken_at: saved.at.secs(),
            counts: saved.world.counts().into(),
        }
    }
}

//! `/__mock/state`: the whole app as one JSON document, and back.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::header::CONTENT_TYPE,
    response::{IntoResponse, Response},
};

use super::{
    body::Body,
    context::{Chosen, Control},
    counts::CountsJson,
    document::Document,
    error::ControlError,
};
use crate::{
    domain::archive::Counts,
    runtime::{app::App, apps::Apps},
};

/// `GET /__mock/state`, one record a line, for people to read and for files to compare.
pub(super) async fn show(Chosen(app): Chosen) -> Result<Response, ControlError> {
    Ok(([(CONTENT_TYPE, "application/json")], written(&app)?).into_response())
}

/// The state as text.
pub(super) fn written(app: &Arc<App>) -> Result<Vec<u8>, ControlError> {
    Document::of(&app.save()).written().map_err(|error| unwritten(&error))
}

pub(super) fn unwritten(error: &serde_json::Error) -> ControlError {
    ControlError::bad_request(format!("The state has no JSON: {error}."))
}

/// `PUT /__mock/state`: this app becomes what the document says, in one step. Its snapshots stay.
pub(super) async fn put(
    State(control): State<Control>,
    Chosen(app): Chosen,
    Body(document): Body<Document>,
) -> Result<Json<CountsJson>, ControlError> {
    replace(&control.apps, &app, &document).map(CountsJson::from).map(Json)
}

/// Puts what the document says in place of an app. Says how much the app has then.
pub(super) fn replace(
    apps: &Apps,
    app: &Arc<App>,
    document: &Document,
) -> Result<Counts, ControlError> {
    let server = apps.options().clock.clone();
    let (settings, ids) = app.turn(|turn| (turn.world.settings().clone(), turn.ids.clone()));
    let saved = document.restored(settings, ids, server).map_err(ControlError::flaw)?;
    let counts = saved.world.counts();
    app.restore(saved);
    Ok(counts)
}

//! `/__mock/state`: the whole app as one JSON document, and back.

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

/// `GET /__mock/state`, one record a line, for people to read and for files to compare.
pub(super) async fn show(Chosen(app): Chosen) -> Result<Response, ControlError> {
    let text = Document::of(&app.save())
        .written()
        .map_err(|error| ControlError::bad_request(format!("The state has no JSON: {error}.")))?;
    Ok(([(CONTENT_TYPE, "application/json")], text).into_response())
}

/// `PUT /__mock/state`: this app becomes what the document says, in one step. Its snapshots stay.
pub(super) async fn put(
    State(control): State<Control>,
    Chosen(app): Chosen,
    Body(document): Body<Document>,
) -> Result<Json<CountsJson>, ControlError> {
    let server = control.apps.options().clock.clone();
    let (settings, ids) = app.turn(|turn| (turn.world.settings().clone(), turn.ids.clone()));
    let saved = document.restored(settings, ids, server).map_err(ControlError::flaw)?;
    let counts = CountsJson::from(saved.world.counts());
    app.restore(saved);
    Ok(Json(counts))
}

//! `/__mock/faults`: what goes wrong in an app on purpose.

use axum::{
    Json,
    http::{HeaderName, HeaderValue},
};
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    body::Body,
    context::{Chosen, Named},
    error::ControlError,
};
use crate::runtime::{
    app::App,
    faults::{Fault, FaultSpec},
};

/// Headers that say where an answer ends.
const FRAMING: [&str; 4] = ["content-length", "transfer-encoding", "connection", "upgrade"];

/// `{"faults":[…]}`
#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
pub(super) struct List {
    faults: Vec<Fault>,
}

/// `{"removed":1}`
#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
pub(super) struct Removed {
    removed: usize,
}

/// `GET /__mock/faults`, oldest first.
pub(super) async fn list(Chosen(app): Chosen) -> Json<List> {
    Json(List { faults: app.faults().list() })
}

/// `POST /__mock/faults`
pub(super) async fn arm(
    Chosen(app): Chosen,
    Body(spec): Body<FaultSpec>,
) -> Result<Json<Fault>, ControlError> {
    arm_in(&app, spec).map(Json)
}

/// Arms a fault that can be one.
pub(super) fn arm_in(app: &App, spec: FaultSpec) -> Result<Fault, ControlError> {
    spec.check().and_then(|()| check_headers(&spec)).map_err(|wrong| {
        ControlError::bad_request(format!("The fault is not one that can be armed: {wrong}."))
    })?;
    Ok(app.faults().arm(spec, app.now()))
}

/// `DELETE /__mock/faults`
pub(super) async fn clear(Chosen(app): Chosen) -> Json<Removed> {
    Json(Removed { removed: app.faults().clear() })
}

/// `DELETE /__mock/faults/{id}`
pub(super) async fn disarm(
    Chosen(app): Chosen,
    Named(id): Named,
) -> Result<Json<Removed>, ControlError> {
    if id.parse().is_ok_and(|id| app.faults().disarm(id)) {
        return Ok(Json(Removed { removed: 1 }));
    }
    let standing: Vec<_> = app.faults().list().iter().map(|fault| fault.id.to_string()).collect();
    let text =
        format!("There is no fault {id} in {}; there is: [{}].", app.id(), standing.join(", "));
    Err(ControlError::not_found(text))
}

fn check_headers(spec: &FaultSpec) -> Result<(), String> {
    let headers = spec.then.respond.iter().flat_map(|respond| &respond.headers);
    for (name, value) in headers {
        if FRAMING.iter().any(|framing| name.eq_ignore_ascii_case(framing)) {
            return Err(format!(
                "then.respond.headers: {name} follows from the body; truncate breaks off an answer"
            ));
        }
        if HeaderName::from_bytes(name.as_bytes()).is_err() || HeaderValue::from_str(value).is_err()
        {
            return Err(format!("then.respond.headers: {name}: {value} cannot be a header"));
        }
    }
    Ok(())
}

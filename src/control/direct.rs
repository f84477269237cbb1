//! What the control plane does for who is in the process already: the handlers' own work, given
//! JSON and the app instead of a request.

use std::{sync::Arc, time::Duration};

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{
    body, clock,
    error::ControlError,
    expected::{Expected, Ledger, Matcher, Verify},
    faults, flush, seed as seeding, state as states,
};
pub use super::{expected::Mismatch, flush::PATIENCE as FLUSH_PATIENCE};
use crate::{
    domain::archive::Counts,
    runtime::{
        app::{App, Fired},
        apps::Apps,
        faults::Fault,
        journal::matcher::RequestMatcher,
        webhooks::DeliveryMatcher,
    },
};

/// What an expectation comes to: how many there are as expected, or what there is instead.
pub type Verdict = Result<usize, Mismatch>;

/// `POST /__mock/seed`
///
/// # Errors
/// Those of the request.
pub fn seed(app: &Arc<App>, json: &Value) -> Result<Counts, ControlError> {
    seeding::plant(app, &read(json)?)
}

/// `GET /__mock/state`
///
/// # Errors
/// Those of the request.
pub fn state(app: &Arc<App>) -> Result<Value, ControlError> {
    serde_json::from_slice(&states::written(app)?).map_err(|error| states::unwritten(&error))
}

/// `PUT /__mock/state`
///
/// # Errors
/// Those of the request.
pub fn put_state(apps: &Apps, app: &Arc<App>, json: &Value) -> Result<Counts, ControlError> {
    states::replace(apps, app, &read(json)?)
}

/// `POST /__mock/faults`
///
/// # Errors
/// Those of the request.
pub fn arm(app: &Arc<App>, json: &Value) -> Result<Fault, ControlError> {
    faults::arm_in(app, read(json)?)
}

/// What fell due, as `POST /__mock/clock` answers.
#[must_use]
pub fn fired(fired: &Fired) -> Vec<Value> {
    clock::FiredJson::all(fired)
        .into_iter()
        .filter_map(|one| serde_json::to_value(one).ok())
        .collect()
}

/// `POST /__mock/requests/verify`, without waiting.
///
/// # Errors
/// For what is no expectation.
pub fn verify_requests(app: &Arc<App>, json: &Value) -> Result<Verdict, ControlError> {
    look::<RequestMatcher>(json, app.journal())
}

/// The same, waiting so long at most.
///
/// # Errors
/// For what is no expectation.
pub async fn await_requests(
    app: Arc<App>,
    json: Value,
    within: Duration,
) -> Result<Verdict, ControlError> {
    let verify: Verify<RequestMatcher> = read(&json)?;
    let longest = tokio::time::sleep(within);
    Ok(Expected::read(&verify)?.await_in(app.journal(), longest).await.map_err(Mismatch::from))
}

/// `POST /__mock/webhooks/verify`, without waiting.
///
/// # Errors
/// For what is no expectation.
pub fn verify_deliveries(app: &Arc<App>, json: &Value) -> Result<Verdict, ControlError> {
    look::<DeliveryMatcher>(json, app.deliveries())
}

/// `POST /__mock/webhooks/flush`
///
/// # Errors
/// When something is pending still after that time.
pub async fn flush(app: Arc<App>, within: Duration) -> Result<(), ControlError> {
    flush::flushed(&app, within).await
}

fn look<M: Matcher + Default + DeserializeOwned>(
    json: &Value,
    ledger: &impl Ledger<M>,
) -> Result<Verdict, ControlError> {
    let verify: Verify<M> = read(json)?;
    Ok(Expected::read(&verify)?.look(ledger).map_err(Mismatch::from))
}

fn read<T: DeserializeOwned>(json: &Value) -> Result<T, ControlError> {
    body::read(json.to_string().as_bytes()).map_err(|problem| {
        ControlError::bad_request(format!("The JSON is not what is expected: {problem}."))
    })
}

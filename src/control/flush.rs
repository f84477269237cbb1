//! `POST /__mock/webhooks/flush`: waits until webhooks were told everything.

use std::time::Duration;

use axum::{Json, extract::RawQuery};
use schemars::JsonSchema;
use serde::Serialize;
use tokio::time::timeout;

use super::{
    context::Chosen,
    error::{ControlError, VERIFY_FAILED},
};
use crate::runtime::{app::App, durations, webhooks::Outstanding};

/// How long a flush waits, unless asked otherwise, by the machine's clock. What is under way takes
/// 2 seconds at most, and what waits behind it as much again.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// `{"pending":0}`
#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
pub(super) struct Flushed {
    pending: usize,
}

/// `POST /__mock/webhooks/flush`. What waits for a clock that stands is not waited for.
pub(super) async fn flush(
    Chosen(app): Chosen,
    RawQuery(query): RawQuery,
) -> Result<Json<Flushed>, ControlError> {
    let mut within = PATIENCE;
    for (key, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        match &*key {
            "within" => {
                within = durations::parse(&value)
                    .map_err(|wrong| ControlError::bad_request(format!("within: {wrong}.")))?;
            }
            "appId" => {}
            other => {
                return Err(ControlError::bad_request(format!(
                    "There is no parameter {other}. There is: within, appId."
                )));
            }
        }
    }
    flushed(&app, within).await?;
    Ok(Json(Flushed { pending: 0 }))
}

/// Waits so long until nothing is pending.
pub(super) async fn flushed(app: &App, within: Duration) -> Result<(), ControlError> {
    // Whatever came of the wait, what is left says it.
    let _ = timeout(within, settled(app)).await;
    let left = app.deliveries().outstanding();
    if left.pending == 0 {
        return Ok(());
    }
    Err(ControlError::new(VERIFY_FAILED, said(left)))
}

fn said(left: Outstanding) -> String {
    let Outstanding { pending, asleep, working } = left;
    let going = working.min(pending.saturating_sub(asleep));
    let behind = pending.saturating_sub(asleep + going);
    let counted =
        format!("Pending still: {going} under way, {asleep} until a time of the app's clock");
    let advice = match asleep {
        0 => "A receiver is slow; ?within=5m waits longer.",
        _ => "POST /__mock/clock moves the clock on.",
    };
    match behind {
        0 => format!("{counted}. {advice}"),
        _ => format!("{counted}, {behind} behind others. {advice}"),
    }
}

/// Comes when nothing is pending, or nothing that could change without the clock.
async fn settled(app: &App) {
    loop {
        let change = app.deliveries().next_change();
        let Outstanding { pending, asleep, working } = app.deliveries().outstanding();
        if pending == 0 || (working == 0 && asleep > 0 && app.clock().is_frozen()) {
            return;
        }
        change.await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_is_pointed_to_where_something_waits_for_it() {
        let slow = said(Outstanding { pending: 3, asleep: 0, working: 1 });
        assert!(slow.contains("1 under way") && slow.contains("2 behind"), "{slow}");
        assert!(!slow.contains("/__mock/clock"), "{slow}");
        let waits = said(Outstanding { pending: 1, asleep: 1, working: 0 });
        assert!(waits.contains("1 until a time") && waits.contains("/__mock/clock"), "{waits}");
    }
}

//! `POST /__mock/requests/verify`: were the requests received that a test expects? Deliveries to
//! webhooks are asked for in the same way.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use schemars::JsonSchema;
use serde::Serialize;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::{
    body::Body,
    context::{Chosen, Control},
    error::{ControlError, VERIFY_FAILED},
    expected::{Expected, Ledger, Matcher, Verify},
    requests::EntryJson,
};
use crate::runtime::journal::{
    Entry, Journal,
    matcher::{Difference, RequestMatcher},
};

/// It is as expected.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Verified")]
pub(super) struct Met {
    matched: usize,
}

/// `POST /__mock/requests/verify`
pub(super) async fn verify(
    State(control): State<Control>,
    Chosen(app): Chosen,
    Body(verify): Body<Verify<RequestMatcher>>,
) -> Result<Response, ControlError> {
    answer(&verify, app.journal(), &control.stopping).await
}

/// A request of the journal.
#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
pub(super) struct NearRequest {
    request: EntryJson,
}

impl Matcher for RequestMatcher {
    type Noted = Entry;
    type Shown = NearRequest;
    const NOUN: &'static str = "requests";
    const EXAMPLES: &'static str = concat!(
        r#"{"match":{"method":"POST","path":"/calls"},"count":{"exactly":1}} or "#,
        r#"{"sequence":[{"path":"/calls"},{"path":"/calls/*"}]}"#
    );

    fn differences(&self, noted: &Entry) -> Vec<Difference> {
        Self::differences(self, noted)
    }

    fn shown(noted: &Entry) -> NearRequest {
        NearRequest { request: EntryJson::of(noted) }
    }

    fn name(noted: &Entry) -> String {
        format!("request {}", noted.id)
    }

    fn line(noted: &Entry) -> String {
        noted.line()
    }
}

impl Ledger<RequestMatcher> for Journal {
    fn next_note(&self) -> impl Future<Output = ()> + Send {
        Self::next_note(self)
    }

    fn entries(&self) -> (Vec<Entry>, u64) {
        Self::entries(self)
    }
}

/// Whether what is expected is there, now or within the time that is given.
pub(super) async fn answer<M: Matcher>(
    verify: &Verify<M>,
    ledger: &impl Ledger<M>,
    stopping: &CancellationToken,
) -> Result<Response, ControlError> {
    let expected = Expected::read(verify)?;
    let found = match verify.within {
        None => expected.look(ledger),
        Some(within) => {
            let longest = async {
                tokio::select! {
                    () = sleep(within) => {}
                    () = stopping.cancelled() => {}
                }
            };
            expected.await_in(ledger, longest).await
        }
    };
    Ok(match found {
        Ok(matched) => Json(Met { matched }).into_response(),
        Err(unmet) => (VERIFY_FAILED.status, Json(unmet)).into_response(),
    })
}

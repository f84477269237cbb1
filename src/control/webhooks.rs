//! `/__mock/webhooks`: what webhooks were told, and what is to become of it.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Json,
    extract::{RawQuery, State},
    response::Response,
};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::{
    body::Body,
    context::{Chosen, Control, Named},
    error::ControlError,
    expected::{Ledger, Matcher, Verify},
    paging::Paging,
    verify::answer,
};
use crate::{
    domain::{time::Timestamp, webhooks::WebhookId},
    runtime::{
        app::App,
        journal::matcher::Difference,
        webhooks::{Attempt, Deliveries, DeliveryFaults, DeliveryMatcher, Record, Standing},
    },
};

/// What webhooks were told, newest first.
#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
pub(super) struct List {
    deliveries: Vec<DeliveryJson>,
    /// Where the next page begins.
    #[serde(rename = "nextCursor", skip_serializing_if = "Option::is_none")]
    next_cursor: Option<u64>,
    /// How many the log had no room for any more.
    dropped: u64,
    /// How many were not sent, for too many waited for the webhook.
    overflowed: BTreeMap<String, u64>,
}

/// A delivery, with every try.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Delivery")]
pub(super) struct DeliveryJson {
    id: u64,
    webhook: String,
    #[serde(rename = "webhookURL")]
    url: String,
    trigger: &'static str,
    session_id: String,
    at: i64,
    #[schemars(extend("enum" = Standing::ALL.map(Standing::as_str)))]
    status: &'static str,
    /// The delivery that it is the same as.
    #[serde(skip_serializing_if = "Option::is_none")]
    repeats: Option<u64>,
    /// By the app's clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_attempt_at: Option<i64>,
    attempts: Vec<AttemptJson>,
    body: Value,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "DeliveryAttempt")]
struct AttemptJson {
    at: i64,
    /// What the receiver answered.
    status: Option<u16>,
    /// Why it did not.
    error: Option<String>,
    duration_micros: u64,
}

/// `{"id":7,"repeats":3}`
#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
pub(super) struct Replayed {
    id: u64,
    repeats: u64,
}

/// A delivery of the log.
#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
pub(super) struct NearDelivery {
    delivery: DeliveryJson,
}

/// `GET /__mock/webhooks/deliveries`, filtered by `webhook, trigger, sessionId, status`, paged by
/// `limit` and `cursor`.
pub(super) async fn list(
    Chosen(app): Chosen,
    RawQuery(query): RawQuery,
) -> Result<Json<List>, ControlError> {
    let asked = Asked::read(&query.unwrap_or_default())?;
    let (records, dropped, overflowed) =
        app.deliveries().records(|record| asked.matcher.matches(record));
    let (page, next_cursor) = asked.paging.cut(records.iter().rev(), |record| record.delivery.id);
    Ok(Json(List {
        deliveries: page.into_iter().map(DeliveryJson::of).collect(),
        next_cursor,
        dropped,
        overflowed: overflowed.into_iter().map(|(id, n)| (id.as_str().to_owned(), n)).collect(),
    }))
}

/// `POST /__mock/webhooks/deliveries/{delivery}/replay`: to the webhook as it is now.
pub(super) async fn replay(
    Chosen(app): Chosen,
    Named(given): Named,
) -> Result<Json<Replayed>, ControlError> {
    let known = given.parse().ok().and_then(|id| app.deliveries().find(id));
    let record = known.ok_or_else(|| unknown_delivery(&app, &given))?;
    let (repeats, webhook) = (record.delivery.id, record.delivery.webhook.as_str());
    let id = app.turn(|turn| {
        let there = turn.world.webhook(webhook).ok()?;
        app.deliveries().replay(repeats, there, turn.now)
    });
    match id {
        Some(id) => Ok(Json(Replayed { id, repeats })),
        None => Err(ControlError::refused(format!(
            "The webhook {webhook} is gone, or too many deliveries wait for it."
        ))),
    }
}

/// `POST /__mock/webhooks/verify`
pub(super) async fn verify(
    State(control): State<Control>,
    Chosen(app): Chosen,
    Body(verify): Body<Verify<DeliveryMatcher>>,
) -> Result<Response, ControlError> {
    answer(&verify, app.deliveries(), &control.stopping).await
}

/// `GET /__mock/webhooks/{webhookId}/faults`
pub(super) async fn show_faults(
    Chosen(app): Chosen,
    Named(id): Named,
) -> Result<Json<DeliveryFaults>, ControlError> {
    Ok(Json(app.deliveries().faults(&known_webhook(&app, &id)?)))
}

/// `PUT /__mock/webhooks/{webhookId}/faults`, in place of those before.
pub(super) async fn set_faults(
    Chosen(app): Chosen,
    Named(id): Named,
    Body(faults): Body<DeliveryFaults>,
) -> Result<Json<DeliveryFaults>, ControlError> {
    faults.check().map_err(|wrong| ControlError::bad_request(format!("{wrong}.")))?;
    app.deliveries().set_faults(known_webhook(&app, &id)?, faults.clone());
    Ok(Json(faults))
}

fn known_webhook(app: &Arc<App>, id: &str) -> Result<WebhookId, ControlError> {
    let webhook = app.turn(|turn| turn.world.webhook(id).map(|webhook| webhook.id.clone()));
    webhook.map_err(|error| {
        let listing = format!("GET /apps/{}/webhooks", app.id());
        ControlError::not_found(format!("{error} {listing} lists them."))
    })
}

fn unknown_delivery(app: &App, given: &str) -> ControlError {
    ControlError::not_found(format!(
        "There is no delivery {given} in the log of {}; GET /__mock/webhooks/deliveries lists \
         those there are.",
        app.id()
    ))
}

/// What a listing asks for.
struct Asked {
    matcher: DeliveryMatcher,
    paging: Paging,
}

impl Asked {
    fn read(query: &str) -> Result<Self, ControlError> {
        let mut asked = Self { matcher: DeliveryMatcher::default(), paging: Paging::default() };
        for (key, value) in form_urlencoded::parse(query.as_bytes()) {
            let text = || Some(value.to_string());
            match &*key {
                "webhook" => asked.matcher.webhook = text(),
                "trigger" => asked.matcher.trigger = text(),
                "sessionId" => asked.matcher.session_id = text(),
                "status" => asked.matcher.status = text(),
                "appId" => {}
                other if asked.paging.read(other, &value)? => {}
                other => {
                    return Err(ControlError::bad_request(format!(
                        "There is no filter {other}. There is: webhook, trigger, sessionId, \
                         status, limit, cursor."
                    )));
                }
            }
        }
        Ok(asked)
    }
}

impl Matcher for DeliveryMatcher {
    type Noted = Record;
    type Shown = NearDelivery;
    const NOUN: &'static str = "deliveries";
    const EXAMPLES: &'static str = concat!(
        r#"{"match":{"trigger":"call_ended"},"count":{"exactly":1}} or "#,
        r#"{"sequence":[{"trigger":"call_initiated"},{"trigger":"call_started"}]}"#
    );

    fn differences(&self, noted: &Record) -> Vec<Difference> {
        Self::differences(self, noted)
    }

    fn shown(noted: &Record) -> NearDelivery {
        NearDelivery { delivery: DeliveryJson::of(noted) }
    }

    fn name(noted: &Record) -> String {
        format!("delivery {}", noted.delivery.id)
    }

    fn line(noted: &Record) -> String {
        noted.line()
    }
}

impl Ledger<DeliveryMatcher> for Deliveries {
    fn next_note(&self) -> impl Future<Output = ()> + Send {
        self.next_change()
    }

    fn entries(&self) -> (Vec<Record>, u64) {
        let (records, dropped, _) = self.records(|_| true);
        (records, dropped)
    }
}

impl DeliveryJson {
    fn of(record: &Record) -> Self {
        let delivery = &record.delivery;
        Self {
            id: delivery.id,
            webhook: delivery.webhook.as_str().to_owned(),
            url: delivery.url.to_string(),
            trigger: delivery.trigger.as_str(),
            session_id: delivery.session.as_str().to_owned(),
            at: delivery.at.secs(),
            status: record.standing.as_str(),
            repeats: delivery.repeats,
            next_attempt_at: record.next_attempt.map(Timestamp::secs),
            attempts: record.attempts.iter().map(AttemptJson::of).collect(),
            body: serde_json::from_slice(&delivery.body).unwrap_or(Value::Null),
        }
    }
}

impl AttemptJson {
    fn of(attempt: &Attempt) -> Self {
        Self {
            at: attempt.at.secs(),
            status: attempt.status,
            error: attempt.error.clone(),
            duration_micros: u64::try_from(attempt.took.as_micros()).unwrap_or(u64::MAX),
        }
    }
}

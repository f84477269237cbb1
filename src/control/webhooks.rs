//! `/__mock/webhooks`: what webhooks were told, and what is to become of it.

use std::{collections::BTreeMap, time::Duration};

use axum::{
    Json,
    extract::{Path, RawQuery, State},
    response::Response,
};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use tokio::time::timeout;

use super::{
    body::Body,
    context::{Chosen, Control},
    error::{ControlError, VERIFY_FAILED},
    expected::{Ledger, Matcher, Verify},
    verify::answer,
};
use crate::{
    domain::time::Timestamp,
    runtime::{
        app::App,
        durations,
        journal::matcher::Difference,
        webhooks::{
            Attempt, Deliveries, DeliveryFaults, DeliveryMatcher, Outstanding, Record, Standing,
        },
    },
};

/// How many deliveries are listed, unless asked otherwise, and at most.
const PAGE: (usize, usize) = (100, 1000);
/// How long a flush waits, unless asked otherwise.
const PATIENCE: Duration = Duration::from_secs(30);

/// What webhooks were told, newest first.
#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
pub(super) struct List {
    deliveries: Vec<DeliveryJson>,
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

/// `{"pending":0}`
#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
pub(super) struct Flushed {
    pending: usize,
}

/// A delivery of the log.
#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
pub(super) struct NearDelivery {
    delivery: DeliveryJson,
}

/// `GET /__mock/webhooks/deliveries`, filtered by `webhook, trigger, sessionId, status`.
pub(super) async fn list(
    Chosen(app): Chosen,
    RawQuery(query): RawQuery,
) -> Result<Json<List>, ControlError> {
    let asked = Asked::read(&query.unwrap_or_default())?;
    let (records, dropped, overflowed) =
        app.deliveries().records(|record| asked.matcher.matches(record));
    let newest = records.iter().rev().take(asked.limit);
    Ok(Json(List {
        deliveries: newest.map(DeliveryJson::of).collect(),
        dropped,
        overflowed: overflowed.into_iter().map(|(id, n)| (id.as_str().to_owned(), n)).collect(),
    }))
}

/// `POST /__mock/webhooks/deliveries/{delivery}/replay`: to the webhook as it is now.
pub(super) async fn replay(
    Chosen(app): Chosen,
    Path(given): Path<String>,
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

/// `POST /__mock/webhooks/flush`. What waits for a clock that stands is not waited for.
pub(super) async fn flush(
    Chosen(app): Chosen,
    RawQuery(query): RawQuery,
) -> Result<Json<Flushed>, ControlError> {
    let query = query.unwrap_or_default();
    let given = form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == "within");
    let within = given
        .map(|(_, value)| durations::parse(&value))
        .transpose()
        .map_err(|wrong| ControlError::bad_request(format!("within: {wrong}.")))?;
    flushed(&app, within.unwrap_or(PATIENCE)).await?;
    Ok(Json(Flushed { pending: 0 }))
}

/// Waits so long until nothing is pending.
pub(super) async fn flushed(app: &App, within: Duration) -> Result<(), ControlError> {
    // Whatever came of the wait, what is left says it.
    let _ = timeout(within, settled(app)).await;
    let Outstanding { pending, asleep, .. } = app.deliveries().outstanding();
    if pending == 0 {
        return Ok(());
    }
    Err(ControlError::new(
        VERIFY_FAILED,
        format!(
            "{pending} deliveries are pending, {asleep} of them until the app's clock has moved \
             on; POST /__mock/clock moves it."
        ),
    ))
}

/// `POST /__mock/webhooks/verify`
pub(super) async fn verify(
    State(control): State<Control>,
    Chosen(app): Chosen,
    Body(verify): Body<Verify<DeliveryMatcher>>,
) -> Result<Response, ControlError> {
    answer(&verify, app.deliveries(), &control.stopping).await
}

/// `PUT /__mock/webhooks/{webhookId}/faults`, in place of those before.
pub(super) async fn set_faults(
    Chosen(app): Chosen,
    Path(id): Path<String>,
    Body(faults): Body<DeliveryFaults>,
) -> Result<Json<DeliveryFaults>, ControlError> {
    faults.check().map_err(|wrong| ControlError::bad_request(format!("{wrong}.")))?;
    let webhook = app.turn(|turn| turn.world.webhook(&id).map(|webhook| webhook.id.clone()));
    let webhook = webhook.map_err(|error| {
        ControlError::not_found(format!("{error} {} lists them.", listing(&app)))
    })?;
    app.deliveries().set_faults(webhook, faults.clone());
    Ok(Json(faults))
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

fn listing(app: &App) -> String {
    format!("GET /apps/{}/webhooks", app.id())
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
    limit: usize,
}

impl Asked {
    fn read(query: &str) -> Result<Self, ControlError> {
        let mut asked = Self { matcher: DeliveryMatcher::default(), limit: PAGE.0 };
        for (key, value) in form_urlencoded::parse(query.as_bytes()) {
            let text = || Some(value.to_string());
            match &*key {
                "webhook" => asked.matcher.webhook = text(),
                "trigger" => asked.matcher.trigger = text(),
                "sessionId" => asked.matcher.session_id = text(),
                "status" => asked.matcher.status = text(),
                "limit" => {
                    asked.limit = value.parse().map_err(|_| {
                        let text = format!("limit must be a whole number, not {value:?}.");
                        ControlError::bad_request(text)
                    })?;
                }
                "appId" => {}
                other => {
                    return Err(ControlError::bad_request(format!(
                        "There is no filter {other}. There is: webhook, trigger, sessionId, \
                         status, limit."
                    )));
                }
            }
        }
        asked.limit = asked.limit.clamp(1, PAGE.1);
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

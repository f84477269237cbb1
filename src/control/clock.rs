//! `/__mock/clock`: the time of an app. Moving it does what falls due on the way, in order, before
//! the answer comes: deliveries to webhooks are tried at their times, and waited for.

use std::time::Duration;

use axum::Json;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{body::Body, context::Chosen, document::words::LAST_CLOCK, error::ControlError};
use crate::{
    domain::{event::CallMessage, time::Timestamp},
    runtime::{
        app::{Fired, Way},
        clock::AppClock,
        durations,
        webhooks::Retried,
    },
};

/// How long receivers of webhooks are waited for, by the machine's clock: one that hangs must not
/// hold the answer back for ever.
const PATIENCE: Duration = Duration::from_secs(5);

/// What to do with the clock; in this order, if several are given.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Change {
    /// Unix seconds.
    #[schemars(range(max = LAST_CLOCK))]
    set: Option<i64>,
    #[serde(default, deserialize_with = "durations::optional::deserialize")]
    #[schemars(schema_with = "durations::optional::schema")]
    advance: Option<Duration>,
    #[serde(default)]
    freeze: bool,
    #[serde(default)]
    resume: bool,
}

/// What the clock shows.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Clock")]
pub(super) struct ClockJson {
    /// Unix seconds.
    now: i64,
    now_millis: i64,
    frozen: bool,
    /// How far it is ahead of the server's clock; below 0 when it is behind.
    ahead_millis: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    fired: Option<Vec<FiredJson>>,
}

/// What fell due.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Fired")]
pub(super) struct FiredJson {
    at: i64,
    session_id: String,
    /// What a call became.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
    /// Which delivery to which webhook goes again, and for which time.
    #[serde(skip_serializing_if = "Option::is_none")]
    delivery: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    webhook: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attempt: Option<usize>,
}

/// `GET /__mock/clock`
pub(super) async fn show(Chosen(app): Chosen) -> Json<ClockJson> {
    Json(ClockJson::of(&app.clock()))
}

/// `POST /__mock/clock`
pub(super) async fn change(
    Chosen(app): Chosen,
    Body(change): Body<Change>,
) -> Result<Json<ClockJson>, ControlError> {
    let now = app.now();
    change.check(now)?;
    let (fired, clock) = match change.onward(now) {
        Some(way) => app.travel(way, change.hand(), PATIENCE).await,
        None => app.move_clock(|clock| change.apply(clock)),
    };
    let fired = FiredJson::all(&fired);
    Ok(Json(ClockJson { fired: Some(fired), ..ClockJson::of(&clock) }))
}

impl Change {
    fn check(&self, now: Timestamp) -> Result<(), ControlError> {
        let wrong = match (self.freeze, self.resume) {
            (true, true) => "freeze and resume contradict each other",
            (false, false) if self.set.is_none() && self.advance.is_none() => {
                "nothing is asked for"
            }
            _ if self.set.is_some_and(|set| set > LAST_CLOCK) => {
                "what is set looks like milliseconds; times are Unix seconds"
            }
            _ if self.end(now).secs() > LAST_CLOCK => {
                "the clock goes no further than the year 3554"
            }
            _ => return Ok(()),
        };
        let examples =
            r#"{"advance":"45s"}, {"set":1700000000}, {"freeze":true} or {"resume":true}"#;
        Err(ControlError::bad_request(format!("Send {examples}: {wrong}.")))
    }

    /// What it shows afterwards.
    fn end(&self, now: Timestamp) -> Timestamp {
        self.set.map_or(now, Timestamp::from_secs).plus(self.advance.unwrap_or_default())
    }

    /// How far it moves forward, if it does.
    fn onward(&self, now: Timestamp) -> Option<Way> {
        let by = self.advance.unwrap_or_default();
        match self.set {
            Some(_) => {
                let moment = self.end(now);
                (moment > now).then_some(Way::To(moment))
            }
            None => (!by.is_zero()).then_some(Way::By(by)),
        }
    }

    fn apply(&self, clock: &mut AppClock) {
        if let Some(seconds) = self.set {
            clock.set(Timestamp::from_secs(seconds));
        }
        if let Some(by) = self.advance {
            clock.advance(by);
        }
        self.hand()(clock);
    }

    /// Whether it goes on afterwards.
    fn hand(&self) -> fn(&mut AppClock) {
        match (self.freeze, self.resume) {
            (true, _) => AppClock::freeze,
            (false, true) => AppClock::resume,
            (false, false) => |_| (),
        }
    }
}

impl ClockJson {
    fn of(clock: &AppClock) -> Self {
        Self {
            now: clock.now().secs(),
            now_millis: clock.now().millis(),
            frozen: clock.is_frozen(),
            ahead_millis: clock.ahead(),
            fired: None,
        }
    }
}

impl FiredJson {
    /// In the order of their times.
    pub(super) fn all(fired: &Fired) -> Vec<Self> {
        let calls = fired.calls.iter().map(|message| (message.at, Self::of_call(message)));
        let retries = fired.retries.iter().map(|again| (again.due, Self::of_retry(again)));
        let mut all: Vec<_> = calls.chain(retries).collect();
        all.sort_by_key(|(at, _)| *at);
        all.into_iter().map(|(_, json)| json).collect()
    }

    fn of_call(message: &CallMessage) -> Self {
        Self {
            at: message.at.secs(),
            session_id: message.call.session.as_str().to_owned(),
            status: Some(message.action.as_str()),
            delivery: None,
            webhook: None,
            attempt: None,
        }
    }

    fn of_retry(again: &Retried) -> Self {
        Self {
            at: again.due.secs(),
            session_id: again.delivery.session.as_str().to_owned(),
            status: None,
            delivery: Some(again.delivery.id),
            webhook: Some(again.delivery.webhook.as_str().to_owned()),
            attempt: Some(again.attempt),
        }
    }
}

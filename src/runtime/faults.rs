//! Faults that stand until they are taken away: which requests they are for, and what they do to
//! them. While none is armed a request pays for one look at a flag.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{delay::Delay, durations, glob, object};
use crate::domain::{code::Code, time::Timestamp};

/// A fault, as it is asked for.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FaultSpec {
    /// Which requests it is for.
    #[serde(default, rename = "match", deserialize_with = "object::one")]
    pub matcher: Matcher,
    /// What it does to them.
    #[serde(deserialize_with = "object::one")]
    pub then: Then,
    /// How often it acts; always, if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u64>,
    /// How likely it is to act, from 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 1))]
    pub probability: Option<f64>,
    /// How many matching requests it lets pass first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<u64>,
    /// How long it stands, by the app's clock.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "durations::optional")]
    #[schemars(schema_with = "durations::optional::schema")]
    pub ttl: Option<Duration>,
    /// Whether the request takes effect.
    #[serde(default)]
    pub phase: Phase,
}

/// Which requests a fault is for: all that have everything given here.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[schemars(rename = "FaultMatch")]
pub struct Matcher {
    /// `POST`, in any case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// A path or a pattern for paths.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The acting user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uid: Option<String>,
    /// `receiver` in the body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receiver: Option<String>,
    /// Headers and their values.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub header: BTreeMap<String, String>,
}

/// What a fault does: one of these, or only a delay.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[schemars(rename = "FaultThen")]
pub struct Then {
    /// Answers with a code.
    #[serde(skip_serializing_if = "Option::is_none", with = "code_name")]
    #[schemars(schema_with = "code_name::schema")]
    pub error: Option<Code>,
    /// Answers with something else.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "object::maybe")]
    pub respond: Option<Respond>,
    /// Closes the connection without a byte.
    #[serde(skip_serializing_if = "is_false")]
    pub drop: bool,
    /// Resets the connection.
    #[serde(skip_serializing_if = "is_false")]
    pub reset: bool,
    /// Announces the whole answer and sends half of it. The request takes effect.
    #[serde(skip_serializing_if = "is_false")]
    pub truncate: bool,
    /// Answers 200 with JSON that is broken. The request takes effect.
    #[serde(skip_serializing_if = "is_false")]
    pub garbage: bool,
    /// Answers 429 with the headers of a rate limit.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "object::maybe")]
    pub rate_limit: Option<RateLimit>,
    /// Waits first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delay: Option<Delay>,
}

/// An answer of the test's own.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Respond {
    /// The HTTP status.
    #[serde(default = "ok")]
    #[schemars(range(min = 200, max = 599))]
    pub status: u16,
    /// Headers beside the content type.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(schema_with = "headers")]
    pub headers: BTreeMap<String, String>,
    /// The body: a string as it is, anything else as JSON.
    #[serde(default)]
    pub body: Value,
}

/// What the headers of a rate limit say.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct RateLimit {
    /// Seconds until the next try.
    pub retry_after: u64,
    /// Requests that are allowed.
    pub limit: u64,
}

/// When a fault acts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Phase {
    /// Instead of the request.
    #[default]
    Before,
    /// On the answer, when the request has taken effect: a lost reply.
    After,
}

/// A fault that stands.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Fault {
    /// Its number in the app.
    pub id: u64,
    /// What was asked for.
    #[serde(flatten)]
    pub spec: FaultSpec,
    /// How often it acted.
    pub fired: u64,
    #[serde(skip)]
    passed: u64,
    #[serde(skip)]
    until: Option<Timestamp>,
}

/// What a fault may look at of a request.
pub struct Probe<'a> {
    /// The method.
    pub method: &'a str,
    /// The path, with or without a prefix.
    pub path: &'a str,
    /// The acting user.
    pub uid: Option<&'a str>,
    /// `receiver` in the body.
    pub receiver: Option<&'a str>,
    /// A header's value.
    pub header: &'a dyn Fn(&str) -> Option<String>,
}

/// The faults of an app.
#[derive(Debug)]
pub struct Faults {
    armed: AtomicBool,
    standing: Mutex<Standing>,
}

#[derive(Debug)]
struct Standing {
    next: u64,
    faults: Vec<Fault>,
    draws: fastrand::Rng,
}

impl FaultSpec {
    /// What is wrong with it, as the end of a sentence.
    ///
    /// # Errors
    /// Says what to send instead.
    pub fn check(&self) -> Result<(), String> {
        let then = &self.then;
        let effects = [
            then.error.is_some(),
            then.respond.is_some(),
            then.drop,
            then.reset,
            then.truncate,
            then.garbage,
            then.rate_limit.is_some(),
        ];
        let effects = effects.into_iter().filter(|given| *given).count();
        if effects > 1 || (effects == 0 && then.delay.is_none()) {
            return Err("then: give one of error, respond, drop, reset, truncate, garbage and \
                        rateLimit, or only a delay"
                .to_owned());
        }
        if self.probability.is_some_and(|p| !(0.0..=1.0).contains(&p)) {
            return Err("probability: give a number from 0 to 1".to_owned());
        }
        if then.respond.as_ref().is_some_and(|respond| !(200..600).contains(&respond.status)) {
            return Err("then.respond.status: give an HTTP status from 200 to 599".to_owned());
        }
        if then.respond.as_ref().is_some_and(|respond| {
            matches!(respond.status, 204 | 205 | 304) && !respond.body.is_null()
        }) {
            return Err(
                "then.respond.body: an answer with the status 204, 205 or 304 has none".to_owned()
            );
        }
        Ok(())
    }
}

impl Then {
    /// It stands in for the request, which then takes effect only if asked to. The other effects
    /// spoil an answer, and so need one.
    #[must_use]
    pub const fn takes_the_place(&self) -> bool {
        self.error.is_some()
            || self.respond.is_some()
            || self.rate_limit.is_some()
            || self.drop
            || self.reset
    }
}

impl Matcher {
    fn fits(&self, probe: &Probe<'_>) -> bool {
        let is = |wanted: &Option<String>, found: Option<&str>| {
            wanted
                .as_deref()
                .is_none_or(|wanted| found.is_some_and(|found| found.eq_ignore_ascii_case(wanted)))
        };
        is(&self.method, Some(probe.method))
            && self.path.as_deref().is_none_or(|path| glob::matches(path, probe.path))
            && is(&self.uid, probe.uid)
            && is(&self.receiver, probe.receiver)
            && self.header.iter().all(|(name, value)| (probe.header)(name).as_ref() == Some(value))
    }
}

impl Faults {
    /// No faults. What is left to chance is drawn from `draws`.
    #[must_use]
    pub const fn none(draws: fastrand::Rng) -> Self {
        let standing = Standing { next: 1, faults: Vec::new(), draws };
        Self { armed: AtomicBool::new(false), standing: Mutex::new(standing) }
    }

    /// There is at least one.
    #[must_use]
    pub fn any(&self) -> bool {
        self.armed.load(Ordering::Relaxed)
    }

    /// Arms a fault.
    pub fn arm(&self, spec: FaultSpec, now: Timestamp) -> Fault {
        let mut standing = self.lock();
        let until = spec.ttl.map(|ttl| now.plus(ttl));
        let fault = Fault { id: standing.next, spec, fired: 0, passed: 0, until };
        standing.next += 1;
        standing.faults.push(fault.clone());
        self.armed.store(true, Ordering::Relaxed);
        fault
    }

    /// Those that stand, oldest first.
    pub fn list(&self) -> Vec<Fault> {
        self.lock().faults.clone()
    }

    /// Takes one away, and says whether there was one.
    pub fn disarm(&self, id: u64) -> bool {
        let mut standing = self.lock();
        let before = standing.faults.len();
        standing.faults.retain(|fault| fault.id != id);
        self.armed.store(!standing.faults.is_empty(), Ordering::Relaxed);
        standing.faults.len() < before
    }

    /// Takes all away, begins to count anew, and says how many there were.
    pub fn clear(&self) -> usize {
        let mut standing = self.lock();
        standing.next = 1;
        self.armed.store(false, Ordering::Relaxed);
        standing.faults.drain(..).count()
    }

    /// What happens to a request: the latest fault that is for it acts, if its turn has come, its
    /// time is not up and chance wills it. The delay is drawn.
    pub fn strike(&self, probe: &Probe<'_>, now: Timestamp) -> Option<(FaultSpec, Duration)> {
        let mut standing = self.lock();
        let Standing { faults, draws, .. } = &mut *standing;
        let acting = faults.iter_mut().rev().find_map(|fault| {
            let spent = fault.spec.times.is_some_and(|times| fault.fired >= times);
            let over = fault.until.is_some_and(|until| now >= until);
            if spent || over || !fault.spec.matcher.fits(probe) {
                return None;
            }
            fault.passed += 1;
            let early = fault.spec.after.is_some_and(|after| fault.passed <= after);
            let spared = fault.spec.probability.is_some_and(|p| draws.f64() >= p);
            if early || spared {
                return None;
            }
            fault.fired += 1;
            Some(fault.spec.clone())
        })?;
        let wait = acting.then.delay.as_ref().map_or(Duration::ZERO, |delay| delay.draw(draws));
        Some((acting, wait))
    }

    fn lock(&self) -> MutexGuard<'_, Standing> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What can be a header (RFC 9110, 5.1 and 5.5).
fn headers(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "object",
        "propertyNames": { "pattern": "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$" },
        "additionalProperties": { "type": "string", "pattern": r"^[^\u0000-\u0008\u000a-\u001f\u007f]*$" },
    })
}

impl Default for RateLimit {
    fn default() -> Self {
        Self { retry_after: 60, limit: 100 }
    }
}

const fn ok() -> u16 {
    200
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde calls")]
const fn is_false(flag: &bool) -> bool {
    !*flag
}

/// A code by its name.
mod code_name {
    use schemars::{Schema, SchemaGenerator, json_schema};
    use serde::{Deserialize, Deserializer, Serializer, de::Error as _};

    use crate::domain::code::Code;

    /// One of those there are.
    pub(super) fn schema(_: &mut SchemaGenerator) -> Schema {
        let all: Vec<_> = Code::ALL.iter().map(|code| Some(code.as_str())).chain([None]).collect();
        json_schema!({ "type": ["string", "null"], "enum": all })
    }

    #[expect(clippy::ref_option, reason = "the signature that serde calls")]
    pub(super) fn serialize<S: Serializer>(code: &Option<Code>, to: S) -> Result<S::Ok, S::Error> {
        match code {
            Some(code) => to.serialize_str(code.as_str()),
            None => to.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<Code>, D::Error> {
        let Some(name) = Option::<String>::deserialize(from)? else { return Ok(None) };
        Code::parse(&name).map(Some).ok_or_else(|| {
            let near = Code::nearest(&name).map_or("GET /__mock/errors lists them", Code::as_str);
            D::Error::custom(format!("there is no code {name}; near it: {near}"))
        })
    }
}

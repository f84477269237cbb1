//! What goes wrong on purpose: with one request, by its `x-mock-error` and `x-mock-delay` headers,
//! or with all that a standing fault is for.

use std::{sync::Arc, time::Duration};

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Version, header::CONTENT_LENGTH},
};
use serde_json::Value;

use super::{
    body::Received,
    context::{Answer, ON_BEHALF_OF, user_of},
    error::Failure,
    half::Half,
    heard::Heard,
    service::Service,
    written::{Written, envelope, json, written},
};
use crate::{
    domain::{
        code::Code,
        error::{Details, Error},
        example::Subjects,
        ids::{Guid, SessionId, Uid},
        webhooks::WebhookId,
    },
    runtime::{
        app::App,
        durations,
        faults::{FaultSpec, Phase, Probe, RateLimit, Respond, Then},
        glob::unprefixed,
        hints::text,
    },
};

/// Why a standing fault acts.
const STANDS: &str = "GET /__mock/faults shows what stands for such requests";
/// JSON that breaks off.
const GARBAGE: &[u8] = br#"{"data":{"id":"1","conversationId":"#;

/// The answer is that the connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hangup {
    /// Without a byte.
    Close,
    /// With a reset.
    Reset,
}

/// What becomes of a request.
pub(super) enum Course {
    /// Its handler answers it.
    Usual,
    /// It is refused before.
    Ended(Failure),
    /// A standing fault acts.
    Struck(Box<Struck>),
}

/// A fault that acts on a request.
pub(super) struct Struck {
    then: Then,
    takes_effect: bool,
    subjects: Subjects,
    over: Version,
}

impl Course {
    /// What its headers ask for by `code`, else what stands for such requests; and how long that
    /// is to be waited for.
    pub(super) fn of(
        code: Option<Code>,
        app: Option<&Arc<App>>,
        request: &Received,
    ) -> (Self, Duration) {
        if let Some(code) = code {
            let refusal = Error::example(code, subjects(app, request))
                .by("x-mock-error", "the header of the request asks for it");
            return (Self::Ended(refusal.into()), Duration::ZERO);
        }
        let struck = app
            .filter(|app| app.faults().any())
            .and_then(|app| strike(app, request).map(|struck| (app, struck)));
        let Some((app, (FaultSpec { phase, then, .. }, wait))) = struck else {
            return (Self::Usual, Duration::ZERO);
        };
        let takes_effect = phase == Phase::After || !then.takes_the_place();
        let (subjects, over) = (subjects(Some(app), request), request.head.version);
        (Self::Struck(Box::new(Struck { then, takes_effect, subjects, over })), wait)
    }

    /// The handler has to be asked.
    pub(super) const fn needs_the_handler(&self) -> bool {
        match self {
            Self::Usual => true,
            Self::Ended(_) => false,
            Self::Struck(struck) => struck.takes_effect,
        }
    }

    /// What it is answered with in the end: `answer` is the handler's, if it was asked.
    pub(super) fn end(self, service: &Service, answer: Option<Answer>) -> Written {
        let usual = |answer: Option<Answer>| answer.map(|answer| written(service, answer));
        match self {
            Self::Usual => usual(answer).unwrap_or_default(),
            Self::Ended(failure) => envelope(service, failure),
            Self::Struck(struck) => struck.act(service, usual(answer).unwrap_or_default()),
        }
    }
}

/// What the headers of a request ask for.
pub(super) struct OnDemand {
    pub(super) wait: Duration,
    pub(super) code: Option<Code>,
}

/// Reads them.
pub(super) fn on_demand(heard: &Heard<'_>) -> Result<OnDemand, Error> {
    let wait = heard.delay.text().map(|given| {
        durations::parse(&given).map_err(|expected| {
            Error::Invalid(Details::one("x-mock-delay", format!("The header {expected}.")))
        })
    });
    let code = heard.error.text().map(|given| {
        let unknown =
            || Error::UnknownCode { given: given.to_string(), near: Code::nearest(&given) };
        Code::parse(&given).ok_or_else(unknown)
    });
    Ok(OnDemand { wait: wait.transpose()?.unwrap_or_default(), code: code.transpose()? })
}

fn strike(app: &Arc<App>, request: &Received) -> Option<(FaultSpec, Duration)> {
    let headers = &request.head.headers;
    let uid = acting(app, headers);
    let receiver = receiver(request);
    let header = |name: &str| headers.get(name).and_then(text).map(std::borrow::Cow::into_owned);
    let probe = Probe {
        method: request.head.method.as_str(),
        path: request.head.uri.path(),
        uid: uid.as_ref().map(Uid::as_str),
        receiver: receiver.as_deref(),
        header: &header,
    };
    app.faults().strike(&probe, app.now())
}

impl Struck {
    fn act(self, service: &Service, answer: Written) -> Written {
        let then = self.then;
        if let Some(code) = then.error {
            let refusal = Error::example(code, self.subjects).by("fault", STANDS);
            return envelope(service, refusal.into());
        }
        if let Some(respond) = &then.respond {
            return responded(respond);
        }
        if let Some(limit) = then.rate_limit {
            return limited(service, limit);
        }
        if then.drop || then.reset {
            let mut nothing = Written::default();
            let hangup = if then.reset { Hangup::Reset } else { Hangup::Close };
            nothing.response.extensions_mut().insert(hangup);
            return nothing;
        }
        if then.garbage {
            return json(StatusCode::OK, Bytes::from_static(GARBAGE));
        }
        if then.truncate { truncated(answer, self.over) } else { answer }
    }
}

/// The acting user, as far as it can be told without deciding whether they may.
fn acting(app: &Arc<App>, headers: &HeaderMap) -> Option<Uid> {
    user_of(app, headers)
        .or_else(|| headers.get(&ON_BEHALF_OF).and_then(text).and_then(|uid| Uid::parse(&uid).ok()))
}

fn receiver(request: &Received) -> Option<String> {
    let body: Value = serde_json::from_slice(request.bytes()).ok()?;
    body.get("receiver").and_then(Value::as_str).map(str::to_owned)
}

/// What an error on demand is about: what the request names, else what every app has.
fn subjects(app: Option<&Arc<App>>, request: &Received) -> Subjects {
    let mut path = unprefixed(request.head.uri.path()).split('/').skip(1);
    let session = match (path.next(), path.next()) {
        (Some("calls"), Some(session)) if !session.is_empty() => session,
        _ => "v1.us.mock-app.0000000000",
    };
    let receiver = receiver(request);
    let other = receiver.as_deref().unwrap_or("cometchat-uid-2");
    Subjects {
        webhook: WebhookId::default(),
        uid: app.and_then(|app| acting(app, &request.head.headers)).unwrap_or_default(),
        other: Uid::parse(other).unwrap_or_default(),
        guid: receiver.as_deref().and_then(|guid| Guid::parse(guid).ok()).unwrap_or_default(),
        session: SessionId::given(session),
    }
}

fn responded(respond: &Respond) -> Written {
    let body = match &respond.body {
        Value::Null => Vec::new(),
        Value::String(text) => text.clone().into_bytes(),
        other => other.to_string().into_bytes(),
    };
    let status = StatusCode::from_u16(respond.status).unwrap_or(StatusCode::OK);
    let mut answer = json(status, body.into());
    for (name, value) in &respond.headers {
        // Checked when the fault was armed.
        if let (Ok(name), Ok(value)) =
            (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(value))
        {
            answer.response.headers_mut().insert(name, value);
        }
    }
    answer
}

/// The vendor's pages do not agree on the names of these headers; both are sent (vendor doc).
fn limited(service: &Service, limit: RateLimit) -> Written {
    let mut answer = envelope(service, Error::TooManyRequests.by("fault", STANDS).into());
    let reset = HeaderValue::from(limit.retry_after);
    for (name, value) in [
        ("retry-after", reset.clone()),
        ("x-rate-limit", HeaderValue::from(limit.limit)),
        ("x-rate-limit-remaining", HeaderValue::from(0)),
        ("x-rate-limit-reset", reset.clone()),
        ("x-ratelimit-limit", HeaderValue::from(limit.limit)),
        ("x-ratelimit-remaining", HeaderValue::from(0)),
        ("x-ratelimit-reset", reset),
    ] {
        answer.response.headers_mut().insert(name, value);
    }
    answer
}

/// Announces the whole answer, and stops half-way.
fn truncated(answer: Written, over: Version) -> Written {
    let Written { mut response, text, .. } = answer;
    let text = text.unwrap_or_default();
    response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(text.len()));
    *response.body_mut() = Body::new(Half::of(&text, over));
    Written { response, ..Written::default() }
}

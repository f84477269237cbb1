//! What goes wrong on purpose: with one request, by its `x-mock-error` and `x-mock-delay` headers,
//! or with all that a standing fault is for.

use std::{sync::Arc, time::Duration};

use axum::{
    body::{Body, to_bytes},
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Version, header::CONTENT_LENGTH},
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde_json::Value;
use tokio::time::sleep;

use super::{
    body,
    context::{ON_BEHALF_OF, user_of},
    error::{Failure, envelope, json},
    half::{Half, IsHalf},
    service::Service,
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
        faults::{FaultSpec, Phase, Probe, RateLimit, Respond},
        glob::unprefixed,
        hints::text,
    },
};

const ERROR: HeaderName = HeaderName::from_static("x-mock-error");
/// Why a standing fault acts.
const STANDS: &str = "GET /__mock/faults shows what stands for such requests";
const DELAY: HeaderName = HeaderName::from_static("x-mock-delay");

/// The answer is that the connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hangup {
    /// Without a byte.
    Close,
    /// With a reset.
    Reset,
}

/// Lets a request through to its handler, or not.
pub(super) async fn around(
    service: &Service,
    app: Option<Arc<App>>,
    request: Request,
    next: Next,
) -> Response {
    match on_demand(request.headers()) {
        Ok((None, None)) => {}
        Ok((wait, code)) => {
            sleep(wait.unwrap_or_default()).await;
            if let Some(code) = code {
                let subjects = subjects(app.as_ref(), &request);
                let refusal = Error::example(code, subjects)
                    .by("x-mock-error", "the header of the request asks for it");
                return Failure::from(refusal).into_response();
            }
        }
        Err(error) => return Failure::from(error).into_response(),
    }
    let Some(app) = app.filter(|app| app.faults().any()) else {
        return next.run(request).await;
    };
    let Some((fault, wait)) = strike(&app, &request) else {
        return next.run(request).await;
    };
    sleep(wait).await;
    act(service, &app, fault, request, next).await
}

/// What the headers of a request ask for.
fn on_demand(headers: &HeaderMap) -> Result<(Option<Duration>, Option<Code>), Error> {
    let wait = headers.get(&DELAY).and_then(text).map(|given| {
        durations::parse(&given).map_err(|expected| {
            Error::Invalid(Details::one("x-mock-delay", format!("The header {expected}.")))
        })
    });
    let code = headers.get(&ERROR).and_then(text).map(|given| {
        let unknown =
            || Error::UnknownCode { given: given.to_string(), near: Code::nearest(&given) };
        Code::parse(&given).ok_or_else(unknown)
    });
    Ok((wait.transpose()?, code.transpose()?))
}

fn strike(app: &Arc<App>, request: &Request) -> Option<(FaultSpec, Duration)> {
    let headers = request.headers();
    let uid = acting(app, headers);
    let receiver = receiver(request);
    let header = |name: &str| headers.get(name).and_then(text).map(std::borrow::Cow::into_owned);
    let probe = Probe {
        method: request.method().as_str(),
        path: request.uri().path(),
        uid: uid.as_ref().map(Uid::as_str),
        receiver: receiver.as_deref(),
        header: &header,
    };
    app.faults().strike(&probe, app.clock().now())
}

async fn act(
    service: &Service,
    app: &Arc<App>,
    fault: FaultSpec,
    request: Request,
    next: Next,
) -> Response {
    let (subjects, over) = (subjects(Some(app), &request), request.version());
    let then = fault.then;
    let takes_effect = fault.phase == Phase::After || !then.takes_the_place();
    let answer = if takes_effect { Some(next.run(request).await) } else { None };

    if let Some(code) = then.error {
        return Failure::from(Error::example(code, subjects).by("fault", STANDS)).into_response();
    }
    if let Some(respond) = &then.respond {
        return responded(respond);
    }
    if let Some(limit) = then.rate_limit {
        return limited(service, limit);
    }
    if then.drop || then.reset {
        let mut response = Response::default();
        response.extensions_mut().insert(if then.reset { Hangup::Reset } else { Hangup::Close });
        return response;
    }
    let answer = answer.unwrap_or_default();
    if then.garbage {
        return json(StatusCode::OK, br#"{"data":{"id":"1","conversationId":"#.to_vec());
    }
    if then.truncate { truncated(service, answer, over).await } else { answer }
}

/// The acting user, as far as it can be told without deciding whether they may.
fn acting(app: &Arc<App>, headers: &HeaderMap) -> Option<Uid> {
    user_of(app, headers)
        .or_else(|| headers.get(&ON_BEHALF_OF).and_then(text).and_then(|uid| Uid::parse(&uid).ok()))
}

fn receiver(request: &Request) -> Option<String> {
    let body: Value = serde_json::from_slice(body::bytes_of(request)?).ok()?;
    body.get("receiver").and_then(Value::as_str).map(str::to_owned)
}

/// What an error on demand is about: what the request names, else what every app has.
fn subjects(app: Option<&Arc<App>>, request: &Request) -> Subjects {
    let mut path = unprefixed(request.uri().path()).split('/').skip(1);
    let session = match (path.next(), path.next()) {
        (Some("calls"), Some(session)) if !session.is_empty() => session,
        _ => "v1.us.mock-app.0000000000",
    };
    let receiver = receiver(request);
    let other = receiver.as_deref().unwrap_or("cometchat-uid-2");
    Subjects {
        webhook: WebhookId::default(),
        uid: app.and_then(|app| acting(app, request.headers())).unwrap_or_default(),
        other: Uid::parse(other).unwrap_or_default(),
        guid: receiver.as_deref().and_then(|guid| Guid::parse(guid).ok()).unwrap_or_default(),
        session: SessionId::given(session),
    }
}

fn responded(respond: &Respond) -> Response {
    let body = match &respond.body {
        Value::Null => Vec::new(),
        Value::String(text) => text.clone().into_bytes(),
        other => other.to_string().into_bytes(),
    };
    let status = StatusCode::from_u16(respond.status).unwrap_or(StatusCode::OK);
    let mut response = json(status, body);
    for (name, value) in &respond.headers {
        // Checked when the fault was armed.
        if let (Ok(name), Ok(value)) =
            (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(value))
        {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// The vendor's pages do not agree on the names of these headers; both are sent (vendor doc).
fn limited(service: &Service, limit: RateLimit) -> Response {
    let mut response = envelope(service, &Error::TooManyRequests.by("fault", STANDS));
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
        response.headers_mut().insert(name, value);
    }
    response
}

/// Announces the whole answer, and stops half-way.
async fn truncated(service: &Service, answer: Response, over: Version) -> Response {
    let answer = match answer.extensions().get::<Failure>() {
        Some(Failure(refusal)) => envelope(service, refusal),
        None => answer,
    };
    let (mut parts, body) = answer.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
    parts.headers.insert(CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    parts.extensions.insert(IsHalf);
    Response::from_parts(parts, Body::new(Half::of(&bytes, over)))
}

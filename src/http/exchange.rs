//! One request from its arrival to its answer, whichever handler it is for: which app it is for,
//! what goes wrong with it on purpose, and the headers that every answer has.

use std::{
    cell::OnceCell,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::Duration,
};

use axum::{
    body::{Bytes, HttpBody},
    extract::Request,
    http::{
        HeaderMap, HeaderName, HeaderValue, Method, Uri, header::CONTENT_LENGTH, request::Parts,
    },
    response::Response,
};
use percent_encoding::percent_decode_str;
use tokio::time::sleep;
use uuid::Uuid;

use super::{
    body::{self, Received},
    context::{Answer, Context},
    cors,
    error::{nothing_answers, panicked},
    fault::{self, Course, OnDemand},
    heard::Heard,
    note::Begun,
    payload::Payload,
    service::Service,
    socket,
    written::{Written, sheet},
};
use crate::{
    domain::{
        code::Code,
        error::{Details, Error},
    },
    runtime::{
        app::App,
        glob::without_token,
        hints::AppHints,
        traffic::{Kind, label},
    },
};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-mock-request-id");

/// The most that all headers of a request may come to, in bytes.
const MOST_HEADER_BYTES: usize = 64 * 1024;
/// The most headers a request may have. Over HTTP/1.1 more than 100 are not read at all, and get a
/// bare 431.
const MOST_HEADERS: usize = 90;

/// What a request is decided by, once all of it is there: nothing is waited for any more.
#[derive(Clone, Copy)]
pub struct Handler(pub(super) fn(&Context<'_>) -> Answer);

/// What answers a request.
#[derive(Clone, Copy)]
pub struct Endpoint {
    /// The path of the route, parameters in braces.
    pub(super) route: &'static str,
    pub(super) handler: Handler,
}

/// One request, and its answer. That there is no endpoint for it comes before which app it is for.
pub(super) fn exchange<B>(
    service: Arc<Service>,
    endpoint: Option<Endpoint>,
    request: Request<B>,
) -> impl Future<Output = Response<Payload>>
where
    B: HttpBody<Data = Bytes> + Unpin,
{
    // Taken apart before anything is waited for, so that all of it has only one place.
    let (head, body) = request.into_parts();
    let mut received = Received { head, body: Ok(Bytes::new()) };
    async move {
        if let Some(preflight) = cors::preflight(&received.head) {
            return preflight.map(Payload::Other);
        }
        if socket::is_wanted(&received.head) {
            return Box::pin(socket::open(&service, received.head)).await;
        }
        let id = service.request_ids.next();
        let logged = Logged::of(&received.head, id);
        // Received whatever becomes of it: a client that is still sending would not get to read why
        // it was refused.
        received.body = body::receive(body).await;
        let heard = Heard::of(&received.head.headers);
        let app = choose(&service, &heard, &received.head.uri);
        let begun = app.as_ref().ok().and_then(|app| Begun::now(app));
        let course = course(app.as_ref().ok(), &received, &heard).await;
        let actor = OnceCell::new();
        let answer = course.needs_the_handler().then(|| {
            let ask = || {
                let (service, received, heard, actor) = (&*service, &received, &heard, &actor);
                let Some(Endpoint { route, handler: Handler(decide) }) = endpoint else {
                    return Err(nothing_answers(&received.head));
                };
                let app = app.as_ref().map_err(Error::clone)?;
                decide(&Context { service, route, received, heard, app, actor })
            };
            catch_unwind(AssertUnwindSafe(ask)).unwrap_or_else(|panic| Err(panicked(panic)))
        });
        let mut written = course.end(&service, answer);
        let status = written.status();
        service.traffic.count(&Kind {
            route: endpoint.map_or("", |endpoint| endpoint.route),
            method: label(&received.head.method),
            status: status.map_or(0, |status| status.as_u16()),
            code: written.code(),
        });
        if let (Some(begun), Ok(app)) = (begun, &app) {
            begun.end(app, id, &received, actor.into_inner(), &written);
        }
        if let Some(logged) = logged {
            logged.with(&written);
        }
        let headers = written.response.headers_mut();
        name(headers, id);
        if heard.origin.first().is_some() {
            cors::open(headers);
        }
        match received.head.method {
            Method::HEAD => without_body(written.filled()),
            _ => written.filled(),
        }
    }
}

/// Its headers as they are.
fn without_body(mut answer: Response<Payload>) -> Response<Payload> {
    if let Some(length) = answer.body().size_hint().exact() {
        answer.headers_mut().entry(CONTENT_LENGTH).or_insert_with(|| length.into());
    }
    *answer.body_mut() = Bytes::new().into();
    answer
}

/// What becomes of a request, found out when it has waited for as long as it is to.
async fn course(app: Option<&Arc<App>>, received: &Received, heard: &Heard<'_>) -> Course {
    let asked = well_formed(&received.head, heard).and_then(|()| fault::on_demand(heard));
    match asked {
        Ok(OnDemand { wait, code }) => {
            pause(wait).await;
            let (course, wait) = Course::of(code, app, received);
            pause(wait).await;
            course
        }
        Err(error) => Course::Ended(error.into()),
    }
}

/// Says which request it was.
fn name(headers: &mut HeaderMap, id: Uuid) {
    let name = sheet(id.hyphenated().encode_lower(&mut [0; 36]).as_bytes());
    if let Ok(name) = HeaderValue::from_maybe_shared(name) {
        headers.insert(REQUEST_ID, name);
    }
}

/// What is logged of a request, where somebody reads it.
struct Logged {
    method: Method,
    path: String,
    id: Uuid,
}

impl Logged {
    fn of(request: &Parts, id: Uuid) -> Option<Self> {
        tracing::enabled!(tracing::Level::DEBUG).then(|| Self {
            method: request.method.clone(),
            path: without_token(request.uri.path()),
            id,
        })
    }

    fn with(self, written: &Written) {
        let refusal = written.failure.as_ref().map(|failure| &failure.0);
        tracing::debug!(
            target: "mock_calls::requests",
            method = %self.method,
            path = self.path,
            status = written.response.status().as_u16(),
            code = written.code().map(Code::as_str),
            explain = refusal.map(|refusal| refusal.explain.as_str()),
            request = %self.id,
            "answered"
        );
    }
}

fn choose(service: &Service, heard: &Heard<'_>, uri: &Uri) -> Result<Arc<App>, Error> {
    let app_id = heard.app_id.once("appId")?;
    let host = heard.host.once("host")?;
    let mut hints = AppHints::read(uri, app_id, heard.auth_token.first(), host);
    hints.pass = heard.call_token.text().and_then(|pass| service.passes.app_of(&pass));
    service.apps.choose(&hints)
}

/// Waits, which hardly a request has to.
async fn pause(wait: Duration) {
    if !wait.is_zero() {
        Box::pin(sleep(wait)).await;
    }
}

fn well_formed(head: &Parts, heard: &Heard<'_>) -> Result<(), Error> {
    if heard.bytes > MOST_HEADER_BYTES || head.headers.len() > MOST_HEADERS {
        return Err(Error::HeadersTooLarge);
    }
    let parts = [("path", Some(head.uri.path())), ("query", head.uri.query())];
    let badly_encoded = parts.into_iter().find(|(_, text)| !text.is_none_or(is_well_encoded));
    badly_encoded.map_or(Ok(()), |(part, _)| {
        let text = format!("The {part} must be percent-encoded UTF-8.");
        Err(Error::Invalid(Details::one(part, text)))
    })
}

/// Every `%` begins two hex digits, and what they decode to is UTF-8 without NUL.
fn is_well_encoded(text: &str) -> bool {
    if !text.contains('%') {
        return true;
    }
    let complete = text.split('%').skip(1).all(|rest| {
        rest.as_bytes().get(..2).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit))
    });
    complete && percent_decode_str(text).decode_utf8().is_ok_and(|text| !text.contains('\0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_encoding_is_checked_to_the_end() {
        for good in ["", "/calls", "/calls/%20", "/users/%C3%A9", "a=%25"] {
            assert!(is_well_encoded(good), "{good}");
        }
        for bad in ["%", "/calls/%2", "/%zz", "/%ff", "/%C3", "/%00", "/%C3%28", "/a%+1"] {
            assert!(!is_well_encoded(bad), "{bad}");
        }
    }
}

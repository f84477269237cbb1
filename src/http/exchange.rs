//! One request from its arrival to its answer, whichever handler it is for: which app it is for,
//! what goes wrong with it on purpose, and the headers that every answer has.

use std::sync::{Arc, OnceLock};

use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header::HOST},
    middleware::Next,
    response::{IntoResponse, Response},
};
use percent_encoding::percent_decode_str;
use uuid::Uuid;

use super::{
    body, cors,
    error::{Failure, envelope},
    fault::{self, Hangup},
    note::Note,
    service::Service,
    socket,
};
use crate::{
    domain::{
        error::{Details, Error},
        ids::Uid,
    },
    runtime::{
        app::App,
        glob::{unprefixed, without_token},
        hints::{APP_ID, AppHints, CALL_TOKEN, text},
        traffic::{Kind, label},
    },
};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-mock-request-id");

/// The most that all headers of a request may come to, in bytes.
const MOST_HEADER_BYTES: usize = 64 * 1024;
/// The most headers a request may have.
const MOST_HEADERS: usize = 100;

/// The app that a request is for, or why it is for none. A handler is told only when it asks: that
/// there is no such route comes first.
#[derive(Clone)]
pub(super) struct ForApp {
    pub(super) app: Result<Arc<App>, Error>,
    /// Whom it turned out to act as, for the journal.
    pub(super) actor: Arc<OnceLock<Uid>>,
}

/// Takes a request in, and its answer out.
pub(super) async fn exchange(
    State(service): State<Arc<Service>>,
    request: Request,
    next: Next,
) -> Response {
    if let Some(preflight) = cors::preflight(&request) {
        return preflight;
    }
    if socket::is_wanted(request.headers()) && request.uri().path() == "/" {
        return next.run(request).await;
    }
    let is_from_page = cors::is_from_page(request.headers());
    let id = service.request_ids.next();
    let logged = Logged::of(&request, id);
    let counted = Counted::of(&request);
    // Received whatever becomes of it: a client that is still sending would not get to read why it
    // was refused.
    let mut request = body::receive(request).await;
    let app = choose(&service, request.headers(), request.uri());
    let actor = Arc::new(OnceLock::new());
    let note = app.as_ref().ok().and_then(|app| Note::begin(app, id, &request, &actor));
    request.extensions_mut().insert(ForApp { app: app.clone(), actor });
    let mut response = answer(&service, app, request, next).await;

    let failure = response.extensions_mut().remove::<Failure>();
    if let Some(Failure(refusal)) = &failure {
        response = envelope(&service, refusal);
    }
    counted.in_all(&service, &response, failure.as_ref());
    if let Some(note) = note {
        response = note.end(response, failure.as_ref()).await;
    }
    if let Ok(id) = HeaderValue::from_str(id.hyphenated().encode_lower(&mut [0; 36])) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    if is_from_page {
        cors::open(response.headers_mut());
    }
    if let Some(logged) = logged {
        logged.with(&response, failure.as_ref());
    }
    response
}

/// What is counted of a request.
struct Counted {
    method: &'static str,
    route: Option<MatchedPath>,
}

impl Counted {
    fn of(request: &Request) -> Self {
        let route = request.extensions().get::<MatchedPath>().cloned();
        Self { method: label(request.method()), route }
    }

    fn in_all(self, service: &Service, response: &Response, failure: Option<&Failure>) {
        let hung_up = response.extensions().get::<Hangup>().is_some();
        service.traffic.count(&Kind {
            route: self.route.as_ref().map_or("", |route| unprefixed(route.as_str())),
            method: self.method,
            status: if hung_up { 0 } else { response.status().as_u16() },
            code: failure.map(|Failure(refusal)| refusal.error.code()),
        });
    }
}

/// What is logged of a request, where somebody reads it.
struct Logged {
    method: Method,
    path: String,
    id: Uuid,
}

impl Logged {
    fn of(request: &Request, id: Uuid) -> Option<Self> {
        tracing::enabled!(tracing::Level::DEBUG).then(|| Self {
            method: request.method().clone(),
            path: without_token(request.uri().path()),
            id,
        })
    }

    fn with(self, response: &Response, failure: Option<&Failure>) {
        let refusal = failure.map(|failure| &failure.0);
        tracing::debug!(
            target: "mock_calls::requests",
            method = %self.method,
            path = self.path,
            status = response.status().as_u16(),
            code = refusal.map(|refusal| refusal.error.code().as_str()),
            explain = refusal.map(|refusal| refusal.explain.as_str()),
            request = %self.id,
            "answered"
        );
    }
}

/// The answer of the handler, of a fault, or of neither where the request is malformed.
async fn answer(
    service: &Service,
    app: Result<Arc<App>, Error>,
    request: Request,
    next: Next,
) -> Response {
    match malformed(&request) {
        Some(error) => Failure::from(error).into_response(),
        None => fault::around(service, app.ok(), request, next).await,
    }
}

fn choose(service: &Service, headers: &HeaderMap, uri: &Uri) -> Result<Arc<App>, Error> {
    said_once(headers, &APP_ID, "appId")?;
    said_once(headers, &HOST, "host")?;
    let mut hints = AppHints::of(headers, uri);
    let pass = headers.get(&CALL_TOKEN).and_then(text);
    hints.pass = pass.and_then(|pass| service.passes.app_of(&pass));
    service.apps.choose(&hints)
}

/// A header that decides something must not be there twice with different values. `name` is how
/// the vendor spells it.
pub(super) fn said_once(
    headers: &HeaderMap,
    header: &HeaderName,
    name: &str,
) -> Result<Option<HeaderValue>, Error> {
    let mut values = headers.get_all(header).iter();
    let first = values.next();
    if values.any(|other| Some(other) != first) {
        let text = format!("The {name} header was sent more than once.");
        return Err(Error::Invalid(Details::one(name, text)));
    }
    Ok(first.cloned())
}

fn malformed(request: &Request) -> Option<Error> {
    let headers = request.headers();
    let size: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if size > MOST_HEADER_BYTES || headers.len() > MOST_HEADERS {
        return Some(Error::HeadersTooLarge);
    }
    let parts = [("path", Some(request.uri().path())), ("query", request.uri().query())];
    let badly_encoded = parts.into_iter().find(|(_, text)| !text.is_none_or(is_well_encoded));
    badly_encoded.map(|(part, _)| {
        let text = format!("The {part} must be percent-encoded UTF-8.");
        Error::Invalid(Details::one(part, text))
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

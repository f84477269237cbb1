//! One request from its arrival to its answer, whichever handler it is for: which app it is for,
//! what goes wrong with it on purpose, and the headers that every answer has.

use std::{
    panic::AssertUnwindSafe,
    pin::Pin,
    sync::{Arc, OnceLock},
    time::Duration,
};

use axum::{
    extract::Request,
    handler::Handler,
    http::{HeaderName, HeaderValue, Method, Uri},
    response::Response,
};
use futures_util::FutureExt;
use percent_encoding::percent_decode_str;
use tokio::time::sleep;
use uuid::Uuid;

use super::{
    body, cors,
    error::panicked,
    fault::{self, Course, OnDemand},
    heard::Heard,
    note::Note,
    service::Service,
    socket,
    written::{Written, sheet, written},
};
use crate::{
    domain::{
        code::Code,
        error::{Details, Error},
        ids::Uid,
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

/// The app that a request is for, or why it is for none. A handler is told only when it asks: that
/// there is no such route comes first.
#[derive(Clone)]
pub(super) struct ForApp {
    pub(super) app: Result<Arc<App>, Error>,
    /// Whom it turned out to act as, for the journal.
    pub(super) actor: Arc<OnceLock<Uid>>,
}

/// A handler with the exchange round it, as the table of contents gives it to the router.
#[derive(Clone, Copy)]
pub(super) struct Exchanged<H> {
    /// The path of the route, parameters in braces; empty for what no route answers.
    pub(super) route: &'static str,
    pub(super) handler: H,
}

impl<T, H> Handler<T, Arc<Service>> for Exchanged<H>
where
    T: 'static,
    H: Handler<T, Arc<Service>, Future = Answering>,
{
    type Future = Answering;

    fn call(self, request: Request, service: Arc<Service>) -> Answering {
        let handler = |request, service| self.handler.call(request, service);
        Box::pin(exchange(service, request, self.route, Box::new(handler)))
    }
}

/// An answer that is made, as axum has that of every async function.
pub(super) type Answering = Pin<Box<dyn Future<Output = Response> + Send>>;
type Answer = Box<dyn FnOnce(Request, Arc<Service>) -> Answering + Send>;

/// One request, and its answer.
async fn exchange(
    service: Arc<Service>,
    request: Request,
    route: &'static str,
    handler: Answer,
) -> Response {
    if let Some(preflight) = cors::preflight(&request) {
        return preflight;
    }
    if socket::is_wanted(&request) {
        let answer = handler(request, Arc::clone(&service)).await;
        return written(&service, answer).filled();
    }
    let (exchange, request) = begin(&service, request, route).await;
    let answer = match request {
        Some(request) => {
            let handled = AssertUnwindSafe(handler(request, Arc::clone(&service)));
            Some(handled.catch_unwind().await.unwrap_or_else(panicked))
        }
        None => None,
    };
    exchange.end(&service, answer)
}

/// What is known of a request while it is answered.
struct Exchange {
    id: Uuid,
    route: &'static str,
    method: &'static str,
    is_from_page: bool,
    note: Option<Note>,
    logged: Option<Logged>,
    course: Course,
}

/// Takes a request in. It is given back where its handler is to be asked.
async fn begin(
    service: &Service,
    request: Request,
    route: &'static str,
) -> (Exchange, Option<Request>) {
    let id = service.request_ids.next();
    let (method, logged) = (label(request.method()), Logged::of(&request, id));
    // Received whatever becomes of it: a client that is still sending would not get to read why it
    // was refused.
    let mut request = body::receive(request).await;
    let heard = Heard::of(request.headers());
    let is_from_page = heard.origin.first().is_some();
    let app = choose(service, &heard, request.uri());
    let actor = Arc::new(OnceLock::new());
    let note = app.as_ref().ok().and_then(|app| Note::begin(app, id, &request, &actor));
    let asked = well_formed(&request).and_then(|()| fault::on_demand(&heard));
    let course = match asked {
        Ok(OnDemand { wait, code }) => {
            pause(wait).await;
            let (course, wait) = Course::of(code, app.as_ref().ok(), &request);
            pause(wait).await;
            course
        }
        Err(error) => Course::Ended(error.into()),
    };
    let request = course.needs_the_handler().then(|| {
        request.extensions_mut().insert(ForApp { app, actor });
        request
    });
    let exchange = Exchange { id, route, method, is_from_page, note, logged, course };
    (exchange, request)
}

impl Exchange {
    /// Lets the answer out: `answer` is the handler's, if it was asked.
    fn end(self, service: &Service, answer: Option<Response>) -> Response {
        let mut written = written(service, self.course.end(service, answer));
        let status = written.status();
        service.traffic.count(&Kind {
            route: self.route,
            method: self.method,
            status: status.map_or(0, |status| status.as_u16()),
            code: written.code(),
        });
        if let Some(note) = self.note {
            note.end(&written);
        }
        let headers = written.response.headers_mut();
        let id = sheet(self.id.hyphenated().encode_lower(&mut [0; 36]).as_bytes());
        if let Ok(id) = HeaderValue::from_maybe_shared(id) {
            headers.insert(REQUEST_ID, id);
        }
        if self.is_from_page {
            cors::open(headers);
        }
        if let Some(logged) = self.logged {
            logged.with(&written);
        }
        written.filled()
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

fn well_formed(request: &Request) -> Result<(), Error> {
    let headers = request.headers();
    let size: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if size > MOST_HEADER_BYTES || headers.len() > MOST_HEADERS {
        return Err(Error::HeadersTooLarge);
    }
    let parts = [("path", Some(request.uri().path())), ("query", request.uri().query())];
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

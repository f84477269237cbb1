//! An answer between its handler and the wire: its text is still apart, for the journal to keep, and
//! becomes the body last.

use std::cell::RefCell;

use axum::{
    body::Bytes,
    http::{HeaderName, HeaderValue, StatusCode, header::CONTENT_TYPE},
    response::Response,
};
use bytes::BytesMut;
use serde::Serialize;

use super::{
    context::{Answer, Reply},
    error::Failure,
    fault::Hangup,
    json::{self, Page, Unwritten},
    payload::Payload,
    service::Service,
    wire::error::Envelope,
};
use crate::domain::code::Code;

const EXPLAIN: HeaderName = HeaderName::from_static("x-mock-explain");

/// The longest explanation, in characters.
const MOST_EXPLAIN: usize = 1000;

/// The most that room is kept for from one answer to the next, in bytes.
const MOST_ROOM: usize = 64 * 1024;
/// The largest text that shares its memory with others, in bytes.
const SMALL: usize = 4 * 1024;

thread_local! {
    /// Where answers are written before it is known how large they are.
    static DRAFT: RefCell<Page> = const { RefCell::new(Page::new()) };
    /// Where small texts stand until they were sent, one behind the other.
    static SHEET: RefCell<BytesMut> = RefCell::new(BytesMut::with_capacity(4 * SMALL));
}

/// An answer as it will be.
#[derive(Default)]
pub(super) struct Written {
    /// All of it but the text.
    pub(super) response: Response,
    /// The text, if it has one that is known.
    pub(super) text: Option<Bytes>,
    /// The refusal it tells of.
    pub(super) failure: Option<Failure>,
}

/// Writes an answer: a refusal in the envelope, anything else as it is.
pub(super) fn written(service: &Service, answer: Answer) -> Written {
    match answer {
        Ok(Reply(text)) => json(StatusCode::OK, text),
        Err(failure) => envelope(service, failure),
    }
}

impl Written {
    /// The status; `None` when the connection is ended instead.
    pub(super) fn status(&self) -> Option<StatusCode> {
        let hangs_up = self.response.extensions().get::<Hangup>().is_some();
        (!hangs_up).then(|| self.response.status())
    }

    /// The code of the refusal.
    pub(super) fn code(&self) -> Option<Code> {
        self.failure.as_ref().map(|Failure(refusal)| refusal.error.code())
    }

    /// The whole answer.
    pub(super) fn filled(self) -> Response<Payload> {
        let text = self.text;
        self.response.map(|other| text.map_or(Payload::Other(other), Payload::from))
    }
}

/// A refusal in the envelope.
pub(super) fn envelope(service: &Service, failure: Failure) -> Written {
    let Failure(refusal) = &failure;
    let status = service.options.statuses.of(refusal.error.code());
    // Texts under fixed names are always written.
    let text = json_text(&Envelope::of(&refusal.error)).unwrap_or_default();
    let mut written = json(status, text);
    if service.options.explain
        && let Some(line) = header_line(&refusal.explain)
    {
        written.response.headers_mut().insert(EXPLAIN, line);
    }
    written.failure = Some(failure);
    written
}

/// The text of an answer in JSON.
///
/// # Errors
/// When the value itself refuses to be written.
pub(super) fn json_text(value: &impl Serialize) -> Result<Bytes, Unwritten> {
    DRAFT.with_borrow_mut(|draft| {
        draft.clear(MOST_ROOM);
        json::write(draft, value)?;
        Ok(sheet(draft.text()))
    })
}

/// A copy that lives until it was sent. What is small asks for no memory of its own.
pub(super) fn sheet(text: &[u8]) -> Bytes {
    if text.len() > SMALL {
        return Bytes::copy_from_slice(text);
    }
    SHEET.with_borrow_mut(|sheet| {
        sheet.extend_from_slice(text);
        sheet.split().freeze()
    })
}

/// An answer in JSON.
pub(super) fn json(status: StatusCode, text: Bytes) -> Written {
    const JSON: HeaderValue = HeaderValue::from_static("application/json");
    let mut response = Response::default();
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, JSON);
    Written { response, text: Some(text), failure: None }
}

/// The text as a header can carry it.
fn header_line(text: &str) -> Option<HeaderValue> {
    // Of what is ASCII a header can carry all but controls, and a tab among them.
    if text.len() <= MOST_EXPLAIN
        && text.is_ascii()
        && !text.contains('\t')
        && let Ok(line) = HeaderValue::from_maybe_shared(sheet(text.as_bytes()))
    {
        return Some(line);
    }
    let line: String = text.chars().flat_map(ascii).take(MOST_EXPLAIN).collect();
    HeaderValue::from_str(&line).ok()
}

/// The character as a header can carry it.
fn ascii(c: char) -> impl Iterator<Item = char> {
    let visible = (c == ' ' || c.is_ascii_graphic()).then_some(c);
    let escaped = visible.is_none().then(|| c.escape_default());
    visible.into_iter().chain(escaped.into_iter().flatten())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn explanations_are_ascii() {
        for (text, line) in [
            ("a \"b\"", "a \"b\""),
            ("a é\n\"", "a \\u{e9}\\n\""),
            ("\u{7f}", "\\u{7f}"),
            ("a\tb", "a\\tb"),
        ] {
            assert_eq!(header_line(text).unwrap(), line);
        }
        assert_eq!(header_line(&"x".repeat(2000)).unwrap().len(), MOST_EXPLAIN);
        assert_eq!(header_line(&"é".repeat(2000)).unwrap().len(), MOST_EXPLAIN);
    }
}

//! One request and its answer, as a journal keeps them.

use std::time::Duration;

use axum::{
    body::Bytes,
    http::{HeaderMap, Method},
};
use uuid::Uuid;

use super::paper::Paper;
use crate::{
    domain::{code::Code, ids::Uid, time::Timestamp},
    runtime::glob::without_token,
};

/// How much of a body is kept, in bytes.
pub const MOST_OF_A_BODY: usize = 64 * 1024;

/// One request and its answer.
#[derive(Clone)]
pub struct Entry {
    /// Counts up from 1 in the app.
    pub id: u64,
    /// What is noted of them beside what they said.
    pub noted: Noted,
    written: Written,
}

/// What is noted of a request and its answer beside what they said.
#[derive(Clone)]
pub struct Noted {
    /// What `x-mock-request-id` said.
    pub request_id: Uuid,
    /// When it arrived, by the app's clock.
    pub at: Timestamp,
    /// The acting user, if it came so far.
    pub uid: Option<Uid>,
    /// The method.
    pub method: Method,
    /// The status it was answered with; `None` when the connection was ended instead.
    pub status: Option<u16>,
    /// The code it was refused with.
    pub code: Option<Code>,
    /// How long that took.
    pub took: Duration,
}

/// What a request and its answer said.
#[derive(Clone, Copy)]
pub struct Said<'a> {
    /// Path and query as sent.
    pub target: &'a str,
    /// The headers of the request.
    pub headers: &'a HeaderMap,
    /// Its body, of which the beginning is kept.
    pub body: &'a [u8],
    /// The answer, of which the beginning is kept.
    pub response: &'a [u8],
    /// Which rule refused the request and why; empty where none did.
    pub explain: &'a str,
}

/// The same as it is kept: one after the other, and where each of them ends.
#[derive(Clone)]
struct Written {
    all: Bytes,
    target: usize,
    headers: usize,
    body: usize,
    response: usize,
}

/// Without what was said, which holds secrets.
impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Entry")
            .field("id", &self.id)
            .field("method", &self.noted.method)
            .field("path", &without_token(self.path()))
            .field("status", &self.noted.status)
            .field("code", &self.noted.code)
            .finish_non_exhaustive()
    }
}

impl Written {
    fn on(paper: &mut Paper, said: Said<'_>) -> Self {
        let (request, answer) = (beginning(said.body), beginning(said.response));
        let lines = said.headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 2);
        let texts = said.target.len() + request.len() + answer.len() + said.explain.len();
        let sheet = paper.with_room_for(lines.sum::<usize>() + texts);
        sheet.extend_from_slice(said.target.as_bytes());
        let target = sheet.len();
        for (name, value) in said.headers {
            sheet.extend_from_slice(name.as_str().as_bytes());
            sheet.extend_from_slice(b":");
            // Most are ASCII, which is found out faster than that they are text.
            match value.as_bytes() {
                ascii if ascii.is_ascii() => sheet.extend_from_slice(ascii),
                other => sheet.extend_from_slice(String::from_utf8_lossy(other).as_bytes()),
            }
            sheet.extend_from_slice(b"\n");
        }
        let headers = sheet.len();
        sheet.extend_from_slice(request);
        let body = sheet.len();
        sheet.extend_from_slice(answer);
        let response = sheet.len();
        sheet.extend_from_slice(said.explain.as_bytes());
        Self { all: paper.written(), target, headers, body, response }
    }
}

/// The headers of a request, secrets included: whoever shows them masks them.
#[derive(Clone, Copy)]
pub struct Headers<'a>(&'a str);

impl<'a> Headers<'a> {
    /// Names, in lower case, and values.
    pub fn iter(self) -> impl Iterator<Item = (&'a str, &'a str)> {
        // Neither has a line break in it.
        self.0.lines().filter_map(|line| line.split_once(':'))
    }

    /// The value of a header, by a name in any case.
    #[must_use]
    pub fn get(self, name: &str) -> Option<&'a str> {
        self.iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

impl Entry {
    /// Writes one down.
    pub(super) fn on(paper: &mut Paper, id: u64, noted: Noted, said: Said<'_>) -> Self {
        Self { id, noted, written: Written::on(paper, said) }
    }

    /// Path and query, as sent.
    #[must_use]
    pub fn target(&self) -> &str {
        text(self.between(0, self.written.target))
    }

    /// The headers.
    #[must_use]
    pub fn headers(&self) -> Headers<'_> {
        Headers(text(self.between(self.written.target, self.written.headers)))
    }

    /// The body, or its beginning.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        self.between(self.written.headers, self.written.body)
    }

    /// What it was answered with, or its beginning.
    #[must_use]
    pub fn response(&self) -> &[u8] {
        self.between(self.written.body, self.written.response)
    }

    /// Which rule refused it.
    #[must_use]
    pub fn explain(&self) -> Option<&str> {
        let explain = text(self.between(self.written.response, self.written.all.len()));
        Some(explain).filter(|explain| !explain.is_empty())
    }

    /// All that was written of it.
    pub(super) fn written(self) -> Bytes {
        self.written.all
    }

    /// What it was and what came of it, in one line without secrets.
    #[must_use]
    pub fn line(&self) -> String {
        let Noted { method, status, code, .. } = &self.noted;
        let came = match (status, code) {
            (Some(status), Some(code)) => format!("{status} {}", code.as_str()),
            (Some(status), None) => status.to_string(),
            (None, _) => "no answer".to_owned(),
        };
        format!("request {}: {method} {} -> {came}", self.id, without_token(self.path()))
    }

    /// The path, as sent.
    #[must_use]
    pub fn path(&self) -> &str {
        self.target().split('?').next().unwrap_or_default()
    }

    /// The query, if there was one.
    #[must_use]
    pub fn query(&self) -> Option<&str> {
        self.target().split_once('?').map(|(_, query)| query)
    }

    /// The request is about this call: it names it in its path, or its answer does.
    #[must_use]
    pub fn is_about(&self, session: &str) -> bool {
        let named = self.path().split('/').any(|segment| segment == session);
        let needle = session.as_bytes();
        named
            || (!needle.is_empty()
                && self.response().windows(needle.len()).any(|window| window == needle))
    }

    fn between(&self, from: usize, to: usize) -> &[u8] {
        self.written.all.get(from..to).unwrap_or_default()
    }
}

fn beginning(body: &[u8]) -> &[u8] {
    body.get(..MOST_OF_A_BODY).unwrap_or(body)
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default()
}

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
    runtime::{glob::without_token, hints::text as text_of},
};

/// How much of a body is kept, in bytes.
pub const MOST_OF_A_BODY: usize = 64 * 1024;
/// What an entry takes beside its texts, in bytes.
const OVERHEAD: usize = size_of::<Entry>();

/// One request and its answer.
#[derive(Clone)]
pub struct Entry {
    /// Counts up from 1 in the app. Given when it is noted.
    pub id: u64,
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
    /// What was asked.
    pub asked: Asked,
    /// What was answered. Written when it is noted.
    pub answered: Answered,
}

/// What a request said: its target, its headers and its body, one after the other.
#[derive(Clone, Default)]
pub struct Asked {
    all: Bytes,
    /// Where the target ends.
    target: usize,
    /// Where the headers end; what is left is the body.
    headers: usize,
}

/// What was answered, and behind it why.
#[derive(Clone, Default)]
pub struct Answered {
    all: Bytes,
    /// Where the answer ends; what is left is the explanation.
    response: usize,
}

/// Without what was said, which holds secrets.
impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Entry")
            .field("id", &self.id)
            .field("method", &self.method)
            .field("path", &without_token(self.path()))
            .field("status", &self.status)
            .field("code", &self.code)
            .finish_non_exhaustive()
    }
}

impl Asked {
    /// Writes down path and query as sent, the headers, and the body or the beginning of it.
    pub(super) fn write(paper: &mut Paper, target: &str, headers: &HeaderMap, body: &[u8]) -> Self {
        let body = beginning(body);
        let lines: usize =
            headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 2).sum();
        let sheet = paper.with_room_for(target.len() + lines + body.len());
        sheet.extend_from_slice(target.as_bytes());
        let target = sheet.len();
        for (name, value) in headers {
            sheet.extend_from_slice(name.as_str().as_bytes());
            sheet.extend_from_slice(b":");
            sheet.extend_from_slice(text_of(value).unwrap_or_default().as_bytes());
            sheet.extend_from_slice(b"\n");
        }
        let headers = sheet.len();
        sheet.extend_from_slice(body);
        Self { all: paper.written(), target, headers }
    }
}

impl Answered {
    /// Writes down the answer or the beginning of it, and the rule that refused the request.
    pub(super) fn write(paper: &mut Paper, response: &[u8], explain: &str) -> Self {
        let response = beginning(response);
        let sheet = paper.with_room_for(response.len() + explain.len());
        sheet.extend_from_slice(response);
        sheet.extend_from_slice(explain.as_bytes());
        Self { all: paper.written(), response: response.len() }
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
    /// Path and query, as sent.
    #[must_use]
    pub fn target(&self) -> &str {
        text(between(&self.asked.all, 0, self.asked.target))
    }

    /// The headers.
    #[must_use]
    pub fn headers(&self) -> Headers<'_> {
        Headers(text(between(&self.asked.all, self.asked.target, self.asked.headers)))
    }

    /// The body, or its beginning.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        between(&self.asked.all, self.asked.headers, self.asked.all.len())
    }

    /// What it was answered with, or its beginning.
    #[must_use]
    pub fn response(&self) -> &[u8] {
        between(&self.answered.all, 0, self.answered.response)
    }

    /// Which rule refused it.
    #[must_use]
    pub fn explain(&self) -> Option<&str> {
        let explain = between(&self.answered.all, self.answered.response, self.answered.all.len());
        Some(text(explain)).filter(|explain| !explain.is_empty())
    }

    /// All that was written of it, in the order of writing.
    pub(super) fn written(self) -> [Bytes; 2] {
        [self.asked.all, self.answered.all]
    }

    /// What it takes, in bytes, as far as it is counted.
    #[must_use]
    pub fn size(&self) -> usize {
        OVERHEAD + self.asked.all.len() + self.answered.all.len()
    }

    /// What it was and what came of it, in one line without secrets.
    #[must_use]
    pub fn line(&self) -> String {
        let came = match (self.status, self.code) {
            (Some(status), Some(code)) => format!("{status} {}", code.as_str()),
            (Some(status), None) => status.to_string(),
            (None, _) => "no answer".to_owned(),
        };
        format!("request {}: {} {} -> {came}", self.id, self.method, without_token(self.path()))
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
}

fn beginning(body: &[u8]) -> &[u8] {
    body.get(..MOST_OF_A_BODY).unwrap_or(body)
}

fn between(all: &[u8], from: usize, to: usize) -> &[u8] {
    all.get(from..to).unwrap_or_default()
}

/// It was a text when it was noted.
fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default()
}

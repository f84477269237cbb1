//! What a media server leaves of a call, and what is made up where only a part of it is known:
//!
//! | left out | then |
//! | --- | --- |
//! | where it can be fetched | an address of no real host, by the call and the id |
//! | when it begins, when it ends | the span of the call |
//! | the date of a transcription | the day it begins, UTC |

use super::{call::Call, time::Timestamp};

/// A recording of a call (vendor doc).
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    /// `rid`.
    pub id: String,
    /// Where it can be fetched.
    pub url: String,
    /// When it begins.
    pub start: Timestamp,
    /// When it ends.
    pub end: Timestamp,
}

/// A transcription of a call (vendor doc).
#[derive(Clone, Debug, PartialEq)]
pub struct Transcription {
    /// `tid`.
    pub id: String,
    /// Where it can be fetched.
    pub url: String,
    /// When it begins.
    pub start: Timestamp,
    /// When it ends.
    pub end: Timestamp,
    /// `YYYY-MM-DD`.
    pub date: String,
}

/// What is known of a recording or a transcription.
#[derive(Clone, Debug)]
pub struct Sketch {
    /// `rid` or `tid`.
    pub id: String,
    /// Where it can be fetched.
    pub url: Option<String>,
    /// When it begins.
    pub start: Option<Timestamp>,
    /// When it ends.
    pub end: Option<Timestamp>,
}

impl Sketch {
    /// The recording that it is, of a call that lasts until now if it is not over.
    #[must_use]
    pub fn recording(self, call: &Call, now: Timestamp) -> Recording {
        let (start, end) = self.span(call, now);
        let made_up = || format!("https://rtc.mock/recordings/{}/{}.mp4", call.session, self.id);
        let url = self.url.unwrap_or_else(made_up);
        Recording { id: self.id, url, start, end }
    }

    /// Likewise the transcription.
    #[must_use]
    pub fn transcription(self, date: Option<String>, call: &Call, now: Timestamp) -> Transcription {
        let (start, end) = self.span(call, now);
        let made_up = || format!("https://rtc.mock/transcripts/{}/{}.txt", call.session, self.id);
        let url = self.url.unwrap_or_else(made_up);
        let date = date.unwrap_or_else(|| start.day());
        Transcription { id: self.id, url, start, end, date }
    }

    /// When it begins and when it ends.
    #[must_use]
    pub fn span(&self, call: &Call, now: Timestamp) -> (Timestamp, Timestamp) {
        let (start, end) = call.span(now);
        (self.start.unwrap_or(start), self.end.unwrap_or(end))
    }
}

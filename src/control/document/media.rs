//! What a media server would have left of a call.

use std::time::{Duration, UNIX_EPOCH};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Filling,
    people::or,
    words::{Text, Time, Word},
};
use crate::domain::{
    call::{Call, Recording, Transcription},
    ids::RandomId,
    time::Timestamp,
};

/// A recording. Only the URL is needed; it lasts as long as the call unless said otherwise.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "StateRecording")]
pub(super) struct RecordingJson {
    #[serde(skip_serializing_if = "Option::is_none")]
    rid: Option<String>,
    recording_url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_time: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_time: Option<Time>,
}

/// A transcription. Only the URL is needed; it lasts as long as the call unless said otherwise.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "StateTranscription")]
pub(super) struct TranscriptionJson {
    #[serde(skip_serializing_if = "Option::is_none")]
    tid: Option<String>,
    transcript_url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_time: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_time: Option<Time>,
    /// The day of its start, UTC, unless given.
    #[serde(skip_serializing_if = "Option::is_none")]
    transcript_date: Option<String>,
}

impl RecordingJson {
    pub(super) fn of(recording: &Recording) -> Self {
        Self {
            rid: Some(recording.id.clone()),
            recording_url: recording.url.clone(),
            start_time: Some(Time(recording.start)),
            end_time: Some(Time(recording.end)),
        }
    }

    pub(super) fn recording(&self, call: &Call, filling: &mut Filling<'_>) -> Recording {
        let (start, end) = span(call);
        Recording {
            id: name(self.rid.as_ref(), filling),
            url: self.recording_url.clone(),
            start: or(self.start_time, start),
            end: or(self.end_time, end),
        }
    }
}

impl TranscriptionJson {
    pub(super) fn of(transcription: &Transcription) -> Self {
        Self {
            tid: Some(transcription.id.clone()),
            transcript_url: transcription.url.clone(),
            start_time: Some(Time(transcription.start)),
            end_time: Some(Time(transcription.end)),
            transcript_date: Some(transcription.date.clone()),
        }
    }

    pub(super) fn transcription(&self, call: &Call, filling: &mut Filling<'_>) -> Transcription {
        let (start, end) = span(call);
        let start = or(self.start_time, start);
        Transcription {
            id: name(self.tid.as_ref(), filling),
            url: self.transcript_url.clone(),
            start,
            end: or(self.end_time, end),
            date: self.transcript_date.clone().unwrap_or_else(|| day(start)),
        }
    }
}

fn name(given: Option<&String>, filling: &mut Filling<'_>) -> String {
    let random = |id: RandomId| Text(id).0.word().into_owned();
    given.cloned().unwrap_or_else(|| random(filling.ids.uuid()))
}

fn span(call: &Call) -> (Timestamp, Timestamp) {
    let start = call.state.started_at().unwrap_or(call.initiated_at);
    (start, call.state.ended_at().unwrap_or(start))
}

/// `YYYY-MM-DD`
fn day(at: Timestamp) -> String {
    let since = Duration::from_secs(u64::try_from(at.secs()).unwrap_or_default());
    let text = humantime::format_rfc3339_seconds(UNIX_EPOCH + since).to_string();
    text.chars().take_while(|char| *char != 'T').collect()
}

//! What a media server would have left of a call.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Filling, words::Time};
use crate::domain::{
    call::Call,
    recording::{Recording, Sketch, Transcription},
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
        let sketch = Sketch {
            id: name(self.rid.as_ref(), filling),
            url: Some(self.recording_url.clone()),
            start: self.start_time.map(|at| at.0),
            end: self.end_time.map(|at| at.0),
        };
        sketch.recording(call, filling.now)
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
        let sketch = Sketch {
            id: name(self.tid.as_ref(), filling),
            url: Some(self.transcript_url.clone()),
            start: self.start_time.map(|at| at.0),
            end: self.end_time.map(|at| at.0),
        };
        sketch.transcription(self.transcript_date.clone(), call, filling.now)
    }
}

fn name(given: Option<&String>, filling: &mut Filling<'_>) -> String {
    given.cloned().unwrap_or_else(|| filling.ids.uuid().to_string())
}

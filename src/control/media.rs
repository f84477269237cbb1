//! `POST /__mock/calls/{sessionId}/media`: plays the media server, which is not there.

use std::borrow::Cow;

use axum::Json;
use schemars::{JsonSchema, Schema, json_schema};
use serde::{Deserialize, Serialize};

use super::{
    body::Body,
    context::{Chosen, Named},
    document::words::{Part, Text, Time, Word},
    error::ControlError,
};
use crate::{
    domain::{
        ids::{DeviceName, Uid},
        participant::Participant,
        recording::{Recording, Sketch, Transcription},
        rules::media::{self, Denial, Media, Played},
    },
    runtime::ids::IdSource,
};

/// What happens. Just one of them.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Play {
    join: Option<DeviceAsk>,
    leave: Option<DeviceAsk>,
    recording: Option<RecordingAsk>,
    transcription: Option<TranscriptionAsk>,
}

/// Somebody with a device of theirs.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct DeviceAsk {
    uid: Text<Uid>,
    device_id: Option<Text<DeviceName>>,
}

/// What is known of a recording: nothing need be.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RecordingAsk {
    rid: Option<Text<Something>>,
    url: Option<Text<Something>>,
    start_time: Option<Time>,
    end_time: Option<Time>,
}

/// Likewise of a transcription.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct TranscriptionAsk {
    tid: Option<Text<Something>>,
    url: Option<Text<Something>>,
    start_time: Option<Time>,
    end_time: Option<Time>,
    date: Option<Text<Day>>,
}

/// A text that is not empty.
struct Something(String);

/// `YYYY-MM-DD`
struct Day(String);

/// The call, as it is afterwards.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "MediaPlayed")]
pub(super) struct MediaJson {
    session_id: String,
    status: &'static str,
    /// It was not like that before.
    changed: bool,
    participants: Vec<ParticipantJson>,
    recordings: Vec<RecordingJson>,
    transcriptions: Vec<TranscriptionJson>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "MediaParticipant")]
struct ParticipantJson {
    uid: String,
    presence: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    device_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    joined_at: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    left_at: Option<Time>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "MediaRecording")]
struct RecordingJson {
    rid: String,
    url: String,
    start_time: Time,
    end_time: Time,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "MediaTranscription")]
struct TranscriptionJson {
    tid: String,
    url: String,
    start_time: Time,
    end_time: Time,
    date: String,
}

/// `POST /__mock/calls/{sessionId}/media`
pub(super) async fn play(
    Chosen(app): Chosen,
    Named(session): Named,
    Body(play): Body<Play>,
) -> Result<Json<MediaJson>, ControlError> {
    let played = app.turn(|turn| {
        let media = play.media(turn.ids)?;
        media::play(turn.world, &session, media, turn.now).map_err(|denial| refused(&denial))
    })?;
    Ok(Json(MediaJson::of(&played)))
}

impl Play {
    fn media(self, ids: &mut IdSource) -> Result<Media, ControlError> {
        match (self.join, self.leave, self.recording, self.transcription) {
            (Some(join), None, None, None) => {
                let device = join.device_id.map(|name| name.0);
                Ok(Media::Join { uid: join.uid.0, device, ids: ids.device() })
            }
            (None, Some(leave), None, None) => {
                let device = leave.device_id.map(|name| name.0);
                Ok(Media::Leave { uid: leave.uid.0, device })
            }
            (None, None, Some(ask), None) => {
                Ok(Media::Recording(sketch(ask.rid, ask.url, ask.start_time, ask.end_time, ids)))
            }
            (None, None, None, Some(ask)) => {
                let sketch = sketch(ask.tid, ask.url, ask.start_time, ask.end_time, ids);
                Ok(Media::Transcription { sketch, date: ask.date.map(|date| date.0.0) })
            }
            _ => {
                let examples = r#"{"join":{"uid":"…","deviceId":"…"}}, {"leave":{"uid":"…"}}, {"recording":{}} or {"transcription":{}}"#;
                Err(ControlError::bad_request(format!("Send just one of {examples}.")))
            }
        }
    }
}

fn sketch(
    id: Option<Text<Something>>,
    url: Option<Text<Something>>,
    start: Option<Time>,
    end: Option<Time>,
    ids: &mut IdSource,
) -> Sketch {
    Sketch {
        id: id.map_or_else(|| ids.uuid().to_string(), |id| id.0.0),
        url: url.map(|url| url.0.0),
        start: start.map(|at| at.0),
        end: end.map(|at| at.0),
    }
}

fn refused(denial: &Denial) -> ControlError {
    let message = denial.to_string();
    match denial {
        Denial::NoSuchCall { .. } => ControlError::not_found(message),
        Denial::EndsTooEarly { .. } => ControlError::bad_request(message),
        Denial::Rings { .. }
        | Denial::NobodyCame { .. }
        | Denial::NotOngoing { .. }
        | Denial::NeverAnswered { .. }
        | Denial::UnknownUser { .. }
        | Denial::Stranger { .. }
        | Denial::OnAnotherCall { .. }
        | Denial::Full { .. }
        | Denial::NotOnIt { .. }
        | Denial::Taken { .. } => ControlError::refused(message),
    }
}

impl MediaJson {
    fn of(Played { call, changed }: &Played) -> Self {
        Self {
            session_id: call.session.as_str().to_owned(),
            status: call.status().as_str(),
            changed: *changed,
            participants: call.participants.iter().map(ParticipantJson::of).collect(),
            recordings: call.recordings.iter().map(RecordingJson::of).collect(),
            transcriptions: call.transcriptions.iter().map(TranscriptionJson::of).collect(),
        }
    }
}

impl ParticipantJson {
    fn of(entry: &Participant) -> Self {
        Self {
            uid: entry.uid.as_str().to_owned(),
            presence: Part::of(entry.presence).as_str(),
            device_id: entry.device_id().map(Cow::into_owned),
            joined_at: entry.joined_at().map(Time),
            left_at: entry.left_at().map(Time),
        }
    }
}

impl RecordingJson {
    fn of(recording: &Recording) -> Self {
        Self {
            rid: recording.id.clone(),
            url: recording.url.clone(),
            start_time: Time(recording.start),
            end_time: Time(recording.end),
        }
    }
}

impl TranscriptionJson {
    fn of(transcription: &Transcription) -> Self {
        Self {
            tid: transcription.id.clone(),
            url: transcription.url.clone(),
            start_time: Time(transcription.start),
            end_time: Time(transcription.end),
            date: transcription.date.clone(),
        }
    }
}

impl Word for Something {
    fn read(text: &str) -> Result<Self, String> {
        match text.trim() {
            "" => Err("it cannot be empty; leave it out to have one made up".to_owned()),
            _ => Ok(Self(text.to_owned())),
        }
    }

    fn word(&self) -> Cow<'_, str> {
        self.0.as_str().into()
    }

    fn schema() -> Schema {
        json_schema!({ "type": "string", "pattern": "\\S" })
    }
}

impl Word for Day {
    fn read(text: &str) -> Result<Self, String> {
        let form = |(at, byte): (usize, u8)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        };
        if text.len() == 10 && text.bytes().enumerate().all(form) {
            return Ok(Self(text.to_owned()));
        }
        Err(format!("{text:?} is no day such as 2023-11-14"))
    }

    fn word(&self) -> Cow<'_, str> {
        self.0.as_str().into()
    }

    fn schema() -> Schema {
        json_schema!({ "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" })
    }
}

//! The call log: what `GET /calls` shows (vendor doc). It spells `cancelled` as `canceled`.

use std::{borrow::Cow, sync::Arc};

use schemars::JsonSchema;
use serde::{Serialize, Serializer};
use serde_json::Value;
use uuid::Uuid;

use super::{Entity, PartyJson, entity, text::Word, user::UserJson, user_entity};
use crate::domain::{
    call::{Call, CallType, State, Status},
    event::Party,
    ids::RandomId,
    participant::{Participant, Presence},
    people::User,
    recording::{Recording, Transcription},
    time::Timestamp,
    world::World,
};

/// How many transcriptions a log shows (vendor doc).
const SHOWN_TRANSCRIPTIONS: usize = 5;

/// The two ends of a call, which users see with their logs (seen).
pub(in crate::http) struct Ends {
    initiator: Arc<User>,
    receiver: Party,
}

impl Ends {
    pub(in crate::http) fn of(call: &Call, world: &World) -> Self {
        Self {
            initiator: world.user_or_departed(&call.caller),
            receiver: world.party(&call.receiver),
        }
    }
}

/// A call log.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "CallLog")]
pub(in crate::http) struct CallLogJson<'a> {
    session_id: &'a str,
    total_audio_minutes: Minutes,
    total_video_minutes: Minutes,
    total_duration: String,
    has_recording: bool,
    has_transcription: bool,
    initiated_at: i64,
    initiator: &'a str,
    #[schemars(extend("enum" = ["call", "meet"]))]
    mode: Word,
    receiver: &'a str,
    #[schemars(extend("enum" = ["user", "group"]))]
    receiver_type: Word,
    #[schemars(extend("enum" = Status::ALL.map(log_status)))]
    status: Word,
    total_duration_in_minutes: Minutes,
    total_participants: usize,
    #[serde(rename = "type")]
    #[schemars(extend("enum" = ["audio", "video"]))]
    call_type: Word,
    mid: Mid,
    #[serde(skip_serializing_if = "Option::is_none")]
    started_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<i64>,
    participants: Vec<ParticipantJson<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    recordings: Vec<RecordingJson<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    transcriptions: Vec<TranscriptionJson<'a>>,
    /// This and what follows it only a single call's answer shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    meta_data: Option<MetaData<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<[&'a str; 0]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<LogData<'a>>,
}

/// An object, or an empty array when there is none.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
enum MetaData<'a> {
    Given(&'a Value),
    None([&'a str; 0]),
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "CallLogParticipant")]
struct ParticipantJson<'a> {
    uid: &'a str,
    total_audio_minutes: Minutes,
    total_video_minutes: Minutes,
    is_joined: bool,
    #[schemars(extend("enum" = ["ongoing", "ended", "unanswered", "rejected"]))]
    state: Word,
    total_duration: Minutes,
    #[serde(skip_serializing_if = "Option::is_none")]
    device_id: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    joined_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mid: Option<Mid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    left_at: Option<i64>,
}

/// A recording (vendor doc). Times are Unix seconds, the duration too.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Recording")]
struct RecordingJson<'a> {
    rid: &'a str,
    recording_url: &'a str,
    #[serde(rename = "startTime")]
    start_time: i64,
    #[serde(rename = "endTime")]
    end_time: i64,
    duration: i64,
}

/// A transcription (vendor doc). Times are Unix seconds.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Transcription")]
pub(in crate::http) struct TranscriptionJson<'a> {
    room_name: &'a str,
    mid: Mid,
    tid: &'a str,
    start_time: i64,
    end_time: i64,
    transcript_date: &'a str,
    transcript_url: &'a str,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "CallLogData")]
struct LogData<'a> {
    entities: LogEntities<'a>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "CallLogEntities")]
struct LogEntities<'a> {
    initiator: Entity<UserJson<'a>>,
    receiver: Entity<PartyJson<'a>>,
}

impl<'a> CallLogJson<'a> {
    /// The log as a list shows it; with its ends, as a user sees it.
    pub(in crate::http) fn of(call: &'a Call, ends: Option<&'a Ends>) -> Self {
        let (audio, video) = split(call.call_type, call.minutes());
        let newest = call.transcriptions.iter().rev().take(SHOWN_TRANSCRIPTIONS);
        Self {
            session_id: call.session.as_str(),
            total_audio_minutes: audio,
            total_video_minutes: video,
            total_duration: clock_time(call),
            has_recording: !call.recordings.is_empty(),
            has_transcription: !call.transcriptions.is_empty(),
            initiated_at: call.initiated_at.secs(),
            initiator: call.caller.as_str(),
            mode: Word(call.mode.as_str()),
            receiver: call.receiver.as_str(),
            receiver_type: Word(call.receiver.kind()),
            status: Word(log_status(call.status())),
            total_duration_in_minutes: Minutes(call.minutes()),
            total_participants: call.joined_entries(),
            call_type: Word(call.call_type.as_str()),
            mid: Mid(call.mid),
            started_at: call.state.started_at().map(Timestamp::secs),
            ended_at: call.state.ended_at().map(Timestamp::secs),
            participants: call.participants.iter().map(|p| participant(call, p)).collect(),
            recordings: call.recordings.iter().map(recording).collect(),
            transcriptions: newest.map(|t| TranscriptionJson::of(call, t)).collect(),
            meta_data: None,
            tags: None,
            data: ends.map(|ends| LogData {
                entities: LogEntities {
                    initiator: user_entity(&ends.initiator),
                    receiver: entity(&ends.receiver),
                },
            }),
        }
    }

    /// With what only a single call's answer shows.
    pub(in crate::http) fn in_detail(call: &'a Call, ends: Option<&'a Ends>) -> Self {
        let meta_data = call.metadata.as_deref().map_or(MetaData::None([]), MetaData::Given);
        Self { meta_data: Some(meta_data), tags: Some([]), ..Self::of(call, ends) }
    }
}

impl<'a> TranscriptionJson<'a> {
    pub(in crate::http) fn of(call: &'a Call, transcription: &'a Transcription) -> Self {
        Self {
            room_name: call.session.as_str(),
            mid: Mid(call.mid),
            tid: &transcription.id,
            start_time: transcription.start.secs(),
            end_time: transcription.end.secs(),
            transcript_date: &transcription.date,
            transcript_url: &transcription.url,
        }
    }
}

fn participant<'a>(call: &Call, entry: &'a Participant) -> ParticipantJson<'a> {
    let minutes = call.minutes_of(entry);
    let (audio, video) = split(call.call_type, minutes);
    let state = match entry.presence {
        Presence::Invited => "unanswered",
        Presence::Rejected => "rejected",
        Presence::Joined { .. } => "ongoing",
        Presence::Left { .. } => "ended",
    };
    let joined_at = entry.joined_at().map(Timestamp::secs);
    ParticipantJson {
        uid: entry.uid.as_str(),
        total_audio_minutes: audio,
        total_video_minutes: video,
        is_joined: joined_at.is_some(),
        state: Word(state),
        total_duration: Minutes(minutes),
        device_id: entry.device_id(),
        joined_at,
        mid: entry.device_ids().map(|ids| Mid(ids.mid)),
        left_at: entry.left_at().map(Timestamp::secs),
    }
}

fn recording(recording: &Recording) -> RecordingJson<'_> {
    let (start_time, end_time) = (recording.start.secs(), recording.end.secs());
    RecordingJson {
        rid: &recording.id,
        recording_url: &recording.url,
        start_time,
        end_time,
        duration: (end_time - start_time).max(0),
    }
}

/// The call log's own spelling.
const fn log_status(status: Status) -> &'static str {
    match status {
        Status::Cancelled => "canceled",
        Status::Initiated
        | Status::Ongoing
        | Status::Busy
        | Status::Rejected
        | Status::Unanswered
        | Status::Ended => status.as_str(),
    }
}

/// Minutes, with a fraction only where there is one.
#[derive(Clone, Copy, JsonSchema)]
#[schemars(inline)]
struct Minutes(f64);

impl Serialize for Minutes {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        #[expect(clippy::cast_possible_truncation, reason = "far below the limit, or not equal")]
        let whole = self.0 as i32;
        if f64::from(whole) == self.0 { to.serialize_i32(whole) } else { to.serialize_f64(self.0) }
    }
}

/// The same minutes as audio or as video.
const fn split(call_type: CallType, minutes: f64) -> (Minutes, Minutes) {
    match call_type {
        CallType::Audio => (Minutes(minutes), Minutes(0.0)),
        CallType::Video => (Minutes(0.0), Minutes(minutes)),
    }
}

/// `HH:MM:SS`
fn clock_time(call: &Call) -> String {
    let seconds = match call.state {
        State::Ended { started_at, ended_at } => (ended_at.secs() - started_at.secs()).max(0),
        State::Ringing { .. } | State::Ongoing { .. } | State::Missed { .. } => 0,
    };
    let mut text = String::with_capacity(8);
    for (number, follows) in [(seconds / 3600, ":"), (seconds / 60 % 60, ":"), (seconds % 60, "")] {
        text.push_str(if number < 10 { "0" } else { "" });
        text.push_str(itoa::Buffer::new().format(number));
        text.push_str(follows);
    }
    text
}

/// A UUID.
#[derive(Clone, Copy, JsonSchema)]
#[schemars(inline)]
struct Mid(#[schemars(with = "Uuid")] RandomId);

impl Serialize for Mid {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(Uuid::from_bytes(self.0.0).hyphenated().encode_lower(&mut [0; 36]))
    }
}

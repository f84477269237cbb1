//! What webhooks are told (vendor doc). Flags are strings there, and so are the times of a
//! recording.

use serde::Serialize;
use serde_json::{Value, json};

use super::call_message::CallMessageJson;
use crate::domain::{
    call::{Call, CallType},
    event::{CallMessage, Event, Occupant, Past},
    recording::{Recording, Transcription},
    time::Timestamp,
    webhooks::Trigger,
    world::Settings,
};

/// What the vendor's own client says of itself when it joins: nobody says so here.
const CALL_VERSION: &str = "2.3.0";
const SDK: &str = "react";

/// What every webhook is told, in this order.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Envelope<'a> {
    trigger: &'static str,
    data: &'a Value,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    mode: Option<&'static str>,
    app_id: &'a str,
    region: &'a str,
    webhook: &'a str,
}

/// An event, as every webhook that is told of it gets it.
pub(in crate::http) struct Notice<'a> {
    trigger: Trigger,
    data: Value,
    mode: Option<&'static str>,
    settings: &'a Settings,
}

impl<'a> Notice<'a> {
    /// What there is to be told of an event that fires `trigger`, brought about by the client
    /// called `resource`. None of an event that fires nothing.
    pub(in crate::http) fn of(
        trigger: Trigger,
        event: &Event,
        settings: &'a Settings,
        resource: Option<&str>,
    ) -> Option<Self> {
        let notice = |data, mode| Some(Self { trigger, data, mode, settings });
        let room = |call: &Call, data| notice(data, Some(call.mode.as_str()));
        match event {
            Event::Call(message) => notice(ringing(message, settings, resource), None),
            Event::RoomStarted(call, at) => room(call, started(call, *at)),
            Event::Joined(call, who) => room(call, joined(call, who)),
            Event::Left(call, who) => room(call, left(call, who)),
            Event::RoomEnded(call, past) => room(call, ended(call, past)),
            Event::Recorded(call) => notice(recorded(call, call.recordings.last()?), None),
            Event::Transcribed(call) => {
                notice(transcribed(call, call.transcriptions.last()?), None)
            }
            Event::Presence(..)
            | Event::UserGone(_)
            | Event::TokenIssued(_)
            | Event::TokenRevoked(_)
            | Event::WebhookStopped(_) => None,
        }
    }

    /// The whole body for one webhook.
    pub(in crate::http) fn for_webhook(&self, webhook: &str) -> Vec<u8> {
        let envelope = Envelope {
            trigger: self.trigger.as_str(),
            data: &self.data,
            mode: self.mode,
            app_id: self.settings.app.as_str(),
            region: &self.settings.region,
            webhook,
        };
        // Strings under fixed keys always serialise.
        serde_json::to_vec(&envelope).unwrap_or_default()
    }
}

fn ringing(message: &CallMessage, settings: &Settings, resource: Option<&str>) -> Value {
    json!({ "call": CallMessageJson::of(message, settings.app.as_str(), resource) })
}

fn started(call: &Call, at: Timestamp) -> Value {
    json!({ "created_at": at.secs(), "sessionId": call.session.as_str() })
}

fn joined(call: &Call, who: &Occupant) -> Value {
    json!({
        "occupant": {
            "joined_at": who.joined_at.secs(),
            "audio_call": flag(is_audio(call)),
            "name": who.user.name,
        },
        "initial_config": {
            "is_video_muted": flag(false),
            "start_recording_on_call_start": flag(false),
            "call_version": CALL_VERSION,
            "is_audio_muted": flag(false),
            "sdk": SDK,
            "mode": "DEFAULT",
            "platform": "web",
            "is_audio_only": flag(is_audio(call)),
        },
        "sessionId": call.session.as_str(),
    })
}

fn left(call: &Call, who: &Occupant) -> Value {
    json!({ "occupant": stay(call, who), "sessionId": call.session.as_str() })
}

fn ended(call: &Call, past: &Past) -> Value {
    let all: Vec<_> = past.occupants.iter().map(|who| stay(call, who)).collect();
    json!({
        "all_occupants": all,
        "destroyed_at": past.until.secs(),
        "created_at": past.since.secs(),
        "sessionId": call.session.as_str(),
    })
}

fn recorded(call: &Call, recording: &Recording) -> Value {
    let seconds = recording.start.until(recording.end).as_secs_f64();
    json!({
        "recordingDate": recording.start.day(),
        "duration": format!("{seconds:.6}"),
        "startTime": recording.start.secs().to_string(),
        "sessionId": call.session.as_str(),
        "recording_url": recording.url,
    })
}

fn transcribed(call: &Call, transcription: &Transcription) -> Value {
    json!({
        "sessionId": call.session.as_str(),
        "tid": transcription.id,
        "transcriptDate": transcription.date,
        "transcript_url": transcription.url,
        "startTime": transcription.start.secs(),
        "endTime": transcription.end.secs(),
    })
}

/// Somebody's time in the room, as far as it is over.
fn stay(call: &Call, who: &Occupant) -> Value {
    json!({
        "joined_at": who.joined_at.secs(),
        "audio_call": flag(is_audio(call)),
        "left_at": who.left_at.map(Timestamp::secs),
        "name": who.user.name,
    })
}

fn is_audio(call: &Call) -> bool {
    call.call_type == CallType::Audio
}

/// The vendor writes flags as strings here.
const fn flag(is_set: bool) -> &'static str {
    if is_set { "true" } else { "false" }
}

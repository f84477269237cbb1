//! Calls. What is left out is filled in so that the call is one that could have happened:
//!
//! | status | `startedAt` | `endedAt` | the caller | the callee |
//! | --- | --- | --- | --- | --- |
//! | `initiated` | none | none | joined | invited |
//! | `ongoing` | `initiatedAt` | none | joined | joined |
//! | `rejected` | none | `initiatedAt` | left | rejected |
//! | `busy`, `cancelled` | none | `initiatedAt` | left | invited |
//! | `unanswered` | none | when its ringing was over | left | invited |
//! | `ended` | `initiatedAt` | `startedAt` | left | left |
//!
//! In a group the caller alone was on the call, and every other member invited. A direct session
//! (`receiverType` `anyone`) has its caller alone, who is invited while it is `initiated`.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    Filling,
    media::{RecordingJson, TranscriptionJson},
    participants::{self, ParticipantJson},
    people::or,
    shapes::time_or_never,
    words::{ReceiverKind, Text, Time, given},
};
use crate::domain::{
    archive::Flaw,
    call::{Call, CallType, Miss, Mode, Receiver, State, Status},
    ids::{Guid, MAX_MEET_ID, MeetId, RandomId, SessionId, Uid},
    time::Timestamp,
};

/// A call. Only caller, receiver and status are needed; those of a history have a time as well.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "StateCall")]
pub(super) struct CallJson {
    #[serde(skip_serializing_if = "Option::is_none")]
    session_id: Option<Text<SessionId>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mid: Option<Text<RandomId>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<Text<[u8; 20]>>,
    /// `call` unless given; `meet` of a direct session.
    #[serde(skip_serializing_if = "Option::is_none")]
    mode: Option<Text<Mode>>,
    /// `audio` unless given.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    call_type: Option<Text<CallType>>,
    caller: Text<Uid>,
    receiver: String,
    /// `user` unless given.
    #[serde(skip_serializing_if = "Option::is_none")]
    receiver_type: Option<Text<ReceiverKind>>,
    status: Text<Status>,
    /// Now unless given.
    #[serde(skip_serializing_if = "Option::is_none")]
    initiated_at: Option<Time>,
    /// By the ring timeout unless given; `null` for ever, and of a direct session.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "time_or_never")]
    rings_until: Option<Option<Time>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    started_at: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    participants: Option<Vec<ParticipantJson>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<Map<String, Value>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    recordings: Vec<RecordingJson>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    transcriptions: Vec<TranscriptionJson>,
}

impl CallJson {
    pub(super) fn of(call: &Call) -> Self {
        let (receiver, kind) = match &call.receiver {
            Receiver::User(uid) => (uid.as_str(), ReceiverKind::User),
            Receiver::Group(guid) => (guid.as_str(), ReceiverKind::Group),
            Receiver::Anyone(meet) => (meet.as_str(), ReceiverKind::Anyone),
        };
        let rings_until = match call.state {
            State::Ringing { until } => Some(until.map(Time)),
            State::Ongoing { .. } | State::Missed { .. } | State::Ended { .. } => None,
        };
        Self {
            session_id: Some(Text(call.session.clone())),
            mid: Some(Text(call.mid)),
            secret: Some(Text(call.secret)),
            mode: Some(Text(call.mode)),
            call_type: Some(Text(call.call_type)),
            caller: Text(call.caller.clone()),
            receiver: receiver.to_owned(),
            receiver_type: Some(Text(kind)),
            status: Text(call.status()),
            initiated_at: Some(Time(call.initiated_at)),
            rings_until,
            started_at: call.state.started_at().map(Time),
            ended_at: call.state.ended_at().map(Time),
            participants: Some(call.participants.iter().map(ParticipantJson::of).collect()),
            metadata: call.metadata.as_deref().and_then(Value::as_object).cloned(),
            recordings: call.recordings.iter().map(RecordingJson::of).collect(),
            transcriptions: call.transcriptions.iter().map(TranscriptionJson::of).collect(),
        }
    }

    /// The call that this is, with everything filled in that was left out.
    pub(super) fn call(&self, path: &str, filling: &mut Filling<'_>) -> Result<Call, Flaw> {
        let initiated_at = or(self.initiated_at, filling.now);
        let (caller, receiver) = (self.caller.0.clone(), self.receiver(path)?);
        let direct = match &receiver {
            Receiver::User(_) | Receiver::Group(_) => None,
            Receiver::Anyone(meet) => Some(meet),
        };
        let state = self.state(path, initiated_at, direct.is_some(), filling)?;
        let session = self.session(initiated_at, direct, filling);
        let mode = if direct.is_some() { Mode::Meet } else { Mode::Call };
        let participants = match &self.participants {
            Some(given) => participants::given(path, given, initiated_at, state, filling)?,
            None => participants::likely(&caller, &receiver, initiated_at, state, filling),
        };
        let mut call = Call {
            session,
            mid: self.mid.map_or_else(|| filling.ids.uuid(), |mid| mid.0),
            secret: self.secret.map_or_else(|| filling.ids.secret(), |secret| secret.0),
            mode: self.mode.map_or(mode, |mode| mode.0),
            call_type: self.call_type.map_or(CallType::Audio, |kind| kind.0),
            caller,
            receiver,
            initiated_at,
            state,
            participants,
            metadata: self.metadata.clone().map(Value::Object).map(Arc::new),
            recordings: Vec::new(),
            transcriptions: Vec::new(),
        };
        call.recordings = self.recordings.iter().map(|r| r.recording(&call, filling)).collect();
        call.transcriptions =
            self.transcriptions.iter().map(|t| t.transcription(&call, filling)).collect();
        Ok(call)
    }

    fn session(
        &self,
        at: Timestamp,
        direct: Option<&MeetId>,
        filling: &mut Filling<'_>,
    ) -> SessionId {
        let settings = filling.world.settings();
        match (&self.session_id, direct) {
            (Some(given), _) => given.0.clone(),
            (None, Some(meet)) => SessionId::direct(&settings.region, &settings.app, meet),
            (None, None) => {
                SessionId::new(&settings.region, &settings.app, at, filling.ids.secret())
            }
        }
    }

    fn receiver(&self, path: &str) -> Result<Receiver, Flaw> {
        use super::words::Word;
        let kind = self.receiver_type.map_or(ReceiverKind::User, |kind| kind.0);
        let read = match kind {
            ReceiverKind::User => Uid::read(&self.receiver).map(Receiver::User),
            ReceiverKind::Group => Guid::read(&self.receiver).map(Receiver::Group),
            ReceiverKind::Anyone => MeetId::parse(&self.receiver).map(Receiver::Anyone).ok_or_else(|| {
                format!("{:?} is no name of a direct session: expected 1 to {MAX_MEET_ID} letters, digits, '-', '_' and '.'", self.receiver)
            }),
        };
        read.map_err(|problem| Flaw::at(format!("{path}.receiver"), problem))
    }

    fn state(
        &self,
        path: &str,
        begun: Timestamp,
        is_direct: bool,
        filling: &Filling<'_>,
    ) -> Result<State, Flaw> {
        let ring = filling.world.settings().ring_timeout.filter(|_| !is_direct);
        let until = || ring.map(|ring| begun.plus(ring));
        let started_at = or(self.started_at, begun);
        let missed = |why, ended_at| State::Missed { why, ended_at: or(self.ended_at, ended_at) };
        let state = match self.status.0 {
            Status::Initiated => {
                let given = self.rings_until.map(|until| until.map(|at| at.0));
                State::Ringing { until: given.unwrap_or_else(until) }
            }
            Status::Ongoing => State::Ongoing { started_at },
            Status::Busy => missed(Miss::Busy, begun),
            Status::Rejected => missed(Miss::Rejected, begun),
            Status::Cancelled => missed(Miss::Cancelled, begun),
            Status::Unanswered => missed(Miss::Unanswered, until().unwrap_or(begun)),
            Status::Ended => State::Ended { started_at, ended_at: or(self.ended_at, started_at) },
        };
        self.has_no_more_than(path, &state).map(|()| state)
    }

    /// A moment that the status does not have is a mistake somewhere.
    fn has_no_more_than(&self, path: &str, state: &State) -> Result<(), Flaw> {
        let rings = matches!(state, State::Ringing { .. });
        let extra = [
            ("ringsUntil", self.rings_until.is_some() && !rings),
            ("startedAt", self.started_at.is_some() && state.started_at().is_none()),
            ("endedAt", self.ended_at.is_some() && state.ended_at().is_none()),
        ];
        match extra.into_iter().find(|(_, extra)| *extra) {
            Some((field, _)) => {
                let problem = format!("a call that is {} has none", state.status().as_str());
                Err(Flaw::at(format!("{path}.{field}"), problem))
            }
            None => Ok(()),
        }
    }
}

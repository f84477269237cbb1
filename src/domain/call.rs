//! A call and its participants, and what always holds of them.
//!
//! A call is in one of four states. Only the states that have a moment carry it, so nothing can
//! show the end of a call that goes on:
//!
//! | state | wire status | carries |
//! | --- | --- | --- |
//! | `Ringing` | `initiated` | when it stops ringing by itself |
//! | `Ongoing` | `ongoing` | its start |
//! | `Missed` | `busy`, `rejected`, `cancelled`, `unanswered` | which of them, its end |
//! | `Ended` | `ended` | its start and end |

use std::sync::Arc;

use serde_json::Value;

use super::{
    ids::{Guid, MeetId, RandomId, SessionId, Uid},
    participant::{Participant, Presence},
    recording::{Recording, Transcription},
    time::Timestamp,
};

/// The seven statuses of the wire (vendor doc).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// It rings.
    Initiated,
    /// Somebody answered.
    Ongoing,
    /// The callee was on another call.
    Busy,
    /// The callee declined.
    Rejected,
    /// The caller gave up.
    Cancelled,
    /// Nobody answered in time.
    Unanswered,
    /// It was answered, and is over.
    Ended,
}

impl Status {
    /// All of them, in the order of a call's life.
    pub const ALL: [Self; 7] = [
        Self::Initiated,
        Self::Ongoing,
        Self::Busy,
        Self::Rejected,
        Self::Cancelled,
        Self::Unanswered,
        Self::Ended,
    ];

    /// As call messages and requests spell it (seen).
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Initiated => "initiated",
            Self::Ongoing => "ongoing",
            Self::Busy => "busy",
            Self::Rejected => "rejected",
            Self::Cancelled => "cancelled",
            Self::Unanswered => "unanswered",
            Self::Ended => "ended",
        }
    }

    /// Every word that is read: the vendor's spelling, and the call log's `canceled`.
    pub const WORDS: [(&'static str, Self); 8] = [
        (Self::Initiated.as_str(), Self::Initiated),
        (Self::Ongoing.as_str(), Self::Ongoing),
        (Self::Busy.as_str(), Self::Busy),
        (Self::Rejected.as_str(), Self::Rejected),
        (Self::Cancelled.as_str(), Self::Cancelled),
        (Self::Unanswered.as_str(), Self::Unanswered),
        (Self::Ended.as_str(), Self::Ended),
        ("canceled", Self::Cancelled),
    ];

    /// Reads one of [`Status::WORDS`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::WORDS.into_iter().find(|(word, _)| *word == text).map(|(_, status)| status)
    }
}

/// Audio or video: what the minutes of a call are counted as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CallType {
    /// Sound alone.
    Audio,
    /// Sound and picture.
    Video,
}

impl CallType {
    /// As it stands on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Audio => "audio",
            Self::Video => "video",
        }
    }

    /// Every word that is read.
    pub const WORDS: [(&'static str, Self); 2] =
        [(Self::Audio.as_str(), Self::Audio), (Self::Video.as_str(), Self::Video)];

    /// Reads one of [`CallType::WORDS`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::WORDS.into_iter().find(|(word, _)| *word == text).map(|(_, kind)| kind)
    }
}

/// How the session came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Somebody rang.
    Call,
    /// A direct session, which nobody rang for.
    Meet,
}

impl Mode {
    /// As it stands on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::Meet => "meet",
        }
    }

    /// Reads the wire's word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "call" => Some(Self::Call),
            "meet" => Some(Self::Meet),
            _ => None,
        }
    }
}

/// Who is called: one user, or a whole group; or nobody.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Receiver {
    /// A one-to-one call.
    User(Uid),
    /// A group call.
    Group(Guid),
    /// Nobody: a direct session, to which comes who likes to, by the name it was asked for.
    Anyone(MeetId),
}

impl Receiver {
    /// The uid or guid, or the name of a direct session.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::User(uid) => uid.as_str(),
            Self::Group(guid) => guid.as_str(),
            Self::Anyone(meet) => meet.as_str(),
        }
    }

    /// `receiverType` on the wire. A direct session is shown as one of the group of its name, which
    /// is what the vendor's kits name it by (ours).
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::User(_) => "user",
            Self::Group(_) | Self::Anyone(_) => "group",
        }
    }
}

/// How a call that nobody answered came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Miss {
    /// The callee was on another call.
    Busy,
    /// The callee declined.
    Rejected,
    /// The caller gave up.
    Cancelled,
    /// Time ran out.
    Unanswered,
}

/// Where a call stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Not answered yet; of a direct session: nobody has come yet.
    Ringing {
        /// When it becomes unanswered by itself; `None` with the ring timeout off, and for a direct
        /// session.
        until: Option<Timestamp>,
    },
    /// Answered, and not over.
    Ongoing {
        /// When it was answered.
        started_at: Timestamp,
    },
    /// Over without an answer.
    Missed {
        /// Why.
        why: Miss,
        /// When.
        ended_at: Timestamp,
    },
    /// Over after an answer.
    Ended {
        /// When it was answered.
        started_at: Timestamp,
        /// When the last one left.
        ended_at: Timestamp,
    },
}

impl State {
    /// The wire's status.
    #[must_use]
    pub const fn status(&self) -> Status {
        match self {
            Self::Ringing { .. } => Status::Initiated,
            Self::Ongoing { .. } => Status::Ongoing,
            Self::Missed { why: Miss::Busy, .. } => Status::Busy,
            Self::Missed { why: Miss::Rejected, .. } => Status::Rejected,
            Self::Missed { why: Miss::Cancelled, .. } => Status::Cancelled,
            Self::Missed { why: Miss::Unanswered, .. } => Status::Unanswered,
            Self::Ended { .. } => Status::Ended,
        }
    }

    /// Ringing or ongoing, as against final.
    #[must_use]
    pub const fn is_live(&self) -> bool {
        match self {
            Self::Ringing { .. } | Self::Ongoing { .. } => true,
            Self::Missed { .. } | Self::Ended { .. } => false,
        }
    }

    /// When it was answered, if it was.
    #[must_use]
    pub const fn started_at(&self) -> Option<Timestamp> {
        match self {
            Self::Ongoing { started_at } | Self::Ended { started_at, .. } => Some(*started_at),
            Self::Ringing { .. } | Self::Missed { .. } => None,
        }
    }

    /// When it came to its end, if it has.
    #[must_use]
    pub const fn ended_at(&self) -> Option<Timestamp> {
        match self {
            Self::Missed { ended_at, .. } | Self::Ended { ended_at, .. } => Some(*ended_at),
            Self::Ringing { .. } | Self::Ongoing { .. } => None,
        }
    }
}

/// One call, from ringing to history.
#[derive(Clone, Debug)]
pub struct Call {
    /// Its name on every surface.
    pub session: SessionId,
    /// The log's `mid`.
    pub mid: RandomId,
    /// Secret of its socket channel.
    pub secret: [u8; 20],
    /// Rung for, or direct.
    pub mode: Mode,
    /// Audio or video; may change while it lives.
    pub call_type: CallType,
    /// Who initiated it.
    pub caller: Uid,
    /// Whom.
    pub receiver: Receiver,
    /// When.
    pub initiated_at: Timestamp,
    /// Where it stands.
    pub state: State,
    /// The caller first, then who was called, then whoever joined again; never empty. Whoever opens
    /// a direct session stands there as if they were invited to it.
    pub participants: Vec<Participant>,
    /// What the caller gave along.
    pub metadata: Option<Arc<Value>>,
    /// Oldest first.
    pub recordings: Vec<Recording>,
    /// Oldest first.
    pub transcriptions: Vec<Transcription>,
}

impl Call {
    /// Where the call stands, in the wire's word.
    #[must_use]
    pub const fn status(&self) -> Status {
        self.state.status()
    }

    /// What `uid` last did about this call: with any device on it, they are on it. `None` for
    /// somebody it has no entry of.
    #[must_use]
    pub fn presence_of(&self, uid: &Uid) -> Option<Presence> {
        let entries = || self.participants.iter().rev().filter(|entry| entry.uid == *uid);
        entries().find(|entry| entry.is_on_call()).or_else(|| entries().next()).map(|p| p.presence)
    }

    /// Everybody on the call at this moment, once for each device.
    pub fn on_call(&self) -> impl Iterator<Item = &Uid> {
        self.participants.iter().filter(|p| p.is_on_call()).map(|p| &p.uid)
    }

    /// How many entries ever joined: the log's `totalParticipants` (vendor doc).
    #[must_use]
    pub fn joined_entries(&self) -> usize {
        self.participants.iter().filter(|p| p.joined_at().is_some()).count()
    }

    /// Length in minutes; 0 until there is an end, and for a call that never started.
    #[must_use]
    pub fn minutes(&self) -> f64 {
        match self.state {
            State::Ended { started_at, ended_at } => ended_at.minutes_since(started_at),
            State::Ringing { .. } | State::Ongoing { .. } | State::Missed { .. } => 0.0,
        }
    }

    /// From its answer, or else its ringing, to its end, or else to now.
    #[must_use]
    pub fn span(&self, now: Timestamp) -> (Timestamp, Timestamp) {
        let start = self.state.started_at().unwrap_or(self.initiated_at);
        (start, self.state.ended_at().unwrap_or(now).max(start))
    }

    /// How long one entry talked, in minutes: nothing before the call started or while it is on.
    #[must_use]
    pub fn minutes_of(&self, participant: &Participant) -> f64 {
        match (self.state.started_at(), participant.presence) {
            (Some(start), Presence::Left { joined_at, at, .. }) => {
                at.minutes_since(joined_at.max(start))
            }
            (None, _)
            | (Some(_), Presence::Invited | Presence::Rejected | Presence::Joined { .. }) => 0.0,
        }
    }

    /// What `{a}_user_{b}`, with the uids sorted, or `group_{guid}` is put together of (seen).
    #[must_use]
    pub fn conversation_id(&self) -> [&str; 3] {
        match &self.receiver {
            Receiver::Group(guid) => ["", "group_", guid.as_str()],
            Receiver::Anyone(meet) => ["", "group_", meet.as_str()],
            Receiver::User(callee) => {
                let (caller, callee) = (self.caller.as_str(), callee.as_str());
                [caller.min(callee), "_user_", caller.max(callee)]
            }
        }
    }
}

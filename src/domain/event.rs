//! What happened: every fact the outside may have to be told.

use std::sync::Arc;

use super::{
    call::{Call, Status},
    calls::CallNo,
    ids::{AuthToken, Uid},
    participant::Participant,
    people::{Group, User},
    time::Timestamp,
    webhooks::WebhookId,
};

/// A fact, in the order of happening.
#[derive(Clone, Debug)]
pub enum Event {
    /// A call changed, or somebody's part in it did.
    Call(Arc<CallMessage>),
    /// A call's room began: the first ones join (vendor doc: `call_started`).
    RoomStarted(Arc<Call>, Timestamp),
    /// A device joined a call's room.
    Joined(Arc<Call>, Occupant),
    /// A device left it.
    Left(Arc<Call>, Occupant),
    /// A call's room ended.
    RoomEnded(Arc<Call>, Past),
    /// There is one more recording of a call: its last one.
    Recorded(Arc<Call>),
    /// There is one more transcription of a call: its last one.
    Transcribed(Arc<Call>),
    /// A user came or went, as they are since then.
    Presence(Arc<User>, Timestamp),
    /// A user is none any more: deactivated, or deleted.
    UserGone(Uid),
    /// Somebody can act with this token from now on.
    TokenIssued(AuthToken),
    /// Nobody can act with this token any more.
    TokenRevoked(AuthToken),
    /// A webhook was switched off or deleted: it is told nothing any more.
    WebhookStopped(WebhookId),
}

/// Somebody with one device in the room of a call.
#[derive(Clone, Debug)]
pub struct Occupant {
    /// Who.
    pub user: Arc<User>,
    /// Since when.
    pub joined_at: Timestamp,
    /// Until when, if they have left.
    pub left_at: Option<Timestamp>,
}

/// A room that is no more.
#[derive(Clone, Debug)]
pub struct Past {
    /// When it began.
    pub since: Timestamp,
    /// When it ended.
    pub until: Timestamp,
    /// Who was in it, in the order of the call's participants, or of coming where rooms are filled
    /// by hand.
    pub occupants: Vec<Occupant>,
}

/// The message each transition makes. It is what the acting client gets as its answer, and what
/// the other side is told (seen).
#[derive(Clone, Debug)]
pub struct CallMessage {
    /// Counts up from 1 in each app.
    pub id: u64,
    /// What was done, in the wire's word: the status asked for.
    pub action: Status,
    /// Who did it.
    pub by: Arc<User>,
    /// Whom it is for: the other side, or the group.
    pub to: Party,
    /// Who initiated the call.
    pub caller: Arc<User>,
    /// Whom the call rang.
    pub receiver: Party,
    /// The call as this left it.
    pub call: Arc<Call>,
    /// Its number in the app.
    pub no: CallNo,
    /// When.
    pub at: Timestamp,
    /// What about the call was changed.
    pub change: Change,
}

/// What a message tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Where the call, or somebody's part in it, stands.
    Status,
    /// Whether it is audio or video.
    Type,
}

/// One side of a call, with what the wire shows of it.
#[derive(Clone, Debug)]
pub enum Party {
    /// One user.
    User(Arc<User>),
    /// A group, and how many members it has.
    Group(Arc<Group>, usize),
}

impl Party {
    /// The uid or guid.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::User(user) => user.uid.as_str(),
            Self::Group(group, _) => group.guid.as_str(),
        }
    }

    /// `user` or `group`.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::User(_) => "user",
            Self::Group(..) => "group",
        }
    }
}

impl CallMessage {
    /// How the call stands, as its readers have to see it. Who declines a group call has it ring on
    /// for the others, whose SDK would take a ringing call for a new one (seen).
    #[must_use]
    pub fn status(&self) -> Status {
        match self.action {
            Status::Rejected => Status::Rejected,
            Status::Initiated
            | Status::Ongoing
            | Status::Busy
            | Status::Cancelled
            | Status::Unanswered
            | Status::Ended => self.call.status(),
        }
    }

    /// The `joinedAt` it shows: when the acting user last joined, else when the caller did (ours).
    #[must_use]
    pub fn joined_at(&self) -> Timestamp {
        let last_joined = |uid: &Uid| {
            let entries = self.call.participants.iter().rev();
            entries.filter(|p| p.uid == *uid).find_map(Participant::joined_at)
        };
        last_joined(&self.by.uid)
            .or_else(|| last_joined(&self.call.caller))
            .unwrap_or(self.call.initiated_at)
    }
}

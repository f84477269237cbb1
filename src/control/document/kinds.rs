//! What the document tells apart, and the domain tells apart in its own way.

use crate::domain::participant::Presence;

/// A user's `status`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Availability {
    Online,
    Offline,
}

impl Availability {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Offline => "offline",
        }
    }
}

/// `receiverType`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ReceiverKind {
    User,
    Group,
    /// Of a direct session.
    Anyone,
}

impl ReceiverKind {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Group => "group",
            Self::Anyone => "anyone",
        }
    }
}

/// A group's `type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum GroupKind {
    Public,
    Private,
    Password,
}

impl GroupKind {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Private => "private",
            Self::Password => "password",
        }
    }
}

/// A participant's `presence`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::control) enum Part {
    Invited,
    Rejected,
    Joined,
    Left,
}

impl Part {
    pub(in crate::control) const fn of(presence: Presence) -> Self {
        match presence {
            Presence::Invited => Self::Invited,
            Presence::Rejected => Self::Rejected,
            Presence::Joined { .. } => Self::Joined,
            Presence::Left { .. } => Self::Left,
        }
    }

    pub(in crate::control) const fn as_str(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::Rejected => "rejected",
            Self::Joined => "joined",
            Self::Left => "left",
        }
    }
}

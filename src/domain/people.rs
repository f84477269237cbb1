//! Users, groups and who belongs to what: the things calls happen between.

use std::sync::Arc;

use serde_json::Value;

use super::{
    ids::{AuthToken, Guid, Uid},
    map::IndexMap,
    time::Timestamp,
};

/// A user, as others see them.
#[derive(Clone, Debug)]
pub struct User {
    /// Who.
    pub uid: Uid,
    /// Display name.
    pub name: String,
    /// URL of a picture.
    pub avatar: Option<String>,
    /// URL of a profile.
    pub link: Option<String>,
    /// `default` unless given.
    pub role: String,
    /// A line about themselves.
    pub status_message: Option<String>,
    /// Anything the app keeps about them.
    pub metadata: Option<Value>,
    /// At most 25 (vendor doc).
    pub tags: Vec<String>,
    /// When the user was made.
    pub created_at: Timestamp,
    /// When they were last changed, if they were.
    pub updated_at: Option<Timestamp>,
    /// Since when the user cannot act or be called, if so.
    pub deactivated_at: Option<Timestamp>,
    /// Has a realtime socket open.
    pub online: bool,
}

impl User {
    /// Can act and be called.
    #[must_use]
    pub const fn is_active(&self) -> bool {
        self.deactivated_at.is_none()
    }

    /// As the vendor writes whether the user is there (seen).
    #[must_use]
    pub const fn status(&self) -> &'static str {
        if self.online { "online" } else { "offline" }
    }

    /// Stands in where a log names somebody who was deleted for good.
    pub(super) fn departed(uid: Uid, at: Timestamp) -> Self {
        Self {
            name: uid.as_str().to_owned(),
            uid,
            avatar: None,
            link: None,
            role: "default".to_owned(),
            status_message: None,
            metadata: None,
            tags: Vec::new(),
            created_at: at,
            updated_at: None,
            deactivated_at: Some(at),
            online: false,
        }
    }
}

/// A user with what only the app knows of them.
#[derive(Clone, Debug)]
pub struct Account {
    /// What everybody may see.
    pub user: Arc<User>,
    /// Whom they blocked and when, in that order.
    pub blocked: IndexMap<Uid, Timestamp>,
    /// What they are logged in with, oldest first.
    pub tokens: IndexMap<AuthToken, Token>,
}

/// One log-in.
#[derive(Clone, Debug)]
pub struct Token {
    /// When it was made.
    pub created_at: Timestamp,
    /// What the client said of itself: `platform`, `deviceId` and the like.
    pub client: serde_json::Map<String, Value>,
}

/// Who may join a group.
#[derive(Clone, PartialEq, Eq)]
pub enum GroupType {
    /// Everybody.
    Public,
    /// Only who is added.
    Private,
    /// Who knows the password.
    Password(String),
}

impl std::fmt::Debug for GroupType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "GroupType({})", self.as_str())
    }
}

impl GroupType {
    /// As it stands on the wire.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Private => "private",
            Self::Password(_) => "password",
        }
    }
}

/// A group, as others see it.
#[derive(Clone, Debug)]
pub struct Group {
    /// Which.
    pub guid: Guid,
    /// Display name.
    pub name: String,
    /// Who may join.
    pub group_type: GroupType,
    /// URL of a picture.
    pub icon: Option<String>,
    /// A line about it.
    pub description: Option<String>,
    /// Who made it, or was given it.
    pub owner: Option<Uid>,
    /// Anything the app keeps about it.
    pub metadata: Option<Value>,
    /// At most 25 (vendor doc).
    pub tags: Vec<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed, if it was.
    pub updated_at: Option<Timestamp>,
}

impl Group {
    /// Stands in where a log names a group that was deleted.
    pub(super) fn departed(guid: Guid, at: Timestamp) -> Self {
        Self {
            name: guid.as_str().to_owned(),
            guid,
            group_type: GroupType::Private,
            icon: None,
            description: None,
            owner: None,
            metadata: None,
            tags: Vec::new(),
            created_at: at,
            updated_at: None,
        }
    }
}

/// What a member may do in a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Everything.
    Admin,
    /// Keep order.
    Moderator,
    /// Take part.
    Participant,
}

impl Scope {
    /// As it stands on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Moderator => "moderator",
            Self::Participant => "participant",
        }
    }

    /// Every word that is read.
    pub const WORDS: [(&'static str, Self); 3] = [
        (Self::Admin.as_str(), Self::Admin),
        (Self::Moderator.as_str(), Self::Moderator),
        (Self::Participant.as_str(), Self::Participant),
    ];
}

/// Somebody's membership.
#[derive(Clone, Copy, Debug)]
pub struct Member {
    /// What they may do.
    pub scope: Scope,
    /// Since when.
    pub joined_at: Timestamp,
}

/// A group with who is in it and who may not be.
#[derive(Clone, Debug)]
pub struct Roster {
    /// What everybody may see.
    pub group: Arc<Group>,
    /// In the order of joining.
    pub members: IndexMap<Uid, Member>,
    /// Who may not join, and since when.
    pub banned: IndexMap<Uid, Timestamp>,
}

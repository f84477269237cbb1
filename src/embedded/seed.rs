//! What an app is to have: the JSON of `POST /__mock/seed`, put together.

use serde_json::{Value, json};

use super::fields::{Fields, from_json, texts};

/// Users, groups, calls and the like that are added to an app in one step. Takes the place of the
/// JSON of `POST /__mock/seed`, which can be given instead, and added to.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Seed(Fields);

/// A user of a [`Seed`]. Only the uid is needed.
#[derive(Clone, Debug)]
#[must_use]
pub struct User(Fields);

/// A group of a [`Seed`]. Only the guid is needed.
#[derive(Clone, Debug)]
#[must_use]
pub struct Group(Fields);

/// A call of a [`Seed`], in any status, with its history. What is left out is filled in.
#[derive(Clone, Debug)]
#[must_use]
pub struct Call(Fields);

from_json!(Seed);

impl Seed {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a user: a [`User`], or only the uid.
    pub fn user(mut self, user: impl Into<User>) -> Self {
        self.0.push("users", user.into().0);
        self
    }

    /// Adds a group: a [`Group`], or only the guid.
    pub fn group(mut self, group: impl Into<Group>) -> Self {
        self.0.push("groups", group.into().0);
        self
    }

    /// Adds a user to a group that is there.
    pub fn member(mut self, guid: &str, uid: &str) -> Self {
        self.0.push("members", json!({ "guid": guid, "uid": uid }));
        self
    }

    /// Adds a call.
    pub fn call(mut self, call: Call) -> Self {
        self.0.push("calls", call.0);
        self
    }

    /// Logs a user in with this auth token.
    pub fn token(mut self, uid: &str, auth_token: &str) -> Self {
        self.0.push("tokens", json!({ "uid": uid, "authToken": auth_token }));
        self
    }

    /// Adds an API key: its scope is `fullAccess` or `authOnly`.
    pub fn api_key(mut self, key: &str, scope: &str) -> Self {
        self.0.push("apiKeys", json!({ "key": key, "scope": scope }));
        self
    }

    /// Adds a webhook that is told of every trigger of calls.
    pub fn webhook(mut self, id: &str, url: &str) -> Self {
        self.0.push("webhooks", json!({ "id": id, "webhookURL": url }));
        self
    }
}

/// What can be said of a user, in a seed and of one that is made.
macro_rules! of_a_user {
    ($($name:ty),+) => {$(
        impl $name {
            /// The display name; the uid unless given.
            pub fn name(self, name: &str) -> Self {
                self.having("name", name)
            }

            /// The URL of a picture.
            pub fn avatar(self, url: &str) -> Self {
                self.having("avatar", url)
            }

            /// The URL of a profile.
            pub fn link(self, url: &str) -> Self {
                self.having("link", url)
            }

            /// The role; `default` unless given.
            pub fn role(self, role: &str) -> Self {
                self.having("role", role)
            }

            /// A line about themselves.
            pub fn status_message(self, text: &str) -> Self {
                self.having("statusMessage", text)
            }

            /// An object of anything.
            pub fn metadata(self, metadata: impl Into<serde_json::Value>) -> Self {
                self.having("metadata", metadata)
            }

            /// All tags.
            pub fn tags<T: Into<String>>(self, tags: impl IntoIterator<Item = T>) -> Self {
                self.having("tags", $crate::embedded::fields::texts(tags))
            }
        }
    )+};
}

/// What can be said of a group, likewise.
macro_rules! of_a_group {
    ($($name:ty),+) => {$(
        impl $name {
            /// The display name; the guid unless given.
            pub fn name(self, name: &str) -> Self {
                self.having("name", name)
            }

            /// Nobody may join by themselves.
            pub fn private(self) -> Self {
                self.having("type", "private")
            }

            /// Who joins needs this password.
            pub fn password(self, password: &str) -> Self {
                self.having("type", "password").having("password", password)
            }

            /// Who owns it, and so is its admin.
            pub fn owner(self, uid: &str) -> Self {
                self.having("owner", uid)
            }

            /// The URL of a picture.
            pub fn icon(self, url: &str) -> Self {
                self.having("icon", url)
            }

            /// A line about it.
            pub fn description(self, text: &str) -> Self {
                self.having("description", text)
            }

            /// An object of anything.
            pub fn metadata(self, metadata: impl Into<serde_json::Value>) -> Self {
                self.having("metadata", metadata)
            }

            /// All tags.
            pub fn tags<T: Into<String>>(self, tags: impl IntoIterator<Item = T>) -> Self {
                self.having("tags", $crate::embedded::fields::texts(tags))
            }
        }
    )+};
}

pub(super) use {of_a_group, of_a_user};

of_a_user!(User);
of_a_group!(Group);

impl User {
    /// A user.
    pub fn new(uid: &str) -> Self {
        Self(Fields::with("uid", uid))
    }

    /// Whom they have blocked.
    pub fn blocked<T: Into<String>>(self, uids: impl IntoIterator<Item = T>) -> Self {
        self.having("blocked", texts(uids))
    }

    fn having(mut self, field: &str, value: impl Into<Value>) -> Self {
        self.0.put(field, value);
        self
    }
}

impl Group {
    /// A group.
    pub fn new(guid: &str) -> Self {
        Self(Fields::with("guid", guid))
    }

    /// Who is in it; the owner alone unless given.
    pub fn members<T: Into<String>>(self, uids: impl IntoIterator<Item = T>) -> Self {
        self.having("members", texts(uids))
    }

    /// Who may not join.
    pub fn banned<T: Into<String>>(self, uids: impl IntoIterator<Item = T>) -> Self {
        self.having("banned", texts(uids))
    }

    fn having(mut self, field: &str, value: impl Into<Value>) -> Self {
        self.0.put(field, value);
        self
    }
}

impl Call {
    /// An audio call that rings: from one user to another, unless said otherwise.
    pub fn new(caller: &str, receiver: &str) -> Self {
        let fields = json!({ "caller": caller, "receiver": receiver, "status": "initiated" });
        Self(fields.into())
    }

    /// Its session id; made up unless given.
    pub fn session_id(self, session_id: &str) -> Self {
        self.having("sessionId", session_id)
    }

    /// The receiver is a group.
    pub fn to_group(self) -> Self {
        self.having("receiverType", "group")
    }

    /// A direct session: the receiver is its name.
    pub fn to_anyone(self) -> Self {
        self.having("receiverType", "anyone")
    }

    /// With video.
    pub fn video(self) -> Self {
        self.having("type", "video")
    }

    /// How it stands: `initiated`, `ongoing`, `ended`, `busy`, `rejected`, `cancelled` or
    /// `unanswered`.
    pub fn status(self, status: &str) -> Self {
        self.having("status", status)
    }

    /// When it was initiated, in Unix seconds; now unless given.
    pub fn initiated_at(self, unix: i64) -> Self {
        self.having("initiatedAt", unix)
    }

    /// When it was answered, in Unix seconds.
    pub fn started_at(self, unix: i64) -> Self {
        self.having("startedAt", unix)
    }

    /// When it was over, in Unix seconds.
    pub fn ended_at(self, unix: i64) -> Self {
        self.having("endedAt", unix)
    }

    /// An object of anything.
    pub fn metadata(self, metadata: impl Into<Value>) -> Self {
        self.having("metadata", metadata)
    }

    fn having(mut self, field: &str, value: impl Into<Value>) -> Self {
        self.0.put(field, value);
        self
    }
}

impl From<&str> for User {
    fn from(uid: &str) -> Self {
        Self::new(uid)
    }
}

impl From<&str> for Group {
    fn from(guid: &str) -> Self {
        Self::new(guid)
    }
}

//! Users and their tokens.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use super::text::Word;
use crate::{
    domain::{
        ids::{AuthToken, MAX_NAME, Uid},
        people::{Member, Token, User},
        time::Timestamp,
        users::{NewUser, Profile},
    },
    http::form::{Form, FromForm},
};

/// A user, as the vendor writes one.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "User")]
pub(in crate::http) struct UserJson<'a> {
    uid: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    avatar: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_message: Option<&'a str>,
    #[schemars(extend("enum" = ["online", "offline"]))]
    status: Word,
    role: &'a str,
    created_at: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    updated_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deactivated_at: Option<i64>,
    #[serde(skip_serializing_if = "super::no_tags")]
    tags: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    joined_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    blocked_by_me: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    blocked_by_me_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    has_blocked_me: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_token: Option<&'a str>,
}

impl<'a> UserJson<'a> {
    pub(in crate::http) fn of(user: &'a User) -> Self {
        Self {
            uid: user.uid.as_str(),
            name: &user.name,
            link: user.link.as_deref(),
            avatar: user.avatar.as_deref(),
            metadata: user.metadata.as_ref(),
            status_message: user.status_message.as_deref(),
            status: Word(user.status()),
            role: &user.role,
            created_at: user.created_at.secs(),
            updated_at: user.updated_at.map(Timestamp::secs),
            deactivated_at: user.deactivated_at.map(Timestamp::secs),
            tags: &user.tags,
            scope: None,
            joined_at: None,
            blocked_by_me: None,
            blocked_by_me_at: None,
            has_blocked_me: None,
            auth_token: None,
        }
    }

    /// With the token that was made along with the user.
    pub(in crate::http) fn with_token(mut self, token: Option<&'a AuthToken>) -> Self {
        self.auth_token = token.map(AuthToken::as_str);
        self
    }

    /// As a member of a group.
    pub(in crate::http) fn with_membership(mut self, member: &Member) -> Self {
        self.scope = Some(member.scope.as_str());
        self.joined_at = Some(member.joined_at.secs());
        self
    }

    /// As an entry of somebody's block list.
    pub(in crate::http) fn with_block(mut self, by_me: Option<Timestamp>, has_me: bool) -> Self {
        self.blocked_by_me = Some(by_me.is_some());
        self.blocked_by_me_at = by_me.map(Timestamp::secs);
        self.has_blocked_me = Some(has_me);
        self
    }

    /// Lists show tags only when asked (vendor doc).
    pub(in crate::http) fn without_tags(mut self) -> Self {
        self.tags = &[];
        self
    }
}

/// The body of `POST /users`.
pub(in crate::http) struct Create {
    pub(in crate::http) user: NewUser,
    pub(in crate::http) with_token: bool,
}

impl FromForm for Create {
    fn from_form(form: &mut Form) -> Option<Self> {
        let uid = form.new_name("uid", MAX_NAME, Uid::parse);
        let name = form.required("name");
        let profile = profile(form);
        let with_token = form.flag("withAuthToken");
        Some(Self { user: NewUser { uid: uid?, name: name?, profile }, with_token })
    }
}

/// The body of `PUT /users/{uid}`.
pub(in crate::http) struct Update {
    pub(in crate::http) name: Option<String>,
    pub(in crate::http) profile: Profile,
}

impl FromForm for Update {
    fn from_form(form: &mut Form) -> Option<Self> {
        Some(Self { name: form.filled("name"), profile: profile(form) })
    }
}

fn profile(form: &mut Form) -> Profile {
    Profile {
        avatar: form.patch_url("avatar"),
        link: form.patch_url("link"),
        role: form.patch("role"),
        status_message: form.patch("statusMessage"),
        metadata: form.patch_object("metadata"),
        tags: form.patch_list("tags"),
    }
}

/// The body of `DELETE /users/{uid}`.
pub(in crate::http) struct Remove {
    pub(in crate::http) permanent: bool,
}

impl FromForm for Remove {
    fn from_form(form: &mut Form) -> Option<Self> {
        Some(Self { permanent: form.flag("permanent") })
    }
}

macro_rules! uid_list {
    ($(#[$doc:meta] $name:ident $field:literal;)+) => {$(
        #[$doc]
        pub(in crate::http) struct $name(pub(in crate::http) Vec<String>);

        impl FromForm for $name {
            fn from_form(form: &mut Form) -> Option<Self> {
                form.required_list($field).map(Self)
            }
        }
    )+};
}

uid_list! {
    /// The body of `PUT /users`.
    Reactivate "uidsToActivate";
    /// The body of `DELETE /users`.
    Deactivate "uidsToDeactivate";
    /// The body of the block lists' `POST` and `DELETE`.
    Blocked "blockedUids";
}

/// The uids of a list, by what came of them; only the keys that have members (seen).
pub(in crate::http) type ByResult = IndexMap<&'static str, Vec<String>>;

/// Somebody who was deactivated.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub(in crate::http) struct Deactivated<'a> {
    pub(in crate::http) deactivated_uids: [&'a str; 1],
}

/// An auth token.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "AuthToken")]
pub(in crate::http) struct TokenJson {
    uid: String,
    auth_token: String,
    created_at: i64,
    #[serde(flatten)]
    client: Map<String, Value>,
}

impl TokenJson {
    pub(in crate::http) fn of(uid: &Uid, name: &AuthToken, token: &Token) -> Self {
        Self {
            uid: uid.as_str().to_owned(),
            auth_token: name.as_str().to_owned(),
            created_at: token.created_at.secs(),
            client: token.client.clone(),
        }
    }

    /// The token itself.
    pub(in crate::http) fn into_auth_token(self) -> String {
        self.auth_token
    }
}

/// The body of a token's `POST` and `PUT`: what the client says of itself (seen).
pub(in crate::http) struct Client(pub(in crate::http) Map<String, Value>);

impl FromForm for Client {
    fn from_form(form: &mut Form) -> Option<Self> {
        let mut said = Map::new();
        for field in ["platform", "deviceId"] {
            if let Some(text) = form.optional(field) {
                said.insert(field.to_owned(), text.into());
            }
        }
        if let Some(Some(info)) = form.patch_object("appInfo") {
            said.insert("appInfo".to_owned(), info);
        }
        Some(Self(said))
    }
}

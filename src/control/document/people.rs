//! Users, keys and tokens.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    Filling,
    words::{Availability, ByUid, Entry, Secret, Text, Time},
};
use crate::domain::{
    access::{ApiKey, KeyScope},
    archive::{Flaw, TokenRecord, UserRecord},
    ids::{AuthToken, Uid},
    people::{Token, User},
    time::Timestamp,
};

/// A user. Only the uid is needed.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "StateUser")]
pub(super) struct UserJson {
    uid: Text<Uid>,
    /// The uid unless given.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    avatar: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
    /// `default` unless given.
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<Map<String, Value>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tags: Vec<String>,
    /// Now unless given, as every other moment of a beginning.
    #[serde(skip_serializing_if = "Option::is_none")]
    created_at: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    updated_at: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deactivated_at: Option<Time>,
    /// `online` while the user has a realtime socket open, which no document can bring about.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Text<Availability>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    blocked: Vec<Entry<BlockedJson>>,
}

/// Somebody who is blocked.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "StateBlocked")]
struct BlockedJson {
    uid: Text<Uid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    blocked_at: Option<Time>,
}

/// A further key.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "StateKey")]
pub(super) struct KeyJson {
    key: Secret,
    /// `fullAccess` unless given.
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<Text<KeyScope>>,
}

/// A log-in. Only the uid is needed.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "StateToken")]
pub(super) struct TokenJson {
    uid: Text<Uid>,
    /// Made as for a log-in unless given.
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_token: Option<Text<AuthToken>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_at: Option<Time>,
    /// What the client said of itself: `platform`, `deviceId` and the like.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    client: Map<String, Value>,
}

impl ByUid for BlockedJson {
    fn of(uid: Uid) -> Self {
        Self { uid: Text(uid), blocked_at: None }
    }
}

impl UserJson {
    pub(super) fn of(record: &UserRecord) -> Self {
        let user = &record.user;
        let blocked = |(uid, at): &(Uid, Timestamp)| {
            Entry(BlockedJson { uid: Text(uid.clone()), blocked_at: Some(Time(*at)) })
        };
        Self {
            uid: Text(user.uid.clone()),
            name: Some(user.name.clone()),
            avatar: user.avatar.clone(),
            link: user.link.clone(),
            role: Some(user.role.clone()),
            status_message: user.status_message.clone(),
            metadata: object(user.metadata.as_ref()),
            tags: user.tags.clone(),
            created_at: Some(Time(user.created_at)),
            updated_at: user.updated_at.map(Time),
            deactivated_at: user.deactivated_at.map(Time),
            status: user.online.then_some(Text(Availability::Online)),
            blocked: record.blocked.iter().map(blocked).collect(),
        }
    }

    pub(super) fn record(&self, now: Timestamp) -> UserRecord {
        let uid = self.uid.0.clone();
        let user = User {
            name: self.name.clone().unwrap_or_else(|| uid.as_str().to_owned()),
            uid,
            avatar: self.avatar.clone(),
            link: self.link.clone(),
            role: self.role.clone().unwrap_or_else(|| "default".to_owned()),
            status_message: self.status_message.clone(),
            metadata: self.metadata.clone().map(Value::Object),
            tags: self.tags.clone(),
            created_at: or(self.created_at, now),
            updated_at: self.updated_at.map(|at| at.0),
            deactivated_at: self.deactivated_at.map(|at| at.0),
            online: false,
        };
        let blocked =
            |entry: &Entry<BlockedJson>| (entry.0.uid.0.clone(), or(entry.0.blocked_at, now));
        UserRecord { user: Arc::new(user), blocked: self.blocked.iter().map(blocked).collect() }
    }
}

impl KeyJson {
    pub(super) fn of(key: &ApiKey) -> Self {
        Self { key: Secret(key.key.clone()), scope: Some(Text(key.scope)) }
    }

    pub(super) fn record(&self, path: &str) -> Result<ApiKey, Flaw> {
        if self.key.0.is_empty() || !self.key.0.bytes().all(|byte| byte.is_ascii_graphic()) {
            let problem = "expected visible ASCII without spaces, as a header can carry it";
            return Err(Flaw::at(format!("{path}.key"), problem));
        }
        let scope = self.scope.map_or(KeyScope::FullAccess, |scope| scope.0);
        Ok(ApiKey { key: self.key.0.clone(), scope })
    }
}

impl TokenJson {
    pub(super) fn of(record: &TokenRecord) -> Self {
        Self {
            uid: Text(record.uid.clone()),
            auth_token: Some(Text(record.name.clone())),
            created_at: Some(Time(record.token.created_at)),
            client: record.token.client.clone(),
        }
    }

    pub(super) fn record(&self, filling: &mut Filling<'_>) -> TokenRecord {
        let (uid, created_at) = (self.uid.0.clone(), or(self.created_at, filling.now));
        let name = match &self.auth_token {
            Some(given) => given.0.clone(),
            None => AuthToken::new(&uid, created_at, filling.ids.token()),
        };
        TokenRecord { uid, name, token: Token { created_at, client: self.client.clone() } }
    }
}

pub(super) fn or(time: Option<Time>, now: Timestamp) -> Timestamp {
    time.map_or(now, |time| time.0)
}

/// Metadata is an object wherever it is read.
pub(super) fn object(metadata: Option<&Value>) -> Option<Map<String, Value>> {
    metadata.and_then(Value::as_object).cloned()
}

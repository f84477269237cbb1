//! Groups and who is in them.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    people::{object, or},
    words::{ByUid, Entry, GroupKind, Secret, Text, Time},
};
use crate::domain::{
    archive::{Flaw, GroupRecord, MemberRecord},
    ids::{Guid, Uid},
    people::{Group, GroupType, Member, Scope},
    time::Timestamp,
};

/// A group. Only the guid is needed.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "StateGroup")]
pub(super) struct GroupJson {
    pub(super) guid: Text<Guid>,
    /// The guid unless given.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// `public` unless given, or `password` with one.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<Text<GroupKind>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<Secret>,
    #[serde(skip_serializing_if = "Option::is_none")]
    icon: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<Text<Uid>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<Map<String, Value>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tags: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_at: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    updated_at: Option<Time>,
    /// The owner alone unless given.
    #[serde(skip_serializing_if = "Option::is_none")]
    members: Option<Vec<Entry<MemberJson>>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    banned: Vec<Entry<BannedJson>>,
}

/// A member of the group it stands in.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "StateMember")]
struct MemberJson {
    uid: Text<Uid>,
    /// `admin` for the owner, else `participant`, unless given.
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<Text<Scope>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    joined_at: Option<Time>,
}

/// Somebody who may not join.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "StateBanned")]
struct BannedJson {
    uid: Text<Uid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    banned_at: Option<Time>,
}

/// A member of a group that is there.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "StateMembership")]
pub(super) struct MembershipJson {
    pub(super) guid: Text<Guid>,
    pub(super) uid: Text<Uid>,
    /// `participant` unless given.
    scope: Option<Text<Scope>>,
    joined_at: Option<Time>,
}

impl ByUid for MemberJson {
    fn of(uid: Uid) -> Self {
        Self { uid: Text(uid), scope: None, joined_at: None }
    }
}

impl ByUid for BannedJson {
    fn of(uid: Uid) -> Self {
        Self { uid: Text(uid), banned_at: None }
    }
}

impl GroupJson {
    pub(super) fn of(record: &GroupRecord) -> Self {
        let group = &record.group;
        let (kind, password) = match &group.group_type {
            GroupType::Public => (GroupKind::Public, None),
            GroupType::Private => (GroupKind::Private, None),
            GroupType::Password(password) => (GroupKind::Password, Some(Secret(password.clone()))),
        };
        let member = |(uid, member): &(Uid, Member)| {
            let (scope, joined_at) = (Some(Text(member.scope)), Some(Time(member.joined_at)));
            Entry(MemberJson { uid: Text(uid.clone()), scope, joined_at })
        };
        let banned = |(uid, at): &(Uid, Timestamp)| {
            Entry(BannedJson { uid: Text(uid.clone()), banned_at: Some(Time(*at)) })
        };
        Self {
            guid: Text(group.guid.clone()),
            name: Some(group.name.clone()),
            kind: Some(Text(kind)),
            password,
            icon: group.icon.clone(),
            description: group.description.clone(),
            owner: group.owner.clone().map(Text),
            metadata: object(group.metadata.as_ref()),
            tags: group.tags.clone(),
            created_at: Some(Time(group.created_at)),
            updated_at: group.updated_at.map(Time),
            members: Some(record.members.iter().map(member).collect()),
            banned: record.banned.iter().map(banned).collect(),
        }
    }

    pub(super) fn record(&self, path: &str, now: Timestamp) -> Result<GroupRecord, Flaw> {
        let guid = self.guid.0.clone();
        let group = Group {
            name: self.name.clone().unwrap_or_else(|| guid.as_str().to_owned()),
            guid,
            group_type: self.group_type(path)?,
            icon: self.icon.clone(),
            description: self.description.clone(),
            owner: self.owner.clone().map(|owner| owner.0),
            metadata: self.metadata.clone().map(Value::Object),
            tags: self.tags.clone(),
            created_at: or(self.created_at, now),
            updated_at: self.updated_at.map(|at| at.0),
        };
        let banned =
            |entry: &Entry<BannedJson>| (entry.0.uid.0.clone(), or(entry.0.banned_at, now));
        Ok(GroupRecord {
            group: Arc::new(group),
            members: self.members(now),
            banned: self.banned.iter().map(banned).collect(),
        })
    }

    /// Who is in it from the start.
    pub(super) fn members(&self, now: Timestamp) -> Vec<(Uid, Member)> {
        let owner = self.owner.as_ref().map(|owner| &owner.0);
        let scope = |uid: &Uid| {
            if owner == Some(uid) { Scope::Admin } else { Scope::Participant }
        };
        let Some(members) = &self.members else {
            let admin = Member { scope: Scope::Admin, joined_at: now };
            return owner.into_iter().map(|owner| (owner.clone(), admin)).collect();
        };
        let member = |Entry(entry): &Entry<MemberJson>| {
            let uid = entry.uid.0.clone();
            let scope = entry.scope.map_or_else(|| scope(&uid), |scope| scope.0);
            (uid, Member { scope, joined_at: or(entry.joined_at, now) })
        };
        members.iter().map(member).collect()
    }

    fn group_type(&self, path: &str) -> Result<GroupType, Flaw> {
        let password = self.password.as_ref().map(|password| password.0.clone());
        let password = password.filter(|password| !password.is_empty());
        match (self.kind.map(|kind| kind.0), password) {
            (Some(GroupKind::Public) | None, None) => Ok(GroupType::Public),
            (Some(GroupKind::Private), None) => Ok(GroupType::Private),
            (Some(GroupKind::Password) | None, Some(password)) => Ok(GroupType::Password(password)),
            (Some(GroupKind::Password), None) => {
                let problem = "a group of the type password needs one";
                Err(Flaw::at(format!("{path}.password"), problem))
            }
            (Some(GroupKind::Public | GroupKind::Private), Some(_)) => {
                let problem = "only a group of the type password has one";
                Err(Flaw::at(format!("{path}.password"), problem))
            }
        }
    }
}

impl MembershipJson {
    pub(super) fn record(&self, now: Timestamp) -> MemberRecord {
        let scope = self.scope.map_or(Scope::Participant, |scope| scope.0);
        let member = Member { scope, joined_at: or(self.joined_at, now) };
        MemberRecord { guid: self.guid.0.clone(), uid: self.uid.0.clone(), member }
    }
}

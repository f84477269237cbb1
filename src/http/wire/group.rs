//! Groups and who is in them.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::{
    domain::{
        groups::{GroupChange, GroupProfile, NewGroup},
        ids::{Guid, MAX_NAME, Uid},
        people::{Group, GroupType, Member, Roster, Scope},
        time::Timestamp,
    },
    http::form::{Form, FromForm},
};

/// A group, as the vendor writes one.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Group")]
pub(in crate::http) struct GroupJson<'a> {
    guid: &'a str,
    name: &'a str,
    #[serde(rename = "type")]
    group_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    icon: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<&'a Value>,
    #[serde(skip_serializing_if = "super::no_tags")]
    tags: &'a [String],
    members_count: usize,
    conversation_id: String,
    created_at: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    updated_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    has_joined: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    joined_at: Option<i64>,
}

impl<'a> GroupJson<'a> {
    pub(in crate::http) fn of(group: &'a Group, members: usize) -> Self {
        Self {
            guid: group.guid.as_str(),
            name: &group.name,
            group_type: group.group_type.as_str(),
            icon: group.icon.as_deref(),
            description: group.description.as_deref(),
            metadata: group.metadata.as_ref(),
            tags: &group.tags,
            members_count: members,
            conversation_id: format!("group_{}", group.guid),
            created_at: group.created_at.secs(),
            updated_at: group.updated_at.map(Timestamp::secs),
            owner: group.owner.as_ref().map(Uid::as_str),
            has_joined: None,
            scope: None,
            joined_at: None,
        }
    }

    /// As a viewer sees it: whether they are in it, and as what.
    pub(in crate::http) fn seen(view: &'a GroupView) -> Self {
        Self {
            has_joined: Some(view.viewer.is_some()),
            scope: view.viewer.map(|member| member.scope.as_str()),
            joined_at: view.viewer.map(|member| member.joined_at.secs()),
            ..Self::of(&view.group, view.members)
        }
    }

    /// Lists show tags only when asked (vendor doc).
    pub(in crate::http) fn without_tags(mut self) -> Self {
        self.tags = &[];
        self
    }
}

/// What is shown of a group to somebody, without all of its members.
pub(in crate::http) struct GroupView {
    group: Arc<Group>,
    members: usize,
    viewer: Option<Member>,
}

impl GroupView {
    pub(in crate::http) fn of(roster: &Roster, viewer: Option<&Uid>) -> Self {
        Self {
            group: Arc::clone(&roster.group),
            members: roster.members.len(),
            viewer: viewer.and_then(|uid| roster.members.get(uid)).copied(),
        }
    }
}

/// The body of `POST /groups`.
pub(in crate::http) struct Create {
    pub(in crate::http) group: NewGroup,
    pub(in crate::http) members: Members,
}

impl FromForm for Create {
    fn from_form(form: &mut Form) -> Option<Self> {
        let guid = form.new_name("guid", MAX_NAME, Guid::parse);
        let name = form.required("name");
        let password = form.optional("password");
        let group_type = group_type(form, password.as_deref());
        let owner = form.optional("owner");
        let profile = profile(form);
        let members = form.object("members", Members::from_form).unwrap_or_default();
        let group_type = group_type.unwrap_or(GroupType::Public);
        let group = NewGroup { guid: guid?, name: name?, group_type, owner, profile };
        Some(Self { group, members })
    }
}

impl FromForm for GroupChange {
    fn from_form(form: &mut Form) -> Option<Self> {
        let password = form.optional("password");
        Some(Self {
            name: form.filled("name"),
            group_type: group_type(form, password.as_deref()),
            password,
            owner: form.filled("owner"),
            profile: profile(form),
        })
    }
}

fn group_type(form: &mut Form, password: Option<&str>) -> Option<GroupType> {
    let password = || GroupType::Password(password.unwrap_or_default().to_owned());
    let types: [(_, &dyn Fn() -> GroupType); 3] = [
        ("public", &|| GroupType::Public),
        ("private", &|| GroupType::Private),
        ("password", &password),
    ];
    form.choice("type", &types).map(|make| make())
}

fn profile(form: &mut Form) -> GroupProfile {
    GroupProfile {
        icon: form.patch_url("icon"),
        description: form.patch("description"),
        metadata: form.patch_object("metadata"),
        tags: form.patch_list("tags"),
    }
}

/// Lists of uids by what becomes of them.
#[derive(Default)]
pub(in crate::http) struct Members {
    /// List name, scope and uids, in the order of the vendor's documentation.
    pub(in crate::http) to_add: Vec<(&'static str, Scope, Vec<String>)>,
    /// To be kept out.
    pub(in crate::http) to_ban: Vec<String>,
}

impl Members {
    /// Who is to be added.
    pub(in crate::http) fn uids(&self) -> impl Iterator<Item = &str> {
        self.to_add.iter().flat_map(|(_, _, uids)| uids).map(String::as_str)
    }
}

impl FromForm for Members {
    fn from_form(form: &mut Form) -> Option<Self> {
        let lists = [
            ("admins", Scope::Admin),
            ("moderators", Scope::Moderator),
            ("participants", Scope::Participant),
        ];
        let mut members = Self::default();
        for (name, scope) in lists {
            let uids = form.patch_list(name).flatten().unwrap_or_default();
            members.to_add.push((name, scope, uids));
        }
        members.to_ban = form.patch_list("usersToBan").flatten().unwrap_or_default();
        Some(members)
    }
}

/// The body of `POST /groups/{guid}/members` with an API key.
pub(in crate::http) struct Add(pub(in crate::http) Members);

impl FromForm for Add {
    fn from_form(form: &mut Form) -> Option<Self> {
        let lists = ["admins", "moderators", "participants", "usersToBan"];
        if !lists.iter().any(|list| form.has(list)) {
            let text =
                "At least one of admins, moderators, participants and usersToBan is required.";
            return form.reject("participants", |_| text.to_owned());
        }
        Members::from_form(form).map(Self)
    }
}

/// The body of `POST /groups/{guid}/members` with a token.
pub(in crate::http) struct Join {
    pub(in crate::http) password: Option<String>,
}

impl FromForm for Join {
    fn from_form(form: &mut Form) -> Option<Self> {
        Some(Self { password: form.optional("password") })
    }
}

/// The body of `POST /groups/{guid}/members`, whoever sends it: all that either reads.
pub(in crate::http) struct AddOrJoin;

impl FromForm for AddOrJoin {
    fn from_form(form: &mut Form) -> Option<Self> {
        Add::from_form(form);
        Join::from_form(form);
        Some(Self)
    }
}

/// The body of `PUT /groups/{guid}/members/{uid}`.
pub(in crate::http) struct ChangeScope(pub(in crate::http) Scope);

impl FromForm for ChangeScope {
    fn from_form(form: &mut Form) -> Option<Self> {
        form.required_choice("scope", &Scope::WORDS).map(Self)
    }
}

/// A membership that was changed.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Membership")]
pub(in crate::http) struct MembershipJson {
    uid: String,
    guid: String,
    scope: &'static str,
    joined_at: i64,
}

impl MembershipJson {
    pub(in crate::http) fn of(uid: &Uid, guid: &Guid, member: Member) -> Self {
        Self {
            uid: uid.as_str().to_owned(),
            guid: guid.as_str().to_owned(),
            scope: member.scope.as_str(),
            joined_at: member.joined_at.secs(),
        }
    }
}

//! Making, changing and removing groups, and who is in them.

use std::sync::Arc;

use serde_json::Value;

use super::{
    error::{Error, Ruling},
    ids::{Guid, Uid},
    map::IndexMap,
    people::{Group, GroupType, Member, Roster, Scope},
    rules::leave,
    time::Timestamp,
    users::{Patch, put},
    world::World,
};

/// What a new group is made of.
#[derive(Clone, Debug)]
pub struct NewGroup {
    /// Which.
    pub guid: Guid,
    /// Display name.
    pub name: String,
    /// Who may join.
    pub group_type: GroupType,
    /// Who it belongs to, as given: becomes its first admin.
    pub owner: Option<String>,
    /// The rest.
    pub profile: GroupProfile,
}

/// What can be given and changed of a group beside its name and type.
#[derive(Clone, Debug, Default)]
pub struct GroupProfile {
    /// URL of a picture.
    pub icon: Patch<String>,
    /// A line about it.
    pub description: Patch<String>,
    /// Anything.
    pub metadata: Patch<Value>,
    /// At most 25.
    pub tags: Patch<Vec<String>>,
}

/// What changes of a group.
#[derive(Clone, Default)]
pub struct GroupChange {
    /// Display name.
    pub name: Option<String>,
    /// Who may join.
    pub group_type: Option<GroupType>,
    /// The new password, where the group is or becomes one with a password.
    pub password: Option<String>,
    /// Who it belongs to, as given.
    pub owner: Option<String>,
    /// The rest.
    pub profile: GroupProfile,
}

impl std::fmt::Debug for GroupChange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GroupChange")
            .field("name", &self.name)
            .field("group_type", &self.group_type)
            .field("owner", &self.owner)
            .field("profile", &self.profile)
            .finish_non_exhaustive()
    }
}

impl GroupProfile {
    fn apply(self, group: &mut Group) {
        put(&mut group.icon, self.icon);
        put(&mut group.description, self.description);
        put(&mut group.metadata, self.metadata);
        if let Some(tags) = self.tags {
            group.tags = tags.unwrap_or_default();
        }
    }
}

impl World {
    /// Makes a group, with its owner as admin.
    ///
    /// # Errors
    /// `ERR_GUID_ALREADY_EXISTS`, `ERR_EMPTY_GROUP_PASS`, `ERR_UID_NOT_FOUND` for the owner.
    pub fn create_group(&mut self, new: NewGroup, now: Timestamp) -> Ruling<Guid> {
        if self.rosters.contains_key(&new.guid) {
            return Err(Error::GuidAlreadyExists { guid: new.guid }.into());
        }
        if let GroupType::Password(password) = &new.group_type
            && password.is_empty()
        {
            return Err(Error::EmptyGroupPass { guid: new.guid }.into());
        }
        let owner =
            new.owner.map(|uid| self.active(&uid).map(|a| a.user.uid.clone())).transpose()?;
        let mut group = Group {
            guid: new.guid.clone(),
            name: new.name,
            group_type: new.group_type,
            icon: None,
            description: None,
            owner: owner.clone(),
            metadata: None,
            tags: Vec::new(),
            created_at: now,
            updated_at: None,
        };
        new.profile.apply(&mut group);
        let admin = |uid| (uid, Member { scope: Scope::Admin, joined_at: now });
        let roster = Roster {
            group: Arc::new(group),
            members: owner.into_iter().map(admin).collect(),
            banned: IndexMap::default(),
        };
        self.rosters.insert(new.guid.clone(), roster);
        Ok(new.guid)
    }

    /// Changes a group.
    ///
    /// # Errors
    /// `ERR_GUID_NOT_FOUND`, `ERR_EMPTY_GROUP_PASS`; for a new owner `ERR_UID_NOT_FOUND`, and
    /// `ERR_BANNED_GROUPMEMBER` where they were banned (ours).
    pub fn update_group(
        &mut self,
        guid: &str,
        change: GroupChange,
        now: Timestamp,
    ) -> Ruling<Guid> {
        let roster = self.roster(guid)?;
        let group = Arc::clone(&roster.group);
        let owner =
            change.owner.map(|uid| self.active(&uid).map(|a| a.user.uid.clone())).transpose()?;
        if let Some(uid) = owner.as_ref().filter(|uid| roster.banned.contains_key(*uid)) {
            return Err(
                Error::BannedGroupMember { uid: uid.clone(), guid: group.guid.clone() }.into()
            );
        }
        let group_type = match (change.group_type, change.password, &group.group_type) {
            (Some(GroupType::Password(_)) | None, Some(new), GroupType::Password(_)) => {
                GroupType::Password(new)
            }
            (Some(GroupType::Password(_)), None, GroupType::Password(old)) => {
                GroupType::Password(old.clone())
            }
            (Some(GroupType::Password(_)), new, GroupType::Public | GroupType::Private) => {
                GroupType::Password(new.unwrap_or_default())
            }
            (Some(other), _, _) => other,
            (None, _, same) => same.clone(),
        };
        if group_type == GroupType::Password(String::new()) {
            return Err(Error::EmptyGroupPass { guid: group.guid.clone() }.into());
        }

        let roster = self.roster_mut(&group.guid)?;
        let group = Arc::make_mut(&mut roster.group);
        group.group_type = group_type;
        group.name = change.name.unwrap_or_else(|| group.name.clone());
        if let Some(owner) = owner {
            let admin = Member { scope: Scope::Admin, joined_at: now };
            roster.members.entry(owner.clone()).or_insert(admin).scope = Scope::Admin;
            group.owner = Some(owner);
        }
        change.profile.apply(group);
        group.updated_at = Some(now);
        Ok(group.guid.clone())
    }

    /// Removes a group, and ends its call.
    ///
    /// # Errors
    /// `ERR_GUID_NOT_FOUND`
    pub fn delete_group(&mut self, guid: &str, now: Timestamp) -> Ruling<()> {
        let guid = self.roster(guid)?.group.guid.clone();
        leave::group_goes(self, &guid, now);
        self.rosters.shift_remove(&guid);
        Ok(())
    }

    /// A user joins by themselves.
    ///
    /// # Errors
    /// `ERR_GUID_NOT_FOUND`, then by the group: `ERR_BANNED_GROUPMEMBER`, `ERR_ALREADY_JOINED`,
    /// `ERR_GROUP_JOIN_NOT_ALLOWED`, `ERR_EMPTY_GROUP_PASS`, `ERR_WRONG_GROUP_PASS`.
    pub fn join_group(
        &mut self,
        guid: &str,
        uid: &Uid,
        password: Option<&str>,
        now: Timestamp,
    ) -> Ruling<Guid> {
        let roster = self.roster(guid)?;
        let guid = roster.group.guid.clone();
        admissible(roster, uid)?;
        match (&roster.group.group_type, password) {
            (GroupType::Public, _) => {}
            (GroupType::Private, _) => return Err(Error::GroupJoinNotAllowed { guid }.into()),
            (GroupType::Password(_), None | Some("")) => {
                return Err(Error::EmptyGroupPass { guid }.into());
            }
            (GroupType::Password(right), Some(given)) if right != given => {
                return Err(Error::WrongGroupPass { guid }.into());
            }
            (GroupType::Password(_), Some(_)) => {}
        }
        let member = Member { scope: Scope::Participant, joined_at: now };
        self.roster_mut(&guid)?.members.insert(uid.clone(), member);
        Ok(guid)
    }

    /// Puts a user into a group.
    ///
    /// # Errors
    /// `ERR_GUID_NOT_FOUND`, `ERR_UID_NOT_FOUND`, `ERR_BANNED_GROUPMEMBER`, `ERR_ALREADY_JOINED`
    pub fn add_member(
        &mut self,
        guid: &str,
        uid: &str,
        scope: Scope,
        now: Timestamp,
    ) -> Ruling<()> {
        let uid = self.active(uid)?.user.uid.clone();
        let guid = admissible(self.roster(guid)?, &uid)?;
        self.roster_mut(&guid)?.members.insert(uid, Member { scope, joined_at: now });
        Ok(())
    }

    /// Gives a member another scope.
    ///
    /// # Errors
    /// `ERR_GUID_NOT_FOUND`, `ERR_NOT_A_MEMBER`, `ERR_SAME_SCOPE`
    pub fn change_scope(&mut self, guid: &str, uid: &str, scope: Scope) -> Ruling<Uid> {
        let (guid, uid) = self.member_of(guid, uid)?;
        let roster = self.roster_mut(&guid)?;
        if let Some(member) = roster.members.get_mut(&uid) {
            if member.scope == scope {
                return Err(Error::SameScope { uid, guid, scope: scope.as_str() }.into());
            }
            member.scope = scope;
        }
        Ok(uid)
    }

    /// Takes a member out of a group, and off its call.
    ///
    /// # Errors
    /// `ERR_GUID_NOT_FOUND`, `ERR_NOT_A_MEMBER`
    pub fn remove_member(&mut self, guid: &str, uid: &str, now: Timestamp) -> Ruling<()> {
        let (guid, uid) = self.member_of(guid, uid)?;
        leave::member_goes(self, &guid, &uid, now);
        self.roster_mut(&guid)?.members.shift_remove(&uid);
        Ok(())
    }

    /// Takes a member out of a group and keeps them out.
    ///
    /// # Errors
    /// `ERR_GUID_NOT_FOUND`, `ERR_NOT_A_MEMBER`
    pub fn ban(&mut self, guid: &str, uid: &str, now: Timestamp) -> Ruling<()> {
        self.member_of(guid, uid)?;
        self.keep_out(guid, uid, now)
    }

    /// Keeps a user out of a group, whether they are in it or not.
    ///
    /// # Errors
    /// `ERR_GUID_NOT_FOUND`, `ERR_UID_NOT_FOUND`
    pub fn keep_out(&mut self, guid: &str, uid: &str, now: Timestamp) -> Ruling<()> {
        let guid = self.roster(guid)?.group.guid.clone();
        let uid = self.active(uid)?.user.uid.clone();
        leave::member_goes(self, &guid, &uid, now);
        let roster = self.roster_mut(&guid)?;
        roster.members.shift_remove(&uid);
        roster.banned.entry(uid).or_insert(now);
        Ok(())
    }

    /// Lets a banned user join again.
    ///
    /// # Errors
    /// `ERR_GUID_NOT_FOUND`; `ERR_NOT_A_MEMBER` for somebody who is not banned.
    pub fn unban(&mut self, guid: &str, uid: &str) -> Ruling<()> {
        let roster = self.roster(guid)?;
        let guid = roster.group.guid.clone();
        let banned = Uid::parse(uid).ok().filter(|uid| roster.banned.contains_key(uid));
        let Some(banned) = banned else {
            return Err(Error::NotBanned { uid: uid.to_owned(), guid }.into());
        };
        self.roster_mut(&guid)?.banned.shift_remove(&banned);
        Ok(())
    }

    /// A group and one of its members, by names in any case.
    ///
    /// # Errors
    /// `ERR_GUID_NOT_FOUND`, `ERR_NOT_A_MEMBER`
    pub fn member_of(&self, guid: &str, uid: &str) -> Ruling<(Guid, Uid)> {
        let roster = self.roster(guid)?;
        let guid = roster.group.guid.clone();
        match Uid::parse(uid).ok().filter(|uid| roster.members.contains_key(uid)) {
            Some(uid) => Ok((guid, uid)),
            None => Err(Error::NotAMember { uid: uid.to_owned(), guid }.into()),
        }
    }

    fn roster_mut(&mut self, guid: &Guid) -> Result<&mut Roster, Error> {
        self.rosters
            .get_mut(guid)
            .ok_or_else(|| Error::GuidNotFound { guid: guid.as_str().to_owned() })
    }
}

fn admissible(roster: &Roster, uid: &Uid) -> Ruling<Guid> {
    let guid = roster.group.guid.clone();
    if roster.banned.contains_key(uid) {
        return Err(Error::BannedGroupMember { uid: uid.clone(), guid }.into());
    }
    if roster.members.contains_key(uid) {
        return Err(Error::AlreadyJoined { uid: uid.clone(), guid }.into());
    }
    Ok(guid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_of_a_group_for_debugging_lets_nobody_in() {
        let hush = || "hush".to_owned();
        let change = GroupChange {
            name: Some("Team".to_owned()),
            group_type: Some(GroupType::Password(hush())),
            password: Some(hush()),
            ..GroupChange::default()
        };
        assert_eq!(
            format!("{change:?}"),
            r#"GroupChange { name: Some("Team"), group_type: Some(GroupType(password)), owner: None, profile: GroupProfile { icon: None, description: None, metadata: None, tags: None }, .. }"#
        );
    }
}

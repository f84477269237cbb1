//! A whole world as plain values, to be written down and read back; also the part of one that is
//! added to a world which is there already.
//!
//! | step | what |
//! | --- | --- |
//! | [`World::export`] | everything of a world that its settings do not say |
//! | [`World::import`] | a world of an archive, the same as the one that was exported |
//! | [`World::add`] | more of everything, all of it or nothing |
//!
//! What is read back is checked, for somebody may have written it by hand. A [`Flaw`] names the
//! place by the archive's own fields, spelled as JSON spells them.

mod calls;
mod import;

use std::{collections::BTreeSet, sync::Arc};

use super::{
    access::ApiKey,
    call::{Call, Receiver},
    ids::{AuthToken, Guid, Uid},
    people::{Group, Member, Token, User},
    room::RoomRecord,
    time::Timestamp,
    webhooks::Webhook,
    world::World,
};

/// A whole world, without what its settings say.
#[derive(Clone, Debug, Default)]
pub struct Archive {
    /// What is in it.
    pub contents: Contents,
    /// What it has counted.
    pub counters: Counters,
}

/// What is in a world, or is to come into one.
#[derive(Clone, Debug, Default)]
pub struct Contents {
    /// In the order of creation.
    pub users: Vec<UserRecord>,
    /// In the order of creation.
    pub groups: Vec<GroupRecord>,
    /// Members of groups that are there already, or stand above. An export has none.
    pub members: Vec<MemberRecord>,
    /// Beside the keys that the settings name.
    pub api_keys: Vec<ApiKey>,
    /// Who is logged in; each user's oldest first.
    pub tokens: Vec<TokenRecord>,
    /// In the order of creation.
    pub webhooks: Vec<Arc<Webhook>>,
    /// In the order of initiating.
    pub calls: Vec<Arc<Call>>,
    /// Where rooms are filled by hand: those that somebody is in.
    pub rooms: Vec<RoomRecord>,
    /// Users that calls and groups still name, and who are there no more.
    pub deleted_users: Vec<Uid>,
    /// Groups that calls still name, and which are there no more.
    pub deleted_groups: Vec<Guid>,
}

/// A user and whom they blocked.
#[derive(Clone, Debug)]
pub struct UserRecord {
    /// What everybody may see.
    pub user: Arc<User>,
    /// Whom they blocked and when, in that order.
    pub blocked: Vec<(Uid, Timestamp)>,
}

/// A group, its members and who may not join.
#[derive(Clone, Debug)]
pub struct GroupRecord {
    /// What everybody may see.
    pub group: Arc<Group>,
    /// In the order of joining.
    pub members: Vec<(Uid, Member)>,
    /// Who may not join, and since when.
    pub banned: Vec<(Uid, Timestamp)>,
}

/// Somebody's membership in a group.
#[derive(Clone, Debug)]
pub struct MemberRecord {
    /// Which group.
    pub guid: Guid,
    /// Who.
    pub uid: Uid,
    /// As what, and since when.
    pub member: Member,
}

/// A log-in and whose it is.
#[derive(Clone, Debug)]
pub struct TokenRecord {
    /// Whose.
    pub uid: Uid,
    /// The secret itself.
    pub name: AuthToken,
    /// What is known of it.
    pub token: Token,
}

/// What a world has counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// The id of the last call message; 0 before the first one.
    pub last_message: u64,
    /// Unix second and leading digits of the last session id, if there was one.
    pub last_session: Option<(i64, u32)>,
}

/// What is wrong with something that was to be read back, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {problem}")]
pub struct Flaw {
    /// As in `calls[3].status`.
    pub path: String,
    /// What is wrong there, and what is known or expected.
    pub problem: String,
}

impl Flaw {
    /// Something is wrong at this place.
    #[must_use]
    pub fn at(path: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { path: path.into(), problem: problem.into() }
    }
}

/// How much of each there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Deactivated ones too.
    pub users: usize,
    /// All.
    pub groups: usize,
    /// In every status.
    pub calls: usize,
}

impl World {
    /// How much there is.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let (users, groups) = (self.accounts.len(), self.rosters.len());
        Counts { users, groups, calls: self.calls.len() }
    }

    /// Everything that the settings do not say.
    #[must_use]
    pub fn export(&self) -> Archive {
        let contents = Contents {
            users: self
                .accounts
                .values()
                .map(|account| UserRecord {
                    user: Arc::clone(&account.user),
                    blocked: account.blocked.iter().map(|(uid, at)| (uid.clone(), *at)).collect(),
                })
                .collect(),
            groups: self
                .rosters
                .values()
                .map(|roster| GroupRecord {
                    group: Arc::clone(&roster.group),
                    members: roster.members.iter().map(|(uid, m)| (uid.clone(), *m)).collect(),
                    banned: roster.banned.iter().map(|(uid, at)| (uid.clone(), *at)).collect(),
                })
                .collect(),
            members: Vec::new(),
            api_keys: self.more_keys.clone(),
            tokens: self.tokens().collect(),
            webhooks: self.webhooks().cloned().collect(),
            calls: self.calls.iter().cloned().collect(),
            rooms: self.rooms().collect(),
            deleted_users: self.deleted_users(),
            deleted_groups: self.deleted_groups(),
        };
        let (second, prefix) = self.last_session;
        let last_session = (second > i64::MIN).then_some((second, prefix));
        Archive { contents, counters: Counters { last_message: self.messages, last_session } }
    }

    fn tokens(&self) -> impl Iterator<Item = TokenRecord> {
        self.accounts.values().flat_map(|account| {
            account.tokens.iter().map(|(name, token)| TokenRecord {
                uid: account.user.uid.clone(),
                name: name.clone(),
                token: token.clone(),
            })
        })
    }

    fn deleted_users(&self) -> Vec<Uid> {
        let in_calls = self.calls.iter().flat_map(|call| {
            let callee = match &call.receiver {
                Receiver::User(uid) => Some(uid),
                Receiver::Group(_) | Receiver::Anyone(_) => None,
            };
            call.participants.iter().map(|entry| &entry.uid).chain(callee).chain([&call.caller])
        });
        let owners = self.rosters.values().filter_map(|roster| roster.group.owner.as_ref());
        let gone = in_calls.chain(owners).filter(|uid| !self.accounts.contains_key(*uid));
        gone.collect::<BTreeSet<_>>().into_iter().cloned().collect()
    }

    fn deleted_groups(&self) -> Vec<Guid> {
        let named = self.calls.iter().filter_map(|call| match &call.receiver {
            Receiver::User(_) | Receiver::Anyone(_) => None,
            Receiver::Group(guid) => Some(guid),
        });
        let gone = named.filter(|guid| !self.rosters.contains_key(*guid));
        gone.collect::<BTreeSet<_>>().into_iter().cloned().collect()
    }
}

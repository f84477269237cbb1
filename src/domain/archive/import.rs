//! Reading back. What is refused, in this order:
//!
//! | what | if |
//! | --- | --- |
//! | `users` | the uid is taken; somebody blocks a stranger or somebody twice |
//! | `groups` | the guid is taken; owner, member or banned user is a stranger or stands there twice; a member is banned |
//! | `members` | there is no such group or user; they are in it, or banned from it |
//! | `apiKeys` | the key is known |
//! | `tokens` | there is no such user, or they are deactivated; the token is known |
//! | `webhooks` | the id is taken; the app has 25 already |
//! | `calls` | by the list in `calls.rs` |
//! | `rooms` | there is no such call, or it has a room; nobody is in it; who is never joined |

use std::{collections::HashSet, fmt::Display, sync::Arc};

use crate::domain::map::IndexMap;

use super::{Archive, Contents, Flaw, GroupRecord, MemberRecord, TokenRecord, UserRecord};
use crate::domain::{
    access::ApiKey,
    event::Event,
    ids::{Guid, Uid},
    people::{Account, Roster},
    room::RoomRecord,
    webhooks::{MOST_WEBHOOKS, Webhook},
    world::{Settings, World},
};

/// How many known names an error lists.
const MOST_LISTED: usize = 5;

/// Whom records may name although they are there no more.
pub(super) struct Departed {
    pub(super) users: HashSet<Uid>,
    pub(super) groups: HashSet<Guid>,
}

impl World {
    /// Makes the world that was exported.
    ///
    /// # Errors
    /// The first thing that is wrong, by the table above.
    pub fn import(settings: Settings, archive: Archive) -> Result<Self, Flaw> {
        let mut world = Self::empty(settings);
        world.take_up(archive.contents)?;
        world.messages = archive.counters.last_message;
        if let Some(last) = archive.counters.last_session {
            world.last_session = last;
        }
        Ok(world)
    }

    /// Adds all of it, or nothing.
    ///
    /// # Errors
    /// The first thing that is wrong, by the table above.
    pub fn add(&mut self, contents: Contents) -> Result<(), Flaw> {
        let mut next = self.clone();
        next.take_up(contents)?;
        *self = next;
        Ok(())
    }

    /// Puts another world in place of this one. The tokens of this one are revoked and those of
    /// the other one issued, whatever either has told before. Who is there stays.
    pub fn supersede(&mut self, next: Self) -> Self {
        let before = std::mem::replace(self, next);
        let revoked = before.accounts.values().flat_map(|account| account.tokens.keys());
        let issued = self.accounts.values().flat_map(|account| account.tokens.keys());
        self.events = revoked
            .map(|token| Event::TokenRevoked(token.clone()))
            .chain(issued.map(|token| Event::TokenIssued(token.clone())))
            .collect();
        self.take_over_presence(&before);
        before
    }

    /// Leaves a half-filled world behind when something is wrong.
    fn take_up(&mut self, contents: Contents) -> Result<(), Flaw> {
        let departed = Departed {
            users: contents.deleted_users.into_iter().collect(),
            groups: contents.deleted_groups.into_iter().collect(),
        };
        self.take_up_users(&contents.users)?;
        for (at, record) in contents.groups.into_iter().enumerate() {
            self.take_up_group(&format!("groups[{at}]"), record, &departed)?;
        }
        for (at, record) in contents.members.into_iter().enumerate() {
            self.take_up_member(&format!("members[{at}]"), record)?;
        }
        for (at, key) in contents.api_keys.into_iter().enumerate() {
            self.take_up_key(&format!("apiKeys[{at}]"), key)?;
        }
        for (at, record) in contents.tokens.into_iter().enumerate() {
            self.take_up_token(&format!("tokens[{at}]"), record)?;
        }
        for (at, webhook) in contents.webhooks.into_iter().enumerate() {
            self.take_up_webhook(&format!("webhooks[{at}]"), webhook)?;
        }
        self.take_up_calls(contents.calls, &departed)?;
        for (at, room) in contents.rooms.into_iter().enumerate() {
            self.take_up_room(&format!("rooms[{at}]"), room)?;
        }
        Ok(())
    }

    /// All users first, for those who block may stand before those they block.
    fn take_up_users(&mut self, users: &[UserRecord]) -> Result<(), Flaw> {
        for (at, record) in users.iter().enumerate() {
            let uid = &record.user.uid;
            if self.accounts.contains_key(uid) {
                let problem = format!("there is a user {uid} already");
                return Err(Flaw::at(format!("users[{at}].uid"), problem));
            }
            let user = Arc::clone(&record.user);
            let account =
                Account { user, blocked: IndexMap::default(), tokens: IndexMap::default() };
            self.accounts.insert(uid.clone(), account);
        }
        for (at, record) in users.iter().enumerate() {
            let path = format!("users[{at}].blocked");
            for (nth, (whom, _)) in record.blocked.iter().enumerate() {
                self.known_user(whom, &format!("{path}[{nth}]"))?;
            }
            let blocked = distinct(&path, record.blocked.iter().cloned())?;
            if let Some(account) = self.accounts.get_mut(&record.user.uid) {
                account.blocked = blocked;
            }
        }
        Ok(())
    }

    fn take_up_group(
        &mut self,
        path: &str,
        record: GroupRecord,
        departed: &Departed,
    ) -> Result<(), Flaw> {
        let guid = record.group.guid.clone();
        if self.rosters.contains_key(&guid) {
            let problem = format!("there is a group {guid} already");
            return Err(Flaw::at(format!("{path}.guid"), problem));
        }
        if let Some(owner) = record.group.owner.as_ref().filter(|o| !departed.users.contains(*o)) {
            self.known_user(owner, &format!("{path}.owner"))?;
        }
        for (at, (uid, _)) in record.members.iter().enumerate() {
            self.known_user(uid, &format!("{path}.members[{at}]"))?;
        }
        for (at, (uid, _)) in record.banned.iter().enumerate() {
            self.known_user(uid, &format!("{path}.banned[{at}]"))?;
        }
        let members = distinct(&format!("{path}.members"), record.members)?;
        let banned = distinct(&format!("{path}.banned"), record.banned)?;
        if let Some(at) = banned.keys().position(|uid| members.contains_key(uid)) {
            return Err(Flaw::at(format!("{path}.banned[{at}]"), "a member cannot be banned"));
        }
        self.rosters.insert(guid, Roster { group: record.group, members, banned });
        Ok(())
    }

    fn take_up_member(&mut self, path: &str, record: MemberRecord) -> Result<(), Flaw> {
        let MemberRecord { guid, uid, member } = record;
        self.known_group(&guid, &format!("{path}.guid"))?;
        self.known_user(&uid, &format!("{path}.uid"))?;
        let Some(roster) = self.rosters.get_mut(&guid) else { return Ok(()) };
        let problem = match (roster.members.contains_key(&uid), roster.banned.contains_key(&uid)) {
            (true, _) => format!("{uid} is a member of {guid} already"),
            (false, true) => format!("{uid} is banned from {guid}"),
            (false, false) => {
                roster.members.insert(uid, member);
                return Ok(());
            }
        };
        Err(Flaw::at(format!("{path}.uid"), problem))
    }

    fn take_up_key(&mut self, path: &str, key: ApiKey) -> Result<(), Flaw> {
        if self.keys().any(|known| known.key == key.key) {
            let problem = "the app has this key already, perhaps from its settings";
            return Err(Flaw::at(format!("{path}.key"), problem));
        }
        self.more_keys.push(key);
        Ok(())
    }

    fn take_up_token(&mut self, path: &str, record: TokenRecord) -> Result<(), Flaw> {
        let TokenRecord { uid, name, token } = record;
        self.active_user(&uid, &format!("{path}.uid"))?;
        if self.token_owners.contains_key(&name) {
            return Err(Flaw::at(format!("{path}.authToken"), "there is this token already"));
        }
        if let Some(account) = self.accounts.get_mut(&uid) {
            account.tokens.insert(name.clone(), token);
        }
        self.token_owners.insert(name.clone(), uid);
        self.record(Event::TokenIssued(name));
        Ok(())
    }

    fn take_up_webhook(&mut self, path: &str, webhook: Arc<Webhook>) -> Result<(), Flaw> {
        let id = &webhook.id;
        if self.webhooks.contains_key(id) {
            let problem = format!("there is a webhook {id} already");
            return Err(Flaw::at(format!("{path}.id"), problem));
        }
        if self.webhooks.len() >= MOST_WEBHOOKS {
            let problem = format!("an app has at most {MOST_WEBHOOKS} webhooks");
            return Err(Flaw::at(path, problem));
        }
        self.webhooks.insert(id.clone(), webhook);
        Ok(())
    }

    fn take_up_room(&mut self, path: &str, room: RoomRecord) -> Result<(), Flaw> {
        let RoomRecord { session, stays } = room;
        let Some(no) = self.calls.find(session.as_str()) else {
            let problem = format!("there is no call {session}");
            return Err(Flaw::at(format!("{path}.sessionId"), problem));
        };
        let entries = &self.calls.get(no).participants;
        for (at, stay) in stays.iter().enumerate() {
            if entries.get(stay.place).is_none_or(|entry| entry.joined_at().is_none()) {
                let problem = format!("no participant {} of {session} has joined", stay.place);
                return Err(Flaw::at(format!("{path}.stays[{at}].participant"), problem));
            }
        }
        if stays.iter().all(|stay| stay.left_at.is_some()) {
            return Err(Flaw::at(format!("{path}.stays"), "nobody is in the room"));
        }
        if self.rooms.insert(no, stays).is_some() {
            let problem = format!("{session} has a room already");
            return Err(Flaw::at(format!("{path}.sessionId"), problem));
        }
        Ok(())
    }

    pub(super) fn active_user(&self, uid: &Uid, path: &str) -> Result<(), Flaw> {
        self.known_user(uid, path)?;
        match self.accounts.get(uid) {
            Some(account) if account.user.is_active() => Ok(()),
            _ => Err(Flaw::at(path, format!("the user {uid} is deactivated"))),
        }
    }

    pub(super) fn known_user(&self, uid: &Uid, path: &str) -> Result<(), Flaw> {
        if self.accounts.contains_key(uid) {
            return Ok(());
        }
        let known = listed(self.accounts.keys());
        Err(Flaw::at(path, format!("there is no user {uid}; there {known}")))
    }

    pub(super) fn known_group(&self, guid: &Guid, path: &str) -> Result<(), Flaw> {
        if self.rosters.contains_key(guid) {
            return Ok(());
        }
        let known = listed(self.rosters.keys());
        Err(Flaw::at(path, format!("there is no group {guid}; there {known}")))
    }
}

fn distinct<T>(
    path: &str,
    entries: impl IntoIterator<Item = (Uid, T)>,
) -> Result<IndexMap<Uid, T>, Flaw> {
    let mut all = IndexMap::default();
    for (at, (uid, entry)) in entries.into_iter().enumerate() {
        if all.contains_key(&uid) {
            return Err(Flaw::at(format!("{path}[{at}]"), format!("{uid} stands there twice")));
        }
        all.insert(uid, entry);
    }
    Ok(all)
}

fn listed<T: Display>(names: impl ExactSizeIterator<Item = T>) -> String {
    let more = names.len().saturating_sub(MOST_LISTED);
    let listed: Vec<_> = names.take(MOST_LISTED).map(|name| name.to_string()).collect();
    match (listed.is_empty(), more) {
        (true, _) => "are none".to_owned(),
        (false, 0) => format!("is {}", listed.join(", ")),
        (false, more) => format!("is {} and {more} more", listed.join(", ")),
    }
}

//! One app: its users, groups and calls, and the indexes that keep every lookup flat.
//!
//! Nothing here decides anything; the rules do. What changes a call's state is in `live`, so that
//! the indexes of who is on which call are kept in one place.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use super::{
    access::ApiKey,
    call::{Call, Receiver, Status},
    calls::{CallNo, Calls},
    error::Error,
    event::{CallMessage, Change, Event, Party},
    ids::{AppId, AuthToken, Guid, SessionId, Uid},
    map::{HashMap, IndexMap},
    people::{Account, Group, Roster, User},
    room::{MediaMode, Stay},
    time::Timestamp,
    webhooks::{Webhook, WebhookId},
};

/// What a world is made with.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Its name, part of every session id.
    pub app: AppId,
    /// Likewise.
    pub region: Arc<str>,
    /// How long a call rings before it is unanswered; `None` for ever.
    pub ring_timeout: Option<Duration>,
    /// What opens it.
    pub keys: Vec<ApiKey>,
    /// Where everything is told to from the start, if it is seeded.
    pub webhooks: Arc<[Arc<str>]>,
    /// Who says when devices come to a call's room and go from it.
    pub media: MediaMode,
}

/// One app.
#[derive(Clone, Debug)]
pub struct World {
    pub(super) settings: Settings,
    /// What opens it beside the keys of its settings.
    pub(super) more_keys: Vec<ApiKey>,
    pub(super) accounts: IndexMap<Uid, Account>,
    pub(super) rosters: IndexMap<Guid, Roster>,
    pub(super) token_owners: HashMap<AuthToken, Uid>,
    pub(super) calls: Calls,
    pub(super) webhooks: IndexMap<WebhookId, Arc<Webhook>>,
    /// The one call each user is on: the ringing one they initiated, or the ongoing one they joined.
    pub(super) on_call: HashMap<Uid, CallNo>,
    /// The one live call of each group.
    pub(super) group_calls: HashMap<Guid, CallNo>,
    /// When which call stops ringing by itself.
    pub(super) deadlines: BTreeSet<(Timestamp, CallNo)>,
    /// Who is in which call's room, where that is said by hand.
    pub(super) rooms: BTreeMap<CallNo, Vec<Stay>>,
    pub(super) messages: u64,
    pub(super) last_session: (i64, u32),
    pub(super) events: Vec<Event>,
}

impl World {
    /// An app without users, groups and calls.
    #[must_use]
    pub fn empty(settings: Settings) -> Self {
        Self {
            settings,
            more_keys: Vec::new(),
            accounts: IndexMap::default(),
            rosters: IndexMap::default(),
            token_owners: HashMap::default(),
            calls: Calls::default(),
            webhooks: IndexMap::default(),
            on_call: HashMap::default(),
            group_calls: HashMap::default(),
            deadlines: BTreeSet::new(),
            rooms: BTreeMap::new(),
            messages: 0,
            last_session: (i64::MIN, 0),
            events: Vec::new(),
        }
    }

    /// The app's name.
    #[must_use]
    pub const fn app(&self) -> &AppId {
        &self.settings.app
    }

    /// What the world was made with.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Everything that opens it.
    pub fn keys(&self) -> impl Iterator<Item = &ApiKey> {
        self.settings.keys.iter().chain(&self.more_keys)
    }

    /// Its calls.
    #[must_use]
    pub const fn calls(&self) -> &Calls {
        &self.calls
    }

    /// Every user, deactivated ones too, in the order of creation.
    pub fn accounts(&self) -> impl DoubleEndedIterator<Item = &Account> {
        self.accounts.values()
    }

    /// Every group, in the order of creation.
    pub fn rosters(&self) -> impl DoubleEndedIterator<Item = &Roster> {
        self.rosters.values()
    }

    /// An active user, by a uid in any case.
    ///
    /// # Errors
    /// `ERR_UID_NOT_FOUND` for anybody else, named as given.
    pub fn active(&self, uid: &str) -> Result<&Account, Error> {
        // Mostly it is written as it is kept.
        self.accounts
            .get(uid)
            .or_else(|| Uid::parse(uid).ok().and_then(|parsed| self.accounts.get(&parsed)))
            .filter(|account| account.user.is_active())
            .ok_or_else(|| Error::UidNotFound { uid: uid.to_owned() })
    }

    /// A group, by a guid in any case.
    ///
    /// # Errors
    /// `ERR_GUID_NOT_FOUND`, named as given.
    pub fn roster(&self, guid: &str) -> Result<&Roster, Error> {
        self.rosters
            .get(guid)
            .or_else(|| Guid::parse(guid).ok().and_then(|parsed| self.rosters.get(&parsed)))
            .ok_or_else(|| Error::GuidNotFound { guid: guid.to_owned() })
    }

    /// A call by its session id.
    ///
    /// # Errors
    /// `ERR_CALL_SESSION_NOT_FOUND`, named as given.
    pub fn session(&self, session: &str) -> Result<CallNo, Error> {
        self.calls
            .find(session)
            .ok_or_else(|| Error::SessionNotFound { session: session.to_owned() })
    }

    /// Whose token it is.
    #[must_use]
    pub fn owner_of(&self, token: &str) -> Option<&Uid> {
        self.token_owners.get(token)
    }

    /// The next moment at which something happens by itself.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Timestamp> {
        self.deadlines.first().map(|(at, _)| *at)
    }

    /// What happened since the last time this was asked.
    pub fn drain_events(&mut self) -> impl Iterator<Item = Event> {
        self.events.drain(..)
    }

    /// The same, all at once: what happens next is added to the list that is given, an empty one.
    pub fn swap_events(&mut self, empty: &mut Vec<Event>) {
        std::mem::swap(&mut self.events, empty);
    }

    /// A user, or a stand-in for one who was deleted.
    #[must_use]
    pub fn user_or_departed(&self, uid: &Uid) -> Arc<User> {
        match self.accounts.get(uid) {
            Some(account) => Arc::clone(&account.user),
            None => Arc::new(User::departed(uid.clone(), Timestamp::from_secs(0))),
        }
    }

    /// One side of a call, or a stand-in for one that was deleted.
    #[must_use]
    pub fn party(&self, receiver: &Receiver) -> Party {
        match receiver {
            Receiver::User(uid) => Party::User(self.user_or_departed(uid)),
            Receiver::Group(guid) => self.group_or_departed(guid),
            Receiver::Anyone(meet) => self.group_or_departed(&Guid::from(meet)),
        }
    }

    fn group_or_departed(&self, guid: &Guid) -> Party {
        match self.rosters.get(guid) {
            Some(roster) => Party::Group(Arc::clone(&roster.group), roster.members.len()),
            None => {
                let departed = Group::departed(guid.clone(), Timestamp::from_secs(0));
                Party::Group(Arc::new(departed), 0)
            }
        }
    }

    pub(super) fn record(&mut self, event: Event) {
        self.events.push(event);
    }

    /// Makes the message of a transition that has just happened, for the actor and for the others.
    pub(super) fn tell(
        &mut self,
        no: CallNo,
        action: Status,
        by: &Uid,
        at: Timestamp,
    ) -> Arc<CallMessage> {
        self.tell_change(no, Change::Status, action, by, at)
    }

    /// The same, of whatever was changed.
    pub(super) fn tell_change(
        &mut self,
        no: CallNo,
        change: Change,
        action: Status,
        by: &Uid,
        at: Timestamp,
    ) -> Arc<CallMessage> {
        self.messages += 1;
        let call = Arc::clone(self.calls.get(no));
        let (caller, receiver) = (self.user_or_departed(&call.caller), self.party(&call.receiver));
        // Almost always it is one of the two, who are found already.
        let (by, to) = match &receiver {
            Party::User(callee) if callee.uid == *by => {
                (Arc::clone(callee), Party::User(Arc::clone(&caller)))
            }
            Party::User(_) | Party::Group(..) => {
                let is_caller = caller.uid == *by;
                let by = if is_caller { Arc::clone(&caller) } else { self.user_or_departed(by) };
                (by, receiver.clone())
            }
        };
        let id = self.messages;
        let message =
            Arc::new(CallMessage { id, action, by, to, caller, receiver, call, no, at, change });
        self.record(Event::Call(Arc::clone(&message)));
        message
    }

    /// The session id of a new call. Within one second the ids descend, so that a listing, which
    /// puts equal seconds in the order of their ids, still has the newest call first.
    pub(super) fn new_session(&mut self, now: Timestamp, mut random: [u8; 20]) -> SessionId {
        let (second, last) = self.last_session;
        let [a, b, c, d, ..] = random;
        let drawn = u32::from_be_bytes([a, b, c, d]) | 0x8000_0000;
        let head = if second == now.secs() { last.wrapping_sub(1) } else { drawn };
        self.last_session = (now.secs(), head);
        random.iter_mut().zip(head.to_be_bytes()).for_each(|(slot, byte)| *slot = byte);
        SessionId::new(&self.settings.region, &self.settings.app, now, random)
    }

    /// `{uid} is on {session}, ongoing since …`: for the explanations of refusals.
    pub(super) fn describe_call_of(&self, who: &str, no: CallNo) -> String {
        let call: &Call = self.calls.get(no);
        let since = call.state.started_at().unwrap_or(call.initiated_at).secs().to_string();
        let (session, status) = (call.session.as_str(), call.status().as_str());
        [who, " is on ", session, ", ", status, " since ", &since].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn session_ids_descend_within_a_second_and_are_drawn_anew_in_the_next_one() {
        let mut world = World::empty(Settings { region: "us".into(), ..Settings::default() });
        // The seconds show in ten digits, and the random part behind them begins with these eight.
        let mut head = |secs: i64, drawn: u8| {
            let id = world.new_session(Timestamp::from_secs(secs), [drawn; 20]);
            id.as_str()[id.as_str().len() - 40..][..8].to_owned()
        };
        for (secs, drawn, expected) in [
            // The first bit is set in any case: there is room for two billion below.
            (1, 0x12, "92121212"),
            (1, 0xff, "92121211"),
            (1, 0x00, "92121210"),
            (2, 0xf0, "f0f0f0f0"),
            (2, 0x12, "f0f0f0ef"),
        ] {
            assert_eq!(head(secs, drawn), expected, "{drawn:x} in second {secs}");
        }
    }

    #[test]
    fn a_world_that_made_no_call_yet_has_no_last_session_to_export() {
        let mut world = World::empty(Settings::default());
        assert_eq!(world.export().counters.last_session, None);
        assert!(world.calls().is_empty());
        world.new_session(Timestamp::from_secs(0), [0x12; 20]);
        assert_eq!(world.export().counters.last_session, Some((0, 0x9212_1212)));
    }
}

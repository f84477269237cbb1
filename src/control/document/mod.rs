//! An app as one JSON document: what `GET /__mock/state` shows and `PUT` takes, and, as far as it
//! goes, what is seeded. Times are Unix seconds, as on the vendor's surface, with decimals where
//! there are milliseconds. It names no app, so that it fits into every one; session ids stay as
//! they are.

mod calls;
mod groups;
mod kinds;
mod lines;
mod media;
mod participants;
mod people;
mod rooms;
mod shapes;
mod times;
mod webhooks;
pub(super) mod words;

use std::{collections::HashMap, sync::Arc};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::{
    calls::CallJson,
    groups::{GroupJson, MembershipJson},
    people::{KeyJson, TokenJson, UserJson},
    rooms::RoomJson,
    webhooks::WebhookJson,
    words::{LAST_STAND, MOST_AHEAD, Text, Time},
};
use crate::{
    domain::{
        archive::{Archive, Contents, Counters, Flaw},
        ids::{Guid, Uid},
        time::Timestamp,
        world::{Settings, World},
    },
    runtime::{
        app::Saved,
        clock::{AppClock, Clock, Hand},
        ids::IdSource,
        object,
        planting::Planting,
    },
};

/// The document. Everything may be left out.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[schemars(rename = "State")]
pub(super) struct Document {
    users: Vec<UserJson>,
    groups: Vec<GroupJson>,
    /// Of groups that are there; a state has its members with its groups.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    members: Vec<MembershipJson>,
    /// Beside the two that every app has.
    api_keys: Vec<KeyJson>,
    tokens: Vec<TokenJson>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    webhooks: Vec<WebhookJson>,
    calls: Vec<CallJson>,
    /// Of calls with `--media manual`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    rooms: Vec<RoomJson>,
    /// Whom calls and groups may name although they are there no more.
    deleted_users: Vec<Text<Uid>>,
    deleted_groups: Vec<Text<Guid>>,
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "object::maybe")]
    counters: Option<CountersJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    clock: Option<ClockJson>,
    /// What the generator of ids draws next follows from this.
    #[serde(skip_serializing_if = "Option::is_none")]
    id_generator: Option<Text<[u8; 8]>>,
}

#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[schemars(rename = "StateCounters")]
struct CountersJson {
    last_message_id: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_session: Option<LastSessionJson>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "StateLastSession")]
struct LastSessionJson {
    second: i64,
    /// The digits behind the second that make ids of one second descend.
    prefix: Text<[u8; 4]>,
}

/// One of the two.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "StateClock")]
enum ClockJson {
    /// It runs so far ahead of the server's; below 0 behind it.
    AheadMillis(#[schemars(range(max = MOST_AHEAD))] i64),
    /// It is frozen there.
    StandsAt(#[schemars(range(max = LAST_STAND))] Time),
}

/// What is needed to fill in what was left out.
pub(super) struct Filling<'a> {
    world: &'a World,
    /// Who is in which group, the world's and the document's.
    members: HashMap<Guid, Vec<Uid>>,
    ids: &'a mut IdSource,
    now: Timestamp,
}

impl Document {
    /// Everything of an app.
    pub(super) fn of(saved: &Saved) -> Self {
        let Archive { contents, counters } = saved.world.export();
        let last_session = counters
            .last_session
            .map(|(second, prefix)| LastSessionJson { second, prefix: Text(prefix.to_be_bytes()) });
        Self {
            users: contents.users.iter().map(UserJson::of).collect(),
            groups: contents.groups.iter().map(GroupJson::of).collect(),
            members: Vec::new(),
            api_keys: contents.api_keys.iter().map(KeyJson::of).collect(),
            tokens: contents.tokens.iter().map(TokenJson::of).collect(),
            webhooks: contents.webhooks.iter().map(|webhook| WebhookJson::of(webhook)).collect(),
            calls: contents.calls.iter().map(|call| CallJson::of(call)).collect(),
            rooms: contents.rooms.iter().map(RoomJson::of).collect(),
            deleted_users: contents.deleted_users.into_iter().map(Text).collect(),
            deleted_groups: contents.deleted_groups.into_iter().map(Text).collect(),
            counters: Some(CountersJson { last_message_id: counters.last_message, last_session }),
            clock: Some(match saved.clock.hand() {
                Hand::Runs { ahead } => ClockJson::AheadMillis(ahead),
                Hand::Stands { at } => ClockJson::StandsAt(Time(at)),
            }),
            id_generator: Some(Text(saved.ids.state().to_be_bytes())),
        }
    }

    /// As text, one record a line.
    ///
    /// # Errors
    /// Never, as far as is known: every field has a form in JSON.
    pub(super) fn written(&self) -> serde_json::Result<Vec<u8>> {
        lines::written(self)
    }

    /// The app that this is, with these settings, and this generator unless it has one.
    pub(super) fn restored(
        &self,
        settings: Settings,
        ids: IdSource,
        server: Clock,
    ) -> Result<Saved, Flaw> {
        let hand = match self.clock {
            Some(ClockJson::AheadMillis(ahead)) => Hand::Runs { ahead },
            Some(ClockJson::StandsAt(at)) => Hand::Stands { at: at.0 },
            None => Hand::Runs { ahead: 0 },
        };
        if matches!(hand, Hand::Runs { ahead } if ahead > MOST_AHEAD) {
            return Err(Flaw::at("clock", format!("aheadMillis can be {MOST_AHEAD} at most")));
        }
        let clock = AppClock::going(server, hand);
        let (at, empty) = (clock.now(), World::empty(settings.clone()));
        if at.secs() > LAST_STAND {
            return Err(Flaw::at("clock", "it shows a time after the year 3617"));
        }
        let mut ids = match self.id_generator {
            Some(Text(state)) => IdSource::resumed(u64::from_be_bytes(state)),
            None => ids,
        };
        let contents = self.contents(&empty, &mut ids, at)?;
        let given = self.counters.unwrap_or_default();
        let last_session =
            given.last_session.map(|last| (last.second, u32::from_be_bytes(last.prefix.0)));
        let counters = Counters { last_message: given.last_message_id, last_session };
        let archive = Archive { contents, counters };
        Ok(Saved { world: World::import(settings, archive)?, ids, clock, at })
    }

    fn contents(
        &self,
        world: &World,
        ids: &mut IdSource,
        now: Timestamp,
    ) -> Result<Contents, Flaw> {
        let mut filling = Filling { world, members: self.members(world, now), ids, now };
        let numbered = |name: &'static str| move |at: usize| format!("{name}[{at}]");
        let (group, key, call) = (numbered("groups"), numbered("apiKeys"), numbered("calls"));
        let webhook = numbered("webhooks");
        Ok(Contents {
            users: self.users.iter().map(|user| user.record(now)).collect(),
            groups: each(&self.groups, |at, json| json.record(&group(at), now))?,
            members: self.members.iter().map(|member| member.record(now)).collect(),
            api_keys: each(&self.api_keys, |at, json| json.record(&key(at)))?,
            tokens: self.tokens.iter().map(|token| token.record(&mut filling)).collect(),
            webhooks: each(&self.webhooks, |at, json| json.record(&webhook(at), now))?,
            calls: each(&self.calls, |at, json| json.call(&call(at), &mut filling).map(Arc::new))?,
            rooms: self.rooms.iter().map(RoomJson::record).collect(),
            deleted_users: self.deleted_users.iter().map(|uid| uid.0.clone()).collect(),
            deleted_groups: self.deleted_groups.iter().map(|guid| guid.0.clone()).collect(),
        })
    }

    /// Who will be in which group.
    fn members(&self, world: &World, now: Timestamp) -> HashMap<Guid, Vec<Uid>> {
        let mut all: HashMap<_, Vec<_>> = world
            .rosters()
            .map(|roster| (roster.group.guid.clone(), roster.members.keys().cloned().collect()))
            .collect();
        for group in &self.groups {
            let members = group.members(now).into_iter().map(|(uid, _)| uid);
            all.entry(group.guid.0.clone()).or_default().extend(members);
        }
        for member in &self.members {
            all.entry(member.guid.0.clone()).or_default().push(member.uid.0.clone());
        }
        all
    }

    /// A seed adds to what is there; these say how all of an app stands.
    fn is_a_seed(&self) -> Result<(), Flaw> {
        let whole = [
            ("counters", self.counters.is_some()),
            ("clock", self.clock.is_some()),
            ("idGenerator", self.id_generator.is_some()),
        ];
        match whole.into_iter().find(|(_, is_given)| *is_given) {
            Some((field, _)) => {
                let problem = "only a whole state has it, which PUT /__mock/state takes; \
                               a seed adds users, groups, members, apiKeys, tokens, webhooks and calls";
                Err(Flaw::at(field, problem))
            }
            None => Ok(()),
        }
    }
}

impl Planting for Document {
    fn plant(&self, world: &mut World, ids: &mut IdSource, now: Timestamp) -> Result<(), Flaw> {
        self.is_a_seed()?;
        let mut drawn = ids.clone();
        let contents = self.contents(world, &mut drawn, now)?;
        world.add(contents)?;
        *ids = drawn;
        Ok(())
    }
}

fn each<T, U>(
    all: &[T],
    mut read: impl FnMut(usize, &T) -> Result<U, Flaw>,
) -> Result<Vec<U>, Flaw> {
    all.iter().enumerate().map(|(at, one)| read(at, one)).collect()
}

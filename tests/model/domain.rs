//! Walks straight over the rules.

use std::time::Duration;

use mock_calls::{
    domain::{
        access::{self, Access, Actor, ApiKey, Credentials, KeyScope, authenticate},
        call::{self, CallType, Receiver},
        error::{Details, Error, Ruling},
        event::CallMessage,
        groups::{GroupProfile, NewGroup},
        ids::{AppId, Guid, SessionId, Uid},
        index::{Facet, Selection},
        participant::{Participant, Presence},
        people::{GroupType, Scope},
        query::PageRequest,
        rules::{
            change_status::{ChangeStatus, change_status},
            change_type::change_type,
            initiate::{Initiate, initiate},
            ring_timeout,
        },
        time::Timestamp,
        users::{NewUser, Profile},
        world::{Settings, World},
    },
    runtime::ids::IdSource,
};

use crate::{
    START, System, all_pages,
    commands::Case,
    guid, number,
    reference::{Answer, Command, Entry, Filter, Kind, Log, S, Status, To, U, Via},
    uid,
};

const KEY: &str = "key";
const PER_PAGE: usize = 3;

/// A world without a server.
pub struct Domain {
    world: World,
    ids: IdSource,
    now: Timestamp,
    sessions: Vec<SessionId>,
}

impl Domain {
    pub fn new(case: &Case) -> Self {
        let now = Timestamp::from_secs(START);
        let ring = Duration::from_secs(case.ring_timeout.unsigned_abs());
        let mut world = World::empty(Settings {
            app: AppId::default(),
            region: "us".into(),
            ring_timeout: Some(ring).filter(|ring| !ring.is_zero()),
            keys: vec![ApiKey { key: KEY.to_owned(), scope: KeyScope::FullAccess }],
            ..Settings::default()
        });
        for user in 0..case.users {
            let uid = Uid::parse(&uid(user)).unwrap();
            let (name, profile) = (uid.to_string(), Profile::default());
            world.create_user(NewUser { uid, name, profile }, now).unwrap();
        }
        for (group, members) in case.groups.iter().enumerate() {
            let guid = guid(group);
            let new = NewGroup {
                guid: Guid::parse(&guid).unwrap(),
                name: guid.clone(),
                group_type: GroupType::Public,
                owner: None,
                profile: GroupProfile::default(),
            };
            world.create_group(new, now).unwrap();
            for user in members {
                world.add_member(&guid, &uid(*user), Scope::Participant, now).unwrap();
            }
        }
        let ids = IdSource::new(Some(7), world.app());
        Self { world, ids, now, sessions: Vec::new() }
    }

    /// The same, by way of what an archive has of it.
    pub fn rewritten(&self) -> Self {
        let archive = self.world.export();
        let written = format!("{archive:?}");
        let world = World::import(self.world.settings().clone(), archive).unwrap();
        assert_eq!(format!("{:?}", world.export()), written);
        let ids = IdSource::resumed(self.ids.state());
        Self { world, ids, now: self.now, sessions: self.sessions.clone() }
    }

    fn obey(&mut self, command: &Command) -> Ruling<Answer> {
        let now = self.now;
        match *command {
            Command::Initiate { by, via, to, kind } => {
                let actor = self.actor(by, via)?;
                let ask = Initiate {
                    receiver: match to {
                        To::User(user) => uid(user),
                        To::Group(group) => guid(group),
                    },
                    to_group: matches!(to, To::Group(_)),
                    call_type: call_type(kind),
                    metadata: None,
                };
                let message = initiate(&mut self.world, &actor, ask, self.ids.call(), now)?;
                self.sessions.push(message.call.session.clone());
                return Ok(self.shown(&message));
            }
            Command::Change { by, via, call, status, joined_at } => {
                let actor = self.actor(by, via)?;
                // Over HTTP the body is read between finding out who acts and what the rules say.
                if joined_at.is_some_and(i64::is_negative) {
                    return Err(Error::Invalid(Details::default()).into());
                }
                let ask = ChangeStatus {
                    status: status_of(status),
                    joined_at: joined_at.map(Timestamp::from_secs),
                };
                let (session, device) = (self.session(call), self.ids.device());
                let message =
                    change_status(&mut self.world, &actor, session.as_str(), ask, device, now)?;
                return Ok(self.shown(&message));
            }
            Command::ChangeKind { by, call, kind } => {
                let actor = self.actor(by, Via::Token)?;
                let session = self.session(call);
                let kind = call_type(kind);
                let message = change_type(&mut self.world, &actor, session.as_str(), kind, now)?;
                return Ok(self.shown(&message));
            }
            Command::Advance { seconds } => {
                self.now = now.plus(Duration::from_secs(seconds.unsigned_abs()));
                ring_timeout::fire_due(&mut self.world, self.now);
            }
            // What comes of each of several users is part of a successful answer from here on.
            Command::Block { by, whom } | Command::Unblock { by, whom } => {
                self.world.active(&uid(by))?;
                let block = matches!(command, Command::Block { .. });
                drop(self.world.set_blocked(&uid(by), &uid(whom), block, now));
            }
            Command::AddMember { group, user } => {
                self.world.roster(&guid(group))?;
                drop(self.world.add_member(&guid(group), &uid(user), Scope::Participant, now));
            }
            Command::Deactivate { user } => drop(self.world.deactivate_user(&uid(user), now)),
            Command::Reactivate { user } => drop(self.world.reactivate_user(&uid(user))),
            Command::RemoveMember { group, user } => {
                self.world.remove_member(&guid(group), &uid(user), now)?;
            }
            Command::DeleteGroup { group } => self.world.delete_group(&guid(group), now)?,
        }
        Ok(Answer::Done)
    }

    fn actor(&self, by: U, via: Via) -> Ruling<Actor> {
        let uid = uid(by);
        let with =
            Credentials { api_key: Some(KEY), on_behalf_of: Some(&uid), ..Credentials::default() };
        let actor = authenticate(&self.world, with, Access::Acting)?.acting()?;
        let via = match via {
            Via::Key => access::Via::Key,
            Via::Token => access::Via::Token,
        };
        Ok(Actor { via, ..actor })
    }

    fn session(&self, call: S) -> SessionId {
        self.sessions.get(call).cloned().unwrap_or_else(|| SessionId::given("v1.us.mock-app.none"))
    }

    fn shown(&self, message: &CallMessage) -> Answer {
        let status = match message.status() {
            call::Status::Initiated => Status::Initiated,
            call::Status::Ongoing => Status::Ongoing,
            call::Status::Busy => Status::Busy,
            call::Status::Rejected => Status::Rejected,
            call::Status::Cancelled => Status::Cancelled,
            call::Status::Unanswered => Status::Unanswered,
            call::Status::Ended => Status::Ended,
        };
        Answer::Call { call: self.number_of(&message.call), status }
    }

    fn number_of(&self, call: &call::Call) -> S {
        self.sessions.iter().position(|session| *session == call.session).unwrap()
    }
}

impl System for Domain {
    fn now(&self) -> i64 {
        self.now.secs()
    }

    fn apply(&mut self, command: &Command) -> Answer {
        let refused = |why: &Error| Answer::Refused(why.code().as_str());
        let answer = self.obey(command).unwrap_or_else(|refusal| refused(&refusal.error));
        self.world.drain_events().for_each(drop);
        answer
    }

    fn log(&mut self, call: S) -> Log {
        let call = self.world.view_call(self.session(call).as_str(), None).unwrap();
        let entry = |entry: &Participant| Entry {
            user: number(entry.uid.as_str()),
            is_joined: entry.joined_at().is_some(),
            state: match entry.presence {
                Presence::Invited => "unanswered",
                Presence::Rejected => "rejected",
                Presence::Joined { .. } => "ongoing",
                Presence::Left { .. } => "ended",
            },
            joined_at: entry.joined_at().map(Timestamp::secs),
            left_at: entry.left_at().map(Timestamp::secs),
            minutes: call.minutes_of(entry),
        };
        Log {
            status: match call.status() {
                call::Status::Cancelled => "canceled",
                other => other.as_str(),
            },
            kind: match call.call_type {
                CallType::Audio => Kind::Audio,
                CallType::Video => Kind::Video,
            },
            initiator: number(call.caller.as_str()),
            to: match &call.receiver {
                Receiver::User(uid) => To::User(number(uid.as_str())),
                Receiver::Group(guid) => To::Group(number(guid.as_str())),
                Receiver::Anyone(meet) => panic!("nobody asked for {meet}"),
            },
            initiated_at: call.initiated_at.secs(),
            started_at: call.state.started_at().map(Timestamp::secs),
            ended_at: call.state.ended_at().map(Timestamp::secs),
            total_participants: call.joined_entries(),
            minutes: call.minutes(),
            participants: call.participants.iter().map(entry).collect(),
        }
    }

    fn list(&mut self, filter: &Filter) -> Vec<S> {
        let parsed = |user: U| Uid::parse(&uid(user)).unwrap();
        let viewer = filter.as_user.map(parsed);
        let mut what = Selection {
            started_from: filter.started_at,
            ended_until: filter.ended_at,
            ..Selection::default()
        };
        what.with.extend(filter.uid.map(|user| Facet::Party(parsed(user))));
        what.with.extend(filter.guid.map(|g| Facet::Group(Guid::parse(&guid(g)).unwrap())));
        what.with.extend(filter.kind.map(|kind| Facet::Type(call_type(kind))));
        what.with.extend(filter.status.map(|status| Facet::Status(status_of(status))));
        what.with.extend(filter.to_group.map(Facet::ToGroup));
        what.with.extend(filter.participants.map(Facet::Participants));
        if let (Some(incoming), Some(viewer)) = (filter.incoming, &viewer) {
            let side = if incoming { &mut what.without } else { &mut what.with };
            side.push(Facet::Caller(viewer.clone()));
        }
        all_pages(PER_PAGE, |page| {
            let request = PageRequest { page, per_page: PER_PAGE };
            let page = self.world.list_calls(what.clone(), viewer.as_ref(), request);
            (page.total, page.items.iter().map(|call| self.number_of(call)).collect())
        })
    }
}

fn call_type(kind: Kind) -> CallType {
    match kind {
        Kind::Audio => CallType::Audio,
        Kind::Video => CallType::Video,
    }
}

fn status_of(status: Status) -> call::Status {
    match status {
        Status::Initiated => call::Status::Initiated,
        Status::Ongoing => call::Status::Ongoing,
        Status::Busy => call::Status::Busy,
        Status::Rejected => call::Status::Rejected,
        Status::Cancelled => call::Status::Cancelled,
        Status::Unanswered => call::Status::Unanswered,
        Status::Ended => call::Status::Ended,
    }
}

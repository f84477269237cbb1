//! Devices that come to calls and go from them: a second, naive writing of what the media server
//! brings about (lists and loops), and walks on which it and the rules have to say the same. The
//! walks of the others have one device for everybody.

use std::collections::BTreeMap;

use mock_calls::{
    domain::{
        access::{Actor, Via},
        call::{CallType, State},
        code::Code,
        event::Event,
        groups::{GroupProfile, NewGroup},
        ids::{AppId, DeviceName, Guid, Uid},
        index::{Facet, Selection},
        participant::{Participant, Presence},
        people::{GroupType, Scope},
        room::MediaMode,
        rules::{
            change_status::{ChangeStatus, change_status},
            initiate::{Initiate, initiate},
            media::{Denial, Media, play},
            session::enter,
        },
        time::Timestamp,
        users::{NewUser, Profile},
        world::{Settings, World},
    },
    runtime::ids::IdSource,
};
use proptest::{
    collection::vec,
    option,
    prelude::*,
    test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner},
};

use crate::{START, guid, number, reference::U, uid};

/// All but the last are in the group.
const USERS: U = 5;
/// Is on no call ever.
const PROBE: U = USERS;

#[derive(Clone, Debug)]
enum Step {
    /// Somebody rings somebody, or the group.
    Ring(U, Option<U>),
    /// Of the call that is so many before the newest: somebody answers or joins.
    Answer(usize, U),
    /// Somebody hangs up.
    HangUp(usize, U),
    /// A device comes; without a name it is a new one.
    Come(usize, U, Option<u8>),
    /// A device goes; without a name all do.
    Go(usize, U, Option<u8>),
    /// Whoever is in a room the longest hangs up, where that is said by hand.
    HangUpFirst(usize),
    /// They go from it, likewise.
    GoFirst(usize),
    /// Somebody asks for a direct session, by its name or by its whole id.
    Enter(U, u8, bool),
    Wait(i64),
    /// The world is written down and read back.
    Rewrite,
}

#[rustfmt::skip] // a table
fn step() -> impl Strategy<Value = Step> {

    let (back, user, device) = (|| prop_oneof![4 => Just(0), 2 => Just(1), 1 => 2..5_usize], || 0..USERS, || option::of(0..2_u8));
    prop_oneof![
        3 => (user(), option::of(user())).prop_map(|(by, to)| Step::Ring(by, to)),
        9 => (back(), user()).prop_map(|(call, by)| Step::Answer(call, by)),
        1 => (back(), user()).prop_map(|(call, by)| Step::HangUp(call, by)),
        9 => (back(), user(), device()).prop_map(|(call, by, name)| Step::Come(call, by, name)),
        6 => (back(), user(), device()).prop_map(|(call, by, name)| Step::Go(call, by, name)),
        2 => (user(), 0..2_u8, any::<bool>()).prop_map(|(by, name, whole)| Step::Enter(by, name, whole)),
        2 => (0..20_i64).prop_map(Step::Wait),
        1 => Just(Step::Rewrite),
    ]
}

/// The same, where rooms are filled by hand.
fn step_by_hand() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => step(),
        1 => Just(Step::HangUpFirst(0)),
        1 => (0..2_usize).prop_map(Step::GoFirst),
    ]
}

/// One line of a call's participants.
#[derive(Clone, Debug, PartialEq)]
struct Line {
    user: U,
    name: Option<u8>,
    /// From when to when; both unknown for who was only called.
    joined: Option<i64>,
    left: Option<i64>,
}

#[derive(Clone, Debug, PartialEq)]
enum Stage {
    Rings,
    GoesOn,
    IsOver,
}

#[derive(Clone, Debug)]
struct Talk {
    caller: U,
    /// `None` for the group, and for a direct session.
    callee: Option<U>,
    /// The name of a direct session.
    meet: Option<u8>,
    stage: Stage,
    lines: Vec<Line>,
    /// Which lines are in the room, where that is said by hand.
    room: Vec<usize>,
}

#[derive(Default)]
struct Naive {
    talks: Vec<Talk>,
    now: i64,
    /// Rooms are filled by hand.
    by_hand: bool,
}

impl Line {
    fn is_on(&self) -> bool {
        self.joined.is_some() && self.left.is_none()
    }
}

impl Talk {
    fn is_part(&self, user: U) -> bool {
        match self.callee {
            Some(callee) => user == self.caller || user == callee,
            None => self.meet.is_some() || user < USERS - 1,
        }
    }

    /// Nobody has answered yet who could. To a direct session comes who likes to.
    fn rings(&self) -> bool {
        self.stage == Stage::Rings && self.meet.is_none()
    }

    fn has_on(&self, user: U, name: Option<u8>) -> bool {
        let is_meant = |line: &Line| line.user == user && (name.is_none() || line.name == name);
        self.stage != Stage::IsOver && self.lines.iter().any(|line| line.is_on() && is_meant(line))
    }

    /// Says on which line.
    fn enter(&mut self, user: U, name: Option<u8>, now: i64) -> usize {
        if self.rings() {
            self.lines[0].joined = Some(now);
        }
        self.stage = Stage::GoesOn;
        let came = Line { user, name, joined: Some(now), left: None };
        match self.lines.iter().position(|line| line.user == user && line.joined.is_none()) {
            Some(waiting) => {
                self.lines[waiting] = came;
                waiting
            }
            None => {
                self.lines.push(came);
                self.lines.len() - 1
            }
        }
    }

    fn in_room(&self, user: U, name: Option<u8>) -> Vec<usize> {
        let is_meant = |line: &Line| line.user == user && (name.is_none() || line.name == name);
        self.room.iter().copied().filter(|at| is_meant(&self.lines[*at])).collect()
    }

    /// Who is on the call with a device that is not in the room yet, and could be this one.
    fn waiting(&self, user: U, name: Option<u8>) -> Option<usize> {
        let fits = |line: &Line| name.is_none() || line.name.is_none() || line.name == name;
        (0..self.lines.len()).find(|at| {
            let line = &self.lines[*at];
            line.user == user && line.is_on() && fits(line) && !self.room.contains(at)
        })
    }

    fn take_off(&mut self, is_meant: impl Fn(&Line) -> bool, now: i64) {
        for line in &mut self.lines {
            if line.is_on() && is_meant(line) {
                line.left = Some(now);
            }
        }
        if !self.lines.iter().any(Line::is_on) {
            self.stage = Stage::IsOver;
        }
    }
}

impl Naive {
    fn call_of(&self, user: U) -> Option<usize> {
        (0..self.talks.len()).find(|talk| self.talks[*talk].has_on(user, None))
    }

    /// Of the calls that rang, with somebody in the room, the one that is so many before the newest, and who
    /// is there the longest.
    fn first_in_room(&self, back: usize) -> Option<(usize, U)> {
        let filled = |(_, talk): &(usize, &Talk)| !talk.room.is_empty() && talk.meet.is_none();
        let (at, talk) = self.talks.iter().enumerate().rev().filter(filled).nth(back)?;
        Some((at, talk.lines[talk.room[0]].user))
    }

    fn ring(&mut self, by: U, to: Option<U>) -> &'static str {
        let is_of_group = |talk: &Talk| talk.callee.is_none() && talk.meet.is_none();
        let group_has_one =
            self.talks.iter().any(|talk| is_of_group(talk) && talk.stage != Stage::IsOver);
        let is_free = match to {
            Some(to) => to != by && self.call_of(to).is_none(),
            None => by < USERS - 1 && !group_has_one,
        };
        if !is_free || self.call_of(by).is_some() {
            return "refused";
        }
        let called: Vec<U> = match to {
            Some(to) => vec![to],
            None => (0..USERS - 1).filter(|user| *user != by).collect(),
        };
        let mut lines = vec![Line { user: by, name: None, joined: Some(self.now), left: None }];
        lines.extend(called.into_iter().map(|user| Line {
            user,
            name: None,
            joined: None,
            left: None,
        }));
        self.talks.push(Talk {
            caller: by,
            callee: to,
            meet: None,
            stage: Stage::Rings,
            lines,
            room: Vec::new(),
        });
        "done"
    }

    fn enter(&mut self, by: U, name: u8) -> &'static str {
        match self.talks.iter().find(|talk| talk.meet == Some(name)) {
            Some(talk) if talk.stage == Stage::IsOver => "over",
            Some(_) => "found",
            None => {
                let lines = vec![Line { user: by, name: None, joined: None, left: None }];
                let meet = Some(name);
                self.talks.push(Talk {
                    caller: by,
                    callee: None,
                    meet,
                    stage: Stage::Rings,
                    lines,
                    room: Vec::new(),
                });
                "opened"
            }
        }
    }

    fn answer(&mut self, at: usize, by: U) -> &'static str {
        let talk = &self.talks[at];
        let may = match talk.callee {
            Some(callee) => talk.stage == Stage::Rings && by == callee,
            None => talk.stage != Stage::IsOver && talk.is_part(by),
        };
        if !may || talk.meet.is_some() || self.call_of(by).is_some() {
            return "refused";
        }
        self.talks[at].enter(by, None, self.now);
        "done"
    }

    fn hang_up(&mut self, at: usize, by: U) -> &'static str {
        let now = self.now;
        let talk = &mut self.talks[at];
        let may = match talk.callee {
            Some(_) => talk.is_part(by),
            None => talk.has_on(by, None),
        };
        if talk.stage != Stage::GoesOn || talk.meet.is_some() || !may {
            return "refused";
        }
        match talk.callee {
            Some(_) => talk.take_off(|_| true, now),
            None => talk.take_off(|line| line.user == by, now),
        }
        "done"
    }

    fn come(&mut self, at: usize, by: U, name: Option<u8>) -> &'static str {
        let talk = &self.talks[at];
        match talk.stage {
            Stage::Rings if talk.meet.is_none() => return "rings",
            Stage::IsOver => return "over",
            Stage::Rings | Stage::GoesOn => {}
        }
        if self.by_hand {
            if name.is_some() && !talk.in_room(by, name).is_empty() {
                return "same";
            }
            if let Some(line) = talk.waiting(by, name) {
                let talk = &mut self.talks[at];
                talk.lines[line].name = name.or(talk.lines[line].name);
                talk.room.push(line);
                return "claimed";
            }
        }
        if !talk.is_part(by) {
            return "stranger";
        }
        if name.is_some() && talk.has_on(by, name) {
            return "same";
        }
        if self.call_of(by).is_some_and(|other| other != at) {
            return "busy";
        }
        if talk.lines.iter().filter(|line| line.is_on()).count() >= 50 {
            return "full";
        }
        let talk = &mut self.talks[at];
        let line = talk.enter(by, name, self.now);
        talk.room.push(line);
        "done"
    }

    fn go(&mut self, at: usize, by: U, name: Option<u8>) -> &'static str {
        let now = self.now;
        let talk = &mut self.talks[at];
        let going = talk.in_room(by, name);
        let is_there = self.by_hand && !going.is_empty();
        match talk.stage {
            _ if is_there => {}
            Stage::Rings if talk.meet.is_none() => return "rings",
            Stage::IsOver => return "over",
            Stage::Rings | Stage::GoesOn => {}
        }
        if self.by_hand {
            if !is_there {
                return "not on it";
            }
            talk.room.retain(|line| !going.contains(line));
            if talk.stage == Stage::IsOver {
                return "out";
            }
        } else if !talk.has_on(by, name) {
            return "not on it";
        }
        talk.take_off(|line| line.user == by && (name.is_none() || line.name == name), now);
        "done"
    }
}

/// The rules, asked in the same words.
struct Real {
    world: World,
    ids: IdSource,
    now: i64,
    sessions: Vec<String>,
    /// Who is in which call's room, by what was told.
    rooms: BTreeMap<String, Vec<U>>,
}

impl Real {
    fn new(by_hand: bool) -> Self {
        let now = Timestamp::from_secs(START);
        let mut world = World::empty(Settings {
            app: AppId::default(),
            region: "us".into(),
            ring_timeout: None,
            media: if by_hand { MediaMode::Manual } else { MediaMode::Auto },
            ..Settings::default()
        });
        for user in 0..=PROBE {
            let uid = Uid::parse(&uid(user)).unwrap();
            let (name, profile) = (uid.to_string(), Profile::default());
            world.create_user(NewUser { uid, name, profile }, now).unwrap();
        }
        let new = NewGroup {
            guid: Guid::parse(&guid(0)).unwrap(),
            name: guid(0),
            group_type: GroupType::Public,
            owner: None,
            profile: GroupProfile::default(),
        };
        world.create_group(new, now).unwrap();
        for user in 0..USERS - 1 {
            world.add_member(&guid(0), &uid(user), Scope::Participant, now).unwrap();
        }
        let ids = IdSource::new(Some(7), world.app());
        Self { world, ids, now: START, sessions: Vec::new(), rooms: BTreeMap::new() }
    }

    fn at(&self) -> Timestamp {
        Timestamp::from_secs(self.now)
    }

    fn ring(&mut self, by: U, to: Option<U>) -> &'static str {
        match ring(&mut self.world, &mut self.ids, by, to, Timestamp::from_secs(self.now)) {
            Some(session) => {
                self.sessions.push(session);
                "done"
            }
            None => "refused",
        }
    }

    fn put(&mut self, at: usize, by: U, status: mock_calls::domain::call::Status) -> &'static str {
        let ask = ChangeStatus { status, joined_at: Some(self.at()) };
        let (now, device) = (self.at(), self.ids.device());
        match change_status(&mut self.world, &actor(by), &self.sessions[at], ask, device, now) {
            Ok(_) => "done",
            Err(_) => "refused",
        }
    }

    fn play(&mut self, at: usize, media: Media) -> &'static str {
        let now = self.at();
        match play(&mut self.world, &self.sessions[at], media, now) {
            Ok(played) if played.changed => "done",
            Ok(_) => "same",
            Err(Denial::Rings { .. }) => "rings",
            Err(Denial::NotOngoing { .. }) => "over",
            Err(Denial::Stranger { .. }) => "stranger",
            Err(Denial::OnAnotherCall { .. }) => "busy",
            Err(Denial::Full { .. }) => "full",
            Err(Denial::NotOnIt { .. }) => "not on it",
            Err(other) => panic!("{other}"),
        }
    }

    fn come(&mut self, at: usize, by: U, name: Option<u8>) -> &'static str {
        let ids = self.ids.device();
        self.play(at, Media::Join { uid: actor(by).uid, device: name.map(device), ids })
    }

    fn go(&mut self, at: usize, by: U, name: Option<u8>) -> &'static str {
        self.play(at, Media::Leave { uid: actor(by).uid, device: name.map(device) })
    }

    fn enter(&mut self, by: U, name: u8, whole: bool) -> &'static str {
        let (ids, now) = (self.ids.call(), self.at());
        let given = if whole { format!("V1.us.mock-app.m{name}") } else { format!("m{name}") };
        match enter(&mut self.world, &actor(by).uid, &given, ids, now) {
            Ok(session) if self.sessions.iter().any(|known| known == session.as_str()) => "found",
            Ok(session) => {
                self.sessions.push(session.to_string());
                "opened"
            }
            Err(refusal) => {
                assert_eq!(refusal.error.code(), Code::Terminated);
                "over"
            }
        }
    }

    fn rewrite(&mut self) {
        let settings = self.world.settings().clone();
        self.world = World::import(settings, self.world.export()).unwrap();
    }

    fn lines(&self, at: usize) -> (Stage, Vec<Line>) {
        let call = self.world.view_call(&self.sessions[at], None).unwrap();
        let stage = match call.state {
            State::Ringing { .. } => Stage::Rings,
            State::Ongoing { .. } => Stage::GoesOn,
            State::Missed { .. } | State::Ended { .. } => Stage::IsOver,
        };
        let line = |entry: &Participant| Line {
            user: number(entry.uid.as_str()),
            name: entry.device.as_ref().map(|name| name.as_str()[1..].parse().unwrap()),
            joined: entry.joined_at().map(Timestamp::secs),
            left: entry.left_at().map(Timestamp::secs),
        };
        assert!(call.participants.iter().all(|entry| entry.presence != Presence::Rejected));
        (stage, call.participants.iter().map(line).collect())
    }

    /// How many calls there are with so many participants.
    fn with_participants(&mut self, count: usize) -> usize {
        let what = Selection { with: vec![Facet::Participants(count)], ..Selection::default() };
        self.world.count_calls(&what)
    }

    /// Whether somebody is on a call: then they cannot ring.
    fn is_on(&self, user: U) -> bool {
        let (mut world, mut ids) = (self.world.clone(), self.ids.clone());
        ring(&mut world, &mut ids, user, Some(PROBE), self.at()).is_none()
    }

    /// Hears what happened.
    fn listen(&mut self) {
        let by_hand = self.world.settings().media == MediaMode::Manual;
        for event in self.world.drain_events() {
            let name = |uid: &Uid| number(uid.as_str());
            match event {
                Event::RoomStarted(call, _) => {
                    let before = self.rooms.insert(call.session.to_string(), Vec::new());
                    assert_eq!(before, None, "a room begins twice");
                }
                Event::Joined(call, who) => {
                    self.rooms.get_mut(call.session.as_str()).unwrap().push(name(&who.user.uid));
                }
                Event::Left(call, who) => {
                    let room = self.rooms.get_mut(call.session.as_str()).unwrap();
                    let at = room.iter().position(|user| *user == name(&who.user.uid)).unwrap();
                    room.remove(at);
                }
                Event::RoomEnded(call, past) => {
                    let left = self.rooms.remove(call.session.as_str());
                    assert_eq!(left, Some(Vec::new()), "a room ends with somebody in it");
                    if !by_hand {
                        assert_eq!(past.occupants.len(), call.joined_entries());
                    };
                }
                Event::Call(_)
                | Event::Recorded(_)
                | Event::Transcribed(_)
                | Event::Presence(..)
                | Event::UserGone(_)
                | Event::TokenIssued(_)
                | Event::TokenRevoked(_)
                | Event::WebhookStopped(_) => {}
            }
        }
    }
}

fn ring(
    world: &mut World,
    ids: &mut IdSource,
    by: U,
    to: Option<U>,
    now: Timestamp,
) -> Option<String> {
    let ask = Initiate {
        receiver: to.map_or_else(|| guid(0), uid),
        to_group: to.is_none(),
        call_type: CallType::Audio,
        metadata: None,
    };
    let message = initiate(world, &actor(by), ask, ids.call(), now).ok()?;
    Some(message.call.session.to_string())
}

fn actor(user: U) -> Actor {
    Actor { uid: Uid::parse(&uid(user)).unwrap(), via: Via::Key }
}

fn device(name: u8) -> DeviceName {
    DeviceName::parse(&format!("d{name}")).unwrap()
}

fn walk(
    by_hand: bool,
    steps: &[Step],
    seen: &mut BTreeMap<String, usize>,
) -> Result<(), TestCaseError> {
    use mock_calls::domain::call::Status::{Ended, Ongoing};
    let mut naive = Naive { now: START, by_hand, ..Naive::default() };
    let mut real = Real::new(by_hand);
    for (n, step) in steps.iter().enumerate() {
        let nth = |back: usize| naive.talks.len().checked_sub(back + 1);
        let (expected, came) = match *step {
            Step::Ring(by, to) => (naive.ring(by, to), real.ring(by, to)),
            Step::Answer(back, by) => match nth(back) {
                Some(at) => (naive.answer(at, by), real.put(at, by, Ongoing)),
                None => continue,
            },
            Step::HangUp(back, by) => match nth(back) {
                Some(at) => (naive.hang_up(at, by), real.put(at, by, Ended)),
                None => continue,
            },
            Step::Come(back, by, name) => match nth(back) {
                Some(at) => (naive.come(at, by, name), real.come(at, by, name)),
                None => continue,
            },
            Step::Go(back, by, name) => match nth(back) {
                Some(at) => (naive.go(at, by, name), real.go(at, by, name)),
                None => continue,
            },
            Step::HangUpFirst(back) => match naive.first_in_room(back) {
                Some((at, by)) => (naive.hang_up(at, by), real.put(at, by, Ended)),
                None => continue,
            },
            Step::GoFirst(back) => match naive.first_in_room(back) {
                Some((at, by)) => (naive.go(at, by, None), real.go(at, by, None)),
                None => continue,
            },
            Step::Enter(by, name, whole) => (naive.enter(by, name), real.enter(by, name, whole)),
            Step::Wait(seconds) => {
                naive.now += seconds;
                real.now += seconds;
                continue;
            }
            Step::Rewrite => {
                real.rewrite();
                continue;
            }
        };
        let verb = format!("{step:?}");
        let verb = verb.split('(').next().unwrap();
        *seen.entry(format!("{verb}: {expected}")).or_default() += 1;
        let trail = &steps[..=n];
        let as_told = if matches!(expected, "claimed" | "out") { "done" } else { expected };
        prop_assert_eq!(as_told, came, "{:?}", trail);
        same(&naive, &mut real, trail)?;
    }
    Ok(())
}

fn same(naive: &Naive, real: &mut Real, trail: &[Step]) -> Result<(), TestCaseError> {
    for (at, talk) in naive.talks.iter().enumerate() {
        let expected = (talk.stage.clone(), talk.lines.clone());
        prop_assert_eq!(expected, real.lines(at), "call {} after {:?}", at, trail);
    }
    for count in 0..=8 {
        let joined =
            |talk: &&Talk| talk.lines.iter().filter(|l| l.joined.is_some()).count() == count;
        let expected = naive.talks.iter().filter(joined).count();
        prop_assert_eq!(expected, real.with_participants(count), "{} after {:?}", count, trail);
    }
    for user in 0..USERS {
        let expected = naive.call_of(user).is_some();
        prop_assert_eq!(expected, real.is_on(user), "user {} after {:?}", user, trail);
    }
    real.listen();
    let sorted = |mut users: Vec<U>| {
        users.sort_unstable();
        users
    };
    for (at, talk) in naive.talks.iter().enumerate() {
        let on = || talk.lines.iter().filter(|line| line.is_on()).map(|line| line.user).collect();
        let expected = if naive.by_hand {
            let users = talk.room.iter().map(|line| talk.lines[*line].user).collect();
            (!talk.room.is_empty()).then(|| sorted(users))
        } else {
            (talk.stage == Stage::GoesOn).then(|| sorted(on()))
        };
        let told = real.rooms.get(&real.sessions[at]).cloned().map(sorted);
        prop_assert_eq!(expected, told, "the room of {} after {:?}", at, trail);
    }
    Ok(())
}

#[rustfmt::skip] // by verb
const WANTED: [&str; 19] = [
    "Ring: done", "Ring: refused", "Answer: done", "Answer: refused", "HangUp: done", "HangUp: refused",
    "Come: done", "Come: same", "Come: rings", "Come: over", "Come: stranger", "Come: busy",
    "Go: done", "Go: rings", "Go: over", "Go: not on it", "Enter: opened", "Enter: found", "Enter: over",
];

#[test]
fn devices_come_and_go_as_the_model_says() {
    walks(false, &WANTED);
}

#[test]
fn rooms_are_filled_by_hand_as_the_model_says() {
    walks(true, &[&WANTED[..], &["Come: claimed", "GoFirst: out"]].concat());
}

fn walks(by_hand: bool, wanted: &[&str]) {
    let config = Config {
        cases: 500,
        failure_persistence: None,
        max_shrink_iters: 2_000,
        ..Config::default()
    };
    let steps = if by_hand { step_by_hand().boxed() } else { step().boxed() };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let seen = std::cell::RefCell::new(BTreeMap::new());
    let outcome = TestRunner::new_with_rng(config, rng)
        .run(&vec(steps, 20..80), |steps| walk(by_hand, &steps, &mut seen.borrow_mut()));
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
    let seen = seen.into_inner();
    let least = if by_hand { 10 } else { 30 };
    for what in wanted.iter().copied() {
        assert!(seen.get(what).copied().unwrap_or(0) >= least, "rarely {what}: {seen:#?}");
    }
}

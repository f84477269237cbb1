//! The rules of calls written a second time, naively, as the oracle of the random walks. It shares
//! nothing with the server on purpose: a mistake has to be made twice, differently, to stay hidden.
//!
//! Live: initiated (it rings), ongoing. Final: busy, rejected, cancelled, unanswered, ended.
//! On a call: the caller of a ringing call, and who has joined and not left an ongoing one.
//! A code below without `ERR_` lacks `ERR_CALL_`; role (not theirs to say) and limit (50 joined
//! already) are `ERR_BAD_REQUEST`. Every list is in the order of the checks.
//!
//! | initiating                             | then                                          |
//! | -------------------------------------- | --------------------------------------------- |
//! | receiver unknown or deactivated        | `ERR_UID_NOT_FOUND` / `ERR_GUID_NOT_FOUND`    |
//! | they call themselves                   | `ERR_CALLING_SELF`                            |
//! | caller blocked callee / the other way  | `ERR_BLOCKED_RECEIVER` / `ERR_BLOCKED_SENDER` |
//! | caller is not in the group             | `ERR_GROUP_NOT_JOINED`                        |
//! | caller is on a call                    | BUSY_SELF                                     |
//! | callee is / the group has a live call  | BUSY_USER / BUSY_GROUP                        |
//!
//! | changing                               | then                                          |
//! | -------------------------------------- | --------------------------------------------- |
//! | invalid body / no such call            | `ERR_BAD_REQUEST` / SESSION_NOT_FOUND         |
//! | neither caller nor callee / no member  | NOT_A_PART                                    |
//! | final / initiated requested            | TERMINATED / INVALID_INIT                     |
//!
//! | one-to-one wanted     | while initiated                            | while ongoing       |
//! | --------------------- | ------------------------------------------ | ------------------- |
//! | ongoing               | caller: role; on another call: BUSY_SELF;  | USER_ALREADY_JOINED |
//! |                       |   callee: joins                            |                     |
//! | busy, rejected        | callee: final; caller: role                | ONGOING_TO_INVALID  |
//! | cancelled, unanswered | caller: final; callee: role                | ONGOING_TO_INVALID  |
//! | ended                 | NOT_STARTED                                | ended               |
//!
//! | group wanted          | while initiated           | while ongoing                           |
//! | --------------------- | ------------------------- | --------------------------------------- |
//! | ongoing               | no `joinedAt` with a key: EMPTY_JOINED_AT; joined:                  |
//! |                       |   GROUP_ALREADY_JOINED; on another call: BUSY_SELF; limit; joins    |
//! | busy                  | GROUP_INVALID_STATUS      | GROUP_INVALID_STATUS                    |
//! | rejected              | invited, rejected: marked | invited, rejected: marked               |
//! |                       | caller: role              | joined: ONGOING_TO_INVALID              |
//! |                       |                           | left: GROUP_ALREADY_LEFT                |
//! | cancelled, unanswered | caller: final             | ONGOING_TO_INVALID                      |
//! |                       | other: role               |                                         |
//! | ended                 | NOT_STARTED               | joined: leaves, the last one out: ended |
//! |                       |                           | left: GROUP_ALREADY_LEFT                |
//! |                       |                           | invited, rejected: NOT_A_PART           |
//!
//! Who left or rejected may join again, as a new entry.

#![expect(clippy::indexing_slicing, reason = "a wrong index is a wrong model")]

/// A user or group is named by a small number; the tests map it to a real id.
pub type U = usize;
pub type G = usize;
/// The n-th call ever initiated, from 0.
pub type S = usize;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    Key,
    Token,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum To {
    User(U),
    Group(G),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Audio,
    Video,
}

#[rustfmt::skip] // live, final
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Initiated, Ongoing,
    Busy, Rejected, Cancelled, Unanswered, Ended,
}
use Status::{Busy, Cancelled, Ended, Initiated, Ongoing, Rejected, Unanswered};

#[rustfmt::skip] // one command a line
#[derive(Clone, Debug)]
pub enum Command {
    Initiate { by: U, via: Via, to: To, kind: Kind },
    Change { by: U, via: Via, call: S, status: Status, joined_at: Option<i64> },
    ChangeKind { by: U, call: S, kind: Kind },
    Advance { seconds: i64 },
    Block { by: U, whom: U },
    Unblock { by: U, whom: U },
    AddMember { group: G, user: U },
    RemoveMember { group: G, user: U },
    Deactivate { user: U },
    Reactivate { user: U },
    DeleteGroup { group: G },
}

#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// Accepted: the call and its status after the command.
    Call { call: S, status: Status },
    /// Accepted, nothing to show (Advance, Block, AddMember, ...).
    Done,
    /// Refused, with the documented code.
    Refused(&'static str),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub user: U,
    pub is_joined: bool,
    pub state: &'static str,
    pub joined_at: Option<i64>,
    pub left_at: Option<i64>,
    pub minutes: f64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Log {
    /// In the log's own spelling: canceled.
    pub status: &'static str,
    pub kind: Kind,
    pub initiator: U,
    pub to: To,
    pub initiated_at: i64,
    pub started_at: Option<i64>,
    pub ended_at: Option<i64>,
    pub total_participants: usize,
    pub minutes: f64,
    pub participants: Vec<Entry>,
}

/// What a listing asks for; `None` = not given. Every given one must hold.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// The acting user: narrows to their scope.
    pub as_user: Option<U>,
    pub uid: Option<U>,
    pub guid: Option<G>,
    pub kind: Option<Kind>,
    pub status: Option<Status>,
    /// The receiver type.
    pub to_group: Option<bool>,
    pub participants: Option<usize>,
    pub started_at: Option<i64>,
    pub ended_at: Option<i64>,
    /// The direction as seen by `as_user`; ignored without one.
    pub incoming: Option<bool>,
}

/// What somebody is in a call, in the log's words: the state of their last entry.
const INVITED: &str = "unanswered";
const JOINED: &str = "ongoing";
const LEFT: &str = "ended";
const REJECTED: &str = "rejected";

/// The documented maximum of a group call.
const SEATS: usize = 50;
const BAD_REQUEST: &str = "ERR_BAD_REQUEST";

type Checked<T = ()> = Result<T, &'static str>;

fn refuse(when: bool, code: &'static str) -> Checked {
    if when { Err(code) } else { Ok(()) }
}

#[derive(Clone, Debug)]
struct Call {
    by: U,
    via: Via,
    to: To,
    kind: Kind,
    status: Status,
    initiated_at: i64,
    started_at: Option<i64>,
    ended_at: Option<i64>,
    entries: Vec<Entry>,
}

#[derive(Clone, Debug)]
pub struct Model {
    now: i64,
    ring_timeout: i64,
    active: Vec<bool>,
    /// `None` once deleted: calls go on naming a group by its number.
    groups: Vec<Option<Vec<U>>>,
    blocks: Vec<(U, U)>,
    calls: Vec<Call>,
}

impl Model {
    /// `groups` holds their members, in order; `ring_timeout` is in seconds, 0 = never.
    pub fn new(users: usize, groups: Vec<Vec<U>>, ring_timeout: i64, now: i64) -> Self {
        Model {
            now,
            ring_timeout,
            active: vec![true; users],
            groups: groups.into_iter().map(Some).collect(),
            blocks: Vec::new(),
            calls: Vec::new(),
        }
    }

    pub fn now(&self) -> i64 {
        self.now
    }

    pub fn calls(&self) -> usize {
        self.calls.len()
    }

    pub fn apply(&mut self, command: &Command) -> Answer {
        self.end_overdue();
        self.obey(command).unwrap_or_else(Answer::Refused)
    }

    fn obey(&mut self, command: &Command) -> Checked<Answer> {
        match *command {
            Command::Initiate { by, via, to, kind } => {
                self.initiate(by, via, to, kind)?;
                return self.shown(self.calls.len() - 1);
            }
            #[rustfmt::skip] // as it is declared
            Command::Change { by, via, call, status, joined_at } => {
                self.must_be_active(by)?;
                refuse(joined_at.is_some_and(|t| t < 0), BAD_REQUEST)?;
                // Only a key has to bring its own time.
                let clock = (via == Via::Token).then_some(self.now);
                match self.live_call_of(by, call)? {
                    To::User(_) => self.change_one_to_one(by, call, status)?,
                    To::Group(_) => self.change_group(by, call, status, joined_at.or(clock))?,
                }
                if status == Rejected {
                    // Whoever declines is shown that, also where a group call rings on.
                    return Ok(Answer::Call { call, status });
                }
                return self.shown(call);
            }
            Command::ChangeKind { by, call, kind } => {
                self.must_be_active(by)?;
                self.live_call_of(by, call)?;
                self.calls[call].kind = kind;
                return self.shown(call);
            }
            Command::Advance { seconds } => {
                self.now += seconds;
                self.end_overdue();
            }
            Command::Block { by, whom } | Command::Unblock { by, whom } => {
                self.must_be_active(by)?;
                if self.is_active(whom) {
                    self.blocks.retain(|b| *b != (by, whom));
                    if matches!(command, Command::Block { .. }) {
                        self.blocks.push((by, whom));
                    }
                }
            }
            Command::AddMember { group, user } => {
                let active = self.is_active(user);
                let members = self.members(group)?;
                if active && !members.contains(&user) {
                    members.push(user);
                }
            }
            Command::RemoveMember { group, user } => {
                let members = self.members(group)?;
                refuse(!members.contains(&user), "ERR_NOT_A_MEMBER")?;
                members.retain(|m| *m != user);
                self.take_out(user, |call| call.to == To::Group(group));
            }
            Command::Deactivate { user } if !self.is_active(user) => {}
            Command::Deactivate { user } => {
                self.active[user] = false;
                self.take_out(user, |_| true);
            }
            Command::Reactivate { user } => self.active[user] = true,
            Command::DeleteGroup { group } => {
                for user in self.members(group)?.clone() {
                    self.take_out(user, |call| call.to == To::Group(group));
                }
                self.groups[group] = None;
            }
        }
        Ok(Answer::Done)
    }

    fn shown(&self, call: S) -> Checked<Answer> {
        let status = self.calls[call].status;
        Ok(Answer::Call { call, status })
    }

    fn initiate(&mut self, by: U, via: Via, to: To, kind: Kind) -> Checked {
        self.must_be_active(by)?;
        let mut entries = vec![Entry::new(by, JOINED, Some(self.now))];
        match to {
            To::User(callee) => {
                self.must_be_active(callee)?;
                refuse(callee == by, "ERR_CALLING_SELF")?;
                refuse(self.blocks.contains(&(by, callee)), "ERR_BLOCKED_RECEIVER")?;
                refuse(self.blocks.contains(&(callee, by)), "ERR_BLOCKED_SENDER")?;
                refuse(self.is_on_a_call(by), "ERR_CALL_BUSY_SELF")?;
                refuse(self.is_on_a_call(callee), "ERR_CALL_BUSY_USER")?;
                entries.push(Entry::new(callee, INVITED, None));
            }
            To::Group(group) => {
                let members = self.members(group)?.clone();
                refuse(!members.contains(&by), "ERR_GROUP_NOT_JOINED")?;
                refuse(self.is_on_a_call(by), "ERR_CALL_BUSY_SELF")?;
                let busy = |call: &Call| call.to == to && call.is_live();
                refuse(self.calls.iter().any(busy), "ERR_CALL_BUSY_GROUP")?;
                for member in members.into_iter().filter(|m| *m != by) {
                    entries.push(Entry::new(member, INVITED, None));
                }
            }
        }
        self.calls.push(Call {
            by,
            via,
            to,
            kind,
            status: Initiated,
            initiated_at: self.now,
            started_at: None,
            ended_at: None,
            entries,
        });
        Ok(())
    }

    fn live_call_of(&self, by: U, s: S) -> Checked<To> {
        let Some(call) = self.calls.get(s) else {
            return Err("ERR_CALL_SESSION_NOT_FOUND");
        };
        let part = match call.to {
            To::User(callee) => by == call.by || by == callee,
            To::Group(group) => self.groups[group].iter().flatten().any(|m| *m == by),
        };
        refuse(!part, "ERR_CALL_NOT_A_PART")?;
        refuse(!call.is_live(), "ERR_CALL_TERMINATED")?;
        Ok(call.to)
    }

    fn change_one_to_one(&mut self, by: U, s: S, wanted: Status) -> Checked {
        let rings = self.calls[s].status == Initiated;
        let caller = self.calls[s].by == by;
        match (rings, wanted) {
            (_, Initiated) => return Err("ERR_CALL_INVALID_INIT"),

            (true, Ongoing | Busy | Rejected) if caller => return Err(BAD_REQUEST),
            (true, Ongoing) => {
                refuse(self.is_on_a_call(by), "ERR_CALL_BUSY_SELF")?;
                self.join(by, s, self.now);
            }
            (true, Busy) => self.finish(s, Busy, self.now),
            (true, Rejected) => {
                self.calls[s].mark_rejected(by);
                self.finish(s, Rejected, self.now);
            }
            (true, Cancelled | Unanswered) if !caller => return Err(BAD_REQUEST),
            (true, Cancelled | Unanswered) => self.finish(s, wanted, self.now),
            (true, Ended) => return Err("ERR_CALL_NOT_STARTED"),

            (false, Ongoing) => return Err("ERR_CALL_USER_ALREADY_JOINED"),
            (false, Ended) => self.finish(s, Ended, self.now),
            (false, _) => return Err("ERR_CALL_ONGOING_TO_INVALID"),
        }
        Ok(())
    }

    fn change_group(&mut self, by: U, s: S, wanted: Status, at: Option<i64>) -> Checked {
        let rings = self.calls[s].status == Initiated;
        let caller = self.calls[s].by == by;
        match (rings, wanted, self.calls[s].standing(by)) {
            (_, Initiated, _) => return Err("ERR_CALL_INVALID_INIT"),

            (_, Ongoing, standing) => {
                let at = at.ok_or("ERR_CALL_EMPTY_JOINED_AT")?;
                refuse(standing == JOINED, "ERR_CALL_GROUP_ALREADY_JOINED")?;
                refuse(self.is_on_a_call(by), "ERR_CALL_BUSY_SELF")?;
                refuse(self.calls[s].inside().len() >= SEATS, BAD_REQUEST)?;
                self.join(by, s, at);
            }
            (_, Busy, _) => return Err("ERR_CALL_GROUP_INVALID_STATUS"),

            (_, Rejected, INVITED | REJECTED) => self.calls[s].mark_rejected(by),
            (true, Rejected, _) => return Err(BAD_REQUEST),
            (false, Rejected, LEFT) => return Err("ERR_CALL_GROUP_ALREADY_LEFT"),
            (false, Rejected, _) => return Err("ERR_CALL_ONGOING_TO_INVALID"),

            (true, Cancelled | Unanswered, _) if !caller => return Err(BAD_REQUEST),
            (true, Cancelled | Unanswered, _) => self.finish(s, wanted, self.now),
            (false, Cancelled | Unanswered, _) => return Err("ERR_CALL_ONGOING_TO_INVALID"),

            (true, Ended, _) => return Err("ERR_CALL_NOT_STARTED"),
            (false, Ended, JOINED) => self.leave(by, s),
            (false, Ended, LEFT) => return Err("ERR_CALL_GROUP_ALREADY_LEFT"),
            (false, Ended, _) => return Err("ERR_CALL_NOT_A_PART"),
        }
        Ok(())
    }

    fn join(&mut self, user: U, s: S, joined_at: i64) {
        let call = &mut self.calls[s];
        if call.status == Initiated {
            call.status = Ongoing;
            call.started_at = Some(self.now);
            // Waiting is not talking: the caller's time counts from the first answer.
            call.entries[0].joined_at = Some(self.now);
        }
        let joined = Entry::new(user, JOINED, Some(joined_at));
        match call.last_entry(user) {
            Some(last) if last.state == INVITED => *last = joined,
            _ => call.entries.push(joined),
        }
    }

    fn leave(&mut self, user: U, s: S) {
        self.calls[s].let_go(self.now, |e| e.user == user);
        if self.calls[s].inside().is_empty() {
            self.finish(s, Ended, self.now);
        }
    }

    fn finish(&mut self, s: S, status: Status, at: i64) {
        let call = &mut self.calls[s];
        call.status = status;
        call.ended_at = Some(at);
        call.let_go(at, |_| true);
    }

    /// For a user who is gone, from everywhere or from one group.
    fn take_out(&mut self, user: U, concerned: impl Fn(&Call) -> bool) {
        for s in 0..self.calls.len() {
            let call = &self.calls[s];
            match (call.status, call.to) {
                _ if !concerned(call) => {}
                (Initiated, _) if call.by == user => self.finish(s, Cancelled, self.now),
                (Initiated, To::User(u)) if u == user => self.finish(s, Unanswered, self.now),
                (Ongoing, To::User(_)) if call.is_in(user) => self.finish(s, Ended, self.now),
                (Ongoing, To::Group(_)) if call.is_in(user) => self.leave(user, s),
                _ => {}
            }
        }
    }

    fn deadline(&self, s: S) -> Option<i64> {
        let call = &self.calls[s];
        // A token means the SDK, which runs a timer of the same length and is to report first.
        let grace = if call.via == Via::Token { 5 } else { 0 };
        let rings = call.status == Initiated && self.ring_timeout > 0;
        rings.then_some(call.initiated_at + self.ring_timeout + grace)
    }

    fn end_overdue(&mut self) {
        loop {
            let deadlines = (0..self.calls.len()).filter_map(|s| Some((self.deadline(s)?, s)));
            let Some((at, s)) = deadlines.filter(|d| d.0 <= self.now).min() else {
                return;
            };
            self.finish(s, Unanswered, at);
        }
    }

    fn is_active(&self, user: U) -> bool {
        self.active.get(user) == Some(&true)
    }

    fn must_be_active(&self, user: U) -> Checked {
        refuse(!self.is_active(user), "ERR_UID_NOT_FOUND")
    }

    fn members(&mut self, group: G) -> Checked<&mut Vec<U>> {
        let known = self.groups.get_mut(group).and_then(Option::as_mut);
        known.ok_or("ERR_GUID_NOT_FOUND")
    }

    fn is_on_a_call(&self, user: U) -> bool {
        let rings = |call: &Call| call.status == Initiated && call.by == user;
        let talks = |call: &Call| call.status == Ongoing && call.is_in(user);
        self.calls.iter().any(|call| rings(call) || talks(call))
    }

    pub fn log(&self, call: S) -> Log {
        let call = &self.calls[call];
        let mut participants = call.entries.clone();
        for entry in &mut participants {
            let from = entry.joined_at.max(call.started_at);
            entry.minutes = minutes(call.started_at.and(from), entry.left_at);
        }
        let status = match call.status {
            Initiated => "initiated",
            Ongoing => "ongoing",
            Busy => "busy",
            Rejected => "rejected",
            Cancelled => "canceled",
            Unanswered => "unanswered",
            Ended => "ended",
        };
        Log {
            status,
            kind: call.kind,
            initiator: call.by,
            to: call.to,
            initiated_at: call.initiated_at,
            started_at: call.started_at,
            ended_at: call.ended_at,
            total_participants: participants.iter().filter(|e| e.is_joined).count(),
            minutes: minutes(call.started_at, call.ended_at),
            participants,
        }
    }

    /// The calls a listing holds: newest initiatedAt first; equal times: the later created first.
    pub fn list(&self, filter: &Filter) -> Vec<S> {
        let mut found = Vec::new();
        for s in 0..self.calls.len() {
            let log = self.log(s);
            let to_group = matches!(log.to, To::Group(_));
            let listed = |user| log.participants.iter().any(|e| e.user == user);
            let counts = |n| log.total_participants == n;
            let at_or_after = |t| log.started_at.is_some_and(|at| at >= t);
            let at_or_before = |t| log.ended_at.is_some_and(|at| at <= t);
            let is_incoming = |user| log.initiator != user;
            let directed = |x| filter.as_user.is_none_or(|user| is_incoming(user) == x);
            let all = [
                filter.as_user.is_none_or(listed),
                filter.uid.is_none_or(listed),
                filter.guid.is_none_or(|g| log.to == To::Group(g)),
                filter.kind.is_none_or(|k| log.kind == k),
                filter.status.is_none_or(|x| self.calls[s].status == x),
                filter.to_group.is_none_or(|x| to_group == x),
                filter.participants.is_none_or(counts),
                filter.started_at.is_none_or(at_or_after),
                filter.ended_at.is_none_or(at_or_before),
                filter.incoming.is_none_or(directed),
            ];
            if !all.contains(&false) {
                found.push(s);
            }
        }
        found.sort_by_key(|&s| std::cmp::Reverse((self.calls[s].initiated_at, s)));
        found
    }

    /// Panics, saying why, when something that must always hold does not.
    pub fn check(&self) {
        for (s, call) in self.calls.iter().enumerate() {
            let (inside, live) = (call.inside(), call.is_live());
            let started = matches!(call.status, Ongoing | Ended);
            assert_eq!(call.started_at.is_some(), started, "startedAt of call {s}");
            assert_eq!(call.ended_at.is_none(), live, "endedAt of call {s}");
            assert_eq!(!inside.is_empty(), live, "who is in call {s}: {inside:?}");
            assert!(inside.len() <= SEATS, "call {s} is overfull");
            match (call.status, call.to) {
                (Initiated, _) => assert_eq!(inside, [call.by], "call {s} rings"),
                (Ongoing, To::User(u)) => assert_eq!(inside, [call.by, u], "call {s} goes on"),
                _ => {}
            }
            let overdue = self.deadline(s).is_some_and(|at| at <= self.now);
            assert!(!overdue, "call {s} rings for too long");
            let times = [Some(call.initiated_at), call.started_at, call.ended_at];
            let forwards = times.iter().flatten().is_sorted();
            assert!(forwards, "call {s} runs backwards: {times:?}");

            for (i, &user) in inside.iter().enumerate() {
                assert!(!inside[..i].contains(&user), "{user} is in call {s} twice");
                let allowed = self.is_active(user) && self.live_call_of(user, s).is_ok();
                assert!(allowed, "{user} is in call {s}, and is no part of it");
            }
            for (t, other) in self.calls[..s].iter().enumerate() {
                let both = inside.iter().find(|u| other.is_in(**u));
                assert_eq!(both, None, "this user is in two calls, {t} and {s}");
                let group = matches!(call.to, To::Group(_)) && call.to == other.to;
                let two = group && live && other.is_live();
                assert!(!two, "one group has two calls, {t} and {s}");
            }
        }
    }
}

impl Call {
    fn is_live(&self) -> bool {
        matches!(self.status, Initiated | Ongoing)
    }

    fn inside(&self) -> Vec<U> {
        let joined = self.entries.iter().filter(|e| e.state == JOINED);
        joined.map(|e| e.user).collect()
    }

    fn is_in(&self, user: U) -> bool {
        self.inside().contains(&user)
    }

    fn last_entry(&mut self, user: U) -> Option<&mut Entry> {
        self.entries.iter_mut().rfind(|e| e.user == user)
    }

    fn standing(&self, user: U) -> &'static str {
        let last = self.entries.iter().rfind(|e| e.user == user);
        last.map_or(INVITED, |e| e.state)
    }

    fn mark_rejected(&mut self, user: U) {
        match self.last_entry(user) {
            Some(last) => last.state = REJECTED,
            None => self.entries.push(Entry::new(user, REJECTED, None)),
        }
    }

    fn let_go(&mut self, at: i64, whom: impl Fn(&Entry) -> bool) {
        for entry in &mut self.entries {
            if entry.state == JOINED && whom(entry) {
                entry.state = LEFT;
                entry.left_at = Some(at);
            }
        }
    }
}

impl Entry {
    fn new(user: U, state: &'static str, joined_at: Option<i64>) -> Entry {
        Entry {
            user,
            is_joined: joined_at.is_some(),
            state,
            joined_at,
            left_at: None,
            minutes: 0.0,
        }
    }
}

/// Never below 0: a given `joinedAt` may lie after the end.
fn minutes(from: Option<i64>, to: Option<i64>) -> f64 {
    let seconds = from.zip(to).map_or(0, |(from, to)| (to - from).max(0));
    seconds as f64 / 60.0
}

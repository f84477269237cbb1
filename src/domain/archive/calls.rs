//! Reading back calls. What is refused of each, in this order:
//!
//! | # | if |
//! | --- | --- |
//! | 1 | its session id is empty or taken |
//! | 2 | somebody it names is neither there nor listed as deleted, or the caller calls themselves |
//! | 3 | it is for anyone, and was rung for, missed, or rings until some time |
//! | 4 | the first participant is not the caller |
//! | 5 | somebody is on it twice with one device |
//! | 6 | somebody is on a call that is over, nobody on one that is ongoing, anybody but the caller on one that rings, anybody on a direct session that is not ongoing |
//! | 7 | live: its group or somebody on it is deleted, somebody on it deactivated |
//! | 8 | live: somebody on it is on another one, its group has another one |

use std::{collections::HashSet, sync::Arc};

use super::{Flaw, import::Departed};
use crate::domain::{
    call::{Call, Mode, Receiver, State},
    calls::CallNo,
    ids::Uid,
    world::World,
};

impl World {
    pub(super) fn take_up_calls(
        &mut self,
        calls: Vec<Arc<Call>>,
        departed: &Departed,
    ) -> Result<(), Flaw> {
        let mut sessions = HashSet::new();
        for (at, call) in calls.iter().enumerate() {
            let path = format!("calls[{at}]");
            let session = call.session.as_str();
            if session.is_empty() {
                return Err(Flaw::at(format!("{path}.sessionId"), "it cannot be empty"));
            }
            if self.calls.find(session).is_some() || !sessions.insert(session) {
                let problem = format!("there is a call with the session id {session} already");
                return Err(Flaw::at(format!("{path}.sessionId"), problem));
            }
            self.check_names(&path, call, departed)?;
            check_direct(&path, call)?;
            check_participants(&path, call)?;
        }
        drop(sessions);
        for (at, no) in self.calls.extend(calls).into_iter().enumerate() {
            self.go_live(&format!("calls[{at}]"), no)?;
        }
        Ok(())
    }

    fn check_names(&self, path: &str, call: &Call, departed: &Departed) -> Result<(), Flaw> {
        let live = call.state.is_live();
        let named = |uid: &Uid| self.accounts.contains_key(uid) || departed.users.contains(uid);
        let user = |uid: &Uid, field: &str| {
            if named(uid) { Ok(()) } else { self.known_user(uid, &format!("{path}.{field}")) }
        };
        user(&call.caller, "caller")?;
        match &call.receiver {
            Receiver::User(uid) if *uid == call.caller => {
                let problem = format!("{uid} cannot call themselves");
                return Err(Flaw::at(format!("{path}.receiver"), problem));
            }
            Receiver::User(uid) => user(uid, "receiver")?,
            Receiver::Group(guid) if !live && departed.groups.contains(guid) => {}
            Receiver::Group(guid) => self.known_group(guid, &format!("{path}.receiver"))?,
            Receiver::Anyone(_) => {}
        }
        match call.participants.iter().position(|entry| !named(&entry.uid)) {
            Some(at) => {
                let uid = call.participants.get(at).map_or(&call.caller, |entry| &entry.uid);
                user(uid, &format!("participants[{at}].uid"))
            }
            None => Ok(()),
        }
    }

    /// Enters a call that goes on where the rules look for it.
    fn go_live(&mut self, path: &str, no: CallNo) -> Result<(), Flaw> {
        let call = Arc::clone(self.calls.get(no));
        if !call.state.is_live() {
            return Ok(());
        }
        for uid in call.on_call() {
            let place = format!("{path}.{}", place_of(&call, uid));
            self.active_user(uid, &place)?;
            let other = self.on_call.insert(uid.clone(), no).filter(|other| *other != no);
            if let Some(other) = other {
                let problem = self.describe_call_of(uid.as_str(), other);
                return Err(Flaw::at(place, format!("{problem}; nobody is on two live calls")));
            }
        }
        if let Receiver::Group(guid) = &call.receiver
            && let Some(other) = self.group_calls.insert(guid.clone(), no)
        {
            let problem = format!(
                "{guid} has the live call {}; no group has two",
                self.calls.get(other).session
            );
            return Err(Flaw::at(format!("{path}.receiver"), problem));
        }
        if let State::Ringing { until: Some(until) } = call.state {
            self.deadlines.insert((until, no));
        }
        Ok(())
    }
}

/// What holds of a direct session beside what holds of every call.
fn check_direct(path: &str, call: &Call) -> Result<(), Flaw> {
    match call.receiver {
        Receiver::User(_) | Receiver::Group(_) => return Ok(()),
        Receiver::Anyone(_) => {}
    }
    if call.mode == Mode::Call {
        let problem = "a session for anyone is direct: its mode is meet";
        return Err(Flaw::at(format!("{path}.mode"), problem));
    }
    match call.state {
        State::Missed { .. } => {
            let problem = "nobody rings for a direct session: it is initiated, ongoing or ended";
            Err(Flaw::at(format!("{path}.status"), problem))
        }
        State::Ringing { until: Some(_) } => {
            let problem = "nobody rings for a direct session: it has none, or null";
            Err(Flaw::at(format!("{path}.ringsUntil"), problem))
        }
        State::Ringing { until: None } | State::Ongoing { .. } | State::Ended { .. } => Ok(()),
    }
}

fn check_participants(path: &str, call: &Call) -> Result<(), Flaw> {
    let path = format!("{path}.participants");
    if call.participants.first().is_none_or(|first| first.uid != call.caller) {
        return Err(Flaw::at(path, format!("the first is the caller, {}", call.caller)));
    }
    if let Some(at) = on_it_again(call) {
        let problem = "this device of theirs is joined already";
        return Err(Flaw::at(format!("{path}[{at}]"), problem));
    }
    let status = call.status().as_str();
    let on_it: Vec<_> = call
        .participants
        .iter()
        .enumerate()
        .filter(|(_, entry)| entry.is_on_call())
        .map(|(at, _)| at)
        .collect();
    let rung = match call.receiver {
        Receiver::User(_) | Receiver::Group(_) => true,
        Receiver::Anyone(_) => false,
    };
    match (&call.state, on_it.as_slice()) {
        (State::Ringing { .. }, [0]) if rung => Ok(()),
        (State::Ringing { .. }, []) if !rung => Ok(()),
        (State::Ongoing { .. }, [_, ..]) => Ok(()),
        (State::Missed { .. } | State::Ended { .. }, []) => Ok(()),
        (State::Ringing { .. }, _) if !rung => {
            Err(Flaw::at(path, "on a direct session that is initiated nobody is joined"))
        }
        (State::Ringing { .. }, _) => {
            Err(Flaw::at(path, "on a call that is initiated the caller, nobody else, is joined"))
        }
        (State::Ongoing { .. }, []) => {
            Err(Flaw::at(path, "on a call that is ongoing somebody is joined"))
        }
        (State::Missed { .. } | State::Ended { .. }, [at, ..]) => {
            let problem = format!("nobody is joined on a call that is {status}: they left");
            Err(Flaw::at(format!("{path}[{at}].presence"), problem))
        }
    }
}

/// The first entry that is joined with the same user's same device as one before it.
fn on_it_again(call: &Call) -> Option<usize> {
    let mut devices = HashSet::new();
    call.participants
        .iter()
        .position(|entry| entry.is_on_call() && !devices.insert((&entry.uid, entry.device_id())))
}

/// The field by which somebody who is on the call came into it.
fn place_of(call: &Call, uid: &Uid) -> String {
    if *uid == call.caller {
        return "caller".to_owned();
    }
    match &call.receiver {
        Receiver::User(callee) if callee == uid => "receiver".to_owned(),
        Receiver::User(_) | Receiver::Group(_) | Receiver::Anyone(_) => {
            let at = call.participants.iter().position(|entry| entry.uid == *uid);
            format!("participants[{}].uid", at.unwrap_or_default())
        }
    }
}

//! The participants of a call: as given, or as they are likely to have been.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Filling,
    words::{Part, Text, Time, Told},
};
use crate::domain::{
    archive::Flaw,
    call::{Miss, Receiver, State},
    ids::{DeviceIds, DeviceName, RandomId, Uid},
    participant::{Participant, Presence},
    time::Timestamp,
};

/// One entry of a call's participants. Only uid and presence are needed.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "StateParticipant")]
pub(super) struct ParticipantJson {
    uid: Text<Uid>,
    presence: Text<Part>,
    /// When the call started, or else was initiated, unless given.
    #[serde(skip_serializing_if = "Option::is_none")]
    joined_at: Option<Told>,
    /// When the call ended unless given.
    #[serde(skip_serializing_if = "Option::is_none")]
    left_at: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mid: Option<Text<RandomId>>,
    /// Without the suffix that the call log puts behind it.
    #[serde(skip_serializing_if = "Option::is_none")]
    device_id: Option<Text<RandomId>>,
    /// What the call log shows in its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    device_name: Option<Text<DeviceName>>,
}

impl ParticipantJson {
    pub(super) fn of(entry: &Participant) -> Self {
        let device = entry.device_ids();
        Self {
            uid: Text(entry.uid.clone()),
            presence: Text(Part::of(entry.presence)),
            joined_at: entry.joined_at().map(Told),
            left_at: entry.left_at().map(Time),
            mid: device.map(|device| Text(device.mid)),
            device_id: device.map(|device| Text(device.device)),
            device_name: entry.device.clone().map(Text),
        }
    }

    fn participant(
        &self,
        begun: Timestamp,
        state: State,
        filling: &mut Filling<'_>,
    ) -> Result<Participant, (&'static str, String)> {
        let joined_at = self.joined_at.map_or_else(|| start(begun, state), |at| at.0);
        let extra = match self.presence.0 {
            Part::Invited | Part::Rejected => [
                ("joinedAt", self.joined_at.is_some()),
                ("leftAt", self.left_at.is_some()),
                ("mid", self.mid.is_some()),
                ("deviceId", self.device_id.is_some()),
                ("deviceName", self.device_name.is_some()),
            ]
            .into_iter()
            .find(|(_, is_given)| *is_given),
            Part::Joined => Some(("leftAt", true)).filter(|_| self.left_at.is_some()),
            Part::Left => None,
        };
        if let Some((field, _)) = extra {
            let problem = format!("somebody who is {} has none", self.presence.0.as_str());
            return Err((field, problem));
        }
        let presence = match self.presence.0 {
            Part::Invited => Presence::Invited,
            Part::Rejected => Presence::Rejected,
            Part::Joined => Presence::Joined { at: joined_at, device: self.device(filling) },
            Part::Left => {
                let end = self.left_at.map(|at| at.0).or_else(|| state.ended_at());
                let missing = || ("leftAt", "it is needed while the call goes on".to_owned());
                let (at, device) = (end.ok_or_else(missing)?, self.device(filling));
                Presence::Left { joined_at, at, device }
            }
        };
        let device = self.device_name.as_ref().map(|name| name.0.clone());
        Ok(Participant { uid: self.uid.0.clone(), presence, device })
    }

    fn device(&self, filling: &mut Filling<'_>) -> DeviceIds {
        DeviceIds {
            mid: self.mid.map_or_else(|| filling.ids.uuid(), |mid| mid.0),
            device: self.device_id.map_or_else(|| filling.ids.uuid(), |device| device.0),
        }
    }
}

/// The participants that are given with a call.
pub(super) fn given(
    path: &str,
    given: &[ParticipantJson],
    begun: Timestamp,
    state: State,
    filling: &mut Filling<'_>,
) -> Result<Vec<Participant>, Flaw> {
    let read = |(at, entry): (usize, &ParticipantJson)| {
        entry.participant(begun, state, filling).map_err(|(field, problem)| {
            Flaw::at(format!("{path}.participants[{at}].{field}"), problem)
        })
    };
    given.iter().enumerate().map(read).collect()
}

/// The participants that a call of this kind usually has.
pub(super) fn likely(
    caller: &Uid,
    receiver: &Receiver,
    begun: Timestamp,
    state: State,
    filling: &mut Filling<'_>,
) -> Vec<Participant> {
    let answered = state.started_at().is_some();
    let on_it = |device| {
        let joined_at = start(begun, state);
        match state.ended_at() {
            None => Presence::Joined { at: joined_at, device },
            Some(at) => Presence::Left { joined_at, at, device },
        }
    };
    let called = match state {
        State::Missed { why: Miss::Rejected, .. } => Presence::Rejected,
        State::Missed { .. }
        | State::Ringing { .. }
        | State::Ongoing { .. }
        | State::Ended { .. } => Presence::Invited,
    };
    let first = match (receiver, state) {
        (Receiver::Anyone(_), State::Ringing { .. }) => Presence::Invited,
        _ => on_it(filling.ids.device()),
    };
    let mut entries = vec![Participant::new(caller.clone(), first)];
    match receiver {
        Receiver::User(uid) => {
            let presence = if answered { on_it(filling.ids.device()) } else { called };
            entries.push(Participant::new(uid.clone(), presence));
        }
        Receiver::Group(guid) => {
            let others = filling.members.get(guid).into_iter().flatten().filter(|u| *u != caller);
            entries.extend(others.map(|uid| Participant::new(uid.clone(), called)));
        }
        Receiver::Anyone(_) => {}
    }
    entries
}

fn start(begun: Timestamp, state: State) -> Timestamp {
    state.started_at().unwrap_or(begun)
}

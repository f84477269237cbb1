//! Rooms of calls, where they are filled by hand.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::words::{Text, Time};
use crate::domain::{
    ids::SessionId,
    room::{RoomRecord, Stay},
};

/// A room that somebody is in.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "StateRoom")]
pub(super) struct RoomJson {
    session_id: Text<SessionId>,
    /// In the order of coming.
    stays: Vec<StayJson>,
}

/// One device's time in it.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "StateStay")]
struct StayJson {
    /// Its place among the call's participants, from 0.
    participant: usize,
    joined_at: Time,
    #[serde(skip_serializing_if = "Option::is_none")]
    left_at: Option<Time>,
}

impl RoomJson {
    pub(super) fn of(room: &RoomRecord) -> Self {
        let stay = |stay: &Stay| StayJson {
            participant: stay.place,
            joined_at: Time(stay.joined_at),
            left_at: stay.left_at.map(Time),
        };
        Self {
            session_id: Text(room.session.clone()),
            stays: room.stays.iter().map(stay).collect(),
        }
    }

    pub(super) fn record(&self) -> RoomRecord {
        let stay = |json: &StayJson| Stay {
            place: json.participant,
            joined_at: json.joined_at.0,
            left_at: json.left_at.map(|at| at.0),
        };
        let (session, stays) = (self.session_id.0.clone(), self.stays.iter().map(stay).collect());
        RoomRecord { session, stays }
    }
}

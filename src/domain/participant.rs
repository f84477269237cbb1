//! Who was called, and who is or was on a call: an entry for everybody, and one more for every
//! further device.

use std::borrow::Cow;

use super::{
    ids::{DeviceIds, DeviceName, Uid},
    time::Timestamp,
};

/// One entry of a call's participants: one device of one user, or somebody who was called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Participant {
    /// Who.
    pub uid: Uid,
    /// What they did about the call.
    pub presence: Presence,
    /// What the device is called, where somebody said so. Only who joined has a device.
    pub device: Option<DeviceName>,
}

/// What a participant did about the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Was called, has not reacted.
    Invited,
    /// Declined.
    Rejected,
    /// Is on the call.
    Joined {
        /// Since when.
        at: Timestamp,
        /// With which device.
        device: DeviceIds,
    },
    /// Was on the call.
    Left {
        /// Since when.
        joined_at: Timestamp,
        /// Until when.
        at: Timestamp,
        /// With which device.
        device: DeviceIds,
    },
}

impl Participant {
    /// Somebody whose device, if there is one, has no name.
    #[must_use]
    pub const fn new(uid: Uid, presence: Presence) -> Self {
        Self { uid, presence, device: None }
    }

    /// When this entry joined, if it ever did.
    #[must_use]
    pub const fn joined_at(&self) -> Option<Timestamp> {
        match self.presence {
            Presence::Joined { at, .. } => Some(at),
            Presence::Left { joined_at, .. } => Some(joined_at),
            Presence::Invited | Presence::Rejected => None,
        }
    }

    /// When this entry left, if it has.
    #[must_use]
    pub const fn left_at(&self) -> Option<Timestamp> {
        match self.presence {
            Presence::Left { at, .. } => Some(at),
            Presence::Invited | Presence::Rejected | Presence::Joined { .. } => None,
        }
    }

    /// On the call at this moment.
    #[must_use]
    pub const fn is_on_call(&self) -> bool {
        matches!(self.presence, Presence::Joined { .. })
    }

    /// The ids of its device, if it ever joined.
    #[must_use]
    pub const fn device_ids(&self) -> Option<DeviceIds> {
        match self.presence {
            Presence::Joined { device, .. } | Presence::Left { device, .. } => Some(device),
            Presence::Invited | Presence::Rejected => None,
        }
    }

    /// The log's `deviceId`: the name that was given, else one of the vendor's form,
    /// `{uuid}@{host}/{uid}` (vendor doc).
    #[must_use]
    pub fn device_id(&self) -> Option<Cow<'_, str>> {
        let ids = self.device_ids()?;
        Some(match &self.device {
            Some(name) => name.as_str().into(),
            None => {
                let (host, uid) = ("@rtc.mock/", self.uid.as_str());
                let mut id = String::with_capacity(36 + host.len() + uid.len());
                id.push_str(str::from_utf8(&ids.device.digits()).unwrap_or_default());
                id.push_str(host);
                id.push_str(uid);
                id.into()
            }
        })
    }

    /// Whether its device goes by this id.
    #[must_use]
    pub fn is_device(&self, id: &str) -> bool {
        self.device_id().is_some_and(|own| own == id)
    }
}

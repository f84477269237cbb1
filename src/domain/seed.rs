//! What a fresh app holds: what the vendor's new apps come with (vendor doc). The vendor's avatars
//! are left out, for they point outside.

use std::sync::Arc;

use super::{
    groups::{GroupProfile, NewGroup},
    ids::{Guid, Uid},
    people::{GroupType, Scope},
    time::Timestamp,
    users::{NewUser, Profile},
    webhooks::Webhook,
    world::{Settings, World},
};

/// The REST API key of every app, unless another one is chosen.
pub const API_KEY: &str = "mock-rest-api-key";

/// The auth key of every app, unless another one is chosen.
pub const AUTH_KEY: &str = "mock-auth-key";

/// The management key of every app, unless another one is chosen.
pub const MANAGEMENT_KEY: &str = "mock-key";

/// Its secret, likewise.
pub const MANAGEMENT_SECRET: &str = "mock-secret";

/// The users of a fresh app, uid and name.
pub const USERS: [(&str, &str); 5] = [
    ("cometchat-uid-1", "Andrew Joseph"),
    ("cometchat-uid-2", "George Alan"),
    ("cometchat-uid-3", "Nancy Grace"),
    ("cometchat-uid-4", "Susan Marie"),
    ("cometchat-uid-5", "John Paul"),
];

/// The group of a fresh app, guid and name. All users are members, the first one owns it.
pub const GROUP: (&str, &str) = ("cometchat-guid-1", "Hiking Group");

impl World {
    /// An app with the vendor's default users and group.
    #[must_use]
    pub fn seeded(settings: Settings, now: Timestamp) -> Self {
        let mut world = Self::empty(settings);
        for (uid, name) in USERS {
            if let Ok(uid) = Uid::parse(uid) {
                let (name, profile) = (name.to_owned(), Profile::default());
                let made = world.create_user(NewUser { uid, name, profile }, now);
                debug_assert!(made.is_ok(), "the default users are distinct");
            }
        }
        let (guid, name) = GROUP;
        let [(owner, _), others @ ..] = USERS;
        if let Ok(parsed) = Guid::parse(guid) {
            let new = NewGroup {
                guid: parsed,
                name: name.to_owned(),
                group_type: GroupType::Public,
                owner: Some(owner.to_owned()),
                profile: GroupProfile::default(),
            };
            let made = world.create_group(new, now);
            debug_assert!(made.is_ok(), "the default owner exists");
        }
        for (uid, _) in others {
            let added = world.add_member(guid, uid, Scope::Participant, now);
            debug_assert!(added.is_ok(), "the default members exist");
        }
        let urls = Arc::clone(&world.settings.webhooks);
        for (number, url) in (1..).zip(&*urls) {
            let made = world.create_webhook(Webhook::of_everything(number, url, now));
            debug_assert!(made.is_ok(), "they are numbered, and not too many");
        }
        world
    }
}

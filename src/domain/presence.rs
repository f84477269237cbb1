//! Who is there: a user who has a realtime socket open.

use std::sync::Arc;

use super::{event::Event, ids::Uid, time::Timestamp, world::World};

impl World {
    /// A user came, or went. Whoever is not an active user does neither.
    pub fn set_online(&mut self, uid: &Uid, online: bool, now: Timestamp) {
        let Some(account) = self.accounts.get_mut(uid) else { return };
        if account.user.online == online || (online && !account.user.is_active()) {
            return;
        }
        Arc::make_mut(&mut account.user).online = online;
        let user = Arc::clone(&account.user);
        self.record(Event::Presence(user, now));
    }

    /// Nobody is there any more, and nobody is told.
    pub fn forget_presence(&mut self) {
        for account in self.accounts.values_mut().filter(|account| account.user.online) {
            Arc::make_mut(&mut account.user).online = false;
        }
    }

    /// Whoever was there in the world before this one is there still, and nobody is told: nobody
    /// came or went. Whoever is no active user any more is gone.
    pub(super) fn take_over_presence(&mut self, before: &Self) {
        self.forget_presence();
        for account in before.accounts.values().filter(|account| account.user.online) {
            let uid = &account.user.uid;
            match self.accounts.get_mut(uid).filter(|account| account.user.is_active()) {
                Some(account) => Arc::make_mut(&mut account.user).online = true,
                None => self.record(Event::UserGone(uid.clone())),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::world::Settings;

    #[test]
    fn an_active_user_comes_and_goes_and_each_is_told_once() {
        let now = Timestamp::from_secs(0);
        let mut world = World::seeded(Settings::default(), now);
        world.deactivate_user("cometchat-uid-2", now).unwrap();
        world.drain_events().for_each(drop);
        for (user, online, told) in [
            (1, false, 0),
            (1, true, 1),
            (1, true, 0),
            (1, false, 1),
            (1, false, 0),
            // Deactivated, and nobody at all.
            (2, true, 0),
            (2, false, 0),
            (9, true, 0),
        ] {
            let uid = Uid::parse(&format!("cometchat-uid-{user}")).unwrap();
            world.set_online(&uid, online, now);
            assert_eq!(world.drain_events().count(), told, "{uid} {online}");
            let is_there = world.accounts.get(&uid).is_some_and(|account| account.user.online);
            assert_eq!(is_there, online && user == 1, "{uid} {online}");
        }
    }
}

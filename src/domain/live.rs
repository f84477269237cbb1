//! The only code that moves a call from state to state. It keeps in step with it who is on which
//! call, which group has a live one, and what still rings until when.
//!
//! While a call is ongoing it has a room, which is what the media server knows of it. What happens
//! there is recorded here, as it happens, unless rooms are filled by hand:
//!
//! | what | then |
//! | --- | --- |
//! | somebody answers | the message `ongoing`, the room begins, whoever is on the call joins |
//! | one more device comes | it joins; the first one of a direct session begins the room |
//! | a device goes | it leaves |
//! | the last one goes, or the call ends | those who are left leave, the room ends |
//! | a recording, a transcription is there | that it is |

use std::sync::Arc;

use super::{
    call::{Call, Miss, Receiver, State, Status},
    calls::CallNo,
    event::{CallMessage, Event, Occupant, Past},
    ids::{DeviceIds, DeviceName, Uid},
    participant::{Participant, Presence},
    recording::{Recording, Transcription},
    time::Timestamp,
    world::World,
};

/// A device that comes to a call.
#[derive(Clone, Debug)]
pub(super) struct Device {
    pub(super) ids: DeviceIds,
    /// What it is called, where somebody said so.
    pub(super) name: Option<DeviceName>,
}

impl World {
    /// Takes up a new call, which rings.
    pub(super) fn ring(&mut self, call: Call) -> CallNo {
        let (caller, receiver, state) = (call.caller.clone(), call.receiver.clone(), call.state);
        let no = self.calls.insert(call);
        self.on_call.insert(caller, no);
        if let Receiver::Group(guid) = receiver {
            self.group_calls.insert(guid, no);
        }
        if let State::Ringing { until: Some(until) } = state {
            self.deadlines.insert((until, no));
        }
        no
    }

    /// Takes up a direct session, to which nobody has come yet.
    pub(super) fn open(&mut self, call: Call) {
        self.calls.insert(call);
    }

    /// Somebody comes to a call because they say so, and a message tells it. The first one to
    /// answer makes it ongoing, which is also when its caller counts as having joined (seen: a new
    /// `joinedAt`).
    pub(super) fn answer(
        &mut self,
        no: CallNo,
        uid: &Uid,
        device: DeviceIds,
        joined_at: Timestamp,
        now: Timestamp,
    ) -> Arc<CallMessage> {
        let begins = matches!(self.calls.get(no).state, State::Ringing { .. });
        self.enter(no, uid, Device { ids: device, name: None }, joined_at, now);
        let message = self.tell(no, Status::Ongoing, uid, now);
        self.tell_of_arrival(no, uid, begins, now);
        message
    }

    /// One more device comes to an ongoing call or a direct session, of which no message tells.
    pub(super) fn dial_in(&mut self, no: CallNo, uid: &Uid, device: Device, now: Timestamp) {
        let begins = matches!(self.calls.get(no).state, State::Ringing { .. });
        self.enter(no, uid, device, now, now);
        self.tell_of_arrival(no, uid, begins, now);
    }

    /// Marks somebody as having declined, without ending anything.
    pub(super) fn decline(&mut self, no: CallNo, uid: &Uid) {
        self.calls.amend(no, |call| {
            match call.participants.iter_mut().rev().find(|entry| entry.uid == *uid) {
                Some(entry) if !matches!(entry.presence, Presence::Left { .. }) => {
                    entry.presence = Presence::Rejected;
                }
                Some(_) | None => {
                    call.participants.push(Participant::new(uid.clone(), Presence::Rejected));
                }
            }
        });
    }

    /// Takes somebody off an ongoing call, with all devices or with one; the last one out ends it.
    pub(super) fn disconnect(
        &mut self,
        no: CallNo,
        uid: &Uid,
        device: Option<&DeviceName>,
        now: Timestamp,
    ) {
        let goes = |entry: &Participant| {
            entry.uid == *uid && device.is_none_or(|device| entry.is_device(device.as_str()))
        };
        let call = self.calls.get(no);
        if call.participants.iter().filter(|entry| entry.is_on_call()).all(goes) {
            return self.end(no, now);
        }
        let mut gone = Vec::new();
        self.calls.amend(no, |call| gone = take_off(call, now, goes));
        if !self.calls.get(no).on_call().any(|other| other == uid) {
            self.on_call.remove(uid);
        }
        self.tell_of_departure(no, &gone);
    }

    /// Ends a ringing call that nobody answered.
    pub(super) fn miss(&mut self, no: CallNo, why: Miss, now: Timestamp) {
        self.stop_ringing(no);
        // Nobody had answered: there was no room yet that anybody could leave.
        self.finish(no, State::Missed { why, ended_at: now }, now);
        if why == Miss::Rejected {
            self.calls.amend(no, |call| {
                for entry in &mut call.participants {
                    if entry.presence == Presence::Invited {
                        entry.presence = Presence::Rejected;
                    }
                }
            });
        }
    }

    /// Ends an ongoing call for everybody on it.
    pub(super) fn end(&mut self, no: CallNo, now: Timestamp) {
        let State::Ongoing { started_at } = self.calls.get(no).state else {
            return;
        };
        let gone = self.finish(no, State::Ended { started_at, ended_at: now }, now);
        self.tell_of_departure(no, &gone);
        if self.is_manual() {
            return;
        }
        let call = Arc::clone(self.calls.get(no));
        let occupants = call.participants.iter().filter_map(|entry| self.occupant(entry)).collect();
        self.record(Event::RoomEnded(call, Past { since: started_at, until: now, occupants }));
    }

    /// Takes somebody off an ongoing call, because their device is gone: with all devices or with
    /// one. A message tells of it if that ends the call.
    pub(super) fn hang_up(
        &mut self,
        no: CallNo,
        uid: &Uid,
        device: Option<&DeviceName>,
        now: Timestamp,
    ) {
        self.disconnect(no, uid, device, now);
        if !self.calls.get(no).state.is_live() {
            self.tell_of_leaving(no, uid, now);
        }
    }

    /// A device that had no name is called so from now on.
    pub(super) fn name_device(&mut self, no: CallNo, place: usize, name: Option<DeviceName>) {
        let Some(name) = name else { return };
        self.calls.amend(no, |call| {
            if let Some(entry) = call.participants.get_mut(place) {
                entry.device = Some(name);
            }
        });
    }

    /// Has a message tell that somebody went. Nobody was rung for a direct session, and so no
    /// messages are made of it.
    pub(super) fn tell_of_leaving(&mut self, no: CallNo, by: &Uid, at: Timestamp) {
        match self.calls.get(no).receiver {
            Receiver::User(_) | Receiver::Group(_) => drop(self.tell(no, Status::Ended, by, at)),
            Receiver::Anyone(_) => {}
        }
    }

    /// Adds what was recorded of a call.
    pub(super) fn add_recording(&mut self, no: CallNo, recording: Recording) {
        self.calls.amend(no, |call| call.recordings.push(recording));
        self.record(Event::Recorded(Arc::clone(self.calls.get(no))));
    }

    /// Adds what was said on a call.
    pub(super) fn add_transcription(&mut self, no: CallNo, transcription: Transcription) {
        self.calls.amend(no, |call| call.transcriptions.push(transcription));
        self.record(Event::Transcribed(Arc::clone(self.calls.get(no))));
    }

    fn enter(
        &mut self,
        no: CallNo,
        uid: &Uid,
        device: Device,
        joined_at: Timestamp,
        now: Timestamp,
    ) {
        self.stop_ringing(no);
        self.calls.amend(no, |call| {
            if let State::Ringing { .. } = call.state {
                call.state = State::Ongoing { started_at: now };
                for entry in &mut call.participants {
                    if let Presence::Joined { at, .. } = &mut entry.presence {
                        *at = now;
                    }
                }
            }
            let presence = Presence::Joined { at: joined_at, device: device.ids };
            let joined = Participant { uid: uid.clone(), presence, device: device.name };
            match call.participants.iter_mut().rev().find(|entry| entry.uid == *uid) {
                Some(entry) if entry.presence == Presence::Invited => *entry = joined,
                Some(_) | None => call.participants.push(joined),
            }
        });
        self.on_call.insert(uid.clone(), no);
    }

    /// Ends a call in either way, and returns the places of those who were on it.
    fn finish(&mut self, no: CallNo, state: State, now: Timestamp) -> Vec<usize> {
        let call = Arc::clone(self.calls.get(no));
        for uid in call.on_call() {
            self.on_call.remove(uid);
        }
        if let Receiver::Group(guid) = &call.receiver {
            self.group_calls.remove(guid);
        }
        drop(call);
        let mut gone = Vec::new();
        self.calls.amend(no, |call| {
            call.state = state;
            gone = take_off(call, now, |_| true);
        });
        gone
    }

    fn stop_ringing(&mut self, no: CallNo) {
        if let State::Ringing { until: Some(until) } = self.calls.get(no).state {
            self.deadlines.remove(&(until, no));
        }
    }

    /// Whoever has just come stands last of their entries; with them the caller comes into a room
    /// that begins.
    fn tell_of_arrival(&mut self, no: CallNo, uid: &Uid, begins: bool, now: Timestamp) {
        if self.is_manual() {
            return;
        }
        let call = Arc::clone(self.calls.get(no));
        let newest = call.participants.iter().rposition(|entry| entry.uid == *uid);
        if begins {
            self.record(Event::RoomStarted(Arc::clone(&call), now));
        }
        for (at, entry) in call.participants.iter().enumerate() {
            let is_new = (begins && entry.is_on_call()) || Some(at) == newest;
            if is_new && let Some(who) = self.occupant(entry) {
                self.record(Event::Joined(Arc::clone(&call), who));
            }
        }
    }

    fn tell_of_departure(&mut self, no: CallNo, gone: &[usize]) {
        if self.is_manual() {
            return;
        }
        let call = Arc::clone(self.calls.get(no));
        for entry in gone.iter().filter_map(|at| call.participants.get(*at)) {
            if let Some(who) = self.occupant(entry) {
                self.record(Event::Left(Arc::clone(&call), who));
            }
        }
    }

    /// Somebody who is or was in a call's room.
    fn occupant(&self, entry: &Participant) -> Option<Occupant> {
        let (joined_at, left_at) = (entry.joined_at()?, entry.left_at());
        Some(Occupant { user: self.user_or_departed(&entry.uid), joined_at, left_at })
    }
}

/// Takes those off a call who are on it and are meant; returns the places of their entries.
fn take_off(
    call: &mut Call,
    now: Timestamp,
    is_meant: impl Fn(&Participant) -> bool,
) -> Vec<usize> {
    let mut gone = Vec::new();
    for (place, entry) in call.participants.iter_mut().enumerate() {
        if let Presence::Joined { at, device } = entry.presence
            && is_meant(entry)
        {
            entry.presence = Presence::Left { joined_at: at, at: now, device };
            gone.push(place);
        }
    }
    gone
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        access::{Actor, Via},
        call::CallType,
        ids::{AppId, CallIds, RandomId},
        recording::Sketch,
        room::MediaMode,
        rules::{
            change_status::{ChangeStatus, change_status},
            initiate::{Initiate, initiate},
            media::{Media, play},
            session::enter,
        },
        world::Settings,
    };

    const IDS: DeviceIds = DeviceIds { mid: RandomId([1; 16]), device: RandomId([2; 16]) };

    /// A fresh app, and what has to be said to it.
    struct Stage {
        world: World,
        session: String,
        now: i64,
    }

    impl Stage {
        fn ringing(to_group: bool) -> Self {
            Self::with(MediaMode::Auto, to_group)
        }

        fn with(media: MediaMode, to_group: bool) -> Self {
            let settings = Settings {
                app: AppId::default(),
                region: "us".into(),
                ring_timeout: None,
                keys: Vec::new(),
                webhooks: Arc::default(),
                media,
            };
            let mut world = World::seeded(settings, Timestamp::from_secs(0));
            let receiver = if to_group { "cometchat-guid-1" } else { "cometchat-uid-2" };
            let ask = Initiate {
                receiver: receiver.to_owned(),
                to_group,
                call_type: CallType::Audio,
                metadata: None,
            };
            let ids = CallIds { session: [3; 20], secret: [4; 20], mid: IDS.mid, caller: IDS };
            let at = Timestamp::from_secs(1);
            let message = initiate(&mut world, &actor(1), ask, ids, at).unwrap();
            Self { world, session: message.call.session.as_str().to_owned(), now: 1 }
        }

        fn put(&mut self, by: u8, status: Status) -> &mut Self {
            self.now += 1;
            let (now, joined_at) = (Timestamp::from_secs(self.now), Some(Timestamp::from_secs(7)));
            let ask = ChangeStatus { status, joined_at };
            change_status(&mut self.world, &actor(by), &self.session, ask, IDS, now).unwrap();
            self
        }

        fn play(&mut self, media: Media) -> &mut Self {
            self.now += 1;
            play(&mut self.world, &self.session, media, Timestamp::from_secs(self.now)).unwrap();
            self
        }

        fn join(&mut self, user: u8, device: &str) -> &mut Self {
            let device = DeviceName::parse(device);
            self.play(Media::Join { uid: actor(user).uid, device, ids: IDS })
        }

        fn leave(&mut self, user: u8, device: &str) -> &mut Self {
            self.play(Media::Leave { uid: actor(user).uid, device: DeviceName::parse(device) })
        }

        /// What was told, a word for each fact.
        fn told(&mut self) -> String {
            let words: Vec<_> = self.world.drain_events().map(|event| word(&event)).collect();
            words.join(" ")
        }
    }

    fn actor(user: u8) -> Actor {
        Actor { uid: Uid::parse(&format!("cometchat-uid-{user}")).unwrap(), via: Via::Key }
    }

    fn word(event: &Event) -> String {
        let name = |who: &Occupant| who.user.uid.as_str().replace("cometchat-uid-", "");
        let (at, until) =
            (|who: &Occupant| who.joined_at.secs(), |who: &Occupant| who.left_at.unwrap().secs());
        match event {
            Event::Call(message) => message.action.as_str().to_owned(),
            Event::RoomStarted(_, at) => format!("room@{}", at.secs()),
            Event::Joined(_, who) => format!("+{}@{}", name(who), at(who)),
            Event::Left(_, who) => format!("-{}@{}..{}", name(who), at(who), until(who)),
            Event::RoomEnded(_, past) => {
                let all: Vec<_> = past
                    .occupants
                    .iter()
                    .map(|w| format!("{}@{}..{}", name(w), at(w), until(w)))
                    .collect();
                format!("end@{}[{}]", past.until.secs(), all.join(" "))
            }
            Event::Recorded(call) => call.recordings.last().unwrap().id.clone(),
            Event::Transcribed(call) => call.transcriptions.last().unwrap().id.clone(),
            Event::Presence(..) | Event::UserGone(_) => "presence".to_owned(),
            Event::TokenIssued(_) | Event::TokenRevoked(_) => "token".to_owned(),
            Event::WebhookStopped(_) => "webhook".to_owned(),
        }
    }

    #[test]
    fn an_answered_call_begins_its_room_and_its_end_empties_it() {
        let mut stage = Stage::ringing(false);
        stage.put(2, Status::Ongoing);
        assert_eq!(stage.told(), "initiated ongoing room@2 +1@2 +2@2");
        stage.put(1, Status::Ended);
        assert_eq!(stage.told(), "-1@2..3 -2@2..3 end@3[1@2..3 2@2..3] ended");
    }

    #[test]
    fn a_call_that_rings_is_there() {
        let stage = Stage::ringing(true);
        assert_eq!((stage.world.calls().len(), stage.world.calls().is_empty()), (1, false));
    }

    #[test]
    fn a_call_that_nobody_answers_has_no_room() {
        for (by, status) in [(2, Status::Rejected), (2, Status::Busy), (1, Status::Cancelled)] {
            let told = Stage::ringing(false).put(by, status).told();
            assert_eq!(told, format!("initiated {}", status.as_str()));
        }
    }

    #[test]
    fn members_come_and_go_at_their_own_times() {
        let mut stage = Stage::ringing(true);
        stage.put(3, Status::Rejected).put(2, Status::Ongoing).put(4, Status::Ongoing);
        // What a member says of when they joined is kept.
        assert_eq!(stage.told(), "initiated rejected ongoing room@3 +1@3 +2@7 ongoing +4@7");
        stage.put(1, Status::Ended).put(3, Status::Ongoing).put(2, Status::Ended);
        assert_eq!(stage.told(), "-1@3..5 ended ongoing +3@7 -2@7..7 ended");
        stage.put(3, Status::Ended).put(4, Status::Ended);
        // Who had declined came as a new entry.
        let all = "1@3..5 2@7..7 4@7..9 3@7..8";
        assert_eq!(stage.told(), format!("-3@7..8 ended -4@7..9 end@9[{all}] ended"));
    }

    #[test]
    fn devices_come_and_go_without_a_message_until_the_last_one_is_out() {
        let mut stage = Stage::ringing(false);
        stage.put(2, Status::Ongoing).told();
        stage.join(1, "tablet").join(1, "tablet").join(2, "phone").leave(1, "");
        assert_eq!(stage.told(), "+1@3 +2@5 -1@2..6 -1@3..6");
        stage.leave(2, "phone").join(1, "tablet").leave(2, "");
        assert_eq!(stage.told(), "-2@5..7 +1@8 -2@2..9");
        stage.leave(1, "tablet");
        let all = "1@2..6 2@2..9 1@3..6 2@5..7 1@8..10";
        assert_eq!(stage.told(), format!("-1@8..10 end@10[{all}] ended"));
    }

    #[test]
    fn what_is_left_of_a_call_is_told_once_each() {
        let mut stage = Stage::ringing(false);
        let sketch = |id: &str| Sketch { id: id.to_owned(), url: None, start: None, end: None };
        stage.put(2, Status::Ongoing).told();
        stage.play(Media::Recording(sketch("r1"))).put(2, Status::Ended);
        stage.play(Media::Recording(sketch("r2")));
        stage.play(Media::Transcription { sketch: sketch("t1"), date: None });
        assert_eq!(stage.told(), "r1 -1@2..4 -2@2..4 end@4[1@2..4 2@2..4] ended r2 t1");
    }

    #[test]
    fn a_direct_session_begins_with_the_first_and_ends_with_the_last_and_no_message_tells() {
        let mut stage = Stage::ringing(false);
        stage.put(1, Status::Cancelled).told();
        let ids = CallIds { session: [5; 20], secret: [6; 20], mid: IDS.mid, caller: IDS };
        let at = Timestamp::from_secs(stage.now);
        let opened = enter(&mut stage.world, &actor(1).uid, "Daily", ids, at).unwrap();
        assert_eq!((opened.as_str(), stage.told().as_str()), ("v1.us.mock-app.daily", ""));
        stage.session = opened.as_str().to_owned();
        stage.join(2, "phone").join(1, "tablet").leave(2, "");
        assert_eq!(stage.told(), "room@3 +2@3 +1@4 -2@3..5");
        stage.leave(1, "");
        assert_eq!(stage.told(), "-1@4..6 end@6[1@4..6 2@3..5]");
        assert!(stage.world.on_call.is_empty());
    }

    #[test]
    fn a_device_that_came_before_rooms_were_filled_by_hand_enters_its_room_as_itself() {
        let mut stage = Stage::ringing(true);
        stage.put(2, Status::Ongoing).join(3, "phone").join(3, "tablet");
        let settings = Settings { media: MediaMode::Manual, ..stage.world.settings().clone() };
        stage.world = World::import(settings, stage.world.export()).unwrap();
        assert_eq!(stage.join(3, "tablet").told(), "room@5 +3@5");
        let no = stage.world.calls().find(&stage.session).unwrap();
        let entries = stage.world.calls().get(no).participants.iter().enumerate();
        let devices: Vec<_> = entries
            .filter_map(|(place, entry)| {
                Some((entry.device.as_ref()?.as_str(), stage.world.is_in_room(no, place)))
            })
            .collect();
        assert_eq!(devices, [("phone", false), ("tablet", true)]);
    }

    #[test]
    fn who_left_and_then_declines_is_there_as_both() {
        let mut stage = Stage::ringing(true);
        let no = stage.world.calls().find(&stage.session).unwrap();
        // Only a seed or a state makes somebody leave a call that still rings.
        let at = Timestamp::from_secs(1);
        let left = Presence::Left { joined_at: at, at, device: IDS };
        stage.world.calls.amend(no, |call| call.participants[1].presence = left);
        stage.put(2, Status::Rejected);
        let entries = stage.world.calls().get(no).participants.iter();
        let theirs = entries.filter(|entry| entry.uid == actor(2).uid).map(|entry| entry.presence);
        assert_eq!(theirs.collect::<Vec<_>>(), [left, Presence::Rejected]);
    }

    #[test]
    fn a_message_shows_when_its_actor_joined_and_else_when_the_caller_did() {
        let mut stage = Stage::ringing(true);
        stage.put(2, Status::Ongoing).put(3, Status::Rejected).put(1, Status::Ended);
        let joined_at = |event| {
            if let Event::Call(message) = event { Some(message.joined_at().secs()) } else { None }
        };
        let shown: Vec<_> = stage.world.drain_events().filter_map(joined_at).collect();
        // The caller counts as having joined when the call was answered, in second 2.
        assert_eq!(shown, [1, 7, 2, 2]);
    }

    #[test]
    fn nobody_who_left_by_a_device_counts_as_on_the_call() {
        let mut stage = Stage::ringing(false);
        stage.put(2, Status::Ongoing).join(1, "tablet").leave(1, "tablet");
        let no = stage.world.calls().find(&stage.session).unwrap();
        let on_it = |stage: &Stage, user| stage.world.on_call.get(&actor(user).uid) == Some(&no);
        assert!(on_it(&stage, 1) && on_it(&stage, 2));
        stage.leave(1, "");
        assert!(!on_it(&stage, 1) && on_it(&stage, 2));
        stage.leave(2, "");
        assert!(stage.world.on_call.is_empty());
    }
}

//! Who is told over the realtime socket of what. The SDK makes an event of each message from the
//! status alone that its call shows, so a message that would be taken for another one is not sent:
//!
//! | message | one-to-one call | group call |
//! | --- | --- | --- |
//! | initiated, ongoing, rejected, cancelled, unanswered, busy | the other side | every member but the actor |
//! | ended, and the call with it | the other side | every member but the actor |
//! | ended, and the call goes on | | nobody: it would be taken for an answer or for the end |
//! | unanswered by itself | both sides | every member |
//! | another type | nobody: it would be taken for a call or an answer | nobody |

use axum::extract::ws::Utf8Bytes;

use super::socket;
use crate::{
    domain::{
        call::{Receiver, Status},
        event::{CallMessage, Change, Event},
        ids::Uid,
        world::World,
    },
    runtime::app::{Listener, Scene},
};

/// Sends to sockets what concerns their users.
pub struct Pushes;

impl Listener for Pushes {
    fn told(&self, scene: &Scene<'_>, event: &Event) {
        if scene.app.hub().is_empty() {
            return;
        }
        match event {
            Event::Call(message) => tell_of_call(scene, message),
            Event::Presence(user, at) => scene
                .app
                .hub()
                .send_to_watchers(user, || socket::presence(scene.app.id(), user, *at)),
            Event::RoomStarted(..)
            | Event::Joined(..)
            | Event::Left(..)
            | Event::RoomEnded(..)
            | Event::Recorded(_)
            | Event::Transcribed(_)
            | Event::UserGone(_)
            | Event::TokenIssued(_)
            | Event::TokenRevoked(_)
            | Event::WebhookStopped(_) => {}
        }
    }
}

fn tell_of_call(scene: &Scene<'_>, message: &CallMessage) {
    let mut frame: Option<Utf8Bytes> = None;
    for uid in told(message, scene.world, scene.by.is_none()) {
        let frame = frame.get_or_insert_with(|| {
            socket::call(scene.app.id(), message, scene.by.and_then(|by| by.resource))
        });
        scene.app.hub().send(uid, frame);
    }
}

/// Whom a message is sent to, by the table above. `by_itself`: nobody asked for what happened.
fn told<'a>(message: &'a CallMessage, world: &'a World, by_itself: bool) -> Vec<&'a Uid> {
    let goes_on = message.action == Status::Ended && message.call.state.is_live();
    if goes_on || message.change == Change::Type {
        return Vec::new();
    }
    let actor = &message.by.uid;
    let is_told = |uid: &&Uid| by_itself || *uid != actor;
    match &message.call.receiver {
        Receiver::User(callee) => {
            [&message.call.caller, callee].into_iter().filter(is_told).collect()
        }
        Receiver::Group(guid) => {
            let members = world.roster(guid.as_str()).map(|roster| roster.members.keys());
            members.into_iter().flatten().filter(is_told).collect()
        }
        // No messages are made of a direct session.
        Receiver::Anyone(_) => Vec::new(),
    }
}

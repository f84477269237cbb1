//! Tells webhooks what happens: the body is written while the world is as the event says, and
//! handed over. An app without webhooks costs nothing.

use super::wire::notice::Notice;
use crate::{
    domain::{event::Event, webhooks::Trigger},
    runtime::{
        app::{Listener, Scene},
        webhooks::Draft,
    },
};

/// Hands over to the deliveries what webhooks want to know.
pub struct Notices;

impl Listener for Notices {
    fn told(&self, scene: &Scene<'_>, event: &Event) {
        let Some((trigger, call)) = Trigger::fired_by(event) else { return };
        let mut wanting = scene.world.told_of(trigger).peekable();
        if wanting.peek().is_none() {
            return;
        }
        let resource = scene.by.and_then(|by| by.resource);
        let settings = scene.world.settings();
        let Some(notice) = Notice::of(trigger, event, settings, resource) else { return };
        for webhook in wanting {
            let body = notice.for_webhook(webhook.id.as_str()).into();
            let draft = Draft { trigger, session: call.session.clone(), body, repeats: None };
            scene.app.deliveries().hand_over(webhook, draft, scene.now);
        }
    }
}

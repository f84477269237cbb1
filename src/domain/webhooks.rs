//! Webhooks: who is told of what. Which event fires which trigger (vendor doc):
//!
//! | event | of a call | of a meeting |
//! | --- | --- | --- |
//! | a message `initiated`, `cancelled`, `unanswered` | `call_…` | the same |
//! | a message `busy`, `rejected` | `call_…`, unless it is a group's | the same |
//! | a message `ongoing`, `ended`, or of another type | none: the room tells | none |
//! | the room begins | `call_started` | `meeting_started` |
//! | a device joins | `call_participant_joined` | `meeting_participant_joined` |
//! | a device leaves | `call_participant_left` | `meeting_participant_left` |
//! | the room ends | `call_ended` | `meeting_ended` |
//! | a recording is there | `recording_generated` | the same |
//! | a transcription is there | `transcription_generated` | the same |

use std::{collections::BTreeSet, fmt, sync::Arc};

use super::{
    basic_auth::{BasicAuth, BasicAuthChange},
    call::{Call, Mode, Receiver, Status},
    error::{Error, Ruling},
    event::{CallMessage, Change, Event},
    ids::NameError,
    time::Timestamp,
    world::World,
};

/// How many webhooks an app can have (vendor doc).
pub const MOST_WEBHOOKS: usize = 25;
/// The longest id, name and user name, in characters (vendor doc).
pub const MAX_WEBHOOK_NAME: usize = 50;
/// The longest URL, in characters (vendor doc).
pub const MAX_URL: usize = 255;
/// The longest password, in characters (vendor doc).
pub const MAX_PASSWORD: usize = 100;

macro_rules! triggers {
    ($first:ident = $first_name:literal; $($variant:ident = $name:literal;)+) => {
        /// What a webhook can be told of, in the vendor's words (vendor doc).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Trigger {
            #[doc = $first_name] $first,
            $(#[doc = $name] $variant,)+
        }

        impl Trigger {
            /// Every trigger of calls.
            pub const ALL: &[Self] = &[Self::$first, $(Self::$variant),+];
            /// What is said to who names another one.
            pub const ADVICE: &str =
                concat!("Use a trigger of calls: ", $first_name, $(", ", $name),+, ".");

            /// As it stands on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { Self::$first => $first_name, $(Self::$variant => $name),+ }
            }
        }
    };
}

triggers! {
    CallInitiated            = "call_initiated";
    CallBusy                 = "call_busy";
    CallCancelled            = "call_cancelled";
    CallRejected             = "call_rejected";
    CallUnanswered           = "call_unanswered";
    CallStarted              = "call_started";
    CallParticipantJoined    = "call_participant_joined";
    CallParticipantLeft      = "call_participant_left";
    CallEnded                = "call_ended";
    MeetingStarted           = "meeting_started";
    MeetingParticipantJoined = "meeting_participant_joined";
    MeetingParticipantLeft   = "meeting_participant_left";
    MeetingEnded             = "meeting_ended";
    RecordingGenerated       = "recording_generated";
    TranscriptionGenerated   = "transcription_generated";
}

impl Trigger {
    /// Reads the wire's word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|trigger| trigger.as_str() == text)
    }

    /// The same, for who needs one that there is.
    ///
    /// # Errors
    /// `ERR_TRIGGER_NOT_FOUND`, named as given.
    pub fn known(text: &str) -> Result<Self, Error> {
        Self::parse(text).ok_or_else(|| Error::TriggerNotFound { trigger: text.to_owned() })
    }

    /// Which trigger an event fires, and of which call, by the table above.
    #[must_use]
    pub fn fired_by(event: &Event) -> Option<(Self, &Arc<Call>)> {
        let by_mode = |call: &Call, of_call, of_meeting| match call.mode {
            Mode::Call => of_call,
            Mode::Meet => of_meeting,
        };
        match event {
            Event::Call(message) => Some((Self::of_message(message)?, &message.call)),
            Event::RoomStarted(call, _) => {
                Some((by_mode(call, Self::CallStarted, Self::MeetingStarted), call))
            }
            Event::Joined(call, _) => {
                let meeting = Self::MeetingParticipantJoined;
                Some((by_mode(call, Self::CallParticipantJoined, meeting), call))
            }
            Event::Left(call, _) => {
                let meeting = Self::MeetingParticipantLeft;
                Some((by_mode(call, Self::CallParticipantLeft, meeting), call))
            }
            Event::RoomEnded(call, _) => {
                Some((by_mode(call, Self::CallEnded, Self::MeetingEnded), call))
            }
            Event::Recorded(call) => Some((Self::RecordingGenerated, call)),
            Event::Transcribed(call) => Some((Self::TranscriptionGenerated, call)),
            Event::Presence(..)
            | Event::UserGone(_)
            | Event::TokenIssued(_)
            | Event::TokenRevoked(_)
            | Event::WebhookStopped(_) => None,
        }
    }

    fn of_message(message: &CallMessage) -> Option<Self> {
        if message.change == Change::Type {
            return None;
        }
        let unless_group = |trigger| match message.call.receiver {
            Receiver::User(_) => Some(trigger),
            Receiver::Group(_) | Receiver::Anyone(_) => None,
        };
        match message.action {
            Status::Initiated => Some(Self::CallInitiated),
            Status::Cancelled => Some(Self::CallCancelled),
            Status::Unanswered => Some(Self::CallUnanswered),
            Status::Busy => unless_group(Self::CallBusy),
            Status::Rejected => unless_group(Self::CallRejected),
            Status::Ongoing | Status::Ended => None,
        }
    }
}

/// Names a webhook within its app: 1 to 50 letters, digits, `-` and `_`, compared as written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WebhookId(Arc<str>);

impl WebhookId {
    /// Reads it.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        match text {
            "" => Err(NameError::Empty),
            _ if !text.bytes().all(fits) => Err(NameError::Charset),
            _ if text.len() > MAX_WEBHOOK_NAME => Err(NameError::TooLong),
            _ => Ok(Self(text.into())),
        }
    }

    /// As it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for WebhookId {
    /// One for examples.
    fn default() -> Self {
        Self("hook".into())
    }
}

impl std::borrow::Borrow<str> for WebhookId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for WebhookId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Somebody who is told, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// Which.
    pub id: WebhookId,
    /// Display name.
    pub name: String,
    /// Where to.
    pub url: Arc<str>,
    /// What it asks for at the door.
    pub basic_auth: BasicAuth,
    /// Is told at all.
    pub enabled: bool,
    /// Is told again when telling failed (vendor doc: after 10 and after 30 seconds).
    pub retry_on_failure: bool,
    /// Of what.
    pub triggers: BTreeSet<Trigger>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed, at first when it was made.
    pub updated_at: Timestamp,
}

impl Webhook {
    /// One that is told of every trigger, called `webhook-1` and so on.
    #[must_use]
    pub fn of_everything(number: usize, url: &Arc<str>, now: Timestamp) -> Self {
        let id = format!("webhook-{number}");
        Self {
            name: id.clone(),
            id: WebhookId(id.into()),
            url: Arc::clone(url),
            basic_auth: BasicAuth::default(),
            enabled: true,
            retry_on_failure: false,
            triggers: Trigger::ALL.iter().copied().collect(),
            created_at: now,
            updated_at: now,
        }
    }
}

/// What changes of a webhook; what is left out stays.
#[derive(Clone, Debug, Default)]
pub struct WebhookChange {
    /// Display name.
    pub name: Option<String>,
    /// Where to.
    pub url: Option<String>,
    /// What it asks for at the door.
    pub basic_auth: BasicAuthChange,
    /// Is told at all.
    pub enabled: Option<bool>,
    /// Is told again when telling failed.
    pub retry_on_failure: Option<bool>,
}

impl World {
    /// Every webhook, in the order of creation.
    pub fn webhooks(&self) -> impl DoubleEndedIterator<Item = &Arc<Webhook>> {
        self.webhooks.values()
    }

    /// Those who are to be told of a trigger.
    pub fn told_of(&self, trigger: Trigger) -> impl Iterator<Item = &Arc<Webhook>> {
        let wants = move |hook: &&Arc<Webhook>| hook.enabled && hook.triggers.contains(&trigger);
        self.webhooks.values().filter(wants)
    }

    /// A webhook.
    ///
    /// # Errors
    /// `ERR_WEBHOOK_NOT_FOUND`, named as given.
    pub fn webhook(&self, id: &str) -> Result<&Arc<Webhook>, Error> {
        self.webhooks.get(id).ok_or_else(|| Error::WebhookNotFound { id: id.to_owned() })
    }

    /// Adds a webhook.
    ///
    /// # Errors
    /// `ERR_WEBHOOK_ALREADY_EXISTS`, `ERR_WEBHOOK_LIMIT_EXCEEDED`.
    pub fn create_webhook(&mut self, new: Webhook) -> Ruling<Arc<Webhook>> {
        if self.webhooks.contains_key(&new.id) {
            return Err(Error::WebhookAlreadyExists { id: new.id }.into());
        }
        if self.webhooks.len() >= MOST_WEBHOOKS {
            return Err(Error::TooManyWebhooks { limit: MOST_WEBHOOKS }.into());
        }
        let new = Arc::new(new);
        self.webhooks.insert(new.id.clone(), Arc::clone(&new));
        Ok(new)
    }

    /// Changes a webhook. What waits for one that is switched off is not sent any more.
    ///
    /// # Errors
    /// `ERR_WEBHOOK_NOT_FOUND`, `ERR_BAD_REQUEST` for a login that is to be sent and not all there.
    pub fn update_webhook(
        &mut self,
        id: &str,
        change: WebhookChange,
        now: Timestamp,
    ) -> Ruling<Arc<Webhook>> {
        let webhook = self.change_webhook(id)?;
        let WebhookChange { name, url, basic_auth, enabled, retry_on_failure } = change;
        webhook.basic_auth = webhook.basic_auth.changed(basic_auth).map_err(Error::Invalid)?;
        webhook.name = name.unwrap_or_else(|| std::mem::take(&mut webhook.name));
        if let Some(url) = url {
            webhook.url = url.into();
        }
        webhook.enabled = enabled.unwrap_or(webhook.enabled);
        webhook.retry_on_failure = retry_on_failure.unwrap_or(webhook.retry_on_failure);
        webhook.updated_at = now;
        let changed = Arc::clone(self.webhook(id)?);
        if !changed.enabled {
            self.record(Event::WebhookStopped(changed.id.clone()));
        }
        Ok(changed)
    }

    /// Takes a webhook away, and with it what waits for it.
    ///
    /// # Errors
    /// `ERR_WEBHOOK_NOT_FOUND`.
    pub fn delete_webhook(&mut self, id: &str) -> Ruling<()> {
        let gone = self.webhook(id)?.id.clone();
        self.webhooks.shift_remove(&gone);
        self.record(Event::WebhookStopped(gone));
        Ok(())
    }

    /// Has a webhook told of a trigger, or not any more.
    ///
    /// # Errors
    /// `ERR_WEBHOOK_NOT_FOUND`; `ERR_TRIGGER_NOT_FOUND` for one that there is not, or that the
    /// webhook does not have and was to lose.
    pub fn set_trigger(&mut self, id: &str, trigger: &str, is_told: bool) -> Ruling<()> {
        let known = Trigger::known(trigger)?;
        let triggers = &mut self.change_webhook(id)?.triggers;
        if is_told {
            triggers.insert(known);
        } else if !triggers.remove(&known) {
            let because = format!("{id} is not told of {trigger}");
            let unknown = Error::TriggerNotFound { trigger: trigger.to_owned() };
            return Err(unknown.by("webhooks", because));
        }
        Ok(())
    }

    fn change_webhook(&mut self, id: &str) -> Result<&mut Webhook, Error> {
        let webhook = self.webhooks.get_mut(id).map(Arc::make_mut);
        webhook.ok_or_else(|| Error::WebhookNotFound { id: id.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::world::Settings;

    #[test]
    fn triggers_have_distinct_names() {
        for trigger in Trigger::ALL {
            assert_eq!(Trigger::parse(trigger.as_str()), Some(*trigger));
        }
        assert_eq!(Trigger::parse("message_sent"), None);
    }

    #[test]
    fn what_waits_is_given_up_for_a_webhook_that_is_off_and_for_no_other() {
        let (mut world, now) = (World::empty(Settings::default()), Timestamp::from_secs(0));
        world.create_webhook(Webhook::of_everything(1, &"http://a".into(), now)).unwrap();
        for (enabled, told) in [(None, 0), (Some(true), 0), (Some(false), 1), (None, 1)] {
            let change = WebhookChange { enabled, ..WebhookChange::default() };
            world.update_webhook("webhook-1", change, now).unwrap();
            let stopped = |event: &Event| matches!(event, Event::WebhookStopped(_));
            assert_eq!(world.drain_events().filter(stopped).count(), told, "{enabled:?}");
        }
    }

    #[test]
    fn ids_are_kept_as_written_and_checked() {
        let longest = "x".repeat(MAX_WEBHOOK_NAME);
        for good in ["Hook-1_b", "0", &longest] {
            let id = WebhookId::parse(good).unwrap();
            assert_eq!((id.as_str(), id.to_string().as_str()), (good, good));
        }
        let too_long = "x".repeat(MAX_WEBHOOK_NAME + 1);
        for (bad, why) in [
            ("", NameError::Empty),
            (&too_long, NameError::TooLong),
            ("a b", NameError::Charset),
            ("a.b", NameError::Charset),
            ("é", NameError::Charset),
        ] {
            assert_eq!(WebhookId::parse(bad), Err(why), "{bad}");
        }
    }
}

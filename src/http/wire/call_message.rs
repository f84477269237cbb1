//! The call message: what every call write answers with (seen).

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::{
    ChannelJson, Entity, PartyJson, entity,
    text::{Joined, Word},
    user::UserJson,
    user_entity,
};
use crate::{
    domain::{
        call::{CallType, Status},
        event::{CallMessage, Party},
        people::User,
        rules::{change_status::ChangeStatus, initiate::Initiate},
        time::Timestamp,
    },
    http::{
        form::{Form, FromForm},
        json::{Name, Repeated},
    },
};

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "CallMessage")]
pub(in crate::http) struct CallMessageJson<'a> {
    #[serde(serialize_with = "as_text")]
    #[schemars(with = "String")]
    id: u64,
    conversation_id: Joined<'a, 3>,
    sender: &'a str,
    #[schemars(extend("enum" = ["user", "group"]))]
    receiver_type: Word,
    receiver: &'a str,
    #[schemars(extend("enum" = ["call"]))]
    category: Word,
    #[serde(rename = "type")]
    #[schemars(extend("enum" = ["audio", "video"]))]
    call_type: Word,
    data: MessageData<'a>,
    sent_at: i64,
    updated_at: i64,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "CallMessageData")]
struct MessageData<'a> {
    #[schemars(extend("enum" = Status::ALL.map(Status::as_str)))]
    action: Word,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource: Option<&'a str>,
    entities: MessageEntities<'a>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "CallMessageEntities")]
struct MessageEntities<'a> {
    by: Repeated<'a, User, Entity<UserJson<'a>>>,
    #[serde(rename = "for")]
    to: Repeated<'a, Party, Entity<PartyJson<'a>>>,
    on: Entity<CallJson<'a>>,
}

/// The call as the message left it. It keeps the original caller and receiver.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Call")]
struct CallJson<'a> {
    #[serde(rename = "sessionid")]
    session: &'a str,
    conversation_id: Joined<'a, 3>,
    sender: &'a str,
    #[schemars(extend("enum" = ["user", "group"]))]
    receiver_type: Word,
    receiver: &'a str,
    #[schemars(extend("enum" = Status::ALL.map(Status::as_str)))]
    status: Word,
    #[serde(rename = "type")]
    #[schemars(extend("enum" = ["audio", "video"]))]
    call_type: Word,
    initiated_at: i64,
    joined_at: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    started_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<i64>,
    ws_channel: ChannelJson<'a>,
    data: CallData<'a>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "CallData")]
struct CallData<'a> {
    entities: CallEntities<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<&'a Value>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "CallEntities")]
struct CallEntities<'a> {
    sender: Repeated<'a, User, Entity<UserJson<'a>>>,
    receiver: Repeated<'a, Party, Entity<PartyJson<'a>>>,
}

impl<'a> CallMessageJson<'a> {
    /// The message as the client called `resource` gets it, in the app of that name.
    pub(in crate::http) fn of(
        message: &'a CallMessage,
        app: &'a str,
        resource: Option<&'a str>,
    ) -> Self {
        let call = &message.call;
        let conversation_id = Joined(call.conversation_id());
        let sides = Sides { caller: &message.caller, receiver: &message.receiver };
        let on = CallJson {
            session: call.session.as_str(),
            conversation_id,
            sender: call.caller.as_str(),
            receiver_type: Word(call.receiver.kind()),
            receiver: call.receiver.as_str(),
            status: Word(message.status().as_str()),
            call_type: Word(call.call_type.as_str()),
            initiated_at: call.initiated_at.secs(),
            joined_at: message.joined_at().secs(),
            started_at: call.state.started_at().map(Timestamp::secs),
            ended_at: call.state.ended_at().map(Timestamp::secs),
            ws_channel: ChannelJson::of(app, call.session.as_str(), call.secret, "call"),
            data: CallData {
                entities: CallEntities {
                    sender: sides.user(&message.caller),
                    receiver: sides.party(&message.receiver),
                },
                metadata: call.metadata.as_deref(),
            },
        };
        Self {
            id: message.id,
            conversation_id,
            sender: message.by.uid.as_str(),
            receiver_type: Word(message.to.kind()),
            receiver: message.to.as_str(),
            category: Word("call"),
            call_type: Word(call.call_type.as_str()),
            data: MessageData {
                action: Word(message.action.as_str()),
                resource,
                entities: MessageEntities {
                    by: sides.user(&message.by),
                    to: sides.party(&message.to),
                    on: Entity { entity: on, entity_type: Word("call") },
                },
            },
            sent_at: message.at.secs(),
            updated_at: message.at.secs(),
        }
    }
}

/// The two sides of a call. A message is from one of them to the other, but for members of a group,
/// so that it shows each of them twice.
struct Sides<'a> {
    caller: &'a Arc<User>,
    receiver: &'a Party,
}

impl Sides<'_> {
    fn user<'a>(&self, user: &'a Arc<User>) -> Repeated<'a, User, Entity<UserJson<'a>>> {
        Repeated { name: self.name(user), source: user, make: user_entity }
    }

    fn party<'a>(&self, party: &'a Party) -> Repeated<'a, Party, Entity<PartyJson<'a>>> {
        let name = match party {
            Party::User(user) => self.name(user),
            // A message is about one call, and so about one group.
            Party::Group(..) => Some(Name::Other),
        };
        Repeated { name, source: party, make: entity }
    }

    fn name(&self, user: &Arc<User>) -> Option<Name> {
        match self.receiver {
            _ if Arc::ptr_eq(user, self.caller) => Some(Name::One),
            Party::User(callee) if Arc::ptr_eq(user, callee) => Some(Name::Other),
            Party::User(_) | Party::Group(..) => None,
        }
    }
}

/// A number in quotes.
fn as_text<S: Serializer>(number: &u64, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(itoa::Buffer::new().format(*number))
}

/// The body of `POST /calls`. The SDK posts its whole call object; what is unknown is ignored
/// (seen).
impl FromForm for Initiate {
    fn from_form(form: &mut Form) -> Option<Self> {
        let receiver = form.required("receiver");
        let to_group = form.required_choice("receiverType", &[("user", false), ("group", true)]);
        let call_type = form.required_choice("type", &CallType::WORDS);
        form.choice("category", &[("call", ())]);
        form.choice("status", &[("initiated", ())]);
        let metadata = match form.patch_object("metadata") {
            Some(Some(given)) => Some(Some(given)),
            _ => form.within("data", |data| data.patch_object("metadata")),
        };
        Some(Self {
            receiver: receiver?,
            to_group: to_group?,
            call_type: call_type?,
            metadata: metadata.flatten(),
        })
    }
}

/// The body of `PUT /calls/{sessionId}`.
impl FromForm for ChangeStatus {
    fn from_form(form: &mut Form) -> Option<Self> {
        let status = form.required_choice("status", &Status::WORDS);
        let joined_at = form.unix_seconds("joinedAt").map(Timestamp::from_secs);
        Some(Self { status: status?, joined_at })
    }
}

/// The body of `PATCH /calls/{sessionId}/type`.
pub(in crate::http) struct ChangeType(pub(in crate::http) CallType);

impl FromForm for ChangeType {
    fn from_form(form: &mut Form) -> Option<Self> {
        form.required_choice("type", &CallType::WORDS).map(Self)
    }
}

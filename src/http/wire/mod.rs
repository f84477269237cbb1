//! The JSON of the wire: the vendor's spelling and order of fields, and nothing of the rules.

pub(super) mod call_log;
pub(super) mod call_message;
pub(super) mod call_token;
pub(super) mod error;
pub(super) mod group;
pub(super) mod list;
pub(super) mod me;
pub(super) mod notice;
pub(super) mod settings;
mod text;
pub(super) mod user;
pub(super) mod webhook;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use self::text::{Hex, Joined, Word};
use crate::domain::{error::Refusal, event::Party, people::User};

/// `{"data":…}`
#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
pub(super) struct Data<T> {
    pub(super) data: T,
}

/// What was asked for was done, and nothing is left to show.
#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
pub(super) struct Done<'a> {
    pub(super) success: bool,
    pub(super) message: &'a str,
}

/// What came of each uid of a list, in its order.
pub(super) type Outcomes = IndexMap<String, Outcome>;

/// What came of one uid of a list: a failure is a result too, not an error (vendor doc).
#[derive(Serialize, JsonSchema)]
pub(super) struct Outcome {
    success: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<error::ErrorJson>")]
    error: Option<Value>,
}

impl Outcome {
    pub(super) const fn done(message: Option<String>) -> Self {
        Self { success: true, message, error: None }
    }

    pub(super) fn refused(refusal: &Refusal) -> Self {
        Self {
            success: false,
            message: None,
            error: Some(json!(error::ErrorJson::of(&refusal.error))),
        }
    }
}

/// A socket channel of a call or of a user (seen).
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Channel")]
pub(super) struct ChannelJson<'a> {
    identity: Joined<'a, 4>,
    secret: Hex,
    service: Joined<'a, 3>,
}

impl<'a> ChannelJson<'a> {
    const fn of(app: &'a str, whose: &'a str, secret: [u8; 20], service: &'a str) -> Self {
        let identity = Joined(["[", app, "]", whose]);
        Self { identity, secret: Hex(secret), service: Joined([app, ".", service]) }
    }
}

/// An entity with its type, as call messages and logs hold them.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub(super) struct Entity<T> {
    entity: T,
    entity_type: Word,
}

/// A user or a group, whichever a call is for.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "UserOrGroup")]
pub(super) enum PartyJson<'a> {
    User(user::UserJson<'a>),
    Group(group::GroupJson<'a>),
}

fn entity(party: &Party) -> Entity<PartyJson<'_>> {
    let entity = match party {
        Party::User(user) => PartyJson::User(user::UserJson::of(user)),
        Party::Group(group, members) => PartyJson::Group(group::GroupJson::of(group, *members)),
    };
    Entity { entity, entity_type: Word(party.kind()) }
}

fn user_entity(user: &User) -> Entity<user::UserJson<'_>> {
    Entity { entity: user::UserJson::of(user), entity_type: Word("user") }
}

/// There are none, and the field is left out.
fn no_tags(tags: &[String]) -> bool {
    tags.is_empty()
}

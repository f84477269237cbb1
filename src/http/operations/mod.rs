//! What the routes say of themselves: who may use them, what they take and answer, and which codes
//! they may be refused with.

pub(super) mod auth_tokens;
pub(super) mod blocks;
pub(super) mod calls;
pub(super) mod clients;
pub(super) mod groups;
pub(super) mod members;
mod surface;
pub(super) mod users;
pub(super) mod webhooks;

use schemars::JsonSchema;

pub use self::surface::{components, refusal, surfaces};
use super::{
    form::{Form, FromForm},
    wire::{Data, Done, list::List},
};
use crate::{
    domain::code::Code,
    openapi::{Operation, Parameter},
};

/// The security schemes.
const API_KEY: &str = "apiKey";
const AUTH_TOKEN: &str = "authToken";
const CALL_TOKEN: &str = "callToken";
const MANAGEMENT_KEY: &str = "managementKey";
const MANAGEMENT_SECRET: &str = "managementSecret";

/// What any request may be refused with.
const ANY: [Code; 7] = [
    Code::EmptyApiKey,
    Code::ApiKeyNotFound,
    Code::NoAccess,
    Code::InvalidAppId,
    Code::TooManyApps,
    Code::BadRequest,
    Code::HeadersTooLarge,
];

/// Those of them that are about API keys.
const OF_KEYS: [Code; 3] = [Code::EmptyApiKey, Code::ApiKeyNotFound, Code::NoAccess];

/// The realtime socket.
pub(super) fn socket() -> Operation {
    Operation::new("openSocket", "Opens the realtime socket; needs an upgrade to websocket.")
        .tagged("Realtime")
        .refused_by([Code::ApiNotFound, Code::InvalidAppId, Code::TooManyApps, Code::BadRequest])
}

/// For keys of any scope.
fn provision(id: &'static str, summary: &'static str) -> Operation {
    for_keys(id, summary)
}

/// For keys of full access.
fn admin(id: &'static str, summary: &'static str) -> Operation {
    for_keys(id, summary)
}

/// For keys and for users.
fn anyone(id: &'static str, summary: &'static str) -> Operation {
    Operation::new(id, summary)
        .opened_by(&[API_KEY, AUTH_TOKEN])
        .with([Parameter::shared("onBehalfOf")])
        .refused_by(ANY)
        .refused_by([Code::AuthTokenNotFound, Code::UidNotFound])
}

/// For users, and for keys on behalf of one.
fn acting(id: &'static str, summary: &'static str) -> Operation {
    anyone(id, summary)
}

/// For users alone.
fn client(id: &'static str, summary: &'static str) -> Operation {
    Operation::new(id, summary)
        .opened_by(&[AUTH_TOKEN])
        .refused_by(ANY)
        .refused_by([Code::AuthTokenNotFound])
}

/// For whoever manages apps, with both headers.
fn manager(id: &'static str, summary: &'static str) -> Operation {
    let refusals = ANY.into_iter().filter(|code| !OF_KEYS.contains(code));
    Operation::new(id, summary)
        .opened_by_all(&[MANAGEMENT_KEY, MANAGEMENT_SECRET])
        .refused_by(refusals)
        .refused_by([Code::EmptyAuthHeader])
}

/// A token beside the key is checked and a user beside it looked up, even where neither is needed.
fn for_keys(id: &'static str, summary: &'static str) -> Operation {
    anyone(id, summary).opened_by(&[API_KEY])
}

/// Where `searchKey` is looked for.
fn search_in() -> Parameter {
    Parameter::text("searchIn", "Only there: `uid` or `guid`, `name`, with commas between.")
}

/// What the operations of this surface have in common.
trait Described {
    /// The codes it may be refused with.
    fn refused_by(self, codes: impl IntoIterator<Item = Code>) -> Self;
    /// The body, by the form that reads it.
    fn reads<T: FromForm>(self) -> Self;
    /// `{"data":…}`
    fn gives<T: JsonSchema>(self) -> Self;
    /// A page of `T`s.
    fn lists<T: JsonSchema>(self) -> Self;
    /// That it is done.
    fn confirms(self) -> Self;
}

impl Described for Operation {
    fn refused_by(self, codes: impl IntoIterator<Item = Code>) -> Self {
        self.refuses(codes.into_iter().map(Code::as_str))
    }

    fn reads<T: FromForm>(self) -> Self {
        self.takes_fields(Form::described::<T>).refused_by([Code::PayloadTooLarge])
    }

    fn gives<T: JsonSchema>(self) -> Self {
        self.answers::<Data<T>>()
    }

    fn lists<T: JsonSchema>(self) -> Self {
        self.answers::<List<T>>().with([
            Parameter::whole::<i64>("page", "Which page, from 1.", Some(1)).or_empty(),
            Parameter::whole::<i64>(
                "perPage",
                "How many entries a page has; at most 1000.",
                Some(1),
            )
            .or_empty(),
            Parameter::whole::<i64>("per_page", "The same, where `perPage` is not given.", Some(1))
                .or_empty(),
        ])
    }

    fn confirms(self) -> Self {
        self.gives::<Done<'_>>()
    }
}

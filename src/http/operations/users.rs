//! `/users`

use std::collections::BTreeMap;

use schemars::JsonSchema;

use super::{Described, admin, anyone, provision, search_in};
use crate::{
    domain::code::Code,
    http::wire::{
        Done,
        user::{Create, Deactivate, Deactivated, Reactivate, Remove, Update, UserJson},
    },
    openapi::{Operation, Parameter},
};

/// Deactivated, or gone for good.
#[derive(JsonSchema)]
#[schemars(untagged, inline)]
#[expect(dead_code, reason = "stands for two answers in the document")]
enum Removed {
    Deactivated(Deactivated<'static>),
    ForGood(Done<'static>),
}

const TAG: &str = "Users";

pub(in crate::http) fn create() -> Operation {
    provision("createUser", "Makes a user, with a token if asked.")
        .tagged(TAG)
        .reads::<Create>()
        .gives::<UserJson<'_>>()
        .refused_by([Code::UidAlreadyExists])
}

pub(in crate::http) fn list() -> Operation {
    anyone("listUsers", "Lists users, newest first.").tagged(TAG).lists::<UserJson<'_>>().with([
        Parameter::text("searchKey", "In a uid or a name, in any case."),
        search_in(),
        Parameter::text("status", "`offline` or `online`, also spelled `available`."),
        Parameter::text("role", "Exactly this role."),
        Parameter::text("roles", "Any of these, with commas between."),
        Parameter::flag("hideBlockedUsers", "Without those whom the acting user blocked.")
            .or_empty(),
        Parameter::text("tags", "Any of these, with commas between."),
        Parameter::text("uids", "Only these, with commas between."),
        Parameter::text("sortBy", "`name`, `status`, or else by age."),
        Parameter::text("sortOrder", "`asc` or `desc`."),
        Parameter::flag("withTags", "Show tags.").or_empty(),
        Parameter::flag("onlyDeactivated", "Only those who were deactivated.").or_empty(),
        Parameter::flag("withDeactivated", "Also those who were deactivated.").or_empty(),
    ])
}

pub(in crate::http) fn reactivate() -> Operation {
    admin("reactivateUsers", "Makes deactivated users active again.")
        .tagged(TAG)
        .reads::<Reactivate>()
        .gives::<BTreeMap<String, Vec<String>>>()
}

pub(in crate::http) fn deactivate() -> Operation {
    admin("deactivateUsers", "Deactivates users, who leave their calls.")
        .tagged(TAG)
        .reads::<Deactivate>()
        .gives::<BTreeMap<String, Vec<String>>>()
}

pub(in crate::http) fn show() -> Operation {
    anyone("getUser", "Shows a user.").tagged(TAG).gives::<UserJson<'_>>()
}

pub(in crate::http) fn update() -> Operation {
    admin("updateUser", "Changes a user; what is left out stays.")
        .tagged(TAG)
        .reads::<Update>()
        .gives::<UserJson<'_>>()
}

pub(in crate::http) fn remove() -> Operation {
    admin("deleteUser", "Deactivates a user, or deletes them for good with `permanent`.")
        .tagged(TAG)
        .reads::<Remove>()
        .gives::<Removed>()
}

//! `/users/{uid}/blockedusers` and `/blockedusers`

use std::collections::BTreeMap;

use super::{Described, acting, admin, search_in};
use crate::{
    http::wire::{
        Outcome,
        user::{Blocked, UserJson},
    },
    openapi::{Operation, Parameter},
};

const TAG: &str = "Blocked users";

fn changes(operation: Operation) -> Operation {
    operation.tagged(TAG).reads::<Blocked>().gives::<BTreeMap<String, Outcome>>()
}

fn lists(operation: Operation) -> Operation {
    operation.tagged(TAG).lists::<UserJson<'_>>().with([
        Parameter::text("direction", "`both`, `blockedByMe` or `hasBlockedMe`."),
        Parameter::text("searchKey", "In a uid or a name, in any case."),
        search_in(),
    ])
}

pub(in crate::http) fn block_for() -> Operation {
    changes(admin("blockUsersFor", "Has a user block others."))
}

pub(in crate::http) fn unblock_for() -> Operation {
    changes(admin("unblockUsersFor", "Has a user unblock others."))
}

pub(in crate::http) fn list_for() -> Operation {
    lists(admin("listBlockedUsersFor", "Lists whom a user blocked, and who blocked them."))
}

pub(in crate::http) fn block() -> Operation {
    changes(acting("blockUsers", "Blocks others, as the acting user."))
}

pub(in crate::http) fn unblock() -> Operation {
    changes(acting("unblockUsers", "Unblocks others, as the acting user."))
}

pub(in crate::http) fn list() -> Operation {
    lists(acting("listBlockedUsers", "Lists whom the acting user blocked, and who blocked them."))
}

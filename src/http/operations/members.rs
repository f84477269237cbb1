//! `/groups/{guid}/members` and `/groups/{guid}/bannedusers`

use std::collections::BTreeMap;

use schemars::JsonSchema;

use super::{Described, acting, admin, anyone, search_in};
use crate::{
    domain::code::Code,
    http::wire::{
        Outcome,
        group::{AddOrJoin, ChangeScope, GroupJson, MembershipJson},
        user::UserJson,
    },
    openapi::{Operation, Parameter},
};

const MEMBERS: &str = "Group members";
const BANNED: &str = "Banned members";

/// What came of each uid by the list it stood in, or the group that was joined.
#[derive(JsonSchema)]
#[schemars(untagged, inline)]
#[expect(dead_code, reason = "stands for two answers in the document")]
enum Added {
    Results(BTreeMap<String, BTreeMap<String, Outcome>>),
    Joined(GroupJson<'static>),
}

pub(in crate::http) fn add_or_join() -> Operation {
    anyone("addMembersOrJoin", "With a key adds and bans users; with a token joins the group.")
        .tagged(MEMBERS)
        .reads::<AddOrJoin>()
        .gives::<Added>()
        .refused_by([
            Code::GuidNotFound,
            Code::AlreadyJoined,
            Code::EmptyGroupPass,
            Code::WrongGroupPass,
            Code::GroupJoinNotAllowed,
            Code::BannedGroupMember,
        ])
}

pub(in crate::http) fn list() -> Operation {
    anyone("listMembers", "Lists the members of a group.")
        .tagged(MEMBERS)
        .lists::<UserJson<'_>>()
        .with([
            Parameter::text("scopes", "Any of these, with commas between."),
            Parameter::text("searchKey", "In a uid or a name, in any case."),
            search_in(),
            Parameter::text("status", "`offline` or `online`, also spelled `available`."),
        ])
        .refused_by([Code::GuidNotFound])
}

pub(in crate::http) fn leave() -> Operation {
    acting("leaveGroup", "Leaves a group, as the acting user.")
        .tagged(MEMBERS)
        .confirms()
        .refused_by([Code::GuidNotFound, Code::NotAMember])
}

pub(in crate::http) fn change_scope() -> Operation {
    admin("changeScope", "Changes what a member may do.")
        .tagged(MEMBERS)
        .reads::<ChangeScope>()
        .gives::<MembershipJson>()
        .refused_by([Code::GuidNotFound, Code::NotAMember, Code::SameScope])
}

pub(in crate::http) fn remove() -> Operation {
    admin("removeMember", "Removes a member, who leaves the group's call.")
        .tagged(MEMBERS)
        .confirms()
        .refused_by([Code::GuidNotFound, Code::NotAMember])
}

pub(in crate::http) fn list_banned() -> Operation {
    admin("listBannedUsers", "Lists who may not be in a group.")
        .tagged(BANNED)
        .lists::<UserJson<'_>>()
        .with([Parameter::text("searchKey", "In a uid or a name, in any case."), search_in()])
        .refused_by([Code::GuidNotFound])
}

pub(in crate::http) fn ban() -> Operation {
    admin("banMember", "Removes a member and keeps them out.")
        .tagged(BANNED)
        .confirms()
        .refused_by([Code::GuidNotFound, Code::NotAMember])
}

pub(in crate::http) fn unban() -> Operation {
    admin("unbanUser", "Lets somebody in again.")
        .tagged(BANNED)
        .confirms()
        .refused_by([Code::GuidNotFound, Code::NotAMember])
}

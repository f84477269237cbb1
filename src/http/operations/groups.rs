//! `/groups`

use super::{Described, anyone, search_in};
use crate::{
    domain::{code::Code, groups::GroupChange},
    http::wire::group::{Create, GroupJson},
    openapi::{Operation, Parameter},
};

const TAG: &str = "Groups";

pub(in crate::http) fn create() -> Operation {
    anyone("createGroup", "Makes a group.")
        .tagged(TAG)
        .reads::<Create>()
        .gives::<GroupJson<'_>>()
        .refused_by([Code::GuidAlreadyExists, Code::EmptyGroupPass])
}

pub(in crate::http) fn list() -> Operation {
    anyone("listGroups", "Lists groups, newest first.").tagged(TAG).lists::<GroupJson<'_>>().with([
        Parameter::text("searchKey", "In a guid or a name, in any case."),
        search_in(),
        Parameter::text("type", "`public`, `private` or `password`."),
        Parameter::text("groupType", "The same."),
        Parameter::text("tags", "Any of these, with commas between."),
        Parameter::text("guids", "Only these, with commas between."),
        Parameter::text("sortBy", "`name`, or else by age."),
        Parameter::text("sortOrder", "`asc` or `desc`."),
        Parameter::flag("hasJoined", "Only those that the acting user is in.").or_empty(),
        Parameter::flag("withTags", "Show tags.").or_empty(),
    ])
}

pub(in crate::http) fn show() -> Operation {
    anyone("getGroup", "Shows a group.")
        .tagged(TAG)
        .gives::<GroupJson<'_>>()
        .refused_by([Code::GuidNotFound])
}

pub(in crate::http) fn update() -> Operation {
    anyone("updateGroup", "Changes a group; what is left out stays.")
        .tagged(TAG)
        .reads::<GroupChange>()
        .gives::<GroupJson<'_>>()
        .refused_by([Code::GuidNotFound, Code::EmptyGroupPass, Code::BannedGroupMember])
}

pub(in crate::http) fn remove() -> Operation {
    anyone("deleteGroup", "Deletes a group; its call is over.")
        .tagged(TAG)
        .confirms()
        .refused_by([Code::GuidNotFound])
}

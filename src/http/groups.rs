//! `/groups`: making, finding, changing and removing groups.

use super::{
    context::{Answer, Context, Reply},
    members::enlist,
    params::{Query, Search},
    wire::{
        group::{Create, GroupJson, GroupView},
        list::List,
    },
};
use crate::{
    domain::{
        access::Caller,
        error::Ruling,
        groups::GroupChange,
        ids::Uid,
        people::{GroupType, Roster},
        query::Page,
        world::World,
    },
    runtime::app::Turn,
};

/// How many groups a page has unless asked otherwise (vendor doc).
const GROUPS_PER_PAGE: usize = 100;

/// `POST /groups`. A user owns what they make; with a key the body may name an owner.
pub(super) fn create(context: &Context<'_>) -> Answer {
    let body = context.body();
    let view = context.anyone(|mut turn, caller| make(&mut turn, body.read()?, caller.uid()))?;
    Reply::data(GroupJson::seen(&view))
}

/// Makes a group, as its maker sees it.
pub(super) fn make(turn: &mut Turn<'_>, create: Create, maker: Option<&Uid>) -> Ruling<GroupView> {
    let Create { mut group, members } = create;
    if let Some(uid) = maker {
        group.owner = Some(uid.as_str().to_owned());
    }
    let guid = turn.world.create_group(group, turn.now)?;
    enlist(turn.world, guid.as_str(), members, turn.now);
    Ok(GroupView::of(turn.world.roster(guid.as_str())?, maker))
}

/// `GET /groups`
pub(super) fn list(context: &Context<'_>) -> Answer {
    let mut query = context.query();
    let (page, with_tags) = context.anyone(|turn, caller| {
        let request = query.page(GROUPS_PER_PAGE);
        let with_tags = query.flag("withTags").unwrap_or(false);
        let joined = query.flag("hasJoined").unwrap_or(false);
        let wanted = Wanted::read(&query, joined);
        query.check()?;
        let groups = wanted.sorted(turn.world, &caller);
        let page = Page::cut(groups, request);
        Ok((page.map(|roster| GroupView::of(roster, caller.uid())), with_tags))
    })?;
    let groups = page.items_as(|view| {
        let json = GroupJson::seen(view);
        if with_tags { json } else { json.without_tags() }
    });
    Reply::whole(&List::from(groups))
}

/// `GET /groups/{guid}`
pub(super) fn show(context: &Context<'_>) -> Answer {
    let [guid] = context.named();
    let view = context
        .anyone(|turn, caller| Ok(GroupView::of(turn.world.roster(&guid)?, caller.uid())))?;
    Reply::data(GroupJson::seen(&view))
}

/// `PUT /groups/{guid}`
pub(super) fn update(context: &Context<'_>) -> Answer {
    let ([guid], body) = (context.named(), context.body());
    let view = context.anyone(|turn, caller| {
        caller.manages(turn.world.roster(&guid)?)?;
        let change: GroupChange = body.read()?;
        let guid = turn.world.update_group(&guid, change, turn.now)?;
        Ok(GroupView::of(turn.world.roster(guid.as_str())?, caller.uid()))
    })?;
    Reply::data(GroupJson::seen(&view))
}

/// `DELETE /groups/{guid}`
pub(super) fn remove(context: &Context<'_>) -> Answer {
    let [guid] = context.named();
    context.anyone(|turn, caller| {
        caller.manages(turn.world.roster(&guid)?)?;
        turn.world.delete_group(&guid, turn.now)
    })?;
    let message = format!("Group with GUID {guid} has been deleted successfully.");
    Reply::done(&message)
}

/// What a listing of groups looks for.
struct Wanted<'a> {
    search: Search,
    group_type: Option<&'a str>,
    tags: Vec<&'a str>,
    guids: Vec<String>,
    joined: bool,
    by_name: bool,
    ascending: bool,
}

impl<'a> Wanted<'a> {
    fn read(query: &'a Query, joined: bool) -> Self {
        let by_name = query.text("sortBy") == Some("name");
        Self {
            search: Search::read(query),
            group_type: query.text("type").or_else(|| query.text("groupType")),
            tags: query.texts("tags"),
            guids: query.texts("guids").iter().map(|guid| guid.to_lowercase()).collect(),
            joined,
            by_name,
            ascending: query.text("sortOrder").map_or(by_name, |order| order == "asc"),
        }
    }

    /// The groups that fit: the newest first, unless asked otherwise.
    fn sorted<'w>(&self, world: &'w World, caller: &Caller) -> Vec<&'w Roster> {
        let mut groups: Vec<_> =
            world.rosters().filter(|roster| self.fits(roster, caller)).collect();
        if self.by_name {
            groups.sort_by(|a, b| a.group.name.cmp(&b.group.name));
        }
        if !self.ascending {
            groups.reverse();
        }
        groups
    }

    fn fits(&self, roster: &Roster, caller: &Caller) -> bool {
        let group = &roster.group;
        let is_member = caller.uid().is_some_and(|uid| roster.members.contains_key(uid));
        // A user is not shown private groups that they are not in.
        let hidden =
            caller.is_client() && !is_member && matches!(group.group_type, GroupType::Private);
        !hidden
            && (!self.joined || is_member)
            && self.group_type.is_none_or(|kind| group.group_type.as_str() == kind)
            && (self.tags.is_empty() || self.tags.iter().any(|t| group.tags.iter().any(|g| g == t)))
            && (self.guids.is_empty() || self.guids.iter().any(|g| g == group.guid.as_str()))
            && self.search.finds(group.guid.as_str(), &group.name)
    }
}

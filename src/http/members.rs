//! `/groups/{guid}/members` and `/groups/{guid}/bannedusers`: who is in a group, and who may not be.

use std::sync::Arc;

use indexmap::IndexMap;

use super::{
    context::{Answer, Context, Reply},
    params::{Availability, Search},
    wire::{
        Outcome, Outcomes,
        group::{Add, ChangeScope, GroupJson, GroupView, Join, Members, MembershipJson},
        list::List,
        user::UserJson,
    },
};
use crate::domain::{
    access::Via,
    error::{Error, Ruling},
    query::Page,
    time::Timestamp,
    world::World,
};

/// How many members a page has unless asked otherwise (vendor doc).
const MEMBERS_PER_PAGE: usize = 100;

/// What came of each uid, by the list it stood in.
type ByList = IndexMap<&'static str, Outcomes>;

/// What `POST` comes to: a manager adds others, a user joins.
enum Added {
    Results(ByList),
    Joined(GroupView),
}

/// `POST /groups/{guid}/members`
pub(super) fn add_or_join(context: &Context<'_>) -> Answer {
    let ([guid], body) = (context.named(), context.body());
    let added = context.anyone(|turn, caller| match caller.actor {
        Some(actor) if actor.via == Via::Token => {
            turn.world.roster(&guid)?;
            let Join { password } = body.read()?;
            turn.world.join_group(&guid, &actor.uid, password.as_deref(), turn.now)?;
            Ok(Added::Joined(GroupView::of(turn.world.roster(&guid)?, Some(&actor.uid))))
        }
        _ => {
            turn.world.roster(&guid)?;
            let Add(members) = body.read()?;
            Ok(Added::Results(enlist(turn.world, &guid, members, turn.now)))
        }
    })?;
    match added {
        Added::Results(results) => Reply::data(results),
        Added::Joined(view) => Reply::data(GroupJson::seen(&view)),
    }
}

/// `GET /groups/{guid}/members`
pub(super) fn list(context: &Context<'_>) -> Answer {
    let ([guid], mut query) = (context.named(), context.query());
    let page = context.anyone(|turn, _| {
        let request = query.page(MEMBERS_PER_PAGE);
        query.check()?;
        let (scopes, search) = (query.texts("scopes"), Search::read(&query));
        let availability = Availability::read(&query);
        let members = turn.world.roster(&guid)?.members.iter();
        let found = members
            .map(|(uid, member)| (turn.world.user_or_departed(uid), *member))
            .filter(|(user, member)| {
                (scopes.is_empty() || scopes.contains(&member.scope.as_str()))
                    && availability.finds(user)
                    && search.finds(user.uid.as_str(), &user.name)
            });
        Ok(Page::cut(found, request))
    })?;
    let members =
        page.items_as(|(user, member)| UserJson::of(user).without_tags().with_membership(member));
    Reply::whole(&List::from(members))
}

/// `DELETE /groups/{guid}/members`: the acting user leaves.
pub(super) fn leave(context: &Context<'_>) -> Answer {
    let [guid] = context.named();
    let uid = context.acting(|turn, actor| {
        turn.world.remove_member(&guid, actor.uid.as_str(), turn.now)?;
        Ok(actor.uid)
    })?;
    let message = format!("The user with UID {uid} has left the group with GUID {guid}.");
    Reply::done(&message)
}

/// `PUT /groups/{guid}/members/{uid}`
pub(super) fn change_scope(context: &Context<'_>) -> Answer {
    let ([guid, uid], body) = (context.named(), context.body());
    let membership = context.admin(|turn, _| {
        let (of, who) = turn.world.member_of(&guid, &uid)?;
        let ChangeScope(scope) = body.read()?;
        turn.world.change_scope(&guid, &uid, scope)?;
        let member = turn.world.roster(&guid)?.members.get(&who).copied();
        let missing = || Error::NotAMember { uid: uid.to_string(), guid: of.clone() };
        Ok(MembershipJson::of(&who, &of, member.ok_or_else(missing)?))
    })?;
    Reply::data(membership)
}

/// `DELETE /groups/{guid}/members/{uid}`
pub(super) fn remove(context: &Context<'_>) -> Answer {
    let [guid, uid] = context.named();
    context.admin(|turn, _| turn.world.remove_member(&guid, &uid, turn.now))?;
    let message =
        format!("The user with UID {uid} has been removed from the group with GUID {guid}.");
    Reply::done(&message)
}

/// `GET /groups/{guid}/bannedusers`
pub(super) fn list_banned(context: &Context<'_>) -> Answer {
    let ([guid], mut query) = (context.named(), context.query());
    let page = context.admin(|turn, _| {
        let request = query.page(MEMBERS_PER_PAGE);
        query.check()?;
        let search = Search::read(&query);
        let banned = turn.world.roster(&guid)?.banned.keys();
        let banned = banned
            .map(|uid| turn.world.user_or_departed(uid))
            .filter(|user| search.finds(user.uid.as_str(), &user.name));
        Ok(Page::cut(banned, request))
    })?;
    Reply::whole(&List::from(page.items_as(|user| UserJson::of(Arc::as_ref(user)).without_tags())))
}

/// `POST /groups/{guid}/bannedusers/{uid}`
pub(super) fn ban(context: &Context<'_>) -> Answer {
    let [guid, uid] = context.named();
    context.admin(|turn, _| turn.world.ban(&guid, &uid, turn.now))?;
    let message =
        format!("The user with UID {uid} has been banned from the group with GUID {guid}.");
    Reply::done(&message)
}

/// `DELETE /groups/{guid}/bannedusers/{uid}`
pub(super) fn unban(context: &Context<'_>) -> Answer {
    let [guid, uid] = context.named();
    context.admin(|turn, _| turn.world.unban(&guid, &uid))?;
    let message =
        format!("The user with UID {uid} has been unbanned from the group with GUID {guid}.");
    Reply::done(&message)
}

/// Adds and bans, with a result for each uid by the list it stood in: a failure is a result too
/// (vendor doc).
pub(super) fn enlist(world: &mut World, guid: &str, members: Members, now: Timestamp) -> ByList {
    let mut results = ByList::new();
    for (list, scope, uids) in members.to_add {
        put_results(&mut results, list, uids, |uid| world.add_member(guid, uid, scope, now));
    }
    put_results(&mut results, "usersToBan", members.to_ban, |uid| world.keep_out(guid, uid, now));
    results
}

fn put_results(
    results: &mut ByList,
    list: &'static str,
    uids: Vec<String>,
    mut act: impl FnMut(&str) -> Ruling<()>,
) {
    let mut result = |uid: String| {
        let result = match act(&uid) {
            Ok(()) => Outcome::done(None),
            Err(refusal) => Outcome::refused(&refusal),
        };
        (uid, result)
    };
    let mut of_list = Outcomes::new();
    for uid in uids {
        // Who stands in the list twice was dealt with the first time.
        if !of_list.contains_key(&uid) {
            of_list.extend([result(uid)]);
        }
    }
    if !of_list.is_empty() {
        results.insert(list, of_list);
    }
}

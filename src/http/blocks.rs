//! `/users/{uid}/blockedusers` with an API key, `/blockedusers` as the acting user: who does not
//! want to be called by whom.

use std::sync::Arc;

use super::{
    body::Body,
    context::{Answer, Context, Reply},
    params::{Query, Search},
    wire::{
        Outcome, Outcomes,
        list::List,
        user::{Blocked, UserJson},
    },
};
use crate::{
    domain::{error::Ruling, people::User, query::Page, time::Timestamp, world::World},
    runtime::app::Turn,
};

/// How many users a page has unless asked otherwise (vendor doc).
const USERS_PER_PAGE: usize = 100;

/// `POST /users/{uid}/blockedusers`
pub(super) fn block_for(context: &Context<'_>) -> Answer {
    let ([uid], body) = (context.named(), context.body());
    Reply::data(context.admin(|mut turn, _| set(&mut turn, &uid, body, true))?)
}

/// `DELETE /users/{uid}/blockedusers`
pub(super) fn unblock_for(context: &Context<'_>) -> Answer {
    let ([uid], body) = (context.named(), context.body());
    Reply::data(context.admin(|mut turn, _| set(&mut turn, &uid, body, false))?)
}

/// `GET /users/{uid}/blockedusers`
pub(super) fn list_for(context: &Context<'_>) -> Answer {
    let ([uid], query) = (context.named(), context.query());
    shown(&context.admin(|turn, _| of(turn.world, &uid, query))?)
}

/// `POST /blockedusers`
pub(super) fn block(context: &Context<'_>) -> Answer {
    let body = context.body();
    Reply::data(context.acting(|mut turn, actor| set(&mut turn, actor.uid.as_str(), body, true))?)
}

/// `DELETE /blockedusers`
pub(super) fn unblock(context: &Context<'_>) -> Answer {
    let body = context.body();
    Reply::data(context.acting(|mut turn, actor| set(&mut turn, actor.uid.as_str(), body, false))?)
}

/// `GET /blockedusers`
pub(super) fn list(context: &Context<'_>) -> Answer {
    let query = context.query();
    shown(&context.acting(|turn, actor| of(turn.world, actor.uid.as_str(), query))?)
}

/// A result for each uid, unknown ones included (seen).
fn set(turn: &mut Turn<'_>, uid: &str, body: Body, blocked: bool) -> Ruling<Outcomes> {
    let blocker = turn.world.active(uid)?.user.uid.clone();
    let Blocked(uids) = body.read()?;
    let verb = if blocked { "blocked" } else { "unblocked" };
    let result = |whom: String| {
        let result = match turn.world.set_blocked(uid, &whom, blocked, turn.now) {
            Ok(()) => {
                let message =
                    format!("The user with UID {blocker} has {verb} user with UID {whom}.");
                Outcome::done(Some(message))
            }
            Err(refusal) => Outcome::refused(&refusal),
        };
        (whom, result)
    };
    Ok(uids.into_iter().map(result).collect())
}

/// Somebody whom the user blocked, or who blocked the user.
struct Block {
    user: Arc<User>,
    by_me: Option<Timestamp>,
    has_me: bool,
}

/// Both directions unless asked for one: `blockedByMe` or `hasBlockedMe` (vendor doc).
fn of(world: &World, uid: &str, mut query: Query) -> Ruling<Page<Block>> {
    let request = query.page(USERS_PER_PAGE);
    let direction = query.text("direction").unwrap_or("both").to_owned();
    let search = Search::read(&query);
    query.check()?;
    let me = world.active(uid)?;
    let blocks = world.accounts().filter(|account| account.user.is_active()).map(|account| Block {
        user: Arc::clone(&account.user),
        by_me: me.blocked.get(&account.user.uid).copied(),
        has_me: account.blocked.contains_key(&me.user.uid),
    });
    let wanted = blocks.filter(|block| {
        let is_direction = match direction.as_str() {
            "both" => block.by_me.is_some() || block.has_me,
            "blockedByMe" => block.by_me.is_some(),
            "hasBlockedMe" => block.has_me,
            _ => false,
        };
        is_direction && search.finds(block.user.uid.as_str(), &block.user.name)
    });
    Ok(Page::cut(wanted, request))
}

fn shown(page: &Page<Block>) -> Answer {
    let users =
        page.items_as(|b| UserJson::of(&b.user).without_tags().with_block(b.by_me, b.has_me));
    Reply::whole(&List::from(users))
}

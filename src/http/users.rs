//! `/users`: making, finding, changing and removing users.

use std::sync::Arc;

use serde_json::Map;

use super::{
    body::Body,
    context::{Answer, Context, Reply},
    params::{Availability, Query, Search},
    wire::{
        list::List,
        user::{ByResult, Create, Deactivate, Deactivated, Reactivate, Remove, Update, UserJson},
    },
};
use crate::{
    domain::{
        error::Ruling,
        ids::{AuthToken, Uid},
        map::IndexMap,
        people::User,
        query::Page,
        time::Timestamp,
        world::World,
    },
    runtime::app::Turn,
};

/// How many users a page has unless asked otherwise (vendor doc).
const USERS_PER_PAGE: usize = 100;

/// `POST /users`
pub(super) fn create(context: &Context<'_>) -> Answer {
    let body = context.body();
    let (user, token) = context.provision(|mut turn, _| make(&mut turn, body))?;
    Reply::data(UserJson::of(&user).with_token(token.as_ref()))
}

/// Makes a user and, if it is asked for, a token.
pub(super) fn make(turn: &mut Turn<'_>, body: Body) -> Ruling<(Arc<User>, Option<AuthToken>)> {
    let Create { user, with_token } = body.read()?;
    let user = turn.world.create_user(user, turn.now)?;
    let token = with_token.then(|| {
        turn.world.create_token(user.uid.as_str(), Map::new(), turn.ids.token(), turn.now)
    });
    Ok((user, token.transpose()?.map(|(name, _)| name)))
}

/// `GET /users`
pub(super) fn list(context: &Context<'_>) -> Answer {
    let mut query = context.query();
    let (page, with_tags) = context.anyone(|turn, caller| {
        let request = query.page(USERS_PER_PAGE);
        let with_tags = query.flag("withTags").unwrap_or(false);
        let (only_out, with_out) = (query.flag("onlyDeactivated"), query.flag("withDeactivated"));
        let hides = query.flag("hideBlockedUsers") == Some(true);
        let mut wanted = Wanted::read(&query, only_out == Some(true), with_out == Some(true));
        wanted.without = match caller.uid().filter(|_| hides) {
            Some(uid) => Some(&turn.world.active(uid.as_str())?.blocked),
            None => None,
        };
        query.check()?;
        Ok((Page::cut(wanted.sorted(turn.world), request), with_tags))
    })?;
    let page = page.items_as(|user| {
        let json = UserJson::of(user);
        if with_tags { json } else { json.without_tags() }
    });
    Reply::whole(&List::from(page))
}

/// `PUT /users`
pub(super) fn reactivate(context: &Context<'_>) -> Answer {
    let body = context.body();
    let results = context.admin(|turn, _| {
        let Reactivate(uids) = body.read()?;
        let names = ["reactivatedUids", "nonDeactivatedUids", "notFound"];
        Ok(sorted_out(uids, names, |uid| turn.world.reactivate_user(uid)))
    })?;
    Reply::data(results)
}

/// `DELETE /users`
pub(super) fn deactivate(context: &Context<'_>) -> Answer {
    let body = context.body();
    let results = context.admin(|turn, _| {
        let Deactivate(uids) = body.read()?;
        let names = ["deactivatedUids", "alreadyDeactivatedUids", "notFound"];
        Ok(sorted_out(uids, names, |uid| turn.world.deactivate_user(uid, turn.now)))
    })?;
    Reply::data(results)
}

/// `GET /users/{uid}`
pub(super) fn show(context: &Context<'_>) -> Answer {
    let [uid] = context.named();
    let user = context.anyone(|turn, _| Ok(Arc::clone(&turn.world.active(&uid)?.user)))?;
    Reply::data(UserJson::of(&user))
}

/// `PUT /users/{uid}`
pub(super) fn update(context: &Context<'_>) -> Answer {
    let ([uid], body) = (context.named(), context.body());
    let user = context.admin(|turn, _| {
        let Update { name, profile } = body.read()?;
        turn.world.update_user(&uid, name, profile, turn.now)
    })?;
    Reply::data(UserJson::of(&user))
}

/// `DELETE /users/{uid}`
pub(super) fn remove(context: &Context<'_>) -> Answer {
    let ([uid], body) = (context.named(), context.body());
    let permanent = context.admin(|turn, _| {
        let Remove { permanent } = body.read()?;
        if permanent {
            turn.world.delete_user(&uid, turn.now)?;
        } else {
            turn.world.deactivate_user(&uid, turn.now)?;
        }
        Ok(permanent)
    })?;
    if permanent {
        let message = format!("User with UID {uid} has been deleted successfully.");
        Reply::done(&message)
    } else {
        Reply::data(Deactivated { deactivated_uids: [&uid] })
    }
}

/// The uids as they were sent, by what came of each; only the keys that have members (seen).
fn sorted_out(
    uids: Vec<String>,
    [done, not_needed, not_found]: [&'static str; 3],
    mut act: impl FnMut(&str) -> Ruling<bool>,
) -> ByResult {
    let mut results = ByResult::new();
    for uid in uids {
        let key = match act(&uid) {
            Ok(true) => done,
            Ok(false) => not_needed,
            Err(_) => not_found,
        };
        results.entry(key).or_default().push(uid);
    }
    results
}

/// What a listing of users looks for.
struct Wanted<'a> {
    search: Search,
    roles: Vec<&'a str>,
    availability: Availability<'a>,
    /// Whom the acting user blocked, and does not want to see.
    without: Option<&'a IndexMap<Uid, Timestamp>>,
    tags: Vec<&'a str>,
    uids: Vec<String>,
    sort_by: Option<&'a str>,
    ascending: bool,
    active: bool,
    deactivated: bool,
}

impl<'a> Wanted<'a> {
    fn read(query: &'a Query, only_deactivated: bool, with_deactivated: bool) -> Self {
        let sort_by = query.text("sortBy");
        Self {
            search: Search::read(query),
            roles: query.text("role").into_iter().chain(query.texts("roles")).collect(),
            availability: Availability::read(query),
            without: None,
            tags: query.texts("tags"),
            uids: query.texts("uids").iter().map(|uid| uid.to_lowercase()).collect(),
            sort_by,
            // Names run from A, those online come first, and else the newest, unless asked otherwise
            // (ours).
            ascending: match query.text("sortOrder") {
                Some(order) => order == "asc",
                None => matches!(sort_by, Some("name" | "status")),
            },
            active: !only_deactivated,
            deactivated: only_deactivated || with_deactivated,
        }
    }

    /// The users that fit: the newest first (seen), unless asked otherwise.
    fn sorted(&self, world: &World) -> Vec<Arc<User>> {
        let fitting = world.accounts().map(|account| &account.user).filter(|user| self.fits(user));
        let mut users: Vec<_> = fitting.cloned().collect();
        match self.sort_by {
            Some("name") => users.sort_by(|a, b| a.name.cmp(&b.name)),
            Some("status") => users.sort_by(|a, b| (!a.online, &a.name).cmp(&(!b.online, &b.name))),
            Some(_) | None => {}
        }
        if !self.ascending {
            users.reverse();
        }
        users
    }

    fn fits(&self, user: &User) -> bool {
        let state = if user.is_active() { self.active } else { self.deactivated };
        state
            && (self.roles.is_empty() || self.roles.iter().any(|role| user.role == *role))
            && self.availability.finds(user)
            && self.without.is_none_or(|blocked| !blocked.contains_key(&user.uid))
            && (self.tags.is_empty()
                || self.tags.iter().any(|tag| user.tags.iter().any(|t| t == tag)))
            && (self.uids.is_empty() || self.uids.iter().any(|uid| uid == user.uid.as_str()))
            && self.search.finds(user.uid.as_str(), &user.name)
    }
}

//! `/me`: what a user's own client asks of itself, with its token.

use std::sync::Arc;

use super::{
    context::{Answer, Context, Reply},
    wire::{
        me::{JwtJson, MeJson},
        user::Client,
    },
};
use crate::{
    domain::{error::Ruling, ids::AuthToken, ids::Uid, people::User, time::Timestamp},
    runtime::{app::Turn, passes::Bearer},
};

/// Somebody who is logged in.
struct LoggedIn {
    user: Arc<User>,
    token: AuthToken,
    at: Timestamp,
}

/// `GET /me`
pub(super) fn show(context: &Context<'_>) -> Answer {
    let me = context.client(|turn, uid, token| LoggedIn::of(&turn, uid, token))?;
    answer(context, &me)
}

/// `PUT /me`: the second step of an SDK's log-in (seen).
pub(super) fn update(context: &Context<'_>) -> Answer {
    let body = context.body();
    let me = context.client(|turn, uid, token| {
        let Client(client) = body.read()?;
        turn.world.update_token(uid.as_str(), token, client)?;
        LoggedIn::of(&turn, uid, token)
    })?;
    answer(context, &me)
}

/// `DELETE /me`: logs this client out; the user's others stay logged in.
pub(super) fn remove(context: &Context<'_>) -> Answer {
    let uid = context.client(|turn, uid, token| {
        turn.world.delete_token(uid.as_str(), token)?;
        Ok(uid.clone())
    })?;
    let message = format!("The user with UID {uid} has been logged out.");
    Reply::done(&message)
}

/// `POST /me/jwt`
pub(super) fn jwt(context: &Context<'_>) -> Answer {
    let me = context.client(|turn, uid, token| LoggedIn::of(&turn, uid, token))?;
    let jwt = context.service.passes.for_socket(&me.bearer(context), me.at);
    Reply::data(JwtJson { jwt })
}

fn answer(context: &Context<'_>, me: &LoggedIn) -> Answer {
    let (bearer, passes) = (me.bearer(context), &context.service.passes);
    let (secret, jwt) = (passes.channel_secret(&bearer), passes.for_socket(&bearer, me.at));
    Reply::data(MeJson::of(&me.user, &me.token, &bearer.app, secret, jwt))
}

impl LoggedIn {
    fn of(turn: &Turn<'_>, uid: &Uid, token: &str) -> Ruling<Self> {
        let (token, _) = turn.world.token(uid.as_str(), token)?;
        let user = Arc::clone(&turn.world.active(uid.as_str())?.user);
        Ok(Self { user, token: token.clone(), at: turn.now })
    }

    fn bearer(&self, context: &Context<'_>) -> Bearer {
        Bearer { app: context.app_id().clone(), uid: self.user.uid.clone() }
    }
}

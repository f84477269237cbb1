//! `/users/{uid}/auth_tokens`: logging users in and out.

use super::{
    body::Body,
    context::{Answer, Context, Reply},
    wire::{
        list::List,
        user::{Client, TokenJson},
    },
};
use crate::{
    domain::{error::Ruling, query::Page},
    runtime::app::Turn,
};

/// How many tokens a page has unless asked otherwise (ours).
const TOKENS_PER_PAGE: usize = 100;

/// `POST /users/{uid}/auth_tokens`
pub(super) fn create(context: &Context<'_>) -> Answer {
    let ([uid], body) = (context.named(), context.body());
    Reply::data(context.provision(|mut turn, _| make(&mut turn, &uid, body))?)
}

/// Logs a user in.
pub(super) fn make(turn: &mut Turn<'_>, uid: &str, body: Body) -> Ruling<TokenJson> {
    let Client(client) = body.read()?;
    let made = turn.world.create_token(uid, client, turn.ids.token(), turn.now)?;
    Ok(TokenJson::of(&turn.world.active(uid)?.user.uid, &made.0, &made.1))
}

/// `GET /users/{uid}/auth_tokens`, newest first.
pub(super) fn list(context: &Context<'_>) -> Answer {
    let ([uid], mut query) = (context.named(), context.query());
    let page = context.admin(|turn, _| {
        let request = query.page(TOKENS_PER_PAGE);
        query.check()?;
        let account = turn.world.active(&uid)?;
        let newest_first = account.tokens.iter().rev();
        let tokens =
            newest_first.map(|(name, token)| TokenJson::of(&account.user.uid, name, token));
        Ok(Page::cut(tokens, request))
    })?;
    Reply::whole(&List::from(page))
}

/// `DELETE /users/{uid}/auth_tokens`
pub(super) fn remove_all(context: &Context<'_>) -> Answer {
    let [uid] = context.named();
    context.admin(|turn, _| turn.world.delete_tokens(&uid))?;
    let message = format!("All auth tokens of the user with UID {uid} have been deleted.");
    Reply::done(&message)
}

/// `GET /users/{uid}/auth_tokens/{authToken}`
pub(super) fn show(context: &Context<'_>) -> Answer {
    let [uid, token] = context.named();
    let token = context.admin(|turn, _| {
        let (name, token) = turn.world.token(&uid, &token)?;
        Ok(TokenJson::of(&turn.world.active(&uid)?.user.uid, name, token))
    })?;
    Reply::data(token)
}

/// `PUT /users/{uid}/auth_tokens/{authToken}`
pub(super) fn update(context: &Context<'_>) -> Answer {
    let ([uid, token], body) = (context.named(), context.body());
    let token = context.admin(|turn, _| {
        let Client(client) = body.read()?;
        let (name, token) = turn.world.update_token(&uid, &token, client)?;
        Ok(TokenJson::of(&turn.world.active(&uid)?.user.uid, &name, &token))
    })?;
    Reply::data(token)
}

/// `DELETE /users/{uid}/auth_tokens/{authToken}`
pub(super) fn remove(context: &Context<'_>) -> Answer {
    let [uid, token] = context.named();
    context.admin(|turn, _| turn.world.delete_token(&uid, &token))?;
    let message = format!("The auth token of the user with UID {uid} has been deleted.");
    Reply::done(&message)
}

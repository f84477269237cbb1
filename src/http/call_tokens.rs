//! `/call_tokens`: what a calls SDK needs to begin the media of a session.

use std::sync::Arc;

use super::{
    context::{Answer, Context, Reply},
    wire::call_token::{CallTokenJson, SessionAsked, SessionJson, Visit},
};
use crate::{domain::rules::session::enter, runtime::passes::Bearer};

/// `POST /call_tokens`
pub(super) fn create(context: &Context<'_>) -> Answer {
    let body = context.body();
    let (bearer, session, at) = context.client(|turn, uid, _| {
        let SessionAsked(given) = body.read_for("token/1")?;
        let session = enter(turn.world, uid, &given, turn.ids.call(), turn.now)?;
        let bearer = Bearer { app: turn.world.app().clone(), uid: uid.clone() };
        Ok((bearer, session, turn.now))
    })?;
    let token = context.service.passes.for_session(&bearer, &session, at);
    Reply::data(CallTokenJson { token })
}

/// `GET /call_tokens`
pub(super) fn show(context: &Context<'_>) -> Answer {
    let (visit, reached, call_token) = context.session(|turn, uid, id, token| {
        turn.world.view_call(id.as_str(), Some(uid))?;
        let account = turn.world.active(uid.as_str())?;
        let visit = Visit {
            app: turn.world.app().clone(),
            region: Arc::clone(&turn.world.settings().region),
            user: Arc::clone(&account.user),
            token: account.tokens.keys().last().cloned(),
            session: id.clone(),
        };
        Ok((visit, context.reached()?, token.to_owned()))
    })?;
    Reply::data(SessionJson::of(&visit, &call_token, &reached))
}

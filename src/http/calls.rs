//! `/calls`: ringing, answering, hanging up, and the log.

use std::sync::Arc;

use super::{
    context::{Answer, Context, Reply},
    params::Query,
    wire::{
        call_log::{CallLogJson, Ends, TranscriptionJson},
        call_message::{CallMessageJson, ChangeType},
        list::List,
    },
};
use crate::domain::{
    access::Caller,
    call::{Call, CallType, Mode, Status},
    event::CallMessage,
    ids::{Guid, Uid},
    index::{Facet, Selection},
    query::Page,
    rules::{self, change_status::change_status as change, initiate::initiate as ring},
    world::World,
};

/// How many logs a page has unless asked otherwise (vendor doc).
const LOGS_PER_PAGE: usize = 25;
/// The same for transcriptions (vendor doc).
const TRANSCRIPTIONS_PER_PAGE: usize = 100;

/// `POST /calls`
pub(super) fn initiate(context: &Context<'_>) -> Answer {
    let body = context.body();
    let message = context.acting(|turn, actor| {
        let ask = body.read_for("initiate/1")?;
        ring(turn.world, &actor, ask, turn.ids.call(), turn.now)
    })?;
    answer(context, &message)
}

/// `PUT /calls/{sessionId}`
pub(super) fn change_status(context: &Context<'_>) -> Answer {
    let ([session], body) = (context.named(), context.body());
    let message = context.acting(|turn, actor| {
        let session = rules::named_session(&session)?;
        let ask = body.read_for("change/2")?;
        change(turn.world, &actor, session, ask, turn.ids.device(), turn.now)
    })?;
    answer(context, &message)
}

/// `PATCH /calls/{sessionId}/type`
pub(super) fn change_type(context: &Context<'_>) -> Answer {
    let ([session], body) = (context.named(), context.body());
    let message = context.acting(|turn, actor| {
        let session = rules::named_session(&session)?;
        let ChangeType(call_type) = body.read_for("change/2")?;
        rules::change_type::change_type(turn.world, &actor, session, call_type, turn.now)
    })?;
    answer(context, &message)
}

/// `GET /calls`
pub(super) fn list(context: &Context<'_>) -> Answer {
    let mut query = context.query();
    let page = context.anyone(|turn, caller| {
        let request = query.page(LOGS_PER_PAGE);
        let selection = selection(&mut query, &caller);
        query.check()?;
        let page = turn.world.list_calls(selection, caller.uid(), request);
        Ok(page.map(|call| with_ends(call, turn.world, &caller)))
    })?;
    let logs = page.items_as(|(call, ends)| CallLogJson::of(call, ends.as_ref()));
    Reply::whole(&List::from(logs))
}

/// `GET /calls/{sessionId}`. To a user's own client it is a list of one, for the calls SDK goes
/// through it as one (seen).
pub(super) fn show(context: &Context<'_>) -> Answer {
    let [session] = context.named();
    let (call, ends) = context.anyone(|turn, caller| {
        let session = rules::named_session(&session)?;
        let call = turn.world.view_call(session, caller.uid())?;
        Ok(with_ends(call, turn.world, &caller))
    })?;
    let log = CallLogJson::in_detail(&call, ends.as_ref());
    if ends.is_some() { Reply::data([log]) } else { Reply::data(log) }
}

/// `GET /calls/{sessionId}/transcriptions`
pub(super) fn transcriptions(context: &Context<'_>) -> Answer {
    let ([session], mut query) = (context.named(), context.query());
    let (call, request) = context.anyone(|turn, caller| {
        let session = rules::named_session(&session)?;
        let request = query.page(TRANSCRIPTIONS_PER_PAGE);
        query.check()?;
        Ok((turn.world.view_call(session, caller.uid())?, request))
    })?;
    let newest_first = call.transcriptions.iter().rev();
    let page = Page::cut(newest_first.map(|t| TranscriptionJson::of(&call, t)), request);
    Reply::whole(&List::from(page))
}

fn answer(context: &Context<'_>, message: &CallMessage) -> Answer {
    Reply::data(CallMessageJson::of(
        message,
        context.app_id().as_str(),
        context.resource().as_deref(),
    ))
}

fn with_ends(call: Arc<Call>, world: &World, caller: &Caller) -> (Arc<Call>, Option<Ends>) {
    let ends = caller.is_client().then(|| Ends::of(&call, world));
    (call, ends)
}

/// Reads the filters. A value outside an enumeration matches nothing (seen).
fn selection(query: &mut Query, caller: &Caller) -> Selection {
    let mut what = Selection::default();
    let words: [Option<Option<Facet>>; 6] = [
        query.text("type").map(|text| CallType::parse(text).map(Facet::Type)),
        query.text("mode").map(|text| Mode::parse(text).map(Facet::Mode)),
        query.text("status").map(|text| Status::parse(text).map(Facet::Status)),
        query.text("receiverType").map(|text| match text {
            "user" => Some(Facet::ToGroup(false)),
            "group" => Some(Facet::ToGroup(true)),
            _ => None,
        }),
        query.text("uid").map(|text| Uid::parse(text).ok().map(Facet::Party)),
        query.text("guid").map(|text| Guid::parse(text).ok().map(Facet::Group)),
    ];
    for word in words.into_iter().flatten() {
        match word {
            Some(facet) => what.with.push(facet),
            None => what.nothing = true,
        }
    }
    if let Some(count) = query.integer("participantsCount") {
        match usize::try_from(count) {
            Ok(count) => what.with.push(Facet::Participants(count)),
            Err(_) => what.nothing = true,
        }
    }
    what.with.extend(query.flag("hasRecording").map(Facet::Recorded));
    what.with.extend(query.flag("hasTranscription").map(Facet::Transcribed));
    what.started_from = query.integer("startedAt");
    what.ended_until = query.integer("endedAt");
    direct(&mut what, query.text("direction"), caller.uid());
    what
}

/// `direction` is as the acting user sees it; without one there is none, and it is ignored (ours).
fn direct(what: &mut Selection, direction: Option<&str>, viewer: Option<&Uid>) {
    let (Some(direction), Some(viewer)) = (direction, viewer) else {
        return;
    };
    match direction {
        "outgoing" => what.with.push(Facet::Caller(viewer.clone())),
        "incoming" => what.without.push(Facet::Caller(viewer.clone())),
        _ => what.nothing = true,
    }
}

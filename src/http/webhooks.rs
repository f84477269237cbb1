//! `/apps/{appId}/webhooks`: the vendor's management API of webhooks (vendor doc).

use indexmap::IndexMap;

use super::{
    body::Body,
    context::{Answer, Context, Reply},
    params::Search,
    wire::{
        Outcome, Outcomes,
        list::List,
        webhook::{Create, TriggerJson, Triggers, WebhookJson},
    },
};
use crate::{
    domain::{error::Ruling, query::Page, webhooks::Trigger},
    runtime::app::Turn,
};

/// How many entries a page has unless asked otherwise (vendor doc).
const PER_PAGE: usize = 100;

/// `POST /apps/{appId}/webhooks`
pub(super) fn create(context: &Context<'_>) -> Answer {
    let body = context.body();
    let webhook = context.manage(|turn| {
        let new: Create = body.read()?;
        turn.world.create_webhook(new.at(turn.now))
    })?;
    Reply::data(WebhookJson::of(&webhook))
}

/// `GET /apps/{appId}/webhooks`
pub(super) fn list(context: &Context<'_>) -> Answer {
    let mut query = context.query();
    let page = context.manage(|turn| {
        let request = query.page(PER_PAGE);
        let search = Search::read(&query);
        query.check()?;
        let found = turn
            .world
            .webhooks()
            .filter(|webhook| search.finds(&webhook.id.as_str().to_lowercase(), &webhook.name));
        Ok(Page::cut(found.cloned(), request))
    })?;
    Reply::whole(&List::from(page.items_as(|webhook| WebhookJson::of(webhook))))
}

/// `GET /apps/{appId}/webhooks/{webhookId}`
pub(super) fn show(context: &Context<'_>) -> Answer {
    let [_, id] = context.named();
    let webhook = context.manage(|turn| Ok(turn.world.webhook(&id).cloned()?))?;
    Reply::data(WebhookJson::of(&webhook))
}

/// `PUT /apps/{appId}/webhooks/{webhookId}`
pub(super) fn update(context: &Context<'_>) -> Answer {
    let ([_, id], body) = (context.named(), context.body());
    let webhook = context.manage(|turn| turn.world.update_webhook(&id, body.read()?, turn.now))?;
    Reply::data(WebhookJson::of(&webhook))
}

/// `DELETE /apps/{appId}/webhooks/{webhookId}`
pub(super) fn remove(context: &Context<'_>) -> Answer {
    let [_, id] = context.named();
    context.manage(|turn| turn.world.delete_webhook(&id))?;
    let message = format!("Webhook with ID {id} has been deleted successfully.");
    Reply::done(&message)
}

/// `POST /apps/{appId}/webhooks/{webhookId}/triggers`
pub(super) fn add_triggers(context: &Context<'_>) -> Answer {
    let ([_, id], body) = (context.named(), context.body());
    Reply::data(context.manage(|mut turn| set(&mut turn, &id, body, true))?)
}

/// `GET /apps/{appId}/webhooks/{webhookId}/triggers`
pub(super) fn list_triggers(context: &Context<'_>) -> Answer {
    let ([_, id], mut query) = (context.named(), context.query());
    let page = context.manage(|turn| {
        let request = query.page(PER_PAGE);
        query.check()?;
        let triggers = turn.world.webhook(&id)?.triggers.iter().copied();
        Ok(Page::cut(triggers.map(TriggerJson::from), request))
    })?;
    Reply::whole(&List::from(page))
}

/// `DELETE /apps/{appId}/webhooks/{webhookId}/triggers`
pub(super) fn remove_triggers(context: &Context<'_>) -> Answer {
    let ([_, id], body) = (context.named(), context.body());
    Reply::data(context.manage(|mut turn| set(&mut turn, &id, body, false))?)
}

/// A result for each trigger. Where there is none of them, nothing could be done at all, and the
/// request is refused (ours).
fn set(turn: &mut Turn<'_>, id: &str, body: Body, is_told: bool) -> Ruling<Outcomes> {
    let Triggers(triggers) = body.read()?;
    turn.world.webhook(id)?;
    let is_any_known = triggers.iter().any(|trigger| Trigger::parse(trigger).is_some());
    if let (false, Some(first)) = (is_any_known, triggers.first()) {
        turn.world.set_trigger(id, first, is_told)?;
    }
    let done = if is_told { "added" } else { "removed" };
    let mut outcomes = IndexMap::new();
    for trigger in triggers {
        let outcome = match turn.world.set_trigger(id, &trigger, is_told) {
            // The vendor's words.
            Ok(()) => Outcome::done(Some(format!("Triggers has been {done} successfully."))),
            Err(refusal) => Outcome::refused(&refusal),
        };
        outcomes.insert(trigger, outcome);
    }
    Ok(outcomes)
}

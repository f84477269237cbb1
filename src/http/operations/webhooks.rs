//! `/apps/{appId}/webhooks`

use std::collections::BTreeMap;

use super::{Described, manager};
use crate::{
    domain::{code::Code, webhooks::WebhookChange},
    http::wire::{
        Outcome,
        webhook::{Create, TriggerJson, Triggers, WebhookJson},
    },
    openapi::{Operation, Parameter},
};

const TAG: &str = "Webhooks";

pub(in crate::http) fn create() -> Operation {
    manager("createWebhook", "Adds a webhook, which is told of nothing yet.")
        .tagged(TAG)
        .reads::<Create>()
        .gives::<WebhookJson<'_>>()
        .refused_by([Code::WebhookAlreadyExists, Code::TooManyWebhooks])
}

pub(in crate::http) fn list() -> Operation {
    manager("listWebhooks", "Lists the webhooks of an app, oldest first.")
        .tagged(TAG)
        .lists::<WebhookJson<'_>>()
        .with([Parameter::text("searchKey", "In an id or a name, in any case.")])
}

pub(in crate::http) fn show() -> Operation {
    one("getWebhook", "Shows a webhook.").gives::<WebhookJson<'_>>()
}

pub(in crate::http) fn update() -> Operation {
    one("updateWebhook", "Changes a webhook; what is left out stays.")
        .reads::<WebhookChange>()
        .gives::<WebhookJson<'_>>()
}

pub(in crate::http) fn remove() -> Operation {
    one("deleteWebhook", "Takes a webhook away, and what waits for it.").confirms()
}

pub(in crate::http) fn add_triggers() -> Operation {
    one("addTriggers", "Has a webhook told of triggers.")
        .reads::<Triggers>()
        .gives::<BTreeMap<String, Outcome>>()
        .refused_by([Code::TriggerNotFound])
}

pub(in crate::http) fn list_triggers() -> Operation {
    one("listTriggers", "Lists what a webhook is told of.").lists::<TriggerJson>()
}

pub(in crate::http) fn remove_triggers() -> Operation {
    one("removeTriggers", "Has a webhook told of triggers no more.")
        .reads::<Triggers>()
        .gives::<BTreeMap<String, Outcome>>()
        .refused_by([Code::TriggerNotFound])
}

fn one(id: &'static str, summary: &'static str) -> Operation {
    manager(id, summary).tagged(TAG).refused_by([Code::WebhookNotFound])
}

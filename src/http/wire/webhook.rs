//! Webhooks as the management API reads and writes them (vendor doc).

use std::{collections::BTreeSet, sync::Arc};

use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    domain::{
        basic_auth::{BasicAuth, BasicAuthChange, is_password, is_username},
        time::Timestamp,
        users::Patch,
        webhook_url::{UrlFlaw, check_webhook_url},
        webhooks::{
            MAX_PASSWORD, MAX_URL, MAX_WEBHOOK_NAME, Trigger, Webhook, WebhookChange, WebhookId,
        },
    },
    http::form::{Form, FromForm},
};

/// A webhook, without its password.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Webhook")]
pub(in crate::http) struct WebhookJson<'a> {
    id: &'a str,
    name: &'a str,
    #[serde(rename = "webhookURL")]
    url: &'a str,
    use_basic_auth: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<&'a str>,
    enabled: bool,
    retry_on_failure: bool,
    created_at: i64,
    updated_at: i64,
}

/// A trigger that a webhook is told of.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Trigger")]
pub(in crate::http) struct TriggerJson {
    #[schemars(extend("enum" = Trigger::ALL.iter().map(|trigger| trigger.as_str()).collect::<Vec<_>>()))]
    id: &'static str,
}

impl<'a> WebhookJson<'a> {
    pub(in crate::http) fn of(webhook: &'a Webhook) -> Self {
        Self {
            id: webhook.id.as_str(),
            name: &webhook.name,
            url: &webhook.url,
            use_basic_auth: webhook.basic_auth.is_on(),
            username: webhook.basic_auth.username(),
            enabled: webhook.enabled,
            retry_on_failure: webhook.retry_on_failure,
            created_at: webhook.created_at.secs(),
            updated_at: webhook.updated_at.secs(),
        }
    }
}

impl From<Trigger> for TriggerJson {
    fn from(trigger: Trigger) -> Self {
        Self { id: trigger.as_str() }
    }
}

/// The body of `POST /apps/{appId}/webhooks`.
pub(in crate::http) struct Create {
    id: WebhookId,
    name: String,
    url: String,
    basic_auth: BasicAuth,
    enabled: bool,
    retry_on_failure: bool,
}

impl Create {
    /// The webhook that it is, which is told of nothing yet.
    pub(in crate::http) fn at(self, now: Timestamp) -> Webhook {
        self.telling(BTreeSet::new(), now)
    }

    /// The same, and it is told of this.
    pub(in crate::http) fn telling(self, triggers: BTreeSet<Trigger>, now: Timestamp) -> Webhook {
        let Self { id, name, url, basic_auth, enabled, retry_on_failure } = self;
        let url = Arc::from(url);
        let (created_at, updated_at) = (now, now);
        Webhook {
            id,
            name,
            url,
            basic_auth,
            enabled,
            retry_on_failure,
            triggers,
            created_at,
            updated_at,
        }
    }
}

impl FromForm for Create {
    fn from_form(form: &mut Form) -> Option<Self> {
        let id = form.new_name("id", MAX_WEBHOOK_NAME, WebhookId::parse);
        let name = form.required("name");
        let name = form.at_most("name", MAX_WEBHOOK_NAME, name);
        let url = form.required_url("webhookURL");
        let url = url_of(form, url);
        let basic_auth = all_of(form);
        let enabled = form.maybe("enabled").unwrap_or(true);
        let retry_on_failure = form.flag("retryOnFailure");
        let (basic_auth, url) = (basic_auth?, url?);
        Some(Self { id: id?, name: name?, url, basic_auth, enabled, retry_on_failure })
    }
}

/// The body of `PUT /apps/{appId}/webhooks/{webhookId}`.
impl FromForm for WebhookChange {
    fn from_form(form: &mut Form) -> Option<Self> {
        let name = form.filled("name");
        let name = form.at_most("name", MAX_WEBHOOK_NAME, name);
        let url = form.filled_url("webhookURL");
        Some(Self {
            name,
            url: url_of(form, url),
            basic_auth: basic_auth(form),
            enabled: form.maybe("enabled"),
            retry_on_failure: form.maybe("retryOnFailure"),
        })
    }
}

/// The body of `…/triggers`.
pub(in crate::http) struct Triggers(pub(in crate::http) Vec<String>);

impl FromForm for Triggers {
    fn from_form(form: &mut Form) -> Option<Self> {
        let known = Trigger::ALL.iter().map(|trigger| trigger.as_str());
        form.required_words("triggerIds", known).map(Self)
    }
}

/// What can be sent as a user name, and as a password.
const USERNAME: (fn(&str) -> bool, &str) = (is_username, r"^[^:\u0000-\u001f\u007f-\u009f]*$");
const PASSWORD: (fn(&str) -> bool, &str) = (is_password, r"^[^\u0000-\u001f\u007f-\u009f]*$");

fn url_of(form: &mut Form, url: Option<String>) -> Option<String> {
    let url = form.at_most("webhookURL", MAX_URL, url)?;
    match check_webhook_url(&url) {
        Ok(()) => Some(url),
        Err(UrlFlaw::NotAUrl) => {
            form.reject("webhookURL", |name| format!("The {name} must be a valid URL."))
        }
        Err(UrlFlaw::HasLogin) => form.reject("webhookURL", |name| {
            format!(
                "The {name} must not contain a user name or password; send username and password \
                 with useBasicAuth instead."
            )
        }),
    }
}

/// What a new webhook has, where each half that is needed is asked for unless something else is
/// wrong with it already. Without `useBasicAuth` it is kept and not sent (vendor doc).
fn all_of(form: &mut Form) -> Option<BasicAuth> {
    let given = basic_auth(form);
    match BasicAuth::default().changed(given) {
        Ok(basic_auth) => Some(basic_auth),
        Err(missing) => {
            for (field, texts) in missing.iter() {
                if !form.is_wrong(field) {
                    form.reject::<()>(field, |_| texts.concat());
                }
            }
            None
        }
    }
}

fn basic_auth(form: &mut Form) -> BasicAuthChange {
    let is_on = form.maybe("useBasicAuth");
    let username = half(form, "username", MAX_WEBHOOK_NAME);
    let username = form.fitting("username", username, USERNAME, "colons or control characters");
    let password = half(form, "password", MAX_PASSWORD);
    let password = form.fitting("password", password, PASSWORD, "control characters");
    BasicAuthChange { is_on, username, password }
}

/// Kept when missing, and cleared when null or empty.
fn half(form: &mut Form, field: &str, most: usize) -> Patch<String> {
    let read = form.patch(field);
    let is_cleared = read == Some(None);
    let text = form.at_most(field, most, read.flatten());
    if is_cleared { Some(None) } else { text.map(Some) }
}

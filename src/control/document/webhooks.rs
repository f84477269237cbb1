//! Webhooks.

use std::{collections::BTreeSet, sync::Arc};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    people::or,
    words::{Text, Time},
};
use crate::domain::{
    archive::Flaw,
    time::Timestamp,
    webhooks::{
        BasicAuth, MAX_PASSWORD, MAX_URL, MAX_WEBHOOK_NAME, Trigger, Webhook, WebhookId,
        is_webhook_url,
    },
};

/// A webhook. Only id and URL are needed.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "StateWebhook")]
pub(super) struct WebhookJson {
    id: Text<WebhookId>,
    /// The id unless given.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(rename = "webhookURL")]
    url: String,
    /// With a password.
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<String>,
    /// It is unless said otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    enabled: Option<bool>,
    /// It is not unless said otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_on_failure: Option<bool>,
    /// All unless given.
    #[serde(skip_serializing_if = "Option::is_none")]
    triggers: Option<Vec<Text<Trigger>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_at: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    updated_at: Option<Time>,
}

impl WebhookJson {
    pub(super) fn of(webhook: &Webhook) -> Self {
        let auth = webhook.basic_auth.as_ref();
        Self {
            id: Text(webhook.id.clone()),
            name: Some(webhook.name.clone()),
            url: webhook.url.to_string(),
            username: auth.map(|auth| auth.username.clone()),
            password: auth.map(|auth| auth.password.clone()),
            enabled: Some(webhook.enabled),
            retry_on_failure: Some(webhook.retry_on_failure),
            triggers: Some(webhook.triggers.iter().copied().map(Text).collect()),
            created_at: Some(Time(webhook.created_at)),
            updated_at: Some(Time(webhook.updated_at)),
        }
    }

    pub(super) fn record(&self, path: &str, now: Timestamp) -> Result<Arc<Webhook>, Flaw> {
        let flaw = |field: &str, problem: String| Flaw::at(format!("{path}.{field}"), problem);
        if !is_webhook_url(&self.url) {
            let problem = format!("{:?} is no URL such as http://localhost:9000/hook", self.url);
            return Err(flaw("webhookURL", problem));
        }
        let texts = [
            ("webhookURL", Some(&self.url), MAX_URL),
            ("name", self.name.as_ref(), MAX_WEBHOOK_NAME),
            ("username", self.username.as_ref(), MAX_WEBHOOK_NAME),
            ("password", self.password.as_ref(), MAX_PASSWORD),
        ];
        for (field, text, most) in texts {
            if text.is_some_and(|text| text.chars().count() > most) {
                return Err(flaw(field, format!("it is longer than {most} characters")));
            }
        }
        let basic_auth = match (self.username.clone(), self.password.clone()) {
            (Some(username), Some(password)) => Some(BasicAuth { username, password }),
            (None, None) => None,
            (Some(_), None) => return Err(flaw("password", "a username needs one".to_owned())),
            (None, Some(_)) => return Err(flaw("username", "a password needs one".to_owned())),
        };
        let triggers: BTreeSet<_> = match &self.triggers {
            Some(given) => given.iter().map(|trigger| trigger.0).collect(),
            None => Trigger::ALL.iter().copied().collect(),
        };
        let created_at = or(self.created_at, now);
        Ok(Arc::new(Webhook {
            id: self.id.0.clone(),
            name: self.name.clone().unwrap_or_else(|| self.id.0.as_str().to_owned()),
            url: self.url.as_str().into(),
            basic_auth,
            enabled: self.enabled.unwrap_or(true),
            retry_on_failure: self.retry_on_failure.unwrap_or(false),
            triggers,
            created_at,
            updated_at: or(self.updated_at, created_at),
        }))
    }
}

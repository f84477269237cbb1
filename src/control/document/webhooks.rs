//! Webhooks.

use std::{collections::BTreeSet, sync::Arc};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    people::or,
    words::{Secret, Text, Time},
};
use crate::domain::{
    archive::Flaw,
    basic_auth::{BasicAuth, BasicAuthChange, is_password, is_username},
    time::Timestamp,
    webhook_url::{UrlFlaw, check_webhook_url},
    webhooks::{MAX_PASSWORD, MAX_URL, MAX_WEBHOOK_NAME, Trigger, Webhook, WebhookId},
};

/// What is said of a half that is missing.
const NEEDED: &str = "basic auth takes both username and password, unless useBasicAuth is false";

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
    /// Whether `username` and `password` are sent; they are when both are given, unless said
    /// otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    use_basic_auth: Option<bool>,
    /// With a password.
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<Secret>,
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
        let auth = &webhook.basic_auth;
        Self {
            id: Text(webhook.id.clone()),
            name: Some(webhook.name.clone()),
            url: webhook.url.to_string(),
            use_basic_auth: Some(auth.is_on()),
            username: auth.username().map(str::to_owned),
            password: auth.password().map(|secret| Secret(secret.to_owned())),
            enabled: Some(webhook.enabled),
            retry_on_failure: Some(webhook.retry_on_failure),
            triggers: Some(webhook.triggers.iter().copied().map(Text).collect()),
            created_at: Some(Time(webhook.created_at)),
            updated_at: Some(Time(webhook.updated_at)),
        }
    }

    pub(super) fn record(&self, path: &str, now: Timestamp) -> Result<Arc<Webhook>, Flaw> {
        let flaw = |field: &str, problem: String| Flaw::at(format!("{path}.{field}"), problem);
        if let Err(wrong) = check_webhook_url(&self.url) {
            let problem = match wrong {
                UrlFlaw::NotAUrl => {
                    format!("{:?} is no URL such as http://localhost:9000/hook", self.url)
                }
                UrlFlaw::HasLogin => "a user name or password is in it; give username and \
                                      password beside it instead"
                    .to_owned(),
            };
            return Err(flaw("webhookURL", problem));
        }
        let texts = [
            ("webhookURL", Some(&self.url), MAX_URL),
            ("name", self.name.as_ref(), MAX_WEBHOOK_NAME),
            ("username", self.username.as_ref(), MAX_WEBHOOK_NAME),
            ("password", self.password.as_ref().map(|secret| &secret.0), MAX_PASSWORD),
        ];
        for (field, text, most) in texts {
            if text.is_some_and(|text| text.chars().count() > most) {
                return Err(flaw(field, format!("it is longer than {most} characters")));
            }
        }
        let basic_auth =
            self.basic_auth().map_err(|(field, problem)| flaw(field, problem.to_owned()))?;
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

    /// One half alone is kept where it is said that it is not sent, and else is a slip.
    fn basic_auth(&self) -> Result<BasicAuth, (&'static str, &'static str)> {
        let (username, password) =
            (self.username.as_deref(), self.password.as_ref().map(|secret| secret.0.as_str()));
        let is_on = self.use_basic_auth.unwrap_or(username.is_some() || password.is_some());
        match (username, password) {
            (Some(name), _) if !is_username(name) => {
                return Err(("username", "it has a colon or a control character in it"));
            }
            (_, Some(secret)) if !is_password(secret) => {
                return Err(("password", "it has a control character in it"));
            }
            (None, _) if is_on => return Err(("username", NEEDED)),
            (_, None) if is_on => return Err(("password", NEEDED)),
            (Some(_) | None, Some(_) | None) => {}
        }
        let halves = [username, password].map(|half| Some(half.map(str::to_owned)));
        let [username, password] = halves;
        let given = BasicAuthChange { is_on: Some(is_on), username, password };
        BasicAuth::default().changed(given).map_err(|_| ("useBasicAuth", NEEDED))
    }
}

//! What webhooks are told with.

#[cfg(feature = "tls")]
use std::{error::Error, fs, io, path::PathBuf};

#[cfg(feature = "tls")]
use reqwest::Certificate;

use crate::{config::Config, domain::webhooks::MOST_WEBHOOKS, runtime::webhooks::Courier};

/// Why webhooks cannot be told.
#[derive(Debug, thiserror::Error)]
pub enum WebhooksError {
    /// More than an app can have.
    #[error("--webhook is given {0} times; an app has at most {MOST_WEBHOOKS} webhooks")]
    TooMany(usize),
    /// The file of authorities cannot be read.
    #[cfg(feature = "tls")]
    #[error("--webhook-ca: cannot read {0}: {1}")]
    Unreadable(PathBuf, #[source] io::Error),
    /// It has not in it what it should.
    #[cfg(feature = "tls")]
    #[error("--webhook-ca: {0}: {1}; expected certificates in PEM")]
    Malformed(PathBuf, String),
    /// There is no client.
    #[error("cannot make the client that webhooks are told with: {0}")]
    NoClient(#[source] reqwest::Error),
}

/// The client that is asked for.
pub(super) fn courier(config: &Config) -> Result<Courier, WebhooksError> {
    if config.webhooks.len() > MOST_WEBHOOKS {
        return Err(WebhooksError::TooMany(config.webhooks.len()));
    }
    client(config)
}

/// Without TLS nobody vouches for anybody.
#[cfg(not(feature = "tls"))]
fn client(_: &Config) -> Result<Courier, WebhooksError> {
    Courier::new(Vec::new()).map_err(WebhooksError::NoClient)
}

#[cfg(feature = "tls")]
fn client(config: &Config) -> Result<Courier, WebhooksError> {
    let authorities = match &config.webhook_ca {
        None => Vec::new(),
        Some(file) => {
            let pem = fs::read(file)
                .map_err(|error| WebhooksError::Unreadable(file.to_owned(), error))?;
            let malformed = |problem| WebhooksError::Malformed(file.to_owned(), problem);
            let all =
                Certificate::from_pem_bundle(&pem).map_err(|error| malformed(error.to_string()))?;
            if all.is_empty() {
                return Err(malformed("there is no certificate in it".to_owned()));
            }
            all
        }
    };
    Courier::new(authorities).map_err(|error| match &config.webhook_ca {
        Some(file) => {
            let why = error.source().map_or_else(|| error.to_string(), ToString::to_string);
            WebhooksError::Malformed(file.to_owned(), why)
        }
        None => WebhooksError::NoClient(error),
    })
}

//! Which app a request is for. The first that says so wins:
//!
//! | # | what | as in |
//! | --- | --- | --- |
//! | 1 | the `appId` header | every request of the chat SDK (seen) |
//! | 2 | the app of the `authToken` | the calls SDK sends no app id (seen) |
//! | 3 | the first label of the host | `{appId}.api-us.…`, `{appId}.localhost` |
//! | 4 | the default app | |

use axum::http::{HeaderMap, Uri, header::HOST};

/// What a request says of its app.
#[derive(Clone, Copy, Debug, Default)]
pub struct AppHints<'a> {
    /// The `appId` header, or whatever names an app outright.
    pub named: Option<&'a str>,
    /// The `authToken` header.
    pub token: Option<&'a str>,
    /// The host the request was sent to, without its port.
    pub host: Option<&'a str>,
}

impl<'a> AppHints<'a> {
    /// Reads them. Empty headers count as absent.
    #[must_use]
    pub fn of(headers: &'a HeaderMap, uri: &'a Uri) -> Self {
        let text = |name| {
            headers.get(name).and_then(|value| value.to_str().ok()).filter(|text| !text.is_empty())
        };
        let host = headers.get(HOST).and_then(|host| host.to_str().ok()).or_else(|| uri.host());
        Self {
            named: text("appid"),
            token: text("authtoken"),
            host: host.map(|host| host.split_once(':').map_or(host, |(name, _)| name)),
        }
    }

    /// The app that the host names, if it is one of the vendor's forms or a local one.
    #[must_use]
    pub fn host_label(&self) -> Option<&'a str> {
        let (label, rest) = self.host?.split_once('.')?;
        let vendors = ["api-", "apiclient-", "call-"];
        let names_app = rest == "localhost" || vendors.iter().any(|form| rest.starts_with(form));
        names_app.then_some(label)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_known_forms_of_a_host_name_an_app() {
        let label = |host| AppHints { host: Some(host), ..AppHints::default() }.host_label();
        for host in [
            "team.localhost",
            "team.api-us.cometchat.io",
            "team.apiclient-eu.cometchat.io",
            "team.call-in.x",
        ] {
            assert_eq!(label(host), Some("team"), "{host}");
        }
        for host in ["localhost", "127.0.0.1", "mock.example.com", "mock-calls", "api-us.x"] {
            assert_eq!(label(host), None, "{host}");
        }
    }
}

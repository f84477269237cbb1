//! Which app a request is for. The first that says so wins:
//!
//! | # | what | as in |
//! | --- | --- | --- |
//! | 1 | the path `/apps/{appId}/…` | the management API (vendor doc) |
//! | 2 | the `appId` header | every request of the chat SDK (seen) |
//! | 3 | the app of the `authToken`, else of the `callToken` | the calls SDK sends no app id (seen) |
//! | 4 | the first label of the host | `{appId}.api-us.…`, `{appId}.localhost` |
//! | 5 | the default app | |

use std::borrow::Cow;

use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri, header::HOST};
use percent_encoding::percent_decode_str;

use super::glob::unprefixed;
use crate::domain::{error::mask, ids::AppId};

/// Names an app.
pub const APP_ID: HeaderName = HeaderName::from_static("appid");
/// What a logged-in client sends.
pub const AUTH_TOKEN: HeaderName = HeaderName::from_static("authtoken");
/// What somebody sends who comes to the session of a call.
pub const CALL_TOKEN: HeaderName = HeaderName::from_static("calltoken");

/// What a request says of its app.
#[derive(Clone, Default)]
pub struct AppHints<'a> {
    /// The `appId` header, or whatever names an app outright.
    pub named: Option<Cow<'a, str>>,
    /// The `authToken` header.
    pub token: Option<Cow<'a, str>>,
    /// The app that the `callToken` is for, if this server made it: whoever reads the header finds
    /// out.
    pub pass: Option<AppId>,
    /// The host the request was sent to, without its port.
    pub host: Option<Cow<'a, str>>,
}

impl std::fmt::Debug for AppHints<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AppHints")
            .field("named", &self.named)
            .field("token", &self.token.as_deref().map(mask))
            .field("pass", &self.pass)
            .field("host", &self.host)
            .finish()
    }
}

impl<'a> AppHints<'a> {
    /// Reads them. Empty headers count as absent; the host of an absolute target goes before the
    /// `Host` header (RFC 9112, 3.2.2).
    #[must_use]
    pub fn of(headers: &'a HeaderMap, uri: &'a Uri) -> Self {
        Self::read(uri, headers.get(&APP_ID), headers.get(&AUTH_TOKEN), headers.get(HOST))
    }

    /// The same, of headers that were found already.
    #[must_use]
    pub fn read(
        uri: &'a Uri,
        app_id: Option<&'a HeaderValue>,
        auth_token: Option<&'a HeaderValue>,
        host: Option<&'a HeaderValue>,
    ) -> Self {
        let named = in_path(uri.path()).or_else(|| app_id.and_then(text));
        if named.is_some() {
            // Then nothing else counts.
            return Self { named, ..Self::default() };
        }
        Self {
            named,
            token: auth_token.and_then(text),
            pass: None,
            host: uri.host().map(Cow::Borrowed).or_else(|| host.and_then(text)),
        }
    }

    /// The app that the host names, in lower case, if it is one of the vendor's forms or a local
    /// one.
    #[must_use]
    pub fn host_label(&self) -> Option<String> {
        let host = self.host.as_ref()?;
        let name = host.split(':').next().unwrap_or_default().trim_end_matches('.');
        let (label, rest) = name.split_once('.')?;
        let vendors = ["api-", "apiclient-", "call-"];
        let begins = |form: &&str| {
            rest.get(..form.len()).is_some_and(|start| start.eq_ignore_ascii_case(form))
        };
        let names_app = rest.eq_ignore_ascii_case("localhost") || vendors.iter().any(begins);
        names_app.then(|| label.to_ascii_lowercase())
    }
}

/// The app that the path is below, decoded as other parameters of paths are.
fn in_path(path: &str) -> Option<Cow<'_, str>> {
    let (app, below) = unprefixed(path).strip_prefix("/apps/")?.split_once('/')?;
    let is_named = !app.is_empty() && !below.is_empty();
    is_named.then(|| percent_decode_str(app).decode_utf8_lossy())
}

/// A header's text, if there is any; bytes that are none are replaced, so that it matches nothing.
#[must_use]
pub fn text(value: &HeaderValue) -> Option<Cow<'_, str>> {
    let text = match str::from_utf8(value.as_bytes()) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(value.as_bytes()),
    };
    Some(text).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_known_forms_of_a_host_name_an_app() {
        let label = |host: &'static str| {
            let hints = AppHints { host: Some(host.into()), ..AppHints::default() };
            hints.host_label()
        };
        for host in [
            "team.localhost",
            "TEAM.localhost.:2255",
            "team.api-us.cometchat.io",
            "team.apiclient-eu.cometchat.io",
            "team.call-in.x",
        ] {
            assert_eq!(label(host).as_deref(), Some("team"), "{host}");
        }
        for host in ["localhost", "127.0.0.1", "mock.example.com", "mock-calls", "api-us.x"] {
            assert_eq!(label(host), None, "{host}");
        }
    }
}

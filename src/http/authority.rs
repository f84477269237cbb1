//! Where a client reached this server, for answers that tell it where to go on. What counts is the
//! name and the port that it used, which a mapped port or a proxy may make others than those that
//! are listened on:
//!
//! | # | host and port are those of | |
//! | --- | --- | --- |
//! | 1 | the target, where it names them | `:authority` of HTTP/2, an absolute target |
//! | 2 | the `Host` header | |
//!
//! Without a port it is the scheme's own: 443 over TLS, also where a proxy in front says so in
//! `X-Forwarded-Proto`, else 80.

use axum::http::{
    HeaderMap, HeaderName, HeaderValue,
    header::HOST,
    request::Parts,
    uri::{self, Scheme as UriScheme},
};

use super::scheme::Scheme;
use crate::domain::error::{Details, Error, Ruling};

const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// A host and a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Authority {
    /// As it stands in a URL: an IPv6 address in brackets.
    pub(super) host: String,
    pub(super) port: u16,
}

impl Authority {
    /// Where a client reached this server.
    ///
    /// # Errors
    /// 400 `ERR_BAD_REQUEST`, where neither target nor header names a host.
    pub(super) fn reached(head: &Parts) -> Ruling<Self> {
        let named = match head.uri.authority() {
            Some(target) => Some(target.clone()),
            None => head.headers.get(HOST).and_then(parsed),
        };
        let text = "The host header must name the host, and its port if it has one.";
        let named = named.filter(|named| !named.host().is_empty());
        let named = named.ok_or_else(|| Error::Invalid(Details::one("host", text)))?;
        let port = named.port_u16().unwrap_or_else(|| usual_port(head));
        Ok(Self { host: named.host().to_owned(), port })
    }
}

impl std::fmt::Display for Authority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

fn parsed(header: &HeaderValue) -> Option<uri::Authority> {
    uri::Authority::try_from(header.as_bytes()).ok()
}

fn usual_port(head: &Parts) -> u16 {
    match Scheme::of(&head.extensions) {
        Scheme::Https => 443,
        Scheme::Http if is_behind_tls(&head.headers) => 443,
        Scheme::Http => 80,
    }
}

/// The first proxy is the one that the client talks to.
fn is_behind_tls(headers: &HeaderMap) -> bool {
    let said = headers.get(&FORWARDED_PROTO).and_then(|value| value.to_str().ok());
    let first = said.and_then(|said| said.split(',').next());
    first.is_some_and(|scheme| scheme.trim().eq_ignore_ascii_case(UriScheme::HTTPS.as_str()))
}

//! The headers that decide something. They are found in one pass: requests have few headers, and to
//! look up each name that could be there would cost more.

use std::borrow::Cow;

use axum::http::{HeaderMap, HeaderValue};

use crate::{
    domain::error::{Details, Error},
    runtime::hints::text,
};

/// What they say.
#[derive(Default)]
pub(super) struct Heard<'a> {
    pub(super) api_key: Said<'a>,
    pub(super) app_id: Said<'a>,
    pub(super) auth_token: Said<'a>,
    pub(super) call_token: Said<'a>,
    pub(super) content_encoding: Said<'a>,
    pub(super) content_type: Said<'a>,
    pub(super) delay: Said<'a>,
    pub(super) error: Said<'a>,
    pub(super) host: Said<'a>,
    pub(super) key: Said<'a>,
    pub(super) on_behalf_of: Said<'a>,
    pub(super) origin: Said<'a>,
    pub(super) resource: Said<'a>,
    pub(super) secret: Said<'a>,
    /// How much all headers come to, in bytes, these and others.
    pub(super) bytes: usize,
}

impl<'a> Heard<'a> {
    pub(super) fn of(headers: &'a HeaderMap) -> Self {
        let mut heard = Self::default();
        for (name, value) in headers {
            let name = name.as_str();
            heard.bytes += name.len() + value.len();
            let said = match name {
                "apikey" => &mut heard.api_key,
                "appid" => &mut heard.app_id,
                "authtoken" => &mut heard.auth_token,
                "calltoken" => &mut heard.call_token,
                "content-encoding" => &mut heard.content_encoding,
                "content-type" => &mut heard.content_type,
                "x-mock-delay" => &mut heard.delay,
                "x-mock-error" => &mut heard.error,
                "host" => &mut heard.host,
                "key" => &mut heard.key,
                "onbehalfof" => &mut heard.on_behalf_of,
                "origin" => &mut heard.origin,
                "resource" => &mut heard.resource,
                "secret" => &mut heard.secret,
                _ => continue,
            };
            said.add(value);
        }
        heard
    }
}

/// A header, which may have been sent more than once.
#[derive(Clone, Copy, Default)]
pub(super) struct Said<'a> {
    first: Option<&'a HeaderValue>,
    /// Another time with another value.
    differently: bool,
}

impl<'a> Said<'a> {
    fn add(&mut self, value: &'a HeaderValue) {
        match self.first {
            Some(first) => self.differently |= first != value,
            None => self.first = Some(value),
        }
    }

    /// The header as it came first.
    pub(super) const fn first(self) -> Option<&'a HeaderValue> {
        self.first
    }

    /// The same as text; empty counts as absent.
    pub(super) fn text(self) -> Option<Cow<'a, str>> {
        self.first.and_then(text)
    }

    /// The header, which decides something, and so must not be there twice with different values.
    /// `name` is how the vendor spells it.
    pub(super) fn once(self, name: &str) -> Result<Option<&'a HeaderValue>, Error> {
        if self.differently {
            let text = format!("The {name} header was sent more than once.");
            return Err(Error::Invalid(Details::one(name, text)));
        }
        Ok(self.first)
    }
}

//! Reads the value of a flag, or says what was expected.

use std::{net::IpAddr, sync::Arc, time::Duration};

use axum::http::{HeaderValue, StatusCode, Uri};
use bytesize::ByteSize;
#[cfg(feature = "tls")]
use tokio_rustls::rustls::pki_types::ServerName;

use super::secret::Secret;
use crate::domain::{
    code::Code,
    ids::AppId,
    webhook_url::{UrlFlaw, check_webhook_url},
    webhooks::MAX_URL,
};

pub(super) fn host(text: &str) -> Result<IpAddr, String> {
    if text == "localhost" {
        return Ok(IpAddr::from([127, 0, 0, 1]));
    }
    text.parse().map_err(|_| {
        "expected an IP address such as 127.0.0.1, ::1 or 0.0.0.0 (every interface), or localhost"
            .to_owned()
    })
}

pub(super) fn port(text: &str) -> Result<u16, String> {
    text.parse().map_err(|_| "expected a number from 0 (any free port) to 65535".to_owned())
}

pub(crate) fn app_id(text: &str) -> Result<AppId, String> {
    AppId::parse(text).ok_or_else(|| {
        "expected 1 to 64 letters, digits, '-', '_' and '.', such as mock-app".to_owned()
    })
}

pub(crate) fn region(text: &str) -> Result<String, String> {
    let fits = (1..=16).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if fits {
        return Ok(text.to_owned());
    }
    Err("expected 1 to 16 lower-case letters, digits and '-', such as us, eu or in".to_owned())
}

pub(crate) fn key(text: &str) -> Result<Secret, String> {
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic()) {
        return Ok(text.into());
    }
    Err("expected visible ASCII without spaces, as an HTTP header can carry it".to_owned())
}

pub(crate) fn webhook(text: &str) -> Result<Arc<str>, String> {
    match check_webhook_url(text) {
        Ok(()) if text.chars().count() <= MAX_URL => Ok(text.into()),
        Err(UrlFlaw::HasLogin) => Err("expected a URL without a user name or password; a webhook \
             in --seed takes username and password beside it"
            .to_owned()),
        Ok(()) | Err(UrlFlaw::NotAUrl) => Err(format!(
            "expected an http or https URL of at most {MAX_URL} characters, such as \
             http://localhost:9000/hook"
        )),
    }
}

pub(super) fn duration(text: &str) -> Result<Duration, String> {
    if let Ok(seconds) = text.parse() {
        return Ok(Duration::from_secs(seconds));
    }
    humantime::parse_duration(text)
        .map_err(|_| "expected a duration such as 45, 45s, 500ms or 2m; 0 for ever".to_owned())
}

pub(super) fn verbosity(text: &str) -> Result<u8, String> {
    match text {
        "true" => Ok(1),
        "false" => Ok(0),
        number => number.parse().map_err(|_| "expected 0, 1, 2, true or false".to_owned()),
    }
}

pub(super) fn count(text: &str) -> Result<usize, String> {
    text.parse().map_err(|_| "expected a whole number from 0 upwards".to_owned())
}

pub(super) fn seed_rng(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| "expected a whole number from 0 to 18446744073709551615".to_owned())
}

pub(super) fn max_apps(text: &str) -> Result<usize, String> {
    text.parse()
        .ok()
        .filter(|n| *n > 0)
        .ok_or_else(|| "expected a whole number from 1 upwards".to_owned())
}

pub(crate) fn status(text: &str) -> Result<(Code, StatusCode), String> {
    let Some((code, status)) = text.split_once('=') else {
        return Err("expected CODE=HTTP, such as ERR_CALL_BUSY_USER=409".to_owned());
    };
    let code = Code::parse(code).ok_or_else(|| match Code::nearest(code) {
        Some(near) => format!("there is no code {code}; did you mean {}?", near.as_str()),
        None => format!("there is no code {code}; the README lists them all"),
    })?;
    let status = status.parse().ok().filter(|status| (400..600).contains(status));
    match status.and_then(|status| StatusCode::from_u16(status).ok()) {
        Some(status) => Ok((code, status)),
        None => Err("expected an HTTP status from 400 to 599 behind the '='".to_owned()),
    }
}

pub(super) fn size(text: &str) -> Result<ByteSize, String> {
    text.parse().map_err(|_| "expected a size such as 256MiB, 10MB or a number of bytes".to_owned())
}

/// As a browser sends it: no path, and no slash at its end.
pub(super) fn origin(text: &str) -> Result<HeaderValue, String> {
    let expected =
        || "expected a web origin such as http://localhost:5173, or * for any".to_owned();
    let is_origin = text.parse::<Uri>().is_ok_and(|uri| {
        uri.scheme().is_some() && uri.path_and_query().is_none_or(|path| path == "/")
    });
    // What a page from a file calls itself is "null".
    if matches!(text, "*" | "null") || (is_origin && !text.ends_with('/')) {
        return HeaderValue::from_str(text).map_err(|_| expected());
    }
    Err(expected())
}

#[cfg(feature = "tls")]
pub(crate) fn tls_name(text: &str) -> Result<String, String> {
    // Only the first label can stand for any.
    let name = text.strip_prefix("*.").unwrap_or(text);
    match ServerName::try_from(name) {
        Ok(ServerName::IpAddress(_)) if name != text => {}
        Ok(_) => return Ok(text.to_owned()),
        Err(_) => {}
    }
    Err("expected a name or an address, such as calls.test, *.calls.test or 10.0.0.7".to_owned())
}

//! What an SDK is told of the service.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::http::authority::Authority;

/// The version of both APIs. An SDK makes a path of it, which stands under this prefix too.
const API_VERSION: &str = "v3.0";
/// With less than 3, or without it, a page that is loaded again is logged out (seen).
const APP_VERSION: u8 = 4;

/// The settings of an app, as far as an SDK looks at them (seen). It keeps them, and asks for them
/// again only after another log-in.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(rename = "Settings")]
pub(in crate::http) struct SettingsJson<'a> {
    /// Without a port: a socket's URL is put together of this and `CHAT_WSS_PORT`.
    chat_host: &'a str,
    #[serde(rename = "CHAT_USE_SSL")]
    chat_use_tls: bool,
    chat_ws_port: u16,
    chat_wss_port: u16,
    chat_api_version: &'static str,
    ws_api_version: &'static str,
    /// With its port, like the next: where everything else is asked for.
    admin_api_host: String,
    client_api_host: String,
    #[serde(flatten)]
    media: MediaHostsJson<'a>,
    region: &'a str,
    #[schemars(extend("enum" = ["DEFAULT"]))]
    mode: &'static str,
    app_version: u8,
    polling_enabled: bool,
    analytics_ping_disabled: bool,
    #[serde(rename = "extensions")]
    extensions: [&'a str; 0],
    #[serde(rename = "parameters")]
    parameters: BTreeMap<&'a str, &'a str>,
}

/// Where an SDK looks for media and reports how it went. Neither is here; but what is asked for
/// goes nowhere else either.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(in crate::http) struct MediaHostsJson<'a> {
    #[serde(rename = "WEBRTC_HOST")]
    web_rtc_host: &'a str,
    analytics_host: String,
    analytics_version: &'static str,
}

impl<'a> SettingsJson<'a> {
    /// For a client that reached the server there.
    pub(in crate::http) fn of(reached: &'a Authority, region: &'a str) -> Self {
        Self {
            chat_host: &reached.host,
            chat_use_tls: true,
            // One port takes both.
            chat_ws_port: reached.port,
            chat_wss_port: reached.port,
            chat_api_version: API_VERSION,
            ws_api_version: API_VERSION,
            admin_api_host: reached.to_string(),
            client_api_host: reached.to_string(),
            media: MediaHostsJson::of(reached),
            region,
            mode: "DEFAULT",
            app_version: APP_VERSION,
            polling_enabled: false,
            analytics_ping_disabled: true,
            extensions: [],
            parameters: BTreeMap::new(),
        }
    }
}

impl<'a> MediaHostsJson<'a> {
    /// For a client that reached the server there.
    pub(in crate::http) fn of(reached: &'a Authority) -> Self {
        Self {
            web_rtc_host: &reached.host,
            analytics_host: reached.to_string(),
            analytics_version: "v1",
        }
    }
}

//! What a person sees first: where the server is, what opens it, and something to try.

use std::fmt::Write;

use crate::{
    config::Config,
    domain::seed::{GROUP, USERS},
};

/// The text that is printed when the server at `url` is ready. `control` is where `/__mock` is, when
/// it is not there.
#[must_use]
pub fn banner(config: &Config, url: &str, control: Option<&str>) -> String {
    let mut text = format!("mock-calls {} is ready.\n\n", env!("CARGO_PKG_VERSION"));
    let mut line = |name: &str, value: &str| {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  {name:<9} {value}");
    };
    line("URL", url);
    #[cfg(feature = "tls")]
    line("HTTPS", &https(config, url, control.unwrap_or(url)));
    if let Some(control) = control {
        line("Control", &format!("{control}/__mock"));
    }
    line("API key", &format!("{}  (apikey header; fullAccess)", &*config.api_key));
    line("Auth key", &format!("{}  (creates users and tokens only)", &*config.auth_key));
    line("App", &format!("{}  (any other appId header: {})", config.app_id, other_apps(config)));
    let mut name = "Users";
    for (uid, user) in USERS {
        line(name, &format!("{uid}  {user}"));
        name = "";
    }
    line("Group", &format!("{}  {}, all five", GROUP.0, GROUP.1));
    let [(caller, _), (callee, _), ..] = USERS;
    // As a shell reads it between single quotes.
    let key = config.api_key.replace('\'', r"'\''");
    let _ = write!(
        text,
        r#"
Ring somebody:

  curl -s {url}/v3/calls \
    -H 'apikey: {key}' -H 'onBehalfOf: {caller}' \
    -H 'Content-Type: application/json' \
    -d '{{"receiver":"{callee}","receiverType":"user","type":"audio"}}'

Stop with Ctrl-C.
"#
    );
    text
}

const fn other_apps(config: &Config) -> &'static str {
    if config.strict_apps { "refused" } else { "a fresh app" }
}

/// The same address over TLS, and what has to be trusted for it.
#[cfg(feature = "tls")]
fn https(config: &Config, url: &str, control: &str) -> String {
    let trusted = match (&config.tls_cert, &config.ca_out) {
        (Some(cert), _) => format!("certificate: {}", cert.display()),
        (None, Some(file)) => format!("CA: {}", file.display()),
        (None, None) if config.no_control => "CA: --ca-out FILE writes it".to_owned(),
        (None, None) => format!("CA: {control}/__mock/ca.pem"),
    };
    format!("{}  ({trusted})", url.replacen("http", "https", 1))
}

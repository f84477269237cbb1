//! `GET /__mock/errors`: every code that the vendor's surface answers with, and how to get it.

use std::collections::BTreeMap;

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, Uri, header::HOST, uri::Authority},
};
use schemars::JsonSchema;
use serde::Serialize;

use super::{context::Control, recipes::Recipe, script::Setting};
use crate::{
    domain::{
        access::{KeyScope, ManagementKey},
        code::Code,
        seed::{API_KEY, AUTH_KEY, MANAGEMENT_KEY, MANAGEMENT_SECRET},
        world::Settings,
    },
    runtime::statuses::Statuses,
};

/// The nineteen documented call errors first.
#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
pub struct List {
    /// What the scripts leave open.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    variables: BTreeMap<&'static str, &'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'static str>,
    errors: Vec<ErrorJson>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "KnownCode")]
struct ErrorJson {
    code: &'static str,
    /// As this server answers it.
    status: u16,
    default_status: u16,
    documented: bool,
    meaning: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    advice: Option<&'static str>,
    /// What `x-mock-explain` begins with, whichever rule raises it.
    rules: &'static [&'static str],
    /// Only `x-mock-error` causes it where the flags are the default ones.
    on_demand: bool,
    curl: String,
}

const STRICT: &str = "With --strict-apps the scripts have no app of their own. They work in the \
                      default app as it is after POST /__mock/reset, which they leave to you.";

/// What the list follows from.
pub struct Described<'a> {
    /// Of every app: the keys and the region.
    pub settings: &'a Settings,
    /// There is one app and no other.
    pub strict: bool,
    /// How each code is answered.
    pub statuses: &'a Statuses,
    /// What the management API asks for.
    pub management: &'a ManagementKey,
    /// The control plane asks for a token.
    pub has_token: bool,
    /// Where the client reaches the vendor's surface, as in `http://localhost:2255`.
    pub vendor: String,
    /// Where it reaches the control plane.
    pub control: String,
}

/// `GET /__mock/errors`
pub(super) async fn list(
    State(control): State<Control>,
    headers: HeaderMap,
    uri: Uri,
) -> Json<List> {
    let options = control.apps.options();
    Json(known(Described {
        settings: &options.settings,
        strict: options.strict,
        statuses: &control.statuses,
        management: &control.management,
        has_token: control.token.is_some(),
        vendor: origin(&headers, &uri, control.vendor_port),
        control: origin(&headers, &uri, None),
    }))
}

/// Every code of a server, as it answers them itself.
pub fn known(server: Described<'_>) -> List {
    let (strict, statuses) = (server.strict, server.statuses);
    let (setting, variables) = setting(server);
    let errors = Code::ALL.iter().enumerate().map(|(at, &code)| {
        let recipe = Recipe::of(code);
        ErrorJson {
            code: code.as_str(),
            status: statuses.of(code).as_u16(),
            default_status: code.default_status(),
            documented: at < Code::DOCUMENTED,
            meaning: code.meaning(),
            advice: code.advice(),
            rules: recipe.rules,
            on_demand: recipe.on_demand,
            // An app of its own, so that no script disturbs another.
            curl: setting.script(&recipe, (!strict).then_some(code.as_str())),
        }
    });
    List { variables, note: strict.then_some(STRICT), errors: errors.collect() }
}

/// The default keys are no secret; any other one is what its variable is set to.
fn setting(server: Described<'_>) -> (Setting, BTreeMap<&'static str, &'static str>) {
    let settings = server.settings;
    let is_default = |default: &str, scope: KeyScope| {
        settings.keys.iter().any(|key| key.key == default && key.scope == scope)
    };
    let mut variables = BTreeMap::new();
    let mut shown = |default: Option<&str>, name: &'static str, what: &'static str| match default {
        Some(default) => default.to_owned(),
        None => {
            variables.insert(name, what);
            format!("${name}")
        }
    };
    let api_key = Some(API_KEY).filter(|key| is_default(key, KeyScope::FullAccess));
    let auth_key = Some(AUTH_KEY).filter(|key| is_default(key, KeyScope::AuthOnly));
    let ManagementKey { key, secret } = server.management;
    let key = Some(MANAGEMENT_KEY).filter(|default| key == default);
    let secret = Some(MANAGEMENT_SECRET).filter(|default| secret == default);
    let setting = Setting {
        vendor: server.vendor,
        control: server.control,
        api_key: shown(api_key, "API_KEY", "what --api-key was set to"),
        auth_key: shown(auth_key, "AUTH_KEY", "what --auth-key was set to"),
        management: [
            shown(key, "MANAGEMENT_KEY", "what --management-key was set to"),
            shown(secret, "MANAGEMENT_SECRET", "what --management-secret was set to"),
        ],
        default_app: settings.app.as_str().to_owned(),
        control_token: server
            .has_token
            .then(|| shown(None, "CONTROL_TOKEN", "what --control-token was set to")),
        region: settings.region.to_string(),
    };
    (setting, variables)
}

/// Where the client reaches this server, with the port that it named or with another one. What no
/// host is called is not repeated, for it would stand in a shell.
fn origin(headers: &HeaderMap, uri: &Uri, port: Option<u16>) -> String {
    let named = headers.get(HOST).and_then(|host| host.to_str().ok()?.parse().ok());
    let named = uri.authority().cloned().or(named);
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b".:-_[]".contains(&byte);
    let named = named.as_ref().filter(|named: &&Authority| named.as_str().bytes().all(is_plain));
    let host = named.map_or("localhost", Authority::host);
    match port.or_else(|| named?.port_u16()) {
        Some(port) => format!("http://{host}:{port}"),
        None => format!("http://{host}"),
    }
}

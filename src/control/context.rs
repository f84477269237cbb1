//! What every handler of the control plane shares, and which app it is for.

use std::sync::Arc;

use axum::{
    extract::{FromRequestParts, Path},
    http::{HeaderMap, Uri, request::Parts},
};
use bytesize::ByteSize;
use tokio_util::sync::CancellationToken;

use super::{ca::Authority, error::ControlError, openapi::Document};
use crate::{
    domain::access::ManagementKey,
    runtime::{
        app::App, apps::Apps, clock::Stopwatch, hints::AppHints, ids::RequestIds,
        statuses::Statuses, traffic::Traffic,
    },
};

/// What every handler shares.
#[derive(Clone)]
pub struct Control {
    /// The worlds.
    pub apps: Arc<Apps>,
    /// Counts the requests of the vendor's surface.
    pub request_ids: Arc<RequestIds>,
    /// How many of them there were of each kind.
    pub traffic: Arc<Traffic>,
    /// The server is going down.
    pub stopping: CancellationToken,
    /// Since when the server runs.
    pub running: Stopwatch,
    /// What every request must bring as a bearer token, if anything.
    pub token: Option<Arc<str>>,
    /// What both surfaces are.
    pub openapi: Arc<Document>,
    /// The largest body it takes.
    pub body_limit: ByteSize,
    /// Where the vendor's surface is, when it has another port than this.
    pub vendor_port: Option<u16>,
    /// How the vendor's surface answers each code.
    pub statuses: Arc<Statuses>,
    /// What opens the management of webhooks.
    pub management: Arc<ManagementKey>,
    /// Who vouches for it.
    pub authority: Authority,
}

/// The app that a control request is for: as on the vendor's surface, or by `?appId=`.
pub(super) struct Chosen(pub(super) Arc<App>);

impl FromRequestParts<Control> for Chosen {
    type Rejection = ControlError;

    async fn from_request_parts(
        parts: &mut Parts,
        control: &Control,
    ) -> Result<Self, ControlError> {
        named_app(control, &parts.headers, &parts.uri, None).map(Self)
    }
}

/// The parameter of the path, decoded.
pub(super) struct Named(pub(super) String);

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = ControlError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ControlError> {
        match Path::<String>::from_request_parts(parts, state).await {
            Ok(Path(named)) => Ok(Self(named)),
            Err(_) => Err(ControlError::bad_request(format!(
                "The path {} must be percent-encoded UTF-8.",
                parts.uri.path()
            ))),
        }
    }
}

/// The app by `?appId=`, else as on the vendor's surface, or where nothing else names an app, the one of this name.
pub(super) fn named_app(
    control: &Control,
    headers: &HeaderMap,
    uri: &Uri,
    otherwise: Option<&str>,
) -> Result<Arc<App>, ControlError> {
    let query = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    let named = query.filter(|(key, _)| key == "appId").last().map(|(_, value)| value);
    let mut hints = AppHints::of(headers, uri);
    hints.named = named.filter(|id| !id.is_empty()).or(hints.named);
    hints.named = hints.named.or(otherwise.map(Into::into));
    control
        .apps
        .choose(&hints)
        .map_err(|error| ControlError::bad_app(format!("{error} {}", error.dev_message())))
}

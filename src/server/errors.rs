//! The list of codes, without a server.

use std::net::SocketAddr;

use super::{
    port::url,
    statuses,
    surfaces::{management, settings},
};
use crate::{
    config::{Config, DEFAULT_PORT},
    control::{Described, KnownCodes, known},
};

/// Every code as a server of this configuration lists it. Its scripts are for the port that is
/// configured, or for the default one where any free port would be taken.
#[must_use]
pub fn errors(config: &Config) -> KnownCodes {
    let at = |port| match port {
        0 => url(SocketAddr::new(config.host, DEFAULT_PORT)),
        port => url(SocketAddr::new(config.host, port)),
    };
    known(Described {
        settings: &settings(config),
        strict: config.strict_apps,
        statuses: &statuses(config),
        management: &management(config),
        has_token: config.control_token.is_some(),
        vendor: at(config.port),
        control: at(config.control_port.unwrap_or(config.port)),
    })
}

//! Log lines, on standard error.

use std::io::{self, IsTerminal};

use mock_calls::config::{Config, LogFormat};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::{filter::Targets, prelude::*};

/// Has what is logged written, from `level` on unless the flags say otherwise.
pub(super) fn install(config: &Config, level: LevelFilter) {
    let level = match (config.quiet, config.verbose) {
        (true, _) => LevelFilter::ERROR,
        (false, 0) => level,
        (false, _) => LevelFilter::DEBUG,
    };
    // What connections and libraries say of themselves is of use only to who wants everything.
    let libraries = if config.verbose > 1 { level } else { level.min(LevelFilter::WARN) };
    let wanted = Targets::new()
        .with_target("mock_calls", level)
        .with_target("mock_calls::connections", libraries)
        .with_default(libraries);
    let lines = tracing_subscriber::fmt::layer().with_writer(io::stderr);
    let registry = tracing_subscriber::registry().with(wanted);
    match config.log_format {
        LogFormat::Text => {
            let is_terminal = io::stderr().is_terminal();
            registry.with(lines.with_target(false).with_ansi(is_terminal)).init();
        }
        LogFormat::Json => registry.with(lines.json().flatten_event(true)).init(),
    }
    std::panic::set_hook(Box::new(|panic| {
        tracing::error!(%panic, "this is a defect in mock-calls; please report it");
    }));
}

/// Warns where others can do to the server what only its owner should.
pub(super) fn warn_of_open_control(config: &Config) {
    if !config.host.is_loopback() && config.control_token.is_none() && !config.no_control {
        tracing::warn!(
            host = %config.host,
            "whoever reaches this server can use /__mock; --control-token asks them for a token"
        );
    }
}

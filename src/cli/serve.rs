//! Serving, until a signal comes.

use std::io;

use mock_calls::{
    banner::banner,
    config::{Config, LogFormat},
    server::{Server, StartError},
};
use tracing::level_filters::LevelFilter;

use super::{
    failed, limits, logging,
    port_file::{PortFile, PortFileError},
    print::print,
    stop,
};

/// Serves until a signal comes. Returns the exit status.
pub(super) fn serve(config: &Config) -> i32 {
    logging::install(config, LevelFilter::INFO);
    limits::take_all_files();
    run(config).map_or_else(failed, |()| 0)
}

/// Why the server ended otherwise than asked to.
#[derive(Debug, thiserror::Error)]
enum ServeError {
    #[error(transparent)]
    Start(#[from] StartError),
    #[error(transparent)]
    PortFile(#[from] PortFileError),
    #[error("cannot start: {0}")]
    System(#[from] io::Error),
}

#[tokio::main]
async fn run(config: &Config) -> Result<(), ServeError> {
    let (stop, asked_twice) = stop::signals()?;
    let server = Server::bind(config).await?;
    let port_file = PortFile::write(config.port_file.as_deref(), server.address().port())?;
    announce(config, &server);
    let serving = server.serve(stop);
    let all_finished = tokio::select! {
        all_finished = serving => all_finished,
        // Whoever asks twice does not want to wait.
        () = asked_twice => false,
    };
    if !all_finished {
        tracing::warn!("some requests did not finish within 5 seconds and were dropped");
    }
    drop(port_file);
    tracing::info!("stopped");
    Ok(())
}

fn announce(config: &Config, server: &Server) {
    let (url, control) = (server.url(), server.control_url());
    logging::warn_of_open_control(config);
    match config.log_format {
        // Nobody may be reading it.
        LogFormat::Text if !config.quiet => drop(print(&banner(config, &url, control.as_deref()))),
        LogFormat::Text | LogFormat::Json => {
            let version = env!("CARGO_PKG_VERSION");
            tracing::info!(url, control, version, "ready");
        }
    }
}

//! The binary: flags and environment in, a running server out.

use std::{io, process::ExitCode};

use clap::Parser;
use mock_calls::{
    banner::banner,
    config::{Config, LogFormat},
    server::{MockServer, StartError},
};
use tracing::Level;

fn main() -> ExitCode {
    let config = Config::parse();
    install_logging(&config);
    match run(&config) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("mock-calls: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Why the server ended otherwise than asked to.
#[derive(Debug, thiserror::Error)]
enum RunError {
    #[error(transparent)]
    Start(#[from] StartError),
    #[error("cannot write the port to {0}: {1}")]
    PortFile(String, #[source] io::Error),
    #[error("cannot start: {0}")]
    System(#[from] io::Error),
}

#[tokio::main]
async fn run(config: &Config) -> Result<(), RunError> {
    let stop = stop_signal()?;
    let server = MockServer::bind(config).await?;
    write_port(config, server.address().port())?;
    announce(config, &server.url());
    let all_finished = server.serve(stop).await;
    if !all_finished {
        tracing::warn!("some requests did not finish within 5 seconds and were dropped");
    }
    if let Some(file) = &config.port_file {
        // The next run must not be taken for ready before it is.
        let _ = std::fs::remove_file(file);
    }
    tracing::info!("stopped");
    Ok(())
}

fn announce(config: &Config, url: &str) {
    match config.log_format {
        LogFormat::Text if !config.quiet => print(&banner(config, url)),
        LogFormat::Text | LogFormat::Json => {
            tracing::info!(url, version = env!("CARGO_PKG_VERSION"), "ready");
        }
    }
}

/// Prints without minding that nobody may be reading.
fn print(text: &str) {
    use io::Write;
    let mut out = io::stdout().lock();
    let _ = writeln!(out, "{text}").and_then(|()| out.flush());
}

/// Writes the port in one step: a reader sees all of it or no file.
fn write_port(config: &Config, port: u16) -> Result<(), RunError> {
    let Some(file) = &config.port_file else {
        return Ok(());
    };
    let mut beside = file.clone().into_os_string();
    beside.push(".tmp");
    std::fs::write(&beside, format!("{port}\n"))
        .and_then(|()| std::fs::rename(&beside, file))
        .map_err(|error| RunError::PortFile(file.display().to_string(), error))
}

fn install_logging(config: &Config) {
    let level = match (config.quiet, config.verbose) {
        (true, _) => Level::ERROR,
        (false, 0) => Level::INFO,
        (false, 1) => Level::DEBUG,
        (false, _) => Level::TRACE,
    };
    let logging = tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(io::stderr)
        .with_ansi(io::IsTerminal::is_terminal(&io::stderr()));
    match config.log_format {
        LogFormat::Text => logging.with_target(false).init(),
        LogFormat::Json => logging.json().flatten_event(true).init(),
    }
}

#[cfg(unix)]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminate, mut interrupt) =
        (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}

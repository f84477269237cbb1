//! The binary: flags and environment in, a running server out.

use std::{io, process::ExitCode};

use mock_calls::{
    banner::banner,
    config::{Config, LogFormat},
    server::{Server, StartError},
};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::{filter::Targets, prelude::*};

fn main() -> ExitCode {
    let config = Config::from_flags();
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
    let (stop, asked_twice) = stop_signals()?;
    let server = Server::bind(config).await?;
    write_port(config, server.address().port())?;
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
    if let Some(file) = &config.port_file {
        // The next run must not be taken for ready before it is.
        let _ = std::fs::remove_file(file);
    }
    tracing::info!("stopped");
    Ok(())
}

fn announce(config: &Config, server: &Server) {
    let (url, control) = (server.url(), server.control_url());
    if !config.host.is_loopback() && config.control_token.is_none() && !config.no_control {
        tracing::warn!(
            host = %config.host,
            "whoever reaches this server can use /__mock; --control-token asks them for a token"
        );
    }
    match config.log_format {
        LogFormat::Text if !config.quiet => print(&banner(config, &url, control.as_deref())),
        LogFormat::Text | LogFormat::Json => {
            let version = env!("CARGO_PKG_VERSION");
            tracing::info!(url, control, version, "ready");
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
        (true, _) => LevelFilter::ERROR,
        (false, 0) => LevelFilter::INFO,
        (false, 1) => LevelFilter::DEBUG,
        (false, _) => LevelFilter::TRACE,
    };
    // What the libraries say of themselves is of use only to who wants everything.
    let libraries = if config.verbose > 1 { level } else { level.min(LevelFilter::WARN) };
    let wanted = Targets::new().with_target("mock_calls", level).with_default(libraries);
    let lines = tracing_subscriber::fmt::layer().with_writer(io::stderr);
    let registry = tracing_subscriber::registry().with(wanted);
    match config.log_format {
        LogFormat::Text => {
            let is_terminal = io::IsTerminal::is_terminal(&io::stderr());
            registry.with(lines.with_target(false).with_ansi(is_terminal)).init();
        }
        LogFormat::Json => registry.with(lines.json().flatten_event(true)).init(),
    }
    std::panic::set_hook(Box::new(|panic| {
        tracing::error!(%panic, "this is a defect in mock-calls; please report it");
    }));
}

/// The first signal to stop, and the second.
#[cfg(unix)]
fn stop_signals() -> io::Result<(impl Future<Output = ()>, impl Future<Output = ()>)> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminate, mut interrupt) =
        (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let (first, stop) = tokio::sync::oneshot::channel();
    let (second, asked_twice) = tokio::sync::oneshot::channel();
    tokio::spawn(async move {
        for heard in [first, second] {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            // Whoever waited may be gone by now.
            let _ = heard.send(());
        }
    });
    Ok((async { drop(stop.await) }, async { drop(asked_twice.await) }))
}

/// The first Ctrl-C, and the second.
#[cfg(not(unix))]
fn stop_signals() -> io::Result<(impl Future<Output = ()>, impl Future<Output = ()>)> {
    let (first, stop) = tokio::sync::oneshot::channel();
    let (second, asked_twice) = tokio::sync::oneshot::channel();
    tokio::spawn(async move {
        for heard in [first, second] {
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
            // Whoever waited may be gone by now.
            let _ = heard.send(());
        }
    });
    Ok((async { drop(stop.await) }, async { drop(asked_twice.await) }))
}

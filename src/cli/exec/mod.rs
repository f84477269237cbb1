//! `mock-calls exec`: a server for as long as a command runs.
//!
//! | what happens | exit status |
//! | --- | --- |
//! | the command ends | its own |
//! | a signal kills the command | 128 and the signal's number |
//! | there is no such command | 127 |
//! | the command cannot be run | 126 |
//! | the server cannot start | 125 |
//!
//! The numbers are those of env(1). The command stays in our process group, so that the terminal
//! is its own and Ctrl-Z stops us both; `signals` has what follows for Ctrl-C.

#[cfg_attr(unix, path = "unix.rs")]
#[cfg_attr(not(unix), path = "other.rs")]
mod system;

use std::{
    ffi::OsStr,
    future::pending,
    io::{self, ErrorKind},
};

use mock_calls::{
    config::Config,
    server::{Server, StartError},
};
use system::{Signals, status_of};
use tokio::process::Command;
use tracing::level_filters::LevelFilter;

use super::{
    asked::Exec,
    failed, logging,
    port_file::{PortFile, PortFileError},
};

/// Why there is no status of the command's to end with.
#[derive(Debug, thiserror::Error)]
enum ExecError {
    #[error(transparent)]
    Start(#[from] StartError),
    #[error(transparent)]
    PortFile(#[from] PortFileError),
    #[error("cannot start: {0}")]
    System(#[from] io::Error),
    #[error("there is no command {0}: {1}")]
    NotFound(String, #[source] io::Error),
    #[error("cannot run {0}: {1}")]
    CannotRun(String, #[source] io::Error),
}

impl ExecError {
    const fn status(&self) -> i32 {
        match self {
            Self::Start(_) | Self::PortFile(_) | Self::System(_) => 125,
            Self::CannotRun(..) => 126,
            Self::NotFound(..) => 127,
        }
    }
}

/// Runs the command beside a server. Returns the exit status.
pub(super) fn exec(asked: &Exec) -> i32 {
    // What goes well is not worth a line among those of the command.
    logging::install(&asked.config, LevelFilter::WARN);
    run(asked).unwrap_or_else(|error| {
        failed(&error);
        error.status()
    })
}

#[tokio::main]
async fn run(Exec { command, config }: &Exec) -> Result<i32, ExecError> {
    // Before there is anything that a signal could leave behind.
    let mut signals = Signals::catch()?;
    let server = Server::bind(config).await?;
    logging::warn_of_open_control(config);
    let port = server.address().port();
    let mut command = with_server(command, config, &server);
    let _port_file = PortFile::write(config.port_file.as_deref(), port)?;
    // When the command has ended nobody is left to answer, and so it is not waited for.
    tokio::spawn(async { server.serve(pending()).await });
    let mut child = command.spawn().map_err(|error| {
        let name = command.as_std().get_program().to_string_lossy().into_owned();
        match error.kind() {
            ErrorKind::NotFound => ExecError::NotFound(name, error),
            _ => ExecError::CannotRun(name, error),
        }
    })?;
    let id = child.id();
    tokio::select! {
        status = child.wait() => Ok(status_of(status?)),
        never = signals.pass_on(id) => match never {},
    }
}

/// The command, and where it finds the server.
fn with_server(words: &[std::ffi::OsString], config: &Config, server: &Server) -> Command {
    let mut words = words.iter();
    let name = words.next().map_or(OsStr::new(""), AsRef::as_ref);
    let mut command = Command::new(system::program(name));
    command
        .args(words)
        .env("MOCK_CALLS_URL", server.url())
        .env("MOCK_CALLS_PORT", server.address().port().to_string())
        .env("MOCK_CALLS_API_KEY", &*config.api_key)
        .env("MOCK_CALLS_AUTH_KEY", &*config.auth_key);
    match server.control_url() {
        Some(control) => command.env("MOCK_CALLS_CONTROL_URL", control),
        // Of a server outside.
        None => command.env_remove("MOCK_CALLS_CONTROL_URL"),
    };
    command
}

//! What a console says to all its processes, and how a process ended.
//!
//! Windows tells the command of Ctrl-C and Ctrl-Break itself; all that is left to do is not to die
//! of them. There are no signals to pass on.

use std::{
    convert::Infallible,
    ffi::{OsStr, OsString},
    future, io,
    process::ExitStatus,
};

/// What would have ended this process. That somebody could listen is enough, and so nobody does.
pub(super) struct Signals {
    #[cfg(windows)]
    _listening: (tokio::signal::windows::CtrlC, tokio::signal::windows::CtrlBreak),
}

impl Signals {
    /// From here on, and while it is held, they do not end it.
    pub(super) fn catch() -> io::Result<Self> {
        Ok(Self {
            #[cfg(windows)]
            _listening: (tokio::signal::windows::ctrl_c()?, tokio::signal::windows::ctrl_break()?),
        })
    }

    /// Nothing is left to pass on.
    pub(super) async fn pass_on(&mut self, _to: Option<u32>) -> Infallible {
        future::pending().await
    }
}

/// Its exit status.
pub(super) fn status_of(ended: ExitStatus) -> i32 {
    ended.code().unwrap_or(1)
}

/// What to run: `npm` is `npm.cmd`, which a shell finds and the system does not.
pub(super) fn program(name: &OsStr) -> OsString {
    #[cfg(windows)]
    if let Ok(found) = which::which(name) {
        return found.into_os_string();
    }
    name.to_owned()
}

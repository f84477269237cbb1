//! Signals, and how a process ended.
//!
//! | signal | from the terminal | from a process |
//! | --- | --- | --- |
//! | SIGINT, SIGQUIT | the command has it too: nothing | passed on |
//! | SIGTERM, SIGHUP | passed on | passed on |
//!
//! A terminal sends Ctrl-C to all processes of its foreground, and many test runners take a second
//! one to mean that they should not tidy up. So does sudo(8) tell the two apart, by what the signal
//! says of its origin. We do not die of any of them: what ends us is the end of the command.

use std::{
    convert::Infallible, ffi::OsStr, fs, future, io, os::unix::process::ExitStatusExt,
    process::ExitStatus, thread,
};

use rustix::process::{Pid, Signal, kill_process};
use signal_hook::{
    consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM},
    iterator::{
        SignalsInfo,
        exfiltrator::origin::{Origin, WithOrigin},
    },
    low_level::siginfo::Cause,
};
use tokio::sync::mpsc;

/// The signals that would have ended this process.
pub(super) struct Signals(mpsc::UnboundedReceiver<Signal>);

impl Signals {
    /// From here on they do not end it.
    pub(super) fn catch() -> io::Result<Self> {
        let hangup = (!is_hangup_ignored()).then_some(SIGHUP);
        let caught = [SIGTERM, SIGINT, SIGQUIT].into_iter().chain(hangup);
        let mut signals = SignalsInfo::<WithOrigin>::new(caught)?;
        let (tell, heard) = mpsc::unbounded_channel();
        thread::Builder::new().name("signals".to_owned()).spawn(move || {
            for origin in signals.forever().filter(is_for_command) {
                let signal = Signal::from_named_raw(origin.signal);
                if signal.is_none_or(|signal| tell.send(signal).is_err()) {
                    return;
                }
            }
        })?;
        Ok(Self(heard))
    }

    /// Passes them on to a process that was not waited for yet, until that is done.
    pub(super) async fn pass_on(&mut self, to: Option<u32>) -> Infallible {
        let to = to.and_then(|id| Pid::from_raw(id.try_into().ok()?));
        while let (Some(to), Some(signal)) = (to, self.0.recv().await) {
            // It may have ended just now.
            let _ = kill_process(to, signal);
        }
        future::pending().await
    }
}

fn is_for_command(origin: &Origin) -> bool {
    match origin.signal {
        SIGINT | SIGQUIT => matches!(origin.cause, Cause::Sent(_)),
        _ => true,
    }
}

/// Under nohup(1) the command is to outlive the terminal: what we ignore it ignores, what we catch
/// it does not. Linux says so; elsewhere nohup has to stand behind the `--`.
fn is_hangup_ignored() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    ignored.is_some_and(|mask| mask & (1 << (SIGHUP - 1)) != 0)
}

/// Its exit status, as a shell has it.
pub(super) fn status_of(ended: ExitStatus) -> i32 {
    ended.code().or(ended.signal().map(|signal| 128 + signal)).unwrap_or(1)
}

/// What to run: the system looks for it itself.
pub(super) fn program(name: &OsStr) -> &OsStr {
    name
}

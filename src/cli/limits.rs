//! What the system allows a process.

/// Takes as many open files as may be had: each connection is one, and what shells allow at first
/// is far less. A command that is run from here would be given the same, and so this is for who
/// runs none: there are programs that cannot deal with so many.
#[cfg(unix)]
pub(super) fn take_all_files() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    if let Err(error) =
        setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum })
    {
        tracing::debug!(%error, allowed = limit.current, "cannot have more files open");
    }
}

/// There is no such limit.
#[cfg(not(unix))]
pub(super) const fn take_all_files() {}

/// Has a file that may not grow any more be an error like any other, of which somebody is told,
/// instead of the end of the process.
#[cfg(unix)]
pub(super) fn outlive_full_files() {
    use std::sync::Arc;
    // Whoever handles the signal at all is not ended by it.
    if let Err(error) = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, Arc::default()) {
        tracing::debug!(%error, "cannot handle SIGXFSZ");
    }
}

/// There is no such signal.
#[cfg(not(unix))]
pub(super) const fn outlive_full_files() {}

/// Maps that are read without a lock have the kernel keep what the threads see of memory in step.
/// To a process of one thread it agrees to that at once, to one of several only milliseconds
/// later; once is enough.
pub(super) fn agree_on_memory() {
    drop(papaya::HashMap::<(), ()>::new());
}

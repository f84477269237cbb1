//! The thread that a server has for itself, and the runtime on it. A test's own runtime may end
//! before the server does, may be of another kind, or may not be there at all.

use std::{
    io,
    sync::{
        Mutex, PoisonError,
        mpsc::{self, RecvTimeoutError},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use tokio::{
    runtime::{self, Handle},
    sync::oneshot,
};

/// How long whoever stops the thread waits for it: far longer than it takes, unless a request is
/// being answered that takes seconds.
const PATIENCE: Duration = Duration::from_secs(1);

/// A thread that does one thing until it is dropped.
pub(super) struct Thread {
    stop: Option<oneshot::Sender<()>>,
    gone: Mutex<mpsc::Receiver<()>>,
    joins: Option<JoinHandle<()>>,
}

impl Thread {
    /// Has a thread do this, on a runtime whose handle it gets, if there can be one.
    pub(super) fn start<F>(
        act: impl FnOnce(io::Result<Handle>) -> Option<F> + Send + 'static,
    ) -> io::Result<Self>
    where
        F: Future<Output = ()>,
    {
        let (stop, stopped) = oneshot::channel();
        let (goes, gone) = mpsc::channel();
        let joins = thread::Builder::new().name("mock-calls".to_owned()).spawn(move || {
            run(act, stopped);
            drop(goes);
        })?;
        Ok(Self { stop: Some(stop), gone: Mutex::new(gone), joins: Some(joins) })
    }
}

/// Until it is done, or stopped. The runtime begins and ends here: another one could not end it.
fn run<F>(act: impl FnOnce(io::Result<Handle>) -> Option<F>, stopped: oneshot::Receiver<()>)
where
    F: Future<Output = ()>,
{
    // One thread is enough for a test, and fifty servers take no more than fifty.
    let runtime = match runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return drop(act(Err(error))),
    };
    let Some(act) = act(Ok(runtime.handle().clone())) else { return };
    runtime.block_on(async {
        tokio::select! {
            _ = stopped => {}
            () = act => {}
        }
    });
    // Nothing is waited for: what is open is closed.
    runtime.shutdown_background();
}

impl Drop for Thread {
    /// Stops it, and waits until it is gone. That takes no runtime, and so may happen on one.
    fn drop(&mut self) {
        drop(self.stop.take());
        let gone = self.gone.get_mut().unwrap_or_else(PoisonError::into_inner);
        match (gone.recv_timeout(PATIENCE), self.joins.take()) {
            (Err(RecvTimeoutError::Timeout), _) | (_, None) => {}
            (Ok(()) | Err(RecvTimeoutError::Disconnected), Some(thread)) => {
                // A panic on it was reported when it happened.
                let _ = thread.join();
            }
        }
    }
}

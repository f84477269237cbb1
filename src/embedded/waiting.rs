//! Waiting for what happens on the server's runtime, from another one or from none.

use std::sync::mpsc;

use tokio::runtime::Handle;

/// Does it there and waits here, on whatever runtime that may be; `None` when the server is gone.
pub(super) fn on<T, F>(
    server: &Handle,
    act: F,
) -> impl Future<Output = Option<T>> + Send + use<T, F>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let doing = server.spawn(act);
    async move { doing.await.ok() }
}

/// The same, and keeps the thread from anything else meanwhile.
pub(super) fn blocking<T: Send + 'static>(
    server: &Handle,
    act: impl Future<Output = T> + Send + 'static,
) -> Option<T> {
    let (tell, told) = mpsc::channel();
    server.spawn(async move {
        // Whoever asked is waiting below.
        let _ = tell.send(act.await);
    });
    told.recv().ok()
}

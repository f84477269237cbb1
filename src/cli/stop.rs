//! The signals that end a server: the first one in good order, the second at once.

use std::io;

/// The first signal to stop, and the second.
#[cfg(unix)]
pub(super) fn signals() -> io::Result<(impl Future<Output = ()>, impl Future<Output = ()>)> {
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
pub(super) fn signals() -> io::Result<(impl Future<Output = ()>, impl Future<Output = ()>)> {
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

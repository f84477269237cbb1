//! Stopping: connections are told, and waited for. It also reaches those that have not yet said
//! what they want, which hyper's own tools for it do not.

use tokio::sync::watch;

/// Tells connections to stop.
pub struct Stop(watch::Sender<bool>);

/// Hears it. Every connection holds one for as long as it goes on.
pub struct Stopping(watch::Receiver<bool>);

impl Stop {
    /// Nobody is told yet.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "who begins it has to keep it")]
    pub fn new() -> Self {
        Self(watch::Sender::new(false))
    }

    /// What one connection hears it by.
    #[must_use]
    pub fn listener(&self) -> Stopping {
        Stopping(self.0.subscribe())
    }

    /// Tells all, and waits until the last is gone.
    pub(super) async fn all(self) {
        self.0.send_replace(true);
        self.0.closed().await;
    }
}

impl Stopping {
    /// Waits until it is said.
    pub(super) async fn asked(&mut self) {
        // A server that is gone without a word has stopped as well.
        let _ = self.0.wait_for(|is_asked| *is_asked).await;
    }
}

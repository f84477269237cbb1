//! A port that is listened on.

use std::{
    convert::identity,
    io,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use tokio::{net::TcpListener, time::sleep};

use super::{
    connection::{Host, connect},
    stopping::Stop,
};

/// How long to wait when the system has no more sockets to give.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// A port that is taken. Connections to it are queued until they are accepted.
pub(super) struct Port {
    listener: TcpListener,
    address: SocketAddr,
}

impl Port {
    pub(super) async fn take(wanted: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(wanted).await?;
        let address = listener.local_addr()?;
        Ok(Self { listener, address })
    }

    pub(super) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where clients reach it.
    pub(super) fn url(&self) -> String {
        url(self.address)
    }

    /// Has every connection answered, for as long as this is waited for.
    pub(super) async fn accept(&self, host: &Arc<Host>, stop: &Stop) {
        let mut is_short = false;
        loop {
            match self.listener.accept().await {
                Ok((stream, _)) => {
                    is_short = false;
                    let (host, stopping) = (Arc::clone(host), stop.listener());
                    tokio::spawn(async move { connect(stream, &host, stopping, identity).await });
                }
                Err(error) => {
                    // Once, however long it lasts.
                    if !std::mem::replace(&mut is_short, true) {
                        tracing::warn!(
                            %error,
                            "cannot accept connections; they wait until others are closed"
                        );
                    }
                    sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }
}

/// Where clients on this machine reach who listens there.
#[must_use]
pub fn url(listening: SocketAddr) -> String {
    let mut reachable = listening;
    if reachable.ip().is_unspecified() {
        reachable.set_ip(match reachable {
            SocketAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    format!("http://{reachable}")
}

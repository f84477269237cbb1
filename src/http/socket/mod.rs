//! The realtime socket (seen): a client says who it is, and is told from then on what concerns it.
//!
//! | what comes | what happens |
//! | --- | --- |
//! | nothing good in time | closed |
//! | `type: auth` with a good `jwt` | answered with 200; the user is there |
//! | `type: auth` with any other | answered with 401, then closed |
//! | `action: ping` | answered with `action: pong` |
//! | a frame over 64 KiB | closed |
//! | anything else | ignored |
//!
//! A client that does not read what it is sent is closed too.

mod frames;

use std::{sync::Arc, time::Duration};

use axum::{
    extract::ws::rejection::WebSocketUpgradeRejection,
    extract::{
        State,
        ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade, close_code},
    },
    http::{HeaderMap, Method, Uri, header::UPGRADE},
    response::{IntoResponse, Response},
};
use tokio::time::timeout;

use self::frames::{Auth, Frame};
pub(super) use self::frames::{call, presence};
use super::{error::no_such_route, service::Service};
use crate::runtime::{app::App, feed::Happening, hints::AppHints, hub::Socket};

/// How long a client may take to say who it is.
const PATIENCE: Duration = Duration::from_secs(10);
/// The largest frame, in bytes.
const MOST_BYTES: usize = 64 * 1024;
/// What is read at once. Clients say little, and there may be thousands of them.
const READ_AT_ONCE: usize = 4 * 1024;

/// The request is for a socket. It is none that is answered once, and so is not noted as one.
pub(super) fn is_wanted(headers: &HeaderMap) -> bool {
    headers.get(UPGRADE).is_some_and(|to| to.as_bytes().eq_ignore_ascii_case(b"websocket"))
}

/// `GET /`, with an upgrade.
pub(super) async fn open(
    State(service): State<Arc<Service>>,
    method: Method,
    uri: Uri,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let Ok(upgrade) = upgrade else {
        return no_such_route(method, uri).await.into_response();
    };
    let open = service.sockets.token();
    upgrade
        .max_message_size(MOST_BYTES)
        .max_frame_size(MOST_BYTES)
        .read_buffer_size(READ_AT_ONCE)
        .on_upgrade(move |line| async move {
            attend(&service, line).await;
            drop(open);
        })
}

/// A socket from its first frame to its last.
async fn attend(service: &Service, mut line: WebSocket) {
    let asked = tokio::select! {
        asked = timeout(PATIENCE, introduction(&mut line)) => asked.ok().flatten(),
        () = service.stopping.cancelled() => return close(line, close_code::AWAY).await,
    };
    let Some(asked) = asked else {
        return close(line, close_code::POLICY).await;
    };
    let Some((app, mut socket)) = let_in(service, &asked) else {
        let _ = line.send(Message::Text(asked.answer(false))).await;
        return close(line, close_code::POLICY).await;
    };
    app.feed().tell(Happening::SocketOpened(socket.uid.clone()));
    let welcome = line.send(Message::Text(asked.answer(true))).await;
    let code = match welcome {
        Ok(()) => talk(service, &mut line, &mut socket).await,
        Err(_) => None,
    };
    leave(&app, &socket);
    if let Some(code) = code {
        close(line, code).await;
    }
}

/// The first frame in which a client says who it is; `None` when there is none any more.
async fn introduction(line: &mut WebSocket) -> Option<Auth> {
    loop {
        match line.recv().await?.ok()? {
            Message::Text(text) => match Frame::read(&text) {
                Frame::Auth(asked) => return Some(*asked),
                Frame::Ping => line.send(Message::Text(frames::pong())).await.ok()?,
                Frame::Other => {}
            },
            Message::Close(_) => return None,
            Message::Binary(_) | Message::Ping(_) | Message::Pong(_) => {}
        }
    }
}

/// Opens a socket for an active user who has a good pass.
fn let_in(service: &Service, asked: &Auth) -> Option<(Arc<App>, Socket)> {
    let hints = AppHints { named: asked.app.as_deref().map(Into::into), ..AppHints::default() };
    let app = service.apps.choose(&hints).ok()?;
    let socket = app.turn(|turn| {
        let bearer = service.passes.at_socket(&asked.pass, turn.now)?;
        let good = bearer.app == *app.id() && turn.world.active(bearer.uid.as_str()).is_ok();
        good.then(|| {
            let (socket, is_first) = app.hub().open(&bearer.uid, asked.watch.clone());
            if is_first {
                turn.world.set_online(&bearer.uid, true, turn.now);
            }
            socket
        })
    })?;
    Some((app, socket))
}

/// Passes on what is told, and answers pings, until one side has enough. Says what to close with;
/// `None` where nobody would read it.
async fn talk(service: &Service, line: &mut WebSocket, socket: &mut Socket) -> Option<u16> {
    let dropped = socket.dropped.clone();
    loop {
        let frame: Utf8Bytes = tokio::select! {
            () = dropped.cancelled() => return Some(close_code::POLICY),
            () = service.stopping.cancelled() => return Some(close_code::AWAY),
            told = socket.next() => told?,
            heard = line.recv() => match heard?.ok()? {
                Message::Text(text) => match Frame::read(&text) {
                    Frame::Ping => frames::pong(),
                    Frame::Auth(_) | Frame::Other => continue,
                },
                Message::Close(_) => return None,
                Message::Binary(_) | Message::Ping(_) | Message::Pong(_) => continue,
            },
        };
        tokio::select! {
            sent = line.send(Message::Text(frame)) => sent.ok()?,
            () = dropped.cancelled() => return None,
            () = service.stopping.cancelled() => return None,
        }
    }
}

fn leave(app: &Arc<App>, socket: &Socket) {
    app.turn(|turn| {
        if app.hub().closed(socket) {
            turn.world.set_online(&socket.uid, false, turn.now);
        }
    });
    app.feed().tell(Happening::SocketClosed(socket.uid.clone()));
}

/// Says that it is over, to whoever still listens.
async fn close(mut line: WebSocket, code: u16) {
    let reason = Utf8Bytes::default();
    let farewell = line.send(Message::Close(Some(CloseFrame { code, reason })));
    let _ = timeout(Duration::from_secs(1), farewell).await;
}

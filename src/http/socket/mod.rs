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
    extract::{
        FromRequestParts,
        ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade, close_code},
    },
    http::{
        HeaderValue,
        header::{SEC_WEBSOCKET_KEY, UPGRADE},
        request::Parts,
    },
    response::Response,
};
use tokio::time::timeout;

use self::frames::{Auth, Frame};
pub(super) use self::frames::{call, presence};
use super::{error::nothing_answers, payload::Payload, service::Service, written::envelope};
use crate::runtime::{app::App, feed::Happening, hints::AppHints, hub::Socket};

/// How long a client may take to say who it is.
const PATIENCE: Duration = Duration::from_secs(10);
/// The largest frame, in bytes.
const MOST_BYTES: usize = 64 * 1024;
/// The largest frame that is received at all, so that a smaller one can be refused by a code.
const MOST_RECEIVED: usize = 1024 * 1024;
/// How long a client may take over the end.
const FAREWELL: Duration = Duration::from_secs(1);
/// What is read at once. Clients say little, and there may be thousands of them.
const READ_AT_ONCE: usize = 4 * 1024;

/// The request is for a socket. It is none that is answered once, and so is not noted as one.
pub(super) fn is_wanted(request: &Parts) -> bool {
    let headers = &request.headers;
    let is_upgrade = |to: &HeaderValue| to.as_bytes().eq_ignore_ascii_case(b"websocket");
    request.uri.path() == "/"
        && headers.get(UPGRADE).is_some_and(is_upgrade)
        && headers.contains_key(SEC_WEBSOCKET_KEY)
}

/// `GET /`, with an upgrade.
pub(super) async fn open(service: &Arc<Service>, mut head: Parts) -> Response<Payload> {
    let Ok(upgrade) = WebSocketUpgrade::from_request_parts(&mut head, &()).await else {
        return envelope(service, nothing_answers(&head)).filled();
    };
    let (service, open) = (Arc::clone(service), service.sockets.token());
    let answer = upgrade
        .max_message_size(MOST_RECEIVED)
        .max_frame_size(MOST_RECEIVED)
        .read_buffer_size(READ_AT_ONCE)
        .on_upgrade(move |line| async move {
            attend(&service, line).await;
            drop(open);
        });
    answer.map(Payload::Other)
}

/// A socket from its first frame to its last.
async fn attend(service: &Service, mut line: WebSocket) {
    let asked = tokio::select! {
        asked = timeout(PATIENCE, introduction(&mut line)) => asked,
        () = service.stopping.cancelled() => return close(line, Some(close_code::AWAY)).await,
    };
    let asked = match asked {
        Ok(Ok(asked)) => asked,
        Ok(Err(code)) => return close(line, code).await,
        Err(_) => return close(line, Some(close_code::POLICY)).await,
    };
    let Some((app, mut socket)) = let_in(service, &asked) else {
        let _ = line.send(Message::Text(asked.answer(None))).await;
        return close(line, Some(close_code::POLICY)).await;
    };
    app.feed().tell(Happening::SocketOpened(socket.uid.clone()));
    let code = match line.send(Message::Text(asked.answer(Some(&socket.uid)))).await {
        Ok(()) => talk(service, &mut line, &mut socket).await,
        Err(_) => None,
    };
    leave(&app, &socket);
    close(line, code).await;
}

/// The first frame in which a client says who it is, or what to close with.
async fn introduction(line: &mut WebSocket) -> Result<Auth, Option<u16>> {
    loop {
        match heard(line.recv().await)? {
            Some(Frame::Auth(asked)) => return Ok(*asked),
            Some(Frame::Ping) => {
                line.send(Message::Text(frames::pong())).await.map_err(|_| None)?;
            }
            Some(Frame::Other) | None => {}
        }
    }
}

/// What came, if it is anything that is looked at, or what to close with: nothing, where the client
/// has closed.
fn heard(came: Option<Result<Message, axum::Error>>) -> Result<Option<Frame>, Option<u16>> {
    match came {
        None | Some(Ok(Message::Close(_))) => Err(None),
        Some(Err(_)) => Err(Some(close_code::PROTOCOL)),
        Some(Ok(Message::Text(text))) if text.len() > MOST_BYTES => Err(Some(close_code::SIZE)),
        Some(Ok(Message::Binary(bytes))) if bytes.len() > MOST_BYTES => Err(Some(close_code::SIZE)),
        Some(Ok(Message::Text(text))) => Ok(Some(Frame::read(&text))),
        Some(Ok(Message::Binary(_) | Message::Ping(_) | Message::Pong(_))) => Ok(None),
    }
}

/// Opens a socket for an active user who has a good pass.
fn let_in(service: &Service, asked: &Auth) -> Option<(Arc<App>, Socket)> {
    let hints = AppHints { named: asked.app.as_deref().map(Into::into), ..AppHints::default() };
    let app = service.apps.choose(&hints).ok()?;
    let socket = app.turn(|turn| {
        let bearer = service.passes.at_socket(&asked.pass, turn.now)?;
        let good = bearer.app == *app.id()
            && asked.is_of(&bearer.uid)
            && turn.world.active(bearer.uid.as_str()).is_ok();
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
/// nothing where the client has closed.
async fn talk(service: &Service, line: &mut WebSocket, socket: &mut Socket) -> Option<u16> {
    let dropped = socket.dropped.clone();
    loop {
        let frame: Utf8Bytes = tokio::select! {
            () = dropped.cancelled() => return Some(close_code::POLICY),
            () = service.stopping.cancelled() => return Some(close_code::AWAY),
            told = socket.next() => match told {
                Some(frame) => frame,
                // Its seat is gone, and with it the user or the app.
                None => return Some(close_code::POLICY),
            },
            came = line.recv() => match heard(came) {
                Ok(Some(Frame::Ping)) => frames::pong(),
                Ok(_) => continue,
                Err(code) => return code,
            },
        };
        tokio::select! {
            sent = line.send(Message::Text(frame)) => sent.ok()?,
            () = dropped.cancelled() => return Some(close_code::POLICY),
            () = service.stopping.cancelled() => return Some(close_code::AWAY),
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

/// Says that it is over, or answers that the client has said so, and waits a moment for the client
/// to have read it.
async fn close(mut line: WebSocket, code: Option<u16>) {
    let reason = Utf8Bytes::default();
    let farewell = async {
        if let Some(code) = code {
            line.send(Message::Close(Some(CloseFrame { code, reason }))).await?;
        }
        while let Some(came) = line.recv().await {
            came?;
        }
        Ok::<_, axum::Error>(())
    };
    let _ = timeout(FAREWELL, farewell).await;
}

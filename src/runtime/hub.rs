//! The realtime sockets of an app: who has which open, and what is to be sent over it. A socket
//! takes from a mailbox of its own; one whose mailbox is full is dropped, so that a slow reader
//! costs neither memory nor anybody else's time.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::extract::ws::Utf8Bytes;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::domain::{ids::Uid, people::User};

/// How many frames wait for a socket at most.
const MAILBOX: usize = 256;
/// What they come to at most, in bytes.
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// Whose coming and going a socket wants to know (seen).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Watch {
    /// Nobody's.
    #[default]
    Nobody,
    /// Everybody's.
    Everybody,
    /// Of those who have one of these roles.
    Roles(Vec<String>),
}

/// The sockets of one app.
#[derive(Debug, Default)]
pub struct Hub {
    open: AtomicUsize,
    seats: Mutex<Seats>,
}

#[derive(Debug, Default)]
struct Seats {
    shut: bool,
    last: u64,
    of: HashMap<Uid, Vec<Seat>>,
}

#[derive(Debug)]
struct Seat {
    id: u64,
    watch: Watch,
    mailbox: mpsc::Sender<Utf8Bytes>,
    waiting: Arc<AtomicUsize>,
    dropped: CancellationToken,
}

/// A socket's side of its seat.
#[derive(Debug)]
pub struct Socket {
    /// Its number in the app.
    pub id: u64,
    /// Whose it is.
    pub uid: Uid,
    mailbox: mpsc::Receiver<Utf8Bytes>,
    /// The bytes that are in there.
    waiting: Arc<AtomicUsize>,
    /// It is to be closed.
    pub dropped: CancellationToken,
}

impl Socket {
    /// The next frame to be sent.
    pub async fn next(&mut self) -> Option<Utf8Bytes> {
        let frame = self.mailbox.recv().await?;
        self.waiting.fetch_sub(frame.len(), Ordering::Relaxed);
        Some(frame)
    }
}

impl Watch {
    fn wants(&self, user: &User) -> bool {
        match self {
            Self::Nobody => false,
            Self::Everybody => true,
            Self::Roles(roles) => roles.contains(&user.role),
        }
    }
}

impl Hub {
    /// How many sockets are open.
    #[must_use]
    pub fn len(&self) -> usize {
        self.open.load(Ordering::Relaxed)
    }

    /// None is open.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Opens a socket for a user, and says whether it is their first one.
    pub fn open(&self, uid: &Uid, watch: Watch) -> (Socket, bool) {
        let mut seats = self.lock();
        seats.last += 1;
        let (id, dropped) = (seats.last, CancellationToken::new());
        let (mailbox, taken) = mpsc::channel(MAILBOX);
        let waiting = Arc::new(AtomicUsize::new(0));
        let socket = Socket {
            id,
            uid: uid.clone(),
            mailbox: taken,
            waiting: Arc::clone(&waiting),
            dropped: dropped.clone(),
        };
        if seats.shut {
            dropped.cancel();
        }
        let of_user = seats.of.entry(uid.clone()).or_default();
        of_user.push(Seat { id, watch, mailbox, waiting, dropped });
        self.open.fetch_add(1, Ordering::Relaxed);
        (socket, of_user.len() == 1)
    }

    /// A socket was closed. Says whether it was the last one of its user.
    pub fn closed(&self, socket: &Socket) -> bool {
        let mut seats = self.lock();
        let Some(of_user) = seats.of.get_mut(&socket.uid) else { return false };
        let before = of_user.len();
        of_user.retain(|seat| seat.id != socket.id);
        self.open.fetch_sub(before - of_user.len(), Ordering::Relaxed);
        let was_last = of_user.is_empty() && before > 0;
        if of_user.is_empty() {
            seats.of.remove(&socket.uid);
        }
        was_last
    }

    /// Has a user's sockets closed.
    pub fn drop_user(&self, uid: &Uid) {
        let gone = self.lock().of.remove(uid).unwrap_or_default();
        self.drop_all_of(&gone);
    }

    /// Has every socket closed.
    pub fn drop_all(&self) {
        let gone: Vec<_> = std::mem::take(&mut self.lock().of).into_values().flatten().collect();
        self.drop_all_of(&gone);
    }

    /// Has every socket closed, those too that are yet to be opened.
    pub fn shut(&self) {
        self.lock().shut = true;
        self.drop_all();
    }

    /// Sends a frame to all sockets of a user.
    pub fn send(&self, uid: &Uid, frame: &Utf8Bytes) {
        for seat in self.lock().of.get(uid).into_iter().flatten() {
            seat.send(frame);
        }
    }

    /// Sends a frame to every socket that wants to know of a user, but for the user's own.
    pub fn send_to_watchers(&self, of: &User, frame: impl FnOnce() -> Utf8Bytes) {
        let seats = self.lock();
        let others = seats.of.iter().filter(|(uid, _)| **uid != of.uid);
        let mut watchers =
            others.flat_map(|(_, seats)| seats).filter(|seat| seat.watch.wants(of)).peekable();
        if watchers.peek().is_some() {
            let frame = frame();
            watchers.for_each(|seat| seat.send(&frame));
        }
    }

    fn drop_all_of(&self, seats: &[Seat]) {
        self.open.fetch_sub(seats.len(), Ordering::Relaxed);
        seats.iter().for_each(|seat| seat.dropped.cancel());
    }

    fn lock(&self) -> MutexGuard<'_, Seats> {
        self.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seat {
    fn send(&self, frame: &Utf8Bytes) {
        let waiting = self.waiting.fetch_add(frame.len(), Ordering::Relaxed);
        if waiting > MOST_BYTES || self.mailbox.try_send(frame.clone()).is_err() {
            self.dropped.cancel();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uid(name: &str) -> Uid {
        Uid::parse(name).unwrap()
    }

    #[test]
    fn a_user_is_there_from_the_first_socket_to_the_last() {
        let hub = Hub::default();
        let (first, is_first) = hub.open(&uid("a"), Watch::Nobody);
        let (second, is_second) = hub.open(&uid("a"), Watch::Nobody);
        assert!(is_first && !is_second);
        assert_eq!(hub.len(), 2);
        assert!(!hub.closed(&first));
        assert!(!hub.closed(&first), "it was closed already");
        assert!(hub.closed(&second));
        assert!(hub.is_empty());
    }

    #[test]
    fn a_full_mailbox_drops_its_socket_alone() {
        let hub = Hub::default();
        let (slow, _) = hub.open(&uid("a"), Watch::Nobody);
        let (mut quick, _) = hub.open(&uid("a"), Watch::Nobody);
        let frame = Utf8Bytes::from_static("{}");
        for _ in 0..=MAILBOX {
            hub.send(&uid("a"), &frame);
            assert!(quick.mailbox.try_recv().is_ok());
        }
        assert!(slow.dropped.is_cancelled() && !quick.dropped.is_cancelled());
    }

    #[tokio::test]
    async fn what_waits_is_bounded_in_bytes_too() {
        let hub = Hub::default();
        let (slow, _) = hub.open(&uid("a"), Watch::Nobody);
        let (mut quick, _) = hub.open(&uid("a"), Watch::Nobody);
        let frame = Utf8Bytes::from("x".repeat(MOST_BYTES / 8));
        for _ in 0..=9 {
            assert!(!quick.dropped.is_cancelled());
            hub.send(&uid("a"), &frame);
            assert!(quick.next().await.is_some());
        }
        assert!(slow.dropped.is_cancelled() && !quick.dropped.is_cancelled());
    }

    #[test]
    fn nobody_hears_of_themselves_and_only_who_wants_to_hears_of_others() {
        let hub = Hub::default();
        let watching = |name: &str, watch| hub.open(&uid(name), watch).0;
        let mut own = watching("a", Watch::Everybody);
        let mut all = watching("b", Watch::Everybody);
        let mut none = watching("c", Watch::Nobody);
        let mut roles = watching("d", Watch::Roles(vec!["doctor".to_owned()]));
        let mut world = crate::domain::world::World::seeded(
            crate::domain::world::Settings {
                app: crate::domain::ids::AppId::default(),
                region: "us".into(),
                ring_timeout: None,
                keys: Vec::new(),
                webhooks: Arc::default(),
                media: crate::domain::room::MediaMode::default(),
            },
            crate::domain::time::Timestamp::from_secs(0),
        );
        let user = world.active("cometchat-uid-1").map(|a| (*a.user).clone()).unwrap();
        world.drain_events().for_each(drop);
        let user = User { uid: uid("a"), ..user };
        hub.send_to_watchers(&user, || Utf8Bytes::from_static("{}"));
        let heard = |socket: &mut Socket| socket.mailbox.try_recv().is_ok();
        assert!(!heard(&mut own) && heard(&mut all) && !heard(&mut none) && !heard(&mut roles));
        hub.send_to_watchers(&User { role: "doctor".to_owned(), ..user }, || {
            Utf8Bytes::from_static("{}")
        });
        assert!(heard(&mut roles));
        hub.drop_all();
        assert!(hub.is_empty() && all.dropped.is_cancelled());
        assert!(!hub.closed(&all), "nobody is there to go");
    }
}

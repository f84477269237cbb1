//! What happens in an app, in order, for whoever listens. The last of it is kept, so that a
//! listener who was away can go on where they left off. Listeners come and take; a slow one
//! misses something and is told so, and nothing is kept for them.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::Notify;

use super::{journal::EntryNo, webhooks::Tried};
use crate::domain::{
    call::{CallType, Receiver, Status},
    calls::{CallNo, Calls},
    event::CallMessage,
    ids::{SessionId, Uid},
    time::Timestamp,
};

/// How many happenings of an app are kept.
const KEPT: usize = 1000;

/// Something that happened.
#[derive(Clone, Debug)]
pub enum Happening {
    /// A request was answered. The journal has it, as long as it has room for it.
    Request(EntryNo),
    /// A call changed, or somebody's part in it did.
    Transition(Box<Transition>),
    /// A user opened a realtime socket.
    SocketOpened(Uid),
    /// A user's realtime socket was closed.
    SocketClosed(Uid),
    /// A webhook was told of something, or was to be.
    Delivery(Arc<Tried>),
    /// The app was put back to its seed, or became what a state or a snapshot says.
    Reset,
}

/// What a call message says happened.
#[derive(Clone, Debug)]
pub struct Transition {
    /// The message's number.
    pub message: u64,
    /// Which call.
    pub session: SessionId,
    /// What was done.
    pub action: Status,
    /// How the call stands since then.
    pub status: Status,
    /// Audio or video.
    pub call_type: CallType,
    /// Who did it.
    pub by: Uid,
    /// Who had initiated the call.
    pub caller: Uid,
    /// Whom they called.
    pub receiver: Receiver,
    /// When.
    pub at: Timestamp,
}

/// What happens in one app.
#[derive(Debug, Default)]
pub struct Feed {
    told: Notify,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    closed: bool,
    last: u64,
    happenings: VecDeque<Note>,
}

/// A happening as it is kept. Many more are kept than are ever asked for, and so nothing is looked
/// up that can be looked up when somebody asks.
#[derive(Debug)]
enum Note {
    /// A transition, without what never changes of its call.
    Transition(Step),
    /// Anything else.
    Other(Happening),
}

#[derive(Debug)]
struct Step {
    message: u64,
    call: CallNo,
    action: Status,
    status: Status,
    call_type: CallType,
    by: Uid,
    at: Timestamp,
}

/// What a listener has not heard yet.
#[derive(Debug)]
pub struct News {
    /// How many happenings are not kept any more.
    pub missed: u64,
    /// The others, numbered.
    pub happenings: Vec<(u64, Happening)>,
    /// Nothing more will happen.
    pub is_all: bool,
}

impl From<&CallMessage> for Step {
    fn from(message: &CallMessage) -> Self {
        Self {
            message: message.id,
            call: message.no,
            action: message.action,
            status: message.call.status(),
            call_type: message.call.call_type,
            by: message.by.uid.clone(),
            at: message.at,
        }
    }
}

impl Step {
    fn of(&self, calls: &Calls) -> Transition {
        let call = calls.get(self.call);
        Transition {
            message: self.message,
            session: call.session.clone(),
            action: self.action,
            status: self.status,
            call_type: self.call_type,
            by: self.by.clone(),
            caller: call.caller.clone(),
            receiver: call.receiver.clone(),
            at: self.at,
        }
    }
}

impl Note {
    fn of(&self, calls: &Calls) -> Happening {
        match self {
            Self::Transition(step) => Happening::Transition(Box::new(step.of(calls))),
            Self::Other(happening) => happening.clone(),
        }
    }
}

impl Feed {
    /// Tells all who listen. What a call message says is told by itself, which needs less room.
    pub fn tell(&self, happening: Happening) {
        self.note(Note::Other(happening));
    }

    /// Tells them what a call message says.
    pub(super) fn tell_of(&self, message: &CallMessage) {
        self.note(Note::Transition(message.into()));
    }

    fn note(&self, note: Note) {
        let mut kept = self.lock();
        kept.last += 1;
        if kept.happenings.len() == KEPT {
            kept.happenings.pop_front();
        }
        kept.happenings.push_back(note);
        drop(kept);
        self.told.notify_waiters();
    }

    /// Forgets what happened, and tells of nothing but that. The numbers go on, so that a listener
    /// who knows an old one is not taken for one who knows a new one.
    pub fn reset(&self) {
        self.lock().happenings.clear();
        self.tell(Happening::Reset);
    }

    /// Nothing more will happen: the app is gone.
    pub fn close(&self) {
        self.lock().closed = true;
        self.told.notify_waiters();
    }

    /// The number of the last happening.
    #[must_use]
    pub fn last(&self) -> u64 {
        self.lock().last
    }

    /// What happened after the happening of this number. One that has not come yet is of another
    /// life of the app, before a restart, and everything is news. The calls are those of the world
    /// that has not been another since the feed was last reset.
    pub(super) fn since(&self, heard: u64, calls: &Calls) -> News {
        let kept = self.lock();
        let heard = if heard > kept.last { 0 } else { heard };
        let oldest = kept.last - kept.happenings.len() as u64 + 1;
        let missed = oldest.saturating_sub(heard + 1);
        let known = usize::try_from((heard + 1).saturating_sub(oldest));
        let numbered = (oldest..).zip(&kept.happenings).skip(known.unwrap_or(usize::MAX));
        let happenings = numbered.map(|(id, note)| (id, note.of(calls))).collect();
        News { missed, happenings, is_all: kept.closed }
    }

    /// Whoever awaits this goes on when something happens. To be made before looking.
    pub fn next(&self) -> impl Future<Output = ()> + '_ {
        self.told.notified()
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(news: &News) -> Vec<u64> {
        news.happenings.iter().map(|(id, _)| *id).collect()
    }

    #[test]
    fn a_listener_goes_on_where_they_left_off() {
        let feed = Feed::default();
        let since = |heard| feed.since(heard, &Calls::default());
        assert_eq!(ids(&since(0)), Vec::<u64>::new());
        (0..4).for_each(|_| feed.tell(Happening::Reset));
        assert_eq!(ids(&since(0)), [1, 2, 3, 4]);
        assert_eq!(ids(&since(3)), [4]);
        assert_eq!((since(4).missed, ids(&since(4))), (0, vec![]));
        // Numbers from another life of the server.
        assert_eq!(ids(&since(99)), [1, 2, 3, 4]);
        assert_eq!(ids(&since(u64::MAX)), [1, 2, 3, 4]);
    }

    #[test]
    fn what_is_not_kept_is_counted() {
        let feed = Feed::default();
        let more = KEPT as u64 + 7;
        (0..more).for_each(|_| feed.tell(Happening::Reset));
        let since = |heard| feed.since(heard, &Calls::default());
        let news = since(0);
        assert_eq!((news.missed, news.happenings.len()), (7, KEPT));
        assert_eq!(news.happenings.first().map(|(id, _)| *id), Some(8));
        assert_eq!(since(5).missed, 2);
        feed.reset();
        let news = since(more);
        assert_eq!((news.missed, ids(&news)), (0, vec![more + 1]));
    }
}

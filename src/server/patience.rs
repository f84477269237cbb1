//! How long a client may take over the headers of a request. What waits for that asks anew for
//! every request, and hardly ever gets to see the end of it; so all that a connection asks for
//! shares one timer, which runs on and is set again only when it has run out.

use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::{Duration, Instant},
};

use hyper::rt::{Sleep, Timer};
use hyper_util::rt::TokioTimer;
use tokio::time::{self, Instant as Moment};

/// The timer of a connection.
#[derive(Clone)]
pub(super) struct Patience(Arc<Mutex<Pin<Box<time::Sleep>>>>);

impl Patience {
    /// The timer of a connection that asks for `usual` at a time, nearly always.
    pub(super) fn of(usual: Duration) -> Self {
        Self(Arc::new(Mutex::new(Box::pin(time::sleep(usual)))))
    }
}

impl Timer for Patience {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Sleep>> {
        self.sleep_until(self.now() + duration)
    }

    fn sleep_until(&self, deadline: Instant) -> Pin<Box<dyn Sleep>> {
        Box::pin(Wait { timer: self.clone(), deadline: deadline.into() })
    }

    fn now(&self) -> Instant {
        TokioTimer::new().now()
    }
}

/// One wait of several on the same timer. Only the last that was polled is woken.
struct Wait {
    timer: Patience,
    deadline: Moment,
}

impl Sleep for Wait {}

impl Future for Wait {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut timer = self.timer.0.lock().unwrap_or_else(PoisonError::into_inner);
        if timer.deadline() > self.deadline {
            timer.as_mut().reset(self.deadline);
        }
        while timer.as_mut().poll(cx).is_ready() {
            if timer.deadline() >= self.deadline {
                return Poll::Ready(());
            }
            timer.as_mut().reset(self.deadline);
        }
        Poll::Pending
    }
}

//! Wakes each app when something in it is due, so that ringing ends without anybody asking.

use std::{
    collections::BTreeMap,
    sync::{Arc, Weak},
};

use tokio::sync::mpsc;

use super::{
    app::{Alarm, App},
    clock::Clock,
};
use crate::domain::time::Timestamp;

/// Runs until nobody can set an alarm any more. An app that is gone by then is left alone.
pub(super) async fn run(clock: Clock, mut alarms: mpsc::UnboundedReceiver<Alarm>) {
    let mut due: BTreeMap<(Timestamp, u64), Weak<App>> = BTreeMap::new();
    let mut set = 0;
    loop {
        let next = due.first_key_value().map(|((at, _), _)| *at);
        tokio::select! {
            alarm = alarms.recv() => {
                let Some((at, app)) = alarm else { return };
                due.insert((at, set), Arc::downgrade(&app));
                set += 1;
            }
            () = clock.reaches(next.unwrap_or(Timestamp::from_secs(0))), if next.is_some() => {
                let Some(((at, _), app)) = due.pop_first() else { continue };
                if let Some(app) = app.upgrade() {
                    app.wake(at);
                }
            }
        }
    }
}

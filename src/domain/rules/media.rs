//! What a media server brings about, on somebody's word and without any media: devices come to a
//! call and go from it, recordings and transcriptions of it appear (ours). First where the call
//! stands:
//!
//! | # | the call | a device comes or goes | a recording, a transcription |
//! | --- | --- | --- | --- |
//! | 1 | is unknown | refused | refused |
//! | 2 | rings | refused: answering is for `PUT` | refused |
//! | 2 | is direct, and nobody has come | by the rows below; the first to come begins it | refused |
//! | 3 | was missed | refused | refused |
//! | 4 | has ended | refused | taken |
//! | 5 | goes on | by the rows below | taken |
//!
//! Then, in this order:
//!
//! | # | what | if | then |
//! | --- | --- | --- | --- |
//! | 6 | comes | the user is unknown or deactivated | refused |
//! | 7 | comes | they are neither caller nor callee / not in the group; never to a direct session | refused |
//! | 8 | comes | this device of theirs is on the call | nothing changes |
//! | 9 | comes | they are on another call | refused |
//! | 10 | comes | 50 devices are on the call (vendor doc) | refused |
//! | 11 | goes | they, or the device, are not on the call | refused |
//! | 12 | recording, transcription | the call has one of this id | refused |
//! | 13 | recording, transcription | it ends before it begins | refused |
//!
//! A device without a name is another one each time it comes. Who goes without naming a device
//! goes with all of them; the last one out ends the call. Where rooms are filled by hand, `room.rs`
//! says more.

use std::sync::Arc;

use super::{is_part, join::MOST_ON_A_CALL, room};
use crate::domain::{
    call::{Call, Receiver, State, Status},
    calls::CallNo,
    ids::{AppId, DeviceIds, DeviceName, SessionId, Uid},
    live::Device,
    participant::Participant,
    recording::Sketch,
    time::Timestamp,
    world::World,
};

/// What happens to a call.
#[derive(Clone, Debug)]
pub enum Media {
    /// A device comes.
    Join {
        /// Whose.
        uid: Uid,
        /// What it is called.
        device: Option<DeviceName>,
        /// For its entry, if it gets one.
        ids: DeviceIds,
    },
    /// A device goes.
    Leave {
        /// Whose.
        uid: Uid,
        /// Which one; all without a name.
        device: Option<DeviceName>,
    },
    /// It was recorded.
    Recording(Sketch),
    /// It was written down.
    Transcription {
        /// What is known of it.
        sketch: Sketch,
        /// `YYYY-MM-DD`
        date: Option<String>,
    },
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Played {
    /// The call, as it is then.
    pub call: Arc<Call>,
    /// It is not as it was before.
    pub changed: bool,
}

/// Why nothing happens. `Display` says what to do instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "each variant's message says what it is")]
pub enum Denial {
    #[error("There is no call {session} in {app}; GET /calls lists those there are.")]
    NoSuchCall { session: String, app: AppId },
    #[error("{session} is still ringing. First PUT /calls/{session} as {}", answering(*group))]
    Rings { session: SessionId, group: bool },
    #[error("Nobody has come to {session} yet; who joins first begins it.")]
    NobodyCame { session: SessionId },
    #[error("{session} is {} since {}; only an ongoing call is joined and left.", status.as_str(), since.secs())]
    NotOngoing { session: SessionId, status: Status, since: Timestamp },
    #[error("{session} is {} since {}; nothing is left of a call that nobody answered.", status.as_str(), since.secs())]
    NeverAnswered { session: SessionId, status: Status, since: Timestamp },
    #[error("There is no active user {uid}; GET /users lists those there are.")]
    UnknownUser { uid: Uid },
    #[error("{uid} is not part of {session}, which {caller} made to the {} {}.", receiver.kind(), receiver.as_str())]
    Stranger { uid: Uid, session: SessionId, caller: Uid, receiver: Receiver },
    #[error("{said}; nobody is on two calls.")]
    OnAnotherCall { said: String },
    #[error("{session} is full: {MOST_ON_A_CALL} devices are on it.")]
    Full { session: SessionId },
    #[error("{uid} is not on {session}{}", on_it(devices))]
    NotOnIt { uid: Uid, session: SessionId, devices: Vec<String> },
    #[error("{session} has a {what} of the id {id} already; leave the id out to have one made.")]
    Taken { what: &'static str, session: SessionId, id: String },
    #[error("{what}.endTime: it cannot end at {}, before it begins at {}.", end.secs(), start.secs())]
    EndsTooEarly { what: &'static str, start: Timestamp, end: Timestamp },
}

/// Lets it happen.
///
/// # Errors
/// By the tables above.
pub fn play(
    world: &mut World,
    session: &str,
    media: Media,
    now: Timestamp,
) -> Result<Played, Denial> {
    let no = world.calls().find(session).ok_or_else(|| Denial::NoSuchCall {
        session: session.to_owned(),
        app: world.app().clone(),
    })?;
    let call = Arc::clone(world.calls().get(no));
    let changed = match media {
        Media::Join { uid, device, ids } if world.is_manual() => {
            drop(call);
            room::come(world, no, &uid, Device { ids, name: device }, now)?
        }
        Media::Leave { uid, device } if world.is_manual() => {
            drop(call);
            room::go(world, no, &uid, device.as_ref(), now)?;
            true
        }
        Media::Join { uid, device, ids } => {
            goes_on(&call)?;
            let comes = may_come(world, no, &call, &uid, device.as_ref())?;
            // The call is about to change, which is cheap when nobody else holds it.
            drop(call);
            if comes {
                world.dial_in(no, &uid, Device { ids, name: device }, now);
            }
            comes
        }
        Media::Leave { uid, device } => {
            goes_on(&call)?;
            may_go(&call, &uid, device.as_ref())?;
            drop(call);
            world.hang_up(no, &uid, device.as_ref(), now);
            true
        }
        Media::Recording(sketch) => {
            was_answered(&call)?;
            let taken = call.recordings.iter().any(|other| other.id == sketch.id);
            fits("recording", &call, &sketch, taken, now)?;
            let recording = sketch.recording(&call, now);
            drop(call);
            world.add_recording(no, recording);
            true
        }
        Media::Transcription { sketch, date } => {
            was_answered(&call)?;
            let taken = call.transcriptions.iter().any(|other| other.id == sketch.id);
            fits("transcription", &call, &sketch, taken, now)?;
            let transcription = sketch.transcription(date, &call, now);
            drop(call);
            world.add_transcription(no, transcription);
            true
        }
    };
    Ok(Played { call: Arc::clone(world.calls().get(no)), changed })
}

/// Rows 2 to 5, where a device comes or goes.
pub(super) fn goes_on(call: &Call) -> Result<(), Denial> {
    match call.state {
        State::Ringing { .. } => match call.receiver {
            Receiver::User(_) | Receiver::Group(_) => Err(rings(call)),
            Receiver::Anyone(_) => Ok(()),
        },
        State::Missed { ended_at, .. } | State::Ended { ended_at, .. } => {
            let (session, status) = (call.session.clone(), call.status());
            Err(Denial::NotOngoing { session, status, since: ended_at })
        }
        State::Ongoing { .. } => Ok(()),
    }
}

/// Rows 2 to 5, for a recording or a transcription.
fn was_answered(call: &Call) -> Result<(), Denial> {
    match call.state {
        State::Ringing { .. } => Err(rings(call)),
        State::Missed { ended_at, .. } => {
            let (session, status) = (call.session.clone(), call.status());
            Err(Denial::NeverAnswered { session, status, since: ended_at })
        }
        State::Ended { .. } | State::Ongoing { .. } => Ok(()),
    }
}

/// Rows 6 to 10. Says whether this device is new to the call.
pub(super) fn may_come(
    world: &World,
    no: CallNo,
    call: &Call,
    uid: &Uid,
    device: Option<&DeviceName>,
) -> Result<bool, Denial> {
    let session = || call.session.clone();
    if world.active(uid.as_str()).is_err() {
        return Err(Denial::UnknownUser { uid: uid.clone() });
    }
    if !is_part(world, call, uid) {
        let (caller, receiver) = (call.caller.clone(), call.receiver.clone());
        return Err(Denial::Stranger { uid: uid.clone(), session: session(), caller, receiver });
    }
    let is_there =
        |device: &DeviceName| devices_of(call, uid).any(|entry| entry.is_device(device.as_str()));
    if device.is_some_and(is_there) {
        return Ok(false);
    }
    if let Some(other) = world.on_call.get(uid).filter(|other| **other != no) {
        let said = world.describe_call_of(uid.as_str(), *other);
        return Err(Denial::OnAnotherCall { said });
    }
    if call.on_call().count() >= MOST_ON_A_CALL {
        return Err(Denial::Full { session: session() });
    }
    Ok(true)
}

/// Row 11.
fn may_go(call: &Call, uid: &Uid, device: Option<&DeviceName>) -> Result<(), Denial> {
    let is_meant = |entry: &Participant| device.is_none_or(|name| entry.is_device(name.as_str()));
    if devices_of(call, uid).any(is_meant) {
        return Ok(());
    }
    let ids = devices_of(call, uid).filter_map(Participant::device_id);
    let devices = ids.map(std::borrow::Cow::into_owned).collect();
    Err(Denial::NotOnIt { uid: uid.clone(), session: call.session.clone(), devices })
}

/// Rows 12 and 13.
fn fits(
    what: &'static str,
    call: &Call,
    sketch: &Sketch,
    taken: bool,
    now: Timestamp,
) -> Result<(), Denial> {
    if taken {
        let (session, id) = (call.session.clone(), sketch.id.clone());
        return Err(Denial::Taken { what, session, id });
    }
    let (start, end) = sketch.span(call, now);
    if end < start {
        return Err(Denial::EndsTooEarly { what, start, end });
    }
    Ok(())
}

fn devices_of<'a>(call: &'a Call, uid: &'a Uid) -> impl Iterator<Item = &'a Participant> {
    call.participants.iter().filter(move |entry| entry.is_on_call() && entry.uid == *uid)
}

fn rings(call: &Call) -> Denial {
    let session = call.session.clone();
    match call.receiver {
        Receiver::User(_) => Denial::Rings { session, group: false },
        Receiver::Group(_) => Denial::Rings { session, group: true },
        Receiver::Anyone(_) => Denial::NobodyCame { session },
    }
}

/// Who answers a call, and with what.
const fn answering(group: bool) -> &'static str {
    if group {
        r#"a member: {"status":"ongoing","joinedAt":1700000000}"#
    } else {
        r#"its receiver: {"status":"ongoing"}"#
    }
}

/// With which devices somebody is on a call, if with any.
fn on_it(devices: &[String]) -> String {
    if devices.is_empty() {
        return "; only who joined can leave.".to_owned();
    }
    format!(" with this device, but with {}.", devices.join(", "))
}

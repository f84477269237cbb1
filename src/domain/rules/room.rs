//! Devices that come to a room and go from it where the control plane alone says so: to be on a
//! call and to be in its room are two things then. After the list of where the call stands:
//!
//! | # | what | if | then |
//! | --- | --- | --- | --- |
//! | 1 | comes | this device is in the room | nothing changes |
//! | 2 | comes | they are on the call with a device that is not in the room | that is the one |
//! | 3 | comes | otherwise | as without all this: one more device is on the call |
//! | 4 | goes | they, or the device, are not in the room | refused |
//! | 5 | goes | the call goes on | it leaves the room and the call |
//! | 6 | goes | the call is over | it leaves the room |
//!
//! A device that somebody answered with has no name; it takes the one that it comes with.

use super::media::{Denial, goes_on, may_come};
use crate::domain::{
    call::Call,
    calls::CallNo,
    ids::{DeviceName, Uid},
    live::Device,
    participant::Participant,
    time::Timestamp,
    world::World,
};

/// Rows 1 to 3. Says whether anything changed.
pub(super) fn come(
    world: &mut World,
    no: CallNo,
    uid: &Uid,
    device: Device,
    now: Timestamp,
) -> Result<bool, Denial> {
    let call = world.calls().get(no);
    goes_on(call)?;
    let name = device.name.clone();
    let is_there = |(place, entry): (usize, &Participant)| {
        name.as_ref().is_some_and(|name| entry.is_device(name.as_str()))
            && world.is_in_room(no, place)
    };
    if theirs(call, uid).any(is_there) {
        return Ok(false);
    }
    let waits = |(place, entry): &(usize, &Participant)| {
        let fits = name.as_ref().is_none_or(|name| entry.device.as_ref().is_none_or(|d| d == name));
        entry.is_on_call() && fits && !world.is_in_room(no, *place)
    };
    let waiting = theirs(call, uid).find(waits).map(|(place, _)| place);
    let place = match waiting {
        Some(place) => {
            world.name_device(no, place, name);
            Some(place)
        }
        None => {
            let call = std::sync::Arc::clone(call);
            may_come(world, no, &call, uid, name.as_ref())?;
            drop(call);
            world.dial_in(no, uid, device, now);
            theirs(world.calls().get(no), uid).last().map(|(place, _)| place)
        }
    };
    if let Some(place) = place {
        world.come_in(no, place, now);
    }
    Ok(true)
}

/// Rows 4 to 6.
pub(super) fn go(
    world: &mut World,
    no: CallNo,
    uid: &Uid,
    device: Option<&DeviceName>,
    now: Timestamp,
) -> Result<(), Denial> {
    let call = world.calls().get(no);
    let is_meant = |entry: &Participant| {
        entry.uid == *uid && device.is_none_or(|name| entry.is_device(name.as_str()))
    };
    let in_room =
        || theirs(call, uid).filter(|(place, _)| world.is_in_room(no, *place)).map(|(_, e)| e);
    if !in_room().any(is_meant) {
        goes_on(call)?;
        let devices = in_room().filter_map(Participant::device_id).map(Into::into).collect();
        return Err(Denial::NotOnIt { uid: uid.clone(), session: call.session.clone(), devices });
    }
    let is_on_call = call.participants.iter().any(|entry| entry.is_on_call() && is_meant(entry));
    world.go_out(no, is_meant, now);
    if is_on_call {
        world.hang_up(no, uid, device, now);
    }
    Ok(())
}

/// Somebody's entries among the participants, and their places.
fn theirs<'a>(call: &'a Call, uid: &'a Uid) -> impl Iterator<Item = (usize, &'a Participant)> {
    call.participants.iter().enumerate().filter(move |(_, entry)| entry.uid == *uid)
}

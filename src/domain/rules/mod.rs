//! The call rules, one a file.

pub mod change_status;
pub mod change_type;
pub mod initiate;
mod join;
pub mod leave;
pub mod media;
pub mod ring_timeout;
mod room;
pub mod session;

use super::{
    call::{Call, Receiver, State},
    calls::CallNo,
    error::{Details, Error, Ruling},
    ids::Uid,
    transitions::Live,
    world::World,
};

// The checks that every change of a call begins with:
//
// | # | if | then |
// | --- | --- | --- |
// | 1 | session id empty or blank | `ERR_EMPTY_CALL_SESSION_ID` |
// | 2 | the body does not validate | where it is read |
// | 3 | no such call in this app | `ERR_CALL_SESSION_NOT_FOUND` |
// | 4 | actor is neither caller nor callee / not in the group | `ERR_CALL_NOT_A_PART` |
// | 5 | call is final | `ERR_CALL_TERMINATED` |

/// Check 1, which comes before the body is looked at.
///
/// # Errors
/// `ERR_EMPTY_CALL_SESSION_ID`
pub fn named_session(session: &str) -> Ruling<&str> {
    if session.trim().is_empty() {
        return Err(Error::EmptySessionId.by("change/1", "the path names no session"));
    }
    Ok(session)
}

/// Checks 3 to 5.
fn changeable(world: &World, actor: &Uid, session: &str) -> Ruling<(CallNo, Live)> {
    let no = world.session(session).map_err(|error| error.by("change/3", "no call has this id"))?;
    let call = world.calls().get(no);
    is_partaking(world, call, actor, "change/4")?;
    Ok((no, still_live(call, "change/5")?))
}

fn is_partaking(world: &World, call: &Call, uid: &Uid, rule: &str) -> Ruling<()> {
    if is_part(world, call, uid) {
        return Ok(());
    }
    let because = format!(
        "{} called {} {}, {uid} is not part of it",
        call.caller,
        call.receiver.kind(),
        call.receiver.as_str()
    );
    Err(Error::NotAPart { uid: uid.clone(), session: call.session.clone() }.by(rule, because))
}

fn still_live(call: &Call, rule: &str) -> Ruling<Live> {
    match call.state {
        State::Ringing { .. } => Ok(Live::Ringing),
        State::Ongoing { .. } => Ok(Live::Ongoing),
        State::Missed { ended_at, .. } | State::Ended { ended_at, .. } => {
            let status = call.status().as_str();
            let because = format!("{} is {status} since {}", call.session, ended_at.secs());
            Err(Error::Terminated { session: call.session.clone() }.by(rule, because))
        }
    }
}

/// What a client may not set on a direct session: nobody rang for it (ours).
fn unchangeable(field: &str) -> Error {
    let text = format!(
        "A direct session has no {field} to set; it begins and ends with those who come to its media."
    );
    Error::Invalid(Details::one(field, text))
}

/// One of the two sides, or in the called group now; everybody, of a direct session.
fn is_part(world: &World, call: &Call, uid: &Uid) -> bool {
    match &call.receiver {
        Receiver::User(callee) => *uid == call.caller || uid == callee,
        Receiver::Group(guid) => {
            world.rosters.get(guid).is_some_and(|roster| roster.members.contains_key(uid))
        }
        Receiver::Anyone(_) => true,
    }
}

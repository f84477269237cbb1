//! The call rules, one a file.

pub mod change_status;
pub mod change_type;
pub mod initiate;
mod join;
pub mod leave;
pub mod media;
pub mod ring_timeout;

use super::{
    call::{Call, Receiver, State},
    calls::CallNo,
    error::{Error, Ruling},
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

    if !is_part(world, call, actor) {
        let because = format!(
            "{} called {} {}, {actor} is not part of it",
            call.caller,
            call.receiver.kind(),
            call.receiver.as_str()
        );
        return Err(Error::NotAPart { uid: actor.clone(), session: call.session.clone() }
            .by("change/4", because));
    }

    match call.state {
        State::Ringing { .. } => Ok((no, Live::Ringing)),
        State::Ongoing { .. } => Ok((no, Live::Ongoing)),
        State::Missed { ended_at, .. } | State::Ended { ended_at, .. } => {
            let status = call.status().as_str();
            let because = format!("{} is {status} since {}", call.session, ended_at.secs());
            Err(Error::Terminated { session: call.session.clone() }.by("change/5", because))
        }
    }
}

/// One of the two sides, or in the called group now.
fn is_part(world: &World, call: &Call, uid: &Uid) -> bool {
    match &call.receiver {
        Receiver::User(callee) => *uid == call.caller || uid == callee,
        Receiver::Group(guid) => {
            world.rosters.get(guid).is_some_and(|roster| roster.members.contains_key(uid))
        }
    }
}

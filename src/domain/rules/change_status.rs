//! `PUT /calls/{sessionId}`: somebody answers, declines, gives up or hangs up. The checks, in this
//! order:
//!
//! | # | if | then |
//! | --- | --- | --- |
//! | 1, 2 | empty session id, malformed body | where the request is read |
//! | 3, 4, 5 | unknown call, not a part, final | `changeable`, one floor up |
//! | 6 | requested `initiated` | `ERR_CALL_INVALID_INIT` |
//! | 7 | the tables | `transitions` |

use std::sync::Arc;

use super::{changeable, join, leave, unchangeable};
use crate::domain::{
    access::Actor,
    call::{Call, Miss, Receiver, Status},
    error::{Details, Error, Refusal, Ruling},
    event::CallMessage,
    ids::DeviceIds,
    participant::Presence,
    time::Timestamp,
    transitions::{self, Asked, Denial, Effect, Side, Standing},
    world::World,
};

/// What the actor asks for.
#[derive(Clone, Copy, Debug)]
pub struct ChangeStatus {
    /// The status to go to.
    pub status: Status,
    /// When the actor joined a group call, by their own account.
    pub joined_at: Option<Timestamp>,
}

/// Changes a call's status, or the actor's part in a group call.
///
/// # Errors
/// Rows 3 to 7 of the table above.
pub fn change_status(
    world: &mut World,
    actor: &Actor,
    session: &str,
    ask: ChangeStatus,
    device: DeviceIds,
    now: Timestamp,
) -> Ruling<Arc<CallMessage>> {
    let uid = &actor.uid;
    let (no, state) = changeable(world, uid, session)?;
    let call = Arc::clone(world.calls().get(no));

    let asked = asked(&call, ask.status)?;
    let effect = match &call.receiver {
        Receiver::User(_) => {
            let who = if *uid == call.caller { Side::Caller } else { Side::Callee };
            transitions::one_to_one(state, asked, who)
        }
        Receiver::Group(_) => transitions::group(state, asked, standing(&call, actor)),
        Receiver::Anyone(_) => Err(Denial::Direct),
    }
    .map_err(|denial| refuse(denial, &call, actor, ask.status))?;

    match effect {
        Effect::Join => join::check(world, no, actor, ask.joined_at)?,
        Effect::Miss(_) | Effect::MarkRejected | Effect::Leave | Effect::End => {}
    }
    // From here on the call is about to change, which is cheap when nobody else holds it.
    drop(call);
    match effect {
        Effect::Join => return Ok(join::join(world, no, actor, ask.joined_at, device, now)),
        Effect::Miss(why) => world.miss(no, why, now),
        Effect::MarkRejected => world.decline(no, &actor.uid),
        Effect::Leave => leave::leave(world, no, &actor.uid, now),
        Effect::End => world.end(no, now),
    }
    Ok(world.tell(no, ask.status, uid, now))
}

fn asked(call: &Call, status: Status) -> Ruling<Asked> {
    match status {
        Status::Ongoing => Ok(Asked::Ongoing),
        Status::Busy => Ok(Asked::Miss(Miss::Busy)),
        Status::Rejected => Ok(Asked::Miss(Miss::Rejected)),
        Status::Cancelled => Ok(Asked::Miss(Miss::Cancelled)),
        Status::Unanswered => Ok(Asked::Miss(Miss::Unanswered)),
        Status::Ended => Ok(Asked::Ended),
        Status::Initiated => {
            let because = format!("{} is {} already", call.session, call.status().as_str());
            Err(Error::InvalidInit { session: call.session.clone() }.by("change/6", because))
        }
    }
}

fn standing(call: &Call, actor: &Actor) -> Standing {
    match call.presence_of(&actor.uid) {
        None | Some(Presence::Invited) => Standing::Invited,
        Some(Presence::Rejected) => Standing::Rejected,
        Some(Presence::Joined { .. }) => Standing::Joined,
        Some(Presence::Left { .. }) => Standing::Left,
    }
}

fn refuse(denial: Denial, call: &Call, actor: &Actor, status: Status) -> Refusal {
    let (uid, session) = (actor.uid.clone(), call.session.clone());
    let role = |who: &str| {
        Error::Invalid(Details::one(
            "status",
            format!("Only {who} may set the status {} on this call.", status.as_str()),
        ))
    };
    let error = match denial {
        Denial::OnlyCaller => role("the caller"),
        Denial::OnlyCallee => role("the receiver"),
        Denial::OnlyInvited => role("a called member who has not joined"),
        Denial::NotStarted => Error::NotStarted { session },
        Denial::UserAlreadyJoined => Error::UserAlreadyJoined { uid, session },
        Denial::OngoingToInvalid => Error::OngoingToInvalid { status, session },
        Denial::GroupInvalidStatus => Error::GroupInvalidStatus { status, session },
        Denial::GroupAlreadyLeft => Error::GroupAlreadyLeft { uid, session },
        Denial::NeverJoined => Error::NeverJoined { uid, session },
        Denial::Direct => unchangeable("status"),
    };
    let who = match (&call.receiver, call.presence_of(&actor.uid)) {
        _ if call.caller == actor.uid => "the caller",
        (Receiver::User(_), _) => "the receiver",
        (Receiver::Anyone(_), _) => "anybody on a direct session",
        (Receiver::Group(_), None | Some(Presence::Invited)) => "a member who has not reacted",
        (Receiver::Group(_), Some(Presence::Rejected)) => "a member who declined",
        (Receiver::Group(_), Some(Presence::Joined { .. })) => "a member who is on the call",
        (Receiver::Group(_), Some(Presence::Left { .. })) => "a member who left",
    };
    let because = format!(
        "{} is {}, {} is {who} and asked for {}",
        call.session,
        call.status().as_str(),
        actor.uid,
        status.as_str()
    );
    error.by("change/7", because)
}

//! `POST /calls`: somebody rings a user or a group. The checks, in this order:
//!
//! | # | if | then |
//! | --- | --- | --- |
//! | 1 | a field is missing or outside its enumeration | where the body is read |
//! | 2 | receiver unknown or deactivated | `ERR_UID_NOT_FOUND` / `ERR_GUID_NOT_FOUND` |
//! | 3 | a user calls themselves | `ERR_CALLING_SELF` |
//! | 4 | caller blocked the callee / callee blocked the caller | `ERR_BLOCKED_RECEIVER` / `ERR_BLOCKED_SENDER` |
//! | 5 | caller is not in the group | `ERR_GROUP_NOT_JOINED` |
//! | 6 | caller is on a call | `ERR_CALL_BUSY_SELF` |
//! | 7 | callee is on a call / the group has a live call | `ERR_CALL_BUSY_USER` / `ERR_CALL_BUSY_GROUP` |

use std::{sync::Arc, time::Duration};

use serde_json::Value;

use crate::domain::{
    access::{Actor, Via},
    call::{Call, CallType, Mode, Receiver, State, Status},
    error::{Error, Ruling},
    event::CallMessage,
    ids::{CallIds, Uid},
    map::IndexMap,
    participant::{Participant, Presence},
    time::Timestamp,
    world::World,
};

/// How much longer a call rings that an SDK placed: it runs a timer of its own and reports its end
/// (seen).
const SDK_GRACE: Duration = Duration::from_secs(5);

/// What the caller asks for.
#[derive(Clone, Debug)]
pub struct Initiate {
    /// The uid or guid, as given.
    pub receiver: String,
    /// It names a group.
    pub to_group: bool,
    /// Audio or video.
    pub call_type: CallType,
    /// Kept with the call.
    pub metadata: Option<Value>,
}

/// Rings.
///
/// # Errors
/// Rows 2 to 7 of the table above.
pub fn initiate(
    world: &mut World,
    actor: &Actor,
    ask: Initiate,
    ids: CallIds,
    now: Timestamp,
) -> Ruling<Arc<CallMessage>> {
    let caller = &actor.uid;
    let receiver = if ask.to_group {
        free_group(world, caller, &ask.receiver)?
    } else {
        free_callee(world, caller, &ask.receiver)?
    };

    let ring = world.settings.ring_timeout.map(|ring| match actor.via {
        Via::Key => ring,
        Via::Token => ring.saturating_add(SDK_GRACE),
    });
    let on_it = Presence::Joined { at: now, device: ids.caller };
    let participants = participants(world, caller, on_it, &receiver);
    let session = world.new_session(now, ids.session);
    let no = world.ring(Call {
        session,
        mid: ids.mid,
        secret: ids.secret,
        mode: Mode::Call,
        call_type: ask.call_type,
        caller: caller.clone(),
        receiver,
        initiated_at: now,
        state: State::Ringing { until: ring.map(|ring| now.plus(ring)) },
        participants,
        metadata: ask.metadata.map(Arc::new),
        recordings: Vec::new(),
        transcriptions: Vec::new(),
    });
    Ok(world.tell(no, Status::Initiated, caller, now))
}

fn free_callee(world: &World, caller: &Uid, callee: &str) -> Ruling<Receiver> {
    let callee = world
        .active(callee)
        .map_err(|error| error.by("initiate/2", "the receiver is not an active user"))?;
    let uid = &callee.user.uid;

    if uid == caller {
        let because = format!("caller and receiver are both {caller}");
        return Err(Error::CallingSelf { uid: caller.clone() }.by("initiate/3", because));
    }

    let (of_caller, of_callee) = (caller.clone(), uid.clone());
    if let Some(at) = world.accounts.get(caller).and_then(|a| a.blocked.get(uid)) {
        let because = format!("{caller} blocked {uid} at {}", at.secs());
        return Err(Error::BlockedReceiver { caller: of_caller, callee: of_callee }
            .by("initiate/4", because));
    }
    if let Some(at) = callee.blocked.get(caller) {
        let because = format!("{uid} blocked {caller} at {}", at.secs());
        return Err(
            Error::BlockedSender { caller: of_caller, callee: of_callee }.by("initiate/4", because)
        );
    }

    idle_caller(world, caller)?;
    if let Some(no) = world.on_call.get(uid) {
        let because = world.describe_call_of(uid.as_str(), *no);
        return Err(Error::BusyUser { uid: uid.clone() }.by("initiate/7", because));
    }
    Ok(Receiver::User(uid.clone()))
}

fn free_group(world: &World, caller: &Uid, guid: &str) -> Ruling<Receiver> {
    let roster =
        world.roster(guid).map_err(|error| error.by("initiate/2", "the receiver is no group"))?;
    let guid = &roster.group.guid;

    if !roster.members.contains_key(caller) {
        let because = format!("{caller} is none of the {} members of {guid}", roster.members.len());
        return Err(Error::GroupNotJoined { uid: caller.clone(), guid: guid.clone() }
            .by("initiate/5", because));
    }

    idle_caller(world, caller)?;
    if let Some(no) = world.group_calls.get(guid) {
        let because = world.describe_call_of(guid.as_str(), *no);
        return Err(Error::BusyGroup { guid: guid.clone() }.by("initiate/7", because));
    }
    Ok(Receiver::Group(guid.clone()))
}

fn idle_caller(world: &World, caller: &Uid) -> Ruling<()> {
    match world.on_call.get(caller) {
        None => Ok(()),
        Some(no) => Err(Error::BusySelf { uid: caller.clone() }
            .by("initiate/6", world.describe_call_of(caller.as_str(), *no))),
    }
}

/// The caller, then whom the call rings: with room for no more, for most calls get no others.
fn participants(
    world: &World,
    caller: &Uid,
    on_it: Presence,
    receiver: &Receiver,
) -> Vec<Participant> {
    let first = Participant::new(caller.clone(), on_it);
    let invited = |uid: &Uid| Participant::new(uid.clone(), Presence::Invited);
    match receiver {
        Receiver::User(callee) => vec![first, invited(callee)],
        Receiver::Group(guid) => {
            let members = world.rosters.get(guid).map(|roster| &roster.members);
            let mut all = Vec::with_capacity(members.map_or(1, IndexMap::len));
            all.push(first);
            let called = members.into_iter().flat_map(IndexMap::keys);
            all.extend(called.filter(|uid| *uid != caller).map(invited));
            all
        }
        Receiver::Anyone(_) => vec![first],
    }
}

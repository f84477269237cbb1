//! `POST /call_tokens`: somebody wants a pass to a session, as their SDK does before it begins its
//! media. What comes of the session id they send, in this order:
//!
//! | # | if | then |
//! | --- | --- | --- |
//! | 1 | it is missing or blank | where the body is read |
//! | 2 | it is a call's, and they are neither caller nor callee / not in the group | `ERR_CALL_NOT_A_PART` |
//! | 3 | it is that of a call or a direct session that is final | `ERR_CALL_TERMINATED` |
//! | 4 | it is that of any other call or direct session | a pass to it |
//! | 5 | it cannot name a direct session | 400 `ERR_BAD_REQUEST` |
//! | 6 | it is nobody's | opens a direct session of this name, and a pass to it |
//!
//! A direct session is for anyone. It is asked for by its name or its whole id, is `initiated`
//! until the first one comes to its media and over when the last one has left, and then stays so:
//! another one needs another name (ours).

use super::{is_partaking, still_live};
use crate::domain::{
    call::{Call, CallType, Mode, Receiver, State},
    error::{Details, Error, Ruling},
    ids::{CallIds, MAX_MEET_ID, MeetId, SessionId, Uid},
    participant::{Participant, Presence},
    time::Timestamp,
    world::World,
};

/// The session that a user may come to by this id. Opens it if there is none.
///
/// # Errors
/// Rows 2, 3 and 5 of the table above.
pub fn enter(
    world: &mut World,
    uid: &Uid,
    given: &str,
    ids: CallIds,
    now: Timestamp,
) -> Ruling<SessionId> {
    let settings = world.settings();
    let meet = MeetId::meant(given, &settings.region, &settings.app);
    let direct = meet.as_ref().map(|it| SessionId::direct(&settings.region, &settings.app, it));

    let by_name = || direct.as_ref().and_then(|session| world.calls().find(session.as_str()));
    if let Some(no) = world.calls().find(given).or_else(by_name) {
        let call = world.calls().get(no);
        is_partaking(world, call, uid, "token/2")?;
        still_live(call, "token/3")?;
        return Ok(call.session.clone());
    }
    let (Some(meet), Some(session)) = (meet, direct) else {
        let text = format!(
            "The sessionId must be that of a call, or a name of 1 to {MAX_MEET_ID} letters, digits, '-', '_' and '.'."
        );
        return Err(Error::Invalid(Details::one("sessionId", text))
            .by("token/5", "no call has this id, and it cannot name a direct session"));
    };
    world.open(Call {
        session: session.clone(),
        mid: ids.mid,
        secret: ids.secret,
        mode: Mode::Meet,
        // Nobody says which. Who meets has a camera, unless their client leaves it out.
        call_type: CallType::Video,
        caller: uid.clone(),
        receiver: Receiver::Anyone(meet),
        initiated_at: now,
        state: State::Ringing { until: None },
        participants: vec![Participant::new(uid.clone(), Presence::Invited)],
        metadata: None,
        recordings: Vec::new(),
        transcriptions: Vec::new(),
    });
    Ok(session)
}

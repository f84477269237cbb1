//! The two tables of the call rules, cell by cell. Nothing here looks at a world: what somebody
//! is to a call and what they ask for go in, what happens or why not comes out.
//!
//! One-to-one:
//!
//! | now ↓ asked → | ongoing | busy, rejected | cancelled, unanswered | ended |
//! | --- | --- | --- | --- | --- |
//! | ringing | callee joins · caller: role | callee misses it · caller: role | caller misses it · callee: role | not started |
//! | ongoing | already joined | ongoing to invalid | ongoing to invalid | ends |
//!
//! Group, by what the acting member is in the call:
//!
//! | now ↓ asked → | ongoing | busy | rejected | cancelled, unanswered | ended |
//! | --- | --- | --- | --- | --- | --- |
//! | ringing | join rules | group status | invited, rejected: rejects · caller: role | caller misses it · other: role | not started |
//! | ongoing | join rules | group status | invited, rejected: rejects · joined: ongoing to invalid · left: already left | ongoing to invalid | joined leaves · left: already left · never joined: not a part |
//!
//! A direct session has no table: nobody rang for it, and whatever is asked is refused.

use super::call::Miss;

/// The two states in which anything can still change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Live {
    /// Status `initiated`.
    Ringing,
    /// Status `ongoing`.
    Ongoing,
}

/// What a `PUT` can ask for. `initiated` never gets as far as the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// To be on the call.
    Ongoing,
    /// One of the four ends of a call that was not answered.
    Miss(Miss),
    /// To hang up.
    Ended,
}

/// Which side of a one-to-one call acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Who initiated it.
    Caller,
    /// Whom it rings.
    Callee,
}

/// What the acting member is in a group call. While it rings, its caller is the one who is joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Has not reacted.
    Invited,
    /// Is on the call.
    Joined,
    /// Was on the call.
    Left,
    /// Declined.
    Rejected,
}

/// What an allowed request does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The actor joins, subject to the join rules; a ringing call goes on.
    Join,
    /// The call is over without an answer.
    Miss(Miss),
    /// The actor is marked as having declined; the call rings or goes on.
    MarkRejected,
    /// The actor leaves; the last one out ends the call.
    Leave,
    /// The call is over for both.
    End,
}

/// Why a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denial {
    /// Only this role may ask for it.
    OnlyCaller,
    /// Only this role may ask for it.
    OnlyCallee,
    /// Only those who were called may ask for it.
    OnlyInvited,
    /// `ERR_CALL_NOT_STARTED`
    NotStarted,
    /// `ERR_CALL_USER_ALREADY_JOINED`
    UserAlreadyJoined,
    /// `ERR_CALL_ONGOING_TO_INVALID`
    OngoingToInvalid,
    /// `ERR_CALL_GROUP_INVALID_STATUS`
    GroupInvalidStatus,
    /// `ERR_CALL_GROUP_ALREADY_LEFT`
    GroupAlreadyLeft,
    /// `ERR_CALL_NOT_A_PART`
    NeverJoined,
    /// Only its media changes a direct session.
    Direct,
}

/// The table of one-to-one calls.
///
/// # Errors
/// The reason in a cell that refuses.
pub const fn one_to_one(now: Live, asked: Asked, who: Side) -> Result<Effect, Denial> {
    use Miss::{Busy, Cancelled, Rejected, Unanswered};
    use Side::{Callee, Caller};
    match (now, asked, who) {
        (Live::Ringing, Asked::Ongoing, Callee) => Ok(Effect::Join),
        (Live::Ringing, Asked::Ongoing, Caller) => Err(Denial::OnlyCallee),
        (Live::Ringing, Asked::Miss(why @ (Busy | Rejected)), Callee) => Ok(Effect::Miss(why)),
        (Live::Ringing, Asked::Miss(Busy | Rejected), Caller) => Err(Denial::OnlyCallee),
        (Live::Ringing, Asked::Miss(why @ (Cancelled | Unanswered)), Caller) => {
            Ok(Effect::Miss(why))
        }
        (Live::Ringing, Asked::Miss(Cancelled | Unanswered), Callee) => Err(Denial::OnlyCaller),
        (Live::Ringing, Asked::Ended, Caller | Callee) => Err(Denial::NotStarted),

        (Live::Ongoing, Asked::Ongoing, Caller | Callee) => Err(Denial::UserAlreadyJoined),
        (Live::Ongoing, Asked::Miss(Busy | Rejected | Cancelled | Unanswered), Caller | Callee) => {
            Err(Denial::OngoingToInvalid)
        }
        (Live::Ongoing, Asked::Ended, Caller | Callee) => Ok(Effect::End),
    }
}

/// The table of group calls.
///
/// # Errors
/// The reason in a cell that refuses.
pub const fn group(now: Live, asked: Asked, who: Standing) -> Result<Effect, Denial> {
    use Miss::{Busy, Cancelled, Rejected as Declined, Unanswered};
    use Standing::{Invited, Joined, Left, Rejected};
    match (now, asked, who) {
        (Live::Ringing | Live::Ongoing, Asked::Ongoing, Invited | Joined | Left | Rejected) => {
            Ok(Effect::Join)
        }
        (Live::Ringing | Live::Ongoing, Asked::Miss(Busy), Invited | Joined | Left | Rejected) => {
            Err(Denial::GroupInvalidStatus)
        }

        (Live::Ringing, Asked::Miss(Declined), Invited | Rejected | Left) => {
            Ok(Effect::MarkRejected)
        }
        (Live::Ringing, Asked::Miss(Declined), Joined) => Err(Denial::OnlyInvited),
        (Live::Ringing, Asked::Miss(why @ (Cancelled | Unanswered)), Joined) => {
            Ok(Effect::Miss(why))
        }
        (Live::Ringing, Asked::Miss(Cancelled | Unanswered), Invited | Left | Rejected) => {
            Err(Denial::OnlyCaller)
        }
        (Live::Ringing, Asked::Ended, Invited | Joined | Left | Rejected) => {
            Err(Denial::NotStarted)
        }

        (Live::Ongoing, Asked::Miss(Declined), Invited | Rejected) => Ok(Effect::MarkRejected),
        (Live::Ongoing, Asked::Miss(Declined), Joined) => Err(Denial::OngoingToInvalid),
        (Live::Ongoing, Asked::Miss(Declined), Left) => Err(Denial::GroupAlreadyLeft),
        (
            Live::Ongoing,
            Asked::Miss(Cancelled | Unanswered),
            Invited | Joined | Left | Rejected,
        ) => Err(Denial::OngoingToInvalid),
        (Live::Ongoing, Asked::Ended, Joined) => Ok(Effect::Leave),
        (Live::Ongoing, Asked::Ended, Left) => Err(Denial::GroupAlreadyLeft),
        (Live::Ongoing, Asked::Ended, Invited | Rejected) => Err(Denial::NeverJoined),
    }
}

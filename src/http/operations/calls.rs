//! `/calls`

use schemars::JsonSchema;

use super::{Described, acting, anyone};
use crate::{
    domain::{
        code::Code,
        rules::{change_status::ChangeStatus, initiate::Initiate},
    },
    http::wire::{
        call_log::{CallLogJson, TranscriptionJson},
        call_message::{CallMessageJson, ChangeType},
    },
    openapi::{Operation, Parameter},
};

/// One log, or for users a list of just that one.
#[derive(JsonSchema)]
#[schemars(untagged, inline)]
#[expect(dead_code, reason = "stands for two answers in the document")]
enum Shown {
    ForKeys(CallLogJson<'static>),
    ForUsers([CallLogJson<'static>; 1]),
}

/// What every change of a call may be refused with before it comes to the change itself.
const CHANGING: [Code; 4] =
    [Code::EmptySessionId, Code::SessionNotFound, Code::NotAPart, Code::Terminated];

pub(in crate::http) fn initiate() -> Operation {
    acting("initiateCall", "Rings a user or a group.")
        .tagged("Calls")
        .with([Parameter::header("resource", "The client's name for itself; messages repeat it.")])
        .reads::<Initiate>()
        .gives::<CallMessageJson<'_>>()
        .refused_by([
            Code::UidNotFound,
            Code::GuidNotFound,
            Code::CallingSelf,
            Code::BlockedReceiver,
            Code::BlockedSender,
            Code::GroupNotJoined,
            Code::BusySelf,
            Code::BusyUser,
            Code::BusyGroup,
        ])
}

pub(in crate::http) fn change_status() -> Operation {
    acting("changeCallStatus", "Answers, declines, gives up or hangs up.")
        .tagged("Calls")
        .with([Parameter::header("resource", "The client's name for itself; messages repeat it.")])
        .reads::<ChangeStatus>()
        .gives::<CallMessageJson<'_>>()
        .refused_by(CHANGING)
        .refused_by([
            Code::InvalidInit,
            Code::NotStarted,
            Code::BusySelf,
            Code::UserAlreadyJoined,
            Code::OngoingToInvalid,
            Code::GroupInvalidStatus,
            Code::EmptyJoinedAt,
            Code::GroupAlreadyJoined,
            Code::GroupAlreadyLeft,
        ])
}

pub(in crate::http) fn change_type() -> Operation {
    acting("changeCallType", "Makes an audio call a video call, or the other way round.")
        .tagged("Calls")
        .reads::<ChangeType>()
        .gives::<CallMessageJson<'_>>()
        .refused_by(CHANGING)
}

pub(in crate::http) fn list() -> Operation {
    anyone("listCalls", "Lists call logs, newest first.")
        .tagged("Call logs")
        .lists::<CallLogJson<'_>>()
        .with([
            Parameter::text("type", "`audio` or `video`; any other value finds nothing."),
            Parameter::text("mode", "`call` or `meet`."),
            Parameter::text(
                "status",
                "`initiated`, `ongoing`, `busy`, `rejected`, `canceled`, `unanswered`, `ended`.",
            ),
            Parameter::text("receiverType", "`user` or `group`."),
            Parameter::text("uid", "Took part, called or was called."),
            Parameter::text("guid", "The group that was called."),
            Parameter::text("direction", "`incoming` or `outgoing`, as the acting user sees it."),
            Parameter::whole::<i64>("participantsCount", "Exactly so many joined.", None)
                .or_empty(),
            Parameter::whole::<i64>("startedAt", "Answered at or after; Unix seconds.", None)
                .or_empty(),
            Parameter::whole::<i64>("endedAt", "Over at or before; Unix seconds.", None).or_empty(),
            Parameter::flag("hasRecording", "Was recorded, or was not.").or_empty(),
            Parameter::flag("hasTranscription", "Was transcribed, or was not.").or_empty(),
        ])
}

pub(in crate::http) fn show() -> Operation {
    anyone("getCall", "Shows one call log; with a token, in a list.")
        .tagged("Call logs")
        .gives::<Shown>()
        .refused_by([Code::EmptySessionId, Code::SessionNotFound])
}

pub(in crate::http) fn transcriptions() -> Operation {
    anyone("listTranscriptions", "Lists the transcriptions of a call, newest first.")
        .tagged("Call logs")
        .lists::<TranscriptionJson<'_>>()
        .refused_by([Code::EmptySessionId, Code::SessionNotFound])
}

/// One of the above with nothing for a session id.
pub(in crate::http) fn nameless(id: &'static str) -> Operation {
    anyone(id, "The same without a session id, which is refused.")
        .tagged("Calls")
        .refused_by([Code::EmptySessionId])
}

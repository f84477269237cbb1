//! An error of each code, for those who ask for the error and not for what causes it.

use super::{
    call::Status,
    code::Code,
    error::{Details, Error},
    ids::{AuthToken, Guid, SessionId, Uid},
    webhooks::{MOST_WEBHOOKS, WebhookId},
};

/// What an example is about.
#[derive(Clone, Debug)]
pub struct Subjects {
    /// Who acts.
    pub uid: Uid,
    /// Whom it concerns.
    pub other: Uid,
    /// Which group.
    pub guid: Guid,
    /// Which call.
    pub session: SessionId,
    /// Which webhook.
    pub webhook: WebhookId,
}

impl Error {
    /// What the rules would say of these subjects, if they had reason to.
    #[must_use]
    pub fn example(code: Code, of: Subjects) -> Self {
        let Subjects { uid, other, guid, session, webhook } = of;
        match code {
            Code::EmptyApiKey => Self::EmptyApiKey,
            Code::ApiKeyNotFound => Self::ApiKeyNotFound { masked: "*****".to_owned() },
            Code::NoAccess => Self::NoAccess { needs: "a key of scope fullAccess" },
            Code::CallingSelf => Self::CallingSelf { uid },
            Code::BusySelf => Self::BusySelf { uid },
            Code::BusyGroup => Self::BusyGroup { guid },
            Code::BusyUser => Self::BusyUser { uid: other },
            Code::EmptySessionId => Self::EmptySessionId,
            Code::SessionNotFound => Self::SessionNotFound { session: session.as_str().to_owned() },
            Code::Terminated => Self::Terminated { session },
            Code::GroupAlreadyJoined => Self::GroupAlreadyJoined { uid, session },
            Code::GroupAlreadyLeft => Self::GroupAlreadyLeft { uid, session },
            Code::InvalidInit => Self::InvalidInit { session },
            Code::UserAlreadyJoined => Self::UserAlreadyJoined { uid, session },
            Code::GroupInvalidStatus => Self::GroupInvalidStatus { status: Status::Busy, session },
            Code::OngoingToInvalid => Self::OngoingToInvalid { status: Status::Cancelled, session },
            Code::NotAPart => Self::NotAPart { uid, session },
            Code::EmptyJoinedAt => Self::EmptyJoinedAt { session },
            Code::NotStarted => Self::NotStarted { session },
            Code::AuthTokenNotFound => {
                Self::AuthTokenNotFound { token: AuthToken::given(&format!("{uid}_unknown")) }
            }
            Code::InvalidAppId => Self::InvalidAppId { given: "unknown-app".to_owned() },
            Code::ApiNotFound => {
                Self::ApiNotFound { method: "GET".to_owned(), path: "/unknown".to_owned() }
            }
            Code::BadRequest => {
                Self::Invalid(Details::one("receiver", "The receiver field is required."))
            }
            Code::UidNotFound => Self::UidNotFound { uid: other.as_str().to_owned() },
            Code::GuidNotFound => Self::GuidNotFound { guid: guid.as_str().to_owned() },
            Code::UidAlreadyExists => Self::UidAlreadyExists { uid: other },
            Code::GuidAlreadyExists => Self::GuidAlreadyExists { guid },
            Code::GroupNotJoined => Self::GroupNotJoined { uid, guid },
            Code::BlockedReceiver => Self::BlockedReceiver { caller: uid, callee: other },
            Code::BlockedSender => Self::BlockedSender { caller: uid, callee: other },
            Code::NotAMember => Self::NotAMember { uid: other.as_str().to_owned(), guid },
            Code::AlreadyJoined => Self::AlreadyJoined { uid, guid },
            Code::SameScope => Self::SameScope { uid: other, guid, scope: "participant" },
            Code::EmptyGroupPass => Self::EmptyGroupPass { guid },
            Code::WrongGroupPass => Self::WrongGroupPass { guid },
            Code::GroupJoinNotAllowed => Self::GroupJoinNotAllowed { guid },
            Code::BannedGroupMember => Self::BannedGroupMember { uid, guid },
            Code::EmptyAuthHeader => Self::EmptyAuthHeader,
            Code::WebhookNotFound => Self::WebhookNotFound { id: webhook.as_str().to_owned() },
            Code::WebhookAlreadyExists => Self::WebhookAlreadyExists { id: webhook },
            Code::TooManyWebhooks => Self::TooManyWebhooks { limit: MOST_WEBHOOKS },
            Code::TriggerNotFound => Self::TriggerNotFound { trigger: "call_lost".to_owned() },
            Code::PayloadTooLarge => Self::PayloadTooLarge,
            Code::HeadersTooLarge => Self::HeadersTooLarge,
            Code::TooManyRequests => Self::TooManyRequests,
            Code::UnknownCode => Self::UnknownCode { given: "ERR_UNKNOWN".to_owned(), near: None },
            Code::TooManyApps => Self::TooManyApps { limit: 0 },
            Code::Internal => Self::Internal,
        }
    }
}

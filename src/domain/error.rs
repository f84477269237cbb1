//! What can go wrong, in the vendor's words where they are known and in its manner elsewhere:
//! the message names the ids involved, the developer's message says what to change.

use std::{borrow::Cow, fmt::Write};

pub use super::details::Details;
use super::{
    call::Status,
    code::Code,
    ids::{AuthToken, Guid, SessionId, Uid},
    webhooks::WebhookId,
};

/// How long an explanation is at most, nearly always, in bytes. It is put together of pieces.
const USUAL_EXPLANATION: usize = 192;

/// The answer of every rule: what happened, or why not.
pub type Ruling<T> = Result<T, Refusal>;

/// An error, and the line that explains it.
#[derive(Debug)]
pub struct Refusal {
    /// What the caller is told.
    pub error: Error,
    /// Which rule fired and which state caused it, e.g. `initiate/7: b is on v1.us…`.
    pub explain: String,
}

impl From<Error> for Refusal {
    /// An error outside the rules' lists explains itself, and says where it is decided. What
    /// explains goes into logs too, where no token may stand.
    fn from(error: Error) -> Self {
        let because = if let Error::Invalid(details) = &error {
            details.to_string()
        } else if let Error::AuthTokenNotFound { token } = &error {
            format!("there is no token {}", mask(token.as_str()))
        } else {
            error.to_string()
        };
        let place = error.place();
        error.by(place, because)
    }
}

impl Error {
    /// Adds which rule, by its place in the rules' own lists, refused and because of what.
    #[must_use]
    pub fn by(self, rule: &str, because: impl std::fmt::Display) -> Refusal {
        let mut explain = String::with_capacity(USUAL_EXPLANATION);
        // Writing to a String cannot fail.
        let _ = write!(explain, "{rule}: {because}");
        Refusal { error: self, explain }
    }

    /// Where it is decided when no rule's list does.
    #[must_use]
    pub const fn place(&self) -> &'static str {
        match self {
            Self::EmptyApiKey
            | Self::ApiKeyNotFound { .. }
            | Self::NoAccess { .. }
            | Self::EmptyAuthHeader => "auth",
            Self::WebhookNotFound { .. }
            | Self::WebhookAlreadyExists { .. }
            | Self::TooManyWebhooks { .. }
            | Self::TriggerNotFound { .. } => "webhooks",
            Self::InvalidAppId { .. } | Self::TooManyApps { .. } => "app",
            Self::ApiNotFound { .. } => "route",
            Self::Invalid(_) | Self::PayloadTooLarge | Self::HeadersTooLarge => "request",
            Self::AuthTokenNotFound { .. }
            | Self::UidNotFound { .. }
            | Self::UidAlreadyExists { .. } => "users",
            Self::GuidNotFound { .. }
            | Self::GuidAlreadyExists { .. }
            | Self::GroupNotJoined { .. }
            | Self::NotAMember { .. }
            | Self::NotBanned { .. }
            | Self::AlreadyJoined { .. }
            | Self::SameScope { .. }
            | Self::EmptyGroupPass { .. }
            | Self::WrongGroupPass { .. }
            | Self::GroupJoinNotAllowed { .. }
            | Self::BannedGroupMember { .. } => "groups",
            Self::CallingSelf { .. }
            | Self::BusySelf { .. }
            | Self::BusyGroup { .. }
            | Self::BusyUser { .. }
            | Self::EmptySessionId
            | Self::SessionNotFound { .. }
            | Self::Terminated { .. }
            | Self::GroupAlreadyJoined { .. }
            | Self::GroupAlreadyLeft { .. }
            | Self::InvalidInit { .. }
            | Self::UserAlreadyJoined { .. }
            | Self::GroupInvalidStatus { .. }
            | Self::OngoingToInvalid { .. }
            | Self::NotAPart { .. }
            | Self::NeverJoined { .. }
            | Self::EmptyJoinedAt { .. }
            | Self::NotStarted { .. }
            | Self::BlockedReceiver { .. }
            | Self::BlockedSender { .. } => "calls",
            Self::TooManyRequests => "fault",
            Self::UnknownCode { .. } => "x-mock-error",
            Self::Internal => "server",
        }
    }
}

/// Everything a request can be refused for. `Display` is the envelope's `message`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "each variant's message says what it is")]
pub enum Error {
    #[error("The request has no API key.")]
    EmptyApiKey,
    // Seen on the vendor's wire, word for word.
    #[error("The key {masked} does not exist. Please use correct apiKey.")]
    ApiKeyNotFound { masked: String },
    #[error("The credentials given have no access to this operation.")]
    NoAccess { needs: &'static str },
    // Seen on the vendor's wire, word for word.
    #[error(
        "The auth token {token} does not exist. Please make sure you are logged in and have a valid auth token or try login again."
    )]
    AuthTokenNotFound { token: AuthToken },
    #[error("The app ID {given} does not exist.")]
    InvalidAppId { given: String },
    // Seen on the vendor's wire, word for word.
    #[error("The API endpoint is invalid. Please verify the API call.")]
    ApiNotFound { method: String, path: String },

    // Seen on the vendor's wire, word for word.
    #[error("Failed to validate the data sent with the request.")]
    Invalid(Details),

    #[error("The user with UID {uid} cannot call themselves.")]
    CallingSelf { uid: Uid },
    #[error("The user with UID {uid} is already on another call.")]
    BusySelf { uid: Uid },
    #[error("The group with GUID {guid} already has a call in progress.")]
    BusyGroup { guid: Guid },
    #[error("The user with UID {uid} is busy on another call.")]
    BusyUser { uid: Uid },
    #[error("The session ID of the call is empty.")]
    EmptySessionId,
    #[error("The call with sessionid {session} does not exist.")]
    SessionNotFound { session: String },
    // Seen on the vendor's wire, word for word.
    #[error("The call with sessionid {session} is ended.")]
    Terminated { session: SessionId },
    #[error("The user with UID {uid} has already joined the group call with sessionid {session}.")]
    GroupAlreadyJoined { uid: Uid, session: SessionId },
    #[error("The user with UID {uid} has already left the group call with sessionid {session}.")]
    GroupAlreadyLeft { uid: Uid, session: SessionId },
    #[error("The call with sessionid {session} cannot go back to initiated.")]
    InvalidInit { session: SessionId },
    #[error("The user with UID {uid} has already joined the call with sessionid {session}.")]
    UserAlreadyJoined { uid: Uid, session: SessionId },
    #[error("The status {} is not valid for the group call with sessionid {session}.", status.as_str())]
    GroupInvalidStatus { status: Status, session: SessionId },
    #[error("The ongoing call with sessionid {session} cannot be changed to {}.", status.as_str())]
    OngoingToInvalid { status: Status, session: SessionId },
    #[error("The user with UID {uid} is not a part of the call with sessionid {session}.")]
    NotAPart { uid: Uid, session: SessionId },
    #[error("The user with UID {uid} has not joined the call with sessionid {session}.")]
    NeverJoined { uid: Uid, session: SessionId },
    #[error("The joinedAt is missing for the group call with sessionid {session}.")]
    EmptyJoinedAt { session: SessionId },
    #[error("The call with sessionid {session} has not started yet.")]
    NotStarted { session: SessionId },

    // Seen on the vendor's wire, word for word.
    #[error(
        "The UID {uid} does not exist, please make sure you have created a user with UID {uid}."
    )]
    UidNotFound { uid: String },
    #[error(
        "The GUID {guid} does not exist, please make sure you have created a group with GUID {guid}."
    )]
    GuidNotFound { guid: String },
    #[error("The user with UID {uid} already exists.")]
    UidAlreadyExists { uid: Uid },
    #[error("The group with GUID {guid} already exists.")]
    GuidAlreadyExists { guid: Guid },
    #[error("The user with UID {uid} has not joined the group with GUID {guid}.")]
    GroupNotJoined { uid: Uid, guid: Guid },
    #[error("The user with UID {caller} has blocked the user with UID {callee}.")]
    BlockedReceiver { caller: Uid, callee: Uid },
    #[error("The user with UID {caller} has been blocked by the user with UID {callee}.")]
    BlockedSender { caller: Uid, callee: Uid },
    #[error("The user with UID {uid} is not a member of the group with GUID {guid}.")]
    NotAMember { uid: String, guid: Guid },
    #[error("The user with UID {uid} is not banned from the group with GUID {guid}.")]
    NotBanned { uid: String, guid: Guid },
    #[error("The user with UID {uid} has already joined the group with GUID {guid}.")]
    AlreadyJoined { uid: Uid, guid: Guid },
    #[error("The user with UID {uid} already has the scope {scope} in the group with GUID {guid}.")]
    SameScope { uid: Uid, guid: Guid, scope: &'static str },
    #[error("The group with GUID {guid} needs a password.")]
    EmptyGroupPass { guid: Guid },
    #[error("The password for the group with GUID {guid} is wrong.")]
    WrongGroupPass { guid: Guid },
    #[error("The group with GUID {guid} is private and cannot be joined.")]
    GroupJoinNotAllowed { guid: Guid },
    #[error("The user with UID {uid} is banned from the group with GUID {guid}.")]
    BannedGroupMember { uid: Uid, guid: Guid },

    #[error("The management key and its secret are missing or wrong.")]
    EmptyAuthHeader,
    #[error("The webhook with ID {id} does not exist.")]
    WebhookNotFound { id: String },
    #[error("The webhook with ID {id} already exists.")]
    WebhookAlreadyExists { id: WebhookId },
    #[error("The limit of {limit} webhooks is reached.")]
    TooManyWebhooks { limit: usize },
    #[error("The trigger with ID {trigger} does not exist.")]
    TriggerNotFound { trigger: String },

    #[error("The request body is larger than 1 MiB.")]
    PayloadTooLarge,
    #[error("The request headers are too large.")]
    HeadersTooLarge,
    #[error("Too many requests.")]
    TooManyRequests,
    #[error("There is no code {given}{}", near.map_or(".".to_owned(), |near| format!("; did you mean {}?", near.as_str())))]
    UnknownCode { given: String, near: Option<Code> },
    #[error("The limit of {limit} apps is reached.")]
    TooManyApps { limit: usize },
    #[error("Something went wrong inside mock-calls.")]
    Internal,
}

impl Error {
    /// The envelope's `code`.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::EmptyApiKey => Code::EmptyApiKey,
            Self::ApiKeyNotFound { .. } => Code::ApiKeyNotFound,
            Self::NoAccess { .. } => Code::NoAccess,
            Self::AuthTokenNotFound { .. } => Code::AuthTokenNotFound,
            Self::InvalidAppId { .. } => Code::InvalidAppId,
            Self::ApiNotFound { .. } => Code::ApiNotFound,
            Self::Invalid(_) => Code::BadRequest,
            Self::CallingSelf { .. } => Code::CallingSelf,
            Self::BusySelf { .. } => Code::BusySelf,
            Self::BusyGroup { .. } => Code::BusyGroup,
            Self::BusyUser { .. } => Code::BusyUser,
            Self::EmptySessionId => Code::EmptySessionId,
            Self::SessionNotFound { .. } => Code::SessionNotFound,
            Self::Terminated { .. } => Code::Terminated,
            Self::GroupAlreadyJoined { .. } => Code::GroupAlreadyJoined,
            Self::GroupAlreadyLeft { .. } => Code::GroupAlreadyLeft,
            Self::InvalidInit { .. } => Code::InvalidInit,
            Self::UserAlreadyJoined { .. } => Code::UserAlreadyJoined,
            Self::GroupInvalidStatus { .. } => Code::GroupInvalidStatus,
            Self::OngoingToInvalid { .. } => Code::OngoingToInvalid,
            Self::NotAPart { .. } | Self::NeverJoined { .. } => Code::NotAPart,
            Self::EmptyJoinedAt { .. } => Code::EmptyJoinedAt,
            Self::NotStarted { .. } => Code::NotStarted,
            Self::UidNotFound { .. } => Code::UidNotFound,
            Self::GuidNotFound { .. } => Code::GuidNotFound,
            Self::UidAlreadyExists { .. } => Code::UidAlreadyExists,
            Self::GuidAlreadyExists { .. } => Code::GuidAlreadyExists,
            Self::GroupNotJoined { .. } => Code::GroupNotJoined,
            Self::BlockedReceiver { .. } => Code::BlockedReceiver,
            Self::BlockedSender { .. } => Code::BlockedSender,
            Self::NotAMember { .. } | Self::NotBanned { .. } => Code::NotAMember,
            Self::AlreadyJoined { .. } => Code::AlreadyJoined,
            Self::SameScope { .. } => Code::SameScope,
            Self::EmptyGroupPass { .. } => Code::EmptyGroupPass,
            Self::WrongGroupPass { .. } => Code::WrongGroupPass,
            Self::GroupJoinNotAllowed { .. } => Code::GroupJoinNotAllowed,
            Self::BannedGroupMember { .. } => Code::BannedGroupMember,
            Self::EmptyAuthHeader => Code::EmptyAuthHeader,
            Self::WebhookNotFound { .. } => Code::WebhookNotFound,
            Self::WebhookAlreadyExists { .. } => Code::WebhookAlreadyExists,
            Self::TooManyWebhooks { .. } => Code::TooManyWebhooks,
            Self::TriggerNotFound { .. } => Code::TriggerNotFound,
            Self::PayloadTooLarge => Code::PayloadTooLarge,
            Self::HeadersTooLarge => Code::HeadersTooLarge,
            Self::TooManyRequests => Code::TooManyRequests,
            Self::UnknownCode { .. } => Code::UnknownCode,
            Self::TooManyApps { .. } => Code::TooManyApps,
            Self::Internal => Code::Internal,
        }
    }

    /// The envelope's `devMessage`: what the developer should change.
    #[must_use]
    pub fn dev_message(&self) -> Cow<'static, str> {
        // Seen on the vendor's wire, word for word.
        if let Self::ApiKeyNotFound { masked } = self {
            return format!("The {masked} key doesn't work. Please use correct apiKey.").into();
        }
        if let Self::NeverJoined { .. } = self {
            return "Join the call with status ongoing before leaving it.".into();
        }
        if let Self::NoAccess { needs } = self {
            return format!("This operation needs {needs}.").into();
        }
        if let Self::ApiNotFound { method, path } = self {
            return format!(
                "There is no {method} {path}. Check the method, the path and its prefix."
            )
            .into();
        }
        self.code().advice().map_or_else(|| self.to_string().into(), Cow::Borrowed)
    }
}

/// A key as it may be shown: the first and last five characters, and nothing of a short one.
#[must_use]
pub fn mask(key: &str) -> String {
    let chars: Vec<char> = key.chars().collect();
    match (chars.get(..5), chars.len().checked_sub(5).and_then(|from| chars.get(from..))) {
        (Some(first), Some(last)) if chars.len() >= 16 => {
            let stars = std::iter::repeat_n(&'*', chars.len() - 10);
            first.iter().chain(stars).chain(last).collect()
        }
        _ => "*****".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_shows_ten_characters_of_a_long_key_and_none_of_a_short_one() {
        assert_eq!(mask("mock-rest-api-key"), "mock-*******i-key");
        assert_eq!(mask("0123456789abcdef"), "01234******bcdef");
        assert_eq!(mask("0123456789abcde"), "*****");
        assert_eq!(mask(""), "*****");
        assert_eq!(mask("ключ-ключ-ключ-ключ"), "ключ-*********-ключ");
    }

    #[test]
    fn codes_have_distinct_names() {
        for code in Code::ALL {
            assert_eq!(Code::parse(code.as_str()), Some(*code));
        }
    }
}

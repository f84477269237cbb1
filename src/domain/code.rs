//! Every error code the service answers with: its name, its default status, when it comes.
//!
//! The first nineteen are the vendor's documented call errors. The vendor documents no statuses;
//! 401 and 404 were seen for their kinds, the rest are ours, and each can be changed with
//! `--status CODE=HTTP`.

use super::webhooks::Trigger;

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $status:literal, $meaning:literal;)+) => {
        /// A code of the vendor's error envelope.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = $meaning] $variant,)+
        }

        impl Code {
            /// Every code, the nineteen documented call errors first.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// As it stands in the envelope.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// The HTTP status it is answered with unless configured otherwise.
            #[must_use]
            pub const fn default_status(self) -> u16 {
                match self { $(Self::$variant => $status),+ }
            }

            /// When it comes.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning),+ }
            }
        }
    };
}

codes! {
    EmptyApiKey          = "AUTH_ERR_EMPTY_APIKEY",          401, "no apikey header";
    ApiKeyNotFound       = "AUTH_ERR_APIKEY_NOT_FOUND",      401, "unknown key";
    NoAccess             = "AUTH_ERR_NO_ACCESS",             403, "the key's scope does not allow it";
    CallingSelf          = "ERR_CALLING_SELF",               400, "caller and callee are the same";
    BusySelf             = "ERR_CALL_BUSY_SELF",             400, "the acting user is on another call";
    BusyGroup            = "ERR_CALL_BUSY_GROUP",            400, "the group has a live call";
    BusyUser             = "ERR_CALL_BUSY_USER",             400, "the callee is on a call";
    EmptySessionId       = "ERR_EMPTY_CALL_SESSION_ID",      400, "empty session id";
    SessionNotFound      = "ERR_CALL_SESSION_NOT_FOUND",     404, "no such call";
    Terminated           = "ERR_CALL_TERMINATED",            400, "the call is final";
    GroupAlreadyJoined   = "ERR_CALL_GROUP_ALREADY_JOINED",  400, "joining a group call twice";
    GroupAlreadyLeft     = "ERR_CALL_GROUP_ALREADY_LEFT",    400, "leaving a group call twice";
    InvalidInit          = "ERR_CALL_INVALID_INIT",          400, "back to initiated";
    UserAlreadyJoined    = "ERR_CALL_USER_ALREADY_JOINED",   400, "accepting a one-to-one call twice";
    GroupInvalidStatus   = "ERR_CALL_GROUP_INVALID_STATUS",  400, "a status that group calls do not have";
    OngoingToInvalid     = "ERR_CALL_ONGOING_TO_INVALID",    400, "an ongoing call to a status it cannot take";
    NotAPart             = "ERR_CALL_NOT_A_PART",            403, "not part of the call";
    EmptyJoinedAt        = "ERR_CALL_EMPTY_JOINED_AT",       400, "joining a group call without joinedAt";
    NotStarted           = "ERR_CALL_NOT_STARTED",           400, "from initiated straight to ended";

    AuthTokenNotFound    = "AUTH_ERR_AUTH_TOKEN_NOT_FOUND",  401, "unknown auth token";
    InvalidAppId         = "AUTH_ERR_INVALID_APPID",         401, "unknown or malformed app id";
    ApiNotFound          = "ERR_API_NOT_FOUND",              404, "no such route or method";
    BadRequest           = "ERR_BAD_REQUEST",                400, "the request does not validate";
    UidNotFound          = "ERR_UID_NOT_FOUND",              404, "no such user, or deactivated";
    GuidNotFound         = "ERR_GUID_NOT_FOUND",             404, "no such group";
    UidAlreadyExists     = "ERR_UID_ALREADY_EXISTS",         400, "the uid is taken";
    GuidAlreadyExists    = "ERR_GUID_ALREADY_EXISTS",        400, "the guid is taken";
    GroupNotJoined       = "ERR_GROUP_NOT_JOINED",           403, "calling a group as an outsider";
    BlockedReceiver      = "ERR_BLOCKED_RECEIVER",           400, "the caller blocked the callee";
    BlockedSender        = "ERR_BLOCKED_SENDER",             400, "the callee blocked the caller";
    NotAMember           = "ERR_NOT_A_MEMBER",               404, "not a member, or not banned";
    AlreadyJoined        = "ERR_ALREADY_JOINED",             400, "already a member";
    SameScope            = "ERR_SAME_SCOPE",                 403, "the member has that scope already";
    EmptyGroupPass       = "ERR_EMPTY_GROUP_PASS",           400, "a password group without a password";
    WrongGroupPass       = "ERR_WRONG_GROUP_PASS",           400, "joining with a wrong password";
    GroupJoinNotAllowed  = "ERR_GROUP_JOIN_NOT_ALLOWED",     403, "joining a private group";
    BannedGroupMember    = "ERR_BANNED_GROUPMEMBER",         403, "joining as a banned user, or giving the group to one";
    EmptyAuthHeader      = "AUTH_ERR_EMPTY_AUTH_HEADER",     401, "managing webhooks without the management key and secret";
    WebhookNotFound      = "ERR_WEBHOOK_NOT_FOUND",          404, "no such webhook";
    WebhookAlreadyExists = "ERR_WEBHOOK_ALREADY_EXISTS",     400, "the id of the webhook is taken";
    TooManyWebhooks      = "ERR_WEBHOOK_LIMIT_EXCEEDED",     400, "the app has 25 webhooks already";
    TriggerNotFound      = "ERR_TRIGGER_NOT_FOUND",          404, "no such trigger";
    PayloadTooLarge      = "ERR_PAYLOAD_TOO_LARGE",          413, "a body over 1 MiB";
    HeadersTooLarge      = "ERR_HEADERS_TOO_LARGE",          431, "headers over 64 KiB, or too many";
    TooManyRequests      = "ERR_TOO_MANY_REQUESTS",          429, "a fault of kind rateLimit; there is no limit otherwise";
    UnknownCode          = "MOCK_UNKNOWN_CODE",              400, "x-mock-error names a code that there is not";
    TooManyApps          = "MOCK_TOO_MANY_APPS",             503, "--max-apps worlds exist already";
    Internal             = "ERR_INTERNAL_SERVER_ERROR",      500, "a fault in mock-calls itself";
}

impl Code {
    /// How many of [`Code::ALL`] are the vendor's documented call errors.
    pub const DOCUMENTED: usize = 19;

    /// Reads a code's name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.as_str() == text)
    }

    /// The code whose name shares the most words with the text, for those who misspell one.
    #[must_use]
    pub fn nearest(text: &str) -> Option<Self> {
        let text = text.to_ascii_uppercase();
        let words: Vec<_> =
            text.split('_').filter(|word| !matches!(*word, "ERR" | "AUTH" | "MOCK")).collect();
        let shared =
            |code: &Self| code.as_str().split('_').filter(|word| words.contains(word)).count();
        let best = Self::ALL.iter().copied().rev().max_by_key(shared)?;
        (shared(&best) > 0).then_some(best)
    }

    /// What the developer should change, where that does not depend on the request.
    #[must_use]
    pub const fn advice(self) -> Option<&'static str> {
        Some(match self {
            Self::ApiKeyNotFound | Self::NoAccess | Self::ApiNotFound => return None,
            Self::BadRequest => "Change what the details name.",
            Self::UidNotFound => "Create the user with POST /users, or correct the uid.",
            Self::GuidNotFound => "Create the group with POST /groups, or correct the guid.",
            Self::EmptyApiKey => {
                "Send the REST API key in the apikey header, or a user's token in the authToken header."
            }
            Self::AuthTokenNotFound => {
                "Create a token with POST /users/{uid}/auth_tokens in this app and send it in the authToken header."
            }
            Self::InvalidAppId => {
                "Send an appId of 1 to 64 letters, digits, '-', '_' and '.' that this server knows."
            }
            Self::CallingSelf => "Choose a receiver other than the caller.",
            Self::BusySelf => "End, cancel or leave the user's other call first.",
            Self::BusyGroup => "Join the group's call, or wait until it has ended.",
            Self::BusyUser => "Wait until the receiver's call has ended.",
            Self::EmptySessionId => "Put the sessionid of the call into the path.",
            Self::SessionNotFound => {
                "Use the sessionid from the answer to POST /calls, in the same app and as somebody who may see the call."
            }
            Self::Terminated => "Initiate a new call; a final one does not change.",
            Self::GroupAlreadyJoined => "Join once; leave with status ended before joining again.",
            Self::GroupAlreadyLeft => "Join again with status ongoing before leaving.",
            Self::InvalidInit => "Initiate a new call with POST /calls.",
            Self::UserAlreadyJoined => "Accept once; end the call with status ended.",
            Self::GroupInvalidStatus => {
                "Use ongoing, rejected, cancelled, unanswered or ended for group calls."
            }
            Self::OngoingToInvalid => "End an ongoing call with status ended.",
            Self::NotAPart => "Act as the caller, the callee or a member of the called group.",
            Self::EmptyJoinedAt => {
                "Send joinedAt as integer unix seconds when joining a group call."
            }
            Self::NotStarted => {
                "Cancel a ringing call with status cancelled, or let the receiver answer it first."
            }
            Self::UidAlreadyExists => {
                "Choose another uid, or update the user with PUT /users/{uid}."
            }
            Self::GuidAlreadyExists => {
                "Choose another guid, or update the group with PUT /groups/{guid}."
            }
            Self::GroupNotJoined => "Add the caller to the group first.",
            Self::BlockedReceiver => "Unblock the receiver first.",
            Self::BlockedSender => "The receiver has to unblock the caller first.",
            Self::NotAMember => "Check the uid and the group.",
            Self::AlreadyJoined => "Nothing to do; the user is a member.",
            Self::SameScope => "Choose a scope other than the present one.",
            Self::EmptyGroupPass => "Send the password of the group.",
            Self::WrongGroupPass => "Send the right password of the group.",
            Self::GroupJoinNotAllowed => "Have the user added with an API key.",
            Self::BannedGroupMember => "Unban the user first.",
            Self::EmptyAuthHeader => {
                "Send the management key in the key header and its secret in the secret header."
            }
            Self::WebhookNotFound => {
                "Create the webhook with POST /apps/{appId}/webhooks, or correct its id."
            }
            Self::WebhookAlreadyExists => {
                "Choose another id, or update the webhook with PUT /apps/{appId}/webhooks/{webhookId}."
            }
            Self::TooManyWebhooks => "Delete a webhook first; an app has at most 25.",
            Self::TriggerNotFound => Trigger::ADVICE,
            Self::PayloadTooLarge => "Send at most 1048576 bytes.",
            Self::HeadersTooLarge => "Send at most 90 headers and 65536 bytes of them.",
            Self::TooManyRequests => "Wait as long as Retry-After says, then try again.",
            Self::UnknownCode => "GET /__mock/errors lists every code.",
            Self::TooManyApps => "Start the server with a larger --max-apps, or reuse app ids.",
            Self::Internal => "This is a defect in mock-calls; its log has the details.",
        })
    }
}

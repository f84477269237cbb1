//! What the control plane refuses with.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use bytesize::ByteSize;
use schemars::JsonSchema;
use serde::Serialize;

use crate::domain::archive::Flaw;

/// A kind of refusal: its code, its status, when it comes.
#[derive(Debug)]
pub(super) struct Kind {
    pub(super) code: &'static str,
    pub(super) status: StatusCode,
    pub(super) meaning: &'static str,
}

macro_rules! kinds {
    ($($name:ident = $status:ident, $meaning:literal;)+) => {
        $(pub(super) const $name: Kind = Kind {
            code: concat!("MOCK_", stringify!($name)),
            status: StatusCode::$status,
            meaning: $meaning,
        };)+

        /// All kinds there are.
        pub(super) const KINDS: &[Kind] = &[$($name),+];
    };
}

kinds! {
    BAD_REQUEST   = BAD_REQUEST,          "the request is not one that can be done; the message says what to send";
    BAD_APP       = BAD_REQUEST,          "no app can have this id, or there is no room for another";
    UNAUTHORIZED  = UNAUTHORIZED,         "the token that --control-token asks for is missing";
    NOT_FOUND     = NOT_FOUND,            "there is nothing of this name";
    REFUSED       = CONFLICT,             "the call stands in the way";
    BODY_TOO_LARGE = PAYLOAD_TOO_LARGE,   "the body is larger than --control-body-limit";
    VERIFY_FAILED = UNPROCESSABLE_ENTITY, "what was expected did not come";
}

/// A refusal: its kind, and a message that says what to send.
#[derive(Debug)]
pub struct ControlError {
    kind: Kind,
    message: String,
}

/// How a refusal is written.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ControlErrorEnvelope")]
pub(super) struct Envelope {
    error: ErrorJson,
}

/// The code, and what to send.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ControlError")]
pub(super) struct ErrorJson {
    pub(super) code: &'static str,
    pub(super) message: String,
}

impl ControlError {
    /// Its code, `MOCK_` and what kind it is of.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.kind.code
    }

    /// What to send.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    pub(super) const fn new(kind: Kind, message: String) -> Self {
        Self { kind, message }
    }

    pub(super) const fn not_found(message: String) -> Self {
        Self::new(NOT_FOUND, message)
    }

    /// A request, or what stands in its place, that is not one that can be done.
    #[must_use]
    pub const fn bad_request(message: String) -> Self {
        Self::new(BAD_REQUEST, message)
    }

    pub(super) const fn refused(message: String) -> Self {
        Self::new(REFUSED, message)
    }

    pub(super) fn flaw(flaw: Flaw) -> Self {
        let Flaw { path, problem } = flaw;
        Self::bad_request(format!("Nothing was changed. {path}: {problem}."))
    }

    pub(super) fn unauthorized() -> Self {
        let message = "The control plane of this server needs its token: \
                       Authorization: Bearer TOKEN, as --control-token says.";
        Self::new(UNAUTHORIZED, message.to_owned())
    }

    pub(super) fn too_large(limit: ByteSize) -> Self {
        let message = format!(
            "Nothing was changed. The body is larger than {limit}; send it in parts, or start the \
             server with a larger --control-body-limit."
        );
        Self::new(BODY_TOO_LARGE, message)
    }

    pub(super) const fn bad_app(message: String) -> Self {
        Self::new(BAD_APP, message)
    }

    pub(super) fn envelope(self) -> Envelope {
        Envelope { error: ErrorJson { code: self.kind.code, message: self.message } }
    }
}

impl IntoResponse for ControlError {
    fn into_response(self) -> Response {
        (self.kind.status, Json(self.envelope())).into_response()
    }
}

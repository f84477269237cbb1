//! What could not be done.

use crate::{
    control::ControlError,
    domain::error::{Error, Refusal},
};

/// Why something was refused: the code and the message that a request would have got.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct Refused {
    code: String,
    message: String,
}

impl Refused {
    /// The code, such as `ERR_UID_ALREADY_EXISTS` or, of the control plane, `MOCK_BAD_REQUEST`.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// What is wrong, with the fields that are.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// For what is no JSON of the form that is needed.
    pub(super) fn no_json(message: String) -> Self {
        Self::from(ControlError::bad_request(message))
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self::from(&refusal.error)
    }
}

impl From<&Error> for Refused {
    fn from(error: &Error) -> Self {
        let message = match error {
            Error::Invalid(details) => format!("{error} {details}"),
            other => other.to_string(),
        };
        Self { code: error.code().as_str().to_owned(), message }
    }
}

impl From<ControlError> for Refused {
    fn from(error: ControlError) -> Self {
        Self { code: error.code().to_owned(), message: error.message().to_owned() }
    }
}

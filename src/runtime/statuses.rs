//! Which HTTP status each code is answered with. The vendor's surface answers so, the control plane
//! says so.

use std::collections::BTreeMap;

use axum::http::StatusCode;

use crate::domain::code::Code;

/// The HTTP status of every code: the default ones, and those that were changed.
#[derive(Clone, Debug, Default)]
pub struct Statuses(BTreeMap<Code, StatusCode>);

impl Statuses {
    /// Answers `code` with another status.
    pub fn change(&mut self, code: Code, status: StatusCode) {
        self.0.insert(code, status);
    }

    /// The status of a code.
    #[must_use]
    pub fn of(&self, code: Code) -> StatusCode {
        self.0.get(&code).copied().unwrap_or_else(|| {
            StatusCode::from_u16(code.default_status()).unwrap_or(StatusCode::BAD_REQUEST)
        })
    }
}

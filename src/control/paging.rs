//! A part of a list that is shown newest first: where it begins, and how long it is.

use std::str::FromStr;

use super::error::ControlError;

/// How many a page has, unless asked otherwise, and at most.
const PAGE: (usize, usize) = (100, 1000);

/// What a listing asks for with `cursor` and `limit`.
pub(super) struct Paging {
    before: Option<u64>,
    limit: usize,
}

impl Default for Paging {
    fn default() -> Self {
        Self { before: None, limit: PAGE.0 }
    }
}

impl Paging {
    /// Reads a parameter, if it is one of these; says whether it is.
    pub(super) fn read(&mut self, key: &str, value: &str) -> Result<bool, ControlError> {
        match key {
            "cursor" => self.before = Some(number(key, value)?),
            "limit" => match number(key, value)? {
                0 => {
                    let text = "limit must be at least 1; at most 1000 are shown at once.";
                    return Err(ControlError::bad_request(text.to_owned()));
                }
                limit => self.limit = limit.min(PAGE.1),
            },
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// The page of those that were found, and where the next one begins.
    pub(super) fn cut<T>(
        &self,
        found: impl Iterator<Item = T>,
        id: impl Fn(&T) -> u64,
    ) -> (Vec<T>, Option<u64>) {
        let mut found = found.filter(|one| self.before.is_none_or(|before| id(one) < before));
        let page: Vec<_> = found.by_ref().take(self.limit).collect();
        let next = found.next().and_then(|_| page.last()).map(id);
        (page, next)
    }
}

/// A whole number.
pub(super) fn number<T: FromStr>(key: &str, value: &str) -> Result<T, ControlError> {
    value.parse().map_err(|_| {
        ControlError::bad_request(format!("{key} must be a whole number, not {value:?}."))
    })
}

//! How much there is of an app, as several answers show it.

use schemars::JsonSchema;
use serde::Serialize;

use crate::domain::archive::Counts;

/// `{"users":5,"groups":1,"calls":0}`
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Counts")]
pub(super) struct CountsJson {
    users: usize,
    groups: usize,
    calls: usize,
}

impl From<Counts> for CountsJson {
    fn from(counts: Counts) -> Self {
        let Counts { users, groups, calls } = counts;
        Self { users, groups, calls }
    }
}

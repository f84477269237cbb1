//! What is measured, a part a file.

mod build;
mod core;
mod cores;
mod flat;
mod rivals;
mod small;

use crate::{Outcome, Tools, figures::Table};

/// What a part came to.
pub(crate) struct Part {
    /// Tables, and what is to be said of them.
    pub(crate) text: String,
    /// What did not reach its goal.
    pub(crate) missed: Vec<String>,
}

/// Measures a part.
type Measure = fn(&Tools) -> Outcome<Part>;

/// The parts, in the order in which they are told.
pub(crate) const PARTS: [(&str, Measure); 6] = [
    ("core", core::core),
    ("rivals", rivals::rivals),
    ("small", small::small),
    ("flat", flat::flat),
    ("cores", cores::cores),
    ("build", build::build),
];

impl Part {
    #[expect(clippy::needless_pass_by_value, reason = "it has become the part")]
    fn of(table: Table) -> Self {
        Self { text: table.to_string(), missed: table.missed().to_vec() }
    }
}

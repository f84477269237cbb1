//! `/calls`

mod concurrency;
mod precedence;
mod transitions;

//! `/calls`

mod concurrency;
mod logs;
mod precedence;
mod transitions;

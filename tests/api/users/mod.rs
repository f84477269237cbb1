//! `/users`

mod lists;
mod removal;
mod writing;

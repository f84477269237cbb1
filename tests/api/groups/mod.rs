//! `/groups`

mod lists;
mod writing;

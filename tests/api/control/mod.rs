//! `/__mock`

mod apps;
mod clock;
mod errors;

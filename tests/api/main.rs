//! The server over HTTP, as a client sees it. Files mirror the URLs.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    unreachable_pub,
    reason = "a test that cannot go on must panic, and its modules are no one's interface"
)]

mod calls;
mod groups;
mod malformed;
mod support;
mod users;

//! The server over HTTP, as a client sees it. Files mirror the URLs.

#![expect(
    clippy::indexing_slicing,
    clippy::needless_pass_by_value,
    clippy::panic,
    clippy::unwrap_used,
    unreachable_pub,
    reason = "a test that cannot go on must panic, and its modules are no one's interface"
)]

mod apart;
mod apps;
mod auth_tokens;
mod blocks;
mod call_tokens;
mod calls;
mod codes;
mod control;
mod cors;
mod groups;
mod http2;
mod kept_alive;
mod malformed;
mod me;
mod members;
mod routes;
mod settings;
mod snapshots;
mod socket;
mod support;
mod tls;
mod user_sessions;
mod users;
mod webhooks;
mod who;

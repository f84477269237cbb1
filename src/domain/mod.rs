//! The service's rules, and nothing else: no HTTP, no clock, no randomness, no waiting. Time and
//! ids come in as arguments; what happened goes out as values.
//!
//! Where each documented code is raised:
//!
//! | code | file |
//! | --- | --- |
//! | `AUTH_ERR_EMPTY_APIKEY` | `access.rs` |
//! | `AUTH_ERR_APIKEY_NOT_FOUND` | `access.rs` |
//! | `AUTH_ERR_NO_ACCESS` | `access.rs` |
//! | `ERR_CALLING_SELF` | `rules/initiate.rs` |
//! | `ERR_CALL_BUSY_SELF` | `rules/initiate.rs`, `rules/join.rs` |
//! | `ERR_CALL_BUSY_GROUP` | `rules/initiate.rs` |
//! | `ERR_CALL_BUSY_USER` | `rules/initiate.rs` |
//! | `ERR_EMPTY_CALL_SESSION_ID` | `rules/mod.rs` |
//! | `ERR_CALL_SESSION_NOT_FOUND` | `world.rs`, `query.rs` |
//! | `ERR_CALL_TERMINATED` | `rules/mod.rs` |
//! | `ERR_CALL_GROUP_ALREADY_JOINED` | `rules/join.rs` |
//! | `ERR_CALL_GROUP_ALREADY_LEFT` | `rules/change_status.rs` |
//! | `ERR_CALL_INVALID_INIT` | `rules/change_status.rs` |
//! | `ERR_CALL_USER_ALREADY_JOINED` | `rules/change_status.rs` |
//! | `ERR_CALL_GROUP_INVALID_STATUS` | `rules/change_status.rs` |
//! | `ERR_CALL_ONGOING_TO_INVALID` | `rules/change_status.rs` |
//! | `ERR_CALL_NOT_A_PART` | `rules/mod.rs`, `rules/change_status.rs` |
//! | `ERR_CALL_EMPTY_JOINED_AT` | `rules/join.rs` |
//! | `ERR_CALL_NOT_STARTED` | `rules/change_status.rs` |
//!
//! The two transition tables stand in `transitions.rs`, the precedence lists at the head of
//! `access.rs` and of each file in `rules/`.

// A new status, standing or error must break the build wherever it matters.
#![warn(clippy::match_wildcard_for_single_variants, clippy::wildcard_enum_match_arm)]

pub mod access;
pub mod archive;
pub mod basic_auth;
pub mod call;
pub mod calls;
pub mod code;
mod details;
pub mod error;
pub mod event;
pub mod example;
pub mod groups;
pub mod ids;
pub mod index;
mod live;
pub mod map;
pub mod participant;
pub mod people;
pub mod presence;
pub mod query;
pub mod recording;
pub mod room;
pub mod rules;
pub mod seed;
pub mod time;
pub mod transitions;
pub mod users;
pub mod webhook_url;
pub mod webhooks;
pub mod world;

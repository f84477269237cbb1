//! The vendor's surface: reads requests, has the rules decide, writes answers. Everything it
//! sends, errors included, is JSON in the vendor's envelope.

mod asked;
mod auth_tokens;
mod authority;
mod blocks;
mod body;
mod call_tokens;
mod calls;
mod context;
mod cors;
pub mod direct;
mod error;
mod exchange;
mod fault;
mod form;
mod groups;
mod half;
mod heard;
mod json;
mod me;
mod members;
mod note;
mod notices;
mod operations;
mod params;
mod payload;
mod pushes;
mod router;
mod scheme;
mod service;
mod settings;
mod socket;
mod user_sessions;
mod users;
mod webhooks;
mod wire;
mod written;

pub use exchange::{Endpoint, Handler};
pub use fault::Hangup;
pub use notices::Notices;
pub use operations::{components, refusal, surfaces};
pub use payload::Payload;
pub use pushes::Pushes;
pub use router::{Surface, realtime, routes};
pub use scheme::Scheme;
pub use service::{Service, ServiceOptions};

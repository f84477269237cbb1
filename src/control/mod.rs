//! The control plane, `/__mock`: what a test does to the server, as against what a product does.
//! Its errors are its own: `{"error":{"code":"MOCK_…","message":"…"}}`, and say what to send.

mod apps;
mod body;
mod ca;
mod choices;
mod clock;
mod context;
mod counts;
pub mod direct;
mod document;
mod error;
mod errors;
mod events;
mod expected;
mod faults;
mod flush;
mod health;
mod media;
mod metrics;
mod openapi;
mod operations;
mod paging;
mod recipes;
mod requests;
mod reset;
mod router;
mod script;
mod seed;
mod sink;
mod snapshots;
mod state;
mod verify;
mod webhooks;

pub use ca::Authority;
pub use context::Control;
pub use error::ControlError;
pub use errors::{Described, List as KnownCodes, known};
pub use openapi::Document as OpenApiDocument;
pub use operations::{components, surface};
pub use router::{health_alone, router, router_alone, routes};
pub use seed::{SeedFileError, seed_file, seed_text};

//! The control plane, `/__mock`: what a test does to the server, as against what a product does.
//! Its errors are its own: `{"error":{"code":"MOCK_…","message":"…"}}`, and say what to send.

mod apps;
mod body;
mod clock;
mod context;
mod error;
mod errors;
mod health;
mod reset;
mod router;

pub use context::Control;
pub use router::{router, routes};

//! The control plane, `/__mock`: what a test does to the server, as against what a product does.
//! Its errors are its own: `{"error":{"code":"MOCK_…","message":"…"}}`.

mod health;
mod reset;
mod router;

pub use router::{Control, router, routes};

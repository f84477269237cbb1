//! The server inside a test's own process:
//!
//! | part | what it is |
//! | --- | --- |
//! | [`MockServer`], [`Builder`] | a server on a thread of its own, until it is dropped |
//! | [`App`], [`Clock`] | one of its worlds, and the time in it |
//! | [`UserBuilder`], [`GroupBuilder`], [`WebhookBuilder`] | who and what is made in it |
//! | [`Seed`], [`Fault`], [`Expect`], [`ExpectDelivery`] | what it is told, or JSON in their place |
//! | [`Request`], [`Delivery`], [`ArmedFault`] | what it shows |
//! | [`Refused`], [`Mismatch`], [`StartError`] | what it says when it cannot |
//!
//! All of it goes to the state at once, not through HTTP, and by the functions that the handlers
//! use. Nothing that is handed out can change a world past its rules.

mod app;
mod builder;
mod clock;
mod deliveries;
mod expect;
mod fail;
mod faults;
mod fields;
mod making;
mod refused;
mod requests;
mod seed;
mod server;
mod thread;
mod waiting;

pub use app::App;
pub use builder::{Builder, StartError};
pub use clock::Clock;
pub use deliveries::Delivery;
pub use expect::{Expect, ExpectDelivery, Mismatch};
pub use faults::{ArmedFault, Fault};
pub use making::{GroupBuilder, UserBuilder, WebhookBuilder};
pub use refused::Refused;
pub use requests::Request;
pub use seed::{Call, Group, Seed, User};
pub use server::MockServer;

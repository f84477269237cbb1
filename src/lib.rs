//! A local stand-in for the CometChat *Calls* REST API: the same paths and headers, the same call
//! rules, the same documented error JSON, in memory, on one port. Independent of the vendor.
//!
//! A test starts a server, points the program under test at it, and gives each case an app, which
//! is a world of its own:
//!
//! ```
//! use mock_calls::{Expect, MockServer};
//!
//! let server = MockServer::start_blocking();
//! let app = server.app("checkout");
//! app.user("alice").name("Alice").create();
//! # let program = |_: String, _: &str, _: &str| ();
//! program(server.url(), server.api_key(), app.id());
//! app.verify(Expect::request("POST", "/calls").times(0));
//! ```
//!
//! Tests on a runtime, of whatever kind, use [`MockServer::start`] instead.
//!
//! | feature | has | by default |
//! | --- | --- | --- |
//! | `cli` | the binary: flags, logs, signals | yes |
//! | `tls` | HTTPS and WSS on the same port, webhooks to https | yes |
//!
//! With `default-features = false` neither is compiled, and no test needs more unless it is about
//! TLS.
//!
//! # Inside
//!
//! What is not listed on this page is the server's own, and may change with any version. Data flows
//! one way, in and out again:
//!
//! ```text
//! request → http (read) → runtime (lock the world) → domain (decide: message or error, plus events)
//!         → runtime (tell whoever has to know) → http (write) → response
//! ```
//!
//! Modules depend one way too:
//! `{main, embedded} → server → {http, control} → runtime → domain`; what is embedded also reaches
//! for the functions that the handlers of `http` and `control` use.

#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod banner;
#[doc(hidden)]
pub mod config;
#[doc(hidden)]
pub mod control;
#[doc(hidden)]
pub mod domain;
mod embedded;
#[doc(hidden)]
pub mod http;
#[doc(hidden)]
pub mod openapi;
#[doc(hidden)]
pub mod route;
#[doc(hidden)]
pub mod runtime;
#[doc(hidden)]
pub mod server;

pub use embedded::{
    App, ArmedFault, Builder, Call, Clock, Delivery, Expect, ExpectDelivery, Fault, Group,
    GroupBuilder, Mismatch, MockServer, Refused, Request, Seed, StartError, User, UserBuilder,
    WebhookBuilder,
};

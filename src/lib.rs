//! A local stand-in for the CometChat *Calls* REST API: the same paths and headers, the same call
//! rules, the same documented error JSON, in memory, on one port. Independent of the vendor.
//!
//! Data flows one way, in and out again:
//!
//! ```text
//! request → http (read) → runtime (lock the world) → domain (decide: message or error, plus events)
//!         → runtime (tell whoever has to know) → http (write) → response
//! ```
//!
//! Modules depend one way too: `main → server → {http, control} → runtime → domain`.
//!
//! ```no_run
//! use mock_calls::{config::Config, server::Server};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let config = Config { port: 0, ..Config::default() };
//! let server = Server::bind(&config).await?;
//! println!("{}", server.url());
//! server.serve(std::future::pending()).await;
//! # Ok(())
//! # }
//! ```

pub mod banner;
pub mod config;
pub mod control;
pub mod domain;
pub mod http;
pub mod openapi;
pub mod route;
pub mod runtime;
pub mod server;

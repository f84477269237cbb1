//! `/apps/{appId}/webhooks`, and what webhooks are told.

mod delivery;
mod flags;
mod managing;
mod payloads;
mod receiver;
mod time;

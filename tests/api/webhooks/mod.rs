//! `/apps/{appId}/webhooks`, and what webhooks are told.

mod delivery;
mod managing;
mod payloads;
mod receiver;

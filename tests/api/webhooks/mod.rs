//! `/apps/{appId}/webhooks`, and what webhooks are told.

mod managing;

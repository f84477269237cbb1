//! `/settings`: what an SDK has to know of the service before it goes on.

use std::sync::Arc;

use super::{
    context::{Answer, Context, Reply},
    wire::settings::SettingsJson,
};

/// `GET /settings`
pub(super) fn show(context: &Context<'_>) -> Answer {
    let (reached, region) = context.client(|turn, _, _| {
        let region = Arc::clone(&turn.world.settings().region);
        Ok((context.reached()?, region))
    })?;
    Reply::data(SettingsJson::of(&reached, &region))
}

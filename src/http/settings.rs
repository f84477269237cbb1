//! `/settings`: what an SDK has to know of the service before it goes on.

use std::sync::Arc;

use super::{
    authority::Reached,
    context::{Answer, Context, Reply},
    wire::settings::SettingsJson,
};

/// `GET /settings`
pub(super) async fn show(context: Context, reached: Reached) -> Answer {
    let (reached, region) = context.client(|turn, _, _| {
        let region = Arc::clone(&turn.world.settings().region);
        Ok((reached.known()?, region))
    })?;
    Reply::data(SettingsJson::of(&reached, &region))
}

//! `/user_sessions`: an SDK tells what it runs on, once it is logged in. Nothing here asks for that
//! again, so nothing of it is kept.

use super::{
    context::{Answer, Context, Reply},
    wire::me::{Report, ReportedJson},
};

/// `POST /user_sessions`
pub(super) fn create(context: &Context<'_>) -> Answer {
    let body = context.body();
    let reported = context.client(|turn, uid, _| {
        let Report(session_id) = body.read()?;
        Ok(ReportedJson::of(session_id, uid, turn.now))
    })?;
    Reply::data(reported)
}

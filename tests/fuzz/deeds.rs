//! Requests, one after the other, and what they may change: none that only looks changes anything,
//! and none that is refused, in any app. Only that there is an app anybody may bring about.

use std::collections::BTreeMap;

use axum::{body::Bytes, extract::Request};
use mock_calls::domain::ids::AppId;

use crate::{answers::Asked, mock::Mock};

/// What is asked of a server, each in the state that what came before has left.
pub struct Deeds<'a> {
    mock: &'a Mock,
    before: BTreeMap<AppId, Bytes>,
}

impl<'a> Deeds<'a> {
    pub fn begin(mock: &'a Mock) -> Self {
        Self { mock, before: [(AppId::default(), mock.at_first.clone())].into() }
    }

    /// `shown` is what the request says, for those who read of a failure.
    pub fn ask(&mut self, request: Request, shown: &str) {
        let only_looks = request.method().is_safe();
        let what = format!("{} {} {shown}", request.method(), request.uri());
        // A fault may strike after the deed, and answer as if it had not been done.
        let may_be_struck = Asked::of(&request, self.mock.apps()).may_be_struck;
        let answer = self.mock.ask(request);
        let after = self.mock.states();
        let is_refused = !answer.is_success() && !may_be_struck;
        if only_looks || is_refused {
            for (app, before) in &self.before {
                assert_eq!(
                    Some(kept(before)),
                    after.get(app).map(kept),
                    "{what} was answered {} and changed something",
                    answer.status
                );
            }
        }
        self.before = after;
    }
}

/// The state but for the ids that come next: they are drawn before it is known who gets them.
fn kept(state: &Bytes) -> String {
    let lines = std::str::from_utf8(state).unwrap().lines();
    lines.filter(|line| !line.contains("\"idGenerator\"")).collect::<Vec<_>>().join("\n")
}

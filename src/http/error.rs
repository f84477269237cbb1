//! The one mapping of errors to HTTP. A handler returns the rules' refusal as it is; it travels
//! to where the envelope is written.

use std::any::Any;

use axum::http::request::Parts;

use crate::{
    domain::error::{Error, Refusal},
    runtime::glob::without_token,
};

/// A refusal on its way out.
pub(super) struct Failure(pub(super) Box<Refusal>);

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self(Box::new(refusal))
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Refusal::from(error).into()
    }
}

/// Answers what no route and no method of a route answers.
pub(super) fn nothing_answers(head: &Parts) -> Failure {
    let (method, path) = (&head.method, head.uri.path());
    let because = format!("nothing answers {method} {}", without_token(path));
    Error::ApiNotFound { method: method.to_string(), path: path.to_owned() }
        .by("route", because)
        .into()
}

/// A panic is a defect, and still no reason to answer in another form.
pub(super) fn panicked(panic: Box<dyn Any + Send>) -> Failure {
    // What happened and where was said when it did, by the panic hook.
    drop(panic);
    Error::Internal.into()
}

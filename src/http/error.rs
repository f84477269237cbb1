//! The one mapping of errors to HTTP. A handler returns the rules' refusal as it is; it travels
//! with the response to where the envelope is written.

use std::{any::Any, sync::Arc};

use axum::{
    http::{Method, Uri},
    response::{IntoResponse, Response},
};

use crate::{
    domain::error::{Error, Refusal},
    runtime::glob::without_token,
};

/// A refusal on its way out.
#[derive(Clone)]
pub(super) struct Failure(pub(super) Arc<Refusal>);

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self(Arc::new(refusal))
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Refusal::from(error).into()
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = Response::default();
        response.extensions_mut().insert(self);
        response
    }
}

/// Answers what no route and no method of a route answers.
pub(super) async fn no_such_route(method: Method, uri: Uri) -> Failure {
    nothing_answers(&method, uri.path())
}

/// The same, where a route turned out not to be meant.
pub(super) fn nothing_answers(method: &Method, path: &str) -> Failure {
    let because = format!("nothing answers {method} {}", without_token(path));
    Error::ApiNotFound { method: method.to_string(), path: path.to_owned() }
        .by("route", because)
        .into()
}

/// A panic is a defect, and still no reason to answer in another form.
pub(super) fn panicked(panic: Box<dyn Any + Send>) -> Response {
    // What happened and where was said when it did, by the panic hook.
    drop(panic);
    Failure::from(Error::Internal).into_response()
}

//! Hands requests to the surfaces, and hangs up where that is their answer.

use std::pin::Pin;

use axum::{Router, extract::Request, http::header::ALLOW, response::Response};
use hyper::{body::Incoming, service::Service};
use hyper_util::service::TowerToHyperService;

use super::line::Reset;
use crate::http::{Hangup, Scheme};

/// What a connection's requests are answered by.
#[derive(Clone)]
pub(super) struct Answers {
    router: TowerToHyperService<Router>,
    scheme: Scheme,
    reset: Reset,
}

/// The answer was to hang up. Over HTTP/2 that ends the one exchange, and the connection only with
/// a reset.
#[derive(Debug, thiserror::Error)]
#[error("hung up on purpose")]
pub(super) struct HungUp;

impl Answers {
    pub(super) fn new(router: Router, scheme: Scheme, reset: Reset) -> Self {
        Self { router: TowerToHyperService::new(router), scheme, reset }
    }
}

impl Service<Request<Incoming>> for Answers {
    type Response = Response;
    type Error = HungUp;
    type Future = Pin<Box<dyn Future<Output = Result<Response, HungUp>> + Send>>;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        if self.scheme == Scheme::Https {
            request.extensions_mut().insert(self.scheme);
        }
        let (answer, reset) = (self.router.call(request), self.reset.clone());
        Box::pin(async move {
            let mut response = answer.await.map_err(|never| match never {})?;
            // A method that a path does not have is no route at all to the vendor.
            response.headers_mut().remove(ALLOW);
            match response.extensions().get::<Hangup>() {
                None => return Ok(response),
                Some(Hangup::Close) => {}
                Some(Hangup::Reset) => reset.pull(),
            }
            Err(HungUp)
        })
    }
}

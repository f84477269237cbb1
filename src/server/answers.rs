//! Hands requests to the surfaces, and hangs up where that is their answer.

use std::{pin::Pin, sync::Arc};

use axum::{Router, extract::Request, http::header::ALLOW, response::Response};
use futures_util::FutureExt;
use hyper::{body::Incoming, service::Service};
use hyper_util::service::TowerToHyperService;

use super::{
    activity::{Activity, UnderWay},
    connection::Host,
    line::Reset,
};
use crate::http::{Hangup, Payload, Scheme, Surface};

/// What a connection's requests are answered by.
#[derive(Clone)]
pub struct Answers {
    surface: Option<Surface>,
    router: TowerToHyperService<Router>,
    scheme: Scheme,
    reset: Reset,
    activity: Arc<Activity>,
}

/// The answer was to hang up. Over HTTP/2 that ends the one exchange, and the connection only with
/// a reset.
#[derive(Debug, thiserror::Error)]
#[error("hung up on purpose")]
pub struct HungUp;

impl Answers {
    pub(super) fn new(host: &Host, scheme: Scheme, reset: Reset) -> Self {
        let router = TowerToHyperService::new(host.router.clone());
        Self { surface: host.surface.clone(), router, scheme, reset, activity: Arc::default() }
    }

    /// What happens on the connection.
    pub(super) const fn activity(&self) -> &Arc<Activity> {
        &self.activity
    }
}

impl Service<Request<Incoming>> for Answers {
    type Response = Response<Payload>;
    type Error = HungUp;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Payload>, HungUp>> + Send>>;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        if self.scheme == Scheme::Https {
            request.extensions_mut().insert(self.scheme);
        }
        let (under_way, reset) = (UnderWay::begin(&self.activity), self.reset.clone());
        let found = self.surface.as_ref().and_then(|surface| {
            let endpoint = surface.find(request.method(), request.uri().path())?;
            Some((surface.clone(), endpoint))
        });
        let Some((surface, endpoint)) = found else {
            let answer = self.router.call(request);
            return Box::pin(async move {
                let _until_answered = under_way;
                let mut response = answer.await.map_err(|never| match never {})?;
                // A method that a path does not have is no route at all.
                response.headers_mut().remove(ALLOW);
                let_out(response.map(Payload::Other), &reset)
            });
        };
        Box::pin(surface.answer(Some(endpoint), request).map(move |response| {
            drop(under_way);
            let_out(response, &reset)
        }))
    }
}

/// Hangs up, where that is the answer.
fn let_out(response: Response<Payload>, reset: &Reset) -> Result<Response<Payload>, HungUp> {
    match response.extensions().get::<Hangup>() {
        None => return Ok(response),
        Some(Hangup::Close) => {}
        Some(Hangup::Reset) => reset.pull(),
    }
    Err(HungUp)
}

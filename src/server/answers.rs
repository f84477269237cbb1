//! Hands requests to the surfaces, and hangs up where that is their answer.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

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
    under_way: Arc<AtomicUsize>,
}

/// The answer was to hang up. Over HTTP/2 that ends the one exchange, and the connection only with
/// a reset.
#[derive(Debug, thiserror::Error)]
#[error("hung up on purpose")]
pub(super) struct HungUp;

impl Answers {
    pub(super) fn new(router: Router, scheme: Scheme, reset: Reset) -> Self {
        let under_way = Arc::default();
        Self { router: TowerToHyperService::new(router), scheme, reset, under_way }
    }

    /// How many requests have come and are not answered yet.
    pub(super) fn under_way(&self) -> Arc<AtomicUsize> {
        Arc::clone(&self.under_way)
    }
}

/// A request, from its coming to its answer or to its being given up.
struct UnderWay(Arc<AtomicUsize>);

impl UnderWay {
    fn begin(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(count))
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
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
        let under_way = UnderWay::begin(&self.under_way);
        Box::pin(async move {
            let _until_answered = under_way;
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

//! What a table of contents is made of: a method, a path, who answers, and what they say of it.

use axum::{
    Router,
    handler::Handler,
    http::Method,
    routing::{MethodFilter, MethodRouter, on},
};

use crate::openapi::Operation;

/// One route of a surface whose handlers share an `S`.
pub struct Route<S> {
    /// The method it answers.
    pub method: Method,
    /// Its path, parameters in braces.
    pub path: &'static str,
    /// What it does, for the document. It is not made before somebody asks for that.
    pub operation: fn() -> Operation,
    handler: MethodRouter<S>,
}

impl<S: Clone + Send + Sync + 'static> Route<S> {
    /// Adds the route to a router, under a prefix.
    pub fn add_to(self, router: Router<S>, prefix: &str) -> Router<S> {
        router.route(&format!("{prefix}{}", self.path), self.handler)
    }
}

macro_rules! verbs {
    ($($name:ident $method:ident),+) => {$(
        #[doc = concat!("A route that answers `", stringify!($method), "`.")]
        pub fn $name<S, H, T>(path: &'static str, handler: H, operation: fn() -> Operation) -> Route<S>
        where
            S: Clone + Send + Sync + 'static,
            H: Handler<T, S>,
            T: 'static,
        {
            let handler = on(MethodFilter::$method, handler);
            Route { method: Method::$method, path, operation, handler }
        }
    )+};
}

verbs!(get GET, post POST, put PUT, patch PATCH, delete DELETE);

//! What a table of contents is made of: a method, a path, who answers, and what they say of it.

use axum::http::Method;

use crate::openapi::Operation;

/// One route of a surface whose requests are answered by an `H`.
pub struct Route<H> {
    /// The method it answers.
    pub method: Method,
    /// Its path, parameters in braces.
    pub path: &'static str,
    /// Who answers.
    pub handler: H,
    /// What it does, for the document. It is not made before somebody asks for that.
    pub operation: fn() -> Operation,
}

//! The OpenAPI 3.1 document. Each route carries its own part of it; the shapes come from the types
//! that are read and written. So it cannot fall behind what is served.

mod document;
mod operation;
mod schema;

pub use document::{Info, Refusal, Surface, document};
pub use operation::{Operation, Parameter, Shape};

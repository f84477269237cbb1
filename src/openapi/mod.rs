//! The OpenAPI 3.1 document. Each route carries its own part of it; the shapes come from the types
//! that are read and written, drawn ahead into a file that a test holds them to. So it cannot fall
//! behind what is served.

mod document;
mod operation;
mod schemas;

pub use document::{Info, Refusal, Surface, document};
pub use operation::{Operation, Parameter};
pub use schemas::{Drawn, Schemas, Shape, shape_of};

#[cfg(test)]
pub mod drawing;

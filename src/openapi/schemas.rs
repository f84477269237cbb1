//! Where the document has its schemas from: a file, which a test draws from the types. So the binary
//! has in it what was drawn, and nothing that draws.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Renewed by `DRAW_SCHEMAS=1 cargo test --lib openapi`.
const FILE: &str = include_str!("schemas.json");

/// Draws the schema of something.
pub type Shape = fn(&mut SchemaGenerator) -> Schema;

/// A shape, for the test that draws ahead. Nobody else draws, and so nobody else keeps one.
pub(super) const fn ahead(shape: Shape) -> Option<Shape> {
    if cfg!(test) { Some(shape) } else { None }
}

/// The shape of a type, in the same way.
#[must_use]
pub fn shape_of<T: JsonSchema>() -> Option<Shape> {
    ahead(SchemaGenerator::subschema_for::<T>)
}

/// What the document asks for its schemas, each by a name and with what draws it.
pub trait Schemas {
    /// The schema of something that is read.
    fn read(&mut self, name: &str, shape: Option<Shape>) -> Value;
    /// The schema of something that is written.
    fn written(&mut self, name: &str, shape: Option<Shape>) -> Value;
    /// All that those refer to which were asked for.
    fn components(&mut self) -> Value;
}

/// The schemas that were drawn, by their names.
#[derive(Default, Deserialize, Serialize)]
pub struct Drawn {
    pub(super) read: Map<String, Value>,
    pub(super) written: Map<String, Value>,
    pub(super) components: Map<String, Value>,
}

impl Drawn {
    /// Those of the file. That it can be read and has all of them is seen by the test.
    #[must_use]
    pub fn from_file() -> Self {
        serde_json::from_str(FILE).unwrap_or_default()
    }
}

impl Schemas for Drawn {
    fn read(&mut self, name: &str, _: Option<Shape>) -> Value {
        named(&self.read, name)
    }

    fn written(&mut self, name: &str, _: Option<Shape>) -> Value {
        named(&self.written, name)
    }

    fn components(&mut self) -> Value {
        Value::Object(self.components.clone())
    }
}

/// Nothing is said of what has no schema: it may be anything.
fn named(schemas: &Map<String, Value>, name: &str) -> Value {
    schemas.get(name).cloned().unwrap_or(Value::Bool(true))
}

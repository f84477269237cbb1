//! How types become schemas: as they are written for answers, as they are read for bodies. For the
//! test alone that keeps the file.

use schemars::{
    Schema, SchemaGenerator,
    generate::SchemaSettings,
    transform::{RecursiveTransform, Transform},
};
use serde_json::{Value, json};

use super::schemas::{Drawn, Schemas, Shape};

/// From so many characters on, what is written has a line for each of its parts.
const LINE: usize = 100;

/// Draws what the document asks for, and remembers it.
pub struct Drawing {
    read: SchemaGenerator,
    written: SchemaGenerator,
    drawn: Drawn,
}

impl Drawing {
    /// Nothing is drawn yet.
    pub fn begin() -> Self {
        Self { read: read(), written: written(), drawn: Drawn::default() }
    }

    /// What was drawn, as it stands in the file.
    pub fn text(&self) -> String {
        format!("{}\n", lines(&json!(self.drawn)))
    }
}

impl Schemas for Drawing {
    fn read(&mut self, name: &str, shape: Option<Shape>) -> Value {
        let schema = drawn(&mut self.read, shape, bounded);
        self.drawn.read.insert(name.to_owned(), schema.clone());
        schema
    }

    fn written(&mut self, name: &str, shape: Option<Shape>) -> Value {
        let schema = drawn(&mut self.written, shape, exact);
        self.drawn.written.insert(name.to_owned(), schema.clone());
        schema
    }

    fn components(&mut self) -> Value {
        self.drawn.components = self.written.take_definitions(true);
        self.drawn.components()
    }
}

/// JSON in lines that can be compared.
fn lines(value: &Value) -> String {
    let line = value.to_string();
    let (open, items, close): (_, Vec<_>, _) = match value {
        Value::Object(fields) if line.len() > LINE => {
            let field = |(name, field)| format!("{}:{}", json!(name), lines(field));
            ('{', fields.iter().map(field).collect(), '}')
        }
        Value::Array(items) if line.len() > LINE => ('[', items.iter().map(lines).collect(), ']'),
        _ => return line,
    };
    format!("{open}\n{}\n{close}", items.join(",\n"))
}

/// A schema with that done to it which is done to all.
fn drawn(generator: &mut SchemaGenerator, shape: Option<Shape>, all: fn(&mut Schema)) -> Value {
    let mut schema = shape.expect("tests have every shape")(generator);
    RecursiveTransform(all).transform(&mut schema);
    schema.to_value()
}

/// For answers. Their types stand with the components, and have no fields but their own.
fn written() -> SchemaGenerator {
    SchemaSettings::draft2020_12()
        .for_serialize()
        .with(|settings| {
            settings.meta_schema = None;
            settings.definitions_path = "/components/schemas".into();
        })
        .with_transform(RecursiveTransform(exact as fn(&mut Schema)))
        .into_generator()
}

/// For bodies, which stand where they are taken: a type may be read otherwise than it is written.
fn read() -> SchemaGenerator {
    SchemaSettings::draft2020_12()
        .for_deserialize()
        .with(|settings| {
            settings.meta_schema = None;
            settings.inline_subschemas = true;
        })
        .into_generator()
}

/// Makes an answer's schema say all that is so: a field that may be left out is never null, and
/// there is none that is not named.
fn exact(schema: &mut Schema) {
    let Some(object) = schema.as_object_mut() else { return };
    let required: Vec<_> = object
        .get("required")
        .and_then(Value::as_array)
        .map(|names| names.iter().filter_map(Value::as_str).map(str::to_owned).collect())
        .unwrap_or_default();
    let Some(Value::Object(fields)) = object.get_mut("properties") else { return };
    for (_, field) in fields.iter_mut().filter(|(name, _)| !required.contains(name)) {
        never_null(field);
    }
    if !object.contains_key("additionalProperties") {
        object.insert("additionalProperties".to_owned(), Value::Bool(false));
    }
}

/// Says of a whole number what its format alone says, which validators do not look at.
fn bounded(schema: &mut Schema) {
    let Some(object) = schema.as_object_mut() else { return };
    let (least, most) = match object.get("format").and_then(Value::as_str) {
        Some("int64") => (Value::from(i64::MIN), Value::from(i64::MAX)),
        Some("uint64" | "uint") => (Value::from(0), Value::from(u64::MAX)),
        _ => return,
    };
    object.entry("minimum").or_insert(least);
    object.entry("maximum").or_insert(most);
}

/// Takes `null` away from what a field may be.
fn never_null(field: &mut Value) {
    let Some(field) = field.as_object_mut() else { return };
    if let Some(Value::Array(types)) = field.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            field.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(forms)) = field.get_mut("anyOf") {
        forms.retain(|form| form.get("type") != Some(&Value::from("null")));
        if let [Value::Object(only)] = forms.as_slice() {
            let only = only.clone();
            field.remove("anyOf");
            field.extend(only);
        }
    }
}

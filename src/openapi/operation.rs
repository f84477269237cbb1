//! What a route says of itself.

use schemars::JsonSchema;
use serde_json::{Value, json};

use super::schemas::{Shape, ahead, shape_of};

/// A method of a path, for those who read about it and for those who generate clients.
pub struct Operation {
    pub(super) id: &'static str,
    pub(super) summary: &'static str,
    pub(super) tag: &'static str,
    pub(super) security: Vec<Value>,
    pub(super) parameters: Vec<Parameter>,
    pub(super) body: Option<Body>,
    pub(super) answer: Option<Answer>,
    pub(super) otherwise: Vec<(u16, &'static str, Option<Shape>)>,
    pub(super) refusals: Vec<&'static str>,
}

/// A parameter of the query or a header.
#[derive(Clone)]
pub struct Parameter(pub(super) Value);

/// What a whole number in the query is read as.
pub trait Whole {
    /// The schema of all numbers that it has.
    fn schema() -> Value;
}

pub(super) struct Body {
    pub(super) shape: Option<Shape>,
    /// It need not be there where none of its fields need.
    pub(super) is_of_fields: bool,
}

pub(super) enum Answer {
    Json(Option<Shape>),
    Other(&'static str),
}

impl Operation {
    /// An operation of which only its name and what it does are known.
    #[must_use]
    pub const fn new(id: &'static str, summary: &'static str) -> Self {
        Self {
            id,
            summary,
            tag: "",
            security: Vec::new(),
            parameters: Vec::new(),
            body: None,
            answer: None,
            otherwise: Vec::new(),
            refusals: Vec::new(),
        }
    }

    /// Under which heading it stands.
    #[must_use]
    pub const fn tagged(mut self, tag: &'static str) -> Self {
        self.tag = tag;
        self
    }

    /// What opens it: any one of these security schemes.
    #[must_use]
    pub fn opened_by(mut self, schemes: &[&str]) -> Self {
        self.security = schemes.iter().map(|scheme| json!({ *scheme: [] })).collect();
        self
    }

    /// What opens it: all of these security schemes together.
    #[must_use]
    pub fn opened_by_all(mut self, schemes: &[&str]) -> Self {
        let all: serde_json::Map<_, _> =
            schemes.iter().map(|scheme| ((*scheme).to_owned(), json!([]))).collect();
        self.security = vec![Value::Object(all)];
        self
    }

    /// Nothing at all opens it, where the server is set up so.
    #[must_use]
    pub fn or_openly(mut self) -> Self {
        self.security.push(json!({}));
        self
    }

    /// Something must open it: the server is set up so.
    #[must_use]
    pub fn never_openly(mut self) -> Self {
        self.security.retain(|scheme| scheme.as_object().is_some_and(|all| !all.is_empty()));
        self
    }

    /// Further parameters.
    #[must_use]
    pub fn with(mut self, parameters: impl IntoIterator<Item = Parameter>) -> Self {
        self.parameters.extend(parameters);
        self
    }

    /// A body that is read by this type.
    #[must_use]
    pub fn takes<T: JsonSchema>(mut self) -> Self {
        self.body = Some(Body { shape: shape_of::<T>(), is_of_fields: false });
        self
    }

    /// A body of this shape.
    #[must_use]
    pub const fn takes_shape(mut self, shape: Shape) -> Self {
        self.body = Some(Body { shape: ahead(shape), is_of_fields: false });
        self
    }

    /// Fields of this shape, and so no body where none of them must be there.
    #[must_use]
    pub const fn takes_fields(mut self, shape: Shape) -> Self {
        self.body = Some(Body { shape: ahead(shape), is_of_fields: true });
        self
    }

    /// JSON that is written by this type.
    #[must_use]
    pub fn answers<T: JsonSchema>(mut self) -> Self {
        self.answer = Some(Answer::Json(shape_of::<T>()));
        self
    }

    /// Something that is not JSON.
    #[must_use]
    pub const fn answers_as(mut self, content_type: &'static str) -> Self {
        self.answer = Some(Answer::Other(content_type));
        self
    }

    /// JSON of another type with another status, which is no refusal in the common form.
    #[must_use]
    pub fn answers_otherwise<T: JsonSchema>(mut self, status: u16, when: &'static str) -> Self {
        self.otherwise.push((status, when, shape_of::<T>()));
        self
    }

    /// The codes it may be refused with.
    #[must_use]
    pub fn refuses(mut self, codes: impl IntoIterator<Item = &'static str>) -> Self {
        self.refusals.extend(codes);
        self
    }

    /// The codes it may be refused with, as far as they are known.
    #[must_use]
    pub fn refusals(&self) -> &[&'static str] {
        &self.refusals
    }
}

impl Parameter {
    /// A text in the query.
    #[must_use]
    pub fn text(name: &'static str, what: &str) -> Self {
        Self::query(name, what, &json!({ "type": "string" }))
    }

    /// A text in the query that matches a regular expression.
    #[must_use]
    pub fn matching(name: &'static str, what: &str, pattern: &str) -> Self {
        Self::query(name, what, &json!({ "type": "string", "pattern": pattern }))
    }

    /// A whole number in the query, of those that the type has, and at least so much.
    #[must_use]
    pub fn whole<T: Whole>(name: &'static str, what: &str, least: Option<u8>) -> Self {
        let mut schema = T::schema();
        if let (Some(least), Some(schema)) = (least, schema.as_object_mut()) {
            schema.insert("minimum".to_owned(), json!(least));
        }
        Self::query(name, what, &schema)
    }

    /// Without a value it counts as absent.
    #[must_use]
    pub fn or_empty(mut self) -> Self {
        if let Some(parameter) = self.0.as_object_mut() {
            parameter.insert("allowEmptyValue".to_owned(), Value::Bool(true));
        }
        self
    }

    /// `true` or `false` in the query.
    #[must_use]
    pub fn flag(name: &'static str, what: &str) -> Self {
        Self::query(name, what, &json!({ "type": "boolean" }))
    }

    /// A header.
    #[must_use]
    pub fn header(name: &'static str, what: &str) -> Self {
        let schema = json!({ "type": "string" });
        Self(json!({ "name": name, "in": "header", "description": what, "schema": schema }))
    }

    /// One that is described with the components.
    #[must_use]
    pub fn shared(name: &'static str) -> Self {
        Self(json!({ "$ref": format!("#/components/parameters/{name}") }))
    }

    fn query(name: &str, what: &str, schema: &Value) -> Self {
        Self(json!({ "name": name, "in": "query", "description": what, "schema": schema }))
    }
}

macro_rules! whole {
    ($($number:ident $format:literal),+) => {$(
        impl Whole for $number {
            fn schema() -> Value {
                let (least, most) = (Self::MIN, Self::MAX);
                json!({ "type": "integer", "format": $format, "minimum": least, "maximum": most })
            }
        }
    )+};
}

whole!(i64 "int64", u16 "uint16", u64 "uint64");

//! The document, put together from what the routes say of themselves.

use std::collections::BTreeMap;

use axum::http::Method;
use serde_json::{Map, Value, json};

use super::{
    operation::{Answer, Operation},
    schemas::{Schemas, Shape},
};

/// What the document says of the whole.
pub struct Info {
    /// Whose API it is.
    pub title: &'static str,
    /// What holds of all operations, in Markdown.
    pub description: &'static str,
}

/// Routes that have their errors in common.
pub struct Surface<'a> {
    /// What its schemas are named by.
    pub name: &'static str,
    /// What stands before the paths.
    pub prefix: &'static str,
    /// Methods, paths and what they do.
    pub operations: Vec<(Method, &'static str, Operation)>,
    /// What every operation has beside its own parameters: names of components.
    pub parameters: &'a [&'static str],
    /// What every answer has: names of components.
    pub headers: &'a [&'static str],
    /// The body of a refusal.
    pub error: Option<Shape>,
    /// What is to be said of a code.
    pub refusal: &'a dyn Fn(&str) -> Refusal,
}

/// A code, as it is answered with.
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// When it comes.
    pub meaning: String,
    /// A whole body.
    pub example: Value,
}

/// The whole document. `components` are what the operations refer to beside the schemas.
#[must_use]
pub fn document(
    info: &Info,
    surfaces: &[Surface<'_>],
    mut components: Map<String, Value>,
    schemas: &mut impl Schemas,
) -> Value {
    let mut paths: Map<String, Value> = Map::new();
    let mut tags: Vec<Value> = Vec::new();
    for surface in surfaces {
        for (method, path, operation) in &surface.operations {
            let tag = json!({ "name": operation.tag });
            if !tags.contains(&tag) {
                tags.push(tag);
            }
            let described = described(surface, path, operation, schemas);
            let methods = paths.entry(format!("{}{path}", surface.prefix)).or_insert(json!({}));
            if let Some(methods) = methods.as_object_mut() {
                methods.insert(method.as_str().to_lowercase(), described);
            }
        }
    }
    components.insert("examples".to_owned(), Value::Object(examples(surfaces)));
    components.insert("schemas".to_owned(), schemas.components());
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": info.title,
            "version": env!("CARGO_PKG_VERSION"),
            "description": info.description,
        },
        "servers": [{ "url": "/" }],
        "tags": tags,
        "paths": paths,
        "components": components,
    })
}

/// A whole body of each code.
fn examples(surfaces: &[Surface<'_>]) -> Map<String, Value> {
    let mut examples = Map::new();
    for surface in surfaces {
        let operations = surface.operations.iter().map(|(_, _, operation)| operation);
        for code in operations.flat_map(|operation| &operation.refusals) {
            let Refusal { meaning, example, .. } = (surface.refusal)(code);
            examples.insert((*code).to_owned(), json!({ "summary": meaning, "value": example }));
        }
    }
    examples
}

fn reference(kind: &str, name: &str) -> Value {
    json!({ "$ref": format!("#/components/{kind}/{name}") })
}

fn described(
    surface: &Surface<'_>,
    path: &str,
    operation: &Operation,
    schemas: &mut impl Schemas,
) -> Value {
    let mut parameters: Vec<_> = in_path(path);
    parameters.extend(surface.parameters.iter().map(|name| reference("parameters", name)));
    parameters.extend(operation.parameters.iter().map(|parameter| parameter.0.clone()));
    let body = operation.body.as_ref().map(|body| {
        let schema = schemas.read(operation.id, body.shape);
        let required = !body.is_of_fields || schema.get("required").is_some();
        json!({ "required": required, "content": { "application/json": { "schema": schema } } })
    });
    let parts = [
        ("operationId", Some(operation.id.into())),
        ("summary", Some(operation.summary.into())),
        ("tags", Some(json!([operation.tag]))),
        ("security", Some(json!(operation.security))),
        ("parameters", Some(json!(parameters))),
        ("requestBody", body),
        ("responses", Some(responses(surface, operation, schemas))),
    ];
    let there = parts.into_iter().filter_map(|(name, part)| Some((name.to_owned(), part?)));
    Value::Object(there.collect())
}

/// The parameters in braces.
fn in_path(path: &str) -> Vec<Value> {
    path.split('/')
        .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| {
            let schema = json!({ "type": "string", "minLength": 1 });
            json!({ "name": name, "in": "path", "required": true, "schema": schema })
        })
        .collect()
}

fn responses(surface: &Surface<'_>, operation: &Operation, schemas: &mut impl Schemas) -> Value {
    let headers: Map<_, _> = surface
        .headers
        .iter()
        .map(|name| ((*name).to_owned(), json!({ "$ref": format!("#/components/headers/{name}") })))
        .collect();
    let mut json = |status: u16, shape| {
        let schema = schemas.written(&format!("{} {status}", operation.id), shape);
        json!({ "application/json": { "schema": schema } })
    };
    let mut responses = Map::new();
    if let Some(answer) = &operation.answer {
        let content = match answer {
            Answer::Json(shape) => json(200, *shape),
            Answer::Other(content_type) => {
                json!({ *content_type: { "schema": { "type": "string" } } })
            }
        };
        let answered = json!({ "description": "Done.", "headers": headers, "content": content });
        responses.insert("200".to_owned(), answered);
    }
    for (status, when, shape) in &operation.otherwise {
        let content = json(*status, *shape);
        let answered = json!({ "description": when, "headers": headers, "content": content });
        responses.insert(status.to_string(), answered);
    }
    let mut by_status: BTreeMap<u16, Vec<(&str, Refusal)>> = BTreeMap::new();
    for code in &operation.refusals {
        let refusal = (surface.refusal)(code);
        let codes = by_status.entry(refusal.status).or_default();
        if !codes.iter().any(|(known, _)| known == code) {
            codes.push((code, refusal));
        }
    }
    for (status, codes) in by_status {
        let refused = refused(surface, &codes, &headers, schemas);
        responses.insert(status.to_string(), refused);
    }
    Value::Object(responses)
}

/// All refusals of one status: one of these codes, in the form that all have.
fn refused(
    surface: &Surface<'_>,
    codes: &[(&str, Refusal)],
    headers: &Map<String, Value>,
    schemas: &mut impl Schemas,
) -> Value {
    let error = schemas.written(surface.name, surface.error);
    let names: Vec<_> = codes.iter().map(|(code, _)| *code).collect();
    let lines: Vec<_> =
        codes.iter().map(|(code, refusal)| format!("`{code}`: {}", refusal.meaning)).collect();
    let examples: Map<_, _> =
        codes.iter().map(|(code, _)| ((*code).to_owned(), reference("examples", code))).collect();
    let one_of_these =
        json!({ "properties": { "error": { "properties": { "code": { "enum": names } } } } });
    json!({
        "description": lines.join("\n\n"),
        "headers": headers,
        "content": { "application/json": {
            "schema": { "allOf": [error, one_of_these] },
            "examples": examples,
        }},
    })
}

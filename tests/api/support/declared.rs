//! Every answer that a test receives is one that the OpenAPI document declares: its status, its
//! content type and its shape, by the operation that it answers.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use jsonschema::Validator;
use mock_calls::{config::Config, server::openapi};
use serde_json::{Value, json};

/// The document of a server, and the schemas that were looked up in it.
pub struct Declared {
    document: Value,
    schemas: Mutex<HashMap<String, Arc<Validator>>>,
}

impl Declared {
    pub fn of(config: &Config) -> Self {
        let mut document = openapi(config);
        if config.no_control || config.control_port.is_some() {
            let paths = document["paths"].as_object_mut().unwrap();
            paths.retain(|path, _| !path.starts_with("/__mock"));
        }
        Self { document, schemas: Mutex::default() }
    }

    /// Panics unless the answer is declared. A path that is not in the document is for no operation.
    #[track_caller]
    pub fn check(&self, method: &str, path: &str, answer: (u16, Option<&str>, &str)) {
        let (status, content_type, text) = answer;
        let Some(template) = self.template(method, path) else { return };
        let operation = &self.document["paths"][&template][method];
        let response = &operation["responses"][status.to_string()];
        assert!(
            response.is_object(),
            "{method} {path} answers {status}, which {template} does not declare: {text}"
        );
        let content_type = content_type.unwrap_or_default();
        let content = &response["content"][content_type];
        assert!(
            content.is_object(),
            "{method} {path} answers {status} as {content_type:?}: {text}"
        );
        if content_type == "application/json" {
            let body: Value = serde_json::from_str(text).unwrap();
            let schema = self.schema(&format!("{method} {template} {status}"), &content["schema"]);
            let wrong: Vec<_> = schema
                .iter_errors(&body)
                .map(|error| format!("{}: {error}", error.instance_path()))
                .collect();
            assert!(wrong.is_empty(), "{method} {path} answers {status} {body}: {wrong:#?}");
        }
    }

    fn schema(&self, name: &str, schema: &Value) -> Arc<Validator> {
        let mut schemas = self.schemas.lock().unwrap();
        let made = schemas.entry(name.to_owned()).or_insert_with(|| {
            let whole = json!({ "allOf": [schema], "components": self.document["components"] });
            Arc::new(jsonschema::validator_for(&whole).unwrap())
        });
        Arc::clone(made)
    }

    /// The path as the document has it.
    fn template(&self, method: &str, path: &str) -> Option<String> {
        let path = path.split('?').next().unwrap();
        let bare = path.strip_prefix("/v3.0").or_else(|| path.strip_prefix("/v3")).unwrap_or(path);
        let wanted = [path.to_owned(), format!("/v3{bare}")];
        let paths = self.document["paths"].as_object().unwrap();
        let fits = |template: &&String| wanted.iter().any(|path| matches(template, path));
        // A segment that is written out goes before a parameter.
        let found = paths
            .iter()
            .filter(|(_, methods)| methods.get(method).is_some())
            .map(|(template, _)| template)
            .filter(fits)
            .min_by_key(|template| template.matches('{').count());
        found.cloned()
    }
}

fn matches(template: &str, path: &str) -> bool {
    let (template, path): (Vec<_>, Vec<_>) =
        (template.split('/').collect(), path.split('/').collect());
    template.len() == path.len()
        && template.iter().zip(&path).all(|(segment, given)| {
            segment == given || (segment.starts_with('{') && !given.is_empty())
        })
}

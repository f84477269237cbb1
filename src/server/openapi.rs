//! The OpenAPI document of both surfaces.

use serde_json::{Map, Value, json};

use super::statuses;
use crate::{
    config::Config,
    control, http,
    openapi::{Drawn, Info, Schemas, document},
};

const DESCRIPTION: &str = "\
A local stand-in for the CometChat Calls REST API, and its control plane under `/__mock`. \
Independent of the vendor.

The vendor's paths stand under `/v3`, as here, under `/v3.0` and bare. The header `x-mock-error` \
answers any of them with any code, `x-mock-delay` holds an answer back, and a fault that stands \
(`POST /__mock/faults`) does with an answer what it was armed to do; neither is listed with the \
operations. Every refusal has an `x-mock-explain` header, which says which rule or which place \
decided it, and because of what.";

/// The document of a server of this configuration, which says what its codes are answered with.
#[must_use]
pub fn openapi(config: &Config) -> Value {
    with_schemas(config, &mut Drawn::from_file())
}

fn with_schemas(config: &Config, schemas: &mut impl Schemas) -> Value {
    let statuses = statuses(config);
    let info = Info { title: "mock-calls", description: DESCRIPTION };
    let refusal = |code: &str| http::refusal(code, &statuses);
    let mut components = http::components();
    let schemes = components.entry("securitySchemes").or_insert_with(|| json!({}));
    if let Value::Object(schemes) = schemes {
        let further: Map<_, _> = control::components();
        schemes.extend(further);
    }
    let [vendor, realtime] = http::surfaces(&refusal);
    let control = control::surface(config.control_token.is_some());
    document(&info, &[vendor, realtime, control], components, schemas)
}

#[cfg(test)]
mod tests {
    use std::{env, fs};

    use super::*;
    use crate::openapi::drawing::Drawing;

    const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/openapi/schemas.json");

    /// With `DRAW_SCHEMAS` set it makes them those.
    #[test]
    fn the_schemas_of_the_file_are_those_of_the_types() {
        let (config, mut drawing) = (Config::default(), Drawing::begin());
        let document = with_schemas(&config, &mut drawing);
        if env::var_os("DRAW_SCHEMAS").is_some() {
            return fs::write(FILE, drawing.text()).unwrap();
        }
        assert!(
            fs::read_to_string(FILE).unwrap() == drawing.text(),
            "the file is not as the types are; `DRAW_SCHEMAS=1 cargo test --lib openapi` renews it"
        );
        assert_eq!(openapi(&config).to_string(), document.to_string());
    }
}

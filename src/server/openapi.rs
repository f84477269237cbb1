//! The OpenAPI document of both surfaces.

use serde_json::{Map, Value, json};

use super::statuses;
use crate::{
    config::Config,
    control, http,
    openapi::{Info, document},
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
    document(
        &info,
        &[vendor, realtime, control::surface(config.control_token.is_some())],
        components,
    )
}

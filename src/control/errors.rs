//! `GET /__mock/errors`: every code that the vendor's surface answers with.

use axum::Json;
use schemars::JsonSchema;
use serde::Serialize;

use crate::domain::code::Code;

/// `{"errors":[…]}`, the nineteen documented call errors first.
#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
pub(super) struct List {
    errors: Vec<ErrorJson>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "KnownCode")]
struct ErrorJson {
    code: &'static str,
    default_status: u16,
    documented: bool,
    meaning: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    advice: Option<&'static str>,
}

pub(super) async fn list() -> Json<List> {
    let errors = Code::ALL.iter().enumerate().map(|(at, code)| ErrorJson {
        code: code.as_str(),
        default_status: code.default_status(),
        documented: at < Code::DOCUMENTED,
        meaning: code.meaning(),
        advice: code.advice(),
    });
    Json(List { errors: errors.collect() })
}

//! The error envelope, its fields in the order seen on the vendor's wire.

use std::{borrow::Cow, collections::BTreeMap};

use schemars::JsonSchema;
use serde::{Serialize, Serializer, ser::SerializeMap};

use super::text::Word;
use crate::domain::error::{Details, Error};

/// What every refusal looks like.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ErrorEnvelope")]
pub(in crate::http) struct Envelope<'a> {
    error: ErrorJson<'a>,
}

/// What is inside the envelope; per-uid results hold the same.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Error")]
pub(in crate::http) struct ErrorJson<'a> {
    #[serde(serialize_with = "said")]
    #[schemars(with = "String")]
    message: &'a Error,
    dev_message: Cow<'static, str>,
    source: Word,
    /// Field → what is wrong with it; with `ERR_BAD_REQUEST` alone.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "details")]
    #[schemars(with = "Option<BTreeMap<String, Vec<String>>>")]
    details: Option<&'a Details>,
    code: Word,
}

impl<'a> Envelope<'a> {
    pub(in crate::http) fn of(error: &'a Error) -> Self {
        Self { error: ErrorJson::of(error) }
    }
}

impl<'a> ErrorJson<'a> {
    pub(in crate::http) fn of(error: &'a Error) -> Self {
        let details = match error {
            Error::Invalid(details) => Some(details),
            _ => None,
        };
        Self {
            message: error,
            dev_message: error.dev_message(),
            source: Word("chat-api"),
            details,
            code: Word(error.code().as_str()),
        }
    }
}

/// Put into words where it is written, and nowhere before.
fn said<S: Serializer>(error: &&Error, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(error)
}

fn details<S: Serializer>(details: &Option<&Details>, to: S) -> Result<S::Ok, S::Error> {
    let fields = details.iter().flat_map(|details| details.iter());
    let mut map = to.serialize_map(None)?;
    for (field, texts) in fields {
        map.serialize_entry(field, texts)?;
    }
    map.end()
}

//! What the words of the document look like, for those who read about it.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::words::{Entry, TOO_LATE, Text, Time, Told, Word};
use crate::domain::ids::Uid;

impl<T: Word> JsonSchema for Text<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Word".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        T::schema()
    }
}

impl JsonSchema for Time {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Time".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let what = "Unix seconds, with decimals for milliseconds.";
        json_schema!({ "type": "number", "exclusiveMaximum": TOO_LATE, "description": what })
    }
}

impl JsonSchema for Told {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        Time::schema_name()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let what = "Unix seconds, as a client has told them.";
        json_schema!({ "type": "number", "description": what })
    }
}

/// A time, or `null` for never, which does not stand for a field that is left out.
pub(super) fn time_or_never(generator: &mut SchemaGenerator) -> Schema {
    json_schema!({ "oneOf": [Time::json_schema(generator), { "type": "null" }] })
}

impl<T: JsonSchema> JsonSchema for Entry<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let whole = generator.subschema_for::<T>();
        if generator.contract().is_serialize() {
            return whole;
        }
        json_schema!({ "anyOf": [Uid::schema(), whole] })
    }
}

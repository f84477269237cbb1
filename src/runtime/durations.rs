//! Durations in JSON: `"45s"`, `"1h 30m"`, `"300ms"`.

use std::time::Duration;

use schemars::{Schema, SchemaGenerator, json_schema};

/// What one looks like: whole numbers with their units, or 0. A fraction is read too.
pub const PATTERN: &str = "^(0|([0-9]{1,9} ?(ns|nsec|nanos|us|usec|ms|msec|millis|s|sec|secs|second|\
seconds|m|min|mins|minute|minutes|h|hr|hrs|hour|hours|d|day|days|w|wk|wks|week|weeks|M|month|months|\
y|yr|yrs|year|years) ?)+)$";

/// Reads a duration.
///
/// # Errors
/// Says what one looks like.
pub fn parse(text: &str) -> Result<Duration, String> {
    humantime::parse_duration(text)
        .map_err(|_| format!(r#"{text:?} is no duration such as "45s", "1h 30m" or "300ms""#))
}

/// Writes a duration as [`parse`] reads it.
#[must_use]
pub fn format(duration: Duration) -> String {
    humantime::format_duration(duration).to_string()
}

/// The schema of one.
pub fn schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "pattern": PATTERN })
}

/// For fields that may be missing.
pub mod optional {
    use schemars::{Schema, SchemaGenerator, json_schema};
    use serde::{Deserialize, Deserializer, Serializer, de::Error as _};
    use serde_json::Value;

    use super::{Duration, PATTERN, format, parse};

    /// The schema of the field.
    pub fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["string", "null"], "pattern": PATTERN })
    }

    /// Writes the field.
    ///
    /// # Errors
    /// Those of the serialiser.
    pub fn serialize<S: Serializer>(value: &Option<Duration>, to: S) -> Result<S::Ok, S::Error> {
        match value {
            Some(value) => to.serialize_str(&format(*value)),
            None => to.serialize_none(),
        }
    }

    /// Reads the field.
    ///
    /// # Errors
    /// For a text that is no duration.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Duration>, D::Error> {
        let given = Option::<Value>::deserialize(from)?;
        let read = |given: Value| match given {
            Value::String(text) => parse(&text),
            other => Err(format!(r#"{other} is no duration such as "45s", "1h 30m" or "300ms""#)),
        };
        given.map(|given| read(given).map_err(D::Error::custom)).transpose()
    }
}

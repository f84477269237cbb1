//! The fields of a JSON object, as they came.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{
        MapAccess, SeqAccess, Visitor,
        value::{MapAccessDeserializer, SeqAccessDeserializer},
    },
};
use serde_json::{Map, Value};

/// The fields of an object. Most have few, which are found soonest one by one.
#[derive(Default)]
pub(super) struct Fields<'a>(Vec<(Cow<'a, str>, Given<'a>)>);

/// The value of a field. Most are texts, and stay where they are in the body.
pub(super) enum Given<'a> {
    Text(Cow<'a, str>),
    /// Anything but a string.
    Other(Value),
}

impl<'a> Fields<'a> {
    /// The value of a field; the last one, where there are several of that name.
    pub(super) fn get(&self, name: &str) -> Option<&Given<'a>> {
        self.0.iter().rev().find(|(given, _)| given == name).map(|(_, value)| value)
    }
}

impl Given<'_> {
    /// It is not a text.
    pub(super) const fn other(&self) -> Option<&Value> {
        match self {
            Self::Text(_) => None,
            Self::Other(value) => Some(value),
        }
    }

    pub(super) fn is_null(&self) -> bool {
        self.other().is_some_and(Value::is_null)
    }
}

impl From<Map<String, Value>> for Fields<'_> {
    fn from(object: Map<String, Value>) -> Self {
        let given = |value| match value {
            Value::String(text) => Given::Text(text.into()),
            other => Given::Other(other),
        };
        Self(object.into_iter().map(|(name, value)| (name.into(), given(value))).collect())
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Fields<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Fields<'de>, A::Error> {
                let mut fields = Vec::new();
                while let Some((Name(name), value)) = object.next_entry()? {
                    fields.push((name, value));
                }
                Ok(Fields(fields))
            }
        }
        from.deserialize_map(Object)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Given<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Given<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("any JSON value")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Given<'de>, E> {
                Ok(Given::Text(text.into()))
            }

            fn visit_str<E>(self, text: &str) -> Result<Given<'de>, E> {
                Ok(Given::Text(text.to_owned().into()))
            }

            fn visit_bool<E>(self, flag: bool) -> Result<Given<'de>, E> {
                Ok(Given::Other(flag.into()))
            }

            fn visit_i64<E>(self, number: i64) -> Result<Given<'de>, E> {
                Ok(Given::Other(number.into()))
            }

            fn visit_u64<E>(self, number: u64) -> Result<Given<'de>, E> {
                Ok(Given::Other(number.into()))
            }

            fn visit_f64<E>(self, number: f64) -> Result<Given<'de>, E> {
                Ok(Given::Other(number.into()))
            }

            fn visit_unit<E>(self) -> Result<Given<'de>, E> {
                Ok(Given::Other(Value::Null))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Given<'de>, A::Error> {
                Value::deserialize(SeqAccessDeserializer::new(items)).map(Given::Other)
            }

            fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<Given<'de>, A::Error> {
                Value::deserialize(MapAccessDeserializer::new(fields)).map(Given::Other)
            }
        }
        from.deserialize_any(Any)
    }
}

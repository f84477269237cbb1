//! What stands in an answer more than once: it is written the first time, and copied from then on.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Serialize, Serializer};

/// A value that stands in an answer more than once, each time with the same name. It is made when
/// it is written. Whatever else writes JSON sees the value alone.
pub(in crate::http) struct Repeated<'a, S, T> {
    /// One without a name is not repeated.
    pub(in crate::http) name: Option<Name>,
    /// What the value is made of.
    pub(in crate::http) source: &'a S,
    /// Makes it.
    pub(in crate::http) make: fn(&'a S) -> T,
}

/// Tells apart what is repeated in the same answer.
#[derive(Clone, Copy)]
pub(in crate::http) enum Name {
    One,
    Other,
}

impl Name {
    /// What it is called where values have only names that are texts.
    const fn as_str(self) -> &'static str {
        match self {
            Self::One => "#one",
            Self::Other => "#other",
        }
    }

    /// The one that is called so.
    #[inline]
    pub(super) fn called(name: &str) -> Option<Self> {
        [Self::One, Self::Other].into_iter().find(|known| known.as_str() == name)
    }
}

impl<S, T: Serialize> Serialize for Repeated<'_, S, T> {
    fn serialize<W: Serializer>(&self, to: W) -> Result<W::Ok, W::Error> {
        match self.name {
            Some(name) => to.serialize_newtype_struct(name.as_str(), &Made(self)),
            None => Made(self).serialize(to),
        }
    }
}

/// The value itself.
struct Made<'r, 'a, S, T>(&'r Repeated<'a, S, T>);

impl<S, T: Serialize> Serialize for Made<'_, '_, S, T> {
    fn serialize<W: Serializer>(&self, to: W) -> Result<W::Ok, W::Error> {
        (self.0.make)(self.0.source).serialize(to)
    }
}

/// That of the value.
impl<S, T: JsonSchema> JsonSchema for Repeated<'_, S, T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

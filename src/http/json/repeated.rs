//! What stands in an answer more than once: it is written the first time, and copied from then on.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Serialize, Serializer};

/// A value that stands in an answer more than once, each time with the same name. Whatever else
/// writes JSON sees the value alone.
pub(in crate::http) struct Repeated<T> {
    name: Option<Name>,
    value: T,
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

impl<T> Repeated<T> {
    /// One without a name is not repeated.
    pub(in crate::http) const fn new(name: Option<Name>, value: T) -> Self {
        Self { name, value }
    }
}

impl<T: Serialize> Serialize for Repeated<T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.name {
            Some(name) => to.serialize_newtype_struct(name.as_str(), &self.value),
            None => self.value.serialize(to),
        }
    }
}

/// That of the value.
impl<T: JsonSchema> JsonSchema for Repeated<T> {
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

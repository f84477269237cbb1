//! Texts that are more than a string that somebody gave.

use std::{
    borrow::Cow,
    fmt::{self, Display},
};

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Serialize, Serializer};

use crate::domain::ids::hex_digits;

/// One of the few words that a field can have. Nothing in it needs to be escaped.
#[derive(Clone, Copy)]
pub(super) struct Word(pub(super) &'static str);

impl Serialize for Word {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_unit_variant("Word", 0, self.0)
    }
}

/// How long texts may be together to be put together before they are written, in bytes.
const MOST_AT_ONCE: usize = 160;

/// Some texts, one after the other, as one.
#[derive(Clone, Copy)]
pub(super) struct Joined<'a, const N: usize>(pub(super) [&'a str; N]);

impl<const N: usize> Display for Joined<'_, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|text| f.write_str(text))
    }
}

impl<const N: usize> Joined<'_, N> {
    /// All of it, where there is room for it.
    fn on<'r>(&self, room: &'r mut [u8]) -> Option<&'r str> {
        let mut written = 0;
        for text in self.0 {
            let end = written + text.len();
            room.get_mut(written..end)?.copy_from_slice(text.as_bytes());
            written = end;
        }
        str::from_utf8(room.get(..written)?).ok()
    }
}

impl<const N: usize> Serialize for Joined<'_, N> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        // Most are short, and one text is written faster than several.
        match self.on(&mut [0; MOST_AT_ONCE]) {
            Some(all) => to.serialize_str(all),
            None => to.collect_str(self),
        }
    }
}

/// Bytes, each as two lower-case hexadecimal digits.
#[derive(Clone, Copy)]
pub(super) struct Hex(pub(super) [u8; 20]);

impl Serialize for Hex {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(str::from_utf8(hex_digits(self.0).as_flattened()).unwrap_or_default())
    }
}

macro_rules! described_as_text {
    ($([$($generics:tt)*] $text:ty),+) => {$(
        impl $($generics)* JsonSchema for $text {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                str::schema_name()
            }

            fn json_schema(generator: &mut SchemaGenerator) -> Schema {
                str::json_schema(generator)
            }
        }
    )+};
}

described_as_text! { [] Word, [] Hex, [<const N: usize>] Joined<'_, N> }

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::json::{self, Page};

    #[test]
    fn texts_are_one_text_however_long_they_are() {
        for rest in ["", "\"", "é"] {
            for length in MOST_AT_ONCE - 7..MOST_AT_ONCE + 50 {
                let long = "a".repeat(length);
                let mut page = Page::new();
                json::write(&mut page, &Joined([&long, "_user_", rest])).unwrap();
                let plain = serde_json::to_vec(&format!("{long}_user_{rest}")).unwrap();
                assert_eq!(page.text(), plain);
            }
        }
    }
}

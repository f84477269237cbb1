//! Writes JSON, the same bytes as `serde_json` does. Answers are most of what a request costs, and
//! most of an answer is names of fields: they are known to need no escaping, and so are written
//! as they are. What is done for each of them says itself that it is to be inlined.

mod page;
mod repeated;

use std::fmt::{self, Display, Write};

use serde::ser::{
    Error as _, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant,
    SerializeTuple, SerializeTupleStruct, SerializeTupleVariant, Serializer,
};

use self::page::Inside;
pub(super) use self::{
    page::Page,
    repeated::{Name, Repeated},
};

/// Writes the value on the page.
///
/// # Errors
/// When the value itself refuses to be written.
pub(super) fn write(page: &mut Page, value: &impl Serialize) -> Result<(), Unwritten> {
    value.serialize(Writer(page))
}

/// Why a value was not written.
#[derive(Debug)]
pub(super) struct Unwritten(String);

impl Display for Unwritten {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unwritten {}

impl serde::ser::Error for Unwritten {
    fn custom<T: Display>(why: T) -> Self {
        Self(why.to_string())
    }
}

struct Writer<'a>(&'a mut Page);

/// The parts of an array or an object.
struct Parts<'a> {
    page: &'a mut Page,
    /// What goes before the next part: the bracket, or a comma.
    before: u8,
    /// What closes it.
    end: u8,
    /// It is inside the object of a variant, which ends with it.
    in_variant: bool,
}

type Done = Result<(), Unwritten>;

impl<'a> Writer<'a> {
    #[inline(always)]
    fn raw(self, text: &[u8]) -> Done {
        self.0.put(text);
        Ok(())
    }

    fn integer(self, integer: impl itoa::Integer) -> Done {
        self.0.put_short(itoa::Buffer::new().format(integer).as_bytes());
        Ok(())
    }

    fn array(self) -> Parts<'a> {
        Parts { page: self.0, before: b'[', end: b']', in_variant: false }
    }

    fn object(self) -> Parts<'a> {
        Parts { page: self.0, before: b'{', end: b'}', in_variant: false }
    }

    /// `{"name":`
    fn variant(self, name: &'static str) -> Self {
        self.0.name(b'{', name);
        self
    }
}

impl Parts<'_> {
    #[inline]
    fn next(&mut self) -> Writer<'_> {
        self.page.put(&[self.before]);
        self.before = b',';
        Writer(self.page)
    }

    #[inline(always)]
    fn next_named(&mut self, name: &'static str) -> Writer<'_> {
        self.page.name(self.before, name);
        self.before = b',';
        Writer(self.page)
    }

    #[inline]
    fn close(self) -> Done {
        if self.before != b',' {
            self.page.put(&[self.before]);
        }
        self.page.put(&[self.end]);
        if self.in_variant {
            self.page.put(b"}");
        }
        Ok(())
    }
}

macro_rules! integers {
    ($($name:ident $type:ty),+) => {$(
        fn $name(self, value: $type) -> Done {
            match u8::try_from(value) {
                Ok(digit @ ..10) => self.raw(&[b'0' + digit]),
                _ => self.integer(value),
            }
        }
    )+};
}

impl<'a> Serializer for Writer<'a> {
    type Ok = ();
    type Error = Unwritten;
    type SerializeSeq = Parts<'a>;
    type SerializeTuple = Parts<'a>;
    type SerializeTupleStruct = Parts<'a>;
    type SerializeTupleVariant = Parts<'a>;
    type SerializeMap = Parts<'a>;
    type SerializeStruct = Parts<'a>;
    type SerializeStructVariant = Parts<'a>;

    integers! {
        serialize_i8 i8, serialize_i16 i16, serialize_i32 i32, serialize_i64 i64,
        serialize_u8 u8, serialize_u16 u16, serialize_u32 u32, serialize_u64 u64
    }

    fn serialize_bool(self, value: bool) -> Done {
        self.raw(if value { b"true" } else { b"false" })
    }

    fn serialize_f32(self, value: f32) -> Done {
        self.raw(&serde_json::to_vec(&value).map_err(Unwritten::custom)?)
    }

    fn serialize_f64(self, value: f64) -> Done {
        self.raw(&serde_json::to_vec(&value).map_err(Unwritten::custom)?)
    }

    fn serialize_char(self, value: char) -> Done {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Done {
        self.0.string(value);
        Ok(())
    }

    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Done {
        self.0.put(b"\"");
        write!(Inside(self.0), "{value}").map_err(Unwritten::custom)?;
        self.raw(b"\"")
    }

    fn serialize_bytes(self, value: &[u8]) -> Done {
        self.collect_seq(value)
    }

    fn serialize_none(self) -> Done {
        self.raw(b"null")
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Done {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Done {
        self.raw(b"null")
    }

    fn serialize_unit_struct(self, _: &'static str) -> Done {
        self.raw(b"null")
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Done {
        self.0.word(variant);
        Ok(())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Done {
        let Some(name) = Name::called(name) else { return value.serialize(self) };
        let Self(page) = self;
        if !page.write_again(name) {
            let place = page.place();
            value.serialize(Writer(page))?;
            page.remember(name, place);
        }
        Ok(())
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Done {
        let Self(page) = self;
        value.serialize(Writer(page).variant(variant))?;
        page.put(b"}");
        Ok(())
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Parts<'a>, Unwritten> {
        Ok(self.array())
    }

    fn serialize_tuple(self, _: usize) -> Result<Parts<'a>, Unwritten> {
        Ok(self.array())
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Parts<'a>, Unwritten> {
        Ok(self.array())
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Parts<'a>, Unwritten> {
        Ok(Parts { in_variant: true, ..self.variant(variant).array() })
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Parts<'a>, Unwritten> {
        Ok(self.object())
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Parts<'a>, Unwritten> {
        Ok(self.object())
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Parts<'a>, Unwritten> {
        Ok(Parts { in_variant: true, ..self.variant(variant).object() })
    }
}

macro_rules! elements {
    ($($kind:ident $method:ident),+) => {$(
        impl $kind for Parts<'_> {
            type Ok = ();
            type Error = Unwritten;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
                value.serialize(self.next())
            }

            fn end(self) -> Done {
                self.close()
            }
        }
    )+};
}

elements! {
    SerializeSeq serialize_element, SerializeTuple serialize_element,
    SerializeTupleStruct serialize_field, SerializeTupleVariant serialize_field
}

macro_rules! fields {
    ($($kind:ident),+) => {$(
        impl $kind for Parts<'_> {
            type Ok = ();
            type Error = Unwritten;

            #[inline(always)]
            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                name: &'static str,
                value: &T,
            ) -> Done {
                value.serialize(self.next_named(name))
            }

            fn end(self) -> Done {
                self.close()
            }
        }
    )+};
}

fields! { SerializeStruct, SerializeStructVariant }

impl SerializeMap for Parts<'_> {
    type Ok = ();
    type Error = Unwritten;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Done {
        let Writer(page) = self.next();
        let place = page.place();
        key.serialize(Writer(page))?;
        // Numbers and the like are names only in quotes.
        page.quoted_from(place);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        self.page.put(b":");
        value.serialize(Writer(self.page))
    }

    fn end(self) -> Done {
        self.close()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use serde::Serialize;
    use serde_json::{Value, json};

    use super::*;

    /// Every form that a value can have.
    #[derive(Serialize)]
    struct Forms<'a> {
        none: Option<u8>,
        some: Option<&'a str>,
        unit: (),
        tuple: (i8, u64, f32, f64, char, bool),
        extremes: [i64; 2],
        not_a_number: f64,
        nothing: Empty,
        #[serde(serialize_with = "in_pieces")]
        in_pieces: char,
        in_order: Vec<Variant>,
        by_number: BTreeMap<u16, [u8; 0]>,
        by_name: BTreeMap<&'a str, Value>,
        #[serde(flatten)]
        further: BTreeMap<&'a str, Option<bool>>,
    }

    #[derive(Serialize)]
    struct Empty {}

    fn in_pieces<S: Serializer>(char: &char, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&format_args!("a {char}{char} b {}", 7))
    }

    #[derive(Serialize)]
    enum Variant {
        Unit,
        New(u8),
        Tuple(u8, u8),
        Struct { a: u8 },
    }

    fn agree(value: &impl Serialize) {
        let mut page = Page::new();
        for most in [0, 5, 5000] {
            page.clear(most);
            write(&mut page, value).unwrap();
            let expected = serde_json::to_string(value).unwrap();
            assert_eq!(std::str::from_utf8(page.text()), Ok(expected.as_str()));
        }
    }

    #[test]
    fn every_form_is_written_as_others_write_it() {
        agree(&Forms {
            none: None,
            some: Some("é \"\\/\u{7f}\u{2028}"),
            unit: (),
            tuple: (-128, u64::MAX, 1.5, 1e300, '\n', true),
            extremes: [i64::MIN, i64::MAX],
            not_a_number: f64::NAN,
            nothing: Empty {},
            in_pieces: '"',
            in_order: vec![
                Variant::Unit,
                Variant::New(1),
                Variant::Tuple(2, 3),
                Variant::Struct { a: 4 },
            ],
            by_number: BTreeMap::from([(7, []), (8, [])]),
            by_name: BTreeMap::from([("a \"b\"", json!({ "c": [null, {}, []] }))]),
            further: BTreeMap::from([("x", Some(false)), ("y", None)]),
        });
    }

    #[test]
    fn every_byte_is_escaped_wherever_it_stands() {
        for code in (0..=0x100).filter_map(char::from_u32) {
            for before in 0..=16 {
                for after in [0, 3, 18] {
                    agree(&format!("{}{code}{}", "a".repeat(before), "\u{7f}".repeat(after)));
                }
            }
        }
    }

    #[test]
    fn what_is_repeated_is_written_as_if_it_were_not() {
        let one = Repeated { name: Some(Name::One), source: &"a\n", make: |text| [text] };
        let object = json!({ "b": [1] });
        let other = Repeated { name: Some(Name::Other), source: &object, make: |object| object };
        let outer = Repeated { name: Some(Name::Other), source: &other, make: |other| other };
        let unnamed = Repeated { name: None, source: &8, make: |number| number };
        agree(&(&one, &one, [&one], &unnamed, &one, &unnamed));
        agree(&(&other, &one, &other, &outer, &one));
    }

    #[test]
    fn a_name_that_gets_its_quotes_last_is_not_repeated() {
        struct Sevens;
        impl Serialize for Sevens {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                let seven = Repeated { name: Some(Name::One), source: &7, make: |seven| seven };
                let mut map = to.serialize_map(None)?;
                map.serialize_entry(&seven, &seven)?;
                map.serialize_entry(&8, &seven)?;
                map.end()
            }
        }
        agree(&Sevens);
    }

    #[test]
    fn what_refuses_to_be_written_is_an_error() {
        struct Refusing;
        impl Serialize for Refusing {
            fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
                Err(S::Error::custom("no"))
            }
        }
        let unwritten = write(&mut Page::new(), &[Refusing]).unwrap_err();
        assert_eq!(unwritten.to_string(), "no");
    }

    proptest! {
        #[test]
        fn texts_are_written_as_others_write_them(text in any::<String>(), more in "\\PC*") {
            agree(&[text, more]);
        }
    }
}

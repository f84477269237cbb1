//! How the document is written: one record a line, so that it is read, compared and kept under
//! version control with ease, and does not consist of blanks.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};

/// How deep a line break goes: the fields of the document, and the entries of its lists.
const BROKEN: usize = 2;

/// Writes it, with a line break at the end.
pub(super) fn written(document: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    let mut text = Vec::new();
    document.serialize(&mut Serializer::with_formatter(&mut text, Lines::default()))?;
    text.push(b'\n');
    Ok(text)
}

#[derive(Default)]
struct Lines {
    depth: usize,
    is_empty: bool,
}

impl Lines {
    fn open<W: ?Sized + Write>(&mut self, to: &mut W, bracket: &[u8]) -> io::Result<()> {
        self.depth += 1;
        self.is_empty = true;
        to.write_all(bracket)
    }

    fn entry<W: ?Sized + Write>(&mut self, to: &mut W, is_first: bool) -> io::Result<()> {
        self.is_empty = false;
        match (is_first, self.depth <= BROKEN) {
            (true, false) => Ok(()),
            (false, false) => to.write_all(b", "),
            (true, true) => self.line(to),
            (false, true) => to.write_all(b",").and_then(|()| self.line(to)),
        }
    }

    fn close<W: ?Sized + Write>(&mut self, to: &mut W, bracket: &[u8]) -> io::Result<()> {
        let broken = self.depth <= BROKEN && !self.is_empty;
        self.depth -= 1;
        self.is_empty = false;
        if broken {
            self.line(to)?;
        }
        to.write_all(bracket)
    }

    fn line<W: ?Sized + Write>(&self, to: &mut W) -> io::Result<()> {
        to.write_all(b"\n")?;
        (0..self.depth).try_for_each(|_| to.write_all(b"  "))
    }
}

impl Formatter for Lines {
    fn begin_array<W: ?Sized + Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.open(to, b"[")
    }

    fn end_array<W: ?Sized + Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.close(to, b"]")
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, to: &mut W, first: bool) -> io::Result<()> {
        self.entry(to, first)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.open(to, b"{")
    }

    fn end_object<W: ?Sized + Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.close(to, b"}")
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, to: &mut W, first: bool) -> io::Result<()> {
        self.entry(to, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, to: &mut W) -> io::Result<()> {
        to.write_all(b": ")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_record_has_a_line() {
        let document = json!({ "a": [{ "b": [1, 2], "c": {} }, {}], "d": [], "e": { "f": 1 } });
        let text = String::from_utf8(written(&document).unwrap()).unwrap();
        let expected = r#"{
  "a": [
    {"b": [1, 2], "c": {}},
    {}
  ],
  "d": [],
  "e": {
    "f": 1
  }
}
"#;
        assert_eq!(text, expected);
    }
}

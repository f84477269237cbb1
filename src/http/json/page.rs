//! What JSON is written on, and how its texts stand there.

use std::{fmt, ops::Range};

use super::Name;

/// What is written on. It is made larger when it is full, and is not cleaned before it is used
/// again.
#[derive(Default)]
pub(in crate::http) struct Page {
    bytes: Vec<u8>,
    /// How much of it is written.
    length: usize,
    /// Where the things stand that are repeated.
    named: [Option<Range<usize>>; 2],
}

impl Page {
    pub(in crate::http) const fn new() -> Self {
        Self { bytes: Vec::new(), length: 0, named: [None, None] }
    }

    /// Begins anew, and keeps room for so many bytes at most.
    pub(in crate::http) fn clear(&mut self, most: usize) {
        self.length = 0;
        self.named = [None, None];
        self.bytes.truncate(most);
        self.bytes.shrink_to(most);
    }

    pub(in crate::http) fn text(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }

    /// The next so many bytes, to be written.
    #[inline(always)]
    fn room(&mut self, bytes: usize) -> &mut [u8] {
        let start = self.length;
        self.length += bytes;
        if self.length > self.bytes.len() {
            self.grow();
        }
        self.bytes.get_mut(start..self.length).unwrap_or_default()
    }

    #[cold]
    fn grow(&mut self) {
        self.bytes.resize((2 * self.length).max(1024), 0);
    }

    #[inline(always)]
    pub(super) fn put(&mut self, text: &[u8]) {
        self.room(text.len()).copy_from_slice(text);
    }

    /// The same, of something that is short, and so copied in place.
    #[inline(always)]
    pub(super) fn put_short(&mut self, text: &[u8]) {
        let room = self.room(text.len());
        let is_copied = match text.len() {
            16.. => false,
            8.. => copy_ends::<8>(text, room).is_some(),
            4.. => copy_ends::<4>(text, room).is_some(),
            _ => false,
        };
        if !is_copied {
            room.copy_from_slice(text);
        }
    }

    /// Writes the name of a field, in quotes and before its colon.
    #[inline(always)]
    pub(super) fn name(&mut self, before: u8, name: &'static str) {
        if let [first, quote, inner @ .., end, colon] = self.room(name.len() + 4) {
            (*first, *quote, *end, *colon) = (before, b'"', b'"', b':');
            inner.copy_from_slice(name.as_bytes());
        }
    }

    /// Writes a text of which nothing is to be escaped, in quotes.
    #[inline(always)]
    pub(super) fn word(&mut self, word: &'static str) {
        if let [first, inner @ .., end] = self.room(word.len() + 2) {
            (*first, *end) = (b'"', b'"');
            inner.copy_from_slice(word.as_bytes());
        }
    }

    /// Writes a string, in quotes.
    pub(super) fn string(&mut self, string: &str) {
        let (start, bytes) = (self.length, string.as_bytes());
        if let [quote, inner @ .., end] = self.room(bytes.len() + 2) {
            (*quote, *end) = (b'"', b'"');
            if copy_plain(bytes, inner) {
                return;
            }
        }
        self.length = start;
        self.put(b"\"");
        bytes.iter().for_each(|byte| self.escaped(*byte));
        self.put(b"\"");
    }

    /// Where the next thing will stand.
    pub(super) const fn place(&self) -> usize {
        self.length
    }

    /// From that place to here something stands that is repeated.
    pub(super) fn remember(&mut self, name: Name, place: usize) {
        let here = self.length;
        *self.named(name) = Some(place..here);
    }

    /// Writes what is remembered by that name, if anything is.
    pub(super) fn write_again(&mut self, name: Name) -> bool {
        let Some(written) = self.named(name).clone() else { return false };
        let place = self.length;
        self.room(written.len());
        self.bytes.copy_within(written, place);
        true
    }

    const fn named(&mut self, name: Name) -> &mut Option<Range<usize>> {
        let [one, other] = &mut self.named;
        match name {
            Name::One => one,
            Name::Other => other,
        }
    }

    /// Puts quotes round what stands from there on, unless it is a string.
    pub(super) fn quoted_from(&mut self, place: usize) {
        let written = self.text().get(place..).unwrap_or_default();
        if written.first() != Some(&b'"') {
            let quoted = [b"\"", written, b"\""].concat();
            self.length = place;
            self.named = [None, None];
            self.put(&quoted);
        }
    }

    fn escaped(&mut self, byte: u8) {
        let short = match byte {
            b'"' | b'\\' => byte,
            0x08 => b'b',
            0x0c => b'f',
            b'\n' => b'n',
            b'\r' => b'r',
            b'\t' => b't',
            0..b' ' => return self.put(format!("\\u{byte:04x}").as_bytes()),
            other => return self.put(&[other]),
        };
        self.put(&[b'\\', short]);
    }
}

/// Copies a text into as much room, unless something in it has to be escaped. Some bytes are looked
/// at together, the last ones perhaps twice.
#[inline(always)]
fn copy_plain(from: &[u8], to: &mut [u8]) -> bool {
    if let Some([_, last]) = copy_ends(from, to) {
        let mut odd = Odd::default();
        for (block, to) in from.as_chunks().0.iter().zip(to.as_chunks_mut().0) {
            *to = *block;
            odd.look_at(block);
        }
        odd.look_at(&last);
        return !odd.is_any();
    }
    if let Some([first, last]) = copy_ends(from, to) {
        return is_plain(first) && is_plain(last);
    }
    if let Some([[a, b, c, d], [e, f, g, h]]) = copy_ends(from, to) {
        return is_plain([a, b, c, d, e, f, g, h]);
    }
    from.iter().zip(to).all(|(byte, to)| {
        *to = *byte;
        is_plain([*byte; 8])
    })
}

/// Copies the first bytes and the last, which may be the same ones.
#[inline]
fn copy_ends<const N: usize>(from: &[u8], to: &mut [u8]) -> Option<[[u8; N]; 2]> {
    let ends = [*from.first_chunk()?, *from.last_chunk()?];
    let [first, last] = ends;
    *to.first_chunk_mut()? = first;
    *to.last_chunk_mut()? = last;
    Some(ends)
}

/// Whether some byte of many is a quote, a backslash or below a blank: found out of sixteen at once,
/// which compilers know how to do, and asked for all of them in the end.
#[derive(Default)]
struct Odd([u8; 16]);

impl Odd {
    #[inline(always)]
    fn look_at(&mut self, bytes: &[u8; 16]) {
        for (odd, byte) in self.0.iter_mut().zip(bytes) {
            *odd |= u8::from(*byte == b'"') | u8::from(*byte == b'\\') | u8::from(*byte < b' ');
        }
    }

    const fn is_any(&self) -> bool {
        u128::from_ne_bytes(self.0) != 0
    }
}

/// None of its bytes is a quote, a backslash or below a blank.
const fn is_plain(bytes: [u8; 8]) -> bool {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    const TOPS: u64 = u64::from_le_bytes([0x80; 8]);
    const QUOTES: u64 = u64::from_le_bytes([b'"'; 8]);
    const SLASHES: u64 = u64::from_le_bytes([b'\\'; 8]);
    const BLANKS: u64 = u64::from_le_bytes([b' '; 8]);
    let word = u64::from_le_bytes(bytes);
    // Of a byte below 0x80 the top bit is set by taking more from it than it is, and by nothing
    // else; what it borrows from the next has been found out then.
    let quotes = (word ^ QUOTES).wrapping_sub(ONES);
    let slashes = (word ^ SLASHES).wrapping_sub(ONES);
    let low = word.wrapping_sub(BLANKS);
    (quotes | slashes | low) & !word & TOPS == 0
}

/// The inside of a string that comes in pieces.
pub(super) struct Inside<'a>(pub(super) &'a mut Page);

impl fmt::Write for Inside<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let (start, bytes) = (self.0.length, text.as_bytes());
        if !copy_plain(bytes, self.0.room(bytes.len())) {
            self.0.length = start;
            bytes.iter().for_each(|byte| self.0.escaped(*byte));
        }
        Ok(())
    }
}

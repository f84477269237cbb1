//! What a journal is written on: sheets that many entries share. Thousands of requests are kept,
//! and each one that is noted displaces one that was not touched for long; with a piece of memory
//! for each, the oldest would have to be fetched from far away only to be given back.

use std::mem;

use axum::body::Bytes;
use bytes::BytesMut;

/// The least that a sheet has room for, in bytes.
const SMALLEST: usize = 1024;
/// The most that a sheet is made for ahead, in bytes.
const LARGEST: usize = 64 * 1024;

/// Where to write next.
#[derive(Debug, Default)]
pub(super) struct Paper {
    sheet: BytesMut,
    /// How large the sheet was when nothing was on it.
    size: usize,
    /// One of which nothing is kept any more.
    spare: BytesMut,
    /// What was begun since that was last asked.
    begun: Option<usize>,
}

impl Paper {
    /// Something to write on that has room for this much. A sheet is twice as large as the one
    /// before, up to a bound: a journal of a few entries takes little. One that is full writes on
    /// the sheets of those that it drops.
    pub(super) fn with_room_for(&mut self, bytes: usize) -> &mut BytesMut {
        if self.sheet.capacity() < bytes {
            self.size = (2 * self.size).clamp(SMALLEST, LARGEST);
            self.sheet = mem::take(&mut self.spare);
            self.sheet.clear();
            self.sheet.reserve(self.size.max(bytes));
            self.begun = Some(self.sheet.capacity());
        }
        &mut self.sheet
    }

    /// Takes back what is not kept any more: the last of a sheet gives all of the sheet.
    pub(super) fn take_back(&mut self, written: Bytes) {
        if let Ok(sheet) = written.try_into_mut() {
            self.spare = sheet;
        }
    }

    /// How large the sheet is, in bytes, if it was begun since this was last asked.
    pub(super) const fn begun(&mut self) -> Option<usize> {
        self.begun.take()
    }

    /// Writes on another sheet from now on.
    pub(super) fn turn_over(&mut self) {
        self.sheet = BytesMut::new();
    }

    /// How many bytes it keeps for later.
    pub(super) fn spare(&self) -> usize {
        self.spare.capacity()
    }

    /// What was written since this was last asked. It keeps the whole sheet alive.
    pub(super) fn written(&mut self) -> Bytes {
        self.sheet.split().freeze()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(paper: &mut Paper, bytes: usize) -> Bytes {
        paper.with_room_for(bytes).extend_from_slice(&vec![b'x'; bytes]);
        paper.written()
    }

    #[test]
    fn a_sheet_of_which_nothing_is_kept_is_written_on_again() {
        let mut paper = Paper { size: LARGEST, ..Paper::default() };
        let [first, second] = [0; 2].map(|_| write(&mut paper, LARGEST / 2));
        let place = first.as_ptr();
        // The second half still needs it.
        paper.take_back(first);
        assert_eq!(paper.spare.capacity(), 0);
        let kept = write(&mut paper, LARGEST);
        paper.take_back(second);
        assert!(paper.spare.capacity() > 0);
        let again = write(&mut paper, LARGEST);
        assert_eq!((again.as_ptr(), paper.spare.capacity()), (place, 0));
        assert_ne!(kept.as_ptr(), place);
    }

    #[test]
    fn the_first_sheets_are_small_and_none_is_too_small() {
        let mut paper = Paper::default();
        write(&mut paper, 1);
        assert!(paper.sheet.capacity() < 2 * SMALLEST);
        assert_eq!(write(&mut paper, 2 * LARGEST).len(), 2 * LARGEST);
    }
}

//! What a journal is written on: sheets that many entries share. Thousands of requests are kept,
//! and each one that is noted displaces one that was not touched for long; with a piece of memory
//! for each, the oldest would have to be fetched from far away only to be given back.

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
}

impl Paper {
    /// Something to write on that has room for this much. A sheet is twice as large as the one
    /// before, up to a bound: a journal of a few entries takes little, and one of many hardly asks
    /// for memory.
    pub(super) fn with_room_for(&mut self, bytes: usize) -> &mut BytesMut {
        if self.sheet.capacity() < bytes {
            self.size = (2 * self.size).clamp(SMALLEST, LARGEST);
            self.sheet = BytesMut::with_capacity(self.size.max(bytes));
        }
        &mut self.sheet
    }

    /// What was written since this was last asked. It keeps the whole sheet alive.
    pub(super) fn written(&mut self) -> Bytes {
        self.sheet.split().freeze()
    }
}

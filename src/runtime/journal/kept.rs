//! What a journal holds: its entries, and the sheets they are written on.

use std::collections::VecDeque;

use super::{
    Size,
    entry::{Entry, Noted, Said},
    paper::Paper,
};

/// What an entry takes beside its texts, in bytes.
const OVERHEAD: usize = size_of::<Entry>();

/// The entries of a journal, and how much they take: as it is, and as the others were told last.
#[derive(Debug, Default)]
pub(super) struct Kept {
    /// Oldest first, and so are the sheets.
    entries: VecDeque<Entry>,
    sheets: VecDeque<Sheet>,
    paper: Paper,
    /// How many bytes the sheets have.
    bytes: usize,
    /// How much all of it was when that was last asked for.
    counted: usize,
    /// How many were noted, ever.
    noted: u64,
    /// How many had been noted when all were forgotten.
    forgotten: u64,
    dropped: u64,
}

/// What some entries are written on.
#[derive(Clone, Copy, Debug)]
struct Sheet {
    /// The number of its first entry, of all that were noted ever.
    first: u64,
    bytes: usize,
    /// Nothing more will be written on it.
    is_closed: bool,
}

impl Kept {
    /// Notes one more of which no more than `most` are kept, and says its number; and whether a
    /// sheet begins with it.
    pub(super) fn note(&mut self, most: usize, noted: Noted, said: Said<'_>) -> (u64, bool) {
        self.noted += 1;
        let no = self.noted;
        let entry = Entry::on(&mut self.paper, no - self.forgotten, noted, said);
        let begun = self.paper.begun();
        if let Some(bytes) = begun {
            self.sheets.push_back(Sheet { first: no, bytes, is_closed: false });
            self.bytes += bytes;
        }
        self.make_room(most);
        self.entries.push_back(entry);
        if self.entries.len() > most
            && let Some(oldest) = self.drop_oldest()
        {
            self.paper.take_back(oldest.written());
        }
        (no, begun.is_some())
    }

    /// Makes room for one more, and never for more than are kept: then the next one stands where the
    /// oldest did.
    fn make_room(&mut self, most: usize) {
        let length = self.entries.len();
        if length == self.entries.capacity() {
            let more = length.max(4).min(most.saturating_add(1).saturating_sub(length));
            self.entries.reserve_exact(more.max(1));
        }
    }

    /// Whether the sheet that begins with that entry is written on until now.
    pub(super) fn closes(&mut self, first: u64) -> bool {
        let last = self.sheets.back_mut().filter(|last| last.first == first && !last.is_closed);
        let closes = last.map(|last| last.is_closed = true).is_some();
        if closes {
            self.paper.turn_over();
        }
        closes
    }

    /// Forgets what is on the sheet that begins with that entry, and on those before it.
    pub(super) fn give_up(&mut self, first: u64) {
        let mut firsts = self.sheets.iter().map(|sheet| sheet.first);
        let next = firsts.find(|other| *other > first).unwrap_or(self.noted + 1);
        while self.oldest().is_some_and(|oldest| oldest < next) {
            self.drop_oldest();
        }
        if self.entries.is_empty() {
            (self.bytes, self.paper) = (0, Paper::default());
            self.sheets.clear();
        }
        // There may have been many more once.
        if self.entries.capacity() > 4 * self.entries.len() {
            self.entries.shrink_to(2 * self.entries.len());
        }
    }

    /// Forgets everything and counts anew, and gives away what there was.
    pub(super) fn clear(&mut self) -> Self {
        let Self { noted, counted, .. } = *self;
        std::mem::replace(self, Self { noted, counted, forgotten: noted, ..Self::default() })
    }

    /// The sheet that begins with that entry is not gone.
    pub(super) fn has_sheet(&self, first: u64) -> bool {
        self.sheets.binary_search_by_key(&first, |sheet| sheet.first).is_ok()
    }

    /// How much more it is, in bytes, than when this was last asked; below 0 for less.
    pub(super) fn growth(&mut self) -> isize {
        let now = self.size().bytes;
        let before = std::mem::replace(&mut self.counted, now);
        now.cast_signed() - before.cast_signed()
    }

    pub(super) fn size(&self) -> Size {
        let entries = self.entries.len();
        let bytes = self.bytes + self.paper.spare() + entries * OVERHEAD;
        Size { entries, bytes, dropped: self.dropped }
    }

    pub(super) fn entries(&self) -> Vec<Entry> {
        self.entries.iter().cloned().collect()
    }

    /// The one that was noted as that, if it is kept.
    pub(super) fn entry(&self, no: u64) -> Option<&Entry> {
        self.entries.get(usize::try_from(no.checked_sub(self.oldest()?)?).ok()?)
    }

    /// How many had been noted when counting began.
    pub(super) const fn forgotten(&self) -> u64 {
        self.forgotten
    }

    /// The number of the oldest one that is kept.
    fn oldest(&self) -> Option<u64> {
        self.entries.front().map(|oldest| self.forgotten + oldest.id)
    }

    fn drop_oldest(&mut self) -> Option<Entry> {
        let oldest = self.entries.pop_front()?;
        self.dropped += 1;
        let next = self.forgotten + oldest.id + 1;
        if self.sheets.get(1).is_some_and(|sheet| sheet.first == next)
            && let Some(gone) = self.sheets.pop_front()
        {
            self.bytes -= gone.bytes;
        }
        Some(oldest)
    }

    /// How many sheets there are, how much all of it is, and how much it was when it was last asked
    /// for.
    #[cfg(test)]
    pub(super) fn measured(&self) -> (usize, usize, usize) {
        let sheets = self.sheets.iter().map(|sheet| sheet.bytes).sum::<usize>();
        let bytes = sheets + self.paper.spare() + self.entries.len() * OVERHEAD;
        (self.sheets.len(), bytes, self.counted)
    }
}

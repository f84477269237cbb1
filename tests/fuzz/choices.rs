//! Choices, read off the bytes of an input. Where there are no more, every choice is the first
//! one, so that short inputs mean something too and long ones can be cut.

/// What is left to choose by.
pub struct Choices<'a>(&'a [u8]);

impl<'a> Choices<'a> {
    pub const fn of(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn byte(&mut self) -> u8 {
        let (first, rest) = self.0.split_first().unwrap_or((&0, &[]));
        self.0 = rest;
        *first
    }

    /// Below `many`, of which there is at least one and at most 65,536.
    pub fn below(&mut self, many: usize) -> usize {
        let low = usize::from(self.byte());
        let number = if many > 256 { low * 256 + usize::from(self.byte()) } else { low };
        number % many
    }

    pub fn pick<'b, T>(&mut self, of: &'b [T]) -> &'b T {
        &of[self.below(of.len())]
    }

    pub fn word<'b>(&mut self, of: &[&'b str]) -> &'b str {
        of[self.below(of.len())]
    }

    /// In so many of 256 cases; never for want of bytes.
    pub fn now_and_then(&mut self, cases: u8) -> bool {
        // Not from 0 on, which is what comes when nothing is left.
        self.byte() > 255 - cases
    }

    pub fn number(&mut self) -> u64 {
        (0..8).fold(0, |number, _| number << 8 | u64::from(self.byte()))
    }

    /// As many bytes as the first one says.
    pub fn bytes(&mut self) -> &'a [u8] {
        let many = usize::from(self.byte()).min(self.0.len());
        let (taken, rest) = self.0.split_at(many);
        self.0 = rest;
        taken
    }

    pub fn text(&mut self) -> String {
        String::from_utf8_lossy(self.bytes()).into_owned()
    }

    /// All that is left.
    pub fn rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.0)
    }
}

//! The server's memory over a life.

/// What a server may grow by between its second quarter and its last: a tenth, and what the
/// allocator takes at once.
const ROOM: u64 = 4 * 1024;

/// The memory in use, in KiB, at equal distances.
#[derive(Default)]
pub(crate) struct Samples(pub(crate) Vec<u64>);

impl Samples {
    /// The medians of the four quarters.
    pub(crate) fn quarters(&self) -> [u64; 4] {
        let length = self.0.len() / 4;
        [0, 1, 2, 3].map(|quarter| {
            let mut part = self.0[quarter * length..][..length].to_vec();
            part.sort_unstable();
            part[length / 2]
        })
    }

    /// What is stored is bounded, and the first quarter is for getting warm.
    pub(crate) fn check(&self) {
        let quarters = self.quarters();
        let most = quarters[1] + quarters[1] / 10 + ROOM;
        assert!(quarters[3] <= most, "it grows: {quarters:?} KiB by quarters");
    }
}

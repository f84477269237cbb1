//! A column of moments, one for each position.

use std::ops::RangeInclusive;

use roaring::RoaringBitmap;

/// Stands for no moment: no second of a clock that counts milliseconds is this small.
const UNKNOWN: i64 = i64::MIN;

/// How many neighbouring positions share a zone.
const ZONE: usize = 1024;

/// A moment per position, where there is one, and the bounds of each zone of positions.
#[derive(Clone, Debug, Default)]
pub(super) struct TimeColumn {
    secs: Vec<i64>,
    zones: Vec<Zone>,
    /// The positions that have a moment.
    known: RoaringBitmap,
}

/// The bounds of the moments in a zone; the wrong way round where there is none.
#[derive(Clone, Copy, Debug)]
struct Zone {
    least: i64,
    greatest: i64,
}

impl TimeColumn {
    /// Adds a position without a moment.
    pub(super) fn push(&mut self) {
        if self.secs.len().is_multiple_of(ZONE) {
            self.zones.push(Zone { least: i64::MAX, greatest: i64::MIN });
        }
        self.secs.push(UNKNOWN);
    }

    pub(super) fn set(&mut self, position: u32, secs: i64) {
        let at = position as usize;
        if let (Some(slot), Some(zone)) = (self.secs.get_mut(at), self.zones.get_mut(at / ZONE)) {
            *slot = secs;
            zone.least = zone.least.min(secs);
            zone.greatest = zone.greatest.max(secs);
            self.known.insert(position);
        }
    }

    /// The positions whose moment lies in the range.
    pub(super) fn within(&self, range: RangeInclusive<i64>) -> RoaringBitmap {
        let mut found = RoaringBitmap::new();
        let mut run = 0..0;
        for ((values, zone), first) in
            self.secs.chunks(ZONE).zip(&self.zones).zip((0u32..).step_by(ZONE))
        {
            let end = first.saturating_add(u32::try_from(values.len()).unwrap_or(u32::MAX));
            if zone.greatest < *range.start() || zone.least > *range.end() {
                continue;
            }
            if range.contains(&zone.least) && range.contains(&zone.greatest) {
                // All that are known fit; those that are not go at the end, all at once.
                if run.end != first {
                    found.insert_range(std::mem::replace(&mut run, first..first));
                }
                run.end = end;
                continue;
            }
            let hits = values.iter().zip(first..end).filter(|(at, _)| range.contains(at));
            found.extend(hits.map(|(_, position)| position));
        }
        found.insert_range(run);
        found & &self.known
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_column_finds_what_a_search_through_all_finds() {
        let mut rng = fastrand::Rng::with_seed(7);
        let mut column = TimeColumn::default();
        let mut plain = Vec::new();
        for position in 0..5_000u32 {
            column.push();
            // Grows on the whole, with gaps and disorder, as the ends of calls do.
            let value = rng.bool().then(|| i64::from(position / 3) + rng.i64(0..40));
            if let Some(secs) = value.or((position < 2_500).then_some(i64::from(position))) {
                column.set(position, secs);
                plain.push((position, secs));
            }
        }
        // The last moment of a zone, and the first one, are in a range that begins or ends there.
        let bounds: Vec<_> = column
            .zones
            .iter()
            .flat_map(|zone| [(zone.greatest, i64::MAX), (i64::MIN, zone.least)])
            .collect();
        let ranges = [(i64::MIN, i64::MAX), (0, 0), (300, 900), (1_000, i64::MAX), (9, 8)];
        for (from, to) in ranges.into_iter().chain(bounds) {
            let expected: Vec<u32> =
                plain.iter().filter(|(_, at)| (from..=to).contains(at)).map(|(p, _)| *p).collect();
            let found: Vec<u32> = column.within(from..=to).iter().collect();
            assert_eq!(found, expected, "{from}..={to}");
        }
    }
}

//! Making planes smaller: every sample of the outcome is the mean of exactly the area it covers (a box filter), row by
//! row, so that no second copy of a frame is ever made.

use crate::decode::Row;

/// Parts of a sample that edges are rounded to. A byte times its weight still fits 16 bits, which is what makes it quick.
const PARTS: usize = 64;

/// Rows of samples that are read in another size. A row has `channels` samples for each of its pixels.
pub(super) struct Scaled<F> {
    source: F,
    channels: usize,
    rows: Vec<usize>,
    columns: Vec<usize>,
    sums: Vec<u32>,
    integral: Vec<u64>,
}

impl<'a, F: Fn(usize) -> Row<'a>> Scaled<F> {
    /// `source` gives the row of a number; `from` and `to` are width and height in pixels.
    pub(super) fn new(source: F, channels: usize, from: (usize, usize), to: (usize, usize)) -> Self {
        Self {
            source,
            channels,
            rows: edges(from.1, to.1).collect(),
            columns: edges(from.0, to.0).collect(),
            sums: vec![0; from.0 * channels],
            integral: vec![0; (from.0 + 1) * channels],
        }
    }

    /// The means of row `y` of the outcome, in units of the source.
    pub(super) fn row(&mut self, y: usize, means: &mut [f32]) {
        let (Some(&begin), Some(&end)) = (self.rows.get(y), self.rows.get(y + 1)) else { return };
        self.sums.fill(0);
        for (row, weight) in touched(begin, end) {
            add(&mut self.sums, (self.source)(row), weight);
        }
        let height = (end - begin) as f32;
        for channel in 0..self.channels {
            self.integrate(channel);
            self.differences(channel, height, means);
        }
    }

    /// The sum of everything to the left of a sample, for each of them: what lies between two edges is then one
    /// subtraction, however far they are apart.
    fn integrate(&mut self, channel: usize) {
        let mut sum = 0;
        let sums = self.sums.iter().skip(channel).step_by(self.channels);
        for (integral, value) in self.integral.iter_mut().skip(self.channels + channel).step_by(self.channels).zip(sums)
        {
            sum += u64::from(*value);
            *integral = sum;
        }
    }

    fn differences(&self, channel: usize, height: f32, means: &mut [f32]) {
        let up_to = |edge: usize| {
            let index = edge / PARTS * self.channels + channel;
            let whole = self.integral.get(index).copied().unwrap_or(0) * PARTS as u64;
            let part = u64::from(self.sums.get(index).copied().unwrap_or(0)) * (edge % PARTS) as u64;
            whole + part
        };
        let (mut begin, mut before) = (0, 0);
        let means = means.iter_mut().skip(channel).step_by(self.channels);
        for (mean, end) in means.zip(self.columns.iter().copied().skip(1)) {
            let after = up_to(end);
            *mean = (after - before) as f32 / ((end - begin) as f32 * height);
            (begin, before) = (end, after);
        }
    }
}

/// Where the samples of one side of the outcome begin and end in the source, in [`PARTS`] of a sample: one number more
/// than there are samples.
fn edges(from: usize, to: usize) -> impl Iterator<Item = usize> {
    (0..=to).map(move |edge| edge * from * PARTS / to.max(1))
}

/// The samples that lie between two edges, each with how many [`PARTS`] of it.
fn touched(begin: usize, end: usize) -> impl Iterator<Item = (usize, usize)> {
    (begin / PARTS..end.div_ceil(PARTS)).map(move |index| {
        let (from, to) = (index * PARTS, (index + 1) * PARTS);
        (index, to.min(end) - from.max(begin))
    })
}

/// Adds a row as often as its weight says. The sum of 8192 rows of twelve bits is just what fits.
fn add(sums: &mut [u32], row: Row<'_>, weight: usize) {
    let weight = u16::try_from(weight).unwrap_or(u16::MAX);
    match row {
        Row::Bytes(bytes) => {
            for (sum, byte) in sums.iter_mut().zip(bytes) {
                *sum = sum.wrapping_add(u32::from(u16::from(*byte).wrapping_mul(weight)));
            }
        }
        Row::Pairs(bytes) => {
            for (sum, pair) in sums.iter_mut().zip(bytes.as_chunks().0) {
                *sum = sum.wrapping_add(u32::from(u16::from_le_bytes(*pair)) * u32::from(weight));
            }
        }
        Row::Words(words) => {
            for (sum, word) in sums.iter_mut().zip(words) {
                *sum = sum.wrapping_add(u32::from(*word) * u32::from(weight));
            }
        }
    }
}

#[cfg(test)]
#[expect(clippy::indexing_slicing, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn scaled(source: &[u8], from: (usize, usize), to: (usize, usize)) -> Vec<f32> {
        let mut scaled = Scaled::new(|y| Row::Bytes(&source[y * from.0..][..from.0]), 1, from, to);
        let mut means = vec![0.0; to.0 * to.1];
        for (y, row) in means.chunks_mut(to.0).enumerate() {
            scaled.row(y, row);
        }
        means
    }

    #[test]
    fn a_flat_plane_stays_flat_in_every_size() {
        for value in [0, 1, 16, 128, 235, 255] {
            for to in [(1, 1), (2, 3), (7, 5), (13, 11), (31, 17)] {
                let means = scaled(&vec![value; 31 * 17], (31, 17), to);
                assert!(
                    means.iter().all(|mean| (mean - f32::from(value)).abs() < 0.001),
                    "{value} in {to:?}: {means:?}"
                );
            }
        }
    }

    #[test]
    fn every_sample_is_the_mean_of_its_area() {
        assert_eq!(scaled(&[0, 10, 20, 30], (2, 2), (1, 1)), [15.0]);
        // Three columns in two: each takes one and a half.
        let means = scaled(&[0, 60, 120], (3, 1), (2, 1));
        assert_eq!(means, [20.0, 100.0]);
        assert_eq!(scaled(&[0, 60, 120], (1, 3), (1, 2)), means);
        assert_eq!(scaled(&[9, 8, 7, 6], (2, 2), (2, 2)), [9.0, 8.0, 7.0, 6.0]);
    }

    #[test]
    fn a_side_may_grow() {
        assert_eq!(scaled(&[0, 100], (2, 1), (4, 2)), [0.0, 0.0, 100.0, 100.0, 0.0, 0.0, 100.0, 100.0]);
    }

    #[test]
    fn channels_do_not_mix() {
        let source = [1, 100, 3, 200, 5, 50];
        let mut scaled = Scaled::new(|_| Row::Bytes(&source), 2, (3, 1), (1, 1));
        let mut means = [0.0; 2];
        scaled.row(0, &mut means);
        assert!((means[0] - 3.0).abs() < 0.001 && (means[1] - 350.0 / 3.0).abs() < 0.001, "{means:?}");
    }

    #[test]
    fn deep_samples_keep_their_units() {
        let pairs = [0xff, 0x03, 0x00, 0x00];
        let mut scaled = Scaled::new(|_| Row::Pairs(&pairs), 1, (2, 1), (1, 1));
        let mut means = [0.0];
        scaled.row(0, &mut means);
        assert_eq!(means, [511.5]);
    }
}

//! One piece of a film as it goes out: `moof` and `mdat` (ISO/IEC 14496-12 §8.8).

use super::boxes::{boxed, full, words};

/// `trun`: where the bytes are, and of every sample its duration, size, flags and the way from decoding to showing it.
const TRUN_FLAGS: u32 = 0x1 | 0x100 | 0x200 | 0x400 | 0x800;
/// `tfhd`: places are counted from the `moof`.
const TFHD_FLAGS: u32 = 0x2_0000;
/// Sample flags (§8.8.3.1): depends on no other one.
const KEY: u32 = 0x0200_0000;
/// Depends on others, and decoding cannot begin here.
const NO_KEY: u32 = 0x0101_0000;

/// A frame with its times, in µs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sample {
    /// When it is decoded.
    pub(super) dts_us: u64,
    /// When it is shown.
    pub(super) pts_us: i64,
    /// When the next one of its track is decoded.
    pub(super) until_us: u64,
    /// Whether decoding can begin here.
    pub(super) key: bool,
    /// Its bytes.
    pub(super) data: Vec<u8>,
}

/// The fragment with this number: the samples of track 1, of track 2 and so on. A track without any is left out.
pub(super) fn fragment(number: u32, runs: &[Vec<Sample>]) -> Vec<u8> {
    let bytes = |run: &[Sample]| run.iter().map(|sample| sample.data.len()).sum::<usize>();
    let runs: Vec<(u32, &[Sample])> =
        (1..).zip(runs.iter().map(Vec::as_slice)).filter(|(_, run)| !run.is_empty()).collect();
    // Offsets count from the start of the `moof`, so its length is needed before it is written: it does not depend on them.
    let moof_len = moof(number, &runs, &vec![0; runs.len()]).len();
    let mut at = moof_len + 8;
    let mut offsets = Vec::with_capacity(runs.len());
    for (_, run) in &runs {
        offsets.push(u32::try_from(at).unwrap_or(u32::MAX));
        at += bytes(run);
    }
    let mut out = moof(number, &runs, &offsets);
    out.reserve_exact(at - moof_len);
    out.extend_from_slice(&u32::try_from(at - moof_len).unwrap_or(u32::MAX).to_be_bytes());
    out.extend_from_slice(b"mdat");
    for sample in runs.iter().flat_map(|(_, run)| *run) {
        out.extend_from_slice(&sample.data);
    }
    out
}

fn moof(number: u32, runs: &[(u32, &[Sample])], offsets: &[u32]) -> Vec<u8> {
    let mut parts = vec![full(b"mfhd", 0, 0, &[&words(&[number])])];
    for ((track, run), offset) in runs.iter().zip(offsets) {
        parts.push(traf(*track, run, *offset));
    }
    boxed(b"moof", &parts.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

fn traf(track: u32, run: &[Sample], offset: u32) -> Vec<u8> {
    let begin = run.first().map_or(0, |sample| sample.dts_us);
    let tfhd = full(b"tfhd", 0, TFHD_FLAGS, &[&words(&[track])]);
    let tfdt = full(b"tfdt", 1, 0, &[&begin.to_be_bytes()]);
    let mut table = words(&[u32::try_from(run.len()).unwrap_or(u32::MAX), offset]);
    for (index, sample) in run.iter().enumerate() {
        let next = run.get(index + 1).map_or(sample.until_us, |next| next.dts_us);
        let duration = u32::try_from(next.saturating_sub(sample.dts_us)).unwrap_or(u32::MAX);
        let size = u32::try_from(sample.data.len()).unwrap_or(u32::MAX);
        let shift = sample.pts_us.saturating_sub(i64::try_from(sample.dts_us).unwrap_or(i64::MAX));
        let shift = i32::try_from(shift).unwrap_or(if shift < 0 { i32::MIN } else { i32::MAX });
        let flags = if sample.key { KEY } else { NO_KEY };
        table.extend(words(&[duration, size, flags, shift.cast_unsigned()]));
    }
    boxed(b"traf", &[&tfhd, &tfdt, &full(b"trun", 1, TRUN_FLAGS, &[&table])])
}

#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn sample(dts_us: u64, pts_us: i64, data: &[u8]) -> Sample {
        Sample { dts_us, pts_us, until_us: dts_us + 40, key: dts_us == 0, data: data.to_vec() }
    }

    #[test]
    fn bytes_are_where_the_tables_say() {
        let runs = [vec![sample(0, 40, b"key"), sample(40, 0, b"be")], Vec::new(), vec![sample(7, 7, b"sound")]];
        let out = fragment(9, &runs);
        let offsets: Vec<usize> = out
            .windows(4)
            .enumerate()
            .filter(|(_, four)| four == b"trun")
            .map(|(at, _)| u32::from_be_bytes(out[at + 12..at + 16].try_into().unwrap()) as usize)
            .collect();
        assert_eq!(offsets.iter().map(|at| &out[*at..at + 5]).collect::<Vec<_>>(), [b"keybe", b"sound"]);
        let trun = out.windows(4).position(|four| four == b"trun").unwrap() + 16;
        let row = |index: usize| {
            let row = &out[trun + 16 * index..][..16];
            row.chunks(4).map(|four| i32::from_be_bytes(four.try_into().unwrap())).collect::<Vec<_>>()
        };
        assert_eq!(row(0), [40, 3, 0x0200_0000, 40]);
        assert_eq!(row(1), [40, 2, 0x0101_0000, -40], "shown before it is decoded: version 1 has signed offsets");
    }
}

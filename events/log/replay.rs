//! Walking a stored log from its first record to its last, trusting nothing.

use super::batch::video_number;
use super::chain::{ANCHOR_EVERY, Anchor, Chain};
use super::open::OpenError;
use super::{Head, ReadError, index};
use crate::record::{Pos, Recorded};
use crate::wire::{self, WireError};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

/// How many frames go from thread to thread at once, and how many such runs may wait.
const RUN: usize = 512;
const WAITING: usize = 8;

/// What is known of a log from outside its records.
#[derive(Default)]
pub(super) struct Witnesses {
    /// It reached at least this far.
    pub(super) head: Head,
    /// The chain it had on the way, from position 4,096 on.
    pub(super) anchors: Vec<Anchor>,
    /// What was computed from it up to here is kept.
    pub(super) checkpoint: Option<Head>,
}

/// What was found by walking it.
pub(super) struct Found {
    /// Where it ends.
    pub(super) head: Head,
    /// The anchors that the witnesses do not have yet.
    pub(super) new_anchors: Vec<Anchor>,
    /// What the index of events by video must add up to, for the records that were walked.
    pub(super) index: index::Sum,
}

/// Hears what is wrong. An error from it ends the walk; else it goes on as well as it can.
pub(super) type Complain<'a> = dyn Fn(OpenError) -> Result<(), OpenError> + Sync + 'a;

/// Frames that go from thread to thread together.
type Run<F> = Vec<(Pos, F)>;

/// Verifies all `frames` against `known` and hands every event to `each`. What is wrong ends it.
pub(super) fn verify<F: AsRef<[u8]> + Send>(
    frames: impl Iterator<Item = Result<(Pos, F), OpenError>> + Send,
    known: &Witnesses,
    each: &mut dyn FnMut(Recorded),
) -> Result<Found, OpenError> {
    walk(frames, Head::default(), known, &Err, each)
}

/// Verifies `frames`, which begin after `start`, and hands every event to `each`.
///
/// Reading and hashing have a thread each; checksums, decoding and `each` are on this one.
pub(super) fn walk<F: AsRef<[u8]> + Send>(
    frames: impl Iterator<Item = Result<(Pos, F), OpenError>> + Send,
    start: Head,
    known: &Witnesses,
    complain: &Complain<'_>,
    each: &mut dyn FnMut(Recorded),
) -> Result<Found, OpenError> {
    std::thread::scope(|scope| {
        let (read, to_hash) = sync_channel(WAITING);
        let (hashed, to_decode) = sync_channel(WAITING);
        let reading = scope.spawn(move || collect(frames, &read));
        let hashing = scope.spawn(move || hash(to_hash, start, known, complain, &hashed));
        // A thread with an error lets go of its channels, which ends the others.
        let (recorded_at_ms, index) = decode_all(to_decode, start.recorded_at_ms, complain, each)?;
        let chain = hashing.join().unwrap_or_else(|_| Err(OpenError::panicked()))?;
        reading.join().unwrap_or_else(|_| Err(OpenError::panicked()))?;
        known.reached_by(chain.head.pos).or_else(complain)?;
        let last_known = known.anchors.last().map_or(0, |anchor| anchor.pos);
        let new_anchors = chain.anchors.into_iter().filter(|anchor| anchor.pos > last_known).collect();
        Ok(Found { head: Head { recorded_at_ms, ..chain.head }, new_anchors, index })
    })
}

/// Reads frames and passes them on in runs, until nobody takes them any more.
fn collect<F>(
    frames: impl Iterator<Item = Result<(Pos, F), OpenError>>,
    read: &SyncSender<Run<F>>,
) -> Result<(), OpenError> {
    let mut frames = frames.peekable();
    while frames.peek().is_some() {
        let run = frames.by_ref().take(RUN).collect::<Result<Run<F>, _>>()?;
        if read.send(run).is_err() {
            break;
        }
    }
    Ok(())
}

/// Checks order and chain of what comes, and passes it on.
fn hash<F: AsRef<[u8]>>(
    runs: Receiver<Run<F>>,
    start: Head,
    known: &Witnesses,
    complain: &Complain<'_>,
    hashed: &SyncSender<Run<F>>,
) -> Result<Chain, OpenError> {
    let mut chain = Chain::from(start);
    // Whether the chain came here without a break. It is taken up again at the next milestone.
    let mut unbroken = true;
    known.agree(&chain, unbroken).or_else(complain)?;
    for run in runs {
        for (pos, frame) in &run {
            let (pos, expected) = (*pos, chain.head.pos + 1);
            if pos != expected {
                complain(OpenError::Gap { expected, found: pos })?;
                chain.head.pos = pos.saturating_sub(1);
                unbroken = false;
            }
            if let Err(error) = chain.push(frame.as_ref()) {
                complain(refuse(pos, &error))?;
                chain.head.pos = pos;
                unbroken = false;
            }
            if let Some(milestone) = known.chain_at(pos).next() {
                known.agree(&chain, unbroken).or_else(complain)?;
                chain.head.chain = milestone;
                unbroken = true;
            }
        }
        if hashed.send(run).is_err() {
            break;
        }
    }
    Ok(chain)
}

/// Decodes what comes and hands it on. Returns the time of the last event, and what the index adds up to.
fn decode_all<F: AsRef<[u8]>>(
    runs: Receiver<Run<F>>,
    mut recorded_at_ms: i64,
    complain: &Complain<'_>,
    each: &mut dyn FnMut(Recorded),
) -> Result<(i64, index::Sum), OpenError> {
    let mut sum = index::Sum::default();
    for (pos, frame) in runs.into_iter().flatten() {
        let record = match wire::decode(pos, frame.as_ref()) {
            Ok(record) => record,
            Err(error) => {
                complain(refuse(pos, &error))?;
                continue;
            }
        };
        sum.add(&index::key(record.as_ref().map_or(0, video_number), pos));
        if let Some(record) = record {
            recorded_at_ms = record.recorded_at_ms;
            each(record);
        }
    }
    Ok((recorded_at_ms, sum))
}

impl Witnesses {
    /// The last milestone that is not after `pos`; `None` if it should be known and is not.
    pub(super) fn milestone_before(&self, pos: Pos) -> Option<Head> {
        match usize::try_from(pos / ANCHOR_EVERY) {
            Ok(0) => Some(Head::default()),
            Ok(number) => self.anchors.get(number - 1).map(|Anchor { pos, chain }| Head {
                pos: *pos,
                chain: *chain,
                ..Head::default()
            }),
            Err(_) => None,
        }
    }

    /// What the chain is known to be at `pos`, from each witness that knows.
    fn chain_at(&self, pos: Pos) -> impl Iterator<Item = [u8; 32]> {
        let anchor = match (pos % ANCHOR_EVERY, usize::try_from(pos / ANCHOR_EVERY)) {
            (0, Ok(number)) => number.checked_sub(1).and_then(|number| self.anchors.get(number)),
            _ => None,
        };
        let heads = [Some(self.head), self.checkpoint].into_iter().flatten().filter(move |head| head.pos == pos);
        heads.map(|head| head.chain).chain(anchor.map(|anchor| anchor.chain))
    }

    /// Compares the chain with what is known of its last position, if anything is.
    fn agree(&self, chain: &Chain, unbroken: bool) -> Result<(), OpenError> {
        let Head { pos, chain: found, .. } = chain.head;
        if unbroken && self.chain_at(pos).any(|known| known != found) { Err(OpenError::Chain { pos }) } else { Ok(()) }
    }

    /// A log that ends at `found` must have reached everything that is known of it.
    fn reached_by(&self, found: Pos) -> Result<(), OpenError> {
        let checkpoint = self.checkpoint.map_or(0, |head| head.pos);
        let known = self.anchors.last().map_or(0, |anchor| anchor.pos).max(self.head.pos).max(checkpoint);
        if found < known { Err(OpenError::LostEvents { found, known }) } else { Ok(()) }
    }
}

/// Why the whole log is refused when the record at `pos` is.
pub(super) fn refuse(pos: Pos, error: &WireError) -> OpenError {
    let reason = with_causes(error);
    match error {
        WireError::Newer { .. } | WireError::Format(_) | WireError::Flags(_) => OpenError::NewerVersion { pos, reason },
        WireError::TooLarge { .. }
        | WireError::Short
        | WireError::Checksum
        | WireError::Shape(_)
        | WireError::Invalid(_) => OpenError::Damaged { pos, reason },
    }
}

/// The records of consecutive frames after position `after`, without those that may be passed over.
pub(super) fn decode_run<F: AsRef<[u8]>>(
    after: Pos,
    max: usize,
    frames: impl Iterator<Item = Result<(Pos, F), ReadError>>,
) -> Result<Vec<Recorded>, ReadError> {
    let mut records = Vec::new();
    for (frame, expected) in frames.zip(after.saturating_add(1)..) {
        if records.len() >= max {
            break;
        }
        let (pos, bytes) = frame?;
        if pos != expected {
            return Err(ReadError::Missing { pos: expected });
        }
        records.extend(decode(pos, bytes.as_ref())?);
    }
    Ok(records)
}

/// Consecutive frames after position `after` as they are.
pub(super) fn take_run<F: AsRef<[u8]>>(
    after: Pos,
    max: usize,
    frames: impl Iterator<Item = Result<(Pos, F), ReadError>>,
) -> Result<Vec<(Pos, Vec<u8>)>, ReadError> {
    let checked = frames.zip(after.saturating_add(1)..).take(max).map(|(frame, expected)| {
        let (pos, bytes) = frame?;
        if pos == expected { Ok((pos, bytes.as_ref().to_vec())) } else { Err(ReadError::Missing { pos: expected }) }
    });
    checked.collect()
}

/// One record, with the error of a reader.
pub(super) fn decode(pos: Pos, frame: &[u8]) -> Result<Option<Recorded>, ReadError> {
    wire::decode(pos, frame).map_err(|error| unreadable(pos, &error))
}

/// The error of a reader that found the record at `pos` as it is.
pub(super) fn unreadable(pos: Pos, error: &WireError) -> ReadError {
    ReadError::Damaged { pos, reason: with_causes(error) }
}

/// An error and its cause in one line.
fn with_causes(error: &WireError) -> String {
    match std::error::Error::source(error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
mod tests {
    use super::{Found, Witnesses, verify};
    use crate::log::chain::{ANCHOR_EVERY, Chain};
    use crate::log::image::ratings;
    use crate::log::{Head, OpenError};
    use crate::record::Pos;
    use crate::wire;

    type Frames = Vec<(Pos, Vec<u8>)>;

    fn frames(positions: impl Iterator<Item = Pos>) -> Frames {
        ratings(positions).map(|record| (record.pos, wire::encode(&record).unwrap())).collect()
    }

    fn walk(frames: &Frames, known: &Witnesses) -> Result<(Found, Vec<Pos>), OpenError> {
        let mut seen = Vec::new();
        let found = verify(frames.iter().cloned().map(Ok), known, &mut |record| seen.push(record.pos))?;
        Ok((found, seen))
    }

    fn refused(frames: &Frames, known: &Witnesses) -> OpenError {
        walk(frames, known).map(|(found, _)| found.head).unwrap_err()
    }

    #[test]
    fn anything_but_the_next_position_is_a_gap() {
        for (positions, expected, found) in
            [(vec![2], 1, 2), (vec![1, 2, 4], 3, 4), (vec![1, 1], 2, 1), (vec![0], 1, 0)]
        {
            let error = refused(&frames(positions.into_iter()), &Witnesses::default());
            assert!(
                matches!(error, OpenError::Gap { expected: e, found: f } if (e, f) == (expected, found)),
                "{error}"
            );
        }
    }

    #[test]
    fn a_damaged_record_is_named() {
        for place in [0, 6, 12, 40] {
            let mut frames = frames(1..=9);
            frames[4].1[place] ^= 1;
            let error = refused(&frames, &Witnesses::default());
            assert!(matches!(error, OpenError::Damaged { pos: 5, .. }), "{error}");
        }
        let mut cut = frames(1..=9);
        cut[4].1.clear();
        assert!(matches!(refused(&cut, &Witnesses::default()), OpenError::Damaged { pos: 5, .. }));
    }

    #[test]
    fn a_record_of_a_newer_version_is_refused_unless_it_may_be_passed_over() {
        let mut newer = frames(1..=3);
        let unknown = |flags| wire::unknown_frame(2, flags);
        newer[1].1 = unknown(0);
        let error = refused(&newer, &Witnesses::default());
        assert!(matches!(error, OpenError::NewerVersion { pos: 2, .. }), "{error}");
        newer[1].1 = unknown(1);
        let (found, seen) = walk(&newer, &Witnesses::default()).unwrap();
        assert_eq!((found.head.pos, seen), (3, vec![1, 3]));
    }

    #[test]
    fn the_log_must_be_the_one_the_witnesses_saw() {
        let frames = frames(1..=2 * ANCHOR_EVERY + 3);
        let mut chain = Chain::default();
        let mut heads = vec![Head::default()];
        for (_, frame) in &frames {
            chain.push(frame).unwrap();
            heads.push(chain.head);
        }
        let anchors = chain.anchors;
        for seen in [0, 1, 2] {
            let known = Witnesses { head: heads[5], anchors: anchors[..seen].to_vec(), checkpoint: None };
            let (found, _) = walk(&frames, &known).unwrap();
            assert_eq!(found.head.chain, chain.head.chain);
            assert_eq!(found.new_anchors, anchors[seen..]);
        }
        let other_head = Head { chain: heads[4].chain, ..heads[5] };
        let error = refused(&frames, &Witnesses { head: other_head, ..Witnesses::default() });
        assert!(matches!(error, OpenError::Chain { pos: 5 }), "{error}");
        let mut other_anchor = anchors.clone();
        other_anchor[1].chain[0] ^= 1;
        let error = refused(&frames, &Witnesses { head: heads[5], anchors: other_anchor, checkpoint: None });
        assert!(matches!(error, OpenError::Chain { pos } if pos == 2 * ANCHOR_EVERY), "{error}");
        let shorter = frames[..10].to_vec();
        let error = refused(&shorter, &Witnesses { head: heads[11], ..Witnesses::default() });
        assert!(matches!(error, OpenError::LostEvents { found: 10, known: 11 }), "{error}");
        let error = refused(&shorter, &Witnesses { head: heads[5], anchors, checkpoint: None });
        assert!(matches!(error, OpenError::LostEvents { found: 10, known } if known == 2 * ANCHOR_EVERY), "{error}");
    }
}

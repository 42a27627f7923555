//! Erasing the content of records: what every kind of log does before it touches its storage.

use super::batch::video_number;
use super::replay;
use super::{LogReader, ReadError};
use crate::event::{Event, View};
use crate::record::{Cause, Pos, Recorded};
use crate::values::{Actor, VideoId};
use crate::wire;
use std::collections::{BTreeMap, BTreeSet};

/// How many records of a video are read at once.
const RUN: usize = 1024;

/// Why nothing was erased.
#[derive(Debug, thiserror::Error)]
pub enum RedactError {
    /// The record says something that others build on.
    #[error("the event at position {pos} is no viewing and no place in a video; only those can be forgotten")]
    NotRedactable {
        /// Its position.
        pos: Pos,
    },
    /// A record cannot be read, or there is none at that position.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The disk failed before anything was erased.
    #[error("nothing was erased: the disk failed while that was prepared")]
    Prepare(#[source] std::io::Error),
    /// The disk failed on the way: the records may be erased or not. Open the log again to know.
    #[error("writing to the log failed; whether the content was erased is not known")]
    Unknown(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// A record that is to lose its content.
pub(super) struct Redaction {
    pub(super) pos: Pos,
    /// The number it was indexed under so far.
    pub(super) video: u32,
    /// Its frame without the content.
    pub(super) frame: Vec<u8>,
}

/// When viewings began that are to be forgotten, for each video.
type Moments = BTreeMap<VideoId, BTreeSet<i64>>;

/// Erases the content of the records at `positions`, and of those that say something about the same viewings; those
/// without it are passed over.
pub(super) fn prepare(positions: &[Pos], reader: &dyn LogReader) -> Result<Vec<Redaction>, RedactError> {
    // The number that each is indexed under.
    let mut goes = BTreeMap::new();
    let mut moments = Moments::new();
    for pos in BTreeSet::from_iter(positions.iter().copied()) {
        let record = replay::decode(pos, &frame(reader, pos)?)?.ok_or(RedactError::NotRedactable { pos })?;
        if let Event::Redacted(_) = record.event {
            continue;
        }
        if !record.event.can_be_redacted() {
            return Err(RedactError::NotRedactable { pos });
        }
        goes.insert(pos, video_number(&record));
        if let Event::View(View::Started { video }) = record.event {
            moments.entry(video).or_default().insert(record.occurred_at_ms);
        }
    }
    for (video, moments) in moments {
        let company = company(&watching(reader, video, &moments)?, &moments);
        goes.extend(company.into_iter().map(|pos| (pos, video.get())));
    }
    let erase = |(pos, video)| {
        let frame = wire::redact(pos, &frame(reader, pos)?).map_err(|error| replay::unreadable(pos, &error))?;
        Ok(Redaction { pos, video, frame })
    };
    goes.into_iter().map(erase).collect()
}

fn frame(reader: &dyn LogReader, pos: Pos) -> Result<Vec<u8>, ReadError> {
    let missing = ReadError::Missing { pos };
    let Some(before) = pos.checked_sub(1) else { return Err(missing) };
    reader.frames(before, 1)?.pop().map(|(_, frame)| frame).ok_or(missing)
}

/// What was watched of `video` since the first of `moments`, in order.
fn watching(reader: &dyn LogReader, video: VideoId, moments: &BTreeSet<i64>) -> Result<Vec<Recorded>, ReadError> {
    let first = moments.first().copied().unwrap_or(i64::MIN);
    let mut watching = Vec::new();
    let mut before = Pos::MAX;
    loop {
        let run = reader.read_video(video, before, RUN)?;
        let Some(oldest) = run.last() else { break };
        // Nothing is written down before it happened.
        let older = oldest.recorded_at_ms < first;
        before = oldest.pos;
        watching.extend(run.into_iter().filter(|record| matches!(record.event, Event::View(_) | Event::Playback(_))));
        if older {
            break;
        }
    }
    watching.reverse();
    Ok(watching)
}

/// What cannot stay when the viewings of these `moments` go, of all that was watched of a video.
///
/// A viewing that was taken back and brought back is told several times, each time with its moment: what took it back
/// would take back another one. Where somebody stopped in it says as much as the viewing.
fn company(watching: &[Recorded], moments: &BTreeSet<i64>) -> Vec<Pos> {
    // The devices whose last viewing so far goes.
    let mut sittings: BTreeSet<Actor> = BTreeSet::new();
    let mut goes = |record: &Recorded| match &record.event {
        Event::View(View::Started { .. }) => {
            let goes = moments.contains(&record.occurred_at_ms);
            // Who brings a viewing back does not sit down for it.
            if record.cause != Cause::Undo && goes {
                sittings.insert(record.actor);
            } else if record.cause != Cause::Undo {
                sittings.remove(&record.actor);
            }
            goes
        }
        Event::View(View::Withdrawn { viewed_at_ms, .. }) => viewed_at_ms.is_some_and(|at_ms| moments.contains(&at_ms)),
        Event::Playback(_) => sittings.contains(&record.actor),
        Event::View(View::Counted { .. } | View::RolledUp { .. })
        | Event::Video(_)
        | Event::Rating(_)
        | Event::Favorite(_)
        | Event::Tag(_)
        | Event::Playlist(_)
        | Event::Thumbnail(_)
        | Event::Import(_)
        | Event::Maintenance(_)
        | Event::Image(_)
        | Event::Group(_)
        | Event::Redacted(_) => false,
    };
    watching.iter().filter(|record| goes(record)).map(|record| record.pos).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use crate::event::Playback;
    use crate::log::EventLog as _;
    use crate::log::memory::MemoryDisk;
    use crate::sample;

    const AT_MS: i64 = 1_767_323_040_000;

    fn video(number: u32) -> VideoId {
        VideoId::new(number).unwrap()
    }

    fn started(number: u32) -> Event {
        Event::View(View::Started { video: video(number) })
    }

    fn withdrawn(viewed_at_ms: Option<i64>) -> Event {
        Event::View(View::Withdrawn { video: video(1), views: 1, viewed_at_ms, last_viewed_at_ms: None })
    }

    fn paused() -> Event {
        Event::Playback(Playback::Paused { video: video(1), position_ms: 5 })
    }

    /// A record of device `actor` that happened `at` ms after [`AT_MS`].
    fn record(event: Event, actor: u32, at: i64, cause: Cause) -> Recorded {
        Recorded { occurred_at_ms: AT_MS + at, actor: Actor(actor), cause, ..sample::recorded(1, event) }
    }

    /// What is erased from a log of `records` with the one at `pos`.
    fn erased_with(records: Vec<Recorded>, pos: Pos) -> Vec<Pos> {
        let records: Vec<_> = (1..).zip(records).map(|(pos, record)| Recorded { pos, ..record }).collect();
        let mut log = MemoryDisk::new().open(&mut |_| ()).unwrap();
        log.append(&records).unwrap();
        let count = log.redact(&[pos]).unwrap();
        let left = log.reader().read(0, usize::MAX).unwrap();
        let erased = left.iter().filter(|record| matches!(record.event, Event::Redacted(_)));
        let erased: Vec<Pos> = erased.map(|record| record.pos).collect();
        assert_eq!(erased.len(), count);
        erased
    }

    #[test]
    fn a_viewing_goes_with_what_took_it_back_and_brought_it_back() {
        let story = || {
            vec![
                record(started(1), 7, 1, Cause::Viewer),
                record(started(1), 7, 2, Cause::Viewer),
                record(started(2), 7, 1, Cause::Viewer),
                record(withdrawn(Some(AT_MS + 1)), 8, 9, Cause::Undo),
                record(started(1), 8, 1, Cause::Undo),
                record(withdrawn(Some(AT_MS + 2)), 8, 9, Cause::Undo),
                record(withdrawn(None), 8, 9, Cause::Undo),
            ]
        };
        for pos in [1, 5] {
            assert_eq!(erased_with(story(), pos), [1, 4, 5], "of {pos}");
        }
        assert_eq!(erased_with(story(), 2), [2, 6]);
        assert_eq!(erased_with(story(), 3), [3]);
    }

    #[test]
    fn a_viewing_goes_with_the_places_where_its_device_stopped_until_it_began_again() {
        let mut story = vec![
            record(paused(), 7, 0, Cause::Viewer),
            record(started(1), 7, 1, Cause::Viewer),
            record(started(1), 8, 2, Cause::Viewer),
            record(paused(), 7, 3, Cause::Viewer),
            record(paused(), 8, 4, Cause::Viewer),
            record(started(1), 7, 2, Cause::Undo),
            record(paused(), 7, 5, Cause::Viewer),
            record(started(1), 7, 6, Cause::Viewer),
            record(paused(), 7, 7, Cause::Viewer),
        ];
        assert_eq!(erased_with(story.clone(), 2), [2, 4, 7]);
        assert_eq!(erased_with(story.clone(), 3), [3, 5, 6]);
        assert_eq!(erased_with(story.clone(), 9), [9], "a place alone");
        // However much happened since.
        story.extend((0..2 * RUN).map(|_| record(paused(), 7, 8, Cause::Viewer)));
        assert_eq!(erased_with(story, 2), [2, 4, 7]);
    }

    #[test]
    fn what_others_build_on_stays() {
        for record in sample::every_event() {
            let (pos, event) = (record.pos, record.event.clone());
            let mut log = MemoryDisk::new().open(&mut |_| ()).unwrap();
            log.append(&sample::every_event()).unwrap();
            let refused = matches!(log.redact(&[pos]), Err(RedactError::NotRedactable { .. }));
            let can_be = event.can_be_redacted() || matches!(event, Event::Redacted(_));
            assert_eq!(refused, !can_be, "{event:?}");
        }
    }
}

//! What took a change back, and whether that still holds: an undo can be undone in turn. From what was come across in the log,
//! newest first.

use super::kind::{Kind, noun};
use super::look::Wanted;
use events::event::{Tag, Video};
use events::log::{LogReader, ReadError};
use events::{Event, Pos, Recorded, VideoId};
use std::collections::BTreeMap;

/// How many records are read at once.
const RUN: usize = 1024;

/// A change that answers an earlier one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) recorded: Recorded,
    /// It stands for all of its batch, which was passed over.
    pub(super) whole: bool,
}

/// Undos, by what they take back.
#[derive(Debug, Default)]
pub(super) struct Undos {
    changes: BTreeMap<(Pos, Option<VideoId>), Vec<Recorded>>,
    whole: BTreeMap<Pos, Pos>,
}

impl Undos {
    /// Those of these answers, newest first, that still hold.
    pub(super) fn of<'a>(answers: impl IntoIterator<Item = &'a Answer>) -> Self {
        let mut undos = Self::default();
        for Answer { recorded, whole } in answers {
            // All that could have taken it back is newer, and noted by now.
            if undos.what_took_back(recorded).is_some() {
                continue;
            }
            if *whole {
                undos.whole.insert(recorded.caused_by, recorded.batch);
            } else {
                let key = (recorded.caused_by, recorded.event.video());
                undos.changes.entry(key).or_default().push(recorded.clone());
            }
        }
        undos
    }

    /// The batch that took this change back, and holds.
    pub(super) fn what_took_back(&self, change: &Recorded) -> Option<Pos> {
        [change.pos, change.batch].into_iter().find_map(|back| {
            // A part of a batch is never as much as is passed over.
            let whole = self.whole.get(&back).filter(|_| back == change.batch).copied();
            whole.or_else(|| self.part(back, &change.event))
        })
    }

    fn part(&self, back: Pos, event: &Event) -> Option<Pos> {
        let video = event.video();
        let last = if video.is_some() { None } else { VideoId::new(u32::MAX).ok() };
        // What is about no one video may be taken back by what is about many, and the other way round.
        let listed = self.changes.range((back, None)..=(back, last)).flat_map(|(_, changes)| changes);
        let of_it = self.changes.get(&(back, video)).filter(|_| video.is_some()).into_iter().flatten();
        of_it.chain(listed).find(|undo| same_thing(&undo.event, event)).map(|undo| undo.batch)
    }
}

/// The answers among what came after the position `after`, newest first, as far as one request reads.
pub(super) fn later(reader: &dyn LogReader, wanted: Wanted<'_>, after: Pos) -> Result<Vec<Answer>, ReadError> {
    let answer = |recorded| Answer { recorded, whole: false };
    if let Some(video) = wanted.filter.video {
        let newest = reader.read_video(video, Pos::MAX, wanted.most)?;
        let later = newest.into_iter().filter(|recorded| recorded.caused_by != 0 && recorded.pos > after);
        return Ok(later.map(answer).collect());
    }
    let (answers, _) = next(reader, after, wanted.most)?;
    Ok(answers)
}

/// The answers among the next `most` records, newest first, and whether there are no more records than that.
pub(super) fn next(reader: &dyn LogReader, after: Pos, most: usize) -> Result<(Vec<Answer>, bool), ReadError> {
    let (mut answers, mut reached, mut read) = (Vec::new(), after, 0);
    while read < most {
        let run = reader.read(reached, RUN.min(most - read))?;
        let Some(last) = run.last() else { break };
        reached = last.pos;
        read += run.len();
        let some = run.into_iter().filter(|recorded| recorded.caused_by != 0);
        answers.extend(some.map(|recorded| Answer { recorded, whole: false }));
    }
    answers.reverse();
    Ok((answers, read < most))
}

/// Whether an undo that says the one can have taken the other back.
fn same_thing(undo: &Event, event: &Event) -> bool {
    let same_video = undo.video() == event.video();
    match (undo, event) {
        (Event::Tag(undo), Event::Tag(event)) => {
            let (one, other) = (tag_of(undo), tag_of(event));
            one.is_none() || other.is_none() || (same_video && one == other)
        }
        (Event::Playlist(undo), Event::Playlist(event)) => undo.playlist() == event.playlist(),
        (Event::Group(undo), Event::Group(event)) => undo.group() == event.group(),
        (Event::Image(undo), Event::Image(event)) => undo.image() == event.image(),
        (Event::Group(_), Event::Image(_)) | (Event::Image(_), Event::Group(_)) => false,
        (Event::Video(undo), Event::Video(event)) => {
            let dated = |event: &Video| matches!(event, Video::Dated { .. });
            same_video && dated(undo) == dated(event)
        }
        _ => same_video && noun(undo) == noun(event) && noun(event) != Kind::Imports,
    }
}

/// The tag of one video; nothing for a tag as a whole.
fn tag_of(event: &Tag) -> Option<String> {
    match event {
        Tag::Added { tag, .. } | Tag::Removed { tag, .. } => Some(tag.key().to_owned()),
        Tag::Renamed { .. } | Tag::Merged { .. } => None,
    }
}

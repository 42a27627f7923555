//! What people did here that an import must not undo, folded from the log.
//!
//! The state says what is; this says who made it so, also where nothing is left to see: a heart taken
//! away here stays away, however often the old catalogue is imported.

use events::event::{Favorite, Rating, Tag, View};
use events::{Cause, Event, Recorded, TagName, VideoId};
use std::collections::{HashMap, HashSet};

/// What somebody here can decide about a video.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Touch {
    /// Its rating.
    Rating,
    /// Its heart.
    Favorite,
    /// Whether it has a tag; the tag by the key it has today.
    Tag(String),
}

/// The total of views that an earlier import brought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counted {
    /// Views in all.
    pub(super) total: u64,
    /// The last of them, if it is known.
    pub(super) last_viewed_at_ms: Option<i64>,
}

/// The past, as far as an import has to respect it.
#[derive(Debug, Default)]
pub struct Past {
    touched: HashMap<Touch, HashSet<VideoId>>,
    counted: HashMap<VideoId, Counted>,
    /// Tags by the key they no longer have, and what they were renamed to or merged into.
    renamed: HashMap<String, TagName>,
}

impl Past {
    /// Learns of the next event of the log.
    pub fn fold(&mut self, record: &Recorded) {
        match &record.event {
            Event::Rating(Rating::Given { video, .. } | Rating::Cleared { video }) => {
                self.touch(Touch::Rating, *video, record.cause);
            }
            Event::Favorite(Favorite::Added { video } | Favorite::Removed { video }) => {
                self.touch(Touch::Favorite, *video, record.cause);
            }
            Event::Tag(Tag::Added { video, tag } | Tag::Removed { video, tag }) => {
                self.touch(Touch::Tag(tag.key()), *video, record.cause);
            }
            Event::Tag(Tag::Renamed { from, to } | Tag::Merged { from, into: to }) => {
                self.renamed.remove(&to.key());
                if from.key() != to.key() {
                    self.renamed.insert(from.key(), to.clone());
                    let decided = self.touched.remove(&Touch::Tag(from.key())).unwrap_or_default();
                    self.touched.entry(Touch::Tag(to.key())).or_default().extend(decided);
                }
            }
            Event::View(View::Counted { video, total, last_viewed_at_ms }) => {
                let counted = self.counted.entry(*video).or_default();
                counted.total = counted.total.max(*total);
                counted.last_viewed_at_ms = counted.last_viewed_at_ms.max(*last_viewed_at_ms);
            }
            // A total that was taken back is not known any more: a smaller one says something new.
            Event::View(View::Withdrawn { video, views, viewed_at_ms: None, last_viewed_at_ms }) => {
                let counted = self.counted.entry(*video).or_default();
                counted.total = counted.total.saturating_sub(*views);
                counted.last_viewed_at_ms = counted.last_viewed_at_ms.min(*last_viewed_at_ms);
            }
            Event::View(
                View::Started { .. } | View::RolledUp { .. } | View::Withdrawn { viewed_at_ms: Some(_), .. },
            )
            | Event::Video(_)
            | Event::Playback(_)
            | Event::Playlist(_)
            | Event::Thumbnail(_)
            | Event::Import(_)
            | Event::Maintenance(_)
            | Event::Image(_)
            | Event::Group(_)
            | Event::Redacted(_) => {}
        }
    }

    fn touch(&mut self, touch: Touch, video: VideoId, cause: Cause) {
        let decided = self.touched.entry(touch).or_default();
        if cause == Cause::Import {
            decided.remove(&video);
        } else {
            decided.insert(video);
        }
    }

    /// True if somebody here decided this last.
    pub(super) fn touched(&self, touch: &Touch, video: VideoId) -> bool {
        self.touched.get(touch).is_some_and(|videos| videos.contains(&video))
    }

    /// What imports have counted for this video so far.
    pub(super) fn counted(&self, video: VideoId) -> Counted {
        self.counted.get(&video).copied().unwrap_or_default()
    }

    /// What `tag` is called today.
    pub(super) fn tag_today(&self, tag: &TagName) -> TagName {
        // Renames cannot form a circle: a name that comes back is no longer renamed.
        let mut today = tag;
        while let Some(next) = self.renamed.get(&today.key()) {
            today = next;
        }
        today.clone()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;
    use events::{Actor, CommandId};

    fn past(events: impl IntoIterator<Item = (Cause, Tag)>) -> Past {
        let mut past = Past::default();
        for (pos, (cause, tag)) in (1..).zip(events) {
            past.fold(&Recorded {
                pos,
                recorded_at_ms: 0,
                occurred_at_ms: 0,
                batch: pos,
                cause,
                actor: Actor(0),
                command_id: CommandId::default(),
                caused_by: 0,
                event: Event::Tag(tag),
            });
        }
        past
    }

    fn tag(name: &str) -> TagName {
        TagName::new(name).unwrap()
    }

    fn renamed(from: &str, to: &str) -> (Cause, Tag) {
        (Cause::Viewer, Tag::Renamed { from: tag(from), to: tag(to) })
    }

    #[test]
    fn who_decided_last_counts() {
        let video = VideoId::new(1).unwrap();
        let added = |cause| (cause, Tag::Added { video, tag: tag("A") });
        let removed = |cause| (cause, Tag::Removed { video, tag: tag("a") });
        let touched = |events: &[(Cause, Tag)], tag: &str| {
            past(events.iter().cloned()).touched(&Touch::Tag(tag.to_owned()), video)
        };
        assert!(!touched(&[added(Cause::Import)], "a"));
        assert!(touched(&[added(Cause::Import), removed(Cause::Viewer)], "a"));
        assert!(!touched(&[removed(Cause::Viewer), added(Cause::Import)], "a"));
        assert!(touched(&[removed(Cause::Viewer), renamed("a", "b")], "b"), "a decision follows the tag's name");
    }

    #[test]
    fn a_tag_is_followed_through_its_names_and_back() {
        let today = |past: &Past, name: &str| past.tag_today(&tag(name)).as_str().to_owned();
        let past_names = past([renamed("a", "b"), (Cause::Viewer, Tag::Merged { from: tag("b"), into: tag("c") })]);
        assert_eq!(today(&past_names, "A"), "c");
        assert_eq!(today(&past_names, "d"), "d");
        let there_and_back = past([renamed("a", "b"), renamed("b", "a")]);
        assert_eq!((today(&there_and_back, "a"), today(&there_and_back, "b")), ("a".to_owned(), "a".to_owned()));
        assert_eq!(today(&past([renamed("a", "A")]), "a"), "a");
    }
}

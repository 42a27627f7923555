//! Rules for tags on one video. Equality ignores case, as everywhere.

use super::{Rejected, known};
use events::event::Tag;
use events::{Event, TagName, VideoId};
use projections::State;

/// More tags than this on one video are a mistake of some script.
const TAGS_PER_VIDEO_MAX: usize = 200;

/// Attaches `tag` to `video`.
pub(super) fn add(state: &State, video: VideoId, tag: &TagName) -> Result<Vec<Event>, Rejected> {
    known(state, video)?;
    if state.tags().has(video, tag) {
        return Ok(vec![]);
    }
    if state.tags().ids_of(video).len() >= TAGS_PER_VIDEO_MAX {
        return Err(Rejected::TooManyTags { limit: TAGS_PER_VIDEO_MAX });
    }
    Ok(vec![Event::Tag(Tag::Added { video, tag: tag.clone() })])
}

/// Takes `tag` off `video`.
pub(super) fn remove(state: &State, video: VideoId, tag: &TagName) -> Result<Vec<Event>, Rejected> {
    known(state, video)?;
    let tagged = state.tags().has(video, tag);
    Ok(if tagged { vec![Event::Tag(Tag::Removed { video, tag: tag.clone() })] } else { vec![] })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::super::given::{found, state, video};
    use super::*;

    fn named(name: &str) -> TagName {
        TagName::new(name).unwrap()
    }

    fn added(name: &str) -> Event {
        Event::Tag(Tag::Added { video: video(1), tag: named(name) })
    }

    #[test]
    fn the_same_tag_in_another_case_is_the_same_tag() {
        let tagged = state([found(1, "a.mp4"), added("Sea")]);
        assert_eq!(add(&tagged, video(1), &named("#sea")), Ok(vec![]));
        assert_eq!(add(&tagged, video(1), &named("seaside")), Ok(vec![added("seaside")]));
        let removed = Event::Tag(Tag::Removed { video: video(1), tag: named("SEA") });
        assert_eq!(remove(&tagged, video(1), &named("SEA")), Ok(vec![removed]));
        assert_eq!(remove(&tagged, video(1), &named("se")), Ok(vec![]));
    }

    #[test]
    fn tags_on_one_video_are_bounded() {
        let full = state(std::iter::once(found(1, "a.mp4")).chain((0..200).map(|n| added(&format!("t{n}")))));
        let limit = TAGS_PER_VIDEO_MAX;
        assert_eq!(add(&full, video(1), &named("one more")), Err(Rejected::TooManyTags { limit }));
        assert_eq!(add(&full, video(1), &named("T7")), Ok(vec![]));
    }
}

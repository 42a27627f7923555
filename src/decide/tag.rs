//! Rules for tags, on videos and as a whole. Equality ignores case, as everywhere.

use super::Rejected;
use events::event::Tag;
use events::{Event, TagName, VideoId};
use projections::{State, TagId};
use std::collections::BTreeMap;

/// More tags than this on one video are a mistake of some script.
const TAGS_PER_VIDEO_MAX: usize = 200;

/// What to attach and what to take off, looked up once for all videos: each tag with its identity, if
/// any video has it.
pub(super) struct Change<'a> {
    add: Vec<(&'a TagName, Option<TagId>)>,
    remove: Vec<(&'a TagName, TagId)>,
}

impl<'a> Change<'a> {
    /// This change of tags; the first spelling of each counts.
    pub(super) fn of(state: &State, add: &'a [TagName], remove: &'a [TagName]) -> Self {
        let distinct = |names: &'a [TagName]| {
            let mut by_key = BTreeMap::new();
            for name in names {
                by_key.entry(name.key()).or_insert(name);
            }
            by_key
        };
        let (add, remove) = (distinct(add), distinct(remove));
        let used = |name: &TagName| state.tags().find(name.as_str());
        let taken_off = remove.iter().filter(|(key, _)| !add.contains_key(*key));
        let remove = taken_off.filter_map(|(_, name)| Some((*name, used(name)?))).collect();
        Self { add: add.into_values().map(|name| (name, used(name))).collect(), remove }
    }

    /// Carries it out on `video`.
    pub(super) fn on(&self, state: &State, video: VideoId) -> Result<Vec<Event>, Rejected> {
        let has = state.tags().ids_of(video);
        let missing = self.add.iter().filter(|(_, id)| id.is_none_or(|id| !has.contains(&id)));
        let surplus = self.remove.iter().filter(|(_, id)| has.contains(id));
        let added = missing.map(|(tag, _)| Tag::Added { video, tag: TagName::clone(tag) });
        let mut events: Vec<Event> = added.map(Event::Tag).collect();
        let more = events.len();
        events.extend(surplus.map(|(tag, _)| Event::Tag(Tag::Removed { video, tag: TagName::clone(tag) })));
        let left = has.len() + more - (events.len() - more);
        if more > 0 && left > TAGS_PER_VIDEO_MAX {
            return Err(Rejected::TooManyTags { limit: TAGS_PER_VIDEO_MAX });
        }
        Ok(events)
    }
}

/// Gives the tag `from` the name `to`, which must be no other tag's, or another spelling of its own.
pub(super) fn rename(state: &State, from: &TagName, to: &TagName) -> Result<Vec<Event>, Rejected> {
    let tag = used(state, from)?;
    if state.tags().name(tag) == Some(to) {
        return Ok(vec![]);
    }
    if from.key() != to.key() && state.tags().find(to.as_str()).is_some() {
        return Err(Rejected::TagExists(to.clone()));
    }
    Ok(vec![Event::Tag(Tag::Renamed { from: from.clone(), to: to.clone() })])
}

/// Gives all videos of `from` the tag `into` instead; if nothing is called that, it is a new name.
pub(super) fn merge(state: &State, from: &TagName, into: &TagName) -> Result<Vec<Event>, Rejected> {
    used(state, from)?;
    if from.key() == into.key() || state.tags().find(into.as_str()).is_none() {
        return rename(state, from, into);
    }
    Ok(vec![Event::Tag(Tag::Merged { from: from.clone(), into: into.clone() })])
}

fn used(state: &State, tag: &TagName) -> Result<TagId, Rejected> {
    state.tags().find(tag.as_str()).ok_or_else(|| Rejected::NoSuchTag(tag.clone()))
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

    fn removed(name: &str) -> Event {
        Event::Tag(Tag::Removed { video: video(1), tag: named(name) })
    }

    fn change(state: &State, add: &[&str], remove: &[&str]) -> Result<Vec<Event>, Rejected> {
        let names = |names: &[&str]| names.iter().map(|name| named(name)).collect::<Vec<_>>();
        let (add, remove) = (names(add), names(remove));
        Change::of(state, &add, &remove).on(state, video(1))
    }

    #[test]
    fn the_same_tag_in_another_case_is_the_same_tag() {
        let tagged = state([found(1, "a.mp4"), added("Sea")]);
        assert_eq!(change(&tagged, &["#sea"], &[]), Ok(vec![]));
        assert_eq!(change(&tagged, &["seaside", "SeaSide"], &[]), Ok(vec![added("seaside")]));
        assert_eq!(change(&tagged, &[], &["SEA"]), Ok(vec![removed("SEA")]));
        assert_eq!(change(&tagged, &[], &["se"]), Ok(vec![]));
    }

    #[test]
    fn tags_come_and_go_together() {
        let tagged = state([found(1, "a.mp4"), added("sea"), added("sun")]);
        assert_eq!(change(&tagged, &["sand"], &["sea", "snow"]), Ok(vec![added("sand"), removed("sea")]));
        assert_eq!(change(&tagged, &["Sea"], &["sea"]), Ok(vec![]), "named in both lists, it is attached");
    }

    #[test]
    fn tags_on_one_video_are_bounded() {
        let full = state(std::iter::once(found(1, "a.mp4")).chain((0..200).map(|n| added(&format!("t{n}")))));
        let limit = TAGS_PER_VIDEO_MAX;
        assert_eq!(change(&full, &["one more"], &[]), Err(Rejected::TooManyTags { limit }));
        assert_eq!(change(&full, &["T7"], &[]), Ok(vec![]));
        assert_eq!(change(&full, &["one more"], &["t7"]), Ok(vec![added("one more"), removed("t7")]));
    }

    #[test]
    fn a_tag_takes_a_name_that_nobody_has() {
        let renamed = |from: &str, to: &str| Event::Tag(Tag::Renamed { from: named(from), to: named(to) });
        let tagged = state([found(1, "a.mp4"), added("Sea"), added("sun")]);
        assert_eq!(rename(&tagged, &named("sea"), &named("ocean")), Ok(vec![renamed("sea", "ocean")]));
        assert_eq!(rename(&tagged, &named("sea"), &named("SEA")), Ok(vec![renamed("sea", "SEA")]));
        assert_eq!(rename(&tagged, &named("sea"), &named("Sea")), Ok(vec![]));
        assert_eq!(rename(&tagged, &named("sea"), &named("Sun")), Err(Rejected::TagExists(named("Sun"))));
        assert_eq!(rename(&tagged, &named("snow"), &named("ice")), Err(Rejected::NoSuchTag(named("snow"))));
        let unused = state([found(1, "a.mp4"), added("sea"), added("sun"), removed("sun")]);
        assert_eq!(rename(&unused, &named("sea"), &named("sun")), Ok(vec![renamed("sea", "sun")]));
    }

    #[test]
    fn two_tags_become_one() {
        let merged = Event::Tag(Tag::Merged { from: named("sun"), into: named("SEA") });
        let tagged = state([found(1, "a.mp4"), added("sea"), added("sun")]);
        assert_eq!(merge(&tagged, &named("sun"), &named("SEA")), Ok(vec![merged]));
        assert_eq!(merge(&tagged, &named("sun"), &named("sun")), Ok(vec![]));
        assert_eq!(merge(&tagged, &named("snow"), &named("sea")), Err(Rejected::NoSuchTag(named("snow"))));
        let renamed = Event::Tag(Tag::Renamed { from: named("sun"), to: named("light") });
        assert_eq!(merge(&tagged, &named("sun"), &named("light")), Ok(vec![renamed]));
    }
}

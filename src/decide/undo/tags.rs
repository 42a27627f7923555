//! Taking changes of tags back: for each video and tag, whether the video has it. Renaming and merging
//! are changes of that for many videos at once, and of how a tag is written.

use super::Back;
use super::preview::{Fact, Noun, Step, Why};
use events::event::Tag;
use events::{Event, Recorded, TagName, VideoId};
use projections::State;
use std::collections::BTreeMap;

/// The videos that may have got or lost a tag, by the key of the tag.
type Touched = BTreeMap<String, (TagName, std::collections::BTreeSet<VideoId>)>;

pub(super) fn take_back(back: &mut Back<'_>, events: &[Recorded]) {
    let happened: Vec<&Tag> = events.iter().filter_map(|recorded| tag_event(&recorded.event)).collect();
    if let [Tag::Renamed { from, to }] = happened.as_slice()
        && rename_back(back, from, to)
    {
        return;
    }
    let mut touched = Touched::new();
    for tag in happened {
        match tag {
            Tag::Added { video, tag } | Tag::Removed { video, tag } => touch(&mut touched, tag, [*video]),
            Tag::Renamed { from, to } | Tag::Merged { from, into: to } => {
                let moved = videos(back.before, from).chain(videos(back.after, to));
                let moved: Vec<VideoId> = moved.collect();
                touch(&mut touched, from, moved.iter().copied());
                touch(&mut touched, to, moved);
                spelling(back, from);
            }
        }
    }
    for (name, videos) in touched.into_values() {
        membership(back, &name, videos);
    }
}

fn tag_event(event: &Event) -> Option<&Tag> {
    if let Event::Tag(tag) = event { Some(tag) } else { None }
}

fn touch(touched: &mut Touched, tag: &TagName, videos: impl IntoIterator<Item = VideoId>) {
    touched.entry(tag.key()).or_insert_with(|| (tag.clone(), Default::default())).1.extend(videos);
}

/// The videos that have `tag`.
fn videos(state: &State, tag: &TagName) -> impl Iterator<Item = VideoId> {
    let videos = state.tags().find(tag.as_str()).and_then(|id| state.tags().videos(id));
    videos.into_iter().flatten().filter_map(|number| VideoId::new(number).ok())
}

/// How `tag` is written, while any video has it.
fn written(state: &State, tag: &TagName) -> Option<TagName> {
    state.tags().find(tag.as_str()).and_then(|id| state.tags().name(id)).cloned()
}

/// Takes the new name of a tag back as a whole, if it has the same videos still: one event, however many
/// videos that are. False if that is not all there is to it.
fn rename_back(back: &mut Back<'_>, from: &TagName, to: &TagName) -> bool {
    let whole = from.key() != to.key()
        && videos(back.before, to).next().is_none()
        && videos(back.now, from).next().is_none()
        && videos(back.now, to).next().is_some()
        && videos(back.now, to).eq(videos(back.after, to));
    if whole {
        let was = written(back.before, from).unwrap_or_else(|| from.clone());
        let is = written(back.now, to).unwrap_or_else(|| to.clone());
        back.goes(Step { of: Noun::Tag(is.clone()), fact: name(&is, &was) });
        back.happens(Event::Tag(Tag::Renamed { from: is, to: was }), None);
    }
    whole
}

/// The change of a tag's name.
fn name(from: &TagName, to: &TagName) -> Fact {
    Fact::Name { from: from.to_string(), to: to.to_string() }
}

/// Writes a tag as it was written before, if all that changed was that.
fn spelling(back: &mut Back<'_>, tag: &TagName) {
    let [before, after, now] = [back.before, back.after, back.now].map(|state| written(state, tag));
    if let (Some(was), Some(_), Some(is)) = (&before, &after, &now)
        && back.returns([&before, &after, &now], || Step { of: Noun::Tag(is.clone()), fact: name(is, was) })
    {
        back.happens(Event::Tag(Tag::Renamed { from: is.clone(), to: was.clone() }), None);
    }
}

/// Gives `tag` back to the videos that had it, and takes it from those that had not.
fn membership(back: &mut Back<'_>, tag: &TagName, videos: impl IntoIterator<Item = VideoId>) {
    let known = [back.before, back.after, back.now].map(|state| (state, state.tags().find(tag.as_str())));
    let was = written(back.before, tag).unwrap_or_else(|| tag.clone());
    for video in videos {
        let has = |(state, id): (&State, Option<_>)| id.is_some_and(|id| state.tags().ids_of(video).contains(&id));
        let [before, after, now] = known.map(has);
        let step = || Step { of: Noun::Video(video), fact: Fact::Tagged { tag: was.clone(), to: before } };
        if !back.is_known(video) {
            if before != after && now == before {
                back.preview.already += 1;
            } else if before != after {
                back.stays(step(), Why::Forgotten);
            }
        } else if back.returns([&before, &after, &now], step) {
            let tag = was.clone();
            let event = if before { Tag::Added { video, tag } } else { Tag::Removed { video, tag } };
            back.happens(Event::Tag(event), None);
        }
    }
}

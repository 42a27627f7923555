//! Rules for changing many videos alike: one video or five thousand are the same command.
//!
//! What cannot be changed is left out and counted. Only when nothing at all is left is the command
//! refused, for the reason of the first video left out.

use super::{Change, Decision, Edit, Rejected, favorite, known, playlist, rating, revision, tag};
use events::{Event, VideoId};
use projections::State;
use std::collections::BTreeSet;

/// What `edit` leads to.
pub(super) fn decide(state: &State, edit: &Edit) -> Result<Decision, Rejected> {
    if let Some(seen) = edit.only_if {
        revision::check(state, edit, seen)?;
    }
    let videos = &edit.videos;
    match &edit.change {
        Change::Rate(stars) => {
            each(state, videos, |video| Ok(rating::give(state, video, *stars).into_iter().collect()))
        }
        Change::ClearRating => each(state, videos, |video| Ok(rating::clear(state, video).into_iter().collect())),
        Change::AddFavorite => each(state, videos, |video| Ok(favorite::add(state, video).into_iter().collect())),
        Change::RemoveFavorite => each(state, videos, |video| Ok(favorite::remove(state, video).into_iter().collect())),
        Change::Tag { add, remove } => {
            let change = tag::Change::of(state, add, remove);
            each(state, videos, |video| change.on(state, video))
        }
        Change::AddToPlaylist(list) => playlist::add(state, *list, videos),
    }
}

/// What `rule` says about each of `videos`, once.
fn each(
    state: &State,
    videos: &[VideoId],
    rule: impl Fn(VideoId) -> Result<Vec<Event>, Rejected>,
) -> Result<Decision, Rejected> {
    let mut decision = Decision::default();
    let mut first = None;
    let videos: BTreeSet<VideoId> = videos.iter().copied().collect();
    for video in &videos {
        match known(state, *video).and_then(|()| rule(*video)) {
            Ok(events) => decision.events.extend(events),
            Err(rejected) => {
                decision.skipped += 1;
                first.get_or_insert(rejected);
            }
        }
    }
    match first {
        Some(rejected) if decision.skipped == videos.len() as u64 => Err(rejected),
        Some(_) | None => Ok(decision),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::super::given::{found, state, video};
    use super::*;
    use events::event::{Rating, Tag, Video};
    use events::{Stars, TagName};

    fn rate(videos: &[u32], stars: u8) -> Edit {
        let change = Change::Rate(Stars::new(stars).unwrap());
        Edit { videos: videos.iter().map(|number| video(*number)).collect(), change, only_if: None }
    }

    fn given(number: u32, stars: u8) -> Event {
        Event::Rating(Rating::Given { video: video(number), stars: Stars::new(stars).unwrap() })
    }

    #[test]
    fn many_videos_are_one_change_and_each_counts_once() {
        let three = state([found(1, "a.mp4"), found(2, "b.mp4"), found(3, "c.mp4"), given(2, 4)]);
        let decision = decide(&three, &rate(&[3, 1, 2, 3], 4)).unwrap();
        assert_eq!(decision, Decision { events: vec![given(1, 4), given(3, 4)], skipped: 0, ..Decision::default() });
    }

    #[test]
    fn unknown_videos_are_left_out_and_counted() {
        let two = state([found(1, "a.mp4"), found(2, "b.mp4"), Event::Video(Video::Forgotten { video: video(2) })]);
        let decision = decide(&two, &rate(&[1, 2, 9], 4)).unwrap();
        assert_eq!(decision, Decision { events: vec![given(1, 4)], skipped: 2, ..Decision::default() });
        assert_eq!(decide(&two, &rate(&[2, 9], 4)), Err(Rejected::NoSuchVideo(video(2))));
        assert_eq!(decide(&two, &rate(&[], 4)), Ok(Decision::default()));
    }

    #[test]
    fn full_videos_are_left_out_and_counted() {
        let named = |name: &str| TagName::new(name).unwrap();
        let tags = (0..200).map(|n| Event::Tag(Tag::Added { video: video(1), tag: named(&format!("t{n}")) }));
        let full = state([found(1, "a.mp4"), found(2, "b.mp4")].into_iter().chain(tags));
        let edit = |videos: &[u32]| Edit {
            change: Change::Tag { add: vec![named("sea")], remove: vec![] },
            ..rate(videos, 1)
        };
        let added = Event::Tag(Tag::Added { video: video(2), tag: named("sea") });
        assert_eq!(
            decide(&full, &edit(&[1, 2])),
            Ok(Decision { events: vec![added], skipped: 1, ..Decision::default() })
        );
        assert_eq!(decide(&full, &edit(&[1])), Err(Rejected::TooManyTags { limit: 200 }));
    }

    #[test]
    fn a_change_can_depend_on_what_was_seen() {
        let rated = state([found(1, "a.mp4"), given(1, 3)]);
        let seen = revision::rating(&rated, video(1));
        let edit = |only_if| Edit { only_if: Some(only_if), ..rate(&[1], 5) };
        assert_eq!(decide(&rated, &edit(seen)), Ok(vec![given(1, 5)].into()));
        let later = state([found(1, "a.mp4"), given(1, 4)]);
        assert_eq!(decide(&later, &edit(seen)), Err(Rejected::Changed));
        assert_eq!(decide(&state([]), &edit(seen)), Err(Rejected::NoSuchVideo(video(1))), "gone is not changed");
    }
}

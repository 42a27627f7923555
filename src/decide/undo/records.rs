//! Taking back that a video is known at all: a record that an import left without a file, and a video that was forgotten.
//!
//! A record is given up again if its file has not turned up and nothing else happened to it since. Where files are is
//! never taken back.

use super::preview::{Fact, Noun, Step, Why};
use super::{Back, Recorded, videos};
use events::event::{Playlist, Video};
use events::values::ItemId;
use events::{Cause, Event, PlaylistId, VideoId};
use projections::{Presence, State};
use std::collections::{BTreeSet, HashSet};

/// Whether this was read off the disk.
pub(super) fn of_disk(event: &Video, cause: Cause) -> bool {
    match event {
        Video::Found { root, .. } => !root.is_empty(),
        Video::Probed { .. } | Video::Moved { .. } | Video::Changed { .. } | Video::Returned { .. } => true,
        // An import says of each of its records that there is no file, and that goes with the record.
        Video::Vanished { .. } => cause != Cause::Import,
        Video::Dated { .. } | Video::Forgotten { .. } | Video::Remembered { .. } => false,
    }
}

/// Videos that the batch forgot are known again.
pub(super) fn remember(back: &mut Back<'_>, events: &[Recorded]) {
    let touched = about(events, |event| matches!(event, Video::Forgotten { .. }));
    for video in touched {
        let values = [back.before, back.after, back.now].map(|state| known(state, video));
        if let [before, after, now] = &values
            && *before
            && back.returns([before, after, now], || exists(video, true))
        {
            back.remembered.insert(video);
            let since_ms = match back.before.videos().get(video).map(|video| video.presence) {
                Some(Presence::Missing { since_ms }) => Some(since_ms),
                Some(Presence::Present | Presence::Forgotten) | None => None,
            };
            back.happens(Event::Video(Video::Remembered { video }), since_ms);
        }
    }
}

/// Videos that are known only by the batch are forgotten. Comes after everything else that goes back.
pub(super) fn forget(back: &mut Back<'_>, events: &[Recorded]) {
    let by_batch = |event: &Video| match event {
        Video::Found { root, .. } => root.is_empty(),
        Video::Remembered { .. } => true,
        Video::Probed { .. }
        | Video::Moved { .. }
        | Video::Changed { .. }
        | Video::Vanished { .. }
        | Video::Returned { .. }
        | Video::Dated { .. }
        | Video::Forgotten { .. } => false,
    };
    let touched = about(events, by_batch);
    if touched.is_empty() {
        return;
    }
    let listed = listed_since(back, &touched);
    for video in touched {
        let [before, after, now] = [back.before, back.after, back.now].map(|state| known(state, video));
        if before || !after {
            continue;
        }
        let missing =
            back.now.videos().get(video).is_some_and(|known| matches!(known.presence, Presence::Missing { .. }));
        if !now {
            back.preview.already += 1;
        } else if !missing {
            back.stays(exists(video, false), Why::FileFound);
        } else if listed.contains(&video) || !left_alone(back, video) {
            back.stays(exists(video, false), Why::ChangedSince);
        } else {
            back.goes(exists(video, false));
            back.happens(Event::Video(Video::Forgotten { video }), None);
        }
    }
}

fn about(events: &[Recorded], wanted: impl Fn(&Video) -> bool) -> BTreeSet<VideoId> {
    let chosen = |recorded: &Recorded| {
        let Event::Video(event) = &recorded.event else { return None };
        recorded.event.video().filter(|_| wanted(event))
    };
    events.iter().filter_map(chosen).collect()
}

fn exists(video: VideoId, to: bool) -> Step {
    Step { of: Noun::Video(video), fact: Fact::Exists { to } }
}

fn known(state: &State, video: VideoId) -> bool {
    crate::decide::is_known(state, video)
}

/// Whether nothing but the batch, and what took parts of it back, has happened to `video`.
fn left_alone(back: &Back<'_>, video: VideoId) -> bool {
    fn same<T: PartialEq>(back: &Back<'_>, value: impl Fn(&State) -> T) -> bool {
        let now = value(back.now);
        now == value(back.after) || now == value(back.before)
    }
    let views = |state: &State| (state.views().get(video).count, state.views().get(video).last_viewed_at_ms);
    let tags = |state: &State| -> Vec<String> { state.tags().of(video).iter().map(|tag| tag.key()).collect() };
    same(back, |state| videos::stars(state, video))
        && same(back, |state| state.favorites().contains(video))
        && same(back, |state| videos::resume(state, video))
        && same(back, |state| state.thumbnails().chosen_ms(video))
        && same(back, views)
        && same(back, tags)
}

/// Those of `videos` that will stand in a playlist in which the batch did not find them.
fn listed_since(back: &Back<'_>, videos: &BTreeSet<VideoId>) -> HashSet<VideoId> {
    let mut gone: HashSet<(PlaylistId, Option<ItemId>)> = HashSet::new();
    for event in &back.decision.events {
        if let Event::Playlist(Playlist::ItemRemoved { playlist, item }) = event {
            gone.insert((*playlist, Some(*item)));
        } else if let Event::Playlist(Playlist::Deleted { playlist }) = event {
            gone.insert((*playlist, None));
        }
    }
    let before: HashSet<(PlaylistId, ItemId)> =
        back.before.playlists().iter().flat_map(|list| list.items.iter().map(|item| (list.id, item.id))).collect();
    let lists = back.now.playlists().iter().filter(|list| !gone.contains(&(list.id, None)));
    let items = lists.flat_map(|list| list.items.iter().map(|item| (list.id, item)));
    let stays = items.filter(|(list, item)| {
        videos.contains(&item.video) && !gone.contains(&(*list, Some(item.id))) && !before.contains(&(*list, item.id))
    });
    stays.map(|(_, item)| item.video).collect()
}

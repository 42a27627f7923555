//! Taking back what was said about single videos: stars, hearts, resume positions, chosen covers, dates. The hearts of
//! images go the same way.

use super::preview::{Fact, Noun, Step};
use super::{Back, Recorded};
use events::event::{Favorite, Image, Playback, Rating, Thumbnail, Video};
use events::{Event, ImageId, VideoId};
use projections::{Progress, State};
use std::collections::BTreeSet;

pub(super) fn take_back(back: &mut Back<'_>, events: &[Recorded]) {
    let touched = Touched::by(events);
    touched.dates.into_iter().for_each(|video| date(back, video));
    touched.ratings.into_iter().for_each(|video| rating(back, video));
    touched.favorites.into_iter().for_each(|video| favorite(back, video));
    touched.playback.into_iter().for_each(|video| playback(back, video));
    touched.covers.into_iter().for_each(|video| cover(back, video));
    touched.images.into_iter().for_each(|image| image_heart(back, image));
}

/// The facts that a batch may have changed, each once.
#[derive(Default)]
struct Touched {
    dates: BTreeSet<VideoId>,
    ratings: BTreeSet<VideoId>,
    favorites: BTreeSet<VideoId>,
    playback: BTreeSet<VideoId>,
    covers: BTreeSet<VideoId>,
    images: BTreeSet<ImageId>,
}

impl Touched {
    fn by(events: &[Recorded]) -> Self {
        let mut touched = Self::default();
        for recorded in events {
            let facts = match &recorded.event {
                Event::Video(Video::Dated { .. }) => &mut touched.dates,
                Event::Rating(_) => &mut touched.ratings,
                Event::Favorite(_) => &mut touched.favorites,
                Event::Playback(_) => &mut touched.playback,
                Event::Thumbnail(Thumbnail::Chosen { .. } | Thumbnail::Automatic { .. }) => &mut touched.covers,
                Event::Image(Image::Favored { image } | Image::Unfavored { image }) => {
                    touched.images.insert(*image);
                    continue;
                }
                // The others have rules of their own, or are never taken back.
                Event::Tag(_)
                | Event::Playlist(_)
                | Event::Video(_)
                | Event::View(_)
                | Event::Thumbnail(_)
                | Event::Image(_)
                | Event::Group(_)
                | Event::Redacted(_)
                | Event::Maintenance(_)
                | Event::Import(_) => continue,
            };
            facts.extend(recorded.event.video());
        }
        touched
    }
}

fn date(back: &mut Back<'_>, video: VideoId) {
    let added = |state: &State| state.videos().get(video).map(|known| known.added_at_ms);
    let fact = |from: &Option<i64>, to: &Option<i64>| Fact::Added {
        from_ms: from.unwrap_or_default(),
        to_ms: to.unwrap_or_default(),
    };
    // A record that the batch made has no date to go back to.
    if let Some(added_at_ms) = added(back.before)
        && back.returns_of(video, added, fact)
    {
        back.happens(Event::Video(Video::Dated { video, added_at_ms }), None);
    }
}

pub(super) fn stars(state: &State, video: VideoId) -> Option<events::Stars> {
    state.ratings().get(video).map(|rated| rated.stars)
}

fn rating(back: &mut Back<'_>, video: VideoId) {
    if back.returns_of(video, |state| stars(state, video), |from, to| Fact::Rating { from: *from, to: *to }) {
        match back.before.ratings().get(video) {
            Some(rated) => {
                let given = Rating::Given { video, stars: rated.stars };
                back.happens(Event::Rating(given), Some(rated.given_at_ms));
            }
            None => back.happens(Event::Rating(Rating::Cleared { video }), None),
        }
    }
}

fn favorite(back: &mut Back<'_>, video: VideoId) {
    if back.returns_of(video, |state| state.favorites().contains(video), |_, to| Fact::Favorite { to: *to }) {
        match back.before.favorites().added_at_ms(video) {
            // With its old date, so that it comes back where it stood among the favourites.
            Some(at_ms) => back.happens(Event::Favorite(Favorite::Added { video }), Some(at_ms)),
            None => back.happens(Event::Favorite(Favorite::Removed { video }), None),
        }
    }
}

fn playback(back: &mut Back<'_>, video: VideoId) {
    let (from, to) = (back.now.playback().get(video), back.before.playback().get(video));
    if back.returns_of(video, |state| resume(state, video), |_, _| Fact::Progress { from, to }) {
        let (event, at_ms) = match to {
            Some(Progress::Paused { position_ms, at_ms }) => (Playback::Paused { video, position_ms }, Some(at_ms)),
            Some(Progress::Finished { at_ms }) => (Playback::Finished { video }, Some(at_ms)),
            // No event says "never begun"; the very beginning is the same to people.
            None => (Playback::Paused { video, position_ms: 0 }, None),
        };
        back.happens(Event::Playback(event), at_ms);
    }
}

/// Where `video` goes on: at 0 if it was never begun, nowhere if it was finished.
pub(super) fn resume(state: &State, video: VideoId) -> Option<u64> {
    match state.playback().get(video) {
        Some(Progress::Paused { position_ms, .. }) => Some(position_ms),
        Some(Progress::Finished { .. }) => None,
        None => Some(0),
    }
}

fn cover(back: &mut Back<'_>, video: VideoId) {
    let chosen = |state: &State| state.thumbnails().chosen_ms(video);
    if back.returns_of(video, chosen, |from, to| Fact::Cover { from: *from, to: *to }) {
        let event = match chosen(back.before) {
            Some(position_ms) => Thumbnail::Chosen { video, position_ms },
            None => Thumbnail::Automatic { video },
        };
        back.happens(Event::Thumbnail(event), None);
    }
}

fn image_heart(back: &mut Back<'_>, image: ImageId) {
    let favored = |state: &State| state.images().get(image).and_then(|known| known.favored_at_ms);
    let [before, after, now] = [back.before, back.after, back.now].map(|state| favored(state).is_some());
    let step = || Step { of: Noun::Image(image), fact: Fact::Favorite { to: before } };
    if back.returns([&before, &after, &now], step) {
        match favored(back.before) {
            Some(at_ms) => back.happens(Event::Image(Image::Favored { image }), Some(at_ms)),
            None => back.happens(Event::Image(Image::Unfavored { image }), None),
        }
    }
}

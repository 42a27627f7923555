//! Rules for stars: the last rating given stands, and giving it again changes nothing.

use events::event::Rating;
use events::{Event, Stars, VideoId};
use projections::State;

/// Gives `video` that many stars.
pub(super) fn give(state: &State, video: VideoId, stars: Stars) -> Option<Event> {
    let same = state.ratings().get(video).is_some_and(|rated| rated.stars == stars);
    (!same).then_some(Event::Rating(Rating::Given { video, stars }))
}

/// Takes the rating of `video` away.
pub(super) fn clear(state: &State, video: VideoId) -> Option<Event> {
    state.ratings().get(video).map(|_| Event::Rating(Rating::Cleared { video }))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::super::given::{found, state, video};
    use super::super::{Change, Decision, Edit, Rejected, edit};
    use super::*;
    use events::event::Video;

    fn given_stars(stars: u8) -> Event {
        Event::Rating(Rating::Given { video: video(1), stars: Stars::new(stars).unwrap() })
    }

    #[test]
    fn stars_are_given_once() {
        let four = Stars::new(4).unwrap();
        assert_eq!(give(&state([found(1, "a.mp4")]), video(1), four), Some(given_stars(4)));
        assert_eq!(give(&state([found(1, "a.mp4"), given_stars(4)]), video(1), four), None);
        assert_eq!(give(&state([found(1, "a.mp4"), given_stars(3)]), video(1), four), Some(given_stars(4)));
    }

    #[test]
    fn clearing_needs_something_to_clear() {
        let cleared = Event::Rating(Rating::Cleared { video: video(1) });
        assert_eq!(clear(&state([found(1, "a.mp4")]), video(1)), None);
        assert_eq!(clear(&state([found(1, "a.mp4"), given_stars(3)]), video(1)), Some(cleared));
    }

    #[test]
    fn a_missing_video_can_be_rated_a_forgotten_one_cannot() {
        let give = |state| edit::decide(&state, &Edit::one(video(1), Change::Rate(Stars::new(1).unwrap())));
        let missing = state([found(1, "a.mp4"), Event::Video(Video::Vanished { video: video(1) })]);
        assert_eq!(give(missing), Ok(Decision::from(vec![given_stars(1)])));
        let forgotten = state([found(1, "a.mp4"), Event::Video(Video::Forgotten { video: video(1) })]);
        assert_eq!(give(forgotten), Err(Rejected::NoSuchVideo(video(1))));
        assert_eq!(give(state([])), Err(Rejected::NoSuchVideo(video(1))));
    }
}

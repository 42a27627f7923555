//! Rules for stars: the last rating given stands, and giving it again changes nothing.

use super::{Rejected, known};
use events::event::Rating;
use events::{Event, Stars, VideoId};
use projections::State;

/// Gives `video` that many stars.
pub(super) fn give(state: &State, video: VideoId, stars: Stars) -> Result<Vec<Event>, Rejected> {
    known(state, video)?;
    let same = state.ratings().get(video).is_some_and(|rated| rated.stars == stars);
    Ok(if same { vec![] } else { vec![Event::Rating(Rating::Given { video, stars })] })
}

/// Takes the rating of `video` away.
pub(super) fn clear(state: &State, video: VideoId) -> Result<Vec<Event>, Rejected> {
    known(state, video)?;
    let rated = state.ratings().get(video).is_some();
    Ok(if rated { vec![Event::Rating(Rating::Cleared { video })] } else { vec![] })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::super::given::{found, state, video};
    use super::*;
    use events::event::Video;

    fn given_stars(stars: u8) -> Event {
        Event::Rating(Rating::Given { video: video(1), stars: Stars::new(stars).unwrap() })
    }

    #[test]
    fn stars_are_given_once() {
        let four = Stars::new(4).unwrap();
        assert_eq!(give(&state([found(1, "a.mp4")]), video(1), four), Ok(vec![given_stars(4)]));
        assert_eq!(give(&state([found(1, "a.mp4"), given_stars(4)]), video(1), four), Ok(vec![]));
        assert_eq!(give(&state([found(1, "a.mp4"), given_stars(3)]), video(1), four), Ok(vec![given_stars(4)]));
    }

    #[test]
    fn clearing_needs_something_to_clear() {
        let cleared = Event::Rating(Rating::Cleared { video: video(1) });
        assert_eq!(clear(&state([found(1, "a.mp4")]), video(1)), Ok(vec![]));
        assert_eq!(clear(&state([found(1, "a.mp4"), given_stars(3)]), video(1)), Ok(vec![cleared]));
    }

    #[test]
    fn a_missing_video_can_be_rated_a_forgotten_one_cannot() {
        let one = Stars::new(1).unwrap();
        let missing = state([found(1, "a.mp4"), Event::Video(Video::Vanished { video: video(1) })]);
        assert_eq!(give(&missing, video(1), one), Ok(vec![given_stars(1)]));
        let forgotten = state([found(1, "a.mp4"), Event::Video(Video::Forgotten { video: video(1) })]);
        assert_eq!(give(&forgotten, video(1), one), Err(Rejected::NoSuchVideo(video(1))));
        assert_eq!(clear(&state([]), video(9)), Err(Rejected::NoSuchVideo(video(9))));
    }
}

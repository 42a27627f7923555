//! Rules for the heart: on or off, and asking for what is already so changes nothing.

use events::event::Favorite;
use events::{Event, VideoId};
use projections::State;

/// Makes `video` a favourite.
pub(super) fn add(state: &State, video: VideoId) -> Option<Event> {
    (!state.favorites().contains(video)).then_some(Event::Favorite(Favorite::Added { video }))
}

/// Makes `video` no longer a favourite.
pub(super) fn remove(state: &State, video: VideoId) -> Option<Event> {
    state.favorites().contains(video).then_some(Event::Favorite(Favorite::Removed { video }))
}

#[cfg(test)]
mod tests {
    use super::super::given::{found, state, video};
    use super::*;

    #[test]
    fn the_heart_is_on_or_off() {
        let added = Event::Favorite(Favorite::Added { video: video(1) });
        let removed = Event::Favorite(Favorite::Removed { video: video(1) });
        let plain = state([found(1, "a.mp4")]);
        let loved = state([found(1, "a.mp4"), added.clone()]);
        assert_eq!(add(&plain, video(1)), Some(added));
        assert_eq!(add(&loved, video(1)), None);
        assert_eq!(remove(&loved, video(1)), Some(removed));
        assert_eq!(remove(&plain, video(1)), None);
    }
}

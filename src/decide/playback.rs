//! Rules for the resume position: the last one stands, whichever device it came from.

use super::{Rejected, known};
use events::event::Playback;
use events::{Event, VideoId};
use projections::{Progress, State};

/// Remembers how far `video` was played; never beyond its end, as far as that is known.
pub(super) fn pause(state: &State, video: VideoId, position_ms: u64) -> Result<Vec<Event>, Rejected> {
    known(state, video)?;
    let duration_ms = state.videos().get(video).and_then(|known| known.duration_ms);
    let position_ms = position_ms.min(duration_ms.unwrap_or(u64::MAX));
    let same = match state.playback().get(video) {
        Some(Progress::Paused { position_ms: known_ms, .. }) => known_ms == position_ms,
        Some(Progress::Finished { .. }) => false,
        // Whoever stops at the beginning has not begun.
        None => position_ms == 0,
    };
    Ok(if same { vec![] } else { vec![Event::Playback(Playback::Paused { video, position_ms })] })
}

/// Remembers that `video` was watched to its end.
pub(super) fn finish(state: &State, video: VideoId) -> Result<Vec<Event>, Rejected> {
    known(state, video)?;
    let finished = matches!(state.playback().get(video), Some(Progress::Finished { .. }));
    Ok(if finished { vec![] } else { vec![Event::Playback(Playback::Finished { video })] })
}

#[cfg(test)]
mod tests {
    use super::super::given::{found, state, video};
    use super::*;
    use events::event::Video;

    fn paused(position_ms: u64) -> Event {
        Event::Playback(Playback::Paused { video: video(1), position_ms })
    }

    #[test]
    fn the_last_position_stands() {
        let plain = state([found(1, "a.mp4")]);
        let halfway = state([found(1, "a.mp4"), paused(5_000)]);
        assert_eq!(pause(&plain, video(1), 5_000), Ok(vec![paused(5_000)]));
        assert_eq!(pause(&plain, video(1), 0), Ok(vec![]));
        assert_eq!(pause(&halfway, video(1), 5_000), Ok(vec![]));
        assert_eq!(pause(&halfway, video(1), 0), Ok(vec![paused(0)]), "back to the beginning");
        assert_eq!(pause(&plain, video(2), 5_000), Err(Rejected::NoSuchVideo(video(2))));
    }

    #[test]
    fn nobody_gets_beyond_the_end() {
        let (video_codec, audio_codec) = (String::new(), String::new());
        let probed = Video::Probed {
            video: video(1),
            duration_ms: 9_000,
            width: 1,
            height: 1,
            video_codec,
            audio_codec,
            details: Default::default(),
        };
        let known = state([found(1, "a.mp4"), Event::Video(probed)]);
        assert_eq!(pause(&known, video(1), u64::MAX), Ok(vec![paused(9_000)]));
    }

    #[test]
    fn a_video_is_finished_once_and_can_be_begun_again() {
        let finished = Event::Playback(Playback::Finished { video: video(1) });
        let seen = state([found(1, "a.mp4"), paused(5_000), finished.clone()]);
        assert_eq!(finish(&state([found(1, "a.mp4"), paused(5_000)]), video(1)), Ok(vec![finished]));
        assert_eq!(finish(&seen, video(1)), Ok(vec![]));
        assert_eq!(pause(&seen, video(1), 1_000), Ok(vec![paused(1_000)]));
        assert_eq!(finish(&seen, video(2)), Err(Rejected::NoSuchVideo(video(2))));
    }
}

//! Rules for views: one for each time somebody sits down to watch, not one for each reload.

use super::{Asked, Rejected, known};
use events::event::View;
use events::{Event, VideoId};
use projections::State;

/// A device that starts the same video again within this time is still the same viewing.
const RELOAD_WITHIN_MS: i64 = 30_000;

/// Counts a view of `video`.
pub(super) fn start(state: &State, video: VideoId, asked: Asked) -> Result<Vec<Event>, Rejected> {
    known(state, video)?;
    let last = state.views().get(video);
    let reload = last.last_actor == Some(asked.actor)
        && last.last_viewed_at_ms.is_some_and(|at_ms| (0..RELOAD_WITHIN_MS).contains(&(asked.now_ms - at_ms)));
    Ok(if reload { vec![] } else { vec![Event::View(View::Started { video })] })
}

#[cfg(test)]
mod tests {
    use super::super::given::{found, state, video};
    use super::*;
    use events::Actor;

    #[test]
    fn a_reload_is_not_another_view() {
        let started = Event::View(View::Started { video: video(1) });
        // Recorded as the second event: at 2 ms, by device 7.
        let watched = state([found(1, "a.mp4"), started.clone()]);
        let again = |now_ms, actor| start(&watched, video(1), Asked { now_ms, actor: Actor(actor) });
        assert_eq!(again(30_001, 7), Ok(vec![]));
        assert_eq!(again(30_002, 7), Ok(vec![started.clone()]));
        assert_eq!(again(3, 8), Ok(vec![started.clone()]), "another device is another viewer");
        assert_eq!(again(1, 7), Ok(vec![started]), "a clock that ran backwards does not swallow views");
    }
}

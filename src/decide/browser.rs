//! Rules for taking over what a browser remembered for the gallery that was here before: it fills gaps
//! and never overwrites, so that sending it again, from any device, changes nothing.

use super::{Decision, is_known};
use events::event::{Import, Playback, View};
use events::{Event, VideoId};
use projections::State;
use std::collections::BTreeMap;

/// What is shown as the source of such an import.
const SOURCE: &str = "a browser";

/// What a browser remembered. Names that are no video's are sorted out by whoever builds this.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BrowserData {
    /// Where each video was left, in ms.
    pub positions: Vec<(VideoId, u64)>,
    /// When each video was last played, ms since the epoch.
    pub played: Vec<(VideoId, i64)>,
    /// How many records named no video; for the record.
    pub unknown: u64,
}

/// Takes over what is not known better.
pub(super) fn import(state: &State, data: &BrowserData) -> Decision {
    let mut facts = Vec::new();
    // Of several records of one video, the last one stands, or the latest.
    for (video, position_ms) in data.positions.iter().copied().collect::<BTreeMap<_, _>>() {
        let paused = Event::Playback(Playback::Paused { video, position_ms });
        let fresh = is_known(state, video) && state.playback().get(video).is_none() && position_ms > 0;
        facts.extend(fresh.then_some(paused));
    }
    let mut played: BTreeMap<VideoId, i64> = BTreeMap::new();
    for (video, at_ms) in data.played.iter().copied() {
        let latest = played.entry(video).or_insert(at_ms);
        *latest = at_ms.max(*latest);
    }
    for (video, at_ms) in played {
        let known = state.views().get(video);
        // Played is viewed at least once; beyond that it says nothing of how often.
        let counted = View::Counted { video, total: u64::from(known.count == 0), last_viewed_at_ms: Some(at_ms) };
        let fresh = is_known(state, video) && known.last_viewed_at_ms < Some(at_ms);
        facts.extend(fresh.then_some(Event::View(counted)));
    }
    if facts.is_empty() {
        return Decision::default();
    }
    let accepted = facts.len() as u64;
    let unchanged = (data.positions.len() + data.played.len()) as u64 - accepted;
    let mut events = vec![Event::Import(Import::Started { source: SOURCE.into() })];
    events.extend(facts);
    events.push(Event::Import(Import::Finished { accepted, unchanged, rejected: data.unknown }));
    events.into()
}

#[cfg(test)]
mod tests {
    use super::super::given::{found, state, video};
    use super::*;

    fn paused(number: u32, position_ms: u64) -> Event {
        Event::Playback(Playback::Paused { video: video(number), position_ms })
    }

    fn counted(number: u32, total: u64, at_ms: i64) -> Event {
        Event::View(View::Counted { video: video(number), total, last_viewed_at_ms: Some(at_ms) })
    }

    #[test]
    fn gaps_are_filled_and_nothing_is_overwritten() {
        let known = vec![
            found(1, "a.mp4"),
            found(2, "b.mp4"),
            paused(2, 7),
            // Watched at 4 ms.
            Event::View(View::Started { video: video(2) }),
        ];
        let data = BrowserData {
            positions: vec![(video(1), 5_000), (video(2), 9_000), (video(9), 1)],
            played: vec![(video(1), 30), (video(1), 20), (video(2), 3), (video(2), 5)],
            unknown: 2,
        };
        let events = import(&state(known.clone()), &data).events;
        let facts = [paused(1, 5_000), counted(1, 1, 30), counted(2, 0, 5)];
        let started = Event::Import(Import::Started { source: SOURCE.into() });
        let finished = Event::Import(Import::Finished { accepted: 3, unchanged: 4, rejected: 2 });
        assert_eq!(events, [vec![started], facts.to_vec(), vec![finished]].concat());
        let after = state(known.into_iter().chain(events));
        assert_eq!(import(&after, &data), Decision::default(), "sent again, it changes nothing");
        assert_eq!((after.views().get(video(2)).count, after.anomalies()), (1, 0));
    }
}

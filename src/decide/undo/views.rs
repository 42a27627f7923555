//! Taking views back. They add up, so views that came since are in nobody's way: what is compared is whether those of the
//! batch still count.
//!
//! The total of an import is a fact like any other: it goes back if no later import raised it.

use super::preview::{Fact, Noun, Step, Why};
use super::{Back, Recorded};
use events::event::View;
use events::{Event, VideoId};
use projections::{State, Viewed};
use std::collections::BTreeMap;

/// More views of one video in one millisecond than this nobody had; no more are counted again at once.
const AGAIN_MAX: u64 = 1_000;

/// How many views a batch counted at each moment; negative where it took some back.
type Moments = BTreeMap<i64, i64>;

pub(super) fn take_back(back: &mut Back<'_>, events: &[Recorded]) {
    let mut touched: BTreeMap<VideoId, Moments> = BTreeMap::new();
    for recorded in events {
        let Event::View(view) = &recorded.event else { continue };
        match view {
            View::Started { video } => {
                *touched.entry(*video).or_default().entry(recorded.occurred_at_ms).or_default() += 1;
            }
            View::Withdrawn { video, views, viewed_at_ms: Some(at_ms), .. } => {
                let count = touched.entry(*video).or_default().entry(*at_ms).or_default();
                *count = count.saturating_sub_unsigned(*views);
            }
            View::Counted { video, .. } | View::Withdrawn { video, viewed_at_ms: None, .. } => {
                touched.entry(*video).or_default();
            }
            View::RolledUp { .. } => {}
        }
    }
    for (video, moments) in touched {
        one(back, video, &moments);
    }
}

/// How much of what a batch counted at one moment still has to go back.
struct Left {
    at_ms: i64,
    /// To take back.
    withdrawn: u64,
    /// To count again.
    again: u64,
}

fn left(back: &Back<'_>, video: VideoId, at_ms: i64, counted: i64) -> Left {
    let [after, now] = [back.after, back.now].map(|state| state.views().withdrawn(video, at_ms));
    let size = counted.unsigned_abs();
    let (withdrawn, again) = if counted > 0 {
        (size.saturating_sub(now.saturating_sub(after)), 0)
    } else {
        (0, size.saturating_sub(after.saturating_sub(now)).min(AGAIN_MAX))
    };
    Left { at_ms, withdrawn, again }
}

fn one(back: &mut Back<'_>, video: VideoId, moments: &Moments) {
    let [before, after, now]: [Viewed; 3] = [back.before, back.after, back.now].map(|state| state.views().get(video));
    let lefts: Vec<Left> = moments.iter().map(|(at_ms, counted)| left(back, video, *at_ms, *counted)).collect();
    let withdrawn: u64 = lefts.iter().map(|left| left.withdrawn).sum();
    let again: u64 = lefts.iter().map(|left| left.again).sum();
    let raised = before.imported != after.imported;
    let imported = if raised && now.imported == after.imported { before.imported } else { now.imported };
    let count = (now.count - now.imported).saturating_sub(withdrawn) + again;
    let count = count.saturating_add(imported);
    let raised_again = raised && now.imported != after.imported && now.imported != before.imported;
    let last = last_viewed(back, video, [before, after, now]);
    // The date of a total that stays stays with it.
    let last = if raised_again { now.last_viewed_at_ms } else { last };
    let of = Noun::Video(video);
    let fact = if withdrawn + again > 0 || imported != now.imported {
        Fact::Views { from: now.count, to: count }
    } else if last != now.last_viewed_at_ms {
        Fact::LastViewed { from: now.last_viewed_at_ms, to: last }
    } else if raised_again {
        back.stays(Step { of, fact: Fact::Views { from: now.count, to: before.count } }, Why::ChangedSince);
        return;
    } else {
        back.preview.already += 1;
        return;
    };
    let step = Step { of, fact };
    if !back.is_known(video) {
        back.stays(step, Why::Forgotten);
        return;
    }
    back.goes(step);
    happen(back, video, &lefts, (now.imported, imported), last);
}

/// The events: first what takes away, because what counts again can only make the last time later.
fn happen(back: &mut Back<'_>, video: VideoId, lefts: &[Left], (from, to): (u64, u64), last: Option<i64>) {
    let take =
        |views, viewed_at_ms| Event::View(View::Withdrawn { video, views, viewed_at_ms, last_viewed_at_ms: last });
    for left in lefts.iter().filter(|left| left.withdrawn > 0) {
        back.happens(take(left.withdrawn, Some(left.at_ms)), None);
    }
    let nothing_else = lefts.iter().all(|left| left.withdrawn + left.again == 0);
    if from > to {
        back.happens(take(from - to, None), None);
    } else if from < to {
        back.happens(Event::View(View::Counted { video, total: to, last_viewed_at_ms: last }), None);
    } else if nothing_else && last > back.now.views().get(video).last_viewed_at_ms {
        back.happens(Event::View(View::Counted { video, total: 0, last_viewed_at_ms: last }), None);
    } else if nothing_else {
        back.happens(take(0, None), None);
    }
    for left in lefts {
        for _ in 0..left.again {
            // With its old date, so that it is the same view.
            back.happens(Event::View(View::Started { video }), Some(left.at_ms));
        }
    }
}

/// When `video` will have been last viewed.
fn last_viewed(back: &Back<'_>, video: VideoId, [before, after, now]: [Viewed; 3]) -> Option<i64> {
    if now.last_viewed_at_ms != after.last_viewed_at_ms {
        return now.last_viewed_at_ms;
    }
    // What was the last one before it may have been taken back since: then nobody knows which is the one before that.
    let counts = |at_ms: &i64| withdrawn(back.now, video, *at_ms) <= withdrawn(back.before, video, *at_ms);
    before.last_viewed_at_ms.filter(counts).filter(|_| now.imported >= after.imported)
}

fn withdrawn(state: &State, video: VideoId, at_ms: i64) -> u64 {
    state.views().withdrawn(video, at_ms)
}

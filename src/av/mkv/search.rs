//! To a time without an index: clusters are looked for where they should be, and then nearer and nearer.

use super::walk::{Cluster, SEARCH_BYTES, SEARCH_STEP, cluster_after, cluster_at, cluster_before};
use crate::Error;
use crate::window::Window;

/// After so many looks the place is near enough: each second one halves what is left.
const MAX_LOOKS: usize = 30;
/// So many bytes without a cluster, and the file is not whole: a download that goes on, for one.
const MAX_BYTES_IN_VAIN: u64 = 64 << 20;

/// Where clusters are, and until when.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Range {
    /// Where the first one is in the file.
    pub(crate) from: u64,
    /// Where the last one ends in the file.
    pub(crate) to: u64,
    /// Ticks in all of them, as far as known.
    pub(crate) ticks: i64,
}

/// The last cluster that begins at a time or before it; else the first one. Nothing if there are none.
pub(crate) fn cluster_for(window: &mut Window, range: Range, ticks: i64) -> Result<Option<Cluster>, Error> {
    let first = match cluster_at(window, range.from)? {
        Some(first) => Some(first),
        None => cluster_after(window, range.from, range.to)?,
    };
    let Some(mut best) = first else { return Ok(None) };
    // Between `best` and `low` no cluster begins; those from `high` on are too late.
    let (mut low, mut high) = (best.body, (range.to, range.ticks));
    let mut in_vain = 0;
    for look in 0..MAX_LOOKS {
        if best.ticks >= ticks || low >= high.0 || in_vain > MAX_BYTES_IN_VAIN {
            break;
        }
        if let Some(next) = next_cluster(window, best, range.to)? {
            if next.ticks > ticks {
                break;
            }
            best = next;
            low = low.max(next.body);
        }
        let near = high.0.saturating_sub(low) <= SEARCH_STEP;
        let guess = match look % 2 {
            _ if near => high.0,
            0 => between((best.place.max(low), best.ticks), high, ticks),
            _ => low + high.0.saturating_sub(low) / 2,
        };
        match cluster_before(window, low, guess)? {
            Some(found) if found.ticks > ticks => high = (found.place, found.ticks),
            Some(found) => (best, low) = (found, guess),
            None => (in_vain, low) = (in_vain + guess.saturating_sub(low).min(SEARCH_BYTES), guess),
        }
    }
    Ok(Some(best))
}

/// The last cluster there is.
pub(crate) fn last_cluster(window: &mut Window, range: Range) -> Result<Option<Cluster>, Error> {
    cluster_before(window, range.from, range.to)
}

fn next_cluster(window: &mut Window, cluster: Cluster, end: u64) -> Result<Option<Cluster>, Error> {
    match cluster.end {
        Some(next) if next < end => cluster_at(window, next),
        Some(_) | None => Ok(None),
    }
}

/// Where a time should be, if all seconds are of a size.
fn between(low: (u64, i64), high: (u64, i64), ticks: i64) -> u64 {
    let all = high.1.saturating_sub(low.1).max(1) as f64;
    let part = (ticks.saturating_sub(low.1) as f64 / all).clamp(0.0, 1.0);
    let bytes = high.0.saturating_sub(low.0);
    // A little further, because the cluster wanted begins before the place of its time.
    low.0.saturating_add((bytes as f64 * part) as u64).saturating_add(1).min(high.0)
}

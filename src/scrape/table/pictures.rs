//! The pictures made of videos, and who makes them.

use super::super::Facts;
use super::super::Family;
use super::super::Kind::{Counter, Gauge};
use events::VideoId;
use projections::Thumbnail;
use std::collections::BTreeMap;

pub(super) const FAMILIES: &[Family] = &[
    Family {
        name: "lvs_thumbnails",
        kind: Gauge,
        labels: &["state"],
        help: "Videos with a cover (made), those that wait for one (pending), and those that none could be made of (failed).",
        read: |facts, samples| {
            let pictures = facts.state.thumbnails();
            samples.number(&["made"], pictures.made());
            samples.number(&["pending"], pictures.pending().len());
            samples.number(&["failed"], pictures.failed().len());
        },
    },
    Family {
        name: "lvs_thumbnails_failed",
        kind: Gauge,
        labels: &["stage"],
        help: "Videos that no cover could be made of, by how far it got: open, probe, decode, encode, store, or other.",
        read: |facts, samples| {
            let failed = by_stage(facts);
            STAGES.iter().for_each(|stage| samples.number(&[stage], failed.get(stage).copied().unwrap_or(0)));
        },
    },
    Family {
        name: "lvs_storyboards_pending",
        kind: Gauge,
        labels: &[],
        help: "Videos that wait for a storyboard.",
        read: |facts, samples| samples.number(&[], facts.state.thumbnails().pending_storyboards().len()),
    },
    Family {
        name: "lvs_thumbnail_tasks_total",
        kind: Counter,
        labels: &["decoder", "outcome"],
        help: "Covers and storyboards that were made, and failures, by what looked into the file, since the log began.",
        read: |facts, samples| {
            for (decoder, tally) in facts.state.thumbnails().tallies() {
                samples.number(&[decoder, "cover"], tally.covers);
                samples.number(&[decoder, "storyboard"], tally.storyboards);
                samples.number(&[decoder, "failure"], tally.failures);
            }
        },
    },
    Family {
        name: "lvs_thumbnail_task_seconds_total",
        kind: Counter,
        labels: &["decoder", "outcome"],
        help: "How long the covers and storyboards took that were made, since the log began.",
        read: |facts, samples| {
            for (decoder, tally) in facts.state.thumbnails().tallies() {
                samples.seconds(&[decoder, "cover"], tally.covers_ms);
                samples.seconds(&[decoder, "storyboard"], tally.storyboards_ms);
            }
        },
    },
    Family {
        name: "lvs_thumbnail_workers",
        kind: Gauge,
        labels: &["state"],
        help: "Those who make pictures: at work (working), or not (resting).",
        read: |facts, samples| {
            let (total, working) = (facts.workers.total, facts.workers.working);
            samples.number(&["working"], working as u64);
            samples.number(&["resting"], total.saturating_sub(working) as u64);
        },
    },
    Family {
        name: "lvs_thumbnail_workers_stopped",
        kind: Gauge,
        labels: &[],
        help: "Whether no pictures can be made at the moment, such as for lack of room; /admin says why.",
        read: |facts, samples| samples.truth(&[], facts.workers.trouble.is_some()),
    },
    Family {
        name: "lvs_thumbnail_store_bytes",
        kind: Gauge,
        labels: &[],
        help: "What the pictures take on the disk.",
        read: |facts, samples| samples.number(&[], facts.store.bytes()),
    },
    Family {
        name: "lvs_thumbnail_store_limit_bytes",
        kind: Gauge,
        labels: &[],
        help: "What they may take, by the settings.",
        read: |facts, samples| samples.number(&[], facts.store.max_bytes()),
    },
    Family {
        name: "lvs_thumbnail_store_evictions_total",
        kind: Counter,
        labels: &[],
        help: "Pictures deleted since the start for others to have room.",
        read: |facts, samples| samples.number(&[], facts.store.evicted()),
    },
];

/// How far the making of a cover can get. What an older version called otherwise is `other`.
const STAGES: [&str; 6] = ["open", "probe", "decode", "encode", "store", "other"];

fn by_stage(facts: &Facts) -> BTreeMap<&'static str, u64> {
    let pictures = facts.state.thumbnails();
    let mut failed = BTreeMap::new();
    for video in pictures.failed().iter().filter_map(|number| VideoId::new(number).ok()) {
        let stage = match pictures.get(video) {
            Thumbnail::Failed(failure) => STAGES.into_iter().find(|stage| *stage == failure.stage).unwrap_or("other"),
            Thumbnail::Missing | Thumbnail::Made(_) => continue,
        };
        *failed.entry(stage).or_insert(0) += 1;
    }
    failed
}

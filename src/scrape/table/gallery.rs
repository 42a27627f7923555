//! The log, what is known from it, and the library folders.

use super::super::Family;
use super::super::Kind::{Counter, Gauge, Histogram};
use super::super::text::Durations;
use crate::status::{RootState, RootStatus, Watching};

pub(super) const FAMILIES: &[Family] = &[
    Family {
        name: "lvs_log_position",
        kind: Gauge,
        labels: &[],
        help: "The position of the last event of the log.",
        read: |facts, samples| samples.number(&[], facts.state.pos()),
    },
    Family {
        name: "lvs_log_last_event_timestamp_seconds",
        kind: Gauge,
        labels: &[],
        help: "When the last event was written; 0 before the first.",
        read: |facts, samples| samples.moment(&[], facts.state.recorded_at_ms()),
    },
    Family {
        name: "lvs_log_writable",
        kind: Gauge,
        labels: &[],
        help: "Whether changes are written; where they are not, /readyz says why.",
        read: |facts, samples| samples.truth(&[], facts.writer.state == "writing"),
    },
    Family {
        name: "lvs_writer_queued",
        kind: Gauge,
        labels: &[],
        help: "Changes that wait to be written.",
        read: |facts, samples| samples.number(&[], facts.writer.queued),
    },
    Family {
        name: "lvs_writer_failures_total",
        kind: Counter,
        labels: &[],
        help: "Batches that could not be written, and attempts to erase that failed.",
        read: |facts, samples| samples.number(&[], facts.writer.failures),
    },
    Family {
        name: "lvs_writer_commit_duration_seconds",
        kind: Histogram,
        labels: &[],
        help: "How long it took to append a batch of changes to the log and to have it on the disk.",
        read: |facts, samples| samples.durations(&[], Durations::of(&facts.totals.commit)),
    },
    Family {
        name: "lvs_writer_apply_duration_seconds",
        kind: Histogram,
        labels: &[],
        help: "How long it took to decide a batch of changes and to apply it to what is known.",
        read: |facts, samples| samples.durations(&[], Durations::of(&facts.totals.apply)),
    },
    Family {
        name: "lvs_log_verified_timestamp_seconds",
        kind: Gauge,
        labels: &["whole"],
        help: "When somebody last had the log verified, and whether it was found to be whole; not there before.",
        read: |facts, samples| {
            if let Some(verified) = facts.writer.verified {
                samples.moment(&[if verified.whole { "true" } else { "false" }], verified.at.0);
            }
        },
    },
    Family {
        name: "lvs_projection_anomalies",
        kind: Gauge,
        labels: &[],
        help: "Events that said something impossible, such as a second file at one place.",
        read: |facts, samples| samples.number(&[], facts.state.anomalies()),
    },
    Family {
        name: "lvs_videos",
        kind: Gauge,
        labels: &["state"],
        help: "Videos that are there (present), and those that are known but whose file is gone (missing).",
        read: |facts, samples| {
            samples.number(&["present"], facts.state.videos().present().len());
            samples.number(&["missing"], facts.state.videos().missing().len());
        },
    },
    Family {
        name: "lvs_videos_bytes",
        kind: Gauge,
        labels: &[],
        help: "The size of all videos that are there.",
        read: |facts, samples| samples.number(&[], facts.storage.videos_bytes),
    },
    Family {
        name: "lvs_images",
        kind: Gauge,
        labels: &[],
        help: "Images that are there.",
        read: |facts, samples| samples.number(&[], facts.state.images().present().len()),
    },
    Family {
        name: "lvs_tags",
        kind: Gauge,
        labels: &[],
        help: "Tags in use.",
        read: |facts, samples| samples.number(&[], facts.state.tags().all().len() as u64),
    },
    Family {
        name: "lvs_playlists",
        kind: Gauge,
        labels: &[],
        help: "Playlists.",
        read: |facts, samples| samples.number(&[], facts.state.playlists().len() as u64),
    },
    Family {
        name: "lvs_folder_state",
        kind: Gauge,
        labels: &["folder", "state"],
        help: "1 for how a library folder is doing: scanning, ok, refused (too much is missing to be believed), unreadable, \
               or unwritten; 0 for all else. Folders are numbered from 1 in the order of the settings.",
        read: |facts, samples| {
            for (folder, root) in numbered(&facts.roots) {
                let now = name(&root.state);
                STATES.iter().for_each(|state| samples.truth(&[&folder, state], *state == now));
            }
        },
    },
    Family {
        name: "lvs_folder_watched",
        kind: Gauge,
        labels: &["folder"],
        help: "Whether the system reports changes in a library folder; where it does not, it is looked through now and then.",
        read: |facts, samples| {
            for (folder, root) in numbered(&facts.roots) {
                samples.truth(&[&folder], root.watching == Watching::Events);
            }
        },
    },
    Family {
        name: "lvs_folder_files",
        kind: Gauge,
        labels: &["folder"],
        help: "Video files in a library folder.",
        read: |facts, samples| {
            for (folder, root) in numbered(&facts.roots) {
                samples.number(&[&folder], root.files as u64);
            }
        },
    },
    Family {
        name: "lvs_folder_unreadable_entries",
        kind: Gauge,
        labels: &["folder"],
        help: "Things in a library folder that cannot be read.",
        read: |facts, samples| {
            for (folder, root) in numbered(&facts.roots) {
                samples.number(&[&folder], root.troubles as u64);
            }
        },
    },
    Family {
        name: "lvs_folder_scan_duration_seconds",
        kind: Gauge,
        labels: &["folder"],
        help: "How long the last look through a library folder took.",
        read: |facts, samples| {
            for (folder, root) in numbered(&facts.roots) {
                samples.seconds(&[&folder], root.took_ms);
            }
        },
    },
    Family {
        name: "lvs_folder_last_scan_timestamp_seconds",
        kind: Gauge,
        labels: &["folder"],
        help: "When a library folder was last read from end to end; not there before the first time.",
        read: |facts, samples| {
            for (folder, root) in numbered(&facts.roots) {
                if let Some(at_ms) = root.last_scan_at_ms {
                    samples.moment(&[&folder], at_ms);
                }
            }
        },
    },
];

/// What [`RootState`] is called.
const STATES: [&str; 5] = ["scanning", "ok", "refused", "unreadable", "unwritten"];

fn name(state: &RootState) -> &'static str {
    match state {
        RootState::Scanning => "scanning",
        RootState::Ok => "ok",
        RootState::Refused(_) => "refused",
        RootState::Unreadable(_) => "unreadable",
        RootState::Unwritten(_) => "unwritten",
    }
}

/// The folders with their numbers: a path would tell more than a number has to.
fn numbered(roots: &[RootStatus]) -> impl Iterator<Item = (String, &RootStatus)> {
    (1..).map(|number: usize| number.to_string()).zip(roots)
}

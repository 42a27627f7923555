//! Jobs, the disk of the data folder, and the process.

use super::super::Family;
use super::super::Kind::{Counter, Gauge};
use crate::status::jobs::JobState;

pub(super) const FAMILIES: &[Family] = &[
    Family {
        name: "lvs_jobs_running",
        kind: Gauge,
        labels: &[],
        help: "Jobs that somebody asked for on /admin, and that run.",
        read: |facts, samples| {
            let running = facts.jobs.iter().filter(|job| job.state == JobState::Running);
            samples.number(&[], running.count() as u64);
        },
    },
    Family {
        name: "lvs_log_bytes",
        kind: Gauge,
        labels: &[],
        help: "What the log takes on the disk.",
        read: |facts, samples| samples.number(&[], facts.storage.log_bytes),
    },
    Family {
        name: "lvs_checkpoints_bytes",
        kind: Gauge,
        labels: &[],
        help: "What the checkpoints take on the disk.",
        read: |facts, samples| samples.number(&[], facts.storage.checkpoints_bytes),
    },
    Family {
        name: "lvs_numbers_bytes",
        kind: Gauge,
        labels: &[],
        help: "What the numbers take that are kept for the charts of /admin.",
        read: |facts, samples| samples.number(&[], facts.storage.numbers_bytes),
    },
    Family {
        name: "lvs_disk_free_bytes",
        kind: Gauge,
        labels: &[],
        help: "What is left on the disk of the data folder for this program.",
        read: |facts, samples| facts.storage.free_bytes.into_iter().for_each(|bytes| samples.number(&[], bytes)),
    },
    Family {
        name: "lvs_disk_bytes",
        kind: Gauge,
        labels: &[],
        help: "The size of that disk.",
        read: |facts, samples| facts.storage.disk_bytes.into_iter().for_each(|bytes| samples.number(&[], bytes)),
    },
    Family {
        name: "process_resident_memory_bytes",
        kind: Gauge,
        labels: &[],
        help: "Memory the process holds, without the children that look into video files.",
        read: |facts, samples| samples.number(&[], facts.process.rss_bytes),
    },
    Family {
        name: "process_cpu_seconds_total",
        kind: Counter,
        labels: &[],
        help: "Time of processors the process used, without its children.",
        read: |facts, samples| samples.seconds(&[], facts.process.cpu_ms),
    },
    Family {
        name: "process_open_fds",
        kind: Gauge,
        labels: &[],
        help: "Files and sockets it has open.",
        read: |facts, samples| samples.number(&[], facts.process.open_files),
    },
    Family {
        name: "process_max_fds",
        kind: Gauge,
        labels: &[],
        help: "How many it may have open.",
        read: |facts, samples| samples.number(&[], facts.process.open_files_max),
    },
    Family {
        name: "process_threads",
        kind: Gauge,
        labels: &[],
        help: "Its threads.",
        read: |facts, samples| samples.number(&[], facts.process.threads),
    },
    Family {
        name: "process_start_time_seconds",
        kind: Gauge,
        labels: &[],
        help: "When it was started.",
        read: |facts, samples| {
            samples.moment(&[], facts.now_ms.saturating_sub_unsigned(facts.process.uptime_ms));
        },
    },
    Family {
        name: "lvs_build_info",
        kind: Gauge,
        labels: &["version"],
        help: "Always 1; its label is the version of the program.",
        read: |_, samples| samples.number(&[env!("CARGO_PKG_VERSION")], 1),
    },
];

//! The card of the process: what it takes of the machine.

use super::Level;
use crate::metrics::Process;
use serde::Serialize;
use utoipa::ToSchema;

/// What this program takes of the machine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[schema(as = ProcessCard)]
pub struct Card {
    /// How well it is.
    pub level: Level,
    /// The version of the program.
    #[schema(example = "0.1.0")]
    pub version: &'static str,
    /// How long it has been running.
    #[schema(example = 86_400_000)]
    pub uptime_ms: u64,
    /// The memory it holds.
    #[schema(example = 120_000_000)]
    pub rss_bytes: u64,
    /// The time of a processor it used since the start, all threads together.
    #[schema(example = 42_000)]
    pub cpu_ms: u64,
    /// How much of one processor that is, on average since the start, in percent.
    #[schema(example = 1)]
    pub cpu_percent: Option<u64>,
    /// Its threads.
    #[schema(example = 14)]
    pub threads: u64,
    /// Files and sockets it has open.
    #[schema(example = 40)]
    pub open_files: u64,
    /// How many it may have open.
    #[schema(example = 1_024)]
    pub open_files_max: u64,
}

impl Card {
    /// The card of what a process takes.
    #[must_use]
    pub fn of(process: Process) -> Self {
        let Process { rss_bytes, cpu_ms, open_files, open_files_max, threads, uptime_ms } = process;
        let crowded = open_files_max > 0 && open_files >= open_files_max / 10 * 8;
        Self {
            level: if crowded { Level::Warn } else { Level::Good },
            version: env!("CARGO_PKG_VERSION"),
            uptime_ms,
            rss_bytes,
            cpu_ms,
            cpu_percent: cpu_ms.saturating_mul(100).checked_div(uptime_ms),
            threads,
            open_files,
            open_files_max,
        }
    }
}

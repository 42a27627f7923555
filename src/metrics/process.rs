//! What this process takes of the machine, as Linux tells it in `/proc`. Elsewhere all of it is 0.

use std::fs;

/// How many ticks the kernel counts in a second; the same on every Linux that Rust knows.
const TICKS_PER_SECOND: u64 = 100;

/// What the process takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Process {
    /// Memory it holds, in bytes.
    pub rss_bytes: u64,
    /// Time of a processor it used, in ms.
    pub cpu_ms: u64,
    /// Files and sockets it has open.
    pub open_files: u64,
    /// How many it may have open.
    pub open_files_max: u64,
    /// Its threads.
    pub threads: u64,
    /// How long it has been running, in ms.
    pub uptime_ms: u64,
}

/// What it takes now.
#[must_use]
pub fn now() -> Process {
    let read = |name: &str| fs::read_to_string(name).unwrap_or_default();
    let stat = read("/proc/self/stat");
    let open_files = fs::read_dir("/proc/self/fd").map_or(0, |files| files.count() as u64);
    of(&stat, &read("/proc/self/status"), &read("/proc/self/limits"), &read("/proc/uptime"), open_files)
}

/// Reads what the files of the kernel say.
fn of(stat: &str, status: &str, limits: &str, uptime: &str, open_files: u64) -> Process {
    // The name of the program, in brackets, may hold anything; the fields after it are numbers.
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let field = |number: usize| fields.get(number).and_then(|field| field.parse::<u64>().ok()).unwrap_or_default();
    let (user, system, started) = (field(11), field(12), field(19));
    let ms = |ticks: u64| ticks.saturating_mul(1000 / TICKS_PER_SECOND);
    let up_s: f64 = uptime.split_whitespace().next().and_then(|up| up.parse().ok()).unwrap_or_default();
    Process {
        rss_bytes: number_after(status, "VmRSS:").saturating_mul(1024),
        cpu_ms: ms(user.saturating_add(system)),
        open_files,
        open_files_max: number_after(limits, "Max open files"),
        threads: field(17),
        uptime_ms: ((up_s * 1000.0) as u64).saturating_sub(ms(started)),
    }
}

/// The first number after this `label`.
fn number_after(text: &str, label: &str) -> u64 {
    let rest = text.split_once(label).map(|(_, rest)| rest).unwrap_or_default();
    rest.split_whitespace().next().and_then(|number| number.parse().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_of_the_kernel_are_understood() {
        let stat = "77 (a) b (c) S 1 77 77 0 -1 4194560 1 0 0 0 250 50 0 0 20 0 9 0 3000 1 2 3";
        let status = "Name:\tx\nVmPeak:\t  9 kB\nVmRSS:\t   2048 kB\n";
        let limits = "Limit  Soft Limit  Hard Limit  Units\nMax open files            1024   4096  files\n";
        let process = of(stat, status, limits, "100.50 7.00\n", 5);
        let expected = Process {
            rss_bytes: 2 << 20,
            cpu_ms: 3_000,
            open_files: 5,
            open_files_max: 1024,
            threads: 9,
            uptime_ms: 70_500,
        };
        assert_eq!(process, expected);
        assert_eq!(of("", "", "", "", 0), Process::default());
    }

    #[test]
    fn this_process_takes_something() {
        let process = now();
        assert!(process.rss_bytes > 0 && process.threads > 0 && process.open_files > 0, "{process:?}");
        assert!(process.open_files_max >= process.open_files, "{process:?}");
    }
}

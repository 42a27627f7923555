//! What the child takes from itself before it touches a file. All of it is inherited by what it starts.

use super::made::Task;
use rustix::process::{Resource, Rlimit, Signal, getrlimit, nice, set_parent_process_death_signal, setrlimit};
use rustix::time::{ClockId, clock_gettime};
use std::io;
use std::time::Duration;

/// The memory it may ask for, in bytes of address space: a key frame of 8K film and what belongs to it takes less.
pub(super) const MEMORY_BYTES: u64 = 1 << 30;

/// What must be in the environment when it starts: the allocator sets this many KiB of addresses aside at a time. Its own
/// choice, a GiB, would not fit below [`MEMORY_BYTES`].
pub(super) const ALLOCATOR: (&str, &str) = ("MIMALLOC_ARENA_RESERVE", "65536");

/// Open files: the standard three, the socket, the film, and what ffmpeg opens while it starts.
const OPEN_FILES: u64 = 32;

/// Processor time for one task. Less than the wall clock allows, so that work ends here and only waiting ends there.
pub(super) const fn cpu(task: Task) -> Duration {
    match task {
        Task::Probe => Duration::from_secs(10),
        Task::Cover { .. } => Duration::from_secs(20),
        Task::Storyboard => Duration::from_secs(120),
    }
}

/// Puts the limits on this process.
///
/// # Errors
/// Whatever the system says; then nothing should be decoded here.
pub(super) fn apply() -> io::Result<()> {
    // If memory runs out all over the machine, this is what it can do without. Not every system lets us say so.
    let _: io::Result<()> = std::fs::write("/proc/self/oom_score_adj", "1000");
    set_parent_process_death_signal(Some(Signal::KILL))?;
    for (resource, limit) in
        [(Resource::As, MEMORY_BYTES), (Resource::Nofile, OPEN_FILES), (Resource::Core, 0), (Resource::Fsize, 0)]
    {
        lower(resource, limit)?;
    }
    // The disk follows: without a priority of its own, that of a process comes from how nice it is (ioprio_set(2)).
    nice(19)?;
    Ok(())
}

/// Lowers a limit for good. One that is lower already stays.
fn lower(resource: Resource, limit: u64) -> io::Result<()> {
    let highest = getrlimit(resource).maximum.map_or(limit, |highest| highest.min(limit));
    setrlimit(resource, Rlimit { current: Some(highest), maximum: Some(highest) })?;
    Ok(())
}

/// From here on there is processor time for `task`; beyond it the system ends this process with `SIGXCPU`.
///
/// # Errors
/// Whatever the system says.
pub(super) fn allow(task: Task) -> io::Result<()> {
    let used = clock_gettime(ClockId::ProcessCPUTime).tv_sec.unsigned_abs();
    let highest = getrlimit(Resource::Cpu).maximum;
    // Whole seconds are counted, and one may have begun.
    let limit = used.saturating_add(cpu(task).as_secs()).saturating_add(1);
    let limit = highest.map_or(limit, |highest| highest.min(limit));
    setrlimit(Resource::Cpu, Rlimit { current: Some(limit), maximum: highest })?;
    Ok(())
}

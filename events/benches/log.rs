//! What the log costs: `cargo bench -p events --bench log`, or only a part of it with one more word:
//! `codec`, `commit`, `loaded`, `appended`. Needs about 500 MB in the folder for temporary files; times
//! of commits mean something only next to the raw fdatasync of the same disk.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark prints, and ends at the first error")]

use events::event::{Event, Favorite, Playback, Rating, Tag, Video, View};
use events::log::fjall::{FjallLog, Options};
use events::log::{EventLog as _, LoadError};
use events::values::{Actor, Fingerprint, MediaPath, RootPath, Stars, TagName, VideoId};
use events::{Cause, CommandId, Pos, Recorded, jsonl, wire};
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

const EVENTS: Pos = 1_000_000;
const VIDEOS: Pos = 100_000;

fn main() {
    // Cargo itself adds `--bench`.
    let only = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let dir = tempfile::tempdir().unwrap();
    println!("in {}", dir.path().display());
    let folder = |name: &str| only.as_ref().is_none_or(|only| only == name).then(|| dir.path().join(name));
    let _ = folder("codec").map(|_| codec());
    let _ = folder("commit").map(|folder| commits(&folder));
    let _ = folder("loaded").map(|folder| loaded(&folder));
    let _ = folder("appended").map(|folder| appended(&folder));
}

/// Opening a log that was loaded in one go.
fn loaded(folder: &Path) {
    let (_, took) =
        timed(|| FjallLog::load::<LoadError>(folder, |push| history(1..=EVENTS).try_for_each(push)).unwrap());
    rate("load", EVENTS, took);
    println!("  {} bytes an event on disk, without its journal", size_bytes(&folder.join("log")) / EVENTS);
    opening("open, events loaded", folder);
    auditing(folder);
    after(folder);
}

/// Telling all that is wrong, which is nothing.
fn auditing(folder: &Path) {
    let (audit, took) = timed(|| FjallLog::audit(folder, &mut |_| (), &|_| true).unwrap());
    assert!(audit.finished && audit.findings.is_empty());
    rate("audit", EVENTS, took);
}

/// Opening it after something that was computed a thousand events before its end.
fn after(folder: &Path) {
    let mut log = FjallLog::open(folder, &Options::default(), &mut |_| ()).unwrap();
    let start = log.stamp();
    log.append(&history(EVENTS + 1..=EVENTS + 1_000).collect::<Vec<_>>()).unwrap();
    drop(log);
    let times = (0..5).map(|_| {
        let mut events = 0;
        let begun = Instant::now();
        drop(FjallLog::open_after(folder, &Options::default(), &start, &mut |_| events += 1).unwrap());
        assert_eq!(events, 1_000);
        begun.elapsed()
    });
    spread("open after a checkpoint, 1,000 events before the end", times.collect());
}

/// The size of all files but journals, which are made at their full length.
fn size_bytes(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let sizes = entries.map(|entry| match entry.file_type().unwrap().is_dir() {
        true => size_bytes(&entry.path()),
        false if entry.path().extension().is_some_and(|end| end == "jnl") => 0,
        false => entry.metadata().unwrap().len(),
    });
    sizes.sum()
}

/// Opening a log that grew.
fn appended(folder: &Path) {
    let mut log = FjallLog::open(folder, &Options::default(), &mut |_| ()).unwrap();
    let ((), took) = timed(|| {
        for after in (0..EVENTS).step_by(1_000) {
            let batch: Vec<_> = history(after + 1..=after + 1_000).collect();
            log.append(&batch).unwrap();
        }
    });
    rate("append in batches of 1,000", EVENTS, took);
    drop(log);
    opening("open, events appended", folder);
}

/// What a commit costs, beside what the disk itself takes to make a record durable.
fn commits(folder: &Path) {
    let mut log = FjallLog::open(folder, &Options::default(), &mut |_| ()).unwrap();
    let mut file = File::create(folder.join("raw")).unwrap();
    let times = (0..1_000).map(|_| {
        let begun = Instant::now();
        file.write_all(&[7; 64]).unwrap();
        file.sync_data().unwrap();
        begun.elapsed()
    });
    spread("raw append of 64 bytes and fdatasync", times.collect());
    for (what, size, rounds) in [("append 1 event", 1, 1_000), ("append 64 events at once", 64, 1_000)] {
        let times = (0..rounds).map(|_| {
            let after = log.head().pos;
            let batch: Vec<_> = history(after + 1..=after + size).collect();
            let begun = Instant::now();
            log.append(&batch).unwrap();
            begun.elapsed()
        });
        spread(what, times.collect());
    }
}

fn opening(what: &str, folder: &Path) {
    for _ in 0..3 {
        let mut events = 0;
        let begun = Instant::now();
        let mut first = None;
        let (log, took) = timed(|| {
            FjallLog::open(folder, &Options::default(), &mut |record| {
                first.get_or_insert_with(|| begun.elapsed());
                events += u64::from(record.pos > 0);
            })
        });
        drop(log.unwrap());
        rate(&format!("{what} (first event after {:.0?})", first.unwrap_or_default()), events, took);
    }
}

/// What the forms of a record cost, without any disk.
fn codec() {
    let records: Vec<_> = history(1..=100_000).collect();
    let count = records.len() as u64;
    let (frames, took) = timed(|| records.iter().map(|record| wire::encode(record).unwrap()).collect::<Vec<_>>());
    rate("encode", count, took);
    println!("{:>60} {:.1}", "bytes of a frame", frames.iter().map(Vec::len).sum::<usize>() as f64 / count as f64);
    let (_, took) = timed(|| (1..).zip(&frames).filter_map(|(pos, frame)| wire::decode(pos, frame).unwrap()).count());
    rate("decode", count, took);
    let (lines, took) = timed(|| records.iter().map(|record| jsonl::write(record).unwrap()).collect::<Vec<_>>());
    rate("write JSON Lines", count, took);
    let (_, took) = timed(|| lines.iter().map(|line| jsonl::read(line).unwrap().pos).max());
    rate("read JSON Lines", count, took);
}

/// Time on the clock, and of all processors together: the second says more on a busy machine.
struct Took {
    clock: Duration,
    processors: Duration,
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Took) {
    let (begun, busy) = (Instant::now(), processors());
    let done = work();
    (done, Took { clock: begun.elapsed(), processors: processors() - busy })
}

/// What this process has used so far: fields 14 and 15 of proc_pid_stat(5), in hundredths of a second.
fn processors() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let (_, fields) = stat.rsplit_once(')').unwrap();
    let ticks: u64 = fields.split_whitespace().skip(11).take(2).map(|ticks| ticks.parse::<u64>().unwrap()).sum();
    Duration::from_millis(ticks * 10)
}

fn rate(what: &str, count: u64, took: Took) {
    let Took { clock, processors } = took;
    let rate = count as f64 / clock.as_secs_f64() / 1e6;
    println!("{what:>60} {clock:>8.2?}  {rate:.2} M/s, {processors:.2?} of processor time");
}

fn spread(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |part: usize| times.get(times.len() * part / 100).copied().unwrap_or_default();
    println!("{what:>60} p50 {:.1?}  p99 {:.1?}", at(50), at(99));
}

/// A library and what people did with it, the same every time.
fn history(positions: impl Iterator<Item = Pos>) -> impl Iterator<Item = Recorded> {
    positions.map(|pos| Recorded {
        pos,
        recorded_at_ms: 1_700_000_000_000 + i64::try_from(pos).unwrap() * 1_000,
        occurred_at_ms: 1_700_000_000_000 + i64::try_from(pos).unwrap() * 1_000,
        batch: pos,
        cause: Cause::Viewer,
        actor: Actor(u32::try_from(pos % 5).unwrap()),
        command_id: CommandId {
            key: pos.wrapping_mul(0x9e37_79b9_7f4a_7c15),
            body: pos.wrapping_mul(0xc2b2_ae3d_27d4_eb4f),
        },
        caused_by: 0,
        event: event(pos),
    })
}

fn event(pos: Pos) -> Event {
    let found = VideoId::new(u32::try_from(pos).unwrap()).unwrap();
    let video = VideoId::new(u32::try_from(pos * 7_919 % VIDEOS).unwrap() + 1).unwrap();
    if pos <= VIDEOS {
        return Event::Video(Video::Found {
            video: found,
            root: RootPath::new("/srv/videos"),
            path: MediaPath::new(format!("season {}/episode {pos} of a long running series.mp4", pos % 40)).unwrap(),
            size_bytes: pos * 100_000,
            modified_at_ms: 1_600_000_000_000,
            fingerprint: Some(Fingerprint { size_bytes: pos * 100_000, hash: u128::from(pos) << 64 }),
            added_at_ms: 1_600_000_000_000,
        });
    }
    match pos % 10 {
        0..4 => Event::View(View::Started { video }),
        4..6 => Event::Playback(Playback::Paused { video, position_ms: pos % 5_000_000 }),
        6 | 7 => Event::Rating(Rating::Given { video, stars: Stars::new(u8::try_from(pos % 5).unwrap() + 1).unwrap() }),
        8 => Event::Favorite(Favorite::Added { video }),
        _ => Event::Tag(Tag::Added { video, tag: TagName::new(&format!("tag {}", pos % 500)).unwrap() }),
    }
}

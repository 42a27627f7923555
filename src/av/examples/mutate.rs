//! Damages every clip in thousands of ways and does with each copy whatever is done with a file, in processes of its own,
//! so that a panic, an abort, a copy that takes too long and too much memory are each seen and counted.
//!
//! `cargo run -p av --example mutate [COPIES [FROM [CLIP...]]]`: 2,000 copies of every clip, or so many from that number on.
//! Not a test: a whole run takes half an hour. `tests/mutations.rs` is the small one.

#[path = "../tests/mutation/mod.rs"]
mod mutation;

use mutation::{CLIPS, Outcome, damaged, read, use_up};
use std::env;
use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::panic::{catch_unwind, set_hook};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

/// A copy that takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(10);
/// A process that wants more memory than this, in KiB, does not get it, and aborts.
const MEMORY_KIB: u64 = 4 << 20;

/// Panics of this process, those included that somebody caught.
static PANICS: AtomicU64 = AtomicU64::new(0);

fn main() -> io::Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let number =
        |index: usize, default: u64| arguments.get(index).and_then(|text| text.parse().ok()).unwrap_or(default);
    if let [word, clip, ..] = arguments.as_slice()
        && word == "worker"
    {
        return work(clip, number(2, 0), number(3, 0));
    }
    let (copies, from) = (number(0, 2_000), number(1, 0));
    let mut clips: Vec<&str> = arguments.iter().skip(2).map(String::as_str).collect();
    if clips.is_empty() {
        clips.extend(CLIPS);
    }
    let mut out = io::stdout();
    writeln!(out, "{}", Tally::HEAD)?;
    for clip in clips {
        let mut tally = Tally::default();
        let mut next = from;
        while next < from + copies {
            next = watch(clip, next, from + copies, &mut tally)?;
        }
        writeln!(out, "{}", tally.row(clip))?;
    }
    Ok(())
}

/// One line for each copy: its number, what became of it, panics that were caught, ms, KiB at most.
fn work(clip: &str, from: u64, to: u64) -> io::Result<()> {
    set_hook(Box::new(|panic| {
        PANICS.fetch_add(1, Ordering::Relaxed);
        let _lost = writeln!(io::stderr(), "{panic}");
    }));
    let whole = read(clip)?;
    for number in from..to {
        let copy = damaged(&whole, number);
        // Forgets the peak of the copies before.
        fs::write("/proc/self/clear_refs", "5")?;
        let (panics, begin) = (PANICS.load(Ordering::Relaxed), Instant::now());
        let outcome = match catch_unwind(move || use_up(copy, number % 10 == 0)) {
            Ok(Outcome::Picture) => "picture",
            Ok(Outcome::Refused) => "refused",
            Ok(Outcome::Endless) => "endless",
            Err(_) => "panic",
        };
        let caught = PANICS.load(Ordering::Relaxed) - panics - u64::from(outcome == "panic");
        writeln!(io::stdout(), "{number} {outcome} {caught} {} {}", begin.elapsed().as_millis(), peak_kib()?)?;
    }
    Ok(())
}

fn peak_kib() -> io::Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    Ok(line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0))
}

/// What became of the copies of one clip.
#[derive(Default)]
struct Tally {
    copies: u64,
    pictures: u64,
    refused: u64,
    panics: u64,
    caught: u64,
    signals: u64,
    hangs: u64,
    slowest_ms: u64,
    peak_kib: u64,
}

impl Tally {
    const HEAD: &str =
        "clip                   copies pictures  refused   panics   caught  signals    hangs slowest ms peak MiB";

    fn row(&self, clip: &str) -> String {
        let Self { copies, pictures, refused, panics, caught, signals, hangs, slowest_ms, peak_kib } = self;
        let peak_mib = peak_kib / 1024;
        format!(
            "{clip:22} {copies:6} {pictures:8} {refused:8} {panics:8} {caught:8} {signals:8} {hangs:8} {slowest_ms:10} {peak_mib:8}"
        )
    }

    /// Takes a line of a worker; true if it is one.
    fn count(&mut self, line: &str, clip: &str) -> bool {
        let mut words = line.split(' ');
        let number = |words: &mut std::str::Split<'_, char>| words.next().and_then(|word| word.parse::<u64>().ok());
        let (Some(copy), Some(outcome)) = (number(&mut words), words.next()) else { return false };
        let (Some(caught), Some(ms), Some(kib)) = (number(&mut words), number(&mut words), number(&mut words)) else {
            return false;
        };
        match outcome {
            "picture" => self.pictures += 1,
            "refused" => self.refused += 1,
            "endless" => self.hangs += 1,
            _ => self.panics += 1,
        }
        if caught > 0 || !["picture", "refused"].contains(&outcome) || ms > 1_000 || kib > 256 << 10 {
            let _lost =
                writeln!(io::stderr(), "{clip} {copy}: {outcome}, {caught} caught, {ms} ms, {} MiB", kib / 1024);
        }
        self.copies += 1;
        self.caught += caught;
        self.slowest_ms = self.slowest_ms.max(ms);
        self.peak_kib = self.peak_kib.max(kib);
        true
    }
}

/// Has a process work on the copies in this range; returns the number of the copy to go on with.
fn watch(clip: &str, from: u64, to: u64, tally: &mut Tally) -> io::Result<u64> {
    let limit = format!("ulimit -v {MEMORY_KIB}; exec \"$0\" \"$@\"");
    let mut child = Command::new("sh")
        .args(["-c", &limit])
        .arg(env::current_exe()?)
        .args(["worker", clip, &from.to_string(), &to.to_string()])
        .stdout(Stdio::piped())
        .spawn()?;
    let lines = lines_of(&mut child);
    let mut next = from;
    loop {
        match lines.recv_timeout(PATIENCE) {
            Ok(line) if tally.count(&line, clip) => next += 1,
            Ok(line) => return Err(io::Error::other(format!("a worker said {line}"))),
            Err(trouble) => {
                let hangs = trouble == RecvTimeoutError::Timeout;
                if hangs {
                    child.kill()?;
                }
                let end = child.wait()?;
                if let Some(code) = end.code().filter(|code| *code != 0) {
                    return Err(io::Error::other(format!("a worker gave up with code {code}")));
                }
                if next < to {
                    let _lost = writeln!(io::stderr(), "{clip} {next}: {}", if hangs { "hangs" } else { "died" });
                    tally.copies += 1;
                    tally.hangs += u64::from(hangs);
                    tally.signals += u64::from(!hangs);
                    next += 1;
                }
                return Ok(next);
            }
        }
    }
}

fn lines_of(child: &mut Child) -> Receiver<String> {
    let (sender, receiver) = channel();
    if let Some(out) = child.stdout.take() {
        thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
    }
    receiver
}

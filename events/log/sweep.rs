//! Every kind of damage to every file of a small data folder, one at a time: what is known at the start, with
//! the help of checkpoints, is the same as ever, also after the log was written to and opened again; or the damage
//! is told, when the log is opened or when all of it is read.
//!
//! Opening happens in a child process, because the storage engine can end the process on a damaged
//! file (it believes a length and allocates it); such an end is a refusal as well, without a code.
//! Bytes are sampled; `SWEEP=all` takes every one, which needs some minutes. Of 9,599 damages with fjall
//! 3.1.13, 496 left the log whole, 14 ended the process, and all others were refused.

use super::child::child;
use super::fjall::{LogFolder, Options};
use super::image::{self, Image, library, ratings};
use super::{Checkpoints, EventLog as _, OpenError, Resumed, Stamp, resume};
use crate::record::Recorded;
use crate::values::VideoId;
use std::collections::BTreeMap;
use std::env;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

const EVENTS: u64 = 26;
const SCHEMA: [u8; 32] = [7; 32];

/// Damage to one file.
#[derive(Clone, Copy, Debug)]
enum Damage {
    Flip(usize),
    Delete,
    Empty,
    Halve,
}

/// The damage to try: all of it, and single bits at a distance that depends on the file.
fn damages(image: &Image) -> Vec<(PathBuf, Damage)> {
    let all = env::var_os("SWEEP").is_some_and(|value| value == "all");
    let mut damages = Vec::new();
    for (path, content) in &image.0 {
        let distance = match path.extension().is_some_and(|end| end == "jnl") {
            _ if all => 1,
            true => 7,
            false if path.components().count() < 3 => 13,
            false => 67,
        };
        damages.extend((0..content.bytes.len()).step_by(distance).map(|at| (path.clone(), Damage::Flip(at))));
        damages.extend([Damage::Delete, Damage::Empty, Damage::Halve].map(|damage| (path.clone(), damage)));
    }
    damages
}

fn damaged(image: &Image, path: &Path, damage: Damage) -> Image {
    let mut image = image.clone();
    let content = image.0.get_mut(path).unwrap();
    match damage {
        Damage::Flip(at) => content.bytes[at] ^= 1 << (at % 8),
        Damage::Empty => content.cut(0),
        Damage::Halve => content.cut(content.bytes.len() / 2),
        Damage::Delete => drop(image.0.remove(path)),
    }
    image
}

/// A small log with a checkpoint in its middle and another near its end. What they say is how many [`ratings`] there
/// were.
fn folder() -> Image {
    let dir = tempfile::tempdir().unwrap();
    library(20, &[1]).put(dir.path());
    let (mut log, _) = image::open(dir.path()).unwrap();
    let checkpoints = Checkpoints::new(dir.path(), SCHEMA);
    for size in [3, 2] {
        let Stamp { head, .. } = log.stamp();
        checkpoints.keep(&log.stamp(), &head.pos.to_le_bytes()).unwrap();
        log.append(&ratings(head.pos + 1..=head.pos + size).collect::<Vec<_>>()).unwrap();
    }
    drop(log);
    let image = Image::take(dir.path());
    assert_eq!(image.0.keys().filter(|path| path.starts_with("checkpoints")).count(), 2);
    image
}

/// Opens the log as a server does: everything that ever happened is what is known.
fn start(folder: &Path) -> Result<Resumed<Vec<Recorded>>, OpenError> {
    let place = LogFolder { folder: folder.to_owned(), options: Options::default() };
    let restore = |bytes: &[u8]| Some(ratings(1..=u64::from_le_bytes(bytes.try_into().ok()?)).collect());
    resume(&place, SCHEMA, restore, Vec::push)
}

/// What becomes of a log: `whole`, `refused` with a code, `told` with one, or what is wrong.
fn verdict(image: &Image) -> String {
    let dir = tempfile::tempdir().unwrap();
    image.put(dir.path());
    let expected: Vec<_> = ratings(1..=EVENTS).collect();
    let (mut log, seen) = match start(dir.path()) {
        Ok(Resumed { log, known, .. }) => (log, known),
        Err(error) => return format!("refused {}", error.exit_code()),
    };
    if seen != expected {
        return format!("WRONG: {} events were handed out", seen.len());
    }
    let video = VideoId::new(3).unwrap();
    let of_video = |pos: u64| pos % 7 == 2;
    let newest_first: Vec<_> = ratings((1..=EVENTS).rev().filter(|pos| of_video(*pos))).collect();
    let reader = log.reader();
    let audit = reader.audit(&mut |_| (), &|_| true);
    if let Some(finding) = audit.findings.first() {
        return format!("told {}", finding.exit_code());
    }
    match (reader.read(0, 100), reader.read_video(video, u64::MAX, 100)) {
        (Ok(all), Ok(some)) if all == expected && some == newest_first => {}
        (Err(_), _) | (_, Err(_)) => return "WRONG: nothing was told, but it cannot be read".into(),
        (Ok(all), Ok(some)) => return format!("WRONG: {} and {} events were read", all.len(), some.len()),
    }
    let after: Vec<_> = ratings([EVENTS + 1]).collect();
    if log.append(&after).is_err() {
        return "refused when written".into();
    }
    drop((log, reader));
    match start(dir.path()) {
        Ok(Resumed { known: seen, .. }) if seen == [expected, after].concat() => "whole".into(),
        Ok(Resumed { known: seen, .. }) => format!("WRONG: {} events after writing one more", seen.len()),
        Err(error) => format!("refused {} after writing one more", error.exit_code()),
    }
}

/// The child: judges from number `begin` on, a line for each in the file `verdicts`.
fn judge(base: &Path, begin: usize, verdicts: &Path) {
    let image = Image::take(base);
    let mut file = std::fs::OpenOptions::new().append(true).open(verdicts).unwrap();
    for (path, damage) in damages(&image).into_iter().skip(begin) {
        writeln!(file, "{}", verdict(&damaged(&image, &path, damage))).unwrap();
    }
}

#[test]
fn a_damaged_log_is_whole_or_refused() {
    if let (Some(base), Ok(begin), Some(file)) =
        (env::var_os("SWEEP_BASE"), env::var("SWEEP_BEGIN"), env::var_os("SWEEP_FILE"))
    {
        return judge(base.as_ref(), begin.parse().unwrap(), file.as_ref());
    }
    let dir = tempfile::tempdir().unwrap();
    let (base, file) = (dir.path().join("base"), dir.path().join("verdicts"));
    let image = folder();
    image.put(&base);
    std::fs::write(&file, "").unwrap();
    let damages = damages(&image);
    let verdicts = || -> Vec<String> { std::fs::read_to_string(&file).unwrap().lines().map(str::to_owned).collect() };
    while verdicts().len() < damages.len() {
        // Less memory than a damaged length asks for, more than anything else needs.
        let ended = child("log::sweep::a_damaged_log_is_whole_or_refused", "ulimit -v 8000000")
            .envs([("SWEEP_BASE", base.as_os_str()), ("SWEEP_FILE", file.as_os_str())])
            .env("SWEEP_BEGIN", verdicts().len().to_string())
            // What an ended process leaves behind goes with the rest.
            .env("TMPDIR", dir.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .unwrap();
        if !ended.success() {
            let verdicts = verdicts().join("\n") + "\nended the process\n";
            std::fs::write(&file, verdicts.trim_start()).unwrap();
        }
    }
    check(&damages, &verdicts());
}

fn check(damages: &[(PathBuf, Damage)], verdicts: &[String]) {
    let mut counts = BTreeMap::<&str, usize>::new();
    let mut wrong = String::new();
    for ((path, damage), verdict) in damages.iter().zip(verdicts) {
        *counts.entry(verdict).or_default() += 1;
        // Only files of the engine can do that.
        let abrupt = verdict == "ended the process" && !path.starts_with("log/fjall");
        if abrupt || verdict.starts_with("WRONG") {
            writeln!(wrong, "{}, {damage:?}: {verdict}", path.display()).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}{counts:#?}");
    for expected in ["whole", "refused 74", "refused 80", "refused 81", "refused 82", "refused 87"] {
        assert!(counts.contains_key(expected), "{expected}: {counts:#?}");
    }
}

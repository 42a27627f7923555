//! Decoding in a child process: what is made of real films, and what a child may do before it is stopped.

mod ffmpeg;

use crate::support::child::PATIENCE;
use crate::support::forking;
use local_video_server::decoder::{Allowance, Cover, Decoder, Failure, Made, Probed, Stage, Storyboard, Task, Unmade};
use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use std::cell::Cell;
use std::fs::File;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const COVER: Task = Task::Cover { at_ms: None };

/// A clip of `tests/clips`.
fn clip(name: &str) -> File {
    File::open(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clips").join(name)).expect("a clip")
}

/// A decoder as the server has it.
fn decoder() -> Decoder {
    Decoder::new(env!("CARGO_BIN_EXE_local-video-server"), Allowance::default())
}

/// A decoder that has started, and the number of its process.
fn started() -> (Decoder, u32) {
    let mut decoder = decoder();
    probed(&mut decoder, "h264.mkv");
    let pid = decoder.pid().expect("it waits for more");
    (decoder, pid)
}

/// Does `task`, while no test is about to close a log.
fn make(decoder: &mut Decoder, file: &File, task: Task) -> Result<Made, Unmade> {
    let _alone = forking();
    decoder.make(file, task, &|| false)
}

fn probed(decoder: &mut Decoder, name: &str) -> Probed {
    match make(decoder, &clip(name), Task::Probe) {
        Ok(Made::Probed(probed)) => probed,
        other => unreachable!("{name}: {other:?}"),
    }
}

fn cover(decoder: &mut Decoder, name: &str) -> Cover {
    match make(decoder, &clip(name), COVER) {
        Ok(Made::Cover(cover)) => cover,
        other => unreachable!("{name}: {other:?}"),
    }
}

fn storyboard(decoder: &mut Decoder, name: &str) -> Storyboard {
    match make(decoder, &clip(name), Task::Storyboard) {
        Ok(Made::Storyboard(storyboard)) => storyboard,
        other => unreachable!("{name}: {other:?}"),
    }
}

/// Why it was ended from outside.
fn interrupted(made: Result<Made, Unmade>) -> String {
    match made {
        Err(Unmade::Interrupted(reason)) => reason,
        other => unreachable!("it should have been interrupted: {other:?}"),
    }
}

fn failure(made: Result<Made, Unmade>) -> Failure {
    match made {
        Err(Unmade::Failed(failure)) => failure,
        other => unreachable!("it should have failed: {other:?}"),
    }
}

/// Programs in place of the real one, which vanish with the test.
struct Programs(tempfile::TempDir);

impl Programs {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    /// A program that greets like the real one, takes a task, and then does as `script` says. Its standard input is the
    /// socket.
    fn greeting(&self, script: &str) -> PathBuf {
        self.script(&format!("printf lvs1 >&0\nhead -c 4 > /dev/null\n{script}"))
    }

    fn script(&self, script: &str) -> PathBuf {
        let path = self.0.path().join("program");
        let _alone = forking();
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("a script");
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o700)).expect("a program");
        path
    }
}

/// A number that a program wrote into a file, once it is there.
fn pid_in(file: &Path) -> Pid {
    let started = Instant::now();
    loop {
        let text = std::fs::read_to_string(file).unwrap_or_default();
        if let Some(pid) = text.strip_suffix('\n').and_then(|pid| pid.parse().ok()).and_then(Pid::from_raw) {
            return pid;
        }
        assert!(started.elapsed() < PATIENCE, "no number in {}", file.display());
    }
}

/// Waits until there is no process of this number, not even as a zombie.
fn gone(pid: Pid) {
    let ended = Instant::now();
    while test_kill_process(pid).is_ok() {
        assert!(ended.elapsed() < PATIENCE, "it is still there");
    }
}

fn pid(number: u32) -> Pid {
    Pid::from_raw(number.cast_signed()).expect("not zero")
}

/// Waits until a killed process has no memory left; then it can answer nothing.
fn killed(pid: Pid) {
    kill_process(pid, Signal::KILL).expect("it lives");
    let started = Instant::now();
    let state = || {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero())).unwrap_or_default();
        stat.rsplit_once(") ").and_then(|(_, rest)| rest.chars().next())
    };
    while !matches!(state(), Some('Z' | 'X') | None) {
        assert!(started.elapsed() < PATIENCE, "it does not die");
    }
}

#[test]
fn a_film_is_looked_into() {
    let mut decoder = decoder();
    let facts = probed(&mut decoder, "h264.mkv");
    assert_eq!((facts.container.as_str(), facts.width, facts.height), ("Matroska", 320, 180));
    assert!((3_900..=4_200).contains(&facts.duration_ms), "{facts:?}");
    assert!(facts.video_codec.starts_with("avc1.64"), "{facts:?}");
    assert_eq!(facts.frame_rate_mhz, 25_000);
    assert_eq!(facts.created_at_ms, Some(1_709_210_096_000));
    assert_eq!(facts.chapters.len(), 3);
    assert_eq!(
        facts.subtitles.iter().map(|track| (track.language.as_str(), track.text)).collect::<Vec<_>>(),
        [("eng", true), ("ger", true)]
    );

    let cover = cover(&mut decoder, "h264.mkv");
    assert_eq!((cover.decoder.as_str(), cover.poster.width, cover.poster.height), ("rust_h264", 320, 180));
    assert!((500..=2_500).contains(&cover.at_ms), "{}", cover.at_ms);

    let board = storyboard(&mut decoder, "h264.mkv");
    assert_eq!((board.tiles, board.tile_width, board.tile_height), (4, 160, 90));
    assert_eq!((board.sheet.width, board.sheet.height), (board.columns * 160, 90));
}

#[test]
fn what_is_wrong_with_a_file_is_said() {
    let mut decoder = decoder();
    let found = failure(make(&mut decoder, &clip("text-file.mp4"), Task::Probe));
    assert_eq!(found.stage, Stage::Probe);
    assert!(!found.reason.is_empty());
    let found = failure(make(&mut decoder, &clip("audio-only.mkv"), COVER));
    assert_eq!(found.reason, "there is no picture in it");
    let folder = File::open(env!("CARGO_MANIFEST_DIR")).expect("a folder");
    let found = failure(make(&mut decoder, &folder, COVER));
    assert_eq!(found.stage, Stage::Open);
    assert!(found.reason.starts_with("the file cannot be read: "), "{found:?}");
    let pid = decoder.pid();
    probed(&mut decoder, "h264.mkv");
    assert_eq!(decoder.pid(), pid, "a bad file costs no process");
}

#[test]
fn one_process_does_many_tasks_and_is_replaced_in_time() {
    let (mut decoder, first) = started();
    for _ in 0..100 {
        probed(&mut decoder, "h264.mkv");
        assert_eq!(decoder.pid(), Some(first));
    }
    let few = Allowance { tasks: 2, ..Allowance::default() };
    let mut decoder = Decoder::new(env!("CARGO_BIN_EXE_local-video-server"), few);
    probed(&mut decoder, "h264.mkv");
    assert!(decoder.pid().is_some());
    probed(&mut decoder, "h264.mkv");
    assert_eq!(decoder.pid(), None, "two are enough");
    let small = Allowance { resident_bytes: 1, ..Allowance::default() };
    let mut decoder = Decoder::new(env!("CARGO_BIN_EXE_local-video-server"), small);
    probed(&mut decoder, "h264.mkv");
    assert_eq!(decoder.pid(), None, "it has grown");
}

#[test]
fn limits_are_in_force() {
    let (_decoder, pid) = started();
    let limits = std::fs::read_to_string(format!("/proc/{pid}/limits")).expect("limits");
    let limit = |name: &str| {
        let line = limits.lines().find_map(|line| line.strip_prefix(name)).expect("a limit");
        let words: Vec<&str> = line.split_whitespace().collect();
        (words[0].to_owned(), words[1].to_owned())
    };
    let both = |value: &str| (value.to_owned(), value.to_owned());
    assert_eq!(limit("Max address space"), both("1073741824"));
    assert_eq!(limit("Max open files"), both("32"));
    assert_eq!(limit("Max core file size"), both("0"));
    assert_eq!(limit("Max file size"), both("0"));
    let cpu: u64 = limit("Max cpu time").0.parse().expect("a number of seconds");
    assert!((10..=20).contains(&cpu), "{cpu}");
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).expect("stat");
    let after_name = stat.rsplit_once(") ").expect("a name").1;
    // The state after the name is field 3, the group 5, niceness 19 (proc_pid_stat(5)).
    let field = |number: usize| after_name.split(' ').nth(number - 3).expect("a field").to_owned();
    assert_eq!((field(5), field(19)), (pid.to_string(), "19".to_owned()));
    let environment = std::fs::read(format!("/proc/{pid}/environ")).expect("an environment");
    let names = environment.split(|byte| *byte == 0).filter_map(|pair| pair.split(|byte| *byte == b'=').next());
    let names: Vec<_> = names.map(String::from_utf8_lossy).filter(|name| !name.is_empty()).collect();
    assert_eq!(names, ["MIMALLOC_ARENA_RESERVE", "PATH"], "nothing secret crosses");
    let open = std::fs::read_dir(format!("/proc/{pid}/fd")).expect("open files");
    let open: Vec<PathBuf> =
        open.filter_map(|entry| std::fs::read_link(entry.expect("an entry").path()).ok()).collect();
    assert!(!open.is_empty() && !open.iter().any(|file| file.ends_with("h264.mkv")), "a film stays open: {open:?}");
}

#[test]
fn one_that_died_while_idle_is_replaced_without_a_word() {
    let (mut decoder, first) = started();
    killed(pid(first));
    probed(&mut decoder, "h264.mkv");
    assert_ne!(decoder.pid(), Some(first));
}

#[test]
fn one_that_is_killed_at_work_costs_one_film() {
    let (mut decoder, first) = started();
    // It is stopped so that it cannot answer first.
    kill_process(pid(first), Signal::STOP).expect("it lives");
    let asked = Cell::new(false);
    let made = decoder.make(&clip("h264.mkv"), COVER, &|| {
        if !asked.replace(true) {
            kill_process(pid(first), Signal::KILL).expect("it lives");
        }
        false
    });
    assert_eq!(interrupted(made), "the decoder was killed, perhaps because the machine ran out of memory");
    gone(pid(first));
    cover(&mut decoder, "h264.mkv");
}

#[test]
fn one_that_hangs_is_stopped_in_time_with_all_it_started() {
    let programs = Programs::new();
    let started_by_it = programs.0.path().join("pid");
    let program = programs.greeting(&format!("sleep 1000 & echo $! > {}; wait", started_by_it.display()));
    let short = Allowance { cover: Duration::from_millis(300), ..Allowance::default() };
    let mut decoder = Decoder::new(program, short);
    let asked = Instant::now();
    let found = interrupted(make(&mut decoder, &clip("h264.mkv"), COVER));
    // It would go on for longer than anybody waits here.
    assert!((short.cover..PATIENCE).contains(&asked.elapsed()), "it took {:?}", asked.elapsed());
    assert_eq!(found, "the decoder was stopped after 0.3 s");
    assert_eq!(decoder.pid(), None);
    let sleeper = pid_in(&started_by_it);
    let ended = Instant::now();
    // It belongs to nobody now; the system takes it away.
    while is_running(sleeper) {
        assert!(ended.elapsed() < PATIENCE, "what it started goes on");
    }
}

/// Whether a process runs; a zombie does not.
fn is_running(pid: Pid) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{}/status", pid.as_raw_nonzero())).unwrap_or_default();
    status.lines().any(|line| line.starts_with("State:") && !line.contains('Z') && !line.contains('X'))
}

#[test]
fn one_that_wants_too_much_memory_costs_one_film() {
    // The same as with the limit it puts on itself, but with a smaller film than that would take.
    let programs = Programs::new();
    let real = env!("CARGO_BIN_EXE_local-video-server");
    let mut decoder =
        Decoder::new(programs.script(&format!("ulimit -v 280000; exec {real} decode")), Allowance::default());
    let found = failure(make(&mut decoder, &clip("8k.mp4"), COVER));
    assert_eq!(found.reason, "the decoder ran out of memory");
    cover(&mut decoder, "h264.mkv");
}

#[test]
fn the_end_of_the_server_is_not_held_up() {
    let programs = Programs::new();
    let mut decoder = Decoder::new(programs.greeting("sleep 1000"), Allowance::default());
    let asked = Cell::new(0);
    let _alone = forking();
    let made = decoder.make(&clip("h264.mkv"), COVER, &|| {
        asked.set(asked.get() + 1);
        asked.get() == 5
    });
    assert_eq!(made, Err(Unmade::Stopped));
    assert_eq!(asked.get(), 5, "nothing is waited for after it was told to stop");
}

#[test]
fn garbage_is_not_believed() {
    let programs = Programs::new();
    let line = r#"{"Ok":{"Probed":{"container":"","duration_ms":0,"width":99999,"height":0,"video_codec":"","audio_codec":"","#;
    let line =
        format!(r#"{line}"frame_rate_mhz":0,"bit_rate":0,"created_at_ms":null,"chapters":[],"subtitles":[]}}}}}}"#);
    let answer = |line: &str| format!(r"printf '\{:o}\000\000\000%s' '{line}' >&0; sleep 1000", line.len());
    let cases = [
        ("printf 'HTTP/1.1 200 OK' >&0; sleep 1000".to_owned(), "makes no sense"),
        (answer("{}"), "makes no sense"),
        (answer(&line), "cannot be: no picture is that large"),
        ("exit 3".to_owned(), "ended (code 3)"),
        ("echo why >&2; kill -SEGV $$".to_owned(), "crashed (signal 11): why"),
        ("echo 'memory allocation of 9 bytes failed' >&2; kill -ABRT $$".to_owned(), "ran out of memory"),
        ("kill -XCPU $$".to_owned(), "was stopped after 10 s of work"),
    ];
    let cases = cases.map(|(script, reason)| (script, reason, Allowance::default()));
    let short = Allowance { probe: Duration::from_secs(2), ..Allowance::default() };
    for (script, reason, allowance) in cases.into_iter().chain([("yes >&2".to_owned(), "was stopped after 2 s", short)])
    {
        let mut decoder = Decoder::new(programs.greeting(&script), allowance);
        let found = match make(&mut decoder, &clip("h264.mkv"), Task::Probe) {
            Err(Unmade::Failed(failure)) => failure.reason,
            made => interrupted(made),
        };
        assert!(found.contains(reason), "{script}: {found}");
        assert_eq!(decoder.pid(), None, "{script}");
    }
}

#[test]
fn a_program_that_is_none_says_nothing_about_the_film() {
    let programs = Programs::new();
    let cases = [
        (PathBuf::from("/nowhere/to/be/found"), "No such file"),
        (programs.script("echo 'no limits here' >&2; exit 76"), "ended (code 76): no limits here"),
    ];
    for (program, reason) in cases {
        let mut decoder = Decoder::new(program, Allowance::default());
        let Err(Unmade::NoDecoder(found)) = make(&mut decoder, &clip("h264.mkv"), Task::Probe) else {
            unreachable!("{reason}");
        };
        assert!(found.contains(reason), "{found}");
    }
}

#[test]
fn nothing_is_left_of_one_that_is_dropped_or_rests() {
    let (decoder, first) = started();
    drop(decoder);
    gone(pid(first));
    let (mut decoder, second) = started();
    decoder.rest();
    gone(pid(second));
    probed(&mut decoder, "h264.mkv");
}

#[test]
fn without_a_server_it_says_so() {
    let mut decode = std::process::Command::new(env!("CARGO_BIN_EXE_local-video-server"));
    let output = crate::support::child::refused({
        decode.arg("decode");
        decode
    });
    assert_eq!(output.status.code(), Some(76));
    assert!(String::from_utf8_lossy(&output.stderr).starts_with("error: "), "{output:?}");
}

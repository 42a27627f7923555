//! Damaged files do not take anybody down: no panic, no reading without end, whatever the bytes are. The example `mutate`
//! does the same to many more copies, and watches time and memory.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

mod mutation;

use mutation::{CLIPS, Outcome, damaged, read, use_up};
use std::panic::catch_unwind;
use std::thread;

/// Copies of each clip; a run takes a few seconds.
const COPIES: u64 = 12;

#[test]
fn damaged_files_are_refused_or_shown() {
    let both = thread::scope(|scope| {
        let halves = [0, 1].map(|half| scope.spawn(move || troubles(half)));
        halves.map(|half| half.join().expect("the copies can be made"))
    });
    let troubles = both.concat();
    assert!(troubles.is_empty(), "{} copies made trouble:\n{}", troubles.len(), troubles.join("\n"));
}

#[test]
fn whole_files_are_shown() {
    let shown = |name: &&str| use_up(read(name).expect("a clip is there"), true) == Outcome::Picture;
    let dark: Vec<_> = CLIPS.into_iter().filter(|name| !shown(name)).collect();
    assert_eq!(dark, ["mpeg4.mp4", "audio-only.mp4", "zlib-subtitles.mkv", "audio-only.mkv"]);
}

/// Every second clip, so that two threads share the work.
fn troubles(half: usize) -> Vec<String> {
    let mut troubles = Vec::new();
    for name in CLIPS.into_iter().skip(half).step_by(2) {
        let whole = read(name).expect("a clip is there");
        for number in 0..COPIES {
            let copy = damaged(&whole, number);
            match catch_unwind(move || use_up(copy, number % 10 == 0)) {
                Ok(Outcome::Picture | Outcome::Refused) => {}
                Ok(Outcome::Endless) => troubles.push(format!("{name} {number}: packets without end")),
                Err(_) => troubles.push(format!("{name} {number}: a panic")),
            }
        }
    }
    troubles
}

//! Names and numbers as sentences have them. What is on a page is formatted by the page.

use events::{MediaPath, RootPath, Stars};
use jiff::tz::TimeZone;

pub(super) fn quoted(text: &str) -> String {
    format!("“{text}”")
}

/// A terminal must not see what moves its cursor.
pub(super) fn one_line(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { '\u{FFFD}' } else { letter }).collect()
}

pub(super) fn path_of(path: &MediaPath) -> String {
    path.as_path().to_string_lossy().into_owned()
}

/// Where a file is, for people.
pub(super) fn place(root: &RootPath, path: &MediaPath) -> String {
    root.as_path().join(path.as_path()).to_string_lossy().into_owned()
}

pub(super) fn drawn(stars: Stars) -> String {
    "★".repeat(usize::from(stars.get()))
}

pub(super) fn times(count: u64) -> String {
    if count == 1 { "once".to_owned() } else { format!("{count} times") }
}

pub(super) fn clock(ms: u64) -> String {
    let seconds = ms / 1000;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

pub(super) fn date(ms: i64, zone: &TimeZone) -> String {
    jiff::Timestamp::from_millisecond(ms)
        .map_or_else(|_| format!("at {ms} ms"), |at| at.to_zoned(zone.clone()).strftime("%Y-%m-%d").to_string())
}

pub(super) fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        1_000_000..1_000_000_000 => format!("{} MB", bytes / 1_000_000),
        1_000_000_000.. => format!("{}.{} GB", bytes / 1_000_000_000, bytes / 100_000_000 % 10),
    }
}

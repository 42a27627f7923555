//! What a command has to say at its end: words for people, the same facts as JSON for programs. And how times
//! and numbers are written.

use events::hex;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use std::fmt::Display;
use std::io::Write;

/// Prints `report`, as one line of JSON when `json` is asked for.
pub(crate) fn tell(report: &(impl Serialize + Display), json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    if json {
        serde_json::to_writer(&mut *out, report)?;
        writeln!(out)?;
    } else {
        writeln!(out, "{report}")?;
    }
    Ok(())
}

/// So many `things`, in words: `1 event`, `2 events`.
pub(crate) fn count(number: u64, thing: &str) -> String {
    if number == 1 { format!("1 {thing}") } else { format!("{number} {thing}s") }
}

/// The digest of a state, in hexadecimal digits.
pub(crate) fn digest(digest: u64) -> String {
    hex::write(&digest.to_be_bytes())
}

/// `at_ms` (since the epoch) in RFC 3339, UTC; for machines.
pub(crate) fn rfc3339(at_ms: i64) -> String {
    Timestamp::from_millisecond(at_ms).map_or_else(|_| format!("{at_ms} ms"), |at| at.to_string())
}

/// `at_ms` (since the epoch) on the clocks of `zone`; for people.
pub(crate) fn local(at_ms: i64, zone: &TimeZone) -> String {
    match Timestamp::from_millisecond(at_ms) {
        Ok(at) => at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string(),
        Err(_) => format!("{at_ms} ms"),
    }
}

//! The same records as text, one JSON object per line: exports, audits, bug reports.
//!
//! ```text
//! {"pos":7,"recorded_at":"2026-01-02T03:04:05.006Z","occurred_at":"…","batch":7,"cause":"viewer","actor":1,
//!  "command":"00000000000000010000000000000002","caused_by":0,"kind":"rating.given","v":1,"data":{"video":42,"stars":4}}
//! ```
//!
//! `data` has the fields of the frozen struct of (`kind`, `v`), so an old export stays readable for as
//! long as an old log does. Times are RFC 3339 in UTC. `command` is the idempotency key and the hash of
//! what was asked for, 16 hexadecimal digits each. Where the content was erased, `data` is its SHA-256:
//! `{"redacted":"64 hexadecimal digits"}`. In paths, `%` and bytes that are not UTF-8 are `%XX`.

use crate::event::Event;
use crate::hex;
use crate::record::{Cause, CommandId, Pos, Recorded};
use crate::values::Actor;
use crate::wire::{self, Time, WireError};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// Why a line is not a record.
#[derive(Debug, thiserror::Error)]
pub enum LineError {
    /// Not JSON, or not with the fields of a record.
    #[error("it is not JSON with the fields of a record")]
    Json(#[from] serde_json::Error),
    /// A value of the envelope that cannot be.
    #[error("`{value}` is not a {what}")]
    Value {
        /// The name of the field.
        what: &'static str,
        /// What it holds.
        value: String,
    },
    /// The kind is not known, or its data does not fit it.
    #[error("the event cannot be read")]
    Event(#[from] WireError),
}

/// One line, with the fields in the order they are written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line<'a> {
    pos: Pos,
    recorded_at: Time,
    occurred_at: Time,
    batch: Pos,
    cause: Cow<'static, str>,
    actor: u32,
    command: String,
    caused_by: Pos,
    kind: Cow<'static, str>,
    v: u8,
    #[serde(borrow)]
    data: &'a RawValue,
}

/// The line for `record`, without a line break at its end (and without one inside).
///
/// # Errors
/// [`LineError::Json`]; does not happen with the kinds there are.
pub fn write(record: &Recorded) -> Result<String, LineError> {
    let shape = wire::freeze(&record.event);
    let data = shape.data()?;
    let CommandId { key, body } = record.command_id;
    let line = Line {
        pos: record.pos,
        recorded_at: Time(record.recorded_at_ms),
        occurred_at: Time(record.occurred_at_ms),
        batch: record.batch,
        cause: record.cause.name().into(),
        actor: record.actor.0,
        command: hex::write(&(u128::from(key) << 64 | u128::from(body)).to_be_bytes()),
        caused_by: record.caused_by,
        kind: wire::kind_name(&record.event).into(),
        v: shape.version(),
        data: &data,
    };
    Ok(serde_json::to_string(&line)?)
}

/// What `event` says, as JSON: the `data` of its line.
///
/// # Errors
/// As for [`write()`].
pub fn data(event: &Event) -> Result<Box<RawValue>, LineError> {
    Ok(wire::freeze(event).data()?)
}

/// The record of a line.
///
/// # Errors
/// [`LineError`] when it is not one; nothing is guessed.
pub fn read(line: &str) -> Result<Recorded, LineError> {
    read_as(wire::kinds(), line)
}

/// [`read`] with another table of kinds, so that tests can give a kind a history.
pub(crate) fn read_as(kinds: &[wire::Kind], line: &str) -> Result<Recorded, LineError> {
    let line: Line<'_> = serde_json::from_str(line)?;
    let cause = Cause::ALL.into_iter().find(|cause| cause.name() == line.cause);
    let kind = kinds.iter().find(|kind| kind.name == line.kind);
    let known = kind.and_then(|kind| Some((kind, kind.versions.iter().find(|version| version.number == line.v)?)));
    let (kind, version) =
        known.ok_or_else(|| LineError::Value { what: "known kind", value: format!("{} v{}", line.kind, line.v) })?;
    // What has the fields of its kind was not erased; few lines are looked at twice.
    let erased = || wire::event_of_json(kind, line.v, line.data);
    Ok(Recorded {
        pos: line.pos,
        recorded_at_ms: line.recorded_at.0,
        occurred_at_ms: line.occurred_at.0,
        batch: line.batch,
        cause: cause.ok_or(LineError::Value { what: "cause", value: line.cause.into_owned() })?,
        actor: Actor(line.actor),
        command_id: command_id(&line.command)?,
        caused_by: line.caused_by,
        event: version.event_of_json(line.data).or_else(|error| erased().unwrap_or(Err(error)))?,
    })
}

fn command_id(text: &str) -> Result<CommandId, LineError> {
    let number = |digits: Option<&str>| digits.and_then(|digits| u64::from_str_radix(digits, 16).ok());
    match (text.len(), number(text.get(..16)), number(text.get(16..))) {
        (32, Some(key), Some(body)) => Ok(CommandId { key, body }),
        _ => Err(LineError::Value { what: "command", value: text.to_owned() }),
    }
}

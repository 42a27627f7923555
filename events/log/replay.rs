//! Walking a stored log from its first record to its last, trusting nothing.

use super::open::OpenError;
use super::{Head, ReadError};
use crate::record::{Pos, Recorded};
use crate::wire::{self, WireError};

/// The hash chain over records as they come by.
#[derive(Default)]
pub(super) struct Chain {
    head: Head,
}

impl Chain {
    /// Takes the next record: its position must follow the last one.
    pub(super) fn push(&mut self, pos: Pos, frame: &[u8]) -> Result<(), OpenError> {
        let expected = self.head.pos + 1;
        if pos != expected {
            return Err(OpenError::Gap { expected, found: pos });
        }
        self.head.chain = wire::chain(&self.head.chain, pos, frame).map_err(|error| refuse(pos, &error))?;
        self.head.pos = pos;
        Ok(())
    }

    /// The end of what came by; its time is not known here.
    pub(super) fn head(&self) -> Head {
        self.head
    }
}

/// Why the whole log is refused when the record at `pos` is.
pub(super) fn refuse(pos: Pos, error: &WireError) -> OpenError {
    let reason = chain_text(error);
    match error {
        WireError::Newer { .. } | WireError::Format(_) | WireError::Flags(_) => OpenError::NewerVersion { pos, reason },
        WireError::TooLarge { .. }
        | WireError::Short
        | WireError::Checksum
        | WireError::Shape(_)
        | WireError::Invalid(_) => OpenError::Damaged { pos, reason },
    }
}

/// The records of consecutive frames after position `after`, without those that may be passed over.
pub(super) fn decode_run<F: AsRef<[u8]>>(
    after: Pos,
    max: usize,
    frames: impl Iterator<Item = Result<(Pos, F), ReadError>>,
) -> Result<Vec<Recorded>, ReadError> {
    let mut records = Vec::new();
    let mut expected = after.saturating_add(1);
    for frame in frames {
        if records.len() >= max {
            break;
        }
        let (pos, bytes) = frame?;
        if pos != expected {
            return Err(ReadError::Missing { pos: expected });
        }
        records.extend(decode(pos, bytes.as_ref())?);
        expected += 1;
    }
    Ok(records)
}

/// One record, with the error of a reader.
pub(super) fn decode(pos: Pos, frame: &[u8]) -> Result<Option<Recorded>, ReadError> {
    wire::decode(pos, frame).map_err(|error| ReadError::Damaged { pos, reason: chain_text(&error) })
}

/// An error and its causes in one line.
fn chain_text(error: &WireError) -> String {
    match std::error::Error::source(error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

//! The form of a record whose payload was erased: its digest stands in for it, which is what the hash
//! chain is made of anyway.
//!
//! Only single viewings can be erased, with what took them back, and places in videos. Everything else is what others
//! build on, and a record of it without content would make those after it nonsense.

use super::frame::{self, REDACTED, WireError};
use super::kind::{Kind, Newest};
use crate::event::{Event, Redacted};
use crate::hex;
use crate::record::Pos;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::{RawValue, Value, to_raw_value};

/// The kinds whose records can lose their payload: those that [`Event::can_be_redacted`] names, and what takes a viewing
/// back, which goes with it.
const ERASABLE: [&str; 4] = ["view.started", "view.withdrawn", "playback.paused", "playback.finished"];

/// Whether records of this kind can lose their payload.
pub(crate) fn is_erasable(kind: &Kind) -> bool {
    ERASABLE.contains(&kind.name)
}

/// The frame at `pos` with its payload erased. Does not ask whether that is allowed.
pub(crate) fn redact(pos: Pos, bytes: &[u8]) -> Result<Vec<u8>, WireError> {
    let frame = frame::open(pos, bytes)?;
    frame::reseal(pos, &frame, frame.flags | REDACTED, &frame.digest()?)
}

/// The event of a redacted frame.
pub(super) fn event(kind: &Kind, version: u8, digest: [u8; 32]) -> Result<Event, WireError> {
    if is_erasable(kind) {
        Ok(Event::Redacted(Redacted { kind: kind.number, version, digest }))
    } else {
        Err(WireError::Shape(format!("an event of kind {} cannot be without content", kind.name)))
    }
}

/// The event of the `data` of a line, if it is that of a redacted record.
pub(crate) fn event_of_json(kind: &Kind, version: u8, data: &RawValue) -> Option<Result<Event, WireError>> {
    let data: Value = serde_json::from_str(data.get()).ok()?;
    data.get("redacted")?;
    let data = Data::deserialize(data).map_err(|error| WireError::Shape(error.to_string()));
    Some(data.and_then(|data| event(kind, version, data.redacted.0)))
}

impl Newest for Redacted {
    fn kind(&self) -> u16 {
        self.kind
    }

    fn version(&self) -> u8 {
        self.version
    }

    fn flags(&self) -> u8 {
        REDACTED
    }

    fn write(&self, bytes: &mut Vec<u8>) -> Result<(), WireError> {
        bytes.extend_from_slice(&self.digest);
        Ok(())
    }

    fn data(&self) -> serde_json::Result<Box<RawValue>> {
        to_raw_value(&Data { redacted: Digest(self.digest) })
    }

    /// There is no struct that another implementation could read.
    #[cfg(test)]
    fn check_other(&self) {
        let mut bytes = Vec::new();
        assert_eq!(self.write(&mut bytes), Ok(()));
        assert_eq!(bytes, self.digest);
    }
}

/// What stands in an export instead of the fields.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    redacted: Digest,
}

/// SHA-256. As text 64 hexadecimal digits.
struct Digest([u8; 32]);

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::write(&self.0))
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = hex::read(&text);
        bytes.map(Self).ok_or_else(|| serde::de::Error::custom("a digest has 64 hexadecimal digits"))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use crate::event::View;
    use crate::{sample, wire};

    #[test]
    fn what_can_be_redacted_can_be_read_without_its_content_and_nothing_else() {
        for record in sample::every_event() {
            let erased = redact(record.pos, &wire::encode(&record).unwrap()).unwrap();
            let goes_with_a_viewing = matches!(record.event, Event::View(View::Withdrawn { .. }));
            let erasable = record.event.can_be_redacted() || goes_with_a_viewing;
            if !matches!(record.event, Event::Redacted(_)) {
                assert_eq!(wire::decode(record.pos, &erased).is_ok(), erasable, "{record:?}");
            }
        }
    }
}

//! The envelope of bytes around a payload: header, checksum, meta. Knows nothing about kinds.

use crate::record::{Cause, CommandId, Pos, Recorded};
use crate::values::{Actor, Invalid};
use crate::{Event, record};
use bincode::{Decode, Encode};
use sha2::block_api::compress256;
use sha2::{Digest, Sha256};

/// The largest frame, in bytes. Nothing larger is written, and nothing larger is believed.
pub const LIMIT_BYTES: usize = 65_536;

/// Flag: a program that does not know the kind may pass over the record.
pub(super) const IGNORABLE: u8 = 1;

/// Flag: the payload was erased, and its SHA-256 stands in its place.
pub(super) const REDACTED: u8 = 2;

const FORMAT: u8 = 1;
const BEFORE_FLAGS: usize = 4;
const BEFORE_CRC: usize = 5;
const HEADER: usize = 9;

type Config = bincode::config::Configuration<
    bincode::config::LittleEndian,
    bincode::config::Varint,
    bincode::config::Limit<LIMIT_BYTES>,
>;

/// The frozen configuration of bincode: part of the format.
const CONFIG: Config =
    bincode::config::standard().with_little_endian().with_variable_int_encoding().with_limit::<LIMIT_BYTES>();

/// Why bytes are not a record, or a record cannot become bytes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// More than fits into a frame.
    #[error("it takes {size_bytes} bytes; at most {LIMIT_BYTES} can be stored")]
    TooLarge {
        /// The size it would have.
        size_bytes: usize,
    },
    /// Less than a header.
    #[error("it is cut off")]
    Short,
    /// The bytes are not those that were written, or were written for another position.
    #[error("its checksum is wrong")]
    Checksum,
    /// A frame format of a newer version.
    #[error("frame format {0} is not known to this version")]
    Format(u8),
    /// A kind or version that was invented after this program.
    #[error("kind {kind} in version {version} is not known to this version")]
    Newer {
        /// The number of the kind.
        kind: u16,
        /// Its version.
        version: u8,
    },
    /// A flag that was invented after this program.
    #[error("flags {0:#04x} are not known to this version")]
    Flags(u8),
    /// The checksum is right, but the content does not have the shape of its kind.
    #[error("its content does not have the shape of its kind: {0}")]
    Shape(String),
    /// The checksum is right, but a value in it is not allowed.
    #[error("a value in it is not valid")]
    Invalid(#[from] Invalid),
}

/// The part of the envelope that is stored with each record. Frozen with format 1.
#[derive(Clone, Debug, PartialEq, Eq, Encode)]
#[cfg_attr(test, derive(Decode, wincode::SchemaWrite, wincode::SchemaRead))]
pub(super) struct MetaV1 {
    recorded_at_ms: i64,
    occurred_at_ms: i64,
    batch: u64,
    cause: u8,
    actor: u32,
    key: u64,
    body: u64,
    caused_by: u64,
}

impl MetaV1 {
    pub(super) fn of(record: &Recorded) -> Self {
        Self {
            recorded_at_ms: record.recorded_at_ms,
            occurred_at_ms: record.occurred_at_ms,
            batch: record.batch,
            cause: cause_number(record.cause),
            actor: record.actor.0,
            key: record.command_id.key,
            body: record.command_id.body,
            caused_by: record.caused_by,
        }
    }

    /// Reads it from the front of `bytes`; the rest is returned. Every record is read here twice, for its content and for
    /// the chain, so this is done by hand: as [`CONFIG`] says, in a third of the time.
    fn read(mut bytes: &[u8]) -> Result<(Self, &[u8]), WireError> {
        Self::take(&mut bytes)
            .map(|meta| (meta, bytes))
            .ok_or_else(|| WireError::Shape("the numbers before it are cut off or too large".to_owned()))
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        // In this order.
        let (recorded_at_ms, occurred_at_ms) = (signed(number(from, HUGE)?), signed(number(from, HUGE)?));
        let batch = number(from, HUGE)?;
        let (cause, rest) = from.split_first()?;
        *from = rest;
        let actor = u32::try_from(number(from, LARGE)?).ok()?;
        let (key, body, caused_by) = (number(from, HUGE)?, number(from, HUGE)?, number(from, HUGE)?);
        Some(Self { recorded_at_ms, occurred_at_ms, batch, cause: *cause, actor, key, body, caused_by })
    }

    pub(super) fn record(self, pos: Pos, event: Event) -> Result<Recorded, WireError> {
        let cause = Cause::ALL.into_iter().find(|cause| cause_number(*cause) == self.cause);
        Ok(record::Recorded {
            pos,
            recorded_at_ms: self.recorded_at_ms,
            occurred_at_ms: self.occurred_at_ms,
            batch: self.batch,
            cause: cause.ok_or_else(|| WireError::Shape(format!("cause {} is not known", self.cause)))?,
            actor: Actor(self.actor),
            command_id: CommandId { key: self.key, body: self.body },
            caused_by: self.caused_by,
            event,
        })
    }
}

/// What stands before a number of two, four and eight bytes; smaller numbers stand for themselves.
const SMALL: u8 = 251;
const LARGE: u8 = 252;
const HUGE: u8 = 253;

/// Takes a number that has `widest` at most before it from the front of `bytes`.
fn number(bytes: &mut &[u8], widest: u8) -> Option<u64> {
    let (first, rest) = bytes.split_first()?;
    let (number, rest) = match *first {
        first if first < SMALL => (first.into(), rest),
        first if first > widest => return None,
        SMALL => rest.split_first_chunk().map(|(number, rest)| (u16::from_le_bytes(*number).into(), rest))?,
        LARGE => rest.split_first_chunk().map(|(number, rest)| (u32::from_le_bytes(*number).into(), rest))?,
        _ => rest.split_first_chunk().map(|(number, rest)| (u64::from_le_bytes(*number), rest))?,
    };
    *bytes = rest;
    Some(number)
}

/// A number that may be negative, of one in which the sign is the last bit.
fn signed(number: u64) -> i64 {
    (number >> 1).cast_signed() ^ -(number & 1).cast_signed()
}

/// The stored number of a cause. Frozen: numbers are added, never changed.
fn cause_number(cause: Cause) -> u8 {
    match cause {
        Cause::Viewer => 0,
        Cause::Api => 1,
        Cause::Scan => 2,
        Cause::Worker => 3,
        Cause::Import => 4,
        Cause::Undo => 5,
        Cause::Tool => 6,
    }
}

/// A frame taken apart, its checksum verified.
pub(super) struct Frame<'a> {
    pub(super) kind: u16,
    pub(super) version: u8,
    pub(super) flags: u8,
    pub(super) meta: MetaV1,
    pub(super) payload: &'a [u8],
}

impl Frame<'_> {
    /// SHA-256 of the payload, also of one that was erased.
    pub(super) fn digest(&self) -> Result<[u8; 32], WireError> {
        digest(self.flags, self.payload)
    }
}

fn digest(flags: u8, payload: &[u8]) -> Result<[u8; 32], WireError> {
    if flags & REDACTED == 0 {
        return Ok(sha256(&[payload]));
    }
    payload.try_into().map_err(|_| WireError::Shape(format!("{} bytes are not a digest", payload.len())))
}

/// Makes a frame; `payload` appends the content.
pub(super) fn seal(
    record: &Recorded,
    kind: u16,
    version: u8,
    flags: u8,
    payload: &dyn Fn(&mut Vec<u8>) -> Result<(), WireError>,
) -> Result<Vec<u8>, WireError> {
    let mut bytes = begin(kind, version, flags);
    write(&MetaV1::of(record), &mut bytes)?;
    payload(&mut bytes)?;
    end(record.pos, bytes)
}

/// Makes a frame like `other`, which is at `pos`, with other flags and another payload.
pub(super) fn reseal(pos: Pos, other: &Frame<'_>, flags: u8, payload: &[u8]) -> Result<Vec<u8>, WireError> {
    let mut bytes = begin(other.kind, other.version, flags);
    write(&other.meta, &mut bytes)?;
    bytes.extend_from_slice(payload);
    end(pos, bytes)
}

/// A header without its checksum.
fn begin(kind: u16, version: u8, flags: u8) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(128);
    bytes.push(FORMAT);
    bytes.extend_from_slice(&kind.to_le_bytes());
    bytes.push(version);
    bytes.push(flags);
    bytes.extend_from_slice(&[0; HEADER - BEFORE_CRC]);
    bytes
}

/// Puts the checksum into a frame that is otherwise complete.
fn end(pos: Pos, mut bytes: Vec<u8>) -> Result<Vec<u8>, WireError> {
    if bytes.len() > LIMIT_BYTES {
        return Err(WireError::TooLarge { size_bytes: bytes.len() });
    }
    let crc = checksum(pos, &bytes).ok_or(WireError::Short)?;
    if let Some(place) = bytes.get_mut(BEFORE_CRC..HEADER) {
        place.copy_from_slice(&crc.to_le_bytes());
    }
    Ok(bytes)
}

/// Takes a frame apart. The checksum comes first: what it does not vouch for is not looked at.
pub(super) fn open(pos: Pos, bytes: &[u8]) -> Result<Frame<'_>, WireError> {
    if bytes.len() > LIMIT_BYTES {
        return Err(WireError::TooLarge { size_bytes: bytes.len() });
    }
    let Some((&[format, kind_low, kind_high, version, flags, c0, c1, c2, c3], rest)) =
        bytes.split_first_chunk::<HEADER>()
    else {
        return Err(WireError::Short);
    };
    if checksum(pos, bytes) != Some(u32::from_le_bytes([c0, c1, c2, c3])) {
        return Err(WireError::Checksum);
    }
    if format != FORMAT {
        return Err(WireError::Format(format));
    }
    if flags & !(IGNORABLE | REDACTED) != 0 {
        return Err(WireError::Flags(flags));
    }
    let (meta, payload) = MetaV1::read(rest)?;
    Ok(Frame { kind: u16::from_le_bytes([kind_low, kind_high]), version, flags, meta, payload })
}

/// The hash after the record at `pos`, when `before` is the hash up to it:
/// SHA-256(before ‖ pos (u64 BE) ‖ header without CRC and [`REDACTED`] ‖ meta ‖ SHA-256(payload)).
///
/// The payload goes in as its digest and the CRC not at all, so that a payload can be replaced by its
/// digest (to erase it) and every later hash still stands.
pub(crate) fn chain(before: &[u8; 32], pos: Pos, frame: &[u8]) -> Result<[u8; 32], WireError> {
    let (header, rest) = frame.split_at_checked(HEADER).ok_or(WireError::Short)?;
    let (_, payload) = MetaV1::read(rest)?;
    let meta = rest.get(..rest.len() - payload.len()).ok_or(WireError::Short)?;
    let flags = *header.get(BEFORE_FLAGS).ok_or(WireError::Short)?;
    let front = header.get(..BEFORE_FLAGS).ok_or(WireError::Short)?;
    Ok(sha256(&[before, &pos.to_be_bytes(), front, &[flags & !REDACTED], meta, &digest(flags, payload)?]))
}

/// How long a message is that is hashed at once, with what SHA-256 puts behind it: a one and the length in bits.
const AT_ONCE: usize = 256;
const BLOCK: usize = 64;
const PADDING: usize = 1 + size_of::<u64>();

/// SHA-256 of `parts`, one behind the other. Nearly all are so short that taking them in piece by piece takes as long as
/// hashing them; these are laid out first.
fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut message = [0; AT_ONCE];
    short_sha256(parts, &mut message).unwrap_or_else(|| {
        let hash = parts.iter().fold(Sha256::new(), |hash, part| hash.chain_update(part));
        hash.finalize().into()
    })
}

/// The same by way of a `message` of zeros, if there is room in it.
fn short_sha256(parts: &[&[u8]], message: &mut [u8; AT_ONCE]) -> Option<[u8; 32]> {
    let mut len = 0;
    for part in parts {
        let end = len + part.len();
        message.get_mut(len..end)?.copy_from_slice(part);
        len = end;
    }
    let end = (len + PADDING).next_multiple_of(BLOCK);
    let (blocks, []) = message.get_mut(..end)?.as_chunks_mut::<BLOCK>() else { return None };
    if let Some(first) = blocks.as_flattened_mut().get_mut(len) {
        *first = 0x80;
    }
    *blocks.last_mut()?.last_chunk_mut()? = (8 * len as u64).to_be_bytes();
    let mut state = BEGIN;
    compress256(&mut state, blocks);
    let mut hash = [0; 32];
    hash.as_chunks_mut().0.iter_mut().zip(state).for_each(|(bytes, word)| *bytes = word.to_be_bytes());
    Some(hash)
}

/// The state SHA-256 begins with: from the square roots of the first eight primes.
const BEGIN: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

/// CRC-32C over the position and all of the frame but its checksum.
pub(super) fn checksum(pos: Pos, frame: &[u8]) -> Option<u32> {
    let crc = crc32c::crc32c(&pos.to_be_bytes());
    let crc = crc32c::crc32c_append(crc, frame.get(..BEFORE_CRC)?);
    Some(crc32c::crc32c_append(crc, frame.get(HEADER..)?))
}

/// Appends the bytes of a frozen struct.
pub(super) fn write<T: Encode>(value: &T, bytes: &mut Vec<u8>) -> Result<(), WireError> {
    bincode::encode_into_std_write(value, bytes, CONFIG).map_err(|error| WireError::Shape(error.to_string()))?;
    Ok(())
}

/// Reads a frozen struct that must fill `bytes` exactly.
pub(super) fn read<T: Decode<()>>(bytes: &[u8]) -> Result<T, WireError> {
    let (value, used) =
        bincode::decode_from_slice(bytes, CONFIG).map_err(|error| WireError::Shape(error.to_string()))?;
    match bytes.len() - used {
        0 => Ok(value),
        left => Err(WireError::Shape(format!("{left} bytes are left over"))),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    /// What bincode makes of bytes that begin with a meta.
    fn of_bincode(bytes: &[u8]) -> Option<(MetaV1, &[u8])> {
        let (meta, used) = bincode::decode_from_slice(bytes, CONFIG).ok()?;
        Some((meta, bytes.get(used..)?))
    }

    #[test]
    fn short_and_long_messages_have_the_hash_they_have() {
        let message: Vec<u8> = (0..=u8::MAX).cycle().take(2 * AT_ONCE).collect();
        for len in 0..message.len() {
            let whole = message.get(..len).unwrap();
            let expected: [u8; 32] = Sha256::digest(whole).into();
            let (front, back) = whole.split_at(len / 3);
            assert_eq!((sha256(&[whole]), sha256(&[front, &[], back])), (expected, expected), "{len} bytes");
        }
        let mut room = [0; AT_ONCE];
        assert!(short_sha256(&[message.get(..AT_ONCE - PADDING).unwrap()], &mut room).is_some());
    }

    proptest! {
        #[test]
        fn a_meta_is_read_as_bincode_reads_it(
            bytes in vec(prop_oneof![Just(0), Just(7), 250_u8..=255, any::<u8>()], 0..90),
        ) {
            prop_assert_eq!(MetaV1::read(&bytes).ok(), of_bincode(&bytes));
        }

        #[test]
        fn a_meta_that_was_written_is_read(
            times: (i64, i64), batch: u64, cause: u8, actor: u32, key: u64, body: u64, caused_by: u64, shift in 0_u32..64,
        ) {
            let meta = MetaV1 {
                recorded_at_ms: times.0 >> shift,
                occurred_at_ms: times.1,
                batch: batch >> shift,
                cause,
                actor: actor >> (shift / 2),
                key: key >> shift,
                body,
                caused_by: caused_by >> shift,
            };
            let mut bytes = Vec::new();
            write(&meta, &mut bytes).unwrap();
            bytes.push(9);
            prop_assert_eq!(MetaV1::read(&bytes).ok(), Some((meta, &[9][..])));
        }
    }
}

//! What holds for every record and for any bytes at all.

use super::arbitrary::{event, record};
use super::frame::{LIMIT_BYTES, WireError, checksum};
use super::{decode, encode, freeze, kinds};
use crate::event::{Event, Import};
use crate::{jsonl, sample};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use std::collections::BTreeSet;

/// A frame whose checksum is right, whatever else is in it.
fn sealed(pos: u64, mut bytes: Vec<u8>) -> Vec<u8> {
    if let Some(crc) = checksum(pos, &bytes) {
        bytes[5..9].copy_from_slice(&crc.to_le_bytes());
    }
    bytes
}

proptest! {
    #[test]
    fn what_was_written_is_read(record in record()) {
        let bytes = encode(&record).unwrap();
        prop_assert_eq!(decode(record.pos, &bytes), Ok(Some(record)));
    }

    #[test]
    fn what_was_written_as_text_is_read(record in record()) {
        let line = jsonl::write(&record).unwrap();
        prop_assert!(!line.contains('\n'));
        prop_assert_eq!(jsonl::read(&line).unwrap(), record);
    }

    #[test]
    fn another_implementation_of_the_format_agrees(record in record()) {
        freeze(&record.event).check_other();
    }

    #[test]
    fn any_bytes_are_read_or_refused(pos: u64, bytes in vec(any::<u8>(), 0..300)) {
        prop_assert!(decode(pos, &bytes).is_err());
        let _ = decode(pos, &sealed(pos, bytes));
    }

    #[test]
    fn any_payload_with_a_good_checksum_is_read_or_refused(
        record in record(),
        kind in 0..kinds().len(),
        changes in vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
    ) {
        let mut bytes = encode(&record).unwrap();
        bytes[1..3].copy_from_slice(&kinds()[kind].number.to_le_bytes());
        for (place, byte) in changes {
            let place = 9 + place.index(bytes.len() - 9);
            bytes[place] = byte;
        }
        if let Ok(Some(other)) = decode(record.pos, &sealed(record.pos, bytes)) {
            prop_assert_eq!(decode(record.pos, &encode(&other).unwrap()), Ok(Some(other)));
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC*", at in any::<prop::sample::Index>(), record in record()) {
        prop_assert!(jsonl::read(&text).is_err());
        let line = jsonl::write(&record).unwrap();
        let places: Vec<_> = line.char_indices().map(|(place, _)| place).collect();
        let _ = jsonl::read(&(line[..places[at.index(places.len())]].to_owned() + &text));
    }
}

#[test]
fn the_strategy_makes_every_kind() {
    let mut runner = TestRunner::deterministic();
    let made = (0..2_000).map(|_| freeze(&event().new_tree(&mut runner).unwrap().current()).kind());
    assert_eq!(made.collect::<BTreeSet<_>>(), kinds().iter().map(|kind| kind.number).collect());
}

#[test]
fn every_flipped_bit_is_noticed() {
    for record in sample::every_event() {
        let bytes = encode(&record).unwrap();
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(decode(record.pos, &flipped), Err(WireError::Checksum), "bit {bit} of {record:?}");
        }
    }
}

#[test]
fn a_frame_of_another_length_or_place_is_noticed() {
    for record in sample::every_event() {
        let bytes = encode(&record).unwrap();
        for len in 0..bytes.len() {
            assert!(decode(record.pos, &bytes[..len]).is_err());
        }
        assert_eq!(decode(record.pos, &[&bytes[..], &[0]].concat()), Err(WireError::Checksum));
        assert_eq!(decode(record.pos ^ 1, &bytes), Err(WireError::Checksum));
    }
}

#[test]
fn bytes_left_over_are_noticed_though_the_checksum_is_right() {
    for record in sample::every_event() {
        let mut bytes = encode(&record).unwrap();
        bytes.push(0);
        assert!(matches!(decode(record.pos, &sealed(record.pos, bytes)), Err(WireError::Shape(_))));
    }
}

#[test]
fn a_length_beyond_reason_allocates_nothing() {
    let record = sample::recorded(1, Event::Import(Import::Started { source: "x".into() }));
    let mut bytes = encode(&record).unwrap();
    bytes.truncate(bytes.len() - 2);
    // A varint of eight bytes: a text of 2⁴⁰ bytes.
    bytes.push(253);
    bytes.extend_from_slice(&(1_u64 << 40).to_le_bytes());
    assert!(matches!(decode(1, &sealed(1, bytes)), Err(WireError::Shape(_))));
}

#[test]
fn the_limit_is_exact() {
    let frame = |len| encode(&sample::recorded(1, Event::Import(Import::Started { source: "x".repeat(len) })));
    let overhead = frame(60_000).unwrap().len() - 60_000;
    let largest = frame(LIMIT_BYTES - overhead).unwrap();
    assert_eq!(largest.len(), LIMIT_BYTES);
    assert!(decode(1, &largest).unwrap().is_some());
    assert_eq!(frame(LIMIT_BYTES - overhead + 1), Err(WireError::TooLarge { size_bytes: LIMIT_BYTES + 1 }));
}

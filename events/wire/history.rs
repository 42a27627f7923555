//! How a kind grows old: one with two shapes that exists only here.

use super::frame::{IGNORABLE, seal};
use super::kind::{Kind, Layout as _, Shape, shape, version};
use super::{WireError, decode, decode_as};
use crate::event::{Event, Rating};
use crate::record::Pos;
use crate::values::{Invalid, Stars, VideoId};
use crate::{jsonl, sample};

shape! {
    /// First, scores were stars.
    ScoredV1 = 60_001 v 1 { video: u32, stars: u8 }
}

shape! {
    /// Then they became finer, and somebody's.
    ScoredV2 = 60_001 v 2 { video: u32, percent: u8, critic: String }
}

impl Shape for ScoredV1 {
    fn event(self) -> Result<Event, Invalid> {
        ScoredV2 { video: self.video, percent: self.stars.saturating_mul(20), critic: String::new() }.event()
    }
}

impl Shape for ScoredV2 {
    fn event(self) -> Result<Event, Invalid> {
        Ok(Event::Rating(Rating::Given { video: VideoId::new(self.video)?, stars: Stars::new(self.percent / 20)? }))
    }
}

const KINDS: &[Kind] = &[Kind {
    number: ScoredV1::KIND,
    name: "rating.scored",
    versions: &[version::<ScoredV1>(), version::<ScoredV2>()],
}];

fn four_stars() -> Event {
    Event::Rating(Rating::Given { video: VideoId::new(42).unwrap(), stars: Stars::new(4).unwrap() })
}

/// A frame at `pos` that only a newer version of the program could read.
pub(crate) fn unknown_frame(pos: Pos, flags: u8) -> Vec<u8> {
    seal(&sample::recorded(pos, four_stars()), 60_002, 1, flags, &|_| Ok(())).unwrap()
}

/// A frame with this payload, as some version of the program would write it.
fn frame(version: u8, flags: u8, payload: &[u8]) -> Vec<u8> {
    let envelope = sample::recorded(7, four_stars());
    seal(&envelope, ScoredV1::KIND, version, flags, &|bytes| {
        bytes.extend_from_slice(payload);
        Ok(())
    })
    .unwrap()
}

#[test]
fn an_old_shape_means_what_it_meant() {
    let expected = Ok(Some(sample::recorded(7, four_stars())));
    assert_eq!(decode_as(KINDS, 7, &frame(1, 0, &[42, 4])), expected);
    assert_eq!(decode_as(KINDS, 7, &frame(2, 0, &[42, 80, 2, b'm', b'e'])), expected);
}

#[test]
fn an_old_line_means_what_it_meant() {
    let line = jsonl::write(&sample::recorded(7, four_stars())).unwrap();
    let old = line.replace("rating.given", "rating.scored");
    let new = old.replace("\"v\":1", "\"v\":2").replace("\"stars\":4", "\"percent\":80,\"critic\":\"me\"");
    for line in [old, new] {
        assert_eq!(jsonl::read_as(KINDS, &line).unwrap(), sample::recorded(7, four_stars()), "{line}");
    }
}

#[test]
fn a_shape_is_not_taken_for_another_version() {
    for wrong in [frame(1, 0, &[42, 80, 2, b'm', b'e']), frame(2, 0, &[42, 4])] {
        assert!(matches!(decode_as(KINDS, 7, &wrong), Err(WireError::Shape(_))));
    }
}

#[test]
fn a_value_that_cannot_be_is_refused() {
    assert_eq!(decode_as(KINDS, 7, &frame(1, 0, &[42, 6])), Err(WireError::Invalid(Invalid::Stars)));
    assert_eq!(decode_as(KINDS, 7, &frame(1, 0, &[0, 4])), Err(WireError::Invalid(Invalid::Id)));
}

#[test]
fn what_a_newer_version_wrote_is_refused_unless_it_said_otherwise() {
    let newer = |version| Err(WireError::Newer { kind: ScoredV1::KIND, version });
    assert_eq!(decode_as(KINDS, 7, &frame(3, 0, &[1, 2, 3])), newer(3));
    assert_eq!(decode(7, &frame(1, 0, &[42, 4])), newer(1));
    assert_eq!(decode(7, &frame(1, IGNORABLE, &[42, 4])), Ok(None));
    assert_eq!(decode_as(KINDS, 7, &frame(1, IGNORABLE, &[42, 4])).unwrap().unwrap().event, four_stars());
    assert_eq!(decode(7, &frame(1, 0x80, &[42, 4])), Err(WireError::Flags(0x80)));
}

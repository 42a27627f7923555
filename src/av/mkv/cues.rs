//! The index: when a track can be entered, and where that is (RFC 9559 §5.1.5). Whether it tells the truth is checked by
//! whoever goes there.

use super::ebml::{self, Elements};
use super::ids;

/// More places than this are not remembered: 10 hours of a film with five key frames a second.
const MAX_CUES: usize = 200_000;

/// A place where a track can be entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Cue {
    /// When, in ticks of the segment.
    pub(crate) ticks: i64,
    /// Where its cluster is, from the beginning of the segment's body.
    pub(crate) cluster: u64,
    /// Where its block is, from the beginning of the cluster's body.
    pub(crate) block: Option<u64>,
}

/// What the body of `Cues` says about the track of this number, by time.
pub(crate) fn parse(body: &[u8], track: u64) -> Vec<Cue> {
    let points = Elements(body).filter(|(id, _)| *id == ids::CUE_POINT);
    let mut cues: Vec<Cue> = points.filter_map(|(_, point)| parse_point(point, track)).take(MAX_CUES).collect();
    cues.sort_unstable();
    cues.dedup_by_key(|cue| cue.ticks);
    cues
}

fn parse_point(point: &[u8], track: u64) -> Option<Cue> {
    let find = |body, wanted: u32| Elements(body).find(|(id, _)| *id == wanted).map(|(_, body)| ebml::uint(body));
    let ticks = i64::try_from(find(point, ids::CUE_TIME)?).ok()?;
    let mut positions = Elements(point).filter(|(id, _)| *id == ids::CUE_TRACK_POSITIONS);
    let (_, position) = positions.find(|(_, body)| find(body, ids::CUE_TRACK) == Some(track))?;
    let block = find(position, ids::CUE_RELATIVE_POSITION);
    Some(Cue { ticks, cluster: find(position, ids::CUE_CLUSTER_POSITION)?, block })
}

//! The packets of one track on their way out: when each is decoded, which containers do not say.
//!
//! A container gives frames in decoding order with the time each is shown (Matroska), or with nothing but the order (AVI,
//! where the time is that of decoding, and [`super::h264`] knows the order of showing). Decoding times are the same times
//! in ascending order: the first frame is decoded at the earliest of them, and so on. Frames are shown at most
//! [`REORDERED`] places after they are decoded, so looking that far ahead is enough.

use super::fragment::Sample;
use crate::demux::Packet;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// How many frames a decoder may hold back; ITU-T H.264 and H.265 both allow 16.
pub(super) const REORDERED: usize = 16;
/// Nor is looked ahead further than this, in µs: films of one frame a second shall not wait for 16 of them.
const AHEAD_US: i64 = 1_000_000;
/// Nor than so many bytes: there is one of these for everybody who watches.
const AHEAD_BYTES: usize = 32 << 20;

/// The place of a frame in the order of showing: the number of its sequence, and its place in there.
pub(super) type Place = (u64, i64);

struct Waiting {
    packet: Packet,
    place: Option<Place>,
}

/// One track.
pub(super) struct Lane {
    depth: usize,
    waiting: VecDeque<Waiting>,
    /// The bytes of the waiting.
    bytes: usize,
    /// The times of the waiting, the earliest on top.
    times: BinaryHeap<Reverse<i64>>,
    /// Places and times of those that were let out last, where the order of showing is worked out.
    gone: VecDeque<(Place, i64)>,
    /// When the one after the last is decoded at the earliest.
    next_us: u64,
    step_us: u64,
}

impl Lane {
    /// A track whose frames are shown at most `depth` places after they are decoded.
    pub(super) fn new(depth: usize) -> Self {
        Self {
            depth: depth.max(1),
            waiting: VecDeque::new(),
            bytes: 0,
            times: BinaryHeap::new(),
            gone: VecDeque::new(),
            next_us: 0,
            step_us: 0,
        }
    }

    /// One more, in decoding order.
    pub(super) fn push(&mut self, packet: Packet, place: Option<Place>) {
        self.times.push(Reverse(packet.pts_us));
        self.bytes += packet.data.len();
        self.waiting.push_back(Waiting { packet, place });
    }

    /// The next one whose times are known; with `all`, nothing comes after those that wait.
    pub(super) fn pop(&mut self, all: bool) -> Option<Sample> {
        let (first, last) = (self.waiting.front()?.packet.pts_us, self.waiting.back()?.packet.pts_us);
        let far = last.saturating_sub(first) >= AHEAD_US || self.bytes > AHEAD_BYTES;
        let known = self.waiting.len() > self.depth || far && self.waiting.len() > 1;
        if !known && !all {
            return None;
        }
        let pts_us = self.shown_us();
        let Waiting { packet, place } = self.waiting.pop_front()?;
        self.bytes -= packet.data.len();
        let Reverse(earliest) = self.times.pop()?;
        if let Some(place) = place {
            self.gone.push_back((place, packet.pts_us));
            self.gone.drain(..self.gone.len().saturating_sub(REORDERED));
        }
        let dts_us = u64::try_from(earliest).unwrap_or(0).max(self.next_us);
        let next = self.times.peek().and_then(|Reverse(next)| u64::try_from(*next).ok());
        let until_us = next.unwrap_or_else(|| dts_us.saturating_add(packet.duration_us.unwrap_or(self.step_us)));
        let until_us = until_us.max(dts_us.saturating_add(1));
        self.step_us = until_us - dts_us;
        self.next_us = dts_us.saturating_add(1);
        Some(Sample { dts_us, pts_us, until_us, key: packet.key, data: packet.data })
    }

    /// When the first of the waiting is shown: at its own time, or where times are those of decoding, at the time of the
    /// frame in whose place it is shown.
    fn shown_us(&self) -> i64 {
        let Some(Waiting { packet, place }) = self.waiting.front() else { return 0 };
        let Some((sequence, at)) = *place else { return packet.pts_us };
        let sooner = |waiting: &&Waiting| waiting.place.is_some_and(|place| place.0 == sequence && place.1 < at);
        let ahead = self.waiting.iter().skip(1).filter(sooner).count();
        let later = |gone: &&(Place, i64)| gone.0.0 == sequence && gone.0.1 > at;
        let behind = self.gone.iter().filter(later).count();
        let time = if ahead >= behind {
            self.waiting.get(ahead - behind).map(|waiting| waiting.packet.pts_us)
        } else {
            self.gone.iter().rev().nth(behind - ahead - 1).map(|(_, time)| *time)
        };
        time.unwrap_or(packet.pts_us)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(pts_us: i64) -> Packet {
        Packet { track: 0, pts_us, duration_us: Some(5), key: false, data: Vec::new() }
    }

    fn out(lane: &mut Lane, all: bool) -> Vec<(u64, i64, u64)> {
        std::iter::from_fn(|| lane.pop(all)).map(|it| (it.dts_us, it.pts_us, it.until_us)).collect()
    }

    #[test]
    fn frames_are_decoded_at_the_times_of_showing_in_order() {
        let mut lane = Lane::new(REORDERED);
        for pts in [0, 30, 10, 20, 60, 40, 50] {
            lane.push(packet(pts), None);
        }
        assert_eq!(out(&mut lane, false), [], "more may come that is shown before these");
        let expected = [(0, 0, 10), (10, 30, 20), (20, 10, 30), (30, 20, 40), (40, 60, 50), (50, 40, 60), (60, 50, 65)];
        assert_eq!(out(&mut lane, true), expected);
    }

    #[test]
    fn times_go_up_whatever_a_file_says() {
        let mut lane = Lane::new(1);
        for pts in [100, 100, -7, i64::MIN, i64::MAX, 50] {
            lane.push(packet(pts), None);
        }
        let times: Vec<u64> = out(&mut lane, true).into_iter().map(|(dts, ..)| dts).collect();
        assert!(times.is_sorted_by(|a, b| a < b), "{times:?}");
    }

    #[test]
    fn slow_films_do_not_wait_for_sixteen_frames() {
        let mut lane = Lane::new(REORDERED);
        lane.push(packet(0), None);
        lane.push(packet(2_000_000), None);
        assert_eq!(out(&mut lane, false), [(0, 0, 2_000_000)]);
    }

    #[test]
    fn the_order_of_showing_gives_times_where_only_the_order_of_decoding_has_some() {
        let mut lane = Lane::new(REORDERED);
        for (index, place) in [0, 6, 2, 4, 10, 8].into_iter().enumerate() {
            lane.push(packet(index as i64 * 10), Some((0, place)));
        }
        lane.push(packet(60), Some((1, 0)));
        let shown: Vec<i64> = out(&mut lane, true).into_iter().map(|(_, pts, _)| pts).collect();
        assert_eq!(shown, [0, 30, 10, 20, 50, 40, 60]);
    }
}

//! How often one machine may do something: at most [`MAX`] times within any [`WINDOW`].
//!
//! The machine is the other end of the connection. The old program believed `X-Forwarded-For`, which anybody can write,
//! and forgot nobody; here the table is bounded, and who asked longest ago is forgotten first.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How many times.
pub(super) const MAX: usize = 5;
/// Within which time.
pub(super) const WINDOW: Duration = Duration::from_secs(10);
/// How many machines are remembered.
const PEERS_MAX: usize = 1024;

/// Who asked when.
#[derive(Debug, Default)]
pub(super) struct Limit(Mutex<HashMap<IpAddr, VecDeque<Instant>>>);

impl Limit {
    /// Counts one request of `peer` at the time `now`. Without a connection, as in tests, there is nobody to count.
    ///
    /// # Errors
    /// How many seconds to wait, when it is one too many; it is not counted then.
    pub(super) fn count(&self, peer: Option<IpAddr>, now: Instant) -> Result<(), u64> {
        // An IPv4 machine that came in by an IPv6 socket is the same machine.
        let Some(peer) = peer.map(|address| address.to_canonical()) else { return Ok(()) };
        // Nothing that holds the lock can panic half-way.
        let mut peers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if peers.len() >= PEERS_MAX && !peers.contains_key(&peer) {
            peers.retain(|_, times| times.back().is_some_and(|last| now.saturating_duration_since(*last) < WINDOW));
        }
        if peers.len() >= PEERS_MAX && !peers.contains_key(&peer) {
            let oldest = peers.iter().min_by_key(|(_, times)| times.back()).map(|(peer, _)| *peer);
            oldest.and_then(|oldest| peers.remove(&oldest));
        }
        let times = peers.entry(peer).or_default();
        while times.front().is_some_and(|first| now.saturating_duration_since(*first) >= WINDOW) {
            times.pop_front();
        }
        match times.front() {
            Some(first) if times.len() >= MAX => {
                let left = WINDOW.saturating_sub(now.saturating_duration_since(*first));
                Err(left.as_secs() + u64::from(left.subsec_nanos() > 0))
            }
            _ => {
                times.push_back(now);
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    fn peer(number: u32) -> Option<IpAddr> {
        Some(IpAddr::V4(Ipv4Addr::from_bits(number)))
    }

    #[test]
    fn five_within_ten_seconds_and_no_more() {
        let (limit, start) = (Limit::default(), Instant::now());
        let at = |ms| start + Duration::from_millis(ms);
        for ms in [0, 100, 200, 300, 400] {
            assert_eq!(limit.count(peer(1), at(ms)), Ok(()));
        }
        assert_eq!(limit.count(peer(1), at(500)), Err(10));
        assert_eq!(limit.count(peer(2), at(500)), Ok(()), "another machine has its own five");
        assert_eq!(limit.count(peer(1), at(9_999)), Err(1));
        assert_eq!(limit.count(peer(1), at(10_000)), Ok(()), "refused ones did not count");
        assert_eq!(limit.count(peer(1), at(10_001)), Err(1));
        let mapped = Some(IpAddr::V6(Ipv4Addr::from_bits(1).to_ipv6_mapped()));
        assert_eq!(limit.count(mapped, at(10_001)), Err(1));
    }

    #[test]
    fn the_table_is_bounded_and_forgets_the_oldest() {
        let (limit, start) = (Limit::default(), Instant::now());
        for number in 0..10_000 {
            for _ in 0..MAX {
                let now = start + Duration::from_micros(number.into());
                assert_eq!(limit.count(peer(number), now), Ok(()));
            }
        }
        assert_eq!(limit.0.lock().unwrap_or_else(PoisonError::into_inner).len(), PEERS_MAX);
        assert!(limit.count(peer(9_999), start + Duration::from_millis(20)).is_err(), "the newest are kept");
        let later = start + WINDOW + WINDOW;
        assert_eq!(limit.count(peer(20_000), later), Ok(()));
        assert_eq!(limit.0.lock().unwrap_or_else(PoisonError::into_inner).len(), 1, "who is free again is forgotten");
    }
}

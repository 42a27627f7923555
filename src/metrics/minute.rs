//! Everything counted in some stretch of time, a minute at first, and its bytes as they are kept.
//!
//! Stretches are merged without loss, so an hour is kept just like a minute. The bytes are read like any from outside:
//! whatever they say, nothing is believed that cannot be.

use super::cells::METHODS;
use super::sketch::Sketch;
use super::tally::Tally;
use super::window::Gauges;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The first byte of the bytes: which shape they have.
const SHAPE: u8 = 1;

/// The longest name that is believed, in bytes.
const MAX_NAME_BYTES: u64 = 256;

/// The most names that are believed.
const MAX_NAMES: u64 = 2048;

/// What is counted under a name of its own: a method and a route, or something else that was timed, without a method.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Name {
    pub(super) method: &'static str,
    pub(super) name: Arc<str>,
}

/// All that was counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Minute {
    pub(super) tallies: BTreeMap<Name, Tally>,
    pub(super) gauges: Gauges,
}

impl Minute {
    /// Adds another stretch of time.
    pub(super) fn merge(&mut self, other: &Self) {
        self.gauges.merge(&other.gauges);
        for (name, tally) in &other.tallies {
            self.tallies.entry(name.clone()).or_default().merge(tally);
        }
    }

    /// Puts what was counted under a name, if anything was.
    pub(super) fn put(&mut self, name: Name, tally: Tally) {
        if tally.sketch.count() > 0 {
            self.tallies.insert(name, tally);
        }
    }

    /// Its bytes: numbers of seven bits a byte, and of every sketch only the buckets that something is in.
    pub(super) fn encode(&self) -> Vec<u8> {
        let Gauges { page_hits, page_misses, events, sent_bytes, cpu_ms, rss_bytes, streams, live } = self.gauges;
        let mut bytes = vec![SHAPE];
        for number in [page_hits, page_misses, events, sent_bytes, cpu_ms, rss_bytes, streams, live] {
            put(&mut bytes, number);
        }
        put(&mut bytes, self.tallies.len() as u64);
        for (Name { method, name }, tally) in &self.tallies {
            // The place after the last is for what has no method.
            let place = METHODS.iter().position(|known| known == method).unwrap_or(METHODS.len());
            put(&mut bytes, place as u64);
            put(&mut bytes, name.len() as u64);
            bytes.extend_from_slice(name.as_bytes());
            tally.classes.iter().chain([&tally.sum, &tally.max]).for_each(|number| put(&mut bytes, *number));
            put(&mut bytes, tally.sketch.filled().count() as u64);
            let mut next = 0;
            for (index, count) in tally.sketch.filled() {
                put(&mut bytes, (index - next) as u64);
                put(&mut bytes, count);
                next = index + 1;
            }
        }
        bytes
    }

    /// What these bytes say; nothing if they are not ours.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let (shape, mut rest) = bytes.split_first()?;
        if *shape != SHAPE {
            return None;
        }
        let rest = &mut rest;
        let gauges = Gauges {
            page_hits: take(rest)?,
            page_misses: take(rest)?,
            events: take(rest)?,
            sent_bytes: take(rest)?,
            cpu_ms: take(rest)?,
            rss_bytes: take(rest)?,
            streams: take(rest)?,
            live: take(rest)?,
        };
        let names = take(rest).filter(|names| *names <= MAX_NAMES)?;
        let mut tallies = BTreeMap::new();
        for _ in 0..names {
            let name = take_name(rest)?;
            tallies.insert(name, take_tally(rest)?);
        }
        rest.is_empty().then_some(Self { tallies, gauges })
    }
}

fn take_name(rest: &mut &[u8]) -> Option<Name> {
    let place = usize::try_from(take(rest)?).ok()?;
    let method = if place == METHODS.len() { "" } else { METHODS.get(place).copied()? };
    let length = take(rest).filter(|length| *length <= MAX_NAME_BYTES)?;
    let (name, after) = rest.split_at_checked(usize::try_from(length).ok()?)?;
    *rest = after;
    Some(Name { method, name: str::from_utf8(name).ok()?.into() })
}

fn take_tally(rest: &mut &[u8]) -> Option<Tally> {
    let classes = [take(rest)?, take(rest)?, take(rest)?, take(rest)?, take(rest)?];
    let (sum, max, filled) = (take(rest)?, take(rest)?, take(rest)?);
    let (mut sketch, mut next) = (Sketch::default(), 0_usize);
    // Every round takes two bytes at least and a bucket that comes later than the last, so there are not many.
    for _ in 0..filled {
        let index = next.checked_add(usize::try_from(take(rest)?).ok()?)?;
        if !sketch.put(index, take(rest)?) {
            return None;
        }
        next = index + 1;
    }
    Some(Tally { classes, sum, max, sketch })
}

fn put(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn take(rest: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (byte, after) = rest.split_first()?;
        *rest = after;
        number |= u64::from(byte & 0x7f).checked_shl(shift)?;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
impl Minute {
    /// The room it takes, in bytes.
    pub(super) fn size_bytes(&self) -> usize {
        let tallies = self
            .tallies
            .iter()
            .map(|(name, tally)| size_of::<(Name, Tally)>() + name.name.len() + tally.sketch.size_bytes());
        tallies.sum()
    }
}

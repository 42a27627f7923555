//! From block to block through the clusters of a segment, without a look at the frames in them (RFC 9559 §5.1.3, §10).
//! Damage is jumped over to the next cluster.

use super::ebml::{self, Elements, Head};
use super::{ids, lacing::Lacing};
use crate::Error;
use crate::demux::MAX_PACKET_BYTES;
use crate::window::Window;

/// So many elements without a block among them, and we take it that no more blocks come.
const MAX_ELEMENTS: usize = 1000;
/// Elements in the group of a block.
const MAX_CHILDREN: usize = 32;
/// The time of a cluster is within so many bytes from its beginning.
const CLUSTER_HEAD_BYTES: usize = 96;
/// How far is looked for the next cluster after damage, in bytes.
pub(crate) const SEARCH_BYTES: u64 = 16 << 20;
/// How much is read at once where a cluster is looked for.
pub(crate) const SEARCH_STEP: u64 = 64 << 10;

/// A cluster: where it is, and the time its blocks count from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cluster {
    /// Where its head is in the file.
    pub(crate) place: u64,
    /// Where its body begins in the file.
    pub(crate) body: u64,
    /// Where it ends; `None` where the writer did not know.
    pub(crate) end: Option<u64>,
    /// Its time in ticks.
    pub(crate) ticks: i64,
}

/// The head of a block.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Block {
    /// The number of its track.
    pub(crate) track: u64,
    /// When it is shown, in ticks of the segment.
    pub(crate) ticks: i64,
    /// How long it is shown, in ticks.
    pub(crate) duration: Option<u64>,
    /// Whether decoding can begin here.
    pub(crate) key: bool,
    /// How the frames in it are laid out.
    pub(crate) lacing: Lacing,
    /// Where they are in the file.
    pub(crate) frames: u64,
    /// How many bytes they are.
    pub(crate) size: u64,
    /// Where to walk on to come to this block once more.
    pub(crate) here: Walk,
}

impl Block {
    /// The frames in it, as they are stored.
    pub(crate) fn read(&self, window: &mut Window) -> Result<Vec<u8>, Error> {
        window.read(self.frames, self.size, MAX_PACKET_BYTES)
    }
}

/// A place between two elements of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Walk {
    at: u64,
    end: u64,
    cluster: Option<Cluster>,
}

impl Walk {
    /// Begins at a place between clusters, in a segment that ends at `end`.
    pub(crate) fn new(at: u64, end: u64) -> Self {
        Self { at, end, cluster: None }
    }

    /// Begins in a cluster, so many bytes after its head.
    pub(crate) fn within(cluster: Cluster, bytes: u64, end: u64) -> Self {
        Self { at: cluster.body.saturating_add(bytes), end, cluster: Some(cluster) }
    }

    /// The next block; nothing at the end.
    pub(crate) fn next(&mut self, window: &mut Window) -> Result<Option<Block>, Error> {
        for _ in 0..MAX_ELEMENTS {
            if self.cluster.and_then(|cluster| cluster.end).is_some_and(|end| self.at >= end) {
                self.cluster = None;
            }
            if self.at >= self.end {
                return Ok(None);
            }
            let here = *self;
            let Some(head) = Head::at(window, self.at)? else {
                self.resume(window)?;
                continue;
            };
            let body = self.at.saturating_add(head.len);
            if head.id == ids::CLUSTER {
                match cluster_at(window, self.at)? {
                    Some(cluster) => (self.at, self.cluster) = (cluster.body, Some(cluster)),
                    None => self.resume(window)?,
                }
                continue;
            }
            let Some(size) = head.size.filter(|size| *size <= self.end.saturating_sub(body)) else {
                self.resume(window)?;
                continue;
            };
            self.at = body.saturating_add(size);
            if let Some(block) = here.block(window, head.id, body, size)? {
                return Ok(Some(block));
            }
        }
        self.at = self.end;
        Ok(None)
    }

    /// The block that an element is or contains.
    fn block(self, window: &mut Window, id: u32, body: u64, size: u64) -> Result<Option<Block>, Error> {
        match id {
            ids::SIMPLE_BLOCK => self.block_head(window, body, size),
            ids::BLOCK_GROUP => self.block_group(window, body, size),
            _ => Ok(None),
        }
    }

    fn block_group(self, window: &mut Window, body: u64, size: u64) -> Result<Option<Block>, Error> {
        let (mut block, mut duration, mut key) = (None, None, true);
        let (mut at, end) = (body, body.saturating_add(size));
        for _ in 0..MAX_CHILDREN {
            let Some(head) = Head::at(window, at)?.filter(|_| at < end) else { break };
            let body = at.saturating_add(head.len);
            let Some(size) = head.size.filter(|size| *size <= end.saturating_sub(body)) else { break };
            match head.id {
                ids::BLOCK => block = self.block_head(window, body, size)?,
                ids::BLOCK_DURATION => duration = Some(ebml::uint(window.peek(body, size.min(8) as usize)?)),
                ids::REFERENCE_BLOCK => key = false,
                _ => {}
            }
            at = body.saturating_add(size);
        }
        Ok(block.map(|block| Block { duration, key, ..block }))
    }

    /// The head of a block (RFC 9559 §10.1). Whether a simple block is a key frame is among its flags.
    fn block_head(self, window: &mut Window, body: u64, size: u64) -> Result<Option<Block>, Error> {
        let Some(cluster) = self.cluster else { return Ok(None) };
        let bytes = window.peek(body, size.min(12) as usize)?;
        let Some((track, len)) = ebml::number(bytes) else { return Ok(None) };
        let Some(&[high, low, flags]) = bytes.get(len..).and_then(|bytes| bytes.first_chunk()) else { return Ok(None) };
        let len = len as u64 + 3;
        Ok(Some(Block {
            track,
            ticks: cluster.ticks.saturating_add(i64::from(i16::from_be_bytes([high, low]))),
            duration: None,
            key: flags & 0x80 != 0,
            lacing: Lacing::of(flags),
            frames: body.saturating_add(len),
            size: size.saturating_sub(len),
            here: self,
        }))
    }

    /// Goes on after something that makes no sense: at the next cluster, if it is not far.
    fn resume(&mut self, window: &mut Window) -> Result<(), Error> {
        let next = cluster_after(window, self.at.saturating_add(1), self.end)?;
        self.at = next.map_or(self.end, |cluster| cluster.place);
        self.cluster = None;
        Ok(())
    }
}

impl Cluster {
    /// The cluster that begins with these bytes at a place of a file; nothing if there is none, or it does not begin with
    /// its time. Few bytes look like one by chance.
    fn parse(bytes: &[u8], place: u64) -> Option<Self> {
        let head = Head::parse(bytes).filter(|head| head.id == ids::CLUSTER)?;
        let body = place.saturating_add(head.len);
        let mut children = Elements(bytes.get(usize::try_from(head.len).ok()?..)?);
        let before = [ids::CRC_32, ids::VOID, ids::POSITION, ids::PREV_SIZE];
        let (_, time) = children.find(|(id, _)| !before.contains(id)).filter(|(id, _)| *id == ids::TIMESTAMP)?;
        let ticks = i64::try_from(ebml::uint(time.get(..8).unwrap_or(time))).ok()?;
        Some(Self { place, body, end: head.size.map(|size| body.saturating_add(size)), ticks })
    }
}

/// The cluster that begins at a place.
pub(crate) fn cluster_at(window: &mut Window, place: u64) -> Result<Option<Cluster>, Error> {
    Ok(Cluster::parse(window.peek(place, CLUSTER_HEAD_BYTES)?, place))
}

/// The first cluster that begins at `from` or after it and before `to`, if it is not far.
pub(crate) fn cluster_after(window: &mut Window, from: u64, to: u64) -> Result<Option<Cluster>, Error> {
    let stop = to.min(from.saturating_add(SEARCH_BYTES));
    let mut at = from;
    while at < stop {
        let found = clusters_in(window, at)?.into_iter().find(|cluster| cluster.place < stop);
        if found.is_some() {
            return Ok(found);
        }
        at = at.saturating_add(SEARCH_STEP);
    }
    Ok(None)
}

/// The last cluster that begins before `to`, if it is not far and not before `from`.
pub(crate) fn cluster_before(window: &mut Window, from: u64, to: u64) -> Result<Option<Cluster>, Error> {
    let stop = from.max(to.saturating_sub(SEARCH_BYTES));
    let mut at = to;
    while at > stop {
        let before = at.saturating_sub(SEARCH_STEP).max(stop);
        let found = clusters_in(window, before)?.into_iter().rev().find(|cluster| cluster.place < at);
        if found.is_some() {
            return Ok(found);
        }
        at = before;
    }
    Ok(None)
}

/// The clusters that begin in the next piece of the file.
fn clusters_in(window: &mut Window, at: u64) -> Result<Vec<Cluster>, Error> {
    let name = ids::CLUSTER.to_be_bytes();
    let piece = window.peek(at, SEARCH_STEP as usize + CLUSTER_HEAD_BYTES)?;
    let heads = piece.windows(4).enumerate().take(SEARCH_STEP as usize).filter(|(_, four)| *four == name);
    let parsed = heads.filter_map(|(index, _)| Cluster::parse(piece.get(index..)?, at.saturating_add(index as u64)));
    Ok(parsed.collect())
}

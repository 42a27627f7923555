//! Where the frames of an AVI file are: by its index, by the larger one of OpenDML, or by walking from chunk to chunk
//! where both are missing.

use super::format::{u16_at, u32_at};
use super::riff::{Chunk, HEAD_BYTES, stream_of};
use crate::Error;
use crate::window::Window;

/// More frames than this are not remembered: 8 hours of pictures and sound.
const MAX_ENTRIES: usize = 2_000_000;
/// Parts of a file of 1 GB each, or indexes of them.
const MAX_PARTS: usize = 1000;
/// The largest index of a part, in bytes.
const MAX_PART_BYTES: usize = 4 << 20;
/// Chunks behind the frames among which the index is looked for.
const MAX_CHUNKS: usize = 16;
const ENTRY_BYTES: usize = 16;
/// The flag of a key frame in `idx1`.
const KEY: u32 = 0x10;
/// The flag of a frame that is none in an index of OpenDML.
const NO_KEY: u32 = 0x8000_0000;
/// Bytes read at once where only the heads of chunks are wanted.
const STRIDE_BYTES: usize = 64;

/// A frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Where it is in the file.
    pub(crate) offset: u64,
    /// How many bytes it has.
    pub(crate) size: u32,
    /// The stream it belongs to.
    pub(crate) stream: u8,
    /// Whether the index says that decoding can begin here.
    pub(crate) key: bool,
}

/// All frames in the order of the file. Without an index none is a key frame.
pub(crate) fn read(window: &mut Window, movi: Chunk, indexes: &[&[u8]]) -> Result<Vec<Entry>, Error> {
    let mut entries = open_dml(window, indexes)?;
    if entries.is_empty() {
        entries = idx1(window, movi)?;
        let covered = if entries.is_empty() { 0 } else { 1 };
        let mut looks = MAX_ENTRIES;
        for part in parts(window, movi)?.into_iter().skip(covered) {
            scan(window, part, &mut looks, &mut entries)?;
        }
    }
    let end = window.len();
    entries.retain(|entry| entry.offset.saturating_add(u64::from(entry.size)) <= end);
    entries.sort_by_key(|entry| entry.offset);
    Ok(entries)
}

/// By the indexes in the heads of the streams (OpenDML §3.0): of frames, or of more such indexes.
fn open_dml(window: &mut Window, indexes: &[&[u8]]) -> Result<Vec<Entry>, Error> {
    let mut entries = Vec::new();
    let mut parts = Vec::new();
    for (stream, index) in indexes.iter().enumerate() {
        match index.get(3) {
            Some(0) => {
                let used = u32_at(index, 4) as usize;
                let places = index.get(24..).unwrap_or_default().chunks_exact(ENTRY_BYTES).take(used);
                let places = places.filter_map(|place| place.first_chunk());
                parts.extend(places.map(|place| (stream, u64::from_le_bytes(*place))));
            }
            Some(1) => standard(index, stream, &mut entries),
            Some(_) | None => {}
        }
    }
    for (stream, place) in parts.into_iter().take(MAX_PARTS) {
        if let Some(chunk) = Chunk::at(window, place)? {
            standard(&body(window, chunk, MAX_PART_BYTES)?, stream, &mut entries);
        }
    }
    Ok(entries)
}

/// An index of frames (OpenDML §3.0, `_avistdindex_chunk`).
fn standard(index: &[u8], stream: usize, entries: &mut Vec<Entry>) {
    let (Ok(stream), 2, Some(1)) = (u8::try_from(stream), u16_at(index, 0), index.get(3)) else { return };
    let base = u64::from(u32_at(index, 12)) | u64::from(u32_at(index, 16)) << 32;
    let left = MAX_ENTRIES.saturating_sub(entries.len()).min(u32_at(index, 4) as usize);
    let places = index.get(24..).unwrap_or_default().chunks_exact(8).take(left);
    entries.extend(places.map(|place| {
        let size = u32_at(place, 4);
        let offset = base.saturating_add(u64::from(u32_at(place, 0)));
        Entry { offset, size: size & !NO_KEY, stream, key: size & NO_KEY == 0 }
    }));
}

/// By the index behind the frames of the first part. Its places count from the list of frames, or from the beginning of
/// the file, as the writer pleased.
fn idx1(window: &mut Window, movi: Chunk) -> Result<Vec<Entry>, Error> {
    let mut at = movi.next();
    let mut index = Vec::new();
    for _ in 0..MAX_CHUNKS {
        let Some(chunk) = Chunk::at(window, at)? else { break };
        if &chunk.id == b"idx1" {
            index = body(window, chunk, MAX_ENTRIES * ENTRY_BYTES)?;
            break;
        }
        at = chunk.next();
    }
    let places =
        || index.chunks_exact(ENTRY_BYTES).filter_map(|entry| Some((entry, stream_of(*entry.first_chunk()?)?)));
    let Some((first, _)) = places().next() else { return Ok(Vec::new()) };
    let mut base = None;
    for candidate in [movi.body, 0] {
        let there = Chunk::at(window, candidate.saturating_add(u64::from(u32_at(first, 8))))?;
        if there.is_some_and(|chunk| first.starts_with(&chunk.id) && chunk.size == u32_at(first, 12)) {
            base = Some(candidate);
            break;
        }
    }
    let Some(base) = base else { return Ok(Vec::new()) };
    let entry = |(entry, stream): (&[u8], usize)| {
        let offset = base.saturating_add(u64::from(u32_at(entry, 8))).saturating_add(HEAD_BYTES);
        let key = u32_at(entry, 4) & KEY != 0;
        Some(Entry { offset, size: u32_at(entry, 12), stream: u8::try_from(stream).ok()?, key })
    };
    Ok(places().filter_map(entry).take(MAX_ENTRIES).collect())
}

/// The lists of frames in all parts of a file.
fn parts(window: &mut Window, first: Chunk) -> Result<Vec<Chunk>, Error> {
    let mut parts = vec![first];
    let Some(riff) = Chunk::at(window, 0)? else { return Ok(parts) };
    let mut at = riff.next();
    while parts.len() < MAX_PARTS {
        let Some(riff) = Chunk::at(window, at)?.filter(|riff| &riff.kind == b"AVIX") else { break };
        let list = Chunk::at(window, riff.body.saturating_add(4))?;
        parts.extend(list.filter(|list| &list.kind == b"movi"));
        at = riff.next();
    }
    Ok(parts)
}

/// From chunk to chunk, without a look at what is in them, and at no more of them than so many.
fn scan(window: &mut Window, movi: Chunk, looks: &mut usize, entries: &mut Vec<Entry>) -> Result<(), Error> {
    window.set_span(STRIDE_BYTES);
    let end = movi.end(window.len());
    let mut at = movi.body.saturating_add(4);
    while at < end && *looks > 0 && entries.len() < MAX_ENTRIES {
        *looks -= 1;
        let Some(chunk) = Chunk::at(window, at)? else { break };
        let list = &chunk.id == b"LIST" && &chunk.kind == b"rec ";
        at = if list { chunk.body.saturating_add(4) } else { chunk.next() };
        if let Some(stream) = chunk.stream().and_then(|stream| u8::try_from(stream).ok()) {
            entries.push(Entry { offset: chunk.body, size: chunk.size, stream, key: false });
        }
    }
    window.set_span(Window::HEADS);
    Ok(())
}

/// What is in a chunk, as far as it is there and worth remembering.
fn body(window: &mut Window, chunk: Chunk, limit: usize) -> Result<Vec<u8>, Error> {
    let len = u64::from(chunk.size).min(limit as u64).min(window.len().saturating_sub(chunk.body));
    window.read(chunk.body, len, limit)
}

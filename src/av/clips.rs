//! The clips in `tests/clips`, for tests of this package.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::demux::{Demuxer, Packet};
use crate::info::{Info, Kind, VideoTrack};
use crate::source::{ReadAt, Source};
use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How often a file was read, and how many bytes of it.
#[derive(Default)]
pub(crate) struct Reads {
    pub(crate) times: AtomicU64,
    pub(crate) bytes: AtomicU64,
}

struct Counted<Bytes>(Bytes, Arc<Reads>);

impl<Bytes: ReadAt> ReadAt for Counted<Bytes> {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let read = self.0.read_at(buffer, offset)?;
        self.1.times.fetch_add(1, Ordering::Relaxed);
        self.1.bytes.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// Opens a clip.
pub(crate) fn open(name: &str) -> Box<dyn Demuxer> {
    open_counted(name).0
}

/// Opens a clip whose reads are counted.
pub(crate) fn open_counted(name: &str) -> (Box<dyn Demuxer>, Arc<Reads>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/clips");
    let file = File::open(folder.join(name)).unwrap();
    let len = file.metadata().unwrap().len();
    counted(file, len)
}

fn counted(bytes: impl ReadAt + 'static, len: u64) -> (Box<dyn Demuxer>, Arc<Reads>) {
    let reads = Arc::new(Reads::default());
    (crate::open(Source::new(Counted(bytes, Arc::clone(&reads)), len)).unwrap(), reads)
}

/// Opens a film that is in memory.
pub(crate) fn open_bytes(bytes: Vec<u8>) -> Box<dyn Demuxer> {
    open_bytes_counted(bytes).0
}

/// Opens a film that is in memory, and whose reads are counted.
pub(crate) fn open_bytes_counted(bytes: Vec<u8>) -> (Box<dyn Demuxer>, Arc<Reads>) {
    let len = bytes.len() as u64;
    counted(bytes, len)
}

/// All that is left of a film.
pub(crate) fn rest(film: &mut dyn Demuxer) -> Vec<Packet> {
    std::iter::from_fn(|| film.next().unwrap()).collect()
}

/// Times in µs, whether they are key frames, and lengths of the packets of one track.
pub(crate) fn of_track(packets: &[Packet], track: usize) -> Vec<(i64, bool, usize)> {
    let packets = packets.iter().filter(|packet| packet.track == track);
    packets.map(|packet| (packet.pts_us, packet.key, packet.data.len())).collect()
}

/// The picture of a film.
pub(crate) fn picture(info: &Info) -> &VideoTrack {
    info.picture().unwrap().1
}

/// What kinds of tracks a film has: `v` for pictures, `a` for sound, `s` for words, `-` for others.
pub(crate) fn kinds(info: &Info) -> String {
    let letter = |kind: &Kind| match kind {
        Kind::Video(_) => 'v',
        Kind::Audio(_) => 'a',
        Kind::Subtitle(_) => 's',
        Kind::Other => '-',
    };
    info.tracks.iter().map(|track| letter(&track.kind)).collect()
}

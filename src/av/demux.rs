//! The one way into every container: what is in it, its key frames, and its packets in order.

use crate::Error;
use crate::info::Info;

/// The largest packet that is read, in bytes. A key frame of 8K film has a few million.
pub const MAX_PACKET_BYTES: usize = 64 << 20;

/// One compressed frame of one track.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet {
    /// Index of its track in [`Info::tracks`].
    pub track: usize,
    /// When it is shown, in µs from the start of the film; a little before 0 for sound that leads in.
    pub pts_us: i64,
    /// How long it is shown, in µs, if the container says so.
    pub duration_us: Option<u64>,
    /// Whether decoding can begin here.
    pub key: bool,
    /// Its bytes, as the container stores them.
    pub data: Vec<u8>,
}

/// A file that was opened: its head is read and understood.
pub trait Demuxer: Send {
    /// What the file says about itself.
    fn info(&self) -> &Info;

    /// When key frames of the picture are shown, in ms, ascending, as an index tells; empty where there is none.
    ///
    /// # Errors
    /// The index cannot be read.
    fn keyframes(&mut self) -> Result<Vec<u64>, Error>;

    /// The key frame of the picture that is nearest to `at_ms`; where nothing tells, the first one after it, or the first
    /// of all. Reads no other frame.
    ///
    /// # Errors
    /// There is none, or it cannot be read.
    fn keyframe(&mut self, at_ms: u64) -> Result<Packet, Error>;

    /// Goes to the last key frame of the picture at or before `at_ms`, or to the first one. In a file without a picture
    /// to the sound at that time.
    ///
    /// # Errors
    /// The place cannot be found.
    fn seek(&mut self, at_ms: u64) -> Result<(), Error>;

    /// From now on, [`Demuxer::next`] may leave out the packets of all tracks but these; whoever can, does not read them
    /// either. Packets of other tracks may still come.
    fn select(&mut self, _tracks: &[usize]) {}

    /// The next packet in the order of the file, whichever track it belongs to; nothing at the end. Packets of one track
    /// come in decoding order, those of different tracks within about a second of each other. What comes of sound between
    /// the place of a key frame and its time is given, too.
    ///
    /// # Errors
    /// It cannot be read.
    fn next(&mut self) -> Result<Option<Packet>, Error>;
}

/// Which tracks are wanted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Selected(Option<Vec<usize>>);

impl Selected {
    pub(crate) fn only(tracks: &[usize]) -> Self {
        Self(Some(tracks.to_vec()))
    }

    /// Whether packets of this track are to be read; all are unless somebody has said which.
    pub(crate) fn has(&self, track: usize) -> bool {
        self.0.as_ref().is_none_or(|tracks| tracks.contains(&track))
    }

    /// Whether some are left out.
    pub(crate) fn skips(&self) -> bool {
        self.0.is_some()
    }
}

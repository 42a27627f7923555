//! MP3 as it is, frame after frame: some browsers that take a film piece by piece play it like that, but not in an MP4.

use super::Plan;
use crate::Error;
use crate::demux::{Demuxer, Packet};
use crate::info::{AudioCodec, Kind};

/// How long a piece is, in µs.
const PIECE_US: i64 = 1_000_000;
/// How large a piece becomes, in bytes; MP3 has 40,000 a second at most.
const PIECE_BYTES: usize = 1 << 20;

/// The sound of a film alone.
pub struct Mp3 {
    demuxer: Box<dyn Demuxer>,
    track: usize,
    /// What was read and not yet given.
    held: Option<Packet>,
}

impl Mp3 {
    /// The sound that the `plan` for this file takes, from the first packet at or after `at_ms` on.
    ///
    /// # Errors
    /// It is not MP3, or the place cannot be found.
    pub fn new(mut demuxer: Box<dyn Demuxer>, plan: &Plan, at_ms: u64) -> Result<Self, Error> {
        let none = || Error::Unsupported("a file without MP3 sound".to_owned());
        let track = plan.sound.ok_or_else(none)?;
        match demuxer.info().tracks.get(track).map(|track| &track.kind) {
            Some(Kind::Audio(audio)) if audio.codec == AudioCodec::Mp3 => {}
            Some(Kind::Audio(_) | Kind::Video(_) | Kind::Subtitle(_) | Kind::Other) | None => return Err(none()),
        }
        demuxer.seek(at_ms)?;
        demuxer.select(&[track]);
        let mut sound = Self { demuxer, track, held: None };
        let at_us = i64::try_from(at_ms.saturating_mul(1000)).unwrap_or(i64::MAX);
        sound.held = loop {
            match sound.read()? {
                Some(packet) if packet.pts_us < at_us => {}
                packet => break packet,
            }
        };
        Ok(sound)
    }

    /// When the first packet is heard, in µs; nothing if there is none.
    #[must_use]
    pub fn begins_us(&self) -> Option<i64> {
        self.held.as_ref().map(|packet| packet.pts_us)
    }

    /// The next second; nothing at the end.
    ///
    /// # Errors
    /// The file cannot be read on.
    pub fn next_piece(&mut self) -> Result<Option<Vec<u8>>, Error> {
        let Some(first) = self.held.take() else { return Ok(None) };
        let (until_us, mut piece) = (first.pts_us.saturating_add(PIECE_US), first.data);
        while let Some(packet) = self.read()? {
            if packet.pts_us >= until_us || piece.len() + packet.data.len() > PIECE_BYTES {
                self.held = Some(packet);
                break;
            }
            piece.extend_from_slice(&packet.data);
        }
        Ok(Some(piece))
    }

    fn read(&mut self) -> Result<Option<Packet>, Error> {
        loop {
            match self.demuxer.next()? {
                Some(packet) if packet.track != self.track => {}
                packet => return Ok(packet),
            }
        }
    }
}

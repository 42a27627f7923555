//! What the first sample entry of a track says (ISO/IEC 14496-12 §8.5.2, §12; QuickTime File Format, "Sample Description
//! Atoms"): codec, configuration, size, shape, colours. Further entries are not looked at.

use super::boxes::{Full, Name, boxes, find, text};
use super::sound;
use crate::bits::{be8, be16, be32};
use crate::codec::hevc;
use crate::info::{Colour, Kind, Rotation, SubtitleFormat, SubtitleTrack, VideoCodec, VideoTrack};
use crate::{Error, codec::Picture};

/// A sample entry.
pub(super) struct Entry<'a> {
    pub(super) name: Name,
    /// What comes after its head.
    pub(super) body: &'a [u8],
    /// The version of the box it is in; QuickTime has 0.
    pub(super) version: u8,
}

impl<'a> Entry<'a> {
    /// The first entry of `stsd`.
    pub(super) fn first(stsd: &'a [u8]) -> Option<Self> {
        let full = Full::read(stsd)?;
        let (name, body) = boxes(full.body.get(4..)?).next()?;
        Some(Self { name, body, version: full.version })
    }

    /// What is in a track of this handler (§8.4.3).
    pub(super) fn kind(&self, handler: &Name) -> Result<Kind, Error> {
        match &self.name {
            b"encv" | b"enca" | b"drmi" | b"drms" => return Err(Error::Unsupported("an encrypted film".to_owned())),
            _ => {}
        }
        Ok(match handler {
            b"vide" => Kind::Video(self.video()),
            b"soun" => Kind::Audio(sound::track(self)),
            b"text" | b"subt" | b"sbtl" | b"clcp" | b"subp" => Kind::Subtitle(self.subtitle()),
            _ => Kind::Other,
        })
    }

    fn subtitle(&self) -> SubtitleTrack {
        let format = match &self.name {
            b"tx3g" | b"text" => SubtitleFormat::Timed,
            _ => SubtitleFormat::Other(text(self.name)),
        };
        SubtitleTrack { format, config: Vec::new() }
    }

    fn video(&self) -> VideoTrack {
        let more = self.body.get(78..).unwrap_or_default();
        let (codec, config) = self.video_codec(more);
        let picture = codec.picture(&config);
        let side = |at, known: fn(&Picture) -> u32| match be16(self.body, at) {
            Some(side) if side > 0 => u32::from(side),
            _ => picture.as_ref().map_or(0, known),
        };
        let pixel_aspect = find(more, b"pasp").and_then(|pasp| Some((be32(pasp, 0)?, be32(pasp, 4)?)));
        let pixel_aspect = pixel_aspect.filter(|(across, down)| *across > 0 && *down > 0);
        let codec_string = match &self.name {
            b"hev1" | b"dvhe" => hevc::string("hev1", &config),
            _ => None,
        };
        VideoTrack {
            codec_string: codec_string.unwrap_or_else(|| codec.string(&config)),
            width: side(24, |picture| picture.width),
            height: side(26, |picture| picture.height),
            pixel_aspect: pixel_aspect.or(picture.and_then(|picture| picture.pixel_aspect)).unwrap_or((1, 1)),
            rotation: Rotation::None,
            frame_rate_mhz: 0,
            colour: find(more, b"colr").and_then(colour).unwrap_or(Colour::UNSPECIFIED).or(codec.colour(&config)),
            codec,
            config,
        }
    }

    fn video_codec(&self, more: &[u8]) -> (VideoCodec, Vec<u8>) {
        let (codec, config) = match &self.name {
            b"avc1" | b"avc2" | b"avc3" | b"avc4" | b"dva1" | b"dvav" => (VideoCodec::H264, Some(b"avcC")),
            b"hvc1" | b"hev1" | b"dvh1" | b"dvhe" => (VideoCodec::Hevc, Some(b"hvcC")),
            b"vp08" => (VideoCodec::Vp8, None),
            b"vp09" => (VideoCodec::Vp9, Some(b"vpcC")),
            b"av01" => (VideoCodec::Av1, Some(b"av1C")),
            b"jpeg" | b"mjpa" | b"MJPG" | b"AVDJ" => (VideoCodec::Mjpeg, None),
            b"mp4v" if sound::esds(more).is_some_and(|esds| esds.object_type == 0x6c) => (VideoCodec::Mjpeg, None),
            _ => (VideoCodec::Other(text(self.name)), None),
        };
        let config = config.and_then(|name| find(more, name)).unwrap_or_default();
        (codec, config.to_vec())
    }
}

/// `colr` (§12.1.5) by code points; a profile of another kind says nothing here.
fn colour(colr: &[u8]) -> Option<Colour> {
    let (kind, rest) = colr.split_at_checked(4)?;
    let full_range = match kind {
        b"nclx" => be8(rest, 6).map(|flags| flags & 0x80 != 0),
        b"nclc" => None,
        _ => return None,
    };
    let code = |at| Some(u8::try_from(be16(rest, at)?).unwrap_or(2));
    Some(Colour { primaries: code(0)?, transfer: code(2)?, matrix: code(4)?, full_range })
}

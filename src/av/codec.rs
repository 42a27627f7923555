//! What is to be known of codecs by readers of every container: the strings browsers know them by (RFC 6381), and what
//! their configuration and sequence headers say of size, shape, colour and speed. Nothing is decoded here.

pub mod aac;
pub mod ac3;
pub mod av1;
pub mod h264;
pub mod hevc;
pub mod vp9;
mod vui;

use crate::info::{AudioCodec, Colour, VideoCodec};

/// What a sequence header says of the frames that follow it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Width in pixels, without what is cropped.
    pub width: u32,
    /// Height in pixels, without what is cropped.
    pub height: u32,
    /// The shape of a pixel, width to height, if it is said.
    pub pixel_aspect: Option<(u32, u32)>,
    /// What is said about colours.
    pub colour: Colour,
    /// Frames in 1,000 seconds; 0 when nothing is said.
    pub frame_rate_mhz: u32,
}

impl VideoCodec {
    /// The RFC 6381 string for browsers of a track with this configuration, see [`crate::info::VideoTrack::config`]; without
    /// the numbers of profile and level where the configuration does not tell them.
    #[must_use]
    pub fn string(&self, config: &[u8]) -> String {
        let (exact, short) = match self {
            Self::H264 => (h264::string(config), "avc1"),
            Self::Hevc => (hevc::string("hvc1", config), "hvc1"),
            Self::Vp8 => (None, "vp8"),
            Self::Vp9 => (vp9::string(config), "vp09.00.10.08"),
            Self::Av1 => (av1::string(config), "av01.0.08M.08"),
            Self::Mjpeg => (None, "mjpeg"),
            Self::Other(name) => (None, name.as_str()),
        };
        exact.unwrap_or_else(|| short.to_owned())
    }

    /// What the configuration of a track says of its frames, if there is something in it.
    #[must_use]
    pub fn picture(&self, config: &[u8]) -> Option<Picture> {
        match self {
            Self::H264 => h264::picture(config),
            Self::Hevc => hevc::picture(config),
            Self::Vp8 | Self::Vp9 | Self::Av1 | Self::Mjpeg | Self::Other(_) => None,
        }
    }

    /// What the configuration of a track, or else its sequence header, says about colours.
    #[must_use]
    pub fn colour(&self, config: &[u8]) -> Colour {
        match self {
            Self::Vp9 => vp9::colour(config).unwrap_or(Colour::UNSPECIFIED),
            Self::H264 | Self::Hevc | Self::Vp8 | Self::Av1 | Self::Mjpeg | Self::Other(_) => {
                self.picture(config).map_or(Colour::UNSPECIFIED, |picture| picture.colour)
            }
        }
    }
}

impl AudioCodec {
    /// The RFC 6381 string for browsers of a track with this configuration, see [`crate::info::AudioTrack::config`].
    #[must_use]
    pub fn string(&self, config: &[u8]) -> String {
        let name = match self {
            Self::Aac => return aac::string(config),
            Self::Mp3 => "mp4a.6B",
            Self::Opus => "opus",
            Self::Flac => "flac",
            Self::Vorbis => "vorbis",
            Self::Ac3 => "ac-3",
            Self::Eac3 => "ec-3",
            Self::Other(name) => name,
        };
        name.to_owned()
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
pub(crate) mod tests {
    use super::*;

    /// Bytes as tests write them.
    pub(crate) fn unhex(text: &str) -> Vec<u8> {
        text.as_bytes().chunks(2).map(|two| u8::from_str_radix(str::from_utf8(two).unwrap(), 16).unwrap()).collect()
    }

    #[test]
    fn a_codec_without_a_config_has_its_short_name() {
        assert_eq!(VideoCodec::H264.string(&[]), "avc1");
        assert_eq!(VideoCodec::Hevc.string(&[]), "hvc1");
        assert_eq!(VideoCodec::Vp8.string(&[]), "vp8");
        assert_eq!(VideoCodec::Other("XVID".into()).string(&[]), "XVID");
        assert_eq!(AudioCodec::Aac.string(&[0x12, 0x10]), "mp4a.40.2");
        assert_eq!(AudioCodec::Mp3.string(&[]), "mp4a.6B");
        assert_eq!(AudioCodec::Other("DTS ".into()).string(&[]), "DTS ");
    }

    #[test]
    fn a_config_is_enough_for_colours() {
        let colour = VideoCodec::Vp9.colour(&[1, 0, 0, 0, 2, 31, 0xa2, 9, 16, 9, 0, 0]);
        assert_eq!(colour, Colour { primaries: 9, transfer: 16, matrix: 9, full_range: Some(false) });
        assert_eq!(VideoCodec::H264.colour(&[]), Colour::UNSPECIFIED);
    }
}

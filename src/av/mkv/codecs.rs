//! What the names of codecs mean, and what stands with them for the decoder (the codec mappings of Matroska). The frames
//! are not looked at.

use super::ebml;
use super::ids;
use super::tracks::{Shape, find};
use crate::avi::format;
use crate::info::{AudioCodec, AudioTrack, SubtitleFormat, SubtitleTrack, VideoCodec, VideoTrack};

/// The name of a codec, and what its decoder needs first.
pub(crate) struct Setup<'a> {
    /// `CodecID`.
    pub(crate) codec: &'a str,
    /// `CodecPrivate`.
    pub(crate) private: Vec<u8>,
}

/// A track of pictures.
pub(crate) fn video(setup: Setup<'_>, shape: &Shape) -> VideoTrack {
    let Setup { codec, private } = setup;
    let (codec, config) = match codec {
        "V_MPEG4/ISO/AVC" => (VideoCodec::H264, private),
        "V_MPEGH/ISO/HEVC" => (VideoCodec::Hevc, private),
        "V_AV1" => (VideoCodec::Av1, private),
        "V_VP8" => (VideoCodec::Vp8, Vec::new()),
        // What may stand there is not the record of MP4.
        "V_VP9" => (VideoCodec::Vp9, Vec::new()),
        "V_MJPEG" => (VideoCodec::Mjpeg, Vec::new()),
        "V_MS/VFW/FOURCC" => {
            let track = format::video(&private);
            (track.codec, track.config)
        }
        // A sample entry of QuickTime: its size, then its name.
        "V_QUICKTIME" => match private.get(4..8).map(String::from_utf8_lossy).as_deref() {
            Some("jpeg" | "mjpa") => (VideoCodec::Mjpeg, Vec::new()),
            name => (VideoCodec::Other(name.unwrap_or(codec).to_owned()), private),
        },
        other => (VideoCodec::Other(other.to_owned()), private),
    };
    let said = codec.picture(&config);
    VideoTrack {
        codec_string: codec.string(&config),
        width: shape.width,
        height: shape.height,
        pixel_aspect: shape.pixel_aspect.or(said.and_then(|said| said.pixel_aspect)).unwrap_or((1, 1)),
        rotation: shape.rotation,
        frame_rate_mhz: shape.frame_rate_mhz,
        colour: shape.colour.or(codec.colour(&config)),
        codec,
        config,
    }
}

/// A track of sound; `about` is the body of `Audio`.
pub(crate) fn audio(setup: Setup<'_>, about: &[u8]) -> AudioTrack {
    let rate = |id| find(about, id).map(|rate| ebml::float(rate).round() as u32).filter(|rate| *rate > 0);
    let stored = rate(ids::SAMPLING_FREQUENCY).unwrap_or(8000);
    let sample_rate = rate(ids::OUTPUT_SAMPLING_FREQUENCY).unwrap_or(stored);
    let channels = find(about, ids::CHANNELS).map_or(1, |channels| u16::try_from(ebml::uint(channels)).unwrap_or(0));
    let Setup { codec, private } = setup;
    let after = |magic: &[u8]| private.strip_prefix(magic).unwrap_or(&private).to_vec();
    let (codec, config) = match codec {
        "A_AAC" => (AudioCodec::Aac, private),
        _ if codec.starts_with("A_AAC/") => (AudioCodec::Aac, old_aac(codec, stored, channels, private)),
        "A_MPEG/L3" => (AudioCodec::Mp3, Vec::new()),
        "A_OPUS" => (AudioCodec::Opus, after(b"OpusHead")),
        "A_VORBIS" => (AudioCodec::Vorbis, private),
        "A_FLAC" => (AudioCodec::Flac, after(b"fLaC")),
        "A_AC3" | "A_AC3/BSID9" | "A_AC3/BSID10" => (AudioCodec::Ac3, Vec::new()),
        "A_EAC3" => (AudioCodec::Eac3, Vec::new()),
        "A_MS/ACM" => {
            let track = format::audio(&private);
            (track.codec, track.config)
        }
        other => (AudioCodec::Other(other.to_owned()), private),
    };
    AudioTrack { codec_string: codec.string(&config), codec, config, sample_rate, channels }
}

/// AAC by the names of before there was a setup for it, such as `A_AAC/MPEG4/LC/SBR`: the setup is made from the name
/// (ISO/IEC 14496-3 §1.6.2.1). Bands that are replicated are found by the decoder.
fn old_aac(codec: &str, rate: u32, channels: u16, private: Vec<u8>) -> Vec<u8> {
    const RATES: [u32; 12] =
        [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000];
    let profile: u16 = match codec.split('/').nth(2) {
        Some("MAIN") => 1,
        Some("SSR") => 3,
        Some("LTP") => 4,
        Some(_) | None => 2,
    };
    match RATES.iter().position(|known| *known == rate) {
        Some(index) if private.is_empty() => {
            (profile << 11 | (index as u16) << 7 | (channels & 15) << 3).to_be_bytes().to_vec()
        }
        Some(_) | None => private,
    }
}

/// A track of words.
pub(crate) fn subtitle(setup: Setup<'_>) -> SubtitleTrack {
    let format = match setup.codec {
        "S_TEXT/UTF8" | "S_TEXT/ASCII" => SubtitleFormat::SubRip,
        "S_TEXT/ASS" | "S_TEXT/SSA" | "S_ASS" | "S_SSA" => SubtitleFormat::Ass,
        "S_TEXT/WEBVTT" | "D_WEBVTT/SUBTITLES" | "D_WEBVTT/CAPTIONS" => SubtitleFormat::WebVtt,
        other => SubtitleFormat::Other(other.to_owned()),
    };
    SubtitleTrack { format, config: setup.private }
}

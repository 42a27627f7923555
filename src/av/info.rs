//! What can be known of a file without decoding anything: its tracks, how long it lasts, how it is to be shown.

/// The family of containers a file belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    /// ISO base media: MP4, M4V, 3GP.
    Mp4,
    /// Apple's ancestor of it.
    QuickTime,
    /// Matroska.
    Matroska,
    /// The part of Matroska that browsers play.
    WebM,
    /// RIFF AVI.
    Avi,
}

/// All that a file says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Info {
    /// What kind of file it is.
    pub container: Container,
    /// Playing time in ms; 0 when nothing tells.
    pub duration_ms: u64,
    /// When it was recorded, ms since the epoch, if it says so. The zero of a container is no time.
    pub created_at_ms: Option<i64>,
    /// The title written into it; empty for none.
    pub title: String,
    /// Its tracks, in the order of the file. At most [`Info::MAX_TRACKS`].
    pub tracks: Vec<Track>,
    /// Its chapters by time. At most [`Info::MAX_CHAPTERS`].
    pub chapters: Vec<Chapter>,
}

impl Info {
    /// More tracks than this are not looked at.
    pub const MAX_TRACKS: usize = 64;
    /// More chapters than this are not looked at.
    pub const MAX_CHAPTERS: usize = 500;

    /// The picture that is shown: the first video track that is not a still cover. Index into `tracks`.
    #[must_use]
    pub fn picture(&self) -> Option<(usize, &VideoTrack)> {
        self.tracks.iter().enumerate().find_map(|(index, track)| match &track.kind {
            Kind::Video(video) => Some((index, video)),
            Kind::Audio(_) | Kind::Subtitle(_) | Kind::Other => None,
        })
    }

    /// The sound that is heard: the default audio track, or else the first. Index into `tracks`.
    #[must_use]
    pub fn sound(&self) -> Option<(usize, &AudioTrack)> {
        let mut first = None;
        for (index, track) in self.tracks.iter().enumerate() {
            if let Kind::Audio(audio) = &track.kind {
                if track.default {
                    return Some((index, audio));
                }
                first = first.or(Some((index, audio)));
            }
        }
        first
    }
}

/// One track.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Track {
    /// The number the container knows it by.
    pub number: u64,
    /// Its language as written in the file (BCP 47 or ISO 639-2); empty for none or `und`.
    pub language: String,
    /// Its name; empty for none.
    pub title: String,
    /// Whether a player should choose it unasked.
    pub default: bool,
    /// What is in it.
    pub kind: Kind,
}

/// What is in a track.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Moving pictures.
    Video(VideoTrack),
    /// Sound.
    Audio(AudioTrack),
    /// Words.
    Subtitle(SubtitleTrack),
    /// Time codes, chapters, still covers, fonts and what else there is.
    Other,
}

/// How frames are compressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VideoCodec {
    /// H.264 (AVC). `config` is the body of `avcC`; empty when parameter sets are in the stream (Annex B).
    H264,
    /// H.265 (HEVC). `config` is the body of `hvcC`; empty for Annex B.
    Hevc,
    /// VP8.
    Vp8,
    /// VP9. `config` is the body of `vpcC` if there is one.
    Vp9,
    /// AV1. `config` is the body of `av1C` if there is one.
    Av1,
    /// A JPEG a frame.
    Mjpeg,
    /// Another one, by the name its container gives it, such as `mp4v`, `XVID`, `WMV3`.
    Other(String),
}

/// A track of moving pictures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VideoTrack {
    /// How it is compressed.
    pub codec: VideoCodec,
    /// What a decoder needs before the first frame, see [`VideoCodec`].
    pub config: Vec<u8>,
    /// RFC 6381 codec string for browsers, such as `avc1.640028`; for others the name in the container.
    pub codec_string: String,
    /// Width of a stored frame in pixels, as far as the container knows.
    pub width: u32,
    /// Height of a stored frame in pixels.
    pub height: u32,
    /// The shape of a pixel, width to height; `(1, 1)` for square ones.
    pub pixel_aspect: (u32, u32),
    /// How the frame is to be turned.
    pub rotation: Rotation,
    /// Frames in 1,000 seconds, on average; 0 when nothing tells.
    pub frame_rate_mhz: u32,
    /// What the container says about colours.
    pub colour: Colour,
}

impl VideoTrack {
    /// Width and height in pixels as shown: square pixels, turned as it should be.
    #[must_use]
    pub fn display_size(&self) -> (u32, u32) {
        self.display_size_of(self.width, self.height)
    }

    /// The same for a frame of this size, where the stream knows better than the container.
    #[must_use]
    pub fn display_size_of(&self, width: u32, height: u32) -> (u32, u32) {
        let (across, down) = self.pixel_aspect;
        let stretched = |side: u32, by: u32, to: u32| {
            let exact = (u64::from(side) * u64::from(by) + u64::from(to) / 2) / u64::from(to.max(1));
            u32::try_from(exact).unwrap_or(u32::MAX)
        };
        // The side that grows is stretched, so that no detail is lost.
        let (width, height) = match across >= down {
            true => (stretched(width, across, down), height),
            false => (width, stretched(height, down, across)),
        };
        match self.rotation {
            Rotation::None | Rotation::Half => (width, height),
            Rotation::Right | Rotation::Left => (height, width),
        }
    }
}

/// How far a frame is to be turned, clockwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rotation {
    /// Not at all.
    #[default]
    None,
    /// 90 degrees.
    Right,
    /// 180 degrees.
    Half,
    /// 270 degrees.
    Left,
}

/// Colours by the code points of ITU-T H.273; 2 is "unspecified".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour {
    /// Colour primaries: 1 BT.709, 5 and 6 BT.601, 9 BT.2020.
    pub primaries: u8,
    /// Transfer characteristics: 16 PQ, 18 HLG, others near enough to BT.709.
    pub transfer: u8,
    /// Matrix coefficients: 0 RGB, 1 BT.709, 5 and 6 BT.601, 9 BT.2020.
    pub matrix: u8,
    /// Whether samples use the whole range; `None` when nothing tells.
    pub full_range: Option<bool>,
}

impl Colour {
    /// Nothing is said.
    pub const UNSPECIFIED: Self = Self { primaries: 2, transfer: 2, matrix: 2, full_range: None };

    /// What is said here, and for the rest what `other` says.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        let known = |own: u8, other: u8| if own == 2 { other } else { own };
        Self {
            primaries: known(self.primaries, other.primaries),
            transfer: known(self.transfer, other.transfer),
            matrix: known(self.matrix, other.matrix),
            full_range: self.full_range.or(other.full_range),
        }
    }
}

/// How sound is compressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AudioCodec {
    /// AAC. `config` is the `AudioSpecificConfig`.
    Aac,
    /// MPEG-1/2 layer III.
    Mp3,
    /// Opus. `config` is the `OpusHead` without its magic word (RFC 7845), as in `dOps` but little-endian.
    Opus,
    /// FLAC. `config` is the metadata blocks from `STREAMINFO` on, without `fLaC`.
    Flac,
    /// Vorbis. `config` is the three headers as Matroska packs them.
    Vorbis,
    /// Dolby Digital. `config` is the body of `dac3` if there is one.
    Ac3,
    /// Dolby Digital Plus. `config` is the body of `dec3` if there is one.
    Eac3,
    /// Another one, by the name its container gives it.
    Other(String),
}

/// A track of sound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AudioTrack {
    /// How it is compressed.
    pub codec: AudioCodec,
    /// What a decoder needs before the first packet, see [`AudioCodec`].
    pub config: Vec<u8>,
    /// RFC 6381 codec string for browsers, such as `mp4a.40.2`; for others the name in the container.
    pub codec_string: String,
    /// Samples a second; 0 when nothing tells.
    pub sample_rate: u32,
    /// Channels; 0 when nothing tells.
    pub channels: u16,
}

/// A track of words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubtitleTrack {
    /// How they are written.
    pub format: SubtitleFormat,
    /// What comes before the first of them, such as the styles of ASS.
    pub config: Vec<u8>,
}

/// How words are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SubtitleFormat {
    /// Plain text with the few tags of SubRip (`S_TEXT/UTF8`).
    SubRip,
    /// Advanced SubStation Alpha and its ancestor.
    Ass,
    /// WebVTT.
    WebVtt,
    /// 3GPP timed text (`tx3g`, `text`).
    Timed,
    /// Pictures of words and others we cannot turn into text, by the name in the container.
    Other(String),
}

/// A named place in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chapter {
    /// Where it begins, in ms.
    pub start_ms: u64,
    /// What it is called; at most 200 characters.
    pub title: String,
}

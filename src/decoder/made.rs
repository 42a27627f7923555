//! What can be asked of the decoder, and what comes of it: plain values.

use serde::{Deserialize, Serialize};

/// What is to be made of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Task {
    /// What the file says about itself.
    Probe,
    /// A picture that stands for the film.
    Cover {
        /// The place it is taken from, in ms; `None` leaves the choice to the decoder.
        at_ms: Option<u64>,
    },
    /// Small pictures of the whole film on one sheet.
    Storyboard,
}

/// What was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Made {
    /// For [`Task::Probe`].
    Probed(Probed),
    /// For [`Task::Cover`].
    Cover(Cover),
    /// For [`Task::Storyboard`].
    Storyboard(Storyboard),
}

impl Made {
    /// The pictures in it, always in the same order.
    pub(super) fn pictures(&self) -> Vec<&Jpeg> {
        match self {
            Self::Probed(_) => Vec::new(),
            Self::Cover(cover) => std::iter::once(&cover.poster).chain(&cover.cards).collect(),
            Self::Storyboard(storyboard) => vec![&storyboard.sheet],
        }
    }

    /// The same, to be filled in.
    pub(super) fn pictures_mut(&mut self) -> Vec<&mut Jpeg> {
        match self {
            Self::Probed(_) => Vec::new(),
            Self::Cover(cover) => std::iter::once(&mut cover.poster).chain(&mut cover.cards).collect(),
            Self::Storyboard(storyboard) => vec![&mut storyboard.sheet],
        }
    }
}

/// What a file says about itself. Texts have at most [`Probed::MAX_TEXT`] characters and no control characters.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Probed {
    /// The kind of file, in words: `MP4`, `Matroska`.
    pub container: String,
    /// Playing time in ms; 0 when nothing tells.
    pub duration_ms: u64,
    /// Width of the picture as shown, in pixels; 0 without a picture.
    pub width: u32,
    /// Height of the picture as shown, in pixels.
    pub height: u32,
    /// RFC 6381 codec string of the picture, or the name its container gives it; empty for none.
    pub video_codec: String,
    /// The same of the sound.
    pub audio_codec: String,
    /// Frames in 1,000 seconds, on average; 0 when nothing tells.
    pub frame_rate_mhz: u32,
    /// Bits a second, of everything in the file; 0 without a duration.
    pub bit_rate: u64,
    /// When it was recorded, ms since the epoch, if it says so.
    pub created_at_ms: Option<i64>,
    /// Its chapters by time: where each begins in ms, and its title.
    pub chapters: Vec<(u64, String)>,
    /// Its tracks of words, in the order of the file.
    pub subtitles: Vec<Subtitle>,
}

impl Probed {
    /// Characters a text has at most.
    pub const MAX_TEXT: usize = 200;
}

/// A track of words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subtitle {
    /// Index among all tracks of the file.
    pub track: u32,
    /// Its language as written in the file; empty for none.
    pub language: String,
    /// Its name; empty for none.
    pub title: String,
    /// Whether they are words and not pictures of words.
    pub text: bool,
}

/// A picture as it is stored and sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jpeg {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// The whole file. Crosses the socket beside the rest, as it is.
    #[serde(skip)]
    pub bytes: Vec<u8>,
}

/// A picture that stands for the film, in the sizes it is shown in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cover {
    /// The place in the film it shows, in ms.
    pub at_ms: u64,
    /// What decoded it, such as `rust_h264` or `ffmpeg`.
    pub decoder: String,
    /// The large one.
    pub poster: Jpeg,
    /// For cards: the larger one first.
    pub cards: [Jpeg; 2],
    /// Its colour, by and large: red, green, blue.
    pub colour: [u8; 3],
    /// A picture of four by three pixels, each red, green, blue, to be shown until the real one is there.
    #[serde(with = "preview")]
    pub preview: [u8; 36],
}

/// Small pictures of the whole film, row by row on one sheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Storyboard {
    /// All of them.
    pub sheet: Jpeg,
    /// How many there are.
    pub tiles: u32,
    /// How many stand in one row.
    pub columns: u32,
    /// Width of each in pixels.
    pub tile_width: u32,
    /// Height of each in pixels.
    pub tile_height: u32,
    /// Time from each to the next, in ms.
    pub interval_ms: u64,
    /// What decoded them.
    pub decoder: String,
}

/// Why nothing could be made of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{reason}")]
pub struct Failure {
    /// How far it came.
    pub stage: Stage,
    /// What is wrong, in words for people.
    pub reason: String,
    /// What was at work, such as `rust_h264` or `ffmpeg`; empty when nothing was yet.
    pub decoder: String,
}

/// A step on the way to a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// Getting at the bytes.
    Open,
    /// Understanding the container.
    Probe,
    /// Decoding a frame.
    Decode,
    /// Encoding the picture.
    Encode,
    /// Putting it where it is kept.
    Store,
}

impl Stage {
    /// Its name in lower case, as it is recorded.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Probe => "probe",
            Self::Decode => "decode",
            Self::Encode => "encode",
            Self::Store => "store",
        }
    }
}

impl Task {
    /// Where it fails when nothing more is known.
    pub(super) const fn stage(self) -> Stage {
        match self {
            Self::Probe => Stage::Probe,
            Self::Cover { .. } | Self::Storyboard => Stage::Decode,
        }
    }
}

/// Pixels for serde, which knows no array of 36.
mod preview {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(pixels: &[u8; 36], to: S) -> Result<S::Ok, S::Error> {
        pixels.as_slice().serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<[u8; 36], D::Error> {
        let pixels = Vec::<u8>::deserialize(from)?;
        pixels.try_into().map_err(|_| serde::de::Error::custom("a preview has 36 bytes"))
    }
}

//! What a file says about itself besides how long and how large it is.

/// The finer facts that probing a file finds. All of them may be unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Details {
    /// Frames in 1,000 seconds, on average; 0 when unknown.
    pub frame_rate_mhz: u32,
    /// Bits in a second, sound and picture together; 0 when unknown.
    pub bit_rate: u64,
    /// When it was recorded, if the file says so.
    pub created_at_ms: Option<i64>,
    /// Its chapters, by time.
    pub chapters: Vec<Chapter>,
    /// The captions inside of it that can be shown as text.
    pub captions: Vec<Captions>,
}

/// A named place in a film.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Chapter {
    /// Where it begins.
    pub start_ms: u64,
    /// What it is called.
    pub title: String,
}

/// Captions inside of a file.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Captions {
    /// Index of the track among all tracks of the file, from 0.
    pub track: u32,
    /// BCP 47 or ISO 639-2 language; empty for none.
    pub language: String,
    /// The name of the track; empty for none.
    pub title: String,
}

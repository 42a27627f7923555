//! One video: its identity, where its file is, and what is in it.
//!
//! Which videos there are, and what people think of them, is not known here.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::sync::Arc;

use events::event::{Captions, Chapter, Details};
use events::{Fingerprint, MediaPath, RootPath, VideoId};

use crate::bytes::{Decoder, Encoder};
use crate::text::title_key;

/// Whether the file of a video is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It was there when last looked for.
    Present,
    /// It is not there (any more, or yet). Everything known about the video is kept.
    Missing {
        /// When that was noticed, ms since the epoch.
        since_ms: i64,
    },
    /// A person said that it is gone for good. Its number is never used again.
    Forgotten,
}

/// One video.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Video {
    /// Its identity.
    pub id: VideoId,
    /// The library folder it is (or was last) in; empty while no file was ever seen.
    pub root: Arc<RootPath>,
    /// Where it is (or was last) below that folder.
    pub path: MediaPath,
    /// Size of the file.
    pub size_bytes: u64,
    /// Modification time of the file, ms since the epoch.
    pub modified_at_ms: i64,
    /// What the content looks like; `None` while it cannot be read.
    pub fingerprint: Option<Fingerprint>,
    /// The date shown as "added", ms since the epoch.
    pub added_at_ms: i64,
    /// Whether the file is there.
    pub presence: Presence,
    /// Playing time; `None` until the content was probed.
    pub duration_ms: Option<u64>,
    /// Displayed width in pixels; 0 until probed.
    pub width: u32,
    /// Displayed height in pixels; 0 until probed.
    pub height: u32,
    /// RFC 6381 codec string of the picture; empty if there is none or before it was probed.
    pub video_codec: Arc<str>,
    /// RFC 6381 codec string of the sound; empty if there is none or before it was probed.
    pub audio_codec: Arc<str>,
    /// The finer facts; nothing until probed.
    pub details: Arc<Details>,
    /// What its title is sorted by.
    pub(crate) title_key: Arc<[u8]>,
}

impl Video {
    /// What the gallery shows as a title: the file's name without extension, U+FFFD for bytes that are
    /// not UTF-8.
    #[must_use]
    pub fn title(&self) -> Cow<'_, str> {
        self.path.as_path().file_stem().unwrap_or_default().to_string_lossy()
    }

    /// True while the file is there.
    #[must_use]
    pub fn present(&self) -> bool {
        self.presence == Presence::Present
    }

    pub(crate) fn place(&mut self, root: Arc<RootPath>, path: &MediaPath) {
        if self.path != *path {
            self.title_key = title_key(path);
            self.path = path.clone();
        }
        self.root = root;
    }

    /// Notes the content of the file; what was known about other content is dropped.
    pub(crate) fn content(
        &mut self,
        size_bytes: u64,
        modified_at_ms: i64,
        fingerprint: Option<Fingerprint>,
    ) -> Content {
        let same = self.fingerprint.is_some() && self.fingerprint == fingerprint;
        self.size_bytes = size_bytes;
        self.modified_at_ms = modified_at_ms;
        self.fingerprint = fingerprint;
        if same {
            return Content::Same;
        }
        self.duration_ms = None;
        (self.width, self.height) = (0, 0);
        self.video_codec = Arc::default();
        self.audio_codec = Arc::default();
        self.details = Arc::default();
        Content::Other
    }

    /// Writes all of it but its identity, which is its place among the others.
    pub(crate) fn encode(&self, into: &mut Encoder) {
        let Video { id: _, root, path, size_bytes, modified_at_ms, fingerprint, added_at_ms, .. } = self;
        let Video { presence, duration_ms, width, height, video_codec, audio_codec, .. } = self;
        let Video { details, title_key: _, .. } = self;
        into.bytes(root.as_path().as_os_str().as_encoded_bytes());
        into.bytes(path.as_path().as_os_str().as_encoded_bytes());
        into.number(*size_bytes);
        into.time(*modified_at_ms);
        into.option(*fingerprint, |into, print| {
            into.number(print.size_bytes);
            into.fixed(&print.hash.to_le_bytes());
        });
        into.time(*added_at_ms);
        match presence {
            Presence::Present => into.number(0_u64),
            Presence::Missing { since_ms } => {
                into.number(1_u64);
                into.time(*since_ms);
            }
            Presence::Forgotten => into.number(2_u64),
        }
        into.option(*duration_ms, Encoder::number);
        into.number(*width);
        into.number(*height);
        into.bytes(video_codec.as_bytes());
        into.bytes(audio_codec.as_bytes());
        encode_details(details, into);
    }

    /// Reads what [`Video::encode`] wrote of the video with this identity.
    pub(crate) fn decode(from: &mut Decoder<'_>, id: VideoId) -> Option<Self> {
        let (folder, path) = (decode_path(from)?, MediaPath::new(decode_path(from)?).ok()?);
        Some(Self {
            id,
            root: Arc::new(RootPath::new(folder)),
            title_key: title_key(&path),
            path,
            size_bytes: from.number()?,
            modified_at_ms: from.time()?,
            fingerprint: from.option(|from| {
                Some(Fingerprint { size_bytes: from.number()?, hash: u128::from_le_bytes(from.fixed()?) })
            })?,
            added_at_ms: from.time()?,
            presence: match from.number::<u64>()? {
                0 => Presence::Present,
                1 => Presence::Missing { since_ms: from.time()? },
                2 => Presence::Forgotten,
                _ => return None,
            },
            duration_ms: from.option(Decoder::number)?,
            width: from.number()?,
            height: from.number()?,
            video_codec: from.text()?.into(),
            audio_codec: from.text()?.into(),
            details: decode_details(from)?,
        })
    }
}

/// A path, byte for byte.
pub(crate) fn decode_path<'a>(from: &mut Decoder<'a>) -> Option<&'a Path> {
    from.bytes().map(|bytes| Path::new(OsStr::from_bytes(bytes)))
}

/// Whether an event left the content of a file as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    Same,
    Other,
}

fn encode_details(details: &Details, into: &mut Encoder) {
    let Details { frame_rate_mhz, bit_rate, created_at_ms, chapters, captions } = details;
    into.number(*frame_rate_mhz);
    into.number(*bit_rate);
    into.option(*created_at_ms, Encoder::time);
    into.list(chapters.iter(), |into, Chapter { start_ms, title }| {
        into.number(*start_ms);
        into.bytes(title.as_bytes());
    });
    into.list(captions.iter(), |into, Captions { track, language, title }| {
        into.number(*track);
        into.bytes(language.as_bytes());
        into.bytes(title.as_bytes());
    });
}

fn decode_details(from: &mut Decoder<'_>) -> Option<Arc<Details>> {
    let details = Details {
        frame_rate_mhz: from.number()?,
        bit_rate: from.number()?,
        created_at_ms: from.option(Decoder::time)?,
        chapters: from.list(|from| Some(Chapter { start_ms: from.number()?, title: from.text()?.into() }))?,
        captions: from.list(|from| {
            let (track, language, title) = (from.number()?, from.text()?.into(), from.text()?.into());
            Some(Captions { track, language, title })
        })?,
    };
    // Those of nearly all videos are the same one.
    Some(if details == Details::default() { Arc::default() } else { Arc::new(details) })
}

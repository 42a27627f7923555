//! Which files there are: identity, place, content, and whether they are there.
//!
//! The facts are [`VideoFacts`]; [`Videos`] is what readers ask, facts and lookup tables together.
//! Nothing about what people think of a video is known here.

use std::borrow::Cow;
use std::sync::Arc;

use events::event::Video as Happened;
use events::{Fingerprint, MediaPath, Recorded, RootPath, VideoId};
use imbl::{OrdSet, Vector};
use roaring::RoaringBitmap;

use crate::anomaly::Anomaly;
use crate::digest::Digest;
use crate::index::Index;
use crate::text::{fold_name, title_key};

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

    fn place(&mut self, root: Arc<RootPath>, path: &MediaPath) {
        if self.path != *path {
            self.title_key = title_key(path);
            self.path = path.clone();
        }
        self.root = root;
    }

    /// Notes the content of the file; what was known about other content is dropped.
    fn content(&mut self, size_bytes: u64, modified_at_ms: i64, fingerprint: Option<Fingerprint>) -> Content {
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
        Content::Other
    }
}

/// Whether an event left the content of a file as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    Same,
    Other,
}

/// The facts about files.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct VideoFacts {
    list: Vector<Arc<Video>>,
    /// The videos that are gone for good, where an event about them is noticed without a look at them.
    forgotten: Arc<RoaringBitmap>,
    /// Each library folder ever seen, once, so that a video costs a pointer.
    roots: OrdSet<Arc<RootPath>>,
    /// Each codec string ever seen, once.
    codecs: OrdSet<Arc<str>>,
}

impl VideoFacts {
    pub(crate) fn get(&self, video: VideoId) -> Option<&Arc<Video>> {
        self.list.get(video.get() as usize - 1)
    }

    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<Video>> {
        self.list.iter()
    }

    /// Whether an event may be about this video.
    pub(crate) fn expect(&self, video: VideoId) -> Result<(), Anomaly> {
        if video.get() as usize > self.list.len() {
            return Err(Anomaly::UnknownVideo);
        }
        if self.forgotten.contains(video.get()) { Err(Anomaly::ForgottenVideo) } else { Ok(()) }
    }

    pub(crate) fn apply(&mut self, happened: &Happened, recorded: &Recorded) -> Result<Content, Anomaly> {
        match happened {
            Happened::Found { .. } => return self.found(happened, recorded),
            Happened::Probed { video, duration_ms, width, height, video_codec, audio_codec } => {
                let (video_codec, audio_codec) = (self.codec(video_codec), self.codec(audio_codec));
                let known = self.get_mut(*video)?;
                known.duration_ms = Some(*duration_ms);
                (known.width, known.height) = (*width, *height);
                (known.video_codec, known.audio_codec) = (video_codec, audio_codec);
            }
            Happened::Moved { video, root, path, modified_at_ms } => {
                let root = self.root(root);
                let known = self.get_mut(*video)?;
                known.place(root, path);
                known.modified_at_ms = *modified_at_ms;
                known.presence = Presence::Present;
            }
            Happened::Changed { video, size_bytes, modified_at_ms, fingerprint } => {
                return Ok(self.get_mut(*video)?.content(*size_bytes, *modified_at_ms, *fingerprint));
            }
            Happened::Vanished { video } => {
                let known = self.get_mut(*video)?;
                if known.present() {
                    known.presence = Presence::Missing { since_ms: recorded.occurred_at_ms };
                }
            }
            Happened::Returned { video, root, path, size_bytes, modified_at_ms, fingerprint } => {
                let root = self.root(root);
                let known = self.get_mut(*video)?;
                known.place(root, path);
                known.presence = Presence::Present;
                return Ok(known.content(*size_bytes, *modified_at_ms, *fingerprint));
            }
            Happened::Dated { video, added_at_ms } => self.get_mut(*video)?.added_at_ms = *added_at_ms,
            Happened::Forgotten { video } => {
                self.get_mut(*video)?.presence = Presence::Forgotten;
                Arc::make_mut(&mut self.forgotten).insert(video.get());
            }
        }
        Ok(Content::Same)
    }

    fn found(&mut self, happened: &Happened, recorded: &Recorded) -> Result<Content, Anomaly> {
        let Happened::Found { video, root, path, size_bytes, modified_at_ms, fingerprint, added_at_ms } = happened
        else {
            return Ok(Content::Same);
        };
        if video.get() as usize != self.list.len() + 1 {
            return Err(Anomaly::VideoNumber);
        }
        let presence = match root.is_empty() {
            true => Presence::Missing { since_ms: recorded.occurred_at_ms },
            false => Presence::Present,
        };
        let root = self.root(root);
        self.list.push_back(Arc::new(Video {
            id: *video,
            root,
            path: path.clone(),
            size_bytes: *size_bytes,
            modified_at_ms: *modified_at_ms,
            fingerprint: *fingerprint,
            added_at_ms: *added_at_ms,
            presence,
            duration_ms: None,
            width: 0,
            height: 0,
            video_codec: Arc::default(),
            audio_codec: Arc::default(),
            title_key: title_key(path),
        }));
        Ok(Content::Other)
    }

    fn get_mut(&mut self, video: VideoId) -> Result<&mut Video, Anomaly> {
        self.list.get_mut(video.get() as usize - 1).map(Arc::make_mut).ok_or(Anomaly::UnknownVideo)
    }

    fn root(&mut self, root: &RootPath) -> Arc<RootPath> {
        if let Some(known) = self.roots.get(root) {
            return Arc::clone(known);
        }
        let root = Arc::new(root.clone());
        self.roots.insert(Arc::clone(&root));
        root
    }

    fn codec(&mut self, codec: &str) -> Arc<str> {
        if let Some(known) = self.codecs.get(codec) {
            return Arc::clone(known);
        }
        let codec: Arc<str> = codec.into();
        self.codecs.insert(Arc::clone(&codec));
        codec
    }

    pub(crate) fn digest(&self, into: &mut Digest) {
        // The tables and the set hold nothing that the videos do not.
        let Self { list, forgotten: _, roots: _, codecs: _ } = self;
        into.number(list.len() as u64);
        for video in list {
            let Video { id, root, path, size_bytes, modified_at_ms, fingerprint, added_at_ms, .. } = &**video;
            let Video { presence, duration_ms, width, height, video_codec, audio_codec, title_key: _, .. } = &**video;
            into.number(u64::from(id.get()));
            into.bytes(root.as_path().as_os_str().as_encoded_bytes());
            into.bytes(path.as_path().as_os_str().as_encoded_bytes());
            into.number(*size_bytes);
            into.time(*modified_at_ms);
            into.option(*fingerprint, |into, print| {
                into.number(print.size_bytes);
                into.bytes(&print.hash.to_le_bytes());
            });
            into.time(*added_at_ms);
            match presence {
                Presence::Present => into.number(0),
                Presence::Missing { since_ms } => {
                    into.number(1);
                    into.time(*since_ms);
                }
                Presence::Forgotten => into.number(2),
            }
            into.option(*duration_ms, |into, duration_ms| into.number(duration_ms));
            into.number(u64::from(*width));
            into.number(u64::from(*height));
            into.bytes(video_codec.as_bytes());
            into.bytes(audio_codec.as_bytes());
        }
    }
}

/// Everything to ask about files.
#[derive(Clone, Copy, Debug)]
pub struct Videos<'a> {
    pub(crate) facts: &'a VideoFacts,
    pub(crate) index: &'a Index,
}

impl<'a> Videos<'a> {
    /// The video with this identity; also one that is missing or forgotten.
    #[must_use]
    pub fn get(self, video: VideoId) -> Option<&'a Video> {
        self.facts.get(video).map(|video| &**video)
    }

    /// All videos ever found, in order of identity; also missing and forgotten ones.
    pub fn iter(self) -> impl Iterator<Item = &'a Video> {
        self.facts.list.iter().map(|video| &**video)
    }

    /// How many videos were ever found.
    #[must_use]
    pub fn len(self) -> usize {
        self.facts.list.len()
    }

    /// True if no video was ever found.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.facts.list.is_empty()
    }

    /// The videos whose file is there.
    #[must_use]
    pub fn present(self) -> &'a RoaringBitmap {
        self.index.present()
    }

    /// The videos whose file is not there and that are not forgotten.
    #[must_use]
    pub fn missing(self) -> &'a RoaringBitmap {
        self.index.missing()
    }

    /// The identity of the next video to be found; `None` when four billion are used up.
    #[must_use]
    pub fn next_id(self) -> Option<VideoId> {
        u32::try_from(self.len()).ok()?.checked_add(1).and_then(|number| VideoId::new(number).ok())
    }

    /// The video at this place: the one that is there, or else the one last found of those that were
    /// there and are missing now.
    #[must_use]
    pub fn by_place(self, root: &RootPath, path: &MediaPath) -> Option<VideoId> {
        let at = self.index.lookups.at_place(root, path).filter_map(|video| self.get(video));
        at.filter(|video| *video.root == *root && video.path == *path)
            .max_by_key(|video| (video.present(), video.id))
            .map(|video| video.id)
    }

    /// The videos with this content, present or missing, in order of identity.
    #[must_use]
    pub fn by_fingerprint(self, fingerprint: &Fingerprint) -> Vec<VideoId> {
        let alike = self.index.lookups.with_content(fingerprint).filter_map(|video| self.get(video));
        alike.filter(|video| video.fingerprint == Some(*fingerprint)).map(|video| video.id).collect()
    }

    /// The videos whose file has exactly this name, in any folder, present or missing.
    #[must_use]
    pub fn by_file_name(self, name: &str) -> Vec<VideoId> {
        let named = self.index.lookups.named(name).filter_map(|video| self.get(video));
        named.filter(|video| video.path.file_name() == name).map(|video| video.id).collect()
    }

    /// The videos whose file has this name but for case and Unicode normalisation.
    #[must_use]
    pub fn by_folded_name(self, name: &str) -> Vec<VideoId> {
        let folded = fold_name(name);
        let named = self.index.lookups.named(name).filter_map(|video| self.get(video));
        named.filter(|video| fold_name(&video.path.file_name()) == folded).map(|video| video.id).collect()
    }

    /// The videos of one library folder, present or missing, in order of identity.
    pub fn in_root(self, root: &RootPath) -> impl Iterator<Item = VideoId> + use<'a> {
        let root = self.facts.roots.get(root).cloned();
        let in_it = move |video: &&Video| root.as_ref().is_some_and(|root| Arc::ptr_eq(root, &video.root));
        self.iter().filter(|video| video.presence != Presence::Forgotten).filter(in_it).map(|video| video.id)
    }
}

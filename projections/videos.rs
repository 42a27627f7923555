//! Which files there are: identity, place, content, and whether they are there.
//!
//! The facts are [`VideoFacts`]; [`Videos`] is what readers ask, facts and lookup tables together.
//! Nothing about what people think of a video is known here.

use std::sync::Arc;

use events::event::{Details, Video as Happened};
use events::{Cause, Fingerprint, MediaPath, Recorded, RootPath, VideoId};
use imbl::{OrdSet, Vector};
use roaring::RoaringBitmap;

use crate::anomaly::Anomaly;
use crate::bits::mark;
use crate::bytes::{Decoder, Encoder};
use crate::index::Index;
use crate::text::{fold_name, title_key};
use crate::video::{Content, Presence, Video};

/// The facts about files.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct VideoFacts {
    list: Vector<Arc<Video>>,
    /// The videos that are gone for good, where an event about them is noticed without a look at them.
    forgotten: Arc<RoaringBitmap>,
    /// The videos whose content this program has read itself, and not only heard of from an older catalogue, or has given up
    /// reading.
    probed: Arc<RoaringBitmap>,
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
            Happened::Probed { video, duration_ms, width, height, video_codec, audio_codec, details } => {
                let (video_codec, audio_codec) = (self.codec(video_codec), self.codec(audio_codec));
                mark(&mut self.probed, video.get(), recorded.cause == Cause::Worker);
                let known = self.get_mut(*video)?;
                known.details = if *details == Details::default() { Arc::default() } else { Arc::new(details.clone()) };
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
                let content = self.get_mut(*video)?.content(*size_bytes, *modified_at_ms, *fingerprint);
                return Ok(self.unprobed(*video, content));
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
                let content = known.content(*size_bytes, *modified_at_ms, *fingerprint);
                return Ok(self.unprobed(*video, content));
            }
            Happened::Dated { video, added_at_ms } => self.get_mut(*video)?.added_at_ms = *added_at_ms,
            Happened::Forgotten { video } => {
                self.get_mut(*video)?.presence = Presence::Forgotten;
                Arc::make_mut(&mut self.forgotten).insert(video.get());
            }
            Happened::Remembered { video } => {
                let known = self.get_mut(*video)?;
                if known.presence == Presence::Forgotten {
                    known.presence = Presence::Missing { since_ms: recorded.occurred_at_ms };
                    mark(&mut self.forgotten, video.get(), false);
                }
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
            details: Arc::default(),
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

    /// This video cannot be read; or, if it is to be tried again after all, can.
    pub(crate) fn give_up_probing(&mut self, video: VideoId, gave_up: bool) {
        let read = self.get(video).is_some_and(|known| known.duration_ms.is_some());
        let stays = read && self.probed.contains(video.get());
        mark(&mut self.probed, video.get(), gave_up || stays);
    }

    /// Other content is to be read again.
    fn unprobed(&mut self, video: VideoId, content: Content) -> Content {
        if content == Content::Other {
            mark(&mut self.probed, video.get(), false);
        }
        content
    }

    fn codec(&mut self, codec: &str) -> Arc<str> {
        if let Some(known) = self.codecs.get(codec) {
            return Arc::clone(known);
        }
        let codec: Arc<str> = codec.into();
        self.codecs.insert(Arc::clone(&codec));
        codec
    }

    pub(crate) fn encode(&self, into: &mut Encoder) {
        // The tables and the set hold nothing that the videos do not.
        let Self { list, forgotten: _, probed, roots: _, codecs: _ } = self;
        into.list(list.iter(), |into, video| {
            video.encode(into);
            into.number(u64::from(probed.contains(video.id.get())));
        });
    }

    pub(crate) fn decode(from: &mut Decoder<'_>) -> Option<Self> {
        let mut facts = Self::default();
        let (mut forgotten, mut probed) = (RoaringBitmap::new(), RoaringBitmap::new());
        for number in 1..=u32::try_from(from.count()?).ok()? {
            let mut video = Video::decode(from, VideoId::new(number).ok()?)?;
            video.root = facts.root(&video.root);
            (video.video_codec, video.audio_codec) = (facts.codec(&video.video_codec), facts.codec(&video.audio_codec));
            if video.presence == Presence::Forgotten {
                forgotten.insert(number);
            }
            if from.flag()? {
                probed.insert(number);
            }
            facts.list.push_back(Arc::new(video));
        }
        Some(Self { forgotten: Arc::new(forgotten), probed: Arc::new(probed), ..facts })
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

    /// The videos whose file is there and was not read by this program yet.
    #[must_use]
    pub fn unprobed(self) -> RoaringBitmap {
        self.present() - &*self.facts.probed
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

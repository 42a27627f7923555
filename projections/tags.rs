//! Which words are attached to which videos. Tags are the same when their keys are; the spelling shown
//! is that of the first use, or of the first use after nobody used it.
//!
//! The facts are [`TagFacts`]; [`Tags`] is what readers ask. It counts only videos that are there,
//! because a number on a page promises that many cards behind it.

use std::cmp::Reverse;
use std::sync::Arc;

use events::event::Tag as Happened;
use events::{TagName, VideoId};
use imbl::{HashMap, Vector};
use roaring::{MultiOps, RoaringBitmap};

use crate::anomaly::Anomaly;
use crate::bits::{decode_set, encode_set};
use crate::bytes::{Decoder, Encoder};
use crate::column::Column;
use crate::text::fold;

/// A tag within one state. Not for keeping: renaming a tag gives it another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TagId(u32);

#[derive(Clone, Debug, PartialEq)]
struct Tag {
    name: TagName,
    /// `#` and the name, folded: what search looks at, so that `#art` is not found in `#party`.
    folded: Box<str>,
    /// All videos that have it; also missing and forgotten ones.
    videos: RoaringBitmap,
}

impl Tag {
    fn new(name: &TagName) -> Self {
        Self { name: name.clone(), folded: Self::folded(name), videos: RoaringBitmap::new() }
    }

    fn folded(name: &TagName) -> Box<str> {
        format!("#{}", fold(name.as_str())).into()
    }

    fn spell(&mut self, name: &TagName) {
        if self.name != *name {
            self.folded = Self::folded(name);
            self.name = name.clone();
        }
    }

    /// What tags are sorted by where people read them.
    fn alphabetic(&self) -> (&str, &str) {
        (&self.folded, self.name.as_str())
    }
}

type TagList = Option<Arc<[TagId]>>;

/// The facts about tags: each tag with its videos, and each video with its tags.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct TagFacts {
    table: Vector<Arc<Tag>>,
    by_key: HashMap<Arc<str>, TagId>,
    of: Column<TagList>,
}

impl TagFacts {
    pub(crate) fn apply(&mut self, happened: &Happened) -> Result<(), Anomaly> {
        match happened {
            Happened::Added { video, tag } => {
                let id = self.intern(tag);
                let fresh = self.get_mut(id).is_some_and(|known| {
                    if known.videos.is_empty() {
                        known.spell(tag);
                    }
                    known.videos.insert(video.get())
                });
                if fresh {
                    self.of.update(*video, |list| edit(list, None, Some(id)));
                }
            }
            Happened::Removed { video, tag } => {
                let Some(id) = self.by_key.get(tag.key().as_str()).copied() else { return Ok(()) };
                if self.get_mut(id).is_some_and(|known| known.videos.remove(video.get())) {
                    self.of.update(*video, |list| edit(list, Some(id), None));
                }
            }
            Happened::Renamed { from, to } => {
                let old = self.used(from)?;
                if from.key() == to.key() {
                    self.get_mut(old).into_iter().for_each(|tag| tag.spell(to));
                } else {
                    self.hand_over(old, to);
                }
            }
            Happened::Merged { from, into } => {
                let old = self.used(from)?;
                if from.key() != into.key() {
                    self.hand_over(old, into);
                }
            }
        }
        Ok(())
    }

    /// Gives all videos of one tag another tag instead.
    fn hand_over(&mut self, old: TagId, to: &TagName) {
        let new = self.intern(to);
        let Some(moved) = self.get_mut(old).map(|tag| std::mem::take(&mut tag.videos)) else { return };
        for video in moved.iter().filter_map(|number| VideoId::new(number).ok()) {
            self.of.update(video, |list| edit(list, Some(old), Some(new)));
        }
        if let Some(tag) = self.get_mut(new) {
            if tag.videos.is_empty() {
                tag.spell(to);
            }
            tag.videos |= moved;
        }
    }

    fn used(&self, name: &TagName) -> Result<TagId, Anomaly> {
        self.by_key.get(name.key().as_str()).copied().ok_or(Anomaly::UnknownTag)
    }

    fn intern(&mut self, name: &TagName) -> TagId {
        let key = name.key();
        if let Some(known) = self.by_key.get(key.as_str()) {
            return *known;
        }
        // Four billion different tags do not fit into memory, so the number cannot overflow.
        let id = TagId(u32::try_from(self.table.len()).unwrap_or(u32::MAX));
        self.table.push_back(Arc::new(Tag::new(name)));
        self.by_key.insert(key.into(), id);
        id
    }

    fn get(&self, id: TagId) -> Option<&Tag> {
        self.table.get(id.0 as usize).map(|tag| &**tag)
    }

    fn get_mut(&mut self, id: TagId) -> Option<&mut Tag> {
        self.table.get_mut(id.0 as usize).map(Arc::make_mut)
    }

    /// The videos that have at least one tag with this folded text in it.
    pub(crate) fn matching(&self, folded: &str) -> RoaringBitmap {
        self.table.iter().filter(|tag| tag.folded.contains(folded)).map(|tag| &tag.videos).union()
    }

    /// The videos that have the tag people mean by this name: the one called so, or else those that are called so
    /// without accents.
    pub(crate) fn called(&self, name: &str) -> RoaringBitmap {
        let exactly = TagName::new(name).ok().and_then(|name| self.by_key.get(name.key().as_str()));
        if let Some(tag) = exactly.and_then(|id| self.get(*id)).filter(|tag| !tag.videos.is_empty()) {
            return tag.videos.clone();
        }
        let folded = format!("#{}", fold(name));
        self.table.iter().filter(|tag| *tag.folded == *folded).map(|tag| &tag.videos).union()
    }

    /// The videos that have a tag.
    pub(crate) fn tagged(&self) -> RoaringBitmap {
        self.table.iter().map(|tag| &tag.videos).union()
    }

    /// Each tag with the videos that have it.
    pub(crate) fn sets(&self) -> impl Iterator<Item = (TagId, &RoaringBitmap)> {
        (0..).map(TagId).zip(self.table.iter().map(|tag| &tag.videos))
    }

    /// The folded name of each tag without its `#`, and how many videos have it.
    pub(crate) fn folded_names(&self) -> impl Iterator<Item = (&str, u64)> {
        let used = self.table.iter().filter(|tag| !tag.videos.is_empty());
        used.filter_map(|tag| Some((tag.folded.strip_prefix('#')?, tag.videos.len())))
    }

    pub(crate) fn encode(&self, into: &mut Encoder) {
        // `by_key` and `of` say the same as the table, the other way round.
        let Self { table, by_key: _, of: _ } = self;
        into.list(table.iter(), |into, tag| {
            let Tag { name, folded: _, videos } = &**tag;
            into.bytes(name.as_str().as_bytes());
            encode_set(videos, into);
        });
    }

    pub(crate) fn decode(from: &mut Decoder<'_>, videos: usize) -> Option<Self> {
        let mut facts = Self::default();
        let mut of = vec![Vec::new(); videos];
        for number in 0..u32::try_from(from.count()?).ok()? {
            let name = TagName::new(from.text()?).ok()?;
            let id = facts.intern(&name);
            if id != TagId(number) {
                return None;
            }
            let tagged = decode_set(from, videos)?;
            for video in &tagged {
                // Numbers of tags ascend, as those of a list do.
                of.get_mut(video as usize - 1).into_iter().for_each(|list: &mut Vec<TagId>| list.push(id));
            }
            facts.get_mut(id)?.videos = tagged;
        }
        facts.of = of.into_iter().map(|list| (!list.is_empty()).then(|| list.into())).collect();
        Some(facts)
    }

    /// True if both directions say the same.
    pub(crate) fn consistent(&self) -> bool {
        let Self { table, by_key, of } = self;
        let ids = (0..).map(TagId);
        let keys = by_key.len() == table.len()
            && table.iter().zip(ids.clone()).all(|(tag, id)| by_key.get(tag.name.key().as_str()) == Some(&id));
        let mut counted = 0;
        let lists =
            of.iter().flat_map(|(video, list)| list.iter().flat_map(move |ids| ids.iter().map(move |id| (video, *id))));
        for (video, id) in lists {
            counted += 1;
            if !self.get(id).is_some_and(|tag| tag.videos.contains(video.get())) {
                return false;
            }
        }
        keys && counted == table.iter().map(|tag| tag.videos.len()).sum::<u64>()
    }
}

/// Takes one tag out of a list and puts another one in. Lists are sorted and without repetition.
fn edit(list: &mut TagList, out: Option<TagId>, put: Option<TagId>) {
    let old = list.as_deref().unwrap_or_default();
    let mut new: Vec<TagId> = old.iter().copied().filter(|id| Some(*id) != out && Some(*id) != put).collect();
    if let Some(put) = put {
        new.insert(new.partition_point(|id| *id < put), put);
    }
    *list = (!new.is_empty()).then(|| new.into());
}

/// Everything to ask about tags.
#[derive(Clone, Copy, Debug)]
pub struct Tags<'a> {
    pub(crate) facts: &'a TagFacts,
    pub(crate) present: &'a RoaringBitmap,
}

impl<'a> Tags<'a> {
    /// The tags of this video, alphabetically.
    #[must_use]
    pub fn of(self, video: VideoId) -> Vec<&'a TagName> {
        let list = self.ids_of(video).iter().filter_map(|id| self.facts.get(*id));
        let mut tags: Vec<&Tag> = list.collect();
        tags.sort_unstable_by_key(|tag| tag.alphabetic());
        tags.into_iter().map(|tag| &tag.name).collect()
    }

    /// The tags of this video, in no order that people know.
    #[must_use]
    pub fn ids_of(self, video: VideoId) -> &'a [TagId] {
        self.facts.of.get(video).and_then(Option::as_deref).unwrap_or_default()
    }

    /// True if this video has this tag.
    #[must_use]
    pub fn has(self, video: VideoId, tag: &TagName) -> bool {
        self.facts
            .by_key
            .get(tag.key().as_str())
            .is_some_and(|id| self.videos(*id).is_some_and(|all| all.contains(video.get())))
    }

    /// The tag people mean by this text (with or without `#`, in any case), if any video has it.
    #[must_use]
    pub fn find(self, text: &str) -> Option<TagId> {
        let key = TagName::new(text).ok()?.key();
        let id = *self.facts.by_key.get(key.as_str())?;
        self.videos(id).filter(|videos| !videos.is_empty()).map(|_| id)
    }

    /// How this tag is written.
    #[must_use]
    pub fn name(self, tag: TagId) -> Option<&'a TagName> {
        self.facts.get(tag).map(|tag| &tag.name)
    }

    /// All videos that have this tag; also missing and forgotten ones.
    #[must_use]
    pub fn videos(self, tag: TagId) -> Option<&'a RoaringBitmap> {
        self.facts.get(tag).map(|tag| &tag.videos)
    }

    /// How many videos that are there have this tag.
    #[must_use]
    pub fn count(self, tag: TagId) -> u64 {
        self.videos(tag).map_or(0, |videos| videos.intersection_len(self.present))
    }

    /// All tags of videos that are there, alphabetically, with the number of those videos.
    #[must_use]
    pub fn all(self) -> Vec<(&'a TagName, u64)> {
        let mut tags = self.counted();
        tags.sort_unstable_by_key(|(tag, _)| tag.alphabetic());
        named(tags, usize::MAX)
    }

    /// The most used tags with the number of videos that are there; ties alphabetically.
    #[must_use]
    pub fn popular(self, limit: usize) -> Vec<(&'a TagName, u64)> {
        let mut tags = self.counted();
        first_by(&mut tags, limit, |(tag, count)| (Reverse(*count), tag.alphabetic()));
        named(tags, limit)
    }

    /// Tags for somebody who has typed `text`: those that begin with it before those that contain it,
    /// the most used first, without regard to case and accents.
    #[must_use]
    pub fn suggest(self, text: &str, limit: usize) -> Vec<(&'a TagName, u64)> {
        let typed = fold(text.trim().trim_start_matches('#').trim());
        let beginning = format!("#{typed}");
        let mut tags = self.counted_if(|tag| tag.folded.contains(&typed));
        first_by(&mut tags, limit, |(tag, count)| {
            (!tag.folded.starts_with(&beginning), Reverse(*count), tag.alphabetic())
        });
        named(tags, limit)
    }

    /// The tags that videos which are there have, with their number.
    fn counted(self) -> Vec<(&'a Tag, u64)> {
        self.counted_if(|_| true)
    }

    /// As `counted`, of the tags that are `wanted`; counting the others is spared.
    fn counted_if(self, wanted: impl Fn(&Tag) -> bool) -> Vec<(&'a Tag, u64)> {
        let tags = self.facts.table.iter().map(|tag| &**tag).filter(|tag| wanted(tag));
        let counted = tags.map(|tag| (tag, tag.videos.intersection_len(self.present)));
        counted.filter(|(_, count)| *count > 0).collect()
    }
}

/// The first `limit` of `tags` in the order of `key`; the others, nearly all, are dropped without sorting them.
fn first_by<'a, K: Ord>(tags: &mut Vec<(&'a Tag, u64)>, limit: usize, key: impl Fn(&(&'a Tag, u64)) -> K) {
    let first = |one: &(&'a Tag, u64), other: &(&'a Tag, u64)| key(one).cmp(&key(other));
    if limit < tags.len() {
        tags.select_nth_unstable_by(limit, first);
        tags.truncate(limit);
    }
    tags.sort_unstable_by(first);
}

fn named(tags: Vec<(&Tag, u64)>, limit: usize) -> Vec<(&TagName, u64)> {
    tags.into_iter().take(limit).map(|(tag, count)| (&tag.name, count)).collect()
}

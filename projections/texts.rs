//! The folded paths of all videos, side by side in memory, to look through.
//!
//! Looking through everything with `memchr` takes half a millisecond at 100,000 videos for a word that few
//! have, and a few milliseconds for one that most have. An index of trigrams was built first and dropped
//! (`docs/decisions/0010-search-looks-through-the-texts.md`).

use std::sync::Arc;

use events::VideoId;
use imbl::Vector;
use memchr::memmem::Finder;
use roaring::RoaringBitmap;

use crate::keys::Keys;
use crate::text::Text;

/// How many videos share a page: what is copied when one of them gets another name.
const SLOTS: usize = 64;

/// Ends a text. No byte of UTF-8, so no word matches across it.
pub(crate) const END: u8 = 0xFF;

/// Where one text is in its page.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Span {
    from: usize,
    title_from: usize,
    title_to: usize,
    to: usize,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Page {
    bytes: Vec<u8>,
    spans: Vec<Span>,
}

/// The texts, in order of video. A forgotten video has an empty one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Texts(Vector<Arc<Page>>);

/// Where a word was found.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hits {
    /// The videos that have it anywhere in their path.
    pub(crate) path: RoaringBitmap,
    /// Those of them that have it in their title.
    pub(crate) title: RoaringBitmap,
}

impl Texts {
    pub(crate) fn build(all: &[Keys]) -> Self {
        let mut texts = Self::default();
        for keys in all {
            texts.set(keys.video.id, &Text::of(&keys.video.path));
        }
        texts
    }

    pub(crate) fn update(&mut self, before: Option<&Keys>, after: Option<&Keys>) {
        match (before, after) {
            (Some(before), Some(after)) if Arc::ptr_eq(&before.video, &after.video) => {}
            (Some(before), Some(after)) if before.video.path == after.video.path => {}
            (_, Some(after)) => self.set(after.video.id, &Text::of(&after.video.path)),
            (Some(before), None) => self.set(before.video.id, &Text::default()),
            (None, None) => {}
        }
    }

    fn set(&mut self, video: VideoId, text: &Text) {
        let (page, slot) = position(video.get());
        while self.0.len() <= page {
            self.0.push_back(Arc::default());
        }
        if let Some(page) = self.0.get_mut(page) {
            Arc::make_mut(page).set(slot, text);
        }
    }

    /// Looks for a folded word in the paths of these videos.
    pub(crate) fn find(&self, word: &str, among: &RoaringBitmap) -> Hits {
        let word = Finder::new(word);
        let (mut path, mut title) = (Vec::new(), Vec::new());
        let mut note = |number: u32, in_title: bool| {
            path.push(number);
            if in_title {
                title.push(number);
            }
        };
        // One by one costs a cache miss each; the whole page costs as much as a few of them.
        if among.len() < (self.0.len() as u64).saturating_mul(4) {
            for number in among {
                let (page, slot) = position(number);
                let found = self.0.get(page).and_then(|page| page.find_in(slot, &word));
                found.into_iter().for_each(|in_title| note(number, in_title));
            }
        } else {
            for (page, first) in self.0.iter().zip((1u32..).step_by(SLOTS)) {
                page.find(&word, |slot, in_title| note(first + slot, in_title));
            }
        }
        // The numbers ascend, so there is no error to be had.
        let set = |numbers: Vec<u32>| RoaringBitmap::from_sorted_iter(numbers).unwrap_or_default();
        Hits { path: set(path) & among, title: set(title) & among }
    }

    /// Shows all folded paths, many at once; between them is a byte that no text has.
    pub(crate) fn pages(&self) -> impl Iterator<Item = &[u8]> {
        self.0.iter().map(|page| page.bytes.as_slice())
    }

    /// All texts that are not empty: page, slot, path and title.
    fn iter(&self) -> impl Iterator<Item = (usize, usize, &[u8], &[u8])> {
        self.0.iter().enumerate().flat_map(|(number, page)| {
            let texts = page.spans.iter().enumerate();
            let texts = texts.map(move |(slot, span)| (number, slot, page.path(*span), page.title(*span)));
            texts.filter(|(_, _, path, _)| !path.is_empty())
        })
    }
}

impl Page {
    fn set(&mut self, slot: usize, text: &Text) {
        while self.spans.len() <= slot {
            let end = self.bytes.len();
            self.spans.push(Span { from: end, title_from: end, title_to: end, to: end });
            self.bytes.push(END);
        }
        let mut behind = self.spans.iter_mut().skip(slot);
        let Some(span) = behind.next() else { return };
        let (from, old_to, title) = (span.from, span.to, text.title_range());
        let to = from + text.path().len();
        self.bytes.splice(from..old_to, text.path().bytes());
        *span = Span { from, title_from: from + title.start, title_to: from + title.end, to };
        for later in behind {
            for end in [&mut later.from, &mut later.title_from, &mut later.title_to, &mut later.to] {
                *end = *end + to - old_to;
            }
        }
    }

    fn path(&self, span: Span) -> &[u8] {
        self.bytes.get(span.from..span.to).unwrap_or_default()
    }

    fn title(&self, span: Span) -> &[u8] {
        self.bytes.get(span.title_from..span.title_to).unwrap_or_default()
    }

    /// Whether the word is in one text, and if so, whether it is in the title.
    fn find_in(&self, slot: usize, word: &Finder<'_>) -> Option<bool> {
        let span = *self.spans.get(slot)?;
        word.find(self.path(span))?;
        Some(word.find(self.title(span)).is_some())
    }

    /// Tells each slot whose text has the word, and whether its title has it.
    fn find(&self, word: &Finder<'_>, mut note: impl FnMut(u32, bool)) {
        let mut spans = (0u32..).zip(&self.spans);
        let mut from = 0;
        while let Some(hit) = self.bytes.get(from..).and_then(|rest| word.find(rest)) {
            let hit = from + hit;
            let Some((slot, span)) = spans.find(|(_, span)| hit < span.to) else { return };
            let at_once = hit >= span.title_from && hit + word.needle().len() <= span.title_to;
            note(slot, at_once || word.find(self.title(*span)).is_some());
            from = span.to;
        }
    }
}

impl PartialEq for Texts {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

/// The page of a video, and its slot there.
fn position(number: u32) -> (usize, usize) {
    let index = (number as usize).saturating_sub(1);
    (index / SLOTS, index % SLOTS)
}

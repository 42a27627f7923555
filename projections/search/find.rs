//! Which videos a search finds, and which of them fit best. Sets all the way: no video is looked at alone.

use std::ops::RangeInclusive;
use std::sync::Arc;

use events::VideoId;
use roaring::{MultiOps, RoaringBitmap};

use crate::bands::STEPS_PER_SORTED;
use crate::bits::Bits;
use crate::groups::refine;
use crate::keys::Keys;
use crate::orders::{Key, Sorted};
use crate::state::State;
use crate::texts::Hits;

use super::{Expr, Search, Test};

/// Looks for things in one state and remembers where words were found, because ranking asks again.
pub(crate) struct Look<'a> {
    state: &'a State,
    seen: Vec<Seen>,
    tagged: Vec<(String, Arc<RoaringBitmap>)>,
}

struct Seen {
    word: String,
    among: RoaringBitmap,
    hits: Hits,
}

impl Search {
    /// Those of these videos that match.
    pub(crate) fn matches(&self, look: &mut Look<'_>, among: &RoaringBitmap) -> RoaringBitmap {
        self.wanted.as_ref().map_or_else(|| among.clone(), |wanted| look.matching(wanted, among))
    }

    /// Splits videos that match into groups of equal rank, the best first.
    ///
    /// The whole phrase in the title, then any word in the title, then any in the rest of the path, then
    /// only in tags; within that by the number of words found in title, path and tags.
    pub(crate) fn ranked(&self, look: &mut Look<'_>, matched: &RoaringBitmap) -> Vec<RoaringBitmap> {
        let Some(wanted) = &self.wanted else { return vec![matched.clone()] };
        let words: Vec<&str> = wanted.words().map(|word| word.text.as_str()).collect();
        let hits: Vec<Hits> = words.iter().map(|word| look.find(word, matched)).collect();
        let titles: Vec<&RoaringBitmap> = hits.iter().map(|hits| &hits.title).collect();
        let paths: Vec<&RoaringBitmap> = hits.iter().map(|hits| &hits.path).collect();
        let tagged: Vec<Arc<RoaringBitmap>> = words.iter().map(|word| look.tagged_like(word)).collect();
        let phrases: Vec<RoaringBitmap> =
            wanted.phrases().into_iter().map(|words| look.phrase(&words, matched)).collect();
        let mut groups = refine(vec![matched.clone()], &[&phrases.iter().union()]);
        groups = refine(groups, &[&titles.iter().copied().union()]);
        groups = refine(groups, &[&paths.iter().copied().union()]);
        groups = refine(groups, &titles);
        groups = refine(groups, &paths);
        refine(groups, &tagged.iter().map(|videos| &**videos).collect::<Vec<_>>())
    }
}

impl Expr {
    /// The words of each alternative that stand side by side.
    fn phrases(&self) -> Vec<Vec<&str>> {
        match self {
            Self::Any(options) => options.iter().flat_map(Self::phrases).collect(),
            Self::All(parts) => {
                let mut words: Vec<_> = parts.iter().filter_map(Self::word).collect();
                words.sort_by_key(|word| word.span.start);
                vec![words.into_iter().map(|word| word.text.as_str()).collect()]
            }
            Self::Word(word) => vec![vec![&word.text]],
            Self::Not(_) | Self::Test(_) => Vec::new(),
        }
    }

    fn word(&self) -> Option<&super::Word> {
        match self {
            Self::Word(word) => Some(word),
            Self::All(_) | Self::Any(_) | Self::Not(_) | Self::Test(_) => None,
        }
    }
}

impl<'a> Look<'a> {
    pub(crate) fn at(state: &'a State) -> Self {
        Self { state, seen: Vec::new(), tagged: Vec::new() }
    }

    fn matching(&mut self, wanted: &Expr, among: &RoaringBitmap) -> RoaringBitmap {
        match wanted {
            Expr::All(parts) => parts.iter().fold(among.clone(), |left, part| self.matching(part, &left)),
            Expr::Any(parts) => {
                let all: Vec<RoaringBitmap> = parts.iter().map(|part| self.matching(part, among)).collect();
                all.iter().union()
            }
            Expr::Not(part) => among - self.matching(part, among),
            Expr::Word(word) => self.found(&word.text, among),
            Expr::Test(test) => self.passing(test, among),
        }
    }

    /// Those of these videos that have the folded word in their path or in a tag.
    pub(super) fn found(&mut self, word: &str, among: &RoaringBitmap) -> RoaringBitmap {
        self.find(word, among).path | (&*self.tagged_like(word) & among)
    }

    /// All videos that have the folded word in a tag.
    fn tagged_like(&mut self, word: &str) -> Arc<RoaringBitmap> {
        if let Some((_, videos)) = self.tagged.iter().find(|(known, _)| known == word) {
            return Arc::clone(videos);
        }
        let videos = Arc::new(self.state.facts.tags.matching(word));
        self.tagged.push((word.to_owned(), Arc::clone(&videos)));
        videos
    }

    /// Where a folded word is in the paths of these videos.
    fn find(&mut self, word: &str, among: &RoaringBitmap) -> Hits {
        let seen = self.seen.iter().find(|seen| seen.word == word && among.is_subset(&seen.among));
        if let Some(Seen { hits, .. }) = seen {
            return Hits { path: &hits.path & among, title: &hits.title & among };
        }
        let hits = self.state.index.texts.find(word, among);
        self.seen.push(Seen { word: word.to_owned(), among: among.clone(), hits: hits.clone() });
        hits
    }

    /// Those of these videos that have the words side by side in their title.
    fn phrase(&mut self, words: &[&str], among: &RoaringBitmap) -> RoaringBitmap {
        let titles: Vec<RoaringBitmap> = words.iter().map(|word| self.find(word, among).title).collect();
        match titles.as_slice() {
            [] => RoaringBitmap::new(),
            [only] => only.clone(),
            all => self.find(&words.join(" "), &all.iter().intersection()).title,
        }
    }

    /// All videos that have a tag of this name.
    pub(super) fn tagged(&self, name: &str) -> RoaringBitmap {
        self.state.facts.tags.called(name)
    }

    fn passing(&self, test: &Test, among: &RoaringBitmap) -> RoaringBitmap {
        let index = &self.state.index;
        let orders = &index.orders;
        match test {
            Test::Tag(name, _) => self.tagged(name) & among,
            Test::Tagged => self.state.facts.tags.tagged() & among,
            Test::Favorite => orders.favorited.known() & among,
            Test::Missing => index.missing() & among,
            Test::Rated => orders.rating.known() & among,
            Test::Watched => index.watched() & among,
            Test::Rating(stars) => index.rated_in(stars) & among,
            // Most videos have few views, so it is less work to leave out those that have more.
            Test::Views(views) if *views.start() == 0 => match views.end().checked_add(1) {
                Some(more) => among - self.within(&orders.views, Keys::views, &(more..=u64::MAX), among),
                None => among.clone(),
            },
            Test::Views(views) => self.within(&orders.views, Keys::views, views, among),
            Test::DurationMs(lengths) => self.within(&orders.duration, Keys::duration, lengths, among),
            Test::SizeBytes(sizes) => self.within(&orders.size, Keys::size, sizes, among),
            Test::AddedAtMs(moments) => {
                let order = orders.added.added_within(moments);
                self.narrow(order, Keys::added, |key| moments.contains(&key.added_at_ms), among)
            }
        }
    }

    /// Those of these videos whose value is in the range.
    fn within<V: Ord + Copy>(
        &self,
        order: &'a Sorted<V>,
        key: fn(&Keys) -> Option<Key<V>>,
        range: &RangeInclusive<V>,
        among: &RoaringBitmap,
    ) -> RoaringBitmap {
        self.narrow(order.within(range), key, |key| range.contains(&key.value), among)
    }

    /// Those of these videos that `order` has, or for which `test` holds: they are looked at one by one where they are
    /// few, because going along an order costs for all that is in it.
    fn narrow<V>(
        &self,
        order: impl Iterator<Item = VideoId>,
        key: fn(&Keys) -> Option<Key<V>>,
        test: impl Fn(&Key<V>) -> bool,
        among: &RoaringBitmap,
    ) -> RoaringBitmap {
        let videos = self.state.facts.videos.len();
        if among.len().saturating_mul(STEPS_PER_SORTED as u64) < videos as u64 {
            let holds = |number: &u32| {
                let keys = State::numbered(*number).and_then(|video| self.state.facts.keys(video));
                keys.as_ref().and_then(key).is_some_and(|key| test(&key))
            };
            return among.iter().filter(holds).collect();
        }
        Bits::gather(order, u32::try_from(videos).unwrap_or(u32::MAX)) & among
    }
}

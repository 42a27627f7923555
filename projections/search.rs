//! What somebody typed into the search box: parsed, matched, and ranked.
//!
//! Words are looked for as parts of the path and of tags, without case and accents; all must be found.
//! Parsing never fails: any text means something. Which other limits a list has is `query`.

use roaring::{MultiOps, RoaringBitmap};

use crate::groups::refine;
use crate::state::State;
use crate::text::fold;
use crate::texts::Hits;

/// One word or phrase to look for, folded.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Term {
    text: String,
    /// True if it must not be found.
    negated: bool,
}

/// A parsed search: words, `"phrases"`, and `-` before what must not be found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    terms: Vec<Term>,
}

impl Search {
    /// More terms than this are not looked at: each costs time, and nobody means so many.
    pub const MAX_TERMS: usize = 16;

    /// Understands what somebody typed. A quote that is not closed reaches to the end.
    #[must_use]
    pub fn parse(typed: &str) -> Self {
        let mut terms = Vec::new();
        let mut rest = typed.trim_start();
        while !rest.is_empty() && terms.len() < Self::MAX_TERMS {
            let (negated, after) = match rest.strip_prefix('-').filter(|after| !after.starts_with(char::is_whitespace))
            {
                Some(after) if !after.is_empty() => (true, after),
                _ => (false, rest),
            };
            let (word, after) = match after.strip_prefix('"') {
                Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
                None => after.split_once(char::is_whitespace).unwrap_or((after, "")),
            };
            let text = fold(word.trim());
            if !text.is_empty() {
                terms.push(Term { text, negated });
            }
            rest = after.trim_start();
        }
        Self { terms }
    }

    /// True if it asks for nothing, and so matches everything.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Those of these videos that match.
    pub(crate) fn matches(&self, state: &State, among: &RoaringBitmap) -> RoaringBitmap {
        // What must be found comes first: it leaves less to look at.
        let (without, with): (Vec<&Term>, Vec<&Term>) = self.terms.iter().partition(|term| term.negated);
        let mut left = among.clone();
        for term in with {
            left = found(state, &term.text, &left);
        }
        for term in without {
            left -= found(state, &term.text, &left);
        }
        left
    }

    /// Splits videos that match into groups of equal rank, the best first.
    ///
    /// The whole phrase in the title, then any word in the title, then any in the rest of the path, then
    /// only in tags; within that by the number of words found in title, path and tags.
    pub(crate) fn ranked(&self, state: &State, matched: &RoaringBitmap) -> Vec<RoaringBitmap> {
        let words: Vec<&str> = self.terms.iter().filter(|term| !term.negated).map(|term| term.text.as_str()).collect();
        let hits: Vec<Hits> = words.iter().map(|word| state.index.texts.find(word, matched)).collect();
        let titles: Vec<&RoaringBitmap> = hits.iter().map(|hits| &hits.title).collect();
        let paths: Vec<&RoaringBitmap> = hits.iter().map(|hits| &hits.path).collect();
        let tagged: Vec<RoaringBitmap> = words.iter().map(|word| state.facts.tags.matching(word)).collect();
        let phrase = match titles.as_slice() {
            [only] => (*only).clone(),
            all => state.index.texts.find(&words.join(" "), &all.iter().copied().intersection()).title,
        };
        let mut groups = refine(vec![matched.clone()], &[&phrase]);
        groups = refine(groups, &[&titles.iter().copied().union()]);
        groups = refine(groups, &[&paths.iter().copied().union()]);
        groups = refine(groups, &titles);
        groups = refine(groups, &paths);
        refine(groups, &tagged.iter().collect::<Vec<_>>())
    }
}

/// Those of these videos that have the folded word in their path or in a tag.
fn found(state: &State, word: &str, among: &RoaringBitmap) -> RoaringBitmap {
    state.index.texts.find(word, among).path | (state.facts.tags.matching(word) & among)
}

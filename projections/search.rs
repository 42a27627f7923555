//! What somebody typed into the search box: parsed, matched, and ranked.
//!
//! Words are looked for as parts of the path and of tags, without case and accents; all must be found.
//! Parsing never fails: any text means something. Which other limits a list has is `query`.

use std::collections::BTreeMap;
use std::ops::Not;

use roaring::RoaringBitmap;

use crate::state::State;
use crate::text::fold;

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
    /// The whole phrase in the title, then any word in the title, then only in the file name or folder,
    /// then only in tags; within that by the number of words found in title, path and tags.
    pub(crate) fn ranked(&self, state: &State, matched: &RoaringBitmap) -> Vec<RoaringBitmap> {
        let words: Vec<&str> = self.terms.iter().filter(|term| !term.negated).map(|term| term.text.as_str()).collect();
        let phrase = words.join(" ");
        let tagged: Vec<RoaringBitmap> = words.iter().map(|word| state.facts.tags.matching(word)).collect();
        let mut groups: BTreeMap<(u8, [usize; 3]), RoaringBitmap> = BTreeMap::new();
        for number in matched {
            let Some(video) = State::numbered(number).and_then(|video| state.facts.videos.get(video)) else { continue };
            let misses = |hit: &dyn Fn(&str) -> bool| words.iter().filter(|word| !hit(word)).count();
            let in_title = misses(&|word| video.text.title().contains(word));
            let in_path = misses(&|word| video.text.path().contains(word));
            let in_tags = tagged.iter().filter(|videos| videos.contains(number).not()).count();
            let tier = match () {
                () if video.text.title().contains(&phrase) => 0,
                () if in_title < words.len() => 1,
                () if in_path < words.len() => 2,
                () => 3,
            };
            groups.entry((tier, [in_title, in_path, in_tags])).or_default().insert(number);
        }
        groups.into_values().collect()
    }
}

/// Those of these videos that have the folded word in their path or in a tag.
fn found(state: &State, word: &str, among: &RoaringBitmap) -> RoaringBitmap {
    let tagged = state.facts.tags.matching(word) & among;
    let mut named = among - &tagged;
    if !state.index.trigrams.narrow(&mut named, word) {
        let has_it = |number: u32| {
            let video = State::numbered(number).and_then(|video| state.facts.videos.get(video));
            video.is_some_and(|video| video.text.path().contains(word))
        };
        named = named.into_iter().filter(|number| has_it(*number)).collect();
    }
    tagged | named
}

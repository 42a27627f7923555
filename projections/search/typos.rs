//! What somebody probably meant when nothing was found: the closest words that paths and tags have.
//!
//! All paths are gone through once, which takes a few milliseconds; there is no list of words to keep. Not a place
//! that decides when to guess: that is whoever shows the list, and says so.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::{Range, RangeInclusive};

use roaring::RoaringBitmap;

use crate::query::Filter;
use crate::state::State;
use crate::text::fold;
use crate::texts::END;

use super::{Expr, Look, Search, Test};

/// Wrong words of one search that are guessed at.
const MAX_WRONG: usize = 4;
/// Other searches that are tried.
const MAX_TRIED: usize = 3;
/// Words longer than this are nobody's typo, in characters.
const MAX_LETTERS: usize = 32;

/// A search that finds something, in place of one that did not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Corrected {
    /// What was typed.
    pub typed: String,
    /// What is shown instead, as it would be typed.
    pub used: String,
    /// The same, parsed.
    pub search: Search,
}

/// A word that nothing has.
struct Wrong {
    span: Range<usize>,
    folded: String,
    /// True if it is the name of a tag, which is replaced as a whole.
    tag: bool,
    pattern: Pattern,
    /// How many letters may be wrong.
    most: usize,
    mask: u64,
}

impl State {
    /// A search close to that of `filter` which finds something; `None` if there is none. To be asked when nothing
    /// was found.
    #[must_use]
    pub fn corrected(&self, filter: &Filter) -> Option<Corrected> {
        let search = filter.search.as_ref()?;
        let mut look = Look::at(self);
        let among = self.looked(&Filter { search: None, ..filter.clone() }, &mut look);
        let mut wrong = search.unheard_of(&mut look, &among);
        wrong.truncate(MAX_WRONG);
        let close: Vec<Vec<String>> = self.close_words(&wrong);
        let tries = close.iter().map(Vec::len).max().unwrap_or(0).min(MAX_TRIED);
        (0..tries).find_map(|attempt| {
            let pick = |words: &Vec<String>| words.get(attempt).or(words.first()).cloned();
            let used = replaced(&search.typed, wrong.iter().zip(close.iter().map(pick)));
            let corrected = Search::parse(&used, search.now);
            let found = corrected != *search && !corrected.matches(&mut look, &among).is_empty();
            found.then(|| Corrected { typed: search.typed.trim().to_owned(), used, search: corrected })
        })
    }

    /// For each wrong word the words that are close to it: the closest first, then the most common.
    fn close_words(&self, wrong: &[Wrong]) -> Vec<Vec<String>> {
        let mut close: Vec<BTreeMap<String, (usize, u64)>> = wrong.iter().map(|_| BTreeMap::new()).collect();
        let mut offer = |word: &[u8], mask: u64, tag: bool, times: u64| {
            for (wrong, close) in wrong.iter().zip(&mut close) {
                if (tag || !wrong.tag)
                    && let Some((word, distance)) = wrong.closeness(word, mask)
                {
                    close.entry(word.to_owned()).or_insert((distance, 0)).1 += times;
                }
            }
        };
        if wrong.iter().any(|wrong| !wrong.tag) {
            let bytes = |wrong: &Wrong| (wrong.folded.len(), wrong.bytes_off());
            let shortest = wrong.iter().map(bytes).map(|(length, off)| length.saturating_sub(off)).min().unwrap_or(0);
            let longest = wrong.iter().map(bytes).map(|(length, off)| length + off).max().unwrap_or(0);
            let fits = shortest..=longest;
            for page in self.index.texts.pages() {
                words(page, &fits, |word, mask| offer(word, mask, false, 1));
            }
        }
        if !wrong.is_empty() {
            for (name, videos) in self.facts.tags.folded_names() {
                offer(name.as_bytes(), letters_of(name.as_bytes()), true, videos);
            }
        }
        let best = |close: BTreeMap<String, (usize, u64)>| {
            let mut close: Vec<_> = close.into_iter().collect();
            close.sort_by(|(one, (far, times)), (two, (farther, more))| {
                (far, Reverse(times), one).cmp(&(farther, Reverse(more), two))
            });
            close.into_iter().map(|(word, _)| word).take(MAX_TRIED).collect()
        };
        close.into_iter().map(best).collect()
    }
}

impl Search {
    /// The words that none of these videos has, each where it was typed.
    fn unheard_of(&self, look: &mut Look<'_>, among: &RoaringBitmap) -> Vec<Wrong> {
        let Some(wanted) = &self.wanted else { return Vec::new() };
        let mut wrong = Vec::new();
        for word in wanted.words() {
            for span in letter_runs(&self.typed, &word.span) {
                wrong.extend(self.wrong(span, false).filter(|wrong| look.found(&wrong.folded, among).is_empty()));
            }
        }
        for (name, span) in wanted.tags() {
            let unknown = look.tagged(name).is_disjoint(among);
            wrong.extend(self.wrong(span.clone(), true).filter(|_| unknown));
        }
        wrong
    }

    fn wrong(&self, span: Range<usize>, tag: bool) -> Option<Wrong> {
        let folded = fold(self.typed.get(span.clone())?.trim());
        let pattern = Pattern::of(&folded);
        let most = match pattern.letters.len() {
            4..8 => 1,
            8..=MAX_LETTERS => 2,
            _ => return None,
        };
        let mask = letters_of(folded.as_bytes());
        let wrong = folded.contains(char::is_alphabetic);
        wrong.then_some(Wrong { span, folded, tag, pattern, most, mask })
    }
}

impl Expr {
    /// The tags that a video may have.
    fn tags(&self) -> Vec<(&str, &Range<usize>)> {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::tags).collect(),
            Self::Test(Test::Tag(name, span)) => vec![(name, span)],
            Self::Not(_) | Self::Word(_) | Self::Test(_) => Vec::new(),
        }
    }
}

impl Wrong {
    /// The word as text and how far it is from this one, if it is close enough. Most words are told apart by their
    /// length and by which letters they have.
    fn closeness<'a>(&self, word: &'a [u8], mask: u64) -> Option<(&'a str, usize)> {
        // One wrong letter takes away at most one byte value and adds one; other scripts have several bytes a letter.
        let differing = if self.ascii() { 2 * self.most } else { usize::MAX };
        if (mask ^ self.mask).count_ones() as usize > differing
            || word.len().abs_diff(self.folded.len()) > self.bytes_off()
        {
            return None;
        }
        let word = std::str::from_utf8(word).ok()?;
        Some((word, self.pattern.distance(word, self.most)?))
    }

    fn ascii(&self) -> bool {
        self.folded.is_ascii()
    }

    /// How many bytes a close word can be longer or shorter.
    fn bytes_off(&self) -> usize {
        if self.ascii() { self.most } else { char::MAX.len_utf8() * self.most }
    }
}

/// The text with each of these spans replaced; those without a word for it stay.
fn replaced<'a>(text: &str, by: impl Iterator<Item = (&'a Wrong, Option<String>)>) -> String {
    let mut by: Vec<_> = by.filter_map(|(wrong, word)| Some((wrong.span.clone(), word?, wrong.tag))).collect();
    by.sort_by_key(|(span, ..)| Reverse(span.start));
    let mut text = text.to_owned();
    for (span, word, tag) in by {
        let quoted = text.get(..span.start).is_some_and(|before| before.ends_with(['"', '“', '”', '„']));
        let word = if tag && !quoted && word.contains(char::is_whitespace) { format!("\"{word}\"") } else { word };
        text.replace_range(span, &word);
    }
    text.trim().to_owned()
}

/// Where the runs of letters and digits are within a span of a text.
fn letter_runs(text: &str, span: &Range<usize>) -> Vec<Range<usize>> {
    let (mut runs, mut from) = (Vec::new(), None);
    let within = text.get(span.clone()).unwrap_or_default();
    for (at, letter) in within.char_indices().chain([(within.len(), ' ')]) {
        let inside = letter.is_alphanumeric() || !letter.is_ascii() && !letter.is_whitespace();
        match from {
            None if inside => from = Some(at),
            Some(start) if !inside => {
                runs.push(span.start + start..span.start + at);
                from = None;
            }
            Some(_) | None => {}
        }
    }
    runs
}

/// Whether a byte belongs to a word, and if so, its bit in a mask of letters: 0 for what is between words.
const BITS: [u64; 256] = {
    let mut bits = [0; 256];
    let mut byte = 0u8;
    loop {
        if byte.is_ascii_alphanumeric() || !byte.is_ascii() && byte != END {
            #[expect(clippy::indexing_slicing, reason = "there are as many as bytes have values")]
            {
                bits[byte as usize] = 1 << (byte & 31);
            }
        }
        if byte == u8::MAX {
            break bits;
        }
        byte += 1;
    }
};

fn bit(byte: u8) -> u64 {
    BITS.get(usize::from(byte)).copied().unwrap_or(0)
}

/// One more letter: the low half says which there are, the high half which there are twice.
fn with_letter(mask: u64, bit: u64) -> u64 {
    mask | bit | (mask & bit) << 32
}

fn letters_of(word: &[u8]) -> u64 {
    word.iter().fold(0, |mask, byte| with_letter(mask, bit(*byte)))
}

/// Each run of letters and digits of folded texts that has a fitting number of bytes, with its letters.
fn words(text: &[u8], fits: &RangeInclusive<usize>, mut each: impl FnMut(&[u8], u64)) {
    let mut from = 0;
    for (at, byte) in text.iter().enumerate() {
        if bit(*byte) != 0 {
            continue;
        }
        if fits.contains(&(at - from)) {
            text.get(from..at).into_iter().for_each(|word| each(word, letters_of(word)));
        }
        from = at + 1;
    }
}

/// How many letters must be changed, left out, put in or swapped with their neighbour to make one word of the other;
/// `None` if more than `most`.
pub(super) fn distance(one: &str, other: &str, most: usize) -> Option<usize> {
    Pattern::of(one).distance(other, most)
}

/// A word to measure others against. Of a longer one only the beginning is looked at.
struct Pattern {
    letters: Vec<char>,
    /// For each letter of ASCII a bit for each place where the word has it.
    places: [u64; 128],
}

impl Pattern {
    fn of(word: &str) -> Self {
        let letters: Vec<char> = word.chars().take(u64::BITS as usize).collect();
        let places = std::array::from_fn(|letter| {
            let letter = u8::try_from(letter).map_or(char::MAX, char::from);
            places_of(&letters, letter)
        });
        Self { letters, places }
    }

    fn places(&self, letter: char) -> u64 {
        let ascii = usize::try_from(u32::from(letter)).ok().and_then(|letter| self.places.get(letter));
        ascii.copied().unwrap_or_else(|| places_of(&self.letters, letter))
    }

    /// The optimal string alignment distance, a column at once as the bits of a number (Hyyrö, "A bit-vector algorithm
    /// for computing Levenshtein and Damerau edit distances", 2003): it is asked for thousands of words.
    fn distance(&self, other: &str, most: usize) -> Option<usize> {
        let Some(last) = self.letters.len().checked_sub(1) else {
            return Some(other.chars().count()).filter(|distance| *distance <= most);
        };
        let (mut up, mut down) = (u64::MAX, 0u64);
        let (mut diagonal, mut before) = (0u64, 0u64);
        let mut distance = self.letters.len();
        for letter in other.chars() {
            let here = self.places(letter);
            let swapped = ((!diagonal & here) << 1) & before;
            diagonal = ((here & up).wrapping_add(up) ^ up) | here | down | swapped;
            let (more, less) = (down | !(diagonal | up), diagonal & up);
            distance = distance + (more >> last & 1) as usize - (less >> last & 1) as usize;
            let (more, less) = (more << 1 | 1, less << 1);
            (up, down, before) = (less | !(diagonal | more), more & diagonal, here);
        }
        (distance <= most).then_some(distance)
    }
}

fn places_of(letters: &[char], letter: char) -> u64 {
    letters.iter().rev().fold(0, |places, own| places << 1 | u64::from(*own == letter))
}

#[cfg(test)]
#[expect(clippy::indexing_slicing, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn slips_of_the_finger_are_one_step_each() {
        for (one, other, steps) in [
            ("amber", "amber", 0),
            ("ambar", "amber", 1),
            ("abmer", "amber", 1),
            ("mber", "amber", 1),
            ("ambers", "amber", 1),
            ("amebrs", "amber", 2),
            ("", "ab", 2),
            ("éa", "aé", 1),
        ] {
            assert_eq!(distance(one, other, 2), Some(steps), "{one} {other}");
            assert_eq!(distance(other, one, 2), Some(steps), "{other} {one}");
        }
        assert_eq!(distance("amber", "cloud", 2), None);
        assert_eq!(distance("amebrs", "amber", 1), None);
        assert_eq!(distance("a", "abcd", 2), None);
    }

    /// The definition, row by row.
    fn plainly(one: &[char], other: &[char]) -> usize {
        let mut table = vec![vec![0; other.len() + 1]; one.len() + 1];
        for row in 0..=one.len() {
            for column in 0..=other.len() {
                table[row][column] = if row == 0 || column == 0 {
                    row + column
                } else {
                    let changed = table[row - 1][column - 1] + usize::from(one[row - 1] != other[column - 1]);
                    let least = changed.min(table[row - 1][column] + 1).min(table[row][column - 1] + 1);
                    let swapped =
                        row > 1 && column > 1 && one[row - 1] == other[column - 2] && one[row - 2] == other[column - 1];
                    if swapped { least.min(table[row - 2][column - 2] + 1) } else { least }
                };
            }
        }
        table[one.len()][other.len()]
    }

    proptest! {
        #[test]
        fn distances_are_those_of_the_definition(one in "[abcé]{0,12}", other in "[abcé]{0,12}") {
            let letters = |word: &str| word.chars().collect::<Vec<_>>();
            prop_assert_eq!(distance(&one, &other, 99), Some(plainly(&letters(&one), &letters(&other))));
        }
    }
}

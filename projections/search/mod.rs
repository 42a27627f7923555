//! The language of the search box: what somebody typed, understood.
//!
//! Words and `"phrases"` are looked for in paths and tags, `name:value` asks for what is known about a video
//! ([`LANGUAGE`] has all of it). Parsing never fails: what cannot be understood is left out, and a [`Slip`] says so.
//! `parse` reads the text, `qualifiers` and `amounts` what stands behind a colon; `find` evaluates and ranks, `typos`
//! guesses what was meant when nothing is found. Which other limits a list has is `query`.

mod amounts;
mod find;
mod parse;
mod qualifiers;
mod typos;

use std::ops::{Range, RangeInclusive};

pub(crate) use find::Look;
pub use qualifiers::{Example, LANGUAGE};
pub use typos::Corrected;

/// The moment a search is asked at: `added:<7d` means another thing tomorrow. The default is 1970 in London.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Now {
    /// ms since the epoch.
    pub at_ms: i64,
    /// How far the clocks on the wall are ahead of UTC, in ms: when days begin.
    pub offset_ms: i64,
}

/// Something in a search that was not understood. The rest of it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slip {
    /// Which bytes of the typed text; never empty, whole characters.
    pub span: Range<usize>,
    /// What is wrong, as a sentence.
    pub message: String,
    /// What to type instead, or what was done, as a sentence.
    pub hint: String,
}

/// A parsed search.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    typed: Box<str>,
    now: Now,
    wanted: Option<Expr>,
    slips: Vec<Slip>,
    qualifiers: Vec<Range<usize>>,
    /// True if there is an `or` outside of brackets.
    alternatives: bool,
    depends_on_time: bool,
}

/// What a video must be like.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Expr {
    /// Like all of these: tests first, what must not be found last.
    All(Vec<Expr>),
    /// Like one of these.
    Any(Vec<Expr>),
    Not(Box<Expr>),
    Word(Word),
    Test(Test),
}

/// A word or phrase to look for.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Word {
    /// Folded; never empty.
    text: String,
    /// Where it stands in the typed text, without quotes.
    span: Range<usize>,
}

/// A question about what is known of a video.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Test {
    /// The name as typed, and where.
    Tag(String, Range<usize>),
    Tagged,
    Favorite,
    Missing,
    Rated,
    Watched,
    Rating(RangeInclusive<u64>),
    Views(RangeInclusive<u64>),
    DurationMs(RangeInclusive<u64>),
    SizeBytes(RangeInclusive<u64>),
    AddedAtMs(RangeInclusive<i64>),
}

impl Search {
    /// Words and tests beyond this many are not looked at: each costs time, and nobody means so many.
    pub const MAX_TERMS: usize = 16;
    /// Characters beyond this many are not read.
    pub const MAX_CHARS: usize = 256;

    /// Understands what somebody typed, now.
    #[must_use]
    pub fn parse(typed: &str, now: Now) -> Self {
        parse::parse(typed, now)
    }

    /// What was typed, up to the limit.
    #[must_use]
    pub fn typed(&self) -> &str {
        &self.typed
    }

    /// True if it asks for nothing, and so matches everything.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.wanted.is_none()
    }

    /// What was not understood, in the order it was typed.
    #[must_use]
    pub fn slips(&self) -> &[Slip] {
        &self.slips
    }

    /// True if the same text may mean other videos at another [`Now`].
    #[must_use]
    pub fn depends_on_time(&self) -> bool {
        self.depends_on_time
    }

    /// The `name:value` parts that narrow the whole search down, each with its minus: the text of it, and the search
    /// without it.
    pub fn qualifiers(&self) -> impl Iterator<Item = (&str, String)> {
        self.qualifiers.iter().filter_map(|span| {
            let (before, after) = (self.typed.get(..span.start)?, self.typed.get(span.end..)?);
            let rest = [before.trim_end(), after.trim_start()].join(" ");
            Some((self.typed.get(span.clone())?, rest.trim().to_owned()))
        })
    }

    /// The text without its [`Search::qualifiers`], as something more can be typed behind it: in brackets if it is one
    /// thing or another.
    #[must_use]
    pub fn unqualified(&self) -> String {
        if self.alternatives {
            return format!("({})", self.typed.trim());
        }
        let mut kept = Vec::new();
        let mut from = 0;
        for span in &self.qualifiers {
            kept.extend(self.typed.get(from..span.start).map(str::trim));
            from = span.end;
        }
        kept.extend(self.typed.get(from..).map(str::trim));
        kept.retain(|part| !part.is_empty());
        kept.join(" ")
    }

    /// True if it looks for words, so that some videos fit better than others.
    pub(crate) fn ranks(&self) -> bool {
        self.wanted.as_ref().is_some_and(|wanted| wanted.words().next().is_some())
    }

    /// True if it says something about videos whose file is missing, and so may find them.
    pub(crate) fn mentions_missing(&self) -> bool {
        self.wanted.as_ref().is_some_and(|wanted| wanted.mentions(&Test::Missing))
    }
}

impl Expr {
    fn parts(&self) -> &[Self] {
        match self {
            Self::All(parts) | Self::Any(parts) => parts,
            Self::Not(part) => std::slice::from_ref(part),
            Self::Word(_) | Self::Test(_) => &[],
        }
    }

    fn mentions(&self, test: &Test) -> bool {
        matches!(self, Self::Test(own) if own == test) || self.parts().iter().any(|part| part.mentions(test))
    }

    /// The words that a video may have, in the order they were typed; not those that it must not have.
    fn words(&self) -> Box<dyn Iterator<Item = &Word> + '_> {
        match self {
            Self::All(parts) | Self::Any(parts) => Box::new(parts.iter().flat_map(Self::words)),
            Self::Word(word) => Box::new(std::iter::once(word)),
            Self::Not(_) | Self::Test(_) => Box::new(std::iter::empty()),
        }
    }
}

//! The qualifiers there are: what may stand before a colon, and what it asks.
//!
//! A new qualifier is a row in [`QUALIFIERS`] and one in [`LANGUAGE`], which is the help that people read.

use std::ops::Range;

use events::TagName;

use super::amounts::{durations_ms, moments_ms, numbers, sizes_bytes};
use super::typos::distance;
use super::{Expr, Now, Slip, Test};

/// Something that can be typed into the search box.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Example {
    /// As it is typed.
    pub typed: &'static str,
    /// What it finds.
    pub finds: &'static str,
}

const fn example(typed: &'static str, finds: &'static str) -> Example {
    Example { typed, finds }
}

/// All that the search box understands, for help.
pub const LANGUAGE: &[Example] = &[
    example("amber tide", "both words, in title, folder, file name or tags; case and accents do not matter"),
    example("\"amber tide\"", "the words together, in this order"),
    example("amber or tide", "one of the words; brackets group: (amber or tide) storm"),
    example("-storm", "what does not have it; works before words, phrases, brackets and everything below"),
    example("tag:sea", "videos with this tag; tag:\"two words\" for one with a space"),
    example("#sea", "videos with a tag that begins like this"),
    example("rating:4", "exactly four stars; also rating:>=4, rating:<3, rating:2..4, rating:none"),
    example("duration:<10m", "shorter than ten minutes; also duration:>1h30m, duration:5m..10m, duration:<1:30"),
    example("views:0", "never watched here; also views:>10, views:1..5"),
    example("added:<7d", "added in the last seven days; units h, d, w, m (30 days) and y; added:>1y is older"),
    example("added:2026-01", "added in that month; also added:2026, added:>=2026-01-15, added:today, added:yesterday"),
    example("size:>1gb", "larger than a gigabyte; units kb, mb, gb and tb"),
    example("is:favorite", "videos with a heart"),
    example("is:unwatched", "neither begun nor finished; is:watched is the opposite"),
    example("is:rated", "videos with stars; is:unrated for those without"),
    example("is:tagged", "videos with a tag; is:untagged for those without"),
    example("is:missing", "videos whose file is not there right now, which other searches leave out"),
];

/// What stood behind the colon, understood.
pub(super) struct Asked {
    pub(super) wanted: Expr,
    pub(super) depends_on_time: bool,
}

impl From<Test> for Asked {
    fn from(test: Test) -> Self {
        Self { wanted: Expr::Test(test), depends_on_time: false }
    }
}

impl Asked {
    fn not(test: Test) -> Self {
        Self { wanted: Expr::Not(Box::new(Expr::Test(test))), depends_on_time: false }
    }
}

/// One word that may stand before a colon.
struct Qualifier {
    name: &'static str,
    /// What its value is, for whoever typed something else.
    takes: &'static str,
    examples: &'static str,
    read: fn(&Value<'_>, Now) -> Option<Asked>,
}

/// What stands behind the colon, without quotes.
pub(super) struct Value<'a> {
    pub(super) text: &'a str,
    pub(super) span: Range<usize>,
}

const QUALIFIERS: &[Qualifier] = &[
    Qualifier { name: "tag", takes: "a tag", examples: "tag:sea or tag:\"two words\"", read: tag },
    Qualifier {
        name: "rating",
        takes: "a number of stars",
        examples: "rating:4, rating:>=4, rating:2..4 or rating:none",
        read: rating,
    },
    Qualifier {
        name: "duration",
        takes: "a playing time",
        examples: "duration:<10m, duration:>1h30m, duration:5m..10m or duration:<1:30",
        read: |value, _| Some(Test::DurationMs(durations_ms(value.text)?).into()),
    },
    Qualifier {
        name: "views",
        takes: "a number of views",
        examples: "views:0, views:>10 or views:1..5",
        read: |value, _| Some(Test::Views(numbers(value.text)?).into()),
    },
    Qualifier {
        name: "added",
        takes: "an age or a date",
        examples: "added:<7d, added:>1y, added:2026-01 or added:>=2026-01-15",
        read: |value, now| {
            // Dates too: when a day begins depends on where the clocks are.
            let wanted = Expr::Test(Test::AddedAtMs(moments_ms(value.text, now)?));
            Some(Asked { wanted, depends_on_time: true })
        },
    },
    Qualifier {
        name: "size",
        takes: "a size",
        examples: "size:>1gb, size:<500mb or size:1gb..1.5gb",
        read: |value, _| Some(Test::SizeBytes(sizes_bytes(value.text)?).into()),
    },
    Qualifier {
        name: "is",
        takes: "something a video can be",
        examples: "is:favorite, is:watched, is:unwatched, is:rated, is:unrated, is:tagged, is:untagged or is:missing",
        read: is,
    },
];

/// Other words for them, which people try.
const MEANT: &[(&str, &str)] = &[
    ("stars", "rating:"),
    ("star", "rating:"),
    ("rate", "rating:"),
    ("length", "duration:"),
    ("time", "duration:"),
    ("runtime", "duration:"),
    ("date", "added:"),
    ("age", "added:"),
    ("watched", "is:watched"),
    ("favorite", "is:favorite"),
    ("favourite", "is:favorite"),
    ("missing", "is:missing"),
    ("filesize", "size:"),
];

fn tag(value: &Value<'_>, _: Now) -> Option<Asked> {
    let name = TagName::new(value.text).ok()?;
    Some(Test::Tag(name.as_str().to_owned(), value.span.clone()).into())
}

fn rating(value: &Value<'_>, _: Now) -> Option<Asked> {
    if value.text.eq_ignore_ascii_case("none") || value.text == "0" {
        return Some(Asked::not(Test::Rated));
    }
    let stars = numbers(value.text)?;
    // What no rating can be is a slip, not a search for nothing.
    let possible = *stars.start() <= 5 && *stars.end() >= 1 && (*stars.end() <= 5 || *stars.end() == u64::MAX);
    possible.then(|| Test::Rating(stars).into())
}

fn is(value: &Value<'_>, _: Now) -> Option<Asked> {
    Some(match value.text.to_ascii_lowercase().as_str() {
        "favorite" | "favourite" => Test::Favorite.into(),
        "missing" => Test::Missing.into(),
        "watched" => Test::Watched.into(),
        "unwatched" => Asked::not(Test::Watched),
        "rated" => Test::Rated.into(),
        "unrated" => Asked::not(Test::Rated),
        "tagged" => Test::Tagged.into(),
        "untagged" => Asked::not(Test::Tagged),
        _ => return None,
    })
}

/// What this name with this value asks; why nothing, or `None` if it is no name of ours.
pub(super) fn read(name: &str, value: &Value<'_>, whole: Range<usize>, now: Now) -> Option<Result<Asked, Slip>> {
    let qualifier = QUALIFIERS.iter().find(|known| known.name.eq_ignore_ascii_case(name))?;
    Some((qualifier.read)(value, now).ok_or_else(|| {
        let Qualifier { name, takes, examples, .. } = qualifier;
        let (span, message) = match value.text.is_empty() {
            true => (whole, format!("Nothing stands behind “{name}:”.")),
            false => (value.span.clone(), format!("“{}” is not {takes}.", value.text)),
        };
        Slip { span, message, hint: format!("Type {examples}.") }
    }))
}

/// True if this is one of the names before a colon.
pub(super) fn known(name: &str) -> bool {
    QUALIFIERS.iter().any(|qualifier| qualifier.name.eq_ignore_ascii_case(name))
}

/// What somebody probably meant who typed this name, which is none of ours.
pub(super) fn meant(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_lowercase();
    if let Some((_, meant)) = MEANT.iter().find(|(word, _)| *word == name) {
        return Some(meant);
    }
    // Short words are close to anything.
    let most = if name.len() < 6 { 1 } else { 2 };
    let close = |known: &&str| name.len() >= 4 && distance(&name, known.trim_end_matches(':'), most).is_some();
    ["tag:", "rating:", "duration:", "views:", "added:", "size:"].into_iter().find(close)
}

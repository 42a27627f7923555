//! Words in the head of a film: titles, languages, dates and chapters by name, in the places that Apple, 3GPP and Nero
//! chose for them.

use super::boxes::{Full, Name, boxes, find, find_full, find_path};
use crate::bits::{be8, be16, be32, be64};
use crate::info::{Chapter, Info};

/// The longest title that is kept, in characters.
const MAX_TITLE: usize = 500;
/// The longest title of a chapter that is kept, in characters.
const MAX_CHAPTER_TITLE: usize = 200;

/// Text as it is, up to the first zero, without what is around it.
pub(super) fn plain(bytes: &[u8]) -> String {
    let text = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
    String::from_utf8_lossy(text).trim().chars().filter(|letter| !letter.is_control()).take(MAX_TITLE).collect()
}

/// Text that may be UTF-16, which is marked by its order of bytes.
pub(super) fn marked(bytes: &[u8]) -> String {
    let (order, rest): (fn([u8; 2]) -> u16, _) = match bytes {
        [0xfe, 0xff, rest @ ..] => (u16::from_be_bytes, rest),
        [0xff, 0xfe, rest @ ..] => (u16::from_le_bytes, rest),
        _ => return plain(bytes),
    };
    let units = rest.chunks_exact(2).filter_map(|two| two.first_chunk().copied()).map(order);
    let wide: String = char::decode_utf16(units).map(|letter| letter.unwrap_or('\u{fffd}')).collect();
    plain(wide.as_bytes())
}

/// A language in three letters of five bits (ISO/IEC 14496-12 §8.4.2.3), or by the few numbers of old Macintoshes that
/// mean something still.
pub(super) fn language(code: u16) -> String {
    const OLD: [&str; 15] =
        ["eng", "fra", "deu", "ita", "nld", "swe", "spa", "dan", "por", "nor", "heb", "jpn", "ara", "fin", "ell"];
    if code < 0x400 {
        return OLD.get(usize::from(code)).copied().unwrap_or_default().to_owned();
    }
    let letter = |shift: u16| u8::try_from(code >> shift & 31).ok().filter(|letter| (1..=26).contains(letter));
    let letters = [letter(10), letter(5), letter(0)];
    let word: String = letters.into_iter().flatten().map(|letter| char::from(0x60 + letter)).collect();
    if word.len() == 3 && word != "und" { word } else { String::new() }
}

/// The name of a track.
pub(super) fn track_title(udta: &[u8]) -> String {
    let name = find(udta, b"name").map(plain).filter(|name| !name.is_empty());
    name.or_else(|| find(udta, b"\xa9nam").and_then(apple)).unwrap_or_default()
}

/// What is said of the film as a whole.
pub(super) struct Words {
    pub(super) title: String,
    /// When it was recorded, ms since the epoch, if it is said with a place on the clock.
    pub(super) recorded_at_ms: Option<i64>,
    pub(super) chapters: Vec<Chapter>,
}

impl Words {
    pub(super) fn read(moov: &[u8]) -> Self {
        let udta = find(moov, b"udta").unwrap_or_default();
        let item = |name: &Name| {
            let listed = find_full(udta, b"meta").and_then(|meta| data(find_path(meta.body, &[b"ilst", name])?));
            listed.or_else(|| find(udta, name).and_then(apple))
        };
        let title = item(b"\xa9nam").or_else(|| named(moov, "com.apple.quicktime.title"));
        let title =
            title.or_else(|| find_full(udta, b"titl").map(|full| marked(full.body.get(2..).unwrap_or_default())));
        let recorded = named(moov, "com.apple.quicktime.creationdate").or_else(|| item(b"\xa9day"));
        Self {
            title: title.unwrap_or_default(),
            recorded_at_ms: recorded.and_then(|recorded| instant(&recorded)),
            chapters: find(udta, b"chpl").and_then(nero).unwrap_or_default(),
        }
    }
}

/// Text of QuickTime: its length, a language, itself.
fn apple(body: &[u8]) -> Option<String> {
    let len = usize::from(be16(body, 0)?);
    let rest = body.get(4..)?;
    Some(marked(rest.get(..len).unwrap_or(rest))).filter(|text| !text.is_empty())
}

/// Text of an item in the list of iTunes: of kind 1, UTF-8.
fn data(item: &[u8]) -> Option<String> {
    let body = find(item, b"data")?;
    (be32(body, 0)? & 0xff_ffff == 1).then(|| plain(body.get(8..).unwrap_or_default())).filter(|text| !text.is_empty())
}

/// An item by its long name (QuickTime File Format, "Metadata"): names are in one list, values by their number in another.
fn named(moov: &[u8], name: &str) -> Option<String> {
    let meta = find(moov, b"meta")?;
    // QuickTime has no version here, and ISO has one.
    let meta = if find(meta, b"keys").is_some() { meta } else { meta.get(4..)? };
    let keys = find_full(meta, b"keys")?.body.get(4..)?;
    let index = boxes(keys).position(|(_, key)| key == name.as_bytes())?;
    let number = u32::try_from(index + 1).ok()?.to_be_bytes();
    data(find_path(meta, &[b"ilst", &number])?)
}

/// A date with a time and its distance from Greenwich, such as `2021-07-04T18:30:05+0200`, in ms since the epoch.
fn instant(text: &str) -> Option<i64> {
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<u32>().ok().map(i64::from);
    let marks = [(4, "-"), (7, "-"), (10, "T "), (13, ":"), (16, ":")];
    if !marks.iter().all(|(at, marks)| text.get(*at..=*at).is_some_and(|found| marks.contains(found))) {
        return None;
    }
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || hour > 23 || minute > 59 || second > 60 || year < 1904
    {
        return None;
    }
    let zone = text.get(19..)?.trim_start_matches(|letter: char| letter == '.' || letter.is_ascii_digit());
    let east_minutes = match zone.split_at_checked(1)? {
        ("Z", "") => 0,
        (sign @ ("+" | "-"), distance) => {
            let hours = distance.get(..2)?.parse::<u32>().ok()?;
            let minutes = distance.get(2..)?.trim_start_matches(':').parse::<u32>().unwrap_or(0);
            (i64::from(hours) * 60 + i64::from(minutes)) * if sign == "+" { 1 } else { -1 }
        }
        _ => return None,
    };
    let seconds = (days(year, month, day) * 24 + hour) * 3600 + (minute - east_minutes) * 60 + second;
    Some(seconds * 1000)
}

/// Days from the epoch to a date. Years begin in March here, so that a leap day is the last of its year.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1 - 719_468
}

/// The list of chapters as Nero writes it: times in units of 100 ns.
fn nero(chpl: &[u8]) -> Option<Vec<Chapter>> {
    let full = Full::read(chpl)?;
    let body = if full.version == 0 { full.body } else { full.body.get(4..)? };
    let count = usize::from(be8(body, 0)?);
    let mut rest = body.get(1..)?;
    let mut chapters = Vec::new();
    for _ in 0..count.min(Info::MAX_CHAPTERS) {
        let Some((start, len)) = be64(rest, 0).zip(be8(rest, 8)) else { break };
        let Some((title, after)) = rest.get(9..).and_then(|rest| rest.split_at_checked(usize::from(len))) else {
            break;
        };
        chapters.push(chapter(start / 10_000, title));
        rest = after;
    }
    Some(chapters)
}

/// A chapter with as much of its title as is kept.
pub(super) fn chapter(start_ms: u64, title: &[u8]) -> Chapter {
    Chapter { start_ms, title: marked(title).chars().take(MAX_CHAPTER_TITLE).collect() }
}

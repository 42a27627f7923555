//! What is believed of an answer. The child may have been taken over by the file it looked at, so its answer is as
//! foreign as the file: sizes, texts and pictures must be possible before anything is made of them.

use super::made::{Cover, Failure, Jpeg, Made, Probed, Storyboard, Task};

/// Wider or higher than this is no film and no sheet: what a JPEG can say.
const MAX_SIDE: u32 = 65_535;

/// Longer than this, a year in ms, is no film.
pub(super) const MAX_DURATION_MS: u64 = 366 * 24 * 3_600_000;

/// From the year 1 to the year 9999, in ms.
pub(super) const TIMES_MS: std::ops::RangeInclusive<i64> = -62_135_596_800_000..=253_402_300_799_999;

const MAX_CHAPTERS: usize = av::info::Info::MAX_CHAPTERS;
const MAX_TRACKS: usize = av::info::Info::MAX_TRACKS;

/// More tiles than this are on no storyboard.
const MAX_TILES: u32 = 1_000;

/// The reason of a failure, in characters.
const MAX_REASON: usize = 500;

/// Whether this can be the answer to `task`.
///
/// # Errors
/// What is wrong with it.
pub(super) fn answer(task: Task, answer: &Result<Made, Failure>) -> Result<(), &'static str> {
    match (task, answer) {
        (_, Err(failure)) => {
            plain(&failure.decoder, Probed::MAX_TEXT, "the name of the decoder is none")?;
            plain(&failure.reason, MAX_REASON, "the reason is none")
        }
        (Task::Probe, Ok(Made::Probed(probed))) => self::probed(probed),
        (Task::Cover { .. }, Ok(Made::Cover(cover))) => self::cover(cover),
        (Task::Storyboard, Ok(Made::Storyboard(storyboard))) => self::storyboard(storyboard),
        (Task::Probe | Task::Cover { .. } | Task::Storyboard, Ok(_)) => Err("it answers another question"),
    }
}

fn probed(probed: &Probed) -> Result<(), &'static str> {
    check(probed.duration_ms <= MAX_DURATION_MS, "no film is that long")?;
    check(probed.width <= MAX_SIDE && probed.height <= MAX_SIDE, "no picture is that large")?;
    check(probed.created_at_ms.is_none_or(|at_ms| TIMES_MS.contains(&at_ms)), "no film was made then")?;
    check(probed.chapters.len() <= MAX_CHAPTERS, "there are too many chapters")?;
    check(probed.chapters.is_sorted_by_key(|(start_ms, _)| *start_ms), "the chapters are out of order")?;
    check(probed.subtitles.len() <= MAX_TRACKS, "there are too many tracks")?;
    let own = [&probed.container, &probed.video_codec, &probed.audio_codec];
    let titles = probed.chapters.iter().map(|(_, title)| title);
    let tracks = probed.subtitles.iter().flat_map(|track| [&track.language, &track.title]);
    own.into_iter().chain(titles).chain(tracks).try_for_each(|text| plain(text, Probed::MAX_TEXT, "a text is none"))
}

fn cover(cover: &Cover) -> Result<(), &'static str> {
    check(cover.at_ms <= MAX_DURATION_MS, "no film is that long")?;
    plain(&cover.decoder, Probed::MAX_TEXT, "the name of the decoder is none")?;
    std::iter::once(&cover.poster).chain(&cover.cards).try_for_each(jpeg)
}

fn storyboard(board: &Storyboard) -> Result<(), &'static str> {
    plain(&board.decoder, Probed::MAX_TEXT, "the name of the decoder is none")?;
    check((1..=MAX_TILES).contains(&board.tiles), "that is no number of tiles")?;
    check((1..=board.tiles).contains(&board.columns), "that is no number of columns")?;
    check((1..=MAX_DURATION_MS).contains(&board.interval_ms), "that is no time between tiles")?;
    check(board.tile_width > 0 && board.tile_height > 0, "the tiles have no size")?;
    let rows = board.tiles.div_ceil(board.columns);
    let width = board.columns.checked_mul(board.tile_width);
    let height = rows.checked_mul(board.tile_height);
    check(width == Some(board.sheet.width) && height == Some(board.sheet.height), "the tiles do not fill the sheet")?;
    jpeg(&board.sheet)
}

/// The picture must be a whole JPEG of the size it claims to have.
fn jpeg(picture: &Jpeg) -> Result<(), &'static str> {
    check(picture.bytes.ends_with(&[0xff, 0xd9]), "a picture has no end")?;
    let size = jpeg_size(&picture.bytes).ok_or("a picture is no JPEG")?;
    check(size == (picture.width, picture.height), "a picture has another size than it claims")?;
    check(picture.width > 0 && picture.height > 0, "a picture has no size")
}

/// Width and height as the frame header of a JPEG says (ITU-T T.81 §B.2.2), the only thing that is looked for.
fn jpeg_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut rest = bytes.strip_prefix(&[0xff, 0xd8])?;
    loop {
        let (&[0xff, marker, high, low], _) = rest.split_first_chunk::<4>()? else {
            return None;
        };
        let segment = rest.get(2..2 + usize::from(u16::from_be_bytes([high, low])))?;
        // Baseline and progressive frames. The length, the precision, then height and width.
        if (0xc0..=0xc2).contains(&marker) {
            let &[_, _, _, y1, y0, x1, x0] = segment.first_chunk()?;
            return Some((u16::from_be_bytes([x1, x0]).into(), u16::from_be_bytes([y1, y0]).into()));
        }
        // Tables and notes come before a frame, the scan after it.
        if marker == 0xda || segment.len() < 2 {
            return None;
        }
        rest = rest.get(2 + segment.len()..)?;
    }
}

fn plain(text: &str, limit: usize, complaint: &'static str) -> Result<(), &'static str> {
    check(text.chars().count() <= limit && !text.chars().any(char::is_control), complaint)
}

fn check(fits: bool, complaint: &'static str) -> Result<(), &'static str> {
    if fits { Ok(()) } else { Err(complaint) }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::super::made::{Stage, Subtitle};
    use super::*;

    /// The parts of a JPEG that are looked at: a table, a frame, a scan and the end.
    fn picture(width: u16, height: u16) -> Jpeg {
        let ([x1, x0], [y1, y0]) = (width.to_be_bytes(), height.to_be_bytes());
        let frame = [0xff, 0xc0, 0, 11, 8, y1, y0, x1, x0, 1, 1, 0x11, 0];
        let table = [0xff, 0xd8, 0xff, 0xdb, 0, 3, 7];
        let bytes = [&table[..], &frame, &[0xff, 0xda, 0, 2, 1, 2, 3, 0xff, 0xd9]].concat();
        Jpeg { width: width.into(), height: height.into(), bytes }
    }

    fn cover() -> Cover {
        Cover {
            at_ms: 1000,
            decoder: "rust_h264".to_owned(),
            poster: picture(1280, 720),
            cards: [picture(640, 360), picture(320, 180)],
            colour: [0; 3],
            preview: [0; 36],
        }
    }

    fn board() -> Storyboard {
        Storyboard {
            sheet: picture(1600, 180),
            tiles: 12,
            columns: 10,
            tile_width: 160,
            tile_height: 90,
            interval_ms: 1000,
            decoder: "rust_h264".to_owned(),
        }
    }

    fn facts() -> Probed {
        Probed { chapters: vec![(0, "one".to_owned()), (5, "two".to_owned())], ..Probed::default() }
    }

    const COVER: Task = Task::Cover { at_ms: None };

    #[test]
    fn what_can_be_is_believed() {
        let failure = Failure { stage: Stage::Open, reason: "why".to_owned(), decoder: String::new() };
        assert_eq!(answer(Task::Probe, &Ok(Made::Probed(facts()))), Ok(()));
        assert_eq!(answer(COVER, &Ok(Made::Cover(cover()))), Ok(()));
        assert_eq!(answer(Task::Storyboard, &Ok(Made::Storyboard(board()))), Ok(()));
        assert_eq!(answer(Task::Storyboard, &Err(failure)), Ok(()));
    }

    #[test]
    fn an_answer_to_another_question_is_not_believed() {
        assert!(answer(COVER, &Ok(Made::Probed(facts()))).is_err());
        assert!(answer(Task::Probe, &Ok(Made::Storyboard(board()))).is_err());
    }

    #[test]
    fn impossible_facts_are_not_believed() {
        let subtitle =
            |title: &str| Subtitle { track: 0, language: String::new(), title: title.to_owned(), text: true };
        let changes: [fn(&mut Probed); 7] = [
            |facts| facts.duration_ms = u64::MAX,
            |facts| facts.width = 65_536,
            |facts| facts.created_at_ms = Some(i64::MAX),
            |facts| facts.chapters.reverse(),
            |facts| facts.chapters = vec![(0, String::new()); MAX_CHAPTERS + 1],
            |facts| facts.video_codec = "a\nb".to_owned(),
            |facts| facts.container = "x".repeat(Probed::MAX_TEXT + 1),
        ];
        for (number, change) in changes.into_iter().enumerate() {
            let mut facts = facts();
            change(&mut facts);
            assert!(answer(Task::Probe, &Ok(Made::Probed(facts))).is_err(), "change {number}");
        }
        for subtitles in [vec![subtitle("\u{1b}[2J")], vec![subtitle(""); MAX_TRACKS + 1]] {
            let facts = Probed { subtitles, ..facts() };
            assert!(answer(Task::Probe, &Ok(Made::Probed(facts))).is_err());
        }
    }

    #[test]
    fn impossible_sheets_are_not_believed() {
        let changes: [fn(&mut Storyboard); 8] = [
            |board| board.tiles = 0,
            |board| board.tiles = 21,
            |board| board.columns = 0,
            |board| board.columns = u32::MAX,
            |board| board.tile_width = u32::MAX,
            |board| board.tile_height = 0,
            |board| board.interval_ms = 0,
            |board| board.sheet = picture(1600, 90),
        ];
        for (number, change) in changes.into_iter().enumerate() {
            let mut board = board();
            change(&mut board);
            assert!(answer(Task::Storyboard, &Ok(Made::Storyboard(board))).is_err(), "change {number}");
        }
    }

    #[test]
    fn only_whole_pictures_of_their_size_are_believed() {
        let changes: [fn(&mut Jpeg); 7] = [
            |jpeg| jpeg.width += 1,
            |jpeg| jpeg.height = 0,
            |jpeg| *jpeg = picture(0, 0),
            |jpeg| jpeg.bytes.clear(),
            |jpeg| jpeg.bytes.extend(b"more"),
            |jpeg| jpeg.bytes = jpeg.bytes.split_off(1),
            |jpeg| jpeg.bytes = b"<html>\xff\xd9".to_vec(),
        ];
        for (number, change) in changes.into_iter().enumerate() {
            for which in 0..3 {
                let mut made = Made::Cover(cover());
                change(made.pictures_mut().into_iter().nth(which).unwrap());
                assert!(answer(COVER, &Ok(made)).is_err(), "change {number} of picture {which}");
            }
        }
    }

    #[test]
    fn no_bytes_keep_the_size_from_being_looked_for() {
        let whole = picture(3, 5).bytes;
        assert_eq!(jpeg_size(&whole), Some((3, 5)));
        for len in 0..whole.len() {
            let bytes = whole.get(..len).unwrap();
            assert!(jpeg_size(bytes).is_none_or(|size| size == (3, 5)), "cut at {len}");
        }
        for first in 0..=u8::MAX {
            // A segment that claims to be shorter than its own length.
            assert_eq!(jpeg_size(&[0xff, 0xd8, 0xff, first, 0, 0, 0xff, 0xd9]), None);
        }
    }
}

//! What is believed of an answer. The child may have been taken over by the file it looked at, so its answer is as
//! foreign as the file: sizes, texts and pictures must be possible before anything is made of them.

use super::made::{Cover, Failure, Jpeg, Made, Probed, Storyboard, Task};

/// Wider or higher than this is no film and no sheet: what a JPEG can say.
const MAX_SIDE: u32 = 65_535;

/// Longer than this, a year in ms, is no film.
const MAX_DURATION_MS: u64 = 366 * 24 * 3_600_000;

/// From the year 1 to the year 9999, in ms.
const TIMES_MS: std::ops::RangeInclusive<i64> = -62_135_596_800_000..=253_402_300_799_999;

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

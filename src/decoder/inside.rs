//! What package `av` makes of a file, and ffmpeg of those that `av` does not know, in the words of this module.

use super::ffmpeg;
use super::made::{Cover, Failure, Jpeg, Made, Probed, Stage, Storyboard, Subtitle, Task};
use super::verify::{MAX_DURATION_MS, TIMES_MS};
use av::demux::Demuxer;
use av::info::{Container, Info, Kind, SubtitleFormat, Track};
use av::source::Source;
use std::fs::File;

/// Does `task` on `file`.
///
/// # Errors
/// [`Failure`].
pub(super) fn make(file: &File, task: Task) -> Result<Made, Failure> {
    let len_bytes = file.metadata().map_err(|error| unread(&error.into()))?.len();
    match Film::open(file, len_bytes).and_then(|mut film| film.make(task)) {
        Ok(made) => made.ok_or_else(no_picture),
        Err(own) => match own.error {
            av::Error::Read(_) => Err(told(&own)),
            // Starting ffmpeg to hear that there is nothing would take longer than all else.
            _ if len_bytes == 0 => Err(told(&own)),
            av::Error::Damaged(_) | av::Error::Unsupported(_) | av::Error::TooLarge(_) => {
                by_ffmpeg(file, len_bytes, task, &own)
            }
        },
    }
}

/// The same by ffmpeg, after `own` went wrong.
fn by_ffmpeg(file: &File, len_bytes: u64, task: Task, own: &av::Failure) -> Result<Made, Failure> {
    let unsupported = matches!(own.error, av::Error::Unsupported(_));
    let made = match ffmpeg::Film::open(file) {
        Ok(None) if unsupported => {
            return Err(Failure { reason: format!("{} without ffmpeg", own.error), ..told(own) });
        }
        // It is not said that ffmpeg could read what is broken.
        Ok(None) => return Err(told(own)),
        Ok(Some(film)) => {
            let container = film.container.clone();
            Film { demuxer: Box::new(film), container, len_bytes }.make(task)
        }
        Err(error) => Err(av::Failure { stage: av::Stage::Probe, error, decoder: ffmpeg::NAME }),
    };
    match made {
        Ok(made) => made.map(|made| made.by(ffmpeg::NAME)).ok_or_else(no_picture),
        Err(_) if !unsupported => Err(told(own)),
        Err(wrong) => Err(Failure {
            reason: format!("{}, and {}", own.error, wrong.error),
            decoder: ffmpeg::NAME.to_owned(),
            ..told(&wrong)
        }),
    }
}

/// A film that was opened, by whichever reader.
struct Film {
    demuxer: Box<dyn Demuxer>,
    container: String,
    len_bytes: u64,
}

impl Film {
    fn open(file: &File, len_bytes: u64) -> Result<Self, av::Failure> {
        let wrong = |error| av::Failure { stage: av::Stage::Probe, error, decoder: "" };
        let file = file.try_clone().map_err(|error| wrong(error.into()))?;
        let demuxer = av::open(Source::new(file, len_bytes)).map_err(wrong)?;
        let container = match demuxer.info().container {
            Container::Mp4 => "MP4",
            Container::QuickTime => "QuickTime",
            Container::Matroska => "Matroska",
            Container::WebM => "WebM",
            Container::Avi => "AVI",
        };
        Ok(Self { demuxer, container: container.to_owned(), len_bytes })
    }

    /// Does `task`; nothing comes of it in a file without a picture.
    fn make(&mut self, task: Task) -> Result<Option<Made>, av::Failure> {
        let demuxer = self.demuxer.as_mut();
        Ok(match task {
            Task::Probe => Some(Made::Probed(self.probed())),
            Task::Cover { .. } | Task::Storyboard if demuxer.info().picture().is_none() => None,
            Task::Cover { at_ms } => Some(Made::Cover(av::cover(demuxer, at_ms)?.into())),
            Task::Storyboard => Some(Made::Storyboard(av::storyboard(demuxer)?.into())),
        })
    }

    fn probed(&self) -> Probed {
        let info = self.demuxer.info();
        let picture = info.picture().map(|(_, picture)| picture);
        let sound = info.sound().map(|(_, sound)| sound);
        let (width, height) = picture.map_or((0, 0), av::info::VideoTrack::display_size);
        let mut chapters: Vec<(u64, String)> =
            info.chapters.iter().map(|chapter| (chapter.start_ms, text(&chapter.title))).collect();
        chapters.sort_by_key(|(start_ms, _)| *start_ms);
        Probed {
            container: text(&self.container),
            duration_ms: if info.duration_ms <= MAX_DURATION_MS { info.duration_ms } else { 0 },
            width,
            height,
            video_codec: picture.map(|picture| text(&picture.codec_string)).unwrap_or_default(),
            audio_codec: sound.map(|sound| text(&sound.codec_string)).unwrap_or_default(),
            frame_rate_mhz: picture.map_or(0, |picture| picture.frame_rate_mhz),
            bit_rate: self.len_bytes.saturating_mul(8_000).checked_div(info.duration_ms).unwrap_or(0),
            created_at_ms: info.created_at_ms.filter(|at_ms| TIMES_MS.contains(at_ms)),
            chapters,
            subtitles: subtitles(info),
        }
    }
}

fn subtitles(info: &Info) -> Vec<Subtitle> {
    let tracks = (0..).zip(&info.tracks).take(Info::MAX_TRACKS);
    let subtitle = |(number, track): (u32, &Track)| match &track.kind {
        Kind::Subtitle(words) => Some(Subtitle {
            track: number,
            language: text(&track.language),
            title: text(&track.title),
            text: match words.format {
                SubtitleFormat::SubRip | SubtitleFormat::Ass | SubtitleFormat::WebVtt | SubtitleFormat::Timed => true,
                SubtitleFormat::Other(_) => false,
            },
        }),
        Kind::Video(_) | Kind::Audio(_) | Kind::Other => None,
    };
    tracks.filter_map(subtitle).collect()
}

/// As much of a text as is shown.
fn text(text: &str) -> String {
    text.trim().chars().filter(|c| !c.is_control()).take(Probed::MAX_TEXT).collect()
}

/// A failure as it is told to the server.
fn told(wrong: &av::Failure) -> Failure {
    let stage = match wrong.stage {
        av::Stage::Probe => Stage::Probe,
        av::Stage::Decode => Stage::Decode,
        av::Stage::Encode => Stage::Encode,
    };
    match &wrong.error {
        error @ av::Error::Read(_) => unread(error),
        error @ (av::Error::Damaged(_) | av::Error::Unsupported(_) | av::Error::TooLarge(_)) => {
            Failure { stage, reason: error.to_string(), decoder: wrong.decoder.to_owned() }
        }
    }
}

/// There is sound, perhaps.
fn no_picture() -> Failure {
    Failure { stage: Stage::Probe, reason: "there is no picture in it".to_owned(), decoder: String::new() }
}

/// The disk is at fault, whatever was being done.
fn unread(error: &av::Error) -> Failure {
    let why = std::error::Error::source(error).map(|why| format!(": {why}")).unwrap_or_default();
    Failure { stage: Stage::Open, reason: format!("{error}{why}"), decoder: String::new() }
}

impl Made {
    fn by(mut self, name: &str) -> Self {
        match &mut self {
            Self::Probed(_) => {}
            Self::Cover(cover) => name.clone_into(&mut cover.decoder),
            Self::Storyboard(storyboard) => name.clone_into(&mut storyboard.decoder),
        }
        self
    }
}

impl From<av::picture::Jpeg> for Jpeg {
    fn from(jpeg: av::picture::Jpeg) -> Self {
        Self { width: jpeg.width.into(), height: jpeg.height.into(), bytes: jpeg.bytes }
    }
}

impl From<av::Cover> for Cover {
    fn from(cover: av::Cover) -> Self {
        let av::Cover { at_ms, decoder, poster, cards, colour, preview } = cover;
        Self { at_ms, decoder, poster: poster.into(), cards: cards.map(Jpeg::from), colour, preview }
    }
}

impl From<av::Storyboard> for Storyboard {
    fn from(board: av::Storyboard) -> Self {
        let av::Storyboard { sheet, tiles, columns, tile_width, tile_height, interval_ms, decoder } = board;
        Self {
            sheet: sheet.into(),
            tiles: tiles.into(),
            columns: columns.into(),
            tile_width: tile_width.into(),
            tile_height: tile_height.into(),
            interval_ms: interval_ms.into(),
            decoder,
        }
    }
}

//! `tools seed`: a made-up library and history of any size, always the same for the same seed. For
//! benchmarks and for seeing how the gallery behaves when it is large.

use crate::Refusal;
use crate::history::History;
use crate::open::Library;
use crate::report::{self, count};
use anyhow::{Context as _, anyhow};
use events::event::{Favorite, Playback, Rating, Tag, Video, View};
use events::log::EventLog as _;
use events::log::fjall::{FjallLog, Push};
use events::{Actor, Cause, Event, Fingerprint, MediaPath, RootPath, Stars, TagName, VideoId};
use std::fmt;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};
use xxhash_rust::xxh3::{xxh3_64_with_seed, xxh3_128};

/// What `tools seed` can be told.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Example:\n  tools seed --videos 10000 --events 1000000 --data NEW_FOLDER")]
pub struct Args {
    /// How many videos there are.
    #[arg(long, value_name = "N", default_value_t = 1000)]
    pub videos: u32,
    /// How many things happened to them since they were found.
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    pub events: u64,
    /// The same number makes the same library.
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,
    /// Also make a tiny file for every video in this folder, so that a scan finds what the log says.
    #[arg(long, value_name = "DIR")]
    pub files: Option<PathBuf>,
    /// Print what was written as JSON.
    #[arg(long)]
    pub json: bool,
}

/// What was made up.
#[derive(Debug, serde::Serialize)]
struct Seeded {
    events: u64,
    videos: u32,
    folder: Option<PathBuf>,
}

impl fmt::Display for Seeded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (events, videos) = (count(self.events, "event"), count(self.videos.into(), "video"));
        write!(f, "Written: {events} about {videos}.")?;
        match &self.folder {
            Some(folder) => write!(f, "\nServe it with the folder {}.", folder.display()),
            None => Ok(()),
        }
    }
}

/// The made-up past lasts two years and ends on 2026-01-01, whenever it is made.
const END_MS: i64 = 1_767_225_600_000;
const SPAN_MS: i64 = 730 * 86_400_000;
/// Videos in one folder.
const FOLDER: u32 = 250;

#[rustfmt::skip]
const WORDS: [&str; 40] = [
    "Amber", "Autumn", "Bridge", "Canyon", "Cedar", "Cloud", "Comet", "Copper", "Dune", "Ember", "Falcon", "Forest", "Garden", "Glacier", "Harbor", "Island",
    "Lantern", "Maple", "Meadow", "Mirror", "North", "Orbit", "Paper", "Prairie", "Quiet", "Rain", "River", "Rook", "Saffron", "Signal", "Silver", "Stone",
    "Summer", "Tide", "Valley", "Velvet", "Violet", "Willow", "Window", "Winter",
];

/// Runs the command on the data folder `data`.
///
/// # Errors
/// The log is not empty, or cannot be opened or written; a file cannot be made; those of `out`.
pub fn run(args: &Args, data: &Path, out: &mut dyn Write) -> anyhow::Result<()> {
    let library = Library::open(data, &mut |_| {})?;
    if library.log.head().pos > 0 {
        let text = format!("{} has a log already; seed needs an empty data folder", data.display());
        return Err(Refusal::InTheWay(text).into());
    }
    drop(library);
    let root = match &args.files {
        Some(folder) => {
            fs::create_dir_all(folder).with_context(|| format!("failed to make {}", folder.display()))?;
            RootPath::new(folder.canonicalize()?)
        }
        None => RootPath::new("/seeded"),
    };
    let head = FjallLog::load(data, |push| live(args, &root, push))?;
    let folder = args.files.is_some().then(|| root.as_path().to_owned());
    report::tell(&Seeded { events: head.pos, videos: args.videos, folder }, args.json, out)
}

/// Hands over everything that happens.
fn live(args: &Args, root: &RootPath, push: &mut Push<'_>) -> anyhow::Result<()> {
    let mut dice = Dice { seed: args.seed, rolled: 0 };
    let mut history = History::default();
    for number in 1..=args.videos {
        let made = Made::new(number, args, &mut dice);
        if args.files.is_some() {
            made.write(root).with_context(|| format!("failed to write {}", made.path))?;
        }
        let at_ms = END_MS - SPAN_MS;
        for event in made.events(root, &mut dice)? {
            push(history.happen(at_ms, Cause::Scan, Actor(0), Event::Video(event)))?;
        }
    }
    let mut people = People::new(args.videos)?;
    let events = if args.videos == 0 { 0 } else { args.events };
    for nth in 0..events {
        let at_ms = END_MS - SPAN_MS + share(nth, events, SPAN_MS);
        let device = Actor(1 + dice.below(8));
        push(history.happen(at_ms, Cause::Viewer, device, people.act(&mut dice)?))?;
    }
    Ok(())
}

/// The `nth` of `all` parts of `span`.
fn share(nth: u64, all: u64, span: i64) -> i64 {
    let part = u128::from(span.unsigned_abs()) * u128::from(nth) / u128::from(all.max(1));
    i64::try_from(part).unwrap_or(span)
}

/// Numbers that look random and are the same for the same seed on every machine.
struct Dice {
    seed: u64,
    rolled: u64,
}

impl Dice {
    fn roll(&mut self) -> u64 {
        self.rolled += 1;
        xxh3_64_with_seed(&self.rolled.to_le_bytes(), self.seed)
    }

    /// From 0 to `end` - 1; 0 if `end` is 0.
    fn below(&mut self, end: u32) -> u32 {
        let high = (u128::from(self.roll()) * u128::from(end)) >> 64;
        u32::try_from(high).unwrap_or(0)
    }

    /// [`Dice::below`], with small numbers far more often than large ones, as in real libraries.
    fn favourite_below(&mut self, end: u32) -> u32 {
        let (a, b) = (self.below(end), self.below(end));
        u32::try_from(u64::from(a) * u64::from(b) / u64::from(end.max(1))).unwrap_or(0)
    }

    fn word(&mut self) -> &'static str {
        let index = self.below(u32::try_from(WORDS.len()).unwrap_or(0));
        WORDS.get(index as usize).copied().unwrap_or_default()
    }
}

/// A made-up file.
struct Made {
    number: u32,
    path: String,
    bytes: Vec<u8>,
    modified_at_ms: i64,
}

impl Made {
    fn new(number: u32, args: &Args, dice: &mut Dice) -> Self {
        let title = (0..2 + dice.below(4)).map(|_| dice.word()).collect::<Vec<_>>().join(" ");
        let folder = (number - 1) / FOLDER + 1;
        let modified_at_ms = END_MS - SPAN_MS + share(u64::from(number), u64::from(args.videos), SPAN_MS);
        // An empty MP4: `ftyp`, and a `free` box with a number that makes each file another one.
        let mut bytes = b"\0\0\0\x14ftypisom\0\0\x02\0isom\0\0\0\x18free".to_vec();
        bytes.extend_from_slice(&args.seed.to_be_bytes());
        bytes.extend_from_slice(&u64::from(number).to_be_bytes());
        Self { number, path: format!("Shelf {folder:04}/{title} {number:06}.mp4"), bytes, modified_at_ms }
    }

    fn write(&self, root: &RootPath) -> std::io::Result<()> {
        let file = root.as_path().join(&self.path);
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut written = File::create(&file)?;
        written.write_all(&self.bytes)?;
        written.set_modified(UNIX_EPOCH + Duration::from_millis(self.modified_at_ms.unsigned_abs()))
    }

    fn events(&self, root: &RootPath, dice: &mut Dice) -> anyhow::Result<[Video; 2]> {
        let video = VideoId::new(self.number)?;
        let size_bytes = self.bytes.len() as u64;
        let found = Video::Found {
            video,
            root: root.clone(),
            path: MediaPath::new(self.path.as_str())?,
            size_bytes,
            modified_at_ms: self.modified_at_ms,
            fingerprint: Some(Fingerprint { size_bytes, hash: xxh3_128(&self.bytes) }),
            added_at_ms: self.modified_at_ms,
        };
        let probed = Video::Probed {
            video,
            duration_ms: 5_000 + u64::from(dice.below(7_200_000)),
            width: 1280,
            height: 720,
            video_codec: "avc1.64001F".to_owned(),
            audio_codec: "mp4a.40.2".to_owned(),
            details: Default::default(),
        };
        Ok([found, probed])
    }
}

/// What people can have done so far, so that they never do what cannot be: lose a tag nobody gave.
struct People {
    videos: u32,
    tags: Vec<TagName>,
    /// A bit for each tag, by video.
    tagged: Vec<u64>,
    hearts: Vec<bool>,
}

impl People {
    fn new(videos: u32) -> anyhow::Result<Self> {
        let tags = WORDS.iter().map(|word| TagName::new(&word.to_lowercase())).collect::<Result<_, _>>()?;
        Ok(Self { videos, tags, tagged: vec![0; videos as usize], hearts: vec![false; videos as usize] })
    }

    /// The next thing somebody does: mostly watching.
    fn act(&mut self, dice: &mut Dice) -> anyhow::Result<Event> {
        let index = dice.favourite_below(self.videos);
        let video = VideoId::new(index + 1)?;
        let roll = dice.below(100);
        Ok(match roll {
            0..55 => Event::View(View::Started { video }),
            55..60 => Event::Playback(Playback::Paused { video, position_ms: u64::from(dice.below(5_000)) }),
            60..62 => Event::Playback(Playback::Finished { video }),
            62..77 => {
                let stars = Stars::new(u8::try_from(1 + dice.below(5))?)?;
                Event::Rating(Rating::Given { video, stars })
            }
            77..78 => Event::Rating(Rating::Cleared { video }),
            78..92 => Event::Tag(self.tag(video, index as usize, dice)?),
            92.. => Event::Favorite(self.heart(video, index as usize)),
        })
    }

    fn tag(&mut self, video: VideoId, index: usize, dice: &mut Dice) -> anyhow::Result<Tag> {
        let number = dice.favourite_below(u32::try_from(self.tags.len()).unwrap_or(0));
        let tag = self.tags.get(number as usize);
        let (Some(tag), Some(tagged)) = (tag.cloned(), self.tagged.get_mut(index)) else {
            return Err(anyhow!("video {video} was never made up"));
        };
        *tagged ^= 1 << number;
        Ok(if *tagged & (1 << number) == 0 { Tag::Removed { video, tag } } else { Tag::Added { video, tag } })
    }

    fn heart(&mut self, video: VideoId, index: usize) -> Favorite {
        let heart = self.hearts.get(index).copied().unwrap_or_default();
        if let Some(slot) = self.hearts.get_mut(index) {
            *slot = !heart;
        }
        if heart { Favorite::Removed { video } } else { Favorite::Added { video } }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn seeded(folder: &Path, args: &Args) -> Library {
        run(args, folder, &mut Vec::new()).unwrap();
        Library::open(folder, &mut |_| {}).unwrap()
    }

    fn args(seed: u64) -> Args {
        Args { videos: 300, events: 5_000, seed, files: None, json: false }
    }

    #[test]
    fn the_same_seed_makes_the_same_library_and_another_another() {
        let digest = |seed| {
            let folder = tempfile::tempdir().unwrap();
            let library = seeded(folder.path(), &args(seed));
            assert_eq!(library.log.head().pos, 2 * 300 + 5_000);
            assert_eq!(library.state.anomalies(), 0, "{:?}", library.state.first_anomaly());
            assert_eq!(library.state.videos().present().len(), 300);
            library.state.digest()
        };
        assert_eq!(digest(7), digest(7));
        assert_ne!(digest(7), digest(8));
    }

    #[test]
    fn files_are_what_the_log_says_they_are() {
        let folder = tempfile::tempdir().unwrap();
        let files = folder.path().join("files");
        let library = seeded(&folder.path().join("data"), &Args { files: Some(files.clone()), ..args(1) });
        for video in library.state.videos().iter() {
            let file = video.root.as_path().join(video.path.as_path());
            let bytes = fs::read(&file).unwrap();
            let modified = fs::metadata(&file).unwrap().modified().unwrap();
            assert_eq!(video.fingerprint, Some(Fingerprint { size_bytes: bytes.len() as u64, hash: xxh3_128(&bytes) }));
            assert_eq!(modified, UNIX_EPOCH + Duration::from_millis(video.modified_at_ms.unsigned_abs()));
        }
        assert_eq!(fs::read_dir(&files).unwrap().count(), 2);
    }

    #[test]
    fn a_log_with_events_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        drop(seeded(folder.path(), &Args { videos: 1, events: 0, ..args(1) }));
        let error = run(&args(1), folder.path(), &mut Vec::new()).unwrap_err();
        assert!(error.to_string().contains("has a log already"));
        let library = Library::open(folder.path(), &mut |_| {}).unwrap();
        assert_eq!(library.log.head().pos, 2);
    }
}

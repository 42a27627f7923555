//! The library of `demo`: twelve short clips inside the program, and a few weeks of life with them.
//!
//! The clips are made by `tools/demo/make` from synthetic sources. Their past is written as real events
//! into a log of its own; nothing here knows of any other library.

use crate::history::History;
use crate::open::Library;
use anyhow::Context as _;
use events::event::{Favorite, Playback, Playlist, Rating, Tag, Video, View};
use events::log::EventLog as _;
use events::values::ItemId;
use events::{
    Actor, Cause, Event, Fingerprint, MediaPath, PlaylistId, PlaylistName, RootPath, Stars, TagName, VideoId,
};
use projections::State;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};
use xxhash_rust::xxh3::xxh3_128;

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

/// A clip and what people did with it.
struct Clip {
    /// Its path in the library.
    path: &'static str,
    bytes: &'static [u8],
    duration_ms: u64,
    /// RFC 6381 codec strings of picture and sound.
    codecs: (&'static str, &'static str),
    /// How many days before the demo it was added.
    added_days: i64,
    /// 0 for none.
    stars: u8,
    favorite: bool,
    views: i64,
    tags: &'static [&'static str],
}

const H264: &str = "avc1.42C015";
const AAC: &str = "mp4a.40.2";

#[rustfmt::skip]
const CLIPS: [Clip; 12] = [
    Clip { path: "Television/Test Card at Midnight.mp4", bytes: include_bytes!("demo/clips/test-card.mp4"), duration_ms: 5000, codecs: (H264, AAC),
        added_days: 41, stars: 3, favorite: false, views: 6, tags: &["television", "night", "sound"] },
    Clip { path: "Television/Bars and Tone, Good Night.webm", bytes: include_bytes!("demo/clips/broadcast-bars.webm"), duration_ms: 6008, codecs: ("vp8", "opus"),
        added_days: 41, stars: 2, favorite: false, views: 3, tags: &["television", "night", "sound"] },
    Clip { path: "Television/The Colour Wheel.mp4", bytes: include_bytes!("demo/clips/colour-wheel.mp4"), duration_ms: 5000, codecs: (H264, ""),
        added_days: 40, stars: 0, favorite: false, views: 1, tags: &["television", "colour"] },
    Clip { path: "Mathematics/Descent into the Mandelbrot Set.mp4", bytes: include_bytes!("demo/clips/mandelbrot.mp4"), duration_ms: 7000, codecs: (H264, ""),
        added_days: 33, stars: 5, favorite: true, views: 14, tags: &["fractal", "mathematics", "colour"] },
    Clip { path: "Mathematics/Seahorse Valley.mp4", bytes: include_bytes!("demo/clips/seahorse-valley.mp4"), duration_ms: 6000, codecs: (H264, ""),
        added_days: 33, stars: 4, favorite: true, views: 9, tags: &["fractal", "mathematics", "slow"] },
    Clip { path: "Mathematics/Life in a Petri Dish.mp4", bytes: include_bytes!("demo/clips/petri-dish.mp4"), duration_ms: 6000, codecs: (H264, ""),
        added_days: 26, stars: 4, favorite: false, views: 11, tags: &["automaton", "mathematics", "green"] },
    Clip { path: "Mathematics/Rule 110.mp4", bytes: include_bytes!("demo/clips/rule-110.mp4"), duration_ms: 6000, codecs: (H264, ""),
        added_days: 26, stars: 3, favorite: false, views: 4, tags: &["automaton", "mathematics"] },
    Clip { path: "Mathematics/Moiré.webm", bytes: include_bytes!("demo/clips/moire.webm"), duration_ms: 6008, codecs: ("vp09.00.11.08", "opus"),
        added_days: 19, stars: 0, favorite: false, views: 2, tags: &["mathematics", "colour", "sound"] },
    Clip { path: "Landscapes/Aurora over the Fjord.mp4", bytes: include_bytes!("demo/clips/aurora.mp4"), duration_ms: 9000, codecs: (H264, AAC),
        added_days: 12, stars: 5, favorite: true, views: 17, tags: &["landscape", "night", "green", "slow", "sound"] },
    Clip { path: "Landscapes/Tide Pool at Dusk.webm", bytes: include_bytes!("demo/clips/tide-pool.webm"), duration_ms: 8008, codecs: ("vp09.00.11.08", "opus"),
        added_days: 12, stars: 4, favorite: false, views: 5, tags: &["landscape", "slow", "sound"] },
    Clip { path: "Landscapes/Lava Lamp, 1973.mp4", bytes: include_bytes!("demo/clips/lava-lamp.mp4"), duration_ms: 8000, codecs: (H264, ""),
        added_days: 5, stars: 0, favorite: true, views: 8, tags: &["colour", "slow"] },
    Clip { path: "Morning Raga.mp4", bytes: include_bytes!("demo/clips/morning-raga.mp4"), duration_ms: 8000, codecs: (H264, AAC),
        added_days: 2, stars: 0, favorite: false, views: 0, tags: &["music", "sound"] },
];

/// Makes the demo library in the data folder `data`, which belongs to demos alone, and gives the folder
/// to serve. Doing it again changes nothing but brings back clips that were deleted. `now_ms` is the
/// time it is: the past ends there.
///
/// # Errors
/// The log cannot be opened or written (see [`crate::exit_code`]), or a clip cannot.
pub fn prepare(data: &Path, now_ms: i64) -> anyhow::Result<PathBuf> {
    let folder = data.join("videos");
    fs::create_dir_all(&folder).with_context(|| format!("failed to make {}", folder.display()))?;
    let folder = folder.canonicalize()?;
    let root = RootPath::new(&folder);
    let mut library = Library::open(data, &mut |_| {})?;
    for clip in &CLIPS {
        let path = MediaPath::new(clip.path)?;
        let added_at_ms = now_ms - clip.added_days * DAY_MS;
        // A clip that comes back must look as it did, or it would count as changed.
        let modified_at_ms = known_modified_at_ms(&library.state, &root, &path).unwrap_or(added_at_ms);
        let file = folder.join(path.as_path());
        write_clip(&file, clip.bytes, modified_at_ms).with_context(|| format!("failed to write {}", file.display()))?;
    }
    if library.log.head().pos == 0 {
        let mut history = History::default();
        let past = past(&root, now_ms)?.into_iter();
        let records: Vec<_> =
            past.map(|(at_ms, cause, actor, event)| history.happen(at_ms, cause, actor, event)).collect();
        library.log.append(&records)?;
    }
    Ok(folder)
}

fn known_modified_at_ms(state: &State, root: &RootPath, path: &MediaPath) -> Option<i64> {
    let videos = state.videos();
    videos.get(videos.by_place(root, path)?).map(|video| video.modified_at_ms)
}

fn write_clip(file: &Path, bytes: &[u8], modified_at_ms: i64) -> std::io::Result<()> {
    if fs::metadata(file).is_ok_and(|there| there.len() == bytes.len() as u64) {
        return Ok(());
    }
    if let Some(parent) = file.parent() {
        fs::create_dir_all(parent)?;
    }
    let mut written = File::create(file)?;
    written.write_all(bytes)?;
    written.set_modified(UNIX_EPOCH + Duration::from_millis(modified_at_ms.unsigned_abs()))
}

type Happening = (i64, Cause, Actor, Event);

/// Everything that happened, in order of time.
fn past(root: &RootPath, now_ms: i64) -> anyhow::Result<Vec<Happening>> {
    let mut past = Vec::new();
    for (number, clip) in (1..).zip(&CLIPS) {
        let video = VideoId::new(number)?;
        let added_at_ms = now_ms - clip.added_days * DAY_MS;
        past.extend(life_of(video, clip, root, added_at_ms, now_ms)?);
    }
    past.extend(playlist(now_ms)?);
    past.sort_by_key(|(at_ms, ..)| *at_ms);
    Ok(past)
}

/// What happened to one clip since it was added.
fn life_of(
    video: VideoId,
    clip: &Clip,
    root: &RootPath,
    added_at_ms: i64,
    now_ms: i64,
) -> anyhow::Result<Vec<Happening>> {
    let size_bytes = clip.bytes.len() as u64;
    let found = Video::Found {
        video,
        root: root.clone(),
        path: MediaPath::new(clip.path)?,
        size_bytes,
        modified_at_ms: added_at_ms,
        fingerprint: Some(Fingerprint { size_bytes, hash: xxh3_128(clip.bytes) }),
        added_at_ms,
    };
    let (video_codec, audio_codec) = clip.codecs;
    let probed = Video::Probed {
        video,
        duration_ms: clip.duration_ms,
        width: 320,
        height: 180,
        video_codec: video_codec.to_owned(),
        audio_codec: audio_codec.to_owned(),
        details: Default::default(),
    };
    // Clips are found in the order of their numbers, whatever the sort does with equal times.
    let found_at_ms = added_at_ms + i64::from(video.get());
    let mut life = vec![
        (found_at_ms, Cause::Scan, Actor(0), Event::Video(found)),
        (found_at_ms + 1000, Cause::Worker, Actor(0), Event::Video(probed)),
    ];
    let device = Actor(2 + video.get() % 3);
    let mut later = |hours: i64, device: Actor, event: Event| {
        let at_ms = (added_at_ms + hours * HOUR_MS).min(now_ms - 60_000);
        life.push((at_ms, Cause::Viewer, device, event));
    };
    for (hours, tag) in (2..).zip(clip.tags) {
        later(hours, device, Event::Tag(Tag::Added { video, tag: TagName::new(tag)? }));
    }
    let span_hours = (clip.added_days * 24 - 10).max(1);
    for view in 0..clip.views {
        // Many at first, fewer later, on changing devices.
        let hours = 3 + span_hours * view * view / (clip.views * clip.views);
        later(hours, Actor(2 + (video.get() + u32::try_from(view)?) % 3), Event::View(View::Started { video }));
    }
    if clip.stars > 0 {
        let first = Stars::new(clip.stars.saturating_sub(1).max(1))?;
        later(4, device, Event::Rating(Rating::Given { video, stars: first }));
        later(30, device, Event::Rating(Rating::Given { video, stars: Stars::new(clip.stars)? }));
    }
    if clip.favorite {
        later(31, device, Event::Favorite(Favorite::Added { video }));
    }
    if clip.views > 10 {
        later(40, device, Event::Playback(Playback::Paused { video, position_ms: clip.duration_ms / 2 }));
    }
    Ok(life)
}

fn playlist(now_ms: i64) -> anyhow::Result<Vec<Happening>> {
    let playlist = PlaylistId::new(1)?;
    let at_ms = now_ms - 4 * DAY_MS;
    let name = PlaylistName::new("A quiet evening")?;
    let description = "Slow pictures to end the day with".to_owned();
    let mut events = vec![Playlist::Created { playlist, name }, Playlist::Described { playlist, description }];
    for (item, video) in (1..).zip([9, 10, 11, 5]) {
        events.push(Playlist::ItemAdded { playlist, item: ItemId::new(item)?, video: VideoId::new(video)? });
    }
    let timed = (at_ms..).step_by(1000).zip(events);
    Ok(timed.map(|(at_ms, event)| (at_ms, Cause::Viewer, Actor(2), Event::Playlist(event))).collect())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use std::time::SystemTime;

    const NOW_MS: i64 = 1_800_000_000_000;

    fn modified(file: &Path) -> SystemTime {
        fs::metadata(file).unwrap().modified().unwrap()
    }

    #[test]
    fn the_clips_are_there_and_the_log_knows_them_as_a_scan_would() {
        let data = tempfile::tempdir().unwrap();
        let folder = prepare(data.path(), NOW_MS).unwrap();
        let library = Library::open(data.path(), &mut |_| {}).unwrap();
        let state = &library.state;
        assert_eq!((state.videos().present().len(), state.anomalies()), (12, 0), "{:?}", state.first_anomaly());
        for video in state.videos().iter() {
            let file = video.root.as_path().join(video.path.as_path());
            let bytes = fs::read(&file).unwrap();
            assert!(file.starts_with(&folder));
            assert_eq!(video.size_bytes, bytes.len() as u64);
            assert_eq!(video.fingerprint.unwrap().hash, xxh3_128(&bytes));
            assert_eq!(modified(&file), UNIX_EPOCH + Duration::from_millis(video.modified_at_ms.unsigned_abs()));
        }
    }

    #[test]
    fn pages_have_something_to_show() {
        let data = tempfile::tempdir().unwrap();
        prepare(data.path(), NOW_MS).unwrap();
        let mut last_ms = 0;
        let library = Library::open(data.path(), &mut |record| last_ms = record.recorded_at_ms).unwrap();
        let state = &library.state;
        let videos: Vec<VideoId> = state.videos().iter().map(|video| video.id).collect();
        let count = |test: &dyn Fn(VideoId) -> bool| videos.iter().filter(|video| test(**video)).count();
        assert_eq!(count(&|video| state.favorites().contains(video)), 4);
        assert_eq!(count(&|video| state.ratings().get(video).is_some_and(|rated| rated.stars.get() >= 4)), 5);
        assert_eq!(videos.iter().map(|video| state.views().get(*video).count).sum::<u64>(), 80);
        assert!(state.tags().all().len() >= 10 && count(&|video| state.tags().of(video).is_empty()) == 0);
        assert_eq!(state.playlists().iter().map(|list| list.items.len()).collect::<Vec<_>>(), [4]);
        assert!(last_ms < NOW_MS, "the past ends before now");
    }

    #[test]
    fn preparing_again_brings_back_a_deleted_clip_and_writes_no_event() {
        let data = tempfile::tempdir().unwrap();
        let folder = prepare(data.path(), NOW_MS).unwrap();
        let head = Library::open(data.path(), &mut |_| {}).unwrap().log.head();
        let file = folder.join("Morning Raga.mp4");
        let before = modified(&file);
        fs::remove_file(&file).unwrap();
        assert_eq!(prepare(data.path(), NOW_MS + DAY_MS).unwrap(), folder);
        assert_eq!(modified(&file), before);
        assert_eq!(Library::open(data.path(), &mut |_| {}).unwrap().log.head(), head);
    }
}

//! `tools stats`: how large the log is, what it is made of, and what happened when.

use crate::progress::Progress;
use crate::report::{count, local, rfc3339};
use crate::source::Source;
use events::event::{HourCount, View};
use events::{Event, Pos, Recorded, wire};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use projections::Presence;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

/// What `tools stats` can be told.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(after_help = "Example:\n  tools stats\n  tools stats --json | jq .bytes_per_event_on_disk")]
pub struct Args {
    /// Print the numbers as one JSON object.
    #[arg(long)]
    pub json: bool,
}

/// The events of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Kind {
    /// How many there are.
    pub events: u64,
    /// How many bytes their records take.
    pub bytes: u64,
}

/// What was counted.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Stats {
    /// The identity of the log.
    pub log: String,
    /// How many events there are: the position of the last one.
    pub events: Pos,
    /// How many bytes their records take, before the storage engine packs them.
    pub bytes: u64,
    /// How many bytes the folder of the log takes on the disk, journals included.
    pub bytes_on_disk: u64,
    /// How many of them one event takes.
    pub bytes_per_event_on_disk: f64,
    /// When the first event was written, ms since the epoch.
    pub first_recorded_at_ms: Option<i64>,
    /// When the last event was written, ms since the epoch.
    pub last_recorded_at_ms: Option<i64>,
    /// By kind, such as `rating.given`.
    pub kinds: BTreeMap<String, Kind>,
    /// Views by the year they happened in, where this machine stands.
    pub views_by_year: BTreeMap<i16, u64>,
    /// Videos whose file is there.
    pub videos_present: u64,
    /// Videos whose file is missing.
    pub videos_missing: u64,
    /// Videos that somebody said are gone for good.
    pub videos_forgotten: u64,
    /// The time zone of the years, for the words.
    #[serde(skip)]
    zone: TimeZone,
}

/// Counts everything in `source`, a log that takes `bytes_on_disk`. Years are those of `zone`.
///
/// # Errors
/// A record that cannot be read, or [`crate::progress::Cancelled`].
pub fn count_all(
    source: &Source,
    bytes_on_disk: u64,
    zone: &TimeZone,
    progress: &mut dyn Progress,
) -> anyhow::Result<Stats> {
    let mut stats = Stats {
        log: source.id.to_string(),
        events: source.head.pos,
        bytes: 0,
        bytes_on_disk,
        bytes_per_event_on_disk: 0.0,
        first_recorded_at_ms: None,
        last_recorded_at_ms: None,
        kinds: BTreeMap::new(),
        views_by_year: BTreeMap::new(),
        videos_present: 0,
        videos_missing: 0,
        videos_forgotten: 0,
        zone: zone.clone(),
    };
    if stats.events > 0 {
        // Numbers of bytes and events are far below where a float rounds them.
        stats.bytes_per_event_on_disk = stats.bytes_on_disk as f64 / stats.events as f64;
    }
    progress.begin("counting events", source.head.pos);
    source.each_frame(0, source.head.pos, progress, |pos, frame| {
        let record = wire::decode(pos, frame)?;
        stats.bytes += frame.len() as u64;
        let name = record.as_ref().map_or("of a newer version", |record| wire::kind_name(&record.event));
        match stats.kinds.get_mut(name) {
            Some(kind) => kind.add(frame),
            None => stats.kinds.entry(name.to_owned()).or_default().add(frame),
        }
        if let Some(record) = record {
            stats.date(&record);
        }
        Ok(())
    })?;
    for video in source.state.videos().iter() {
        match video.presence {
            Presence::Present => stats.videos_present += 1,
            Presence::Missing { .. } => stats.videos_missing += 1,
            Presence::Forgotten => stats.videos_forgotten += 1,
        }
    }
    Ok(stats)
}

impl Kind {
    fn add(&mut self, frame: &[u8]) {
        self.events += 1;
        self.bytes += frame.len() as u64;
    }
}

impl Stats {
    fn date(&mut self, record: &Recorded) {
        self.first_recorded_at_ms.get_or_insert(record.recorded_at_ms);
        self.last_recorded_at_ms = Some(record.recorded_at_ms);
        match &record.event {
            Event::View(View::Started { .. }) => self.view(record.occurred_at_ms, 1),
            Event::View(View::RolledUp { hours, .. }) => {
                hours.iter().for_each(|hour| self.view(i64::from(hour.hour) * HourCount::MS, u64::from(hour.count)));
            }
            Event::View(View::Counted { .. } | View::Withdrawn { .. })
            | Event::Video(_)
            | Event::Rating(_)
            | Event::Favorite(_)
            | Event::Playback(_)
            | Event::Tag(_)
            | Event::Playlist(_)
            | Event::Thumbnail(_)
            | Event::Import(_)
            | Event::Maintenance(_)
            | Event::Image(_)
            | Event::Group(_)
            | Event::Redacted(_) => {}
        }
    }

    fn view(&mut self, at_ms: i64, views: u64) {
        if let Ok(at) = Timestamp::from_millisecond(at_ms) {
            *self.views_by_year.entry(at.to_zoned(self.zone.clone()).year()).or_default() += views;
        }
    }
}

/// How many bytes everything in `folder` takes on the disk.
///
/// # Errors
/// A folder that cannot be read.
pub fn on_disk(folder: &Path) -> std::io::Result<u64> {
    let mut bytes = 0;
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            match entry.metadata() {
                Ok(found) if found.is_dir() => folders.push(entry.path()),
                Ok(found) => bytes += found.blocks() * 512,
                // A running server may have deleted it meanwhile.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
    }
    Ok(bytes)
}

impl fmt::Display for Stats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Log {}: {}", self.log, count(self.events, "event"))?;
        for (what, at_ms) in [("first", self.first_recorded_at_ms), ("last", self.last_recorded_at_ms)] {
            if let Some(at_ms) = at_ms {
                writeln!(f, "  the {what} of {} ({})", local(at_ms, &self.zone), rfc3339(at_ms))?;
            }
        }
        let per_event = self.bytes_per_event_on_disk;
        writeln!(
            f,
            "  {} bytes of records, {} on the disk: {per_event:.1} for each event",
            self.bytes, self.bytes_on_disk
        )?;
        let Self { videos_present, videos_missing, videos_forgotten, .. } = self;
        writeln!(f, "Videos: {videos_present} there, {videos_missing} missing, {videos_forgotten} forgotten")?;
        writeln!(f, "{:>10}  {:>12}  kind of event", "events", "bytes")?;
        for (name, kind) in &self.kinds {
            writeln!(f, "{:>10}  {:>12}  {name}", kind.events, kind.bytes)?;
        }
        let views: Vec<String> = self.views_by_year.iter().map(|(year, views)| format!("{year}: {views}")).collect();
        write!(f, "Views by year: {}", if views.is_empty() { "none".to_owned() } else { views.join(", ") })
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use crate::open::Library;
    use crate::progress::Quiet;
    use crate::seed;

    #[test]
    fn everything_is_counted_once() {
        let data = tempfile::tempdir().unwrap();
        let args = seed::Args { videos: 30, events: 2_000, seed: 1, files: None, json: false };
        seed::run(&args, data.path(), &mut Vec::new()).unwrap();
        let library = Library::open(data.path(), &mut |_| {}).unwrap();
        let stats = count_all(&library.source(), on_disk(data.path()).unwrap(), &TimeZone::UTC, &mut Quiet).unwrap();
        assert_eq!(stats.events, 2_060);
        assert_eq!(stats.kinds.values().map(|kind| kind.events).sum::<u64>(), 2_060);
        assert_eq!(stats.kinds.values().map(|kind| kind.bytes).sum::<u64>(), stats.bytes);
        assert_eq!(stats.kinds["video.found"].events, 30);
        assert_eq!(stats.views_by_year.values().sum::<u64>(), stats.kinds["view.started"].events);
        assert_eq!(stats.views_by_year.keys().copied().collect::<Vec<_>>(), [2024, 2025]);
        assert_eq!((stats.videos_present, stats.videos_missing, stats.videos_forgotten), (30, 0, 0));
        assert!(stats.bytes_on_disk > 0);
        let words = stats.to_string();
        assert!(words.contains("Videos: 30 there, 0 missing"), "{words}");
    }
}

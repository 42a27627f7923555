//! Old catalogues and small libraries for tests.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use events::event::Video;
use events::{Actor, Cause, CommandId, Event, MediaPath, Recorded, RootPath, VideoId};
use projections::State;
use rusqlite::{Connection, params};
use std::fs;
use std::path::Path;

/// A time after everything in the fixtures: 2027-01-15.
pub(crate) const NOW_MS: i64 = 1_800_000_000_000;

pub(crate) const RATINGS: &str = include_str!("fixtures/ratings.json");
pub(crate) const ON_DISK: &str = include_str!("fixtures/videos_on_disk.txt");

/// The tables of November 2025: no `cover_image`, no playlists.
pub(crate) const OLD_SCHEMA: &str = "
    CREATE TABLE videos (filename TEXT PRIMARY KEY, added_date REAL, file_size INTEGER, duration REAL, created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP, updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP);
    CREATE TABLE ratings (filename TEXT PRIMARY KEY, rating INTEGER, updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP);
    CREATE TABLE views (filename TEXT PRIMARY KEY, view_count INTEGER DEFAULT 0, last_viewed TIMESTAMP, updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP);
    CREATE TABLE video_tags (id INTEGER PRIMARY KEY AUTOINCREMENT, filename TEXT, tag TEXT NOT NULL, created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP, UNIQUE(filename, tag));
    CREATE TABLE favorites (filename TEXT PRIMARY KEY, created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP);
    CREATE TABLE gallery_groups (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, slug TEXT UNIQUE NOT NULL);";

/// Writes the four JSON files and five sidecars of the fixtures into `folder`.
pub(crate) fn write_json_files(folder: &Path) {
    fs::write(folder.join("ratings.json"), RATINGS).unwrap();
    fs::write(folder.join("views.json"), include_str!("fixtures/views.json")).unwrap();
    fs::write(folder.join("tags.json"), include_str!("fixtures/tags.json")).unwrap();
    fs::write(folder.join("favorites.json"), include_str!("fixtures/favorites.json")).unwrap();
    let videos = folder.join("videos");
    fs::create_dir_all(&videos).unwrap();
    for (name, tags) in [
        ("Amber_-_Cloud_Copper_Ember_Quiet_30", r##"["cedar", "#meadow", "Canyon"]"##),
        ("Amber_-_Lantern_Silver_124", r##"["cedar", "#maple", "Garden"]"##),
        ("Amber_-_Prairie_Bridge_Island_Ember_Velvet_133", r##"["saffron", "#ember", "River"]"##),
        ("Amber_-_Tide_240", r##"["garden", "#stone", "Canyon"]"##),
        ("Amber_Comet_Meadow_Tide_Violet_175", r##"["window", "#canyon", "Window"]"##),
    ] {
        let sidecar = format!("{{\n  \"tags\": {tags},\n  \"title\": \"{name}\"\n}}");
        fs::write(videos.join(format!("{name}.mp4.json")), sidecar).unwrap();
    }
}

/// Writes the database of the fixtures to `file`.
pub(crate) fn write_database(file: &Path) {
    let rows: serde_json::Value = serde_json::from_str(include_str!("fixtures/database.json")).unwrap();
    let mut connection = Connection::open(file).unwrap();
    connection.execute_batch(OLD_SCHEMA).unwrap();
    let insert = connection.transaction().unwrap();
    let text = |list: &str, index: &serde_json::Value| {
        rows[list][usize::try_from(index.as_u64().unwrap()).unwrap()].as_str().unwrap().to_owned()
    };
    let table = |table: &str| rows[table].as_array().unwrap();
    for row in table("videos") {
        let values = params![text("names", &row[0]), row[1].as_f64(), row[2].as_i64()];
        insert
            .execute(
                "INSERT INTO videos VALUES (?1, ?2, ?3, NULL, '2025-06-30 10:33:19', '2026-11-22 10:53:23')",
                values,
            )
            .unwrap();
    }
    for row in table("ratings") {
        insert
            .execute(
                "INSERT INTO ratings VALUES (?1, ?2, '2025-11-10 10:28:58')",
                params![text("names", &row[0]), row[1].as_i64()],
            )
            .unwrap();
    }
    for row in table("views") {
        let last = (row[2] == 1).then_some("2025-11-11 13:13:30");
        let values = params![text("names", &row[0]), row[1].as_i64(), last];
        insert.execute("INSERT INTO views VALUES (?1, ?2, ?3, '2026-11-22 10:53:23')", values).unwrap();
    }
    for row in table("video_tags") {
        let values = params![text("names", &row[0]), text("tags", &row[1])];
        insert
            .execute(
                "INSERT INTO video_tags (filename, tag, created_at) VALUES (?1, ?2, '2026-11-22 10:53:23')",
                values,
            )
            .unwrap();
    }
    for row in table("favorites") {
        insert.execute("INSERT INTO favorites VALUES (?1, '2026-11-22 10:53:23')", [text("names", row)]).unwrap();
    }
    insert.commit().unwrap();
}

/// A log in memory that grows by what it is told, and the state after it.
#[derive(Default)]
pub(crate) struct Library {
    pub(crate) state: State,
    pub(crate) records: Vec<Recorded>,
}

impl Library {
    /// A library whose folder `/videos` holds `paths`, as a scan would find them.
    pub(crate) fn of(paths: &[&str]) -> Self {
        let mut library = Self::default();
        for path in paths {
            library.find(path, 1000);
        }
        library
    }

    pub(crate) fn find(&mut self, path: &str, size_bytes: u64) -> VideoId {
        self.find_path(MediaPath::new(path).unwrap(), size_bytes)
    }

    pub(crate) fn find_path(&mut self, path: MediaPath, size_bytes: u64) -> VideoId {
        let video = self.state.videos().next_id().unwrap();
        let found = Video::Found {
            video,
            root: RootPath::new("/videos"),
            path,
            size_bytes,
            modified_at_ms: 0,
            fingerprint: None,
            added_at_ms: 1_700_000_000_000,
        };
        self.happen(Cause::Scan, Event::Video(found));
        video
    }

    pub(crate) fn happen(&mut self, cause: Cause, event: Event) {
        let pos = self.state.pos() + 1;
        self.take(vec![Recorded {
            pos,
            recorded_at_ms: NOW_MS,
            occurred_at_ms: NOW_MS,
            batch: pos,
            cause,
            actor: Actor(1),
            command_id: CommandId::default(),
            caused_by: 0,
            event,
        }]);
    }

    pub(crate) fn take(&mut self, records: Vec<Recorded>) {
        records.iter().for_each(|record| self.state.apply(record));
        self.records.extend(records);
    }

    /// The video whose file is called `name`.
    pub(crate) fn video(&self, name: &str) -> VideoId {
        self.state.videos().by_file_name(name)[0]
    }
}

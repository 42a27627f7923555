//! What is known as tables of an SQLite database, for questions that the gallery has no page for.
//!
//! Times are text in RFC 3339 and UTC, which the date functions of SQLite understand. Names are those of
//! the log: `events.kind` is `rating.given`, `events.data` its fields as JSON.

use crate::Refusal;
use crate::hashed::{UNFINISHED, name_new};
use crate::progress::Progress;
use crate::report::{count, rfc3339};
use crate::source::Source;
use anyhow::Context as _;
use events::wire::kind_name;
use events::{Pos, Recorded, VideoId, jsonl};
use projections::{Presence, State};
use rusqlite::{Connection, params};
use serde::Serialize;
use std::ffi::OsString;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

const TABLES: &str = "
    CREATE TABLE about (log TEXT NOT NULL, through INTEGER NOT NULL, recorded_at TEXT NOT NULL);
    CREATE TABLE videos (
        id INTEGER PRIMARY KEY, title TEXT NOT NULL, root TEXT NOT NULL, path TEXT NOT NULL, presence TEXT NOT NULL,
        size_bytes INTEGER NOT NULL, modified_at TEXT NOT NULL, added_at TEXT NOT NULL, duration_ms INTEGER,
        width INTEGER NOT NULL, height INTEGER NOT NULL, video_codec TEXT NOT NULL, audio_codec TEXT NOT NULL);
    CREATE TABLE ratings (video INTEGER PRIMARY KEY REFERENCES videos, stars INTEGER NOT NULL, given_at TEXT NOT NULL);
    CREATE TABLE tags (video INTEGER NOT NULL REFERENCES videos, tag TEXT NOT NULL, PRIMARY KEY (video, tag));
    CREATE TABLE favorites (video INTEGER PRIMARY KEY REFERENCES videos, added_at TEXT NOT NULL);
    CREATE TABLE views (video INTEGER PRIMARY KEY REFERENCES videos, count INTEGER NOT NULL, last_viewed_at TEXT);
    CREATE TABLE playlists (
        id INTEGER PRIMARY KEY, name TEXT NOT NULL, description TEXT NOT NULL, created_at TEXT NOT NULL,
        changed_at TEXT NOT NULL);
    CREATE TABLE playlist_items (
        playlist INTEGER NOT NULL REFERENCES playlists, place INTEGER NOT NULL,
        video INTEGER NOT NULL REFERENCES videos, PRIMARY KEY (playlist, place));
    CREATE TABLE events (
        pos INTEGER PRIMARY KEY, recorded_at TEXT NOT NULL, occurred_at TEXT NOT NULL, batch INTEGER NOT NULL,
        cause TEXT NOT NULL, device INTEGER NOT NULL, caused_by INTEGER, kind TEXT NOT NULL, video INTEGER,
        data TEXT NOT NULL);
";

/// What can only be made when all rows are there.
const INDEXES: &str = "
    CREATE INDEX events_of_video ON events (video, pos);
    CREATE INDEX events_of_kind ON events (kind, pos);
    CREATE INDEX videos_of_tag ON tags (tag);
";

/// What was written.
#[derive(Clone, Debug, Serialize)]
pub struct Tables {
    /// The database.
    pub file: PathBuf,
    /// The position it shows the library at.
    pub through: Pos,
    /// How many videos it has.
    pub videos: u64,
}

impl fmt::Display for Tables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (videos, events) = (count(self.videos, "video"), count(self.through, "event"));
        write!(f, "{}: {videos}, {events}", self.file.display())
    }
}

/// Writes what was known after position `through` and the events up to there into the new database `file`:
/// whole or not at all.
///
/// # Errors
/// `file` is there already or cannot be written, a record cannot be read, or [`crate::progress::Cancelled`].
pub fn write(source: &Source, through: Pos, file: &Path, progress: &mut dyn Progress) -> anyhow::Result<Tables> {
    let in_the_way = || {
        let text = format!("{} is there already; nothing is overwritten, name another file", file.display());
        anyhow::Error::new(Refusal::InTheWay(text))
    };
    if fs::symlink_metadata(file).is_ok() {
        return Err(in_the_way());
    }
    let mut unfinished = OsString::from(file);
    unfinished.push(UNFINISHED);
    let unfinished = PathBuf::from(unfinished);
    let state = source.state_at(through, progress)?;
    let written = fill(source, &state, &unfinished, progress)
        .and_then(|()| match name_new(&unfinished, file) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(in_the_way()),
            named => Ok(named?),
        })
        .with_context(|| format!("failed to write {}", file.display()));
    if written.is_err() {
        // What matters is why it could not be written.
        let _ = fs::remove_file(&unfinished);
    }
    written?;
    Ok(Tables { file: file.to_owned(), through, videos: state.videos().len() as u64 })
}

fn fill(source: &Source, state: &State, file: &Path, progress: &mut dyn Progress) -> anyhow::Result<()> {
    if fs::symlink_metadata(file).is_ok() {
        fs::remove_file(file)?;
    }
    let mut database = Connection::open(file)?;
    // Until it is renamed nobody relies on it.
    database.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")?;
    let rows = database.transaction()?;
    rows.execute_batch(TABLES)?;
    let about = params![source.id.to_string(), number(state.pos()), rfc3339(state.recorded_at_ms())];
    rows.execute("INSERT INTO about VALUES (?, ?, ?)", about)?;
    videos(&rows, state)?;
    playlists(&rows, state)?;
    progress.begin("writing events", state.pos());
    let mut insert = rows.prepare("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")?;
    source.each(0, state.pos(), progress, |record| event(&mut insert, record))?;
    drop(insert);
    rows.execute_batch(INDEXES)?;
    rows.commit()?;
    database.close().map_err(|(_, error)| error)?;
    fs::File::open(file)?.sync_all()?;
    Ok(())
}

fn videos(rows: &Connection, state: &State) -> rusqlite::Result<()> {
    let mut insert = rows.prepare("INSERT INTO videos VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")?;
    for video in state.videos().iter() {
        let presence = match video.presence {
            Presence::Present => "present",
            Presence::Missing { .. } => "missing",
            Presence::Forgotten => "forgotten",
        };
        insert.execute(params![
            video.id.get(),
            video.path.title(),
            video.root.as_path().to_string_lossy(),
            video.path.as_path().to_string_lossy(),
            presence,
            number(video.size_bytes),
            rfc3339(video.modified_at_ms),
            rfc3339(video.added_at_ms),
            video.duration_ms.map(number),
            video.width,
            video.height,
            &*video.video_codec,
            &*video.audio_codec,
        ])?;
        facts(rows, state, video.id)?;
    }
    Ok(())
}

fn facts(rows: &Connection, state: &State, video: VideoId) -> rusqlite::Result<()> {
    if let Some(rated) = state.ratings().get(video) {
        let mut insert = rows.prepare_cached("INSERT INTO ratings VALUES (?, ?, ?)")?;
        insert.execute(params![video.get(), rated.stars.get(), rfc3339(rated.given_at_ms)])?;
    }
    for tag in state.tags().of(video) {
        rows.prepare_cached("INSERT INTO tags VALUES (?, ?)")?.execute(params![video.get(), tag.as_str()])?;
    }
    if let Some(added_at_ms) = state.favorites().added_at_ms(video) {
        let mut insert = rows.prepare_cached("INSERT INTO favorites VALUES (?, ?)")?;
        insert.execute(params![video.get(), rfc3339(added_at_ms)])?;
    }
    let viewed = state.views().get(video);
    if viewed.count > 0 {
        let mut insert = rows.prepare_cached("INSERT INTO views VALUES (?, ?, ?)")?;
        insert.execute(params![video.get(), number(viewed.count), viewed.last_viewed_at_ms.map(rfc3339)])?;
    }
    Ok(())
}

fn playlists(rows: &Connection, state: &State) -> rusqlite::Result<()> {
    for list in state.playlists().iter() {
        rows.prepare_cached("INSERT INTO playlists VALUES (?, ?, ?, ?, ?)")?.execute(params![
            list.id.get(),
            list.name.as_str(),
            list.description,
            rfc3339(list.created_at_ms),
            rfc3339(list.changed_at_ms),
        ])?;
        for (place, item) in (1_u32..).zip(&list.items) {
            let mut insert = rows.prepare_cached("INSERT INTO playlist_items VALUES (?, ?, ?)")?;
            insert.execute(params![list.id.get(), place, item.video.get()])?;
        }
    }
    Ok(())
}

fn event(insert: &mut rusqlite::Statement<'_>, record: &Recorded) -> anyhow::Result<()> {
    insert.execute(params![
        number(record.pos),
        rfc3339(record.recorded_at_ms),
        rfc3339(record.occurred_at_ms),
        number(record.batch),
        record.cause.name(),
        record.actor.0,
        Some(record.caused_by).filter(|pos| *pos > 0).map(number),
        kind_name(&record.event),
        record.event.video().map(VideoId::get),
        jsonl::data(&record.event)?.get(),
    ])?;
    Ok(())
}

/// SQLite has no larger numbers.
fn number(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

//! `video_metadata.db`, the SQLite database the old program ended up with, read without touching it.
//!
//! Its schema grew without version numbers, so tables and columns are looked for, never assumed. SQLite
//! stores any type in any column: every cell is checked like a foreign JSON value.

use super::{Fact, ImageGroup, Kind, List, Source, dates, files, names, text};
use anyhow::bail;
use events::values::{GroupName, GroupSlug, PlaylistName, TagName};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, Row};
use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// At most this many rows of one table are read.
const MAX_ROWS: usize = 1_000_000;
/// The largest cell that is looked at, in bytes; more than any path has.
const MAX_CELL_BYTES: usize = 8192;

/// A database with a journal beside it is copied up to this size. The real ones have half a megabyte.
const MAX_COPY_BYTES: u64 = 4 << 30;

/// Reads the database in `file`.
pub(super) fn read(source: &mut Source<'_>, file: &Path) {
    match open(file) {
        Ok(opened) => {
            if opened.copy.is_some() {
                source.note("had unfinished changes beside it; a copy was completed and read");
            }
            read_tables(source, &opened.connection);
        }
        Err(error) => source.reject(Kind::File, b"", format!("cannot be opened: {error}")),
    }
}

/// The bytes of the database in `file`, with the changes beside it that were not finished.
pub(super) fn whole(file: &Path) -> anyhow::Result<Vec<u8>> {
    let Opened { connection, copy } = open(file)?;
    let Some(folder) = copy else { return Ok(fs::read(file)?) };
    let completed = folder.path().join("whole");
    connection.execute("VACUUM INTO ?1", [completed.to_string_lossy()])?;
    Ok(fs::read(completed)?)
}

struct Opened {
    connection: Connection,
    /// Deleted when dropped, after the connection.
    copy: Option<tempfile::TempDir>,
}

/// Opens `file` so that nothing is written to it or beside it. With a journal beside it, the file alone
/// is not the truth: then both are copied and SQLite completes the copy.
fn open(file: &Path) -> anyhow::Result<Opened> {
    let journals: Vec<PathBuf> = ["-journal", "-wal"]
        .map(|suffix| {
            let mut name = file.as_os_str().to_owned();
            name.push(suffix);
            PathBuf::from(name)
        })
        .into_iter()
        .filter(|journal| fs::metadata(journal).is_ok_and(|metadata| metadata.len() > 0))
        .collect();
    if journals.is_empty() {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(immutable_uri(file), flags)?;
        connection.execute_batch("PRAGMA trusted_schema = OFF")?;
        return Ok(Opened { connection, copy: None });
    }
    if fs::metadata(file)?.len() > MAX_COPY_BYTES {
        bail!("it has unfinished changes beside it and is too large to be copied; close the old program first");
    }
    let folder = tempfile::tempdir()?;
    for part in std::iter::once(file).chain(journals.iter().map(PathBuf::as_path)) {
        fs::copy(part, folder.path().join(part.file_name().unwrap_or_default()))?;
    }
    let connection = Connection::open(folder.path().join(file.file_name().unwrap_or_default()))?;
    connection.execute_batch("PRAGMA trusted_schema = OFF")?;
    Ok(Opened { connection, copy: Some(folder) })
}

fn immutable_uri(file: &Path) -> String {
    let mut uri = "file:".to_owned();
    for byte in file.as_os_str().as_bytes() {
        if byte.is_ascii_alphanumeric() || b"/._-".contains(byte) {
            uri.push(char::from(*byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri + "?mode=ro&immutable=1"
}

fn read_tables(source: &mut Source<'_>, connection: &Connection) {
    table(source, connection, Kind::Video, "videos", ["filename", "added_date", "file_size", "created_at"], video);
    table(source, connection, Kind::Rating, "ratings", ["filename", "rating", "updated_at"], rating);
    table(source, connection, Kind::Views, "views", ["filename", "view_count", "last_viewed", "updated_at"], viewed);
    table(source, connection, Kind::Tag, "video_tags", ["filename", "tag", "created_at"], tag);
    favorites(source, connection);
    playlists(source, connection);
    groups(source, connection);
}

/// A cell, whatever its column was declared as.
enum Cell {
    Null,
    Integer(i64),
    Real(f64),
    /// Text, or a blob in the place of one.
    Text(Vec<u8>),
}

impl Cell {
    fn of(row: &Row<'_>, index: usize) -> rusqlite::Result<Self> {
        Ok(match row.get_ref(index)? {
            ValueRef::Null => Self::Null,
            ValueRef::Integer(number) => Self::Integer(number),
            ValueRef::Real(number) => Self::Real(number),
            ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
                Self::Text(bytes.get(..MAX_CELL_BYTES).unwrap_or(bytes).to_vec())
            }
        })
    }

    /// As the bytes of a name; a number is its digits.
    fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Null => Vec::new(),
            Self::Integer(number) => number.to_string().into_bytes(),
            Self::Real(number) => number.to_string().into_bytes(),
            Self::Text(bytes) => bytes.clone(),
        }
    }

    fn shown(&self) -> String {
        match self {
            Self::Null => "NULL".to_owned(),
            Self::Integer(_) | Self::Real(_) | Self::Text(_) => String::from_utf8_lossy(&self.bytes()).into_owned(),
        }
    }

    fn whole_number(&self) -> Option<i64> {
        match self {
            Self::Null => None,
            Self::Integer(number) => Some(*number),
            Self::Real(number) => text::whole(*number),
            Self::Text(bytes) => text::whole_text(std::str::from_utf8(bytes).ok()?),
        }
    }

    fn moment_ms(&self, now_ms: i64) -> Option<i64> {
        match self {
            Self::Null => None,
            #[expect(clippy::cast_precision_loss, reason = "seconds since 1970 are exact in a float")]
            Self::Integer(number) => dates::from_number(*number as f64, now_ms),
            Self::Real(number) => dates::from_number(*number, now_ms),
            Self::Text(bytes) => dates::from_text(std::str::from_utf8(bytes).ok()?, now_ms),
        }
    }
}

/// Hands every row of `table` to `each`, with NULL for columns this database does not have. A table
/// without its first column, or no such table, has no rows; damage ends it and is reported.
fn table<const N: usize>(
    source: &mut Source<'_>,
    connection: &Connection,
    kind: Kind,
    table: &str,
    columns: [&str; N],
    mut each: impl FnMut(&mut Source<'_>, [Cell; N]),
) {
    let outcome = (|| -> rusqlite::Result<()> {
        let mut probe = connection.prepare(
            "SELECT c.name FROM sqlite_master AS t, pragma_table_info(t.name) AS c WHERE t.type = 'table' AND t.name = ?1",
        )?;
        let present: Vec<String> = probe.query_map([table], |row| row.get(0))?.collect::<Result<_, _>>()?;
        let has = |column: &&str| present.iter().any(|name| name.eq_ignore_ascii_case(column));
        if !columns.first().is_some_and(has) {
            return Ok(());
        }
        let wanted = columns.map(|column| if has(&column) { format!("\"{column}\"") } else { "NULL".to_owned() });
        let mut query = connection.prepare(&format!("SELECT {} FROM \"{table}\"", wanted.join(", ")))?;
        let mut rows = query.query([])?;
        let mut count = 0;
        while let Some(row) = rows.next()? {
            if count == MAX_ROWS {
                source.reject(
                    Kind::File,
                    table.as_bytes(),
                    format!("has more than {MAX_ROWS} rows; the rest was not read"),
                );
                break;
            }
            count += 1;
            let cells: Vec<Cell> = (0..N).map(|index| Cell::of(row, index)).collect::<Result<_, _>>()?;
            if let Ok(cells) = cells.try_into() {
                each(source, cells);
            }
        }
        Ok(())
    })();
    if let Err(error) = outcome {
        let reason = format!("the {} could not be read to the end: {error}", kind.name());
        source.reject(Kind::File, table.as_bytes(), reason);
    }
}

fn video(source: &mut Source<'_>, [name, added, size, created]: [Cell; 4]) {
    let added_at_ms = added.moment_ms(source.now_ms).or_else(|| created.moment_ms(source.now_ms));
    let size_bytes = size.whole_number().and_then(|size| u64::try_from(size).ok()).filter(|size| *size > 0);
    source.take(&name.bytes(), Fact::Known { added_at_ms, size_bytes }, added_at_ms);
}

fn rating(source: &mut Source<'_>, [name, rating, updated]: [Cell; 3]) {
    match files::stars_of(rating.whole_number(), &rating.shown()) {
        Ok(stars) => source.take(&name.bytes(), Fact::Rated(stars), updated.moment_ms(source.now_ms)),
        Err(reason) => source.reject(Kind::Rating, &name.bytes(), reason),
    }
}

fn viewed(source: &mut Source<'_>, [name, count, last_viewed, updated]: [Cell; 4]) {
    match files::views_of(count.whole_number(), &count.shown()) {
        Ok(total) => {
            let last_viewed_at_ms = last_viewed.moment_ms(source.now_ms);
            let at_ms = last_viewed_at_ms.or_else(|| updated.moment_ms(source.now_ms));
            source.take(&name.bytes(), Fact::Viewed { total, last_viewed_at_ms }, at_ms);
        }
        Err(reason) => source.reject(Kind::Views, &name.bytes(), reason),
    }
}

fn tag(source: &mut Source<'_>, [name, tag, created]: [Cell; 3]) {
    match TagName::new(&String::from_utf8_lossy(&tag.bytes())) {
        Ok(tag) => source.take(&name.bytes(), Fact::Tagged(tag), created.moment_ms(source.now_ms)),
        Err(invalid) => {
            let reason = format!("tag {}: {invalid}", text::excerpt(&tag.shown(), 60));
            source.reject(Kind::Tag, &name.bytes(), reason);
        }
    }
}

/// Favourites in the order in which the hearts were given: many share one second, so each is put a
/// millisecond after the one before it.
fn favorites(source: &mut Source<'_>, connection: &Connection) {
    let mut hearts = Vec::new();
    table(source, connection, Kind::Favorite, "favorites", ["filename", "created_at"], |source, [name, created]| {
        hearts.push((created.moment_ms(source.now_ms), name.bytes()));
    });
    hearts.sort_by_key(|(at_ms, _)| *at_ms);
    let mut earliest_ms = i64::MIN;
    for (at_ms, name) in hearts {
        let at_ms = at_ms.map(|at_ms| at_ms.max(earliest_ms));
        earliest_ms = at_ms.map_or(earliest_ms, |at_ms| at_ms + 1);
        source.take(&name, Fact::Favorite, at_ms);
    }
}

fn playlists(source: &mut Source<'_>, connection: &Connection) {
    let mut lists: Vec<List> = Vec::new();
    let mut index_by_id = HashMap::new();
    let columns = ["id", "name", "description", "created_at"];
    table(source, connection, Kind::Playlist, "playlists", columns, |source, [id, name, description, created]| {
        match PlaylistName::new(&String::from_utf8_lossy(&name.bytes())) {
            Ok(name) => {
                index_by_id.insert(id.whole_number(), lists.len());
                lists.push(List {
                    source: source.index,
                    name,
                    description: String::from_utf8_lossy(&description.bytes()).trim().to_owned(),
                    created_at_ms: created.moment_ms(source.now_ms).unwrap_or(source.written_at_ms),
                    items: Vec::new(),
                });
            }
            Err(invalid) => source.reject(Kind::Playlist, &name.bytes(), invalid.to_string()),
        }
    });
    let mut items = Vec::new();
    let columns = ["playlist_id", "video_filename", "position", "id"];
    table(source, connection, Kind::PlaylistItem, "playlist_items", columns, |_, [list, name, position, id]| {
        items.push(((position.whole_number(), id.whole_number()), list.whole_number(), name.bytes()));
    });
    items.sort();
    for (_, list, name) in items {
        match (index_by_id.get(&list).and_then(|index| lists.get_mut(*index)), names::parse(&name)) {
            (Some(list), Ok(name)) => list.items.push(name),
            (None, _) => source.reject(Kind::PlaylistItem, &name, "its playlist no longer exists"),
            (Some(_), Err(reason)) => source.reject(Kind::PlaylistItem, &name, reason),
        }
    }
    source.legacy.lists.extend(lists);
}

fn groups(source: &mut Source<'_>, connection: &Connection) {
    let mut groups: Vec<ImageGroup> = Vec::new();
    let mut index_by_id = HashMap::new();
    let columns = ["id", "name", "slug", "cover_image", "created_at"];
    table(source, connection, Kind::Group, "gallery_groups", columns, |source, [id, name, slug, cover, created]| {
        match GroupName::new(&String::from_utf8_lossy(&name.bytes())) {
            Ok(name) => {
                index_by_id.insert(id.whole_number(), groups.len());
                groups.push(ImageGroup {
                    source: source.index,
                    name,
                    slug: GroupSlug::new(&String::from_utf8_lossy(&slug.bytes())).ok(),
                    cover: names::parse_image(&cover.bytes()).ok(),
                    created_at_ms: created.moment_ms(source.now_ms).unwrap_or(source.written_at_ms),
                    images: Vec::new(),
                });
            }
            Err(invalid) => source.reject(Kind::Group, &name.bytes(), invalid.to_string()),
        }
    });
    let mut items = Vec::new();
    let columns = ["group_id", "image_path", "position", "id"];
    table(source, connection, Kind::GroupImage, "gallery_group_items", columns, |_, [group, name, position, id]| {
        items.push(((position.whole_number(), id.whole_number()), group.whole_number(), name.bytes()));
    });
    items.sort();
    for (_, group, name) in items {
        match (index_by_id.get(&group).and_then(|index| groups.get_mut(*index)), names::parse_image(&name)) {
            (Some(group), Ok(name)) => group.images.push(name),
            (None, _) => source.reject(Kind::GroupImage, &name, "its group no longer exists"),
            (Some(_), Err(reason)) => source.reject(Kind::GroupImage, &name, reason),
        }
    }
    source.legacy.groups.extend(groups);
}

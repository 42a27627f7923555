//! The numbers that are kept: `numbers.sqlite`, beside the log and not part of it. Losing it loses no fact, only the memory of
//! how busy the server was.
//!
//! A minute is merged into the row of its minute, of its quarter of an hour, its hour and its day, all in one transaction: no
//! row has to be made later of others, and a crash leaves every row as of the same minute. Of each length so many rows are
//! kept, whatever the clock says meanwhile. What cannot be written waits in memory.

use super::minute::Minute;
use super::window::{MINUTE_MS, Window, floor};
use rusqlite::{Connection, ErrorCode, OptionalExtension as _, params};
use std::collections::VecDeque;
use std::fs;
use std::path::{Path, PathBuf};

/// The name of the file in the data folder.
const FILE: &str = "numbers.sqlite";

/// The shape of the tables.
const EDITION: i64 = 1;

/// The largest file, in pages of 4 KiB: 7.8 MB. What is not merged into it yet, in a file beside it, is less than one more.
const MAX_PAGES: u32 = 1_900;

/// From so many pages in use on, old rows go although their time has not come: room for the largest minute is left.
const FULL_PAGES: i64 = 1_700;

/// How much is held in memory until it can be written, in bytes ...
const MAX_WAITING_BYTES: usize = 1 << 19;

/// ... and in minutes: a day.
const MAX_WAITING: usize = 24 * 60;

/// So many minutes in which nothing was asked for are written together.
const QUIET_MINUTES: usize = 30;

/// A row later than this after now was written while the clock was wrong, or the clock is wrong now.
const FUTURE_MS: i64 = 24 * 60 * MINUTE_MS;

/// Why numbers were not written or read.
#[derive(Debug, thiserror::Error)]
enum Error {
    #[error("{0}")]
    Sqlite(#[from] rusqlite::Error),
    #[error("the file is damaged, or of another edition of this program")]
    Damaged,
}

/// How long a row is, and how many are kept.
struct Level {
    step_ms: i64,
    rows: i64,
}

/// From short to long: two hours of minutes, 26 hours of quarters, 32 days of hours, 400 days.
const LEVELS: [Level; 4] = [
    Level { step_ms: MINUTE_MS, rows: 121 },
    Level { step_ms: 15 * MINUTE_MS, rows: 26 * 4 },
    Level { step_ms: 60 * MINUTE_MS, rows: 32 * 24 },
    Level { step_ms: 24 * 60 * MINUTE_MS, rows: 400 },
];

/// The kept numbers.
pub(super) struct Store {
    /// Nothing: in memory only.
    file: Option<PathBuf>,
    rows: Option<Connection>,
    /// Minutes that are not written yet, oldest first, with when they began.
    waiting: VecDeque<(i64, Vec<u8>)>,
    waiting_bytes: usize,
    written_ms: Option<i64>,
    newest_ms: i64,
    /// Changes when anything did but the newest rows.
    edition: u64,
    trouble: Option<String>,
}

impl Store {
    /// Numbers that are not kept beyond the end of the program.
    pub(super) fn in_memory() -> Self {
        Self::opened(None)
    }

    /// The numbers in the folder `data`.
    pub(super) fn open(data: &Path) -> Self {
        Self::opened(Some(data.join(FILE)))
    }

    fn opened(file: Option<PathBuf>) -> Self {
        let mut store = Self {
            file,
            rows: None,
            waiting: VecDeque::new(),
            waiting_bytes: 0,
            written_ms: None,
            newest_ms: i64::MIN,
            edition: 0,
            trouble: None,
        };
        if let Err(error) = store.connect() {
            store.complain(&error);
        }
        store
    }

    /// Writes a minute down, or keeps it until that works or is worth it.
    pub(super) fn write(&mut self, at_ms: i64, minute: &Minute, now_ms: i64) {
        let bytes = minute.encode();
        self.waiting_bytes += bytes.len();
        self.waiting.push_back((at_ms, bytes));
        while self.waiting.len() > MAX_WAITING || self.waiting_bytes > MAX_WAITING_BYTES {
            let Some((_, bytes)) = self.waiting.pop_front() else { break };
            self.waiting_bytes -= bytes.len();
        }
        // A disk that nobody needs may sleep; one that could not be written is tried again.
        if !minute.tallies.is_empty() || self.waiting.len() >= QUIET_MINUTES || self.trouble.is_some() {
            self.catch_up(now_ms);
        }
    }

    /// Writes down what is waiting.
    pub(super) fn catch_up(&mut self, now_ms: i64) {
        let Some((newest_ms, _)) = self.waiting.back() else { return };
        let newest_ms = *newest_ms;
        let late = self.waiting.len() > 1 || newest_ms <= self.newest_ms;
        let written = self.flush(now_ms).or_else(|error| {
            // A damaged file was put aside; a new one takes what is waiting.
            if error.damaged() && self.put_aside(&error) { self.flush(now_ms) } else { Err(error) }
        });
        match written {
            Ok(()) => {
                self.waiting.clear();
                self.waiting_bytes = 0;
                self.newest_ms = self.newest_ms.max(newest_ms);
                self.written_ms = Some(now_ms);
                self.edition += u64::from(late);
                if self.trouble.take().is_some() {
                    tracing::info!("the numbers of the server are written again");
                }
            }
            Err(error) => self.complain(&error),
        }
    }

    /// Hands over what is kept for a `window` from `from_ms` on and before `until_ms`, in the order of time.
    pub(super) fn read(&mut self, window: Window, from_ms: i64, until_ms: i64, mut add: impl FnMut(i64, &Minute)) {
        let Some(rows) = &self.rows else { return };
        let level = match window {
            Window::FiveMinutes | Window::QuarterHour | Window::Hour => 0,
            Window::Day => 1,
            Window::Month => 2,
        };
        let mut read = || {
            let sql = "SELECT at_ms, numbers FROM kept WHERE level = ?1 AND at_ms >= ?2 AND at_ms < ?3 ORDER BY at_ms";
            let mut found = rows.prepare_cached(sql)?;
            let mut found = found.query(params![level, from_ms, until_ms])?;
            while let Some(row) = found.next()? {
                let bytes = row.get_ref(1)?.as_blob().unwrap_or_default();
                if let Some(minute) = Minute::decode(bytes) {
                    add(row.get(0)?, &minute);
                }
            }
            Ok::<(), Error>(())
        };
        if let Err(error) = read() {
            if error.damaged() {
                self.put_aside(&error);
            } else {
                self.complain(&error);
            }
        }
    }

    /// The minutes that are not written yet, oldest first, with when they began.
    pub(super) fn waiting(&self) -> impl ExactSizeIterator<Item = (i64, Minute)> {
        self.waiting.iter().map(|(at_ms, bytes)| (*at_ms, Minute::decode(bytes).unwrap_or_default()))
    }

    /// When the oldest of the minutes began that are not written yet.
    pub(super) fn oldest_waiting_ms(&self) -> Option<i64> {
        self.waiting.iter().map(|(at_ms, _)| *at_ms).min()
    }

    /// Changes when anything did but the newest rows.
    pub(super) fn edition(&self) -> u64 {
        self.edition
    }

    /// How the keeping goes.
    pub(super) fn kept(&self) -> super::Kept {
        let sizes = self.file.iter().flat_map(|file| [file.clone(), beside(file, "-wal")]);
        let size_bytes = sizes.filter_map(|file| fs::metadata(file).ok()).map(|file| file.len()).sum();
        let oldest = self.rows.as_ref().and_then(|rows| {
            // Trouble with reading is told by whoever reads more.
            rows.query_row("SELECT min(at_ms) FROM kept", [], |row| row.get(0)).ok().flatten()
        });
        super::Kept {
            size_bytes,
            oldest_ms: oldest,
            written_ms: self.written_ms,
            waiting: self.waiting.len() as u64,
            trouble: self.trouble.clone(),
        }
    }

    /// Opens the file; a damaged one is put aside and a new one made.
    fn connect(&mut self) -> Result<(), Error> {
        let opened = connect(self.file.as_deref()).or_else(|error| {
            if error.damaged() && self.put_aside(&error) { connect(self.file.as_deref()) } else { Err(error) }
        });
        self.rows = Some(opened?);
        Ok(())
    }

    /// Writes what is waiting, all of it or nothing.
    fn flush(&mut self, now_ms: i64) -> Result<(), Error> {
        if self.rows.is_none() {
            self.connect()?;
        }
        let Some(rows) = &mut self.rows else { return Ok(()) };
        make_room(rows, now_ms)?;
        let change = rows.transaction()?;
        for (at_ms, bytes) in &self.waiting {
            let minute = Minute::decode(bytes).unwrap_or_default();
            for (number, level) in (0_i64..).zip(&LEVELS) {
                merge(&change, number, floor(*at_ms, level.step_ms), &minute)?;
            }
        }
        for (number, level) in (0_i64..).zip(&LEVELS) {
            keep_newest(&change, number, level.rows, now_ms)?;
        }
        change.commit()?;
        Ok(())
    }

    /// Puts a damaged file where somebody can look at it. False when that is not possible.
    fn put_aside(&mut self, why: &Error) -> bool {
        self.rows = None;
        self.edition += 1;
        let Some(file) = &self.file else { return false };
        let aside = beside(file, ".bad");
        for beside_it in ["-wal", "-shm"] {
            // Mostly there is none.
            let _ = fs::remove_file(beside(file, beside_it));
        }
        let moved = fs::rename(file, &aside);
        let aside = aside.display();
        tracing::warn!(error = why as &dyn std::error::Error, %aside, "the kept numbers are damaged; they are put aside");
        moved.is_ok()
    }

    /// Remembers why nothing is written, and says so once.
    fn complain(&mut self, error: &Error) {
        if self.trouble.is_none() {
            tracing::warn!(error = error as &dyn std::error::Error, "the numbers of the server are not written");
        }
        self.trouble = Some(match error.code() {
            Some(ErrorCode::DiskFull) => "the disk is full".to_owned(),
            _ => error.to_string(),
        });
    }
}

fn connect(file: Option<&Path>) -> Result<Connection, Error> {
    let rows = match file {
        Some(file) => Connection::open(file)?,
        None => Connection::open_in_memory()?,
    };
    rows.execute_batch(&format!(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 100; \
         PRAGMA journal_size_limit = 524288; PRAGMA cache_size = -512; PRAGMA max_page_count = {MAX_PAGES};"
    ))?;
    let edition: i64 = rows.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let health: String = rows.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if health != "ok" || ![0, EDITION].contains(&edition) {
        return Err(Error::Damaged);
    }
    rows.execute_batch(&format!(
        "CREATE TABLE IF NOT EXISTS kept (level INTEGER NOT NULL, at_ms INTEGER NOT NULL, numbers BLOB NOT NULL, \
         PRIMARY KEY (level, at_ms)) STRICT; PRAGMA user_version = {EDITION};"
    ))?;
    Ok(rows)
}

impl Error {
    fn code(&self) -> Option<ErrorCode> {
        match self {
            Self::Sqlite(error) => error.sqlite_error_code(),
            Self::Damaged => None,
        }
    }

    /// Whether the file is to blame, and not the disk or who may write to it.
    fn damaged(&self) -> bool {
        match self {
            Self::Sqlite(_) => matches!(self.code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)),
            Self::Damaged => true,
        }
    }
}

fn merge(rows: &Connection, level: i64, at_ms: i64, minute: &Minute) -> Result<(), Error> {
    let mut found = rows.prepare_cached("SELECT numbers FROM kept WHERE level = ?1 AND at_ms = ?2")?;
    let known: Option<Vec<u8>> = found.query_row(params![level, at_ms], |row| row.get(0)).optional()?;
    let mut sum = known.as_deref().and_then(Minute::decode).unwrap_or_default();
    sum.merge(minute);
    let mut put = rows.prepare_cached("INSERT OR REPLACE INTO kept (level, at_ms, numbers) VALUES (?1, ?2, ?3)")?;
    put.execute(params![level, at_ms, sum.encode()])?;
    Ok(())
}

/// Deletes all rows of a level but so many: first those of the future, then the oldest.
fn keep_newest(rows: &Connection, level: i64, keep: i64, now_ms: i64) -> Result<(), Error> {
    let sql = "DELETE FROM kept WHERE level = ?1 AND at_ms IN (SELECT at_ms FROM kept WHERE level = ?1 \
               ORDER BY at_ms > ?2, at_ms DESC LIMIT -1 OFFSET ?3)";
    let future_ms = now_ms.saturating_add(FUTURE_MS);
    rows.prepare_cached(sql)?.execute(params![level, future_ms, keep])?;
    Ok(())
}

/// Deletes old rows of every length until the file has room for what comes. Each round takes an eighth of them.
fn make_room(rows: &Connection, now_ms: i64) -> Result<(), Error> {
    for _ in 0..LEVELS.len() * 8 {
        let used: i64 = rows.query_row(
            "SELECT page_count - freelist_count FROM pragma_page_count, pragma_freelist_count",
            [],
            |row| row.get(0),
        )?;
        if used < FULL_PAGES {
            break;
        }
        for (level, _) in (0_i64..).zip(&LEVELS) {
            let sql = "SELECT count(*) FROM kept WHERE level = ?1";
            let count: i64 = rows.query_row(sql, [level], |row| row.get(0))?;
            keep_newest(rows, level, count - (count + 7) / 8, now_ms)?;
        }
    }
    Ok(())
}

/// The file of this name with something after it.
fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests;

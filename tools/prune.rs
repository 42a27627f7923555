//! `tools prune`: takes away pictures that nobody can ask for any more.
//!
//! What no video has is deleted: it was replaced, or left unfinished, and whatever is wanted is made again.
//! Pictures of videos that somebody forgot are put aside, into `pruned/` of the data folder, because a film that is
//! gone makes no new ones. Nothing in the log is touched: what was said about a video stays in its history.

use crate::open::Library;
use crate::progress::Progress;
use crate::report::{self, count};
use crate::source::Source;
use anyhow::Context as _;
use events::Pos;
use events::values::ContentId;
use projections::{Presence, State};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

/// What `tools prune` can be told.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(after_help = "Example:\n  tools prune --dry-run\n  tools prune\n\n\
    Pictures that no video has any more are deleted. Those of forgotten videos are moved to DATA/pruned/thumbnails: to have \
    them back, move them back; to have the room, delete that folder. The log is not touched.")]
pub struct Args {
    /// Only say what would be done.
    #[arg(long)]
    pub dry_run: bool,
    /// Print what was done as JSON.
    #[arg(long)]
    pub json: bool,
}

/// What is younger may belong to a change that is just being made.
const YOUNGEST: Duration = Duration::from_hours(1);

/// Files of one sort.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Files {
    /// How many.
    pub files: u64,
    /// Their size.
    pub bytes: u64,
    /// Each with its size.
    #[serde(skip)]
    each: Vec<(PathBuf, u64)>,
}

/// What is to be done, or was.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Whether it was only looked at.
    pub dry_run: bool,
    /// Pictures that no video has, and files left unfinished: deleted.
    pub orphans: Files,
    /// Pictures of videos that were forgotten: put aside.
    pub forgotten: Files,
    /// The videos those are of.
    pub forgotten_videos: Vec<u32>,
}

impl Files {
    fn add(&mut self, path: PathBuf, bytes: u64) {
        self.files += 1;
        self.bytes += bytes;
        self.each.push((path, bytes));
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (deleted, moved) =
            if self.dry_run { ("Would delete", "Would put aside") } else { ("Deleted", "Put aside") };
        let Self { orphans, forgotten, .. } = self;
        let orphan_files = count(orphans.files, "picture");
        writeln!(f, "{deleted} {orphan_files} that no video has ({} bytes).", orphans.bytes)?;
        let (files, videos) = (count(forgotten.files, "picture"), count(self.forgotten_videos.len() as u64, "video"));
        write!(f, "{moved} {files} of {videos} that were forgotten ({} bytes).", forgotten.bytes)
    }
}

/// Runs the command on the data folder `data` at the time `now_ms`.
///
/// # Errors
/// What [`crate::exit_code`] knows about the log, a file that cannot be moved or deleted, or those of `out`.
pub fn run(
    args: &Args,
    data: &Path,
    now_ms: i64,
    progress: &mut dyn Progress,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let library = Library::open_existing(data, progress)?;
    let mut plan = plan(&library.source(), data, now_ms, progress)?;
    plan.dry_run = args.dry_run;
    if !args.dry_run {
        carry_out(&mut plan, data, &|| Arc::clone(&library.state), progress)?;
    }
    conclude(&plan, args.json, out)
}

/// Prints what was done, or would be.
///
/// # Errors
/// Those of `out`.
pub fn conclude(plan: &Plan, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    report::tell(plan, json, out)
}

/// Looks which pictures in the data folder `data` can go, at the time `now_ms` (since the epoch).
///
/// # Errors
/// A folder that cannot be read, or [`crate::progress::Cancelled`].
pub fn plan(source: &Source, data: &Path, now_ms: i64, progress: &mut dyn Progress) -> anyhow::Result<Plan> {
    let needs = Needs::of(&source.state);
    let mut plan = Plan { forgotten_videos: needs.forgotten_videos.clone(), ..Plan::default() };
    let latest_ms = now_ms.saturating_sub(i64::try_from(YOUNGEST.as_millis()).unwrap_or(i64::MAX));
    progress.begin("looking at pictures", 0);
    let mut seen = 0;
    let mut folders = vec![data.join("thumbnails")];
    while let Some(folder) = folders.pop() {
        let entries = match fs::read_dir(&folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            entries => entries.with_context(|| format!("failed to read {}", folder.display()))?,
        };
        for entry in entries {
            let entry = entry?;
            let path = entry.path();
            let found = match entry.metadata() {
                // A running server may have deleted it meanwhile.
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                found => found?,
            };
            if found.is_dir() {
                folders.push(path);
                continue;
            }
            seen += 1;
            progress.reached(seen)?;
            let changed = found.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
            let changed_ms = i64::try_from(changed.as_millis()).unwrap_or(i64::MAX);
            match needs.fate(&path) {
                _ if changed_ms > latest_ms => {}
                Fate::Stays => {}
                Fate::PutAside => plan.forgotten.add(path, found.len()),
                Fate::Deleted => plan.orphans.add(path, found.len()),
            }
        }
    }
    Ok(plan)
}

/// Which pictures what is known asks for.
struct Needs {
    pos: Pos,
    wanted: HashSet<ContentId>,
    /// Pictures of forgotten videos, and which videos those are.
    forgotten: HashSet<ContentId>,
    forgotten_videos: Vec<u32>,
}

/// What becomes of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Stays,
    PutAside,
    Deleted,
}

impl Needs {
    fn of(state: &State) -> Self {
        let (mut wanted, mut forgotten) = (HashSet::new(), HashSet::new());
        let mut forgotten_videos = Vec::new();
        for video in state.videos().iter() {
            let cover = state.thumbnails().cover(video.id).map(|cover| cover.id);
            let ids = cover.into_iter().chain(state.thumbnails().sheet(video.id).map(|sheet| sheet.id));
            match video.presence {
                Presence::Present | Presence::Missing { .. } => wanted.extend(ids),
                Presence::Forgotten => {
                    let before = forgotten.len();
                    forgotten.extend(ids);
                    forgotten_videos.extend((forgotten.len() > before).then_some(video.id.get()));
                }
            }
        }
        Self { pos: state.pos(), wanted, forgotten, forgotten_videos }
    }

    fn fate(&self, path: &Path) -> Fate {
        match id_of(path) {
            Named::Picture(id) if self.wanted.contains(&id) => Fate::Stays,
            Named::Picture(id) if self.forgotten.contains(&id) => Fate::PutAside,
            Named::Picture(_) | Named::Unfinished => Fate::Deleted,
            Named::Otherwise => Fate::Stays,
        }
    }
}

/// What a file among the pictures is by its name.
enum Named {
    Picture(ContentId),
    Unfinished,
    /// Nothing that this program put there.
    Otherwise,
}

fn id_of(path: &Path) -> Named {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let (id, rest) = name.split_at_checked(32).unwrap_or_default();
    let digits = id.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    match u128::from_str_radix(id, 16) {
        Ok(_) if digits && rest.starts_with('-') && rest.ends_with(".unfinished") => Named::Unfinished,
        Ok(id) if digits && rest.starts_with('-') && rest.ends_with(".jpg") => Named::Picture(ContentId(id)),
        Ok(_) | Err(_) => Named::Otherwise,
    }
}

/// Does what `plan` says, but leaves what is needed after all by then: `known` is asked before each file what is known now.
/// Afterwards `plan` says what was done, whether all of it was or not.
///
/// # Errors
/// A file that cannot be moved or deleted, or [`crate::progress::Cancelled`]; what was done until then stays.
pub fn carry_out(
    plan: &mut Plan,
    data: &Path,
    known: &dyn Fn() -> Arc<State>,
    progress: &mut dyn Progress,
) -> anyhow::Result<()> {
    progress.begin("pruning pictures", plan.orphans.files + plan.forgotten.files);
    let (orphans, forgotten) = (std::mem::take(&mut plan.orphans), std::mem::take(&mut plan.forgotten));
    let mut needs = Needs::of(&known());
    let mut has_fate = |path: &Path, fate| {
        let state = known();
        if state.pos() != needs.pos {
            needs = Needs::of(&state);
        }
        needs.fate(path) == fate
    };
    let mut done = 0;
    for (path, bytes) in orphans.each {
        if has_fate(&path, Fate::Deleted) {
            gone(fs::remove_file(&path)).with_context(|| format!("failed to delete {}", path.display()))?;
            plan.orphans.add(path, bytes);
        }
        done += 1;
        progress.reached(done)?;
    }
    for (path, bytes) in forgotten.each {
        if has_fate(&path, Fate::PutAside) {
            let target = data.join("pruned").join(path.strip_prefix(data).unwrap_or(&path));
            let moved = target.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::rename(&path, &target));
            gone(moved).with_context(|| format!("failed to move {}", path.display()))?;
            plan.forgotten.add(path, bytes);
        }
        done += 1;
        progress.reached(done)?;
    }
    Ok(())
}

/// That a file is gone already is no failure: a running server makes room, too.
fn gone(outcome: io::Result<()>) -> io::Result<()> {
    outcome.or_else(|error| if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use crate::history::History;
    use crate::progress::{Cancelled, Quiet};
    use events::event::{Thumbnail, Video};
    use events::log::fjall::FjallLog;
    use events::values::Preview;
    use events::{Actor, Cause, Event, MediaPath, RootPath, VideoId};

    const NOW_MS: i64 = 4_000_000_000_000;

    fn found(video: VideoId) -> Event {
        Event::Video(Video::Found {
            video,
            root: RootPath::new("/films"),
            path: MediaPath::new(format!("{video}.mp4")).unwrap(),
            size_bytes: 1,
            modified_at_ms: 1,
            fingerprint: None,
            added_at_ms: 1,
        })
    }

    fn made(video: VideoId, id: u128) -> Event {
        Event::Thumbnail(Thumbnail::Made {
            video,
            cover: ContentId(id),
            position_ms: 0,
            preview: Preview::default(),
            decoder: "test".to_owned(),
            took_ms: 1,
        })
    }

    /// Two videos with a cover each, of which the second was forgotten.
    fn library(data: &Path) -> Library {
        let [one, two] = [1, 2].map(|number| VideoId::new(number).unwrap());
        let events =
            [found(one), found(two), made(one, 1), made(two, 2), Event::Video(Video::Forgotten { video: two })];
        let mut history = History::default();
        FjallLog::load(data, |push| {
            let mut records = events.into_iter().map(|event| history.happen(1, Cause::Scan, Actor(0), event));
            records.try_for_each(push)
        })
        .unwrap();
        Library::open(data, &mut |_| {}).unwrap()
    }

    /// Cancels whatever has begun.
    struct Impatient;

    impl Progress for Impatient {
        fn begin(&mut self, _: &str, _: u64) {}

        fn reached(&mut self, _: u64) -> Result<(), Cancelled> {
            Err(Cancelled)
        }
    }

    #[test]
    fn only_what_nobody_can_ask_for_goes_and_what_cannot_be_made_again_is_kept() {
        let data = tempfile::tempdir().unwrap();
        let library = library(data.path());
        let pictures = data.path().join("thumbnails/00/00");
        fs::create_dir_all(&pictures).unwrap();
        let name = |id: u128, end: &str| format!("{id:032x}-{end}");
        let names = [
            name(1, "640.jpg"),
            name(2, "poster.jpg"),
            name(3, "320.jpg"),
            name(1, "320.jpg.7.unfinished"),
            "letter.txt".to_owned(),
        ];
        for name in &names {
            fs::write(pictures.join(name), "12345").unwrap();
        }
        let source = library.source();
        let early = plan(&source, data.path(), 0, &mut Quiet).unwrap();
        assert_eq!((early.orphans.files, early.forgotten.files), (0, 0), "what is young may be just being made");

        let known = || Arc::clone(&source.state);
        let ignorant = Source { state: Arc::default(), ..source.clone() };
        let mut rash = plan(&ignorant, data.path(), NOW_MS, &mut Quiet).unwrap();
        assert_eq!(rash.orphans.files, 4);
        rash.orphans
            .each
            .retain(|(path, _)| path.ends_with(name(1, "640.jpg")) || path.ends_with(name(2, "poster.jpg")));
        carry_out(&mut rash, data.path(), &known, &mut Quiet).unwrap();
        assert_eq!((rash.orphans.files, fs::read_dir(&pictures).unwrap().count()), (0, 5), "known again meanwhile");

        let mut cut = plan(&source, data.path(), NOW_MS, &mut Quiet).unwrap();
        assert!(carry_out(&mut cut, data.path(), &known, &mut Impatient).unwrap_err().is::<Cancelled>());
        assert_eq!((cut.orphans.files, cut.forgotten.files), (1, 0), "what was done until it was cancelled");
        for (path, _) in cut.orphans.each {
            fs::write(path, "12345").unwrap();
        }

        let mut plan = plan(&source, data.path(), NOW_MS, &mut Quiet).unwrap();
        assert_eq!((plan.orphans.files, plan.orphans.bytes), (2, 10));
        assert_eq!((plan.forgotten.files, plan.forgotten_videos.as_slice()), (1, &[2][..]));
        let mut again = plan.clone();
        carry_out(&mut plan, data.path(), &known, &mut Quiet).unwrap();
        assert_eq!((plan.orphans.bytes, plan.forgotten.bytes), (10, 5));
        carry_out(&mut again, data.path(), &known, &mut Quiet).unwrap();
        let mut left: Vec<_> = fs::read_dir(&pictures).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, [name(1, "640.jpg").as_str(), "letter.txt"]);
        assert_eq!(
            fs::read(data.path().join("pruned/thumbnails/00/00").join(name(2, "poster.jpg"))).unwrap(),
            b"12345"
        );
    }
}

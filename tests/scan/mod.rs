//! The library on a real disk: what becomes of files that come, go, move and change.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod changes;
mod images;
mod names;
mod roots;
mod running;
mod trouble;

use events::log::memory::MemoryDisk;
use events::{Actor, Cause, CommandId, RootPath, Stars, VideoId};
use local_video_server::decide::{Change, Command, Edit};
use local_video_server::jobs::Job;
use local_video_server::jobs::library::{Folder, Library, Wishes};
use local_video_server::metrics::WriterMetrics;
use local_video_server::status::{LibraryStatus, RootState, RootStatus};
use local_video_server::writer::{Request, Writer, WriterThread};
use projections::State;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};
use tempfile::TempDir;

/// The time of these tests, long after every file was written.
const NOW_MS: i64 = 4_000_000_000_000;

/// Folders of files, and the jobs that keep up with them.
struct Shelf {
    dir: TempDir,
    library: Library,
    folders: Vec<(Folder, Wishes)>,
    writer: Option<WriterThread>,
}

impl Drop for Shelf {
    fn drop(&mut self) {
        if let Some(writer) = self.writer.take() {
            writer.stop();
        }
    }
}

impl Shelf {
    /// A library of one folder, `videos`.
    fn new() -> Self {
        Self::of(&["videos"])
    }

    fn of(names: &[&str]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let roots: Vec<RootPath> = names.iter().map(|name| RootPath::new(dir.path().join(name))).collect();
        roots.iter().for_each(|root| fs::create_dir(root.as_path()).unwrap());
        let (writer, thread, live) =
            Writer::start(Box::new(MemoryDisk::new()), || NOW_MS, WriterMetrics::default()).unwrap();
        let status = LibraryStatus::new(&roots);
        let library = Library { roots: roots.clone(), live, writer, status, clock: || NOW_MS };
        let job = |root: RootPath| {
            let wishes = Wishes::default();
            (Folder::new(root, library.clone(), wishes.clone(), |_, _| Err("not watched here".into())), wishes)
        };
        let folders = roots.into_iter().map(job).collect();
        Self { dir, library, folders, writer: Some(thread) }
    }

    /// Where a file is, from `folder/path` on.
    fn at(&self, path: &str) -> PathBuf {
        self.dir.path().join(path)
    }

    fn write(&self, path: &str, content: &[u8]) {
        let path = self.at(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    fn rename(&self, from: &str, to: &str) {
        let to = self.at(to);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::rename(self.at(from), to).unwrap();
    }

    fn delete(&self, path: &str) {
        fs::remove_file(self.at(path)).unwrap();
    }

    /// When a file was last written.
    fn set_modified(&self, path: &str, modified_at_ms: i64) {
        let time = UNIX_EPOCH + Duration::from_millis(modified_at_ms.unsigned_abs());
        fs::File::options().write(true).open(self.at(path)).unwrap().set_modified(time).unwrap();
    }

    /// Lets every folder's job look once, in the order of the configuration; returns how long the last
    /// one waits at most.
    fn look(&mut self) -> Duration {
        self.folders.iter_mut().map(|(folder, _)| folder.step().unwrap().at_most).last().unwrap()
    }

    fn state(&self) -> Arc<State> {
        self.library.live.snapshot()
    }

    /// What the gallery shows, as `id folder/path`.
    fn shown(&self) -> Vec<String> {
        let state = self.state();
        let videos = state.videos().iter().filter(|video| video.present()).map(|video| {
            let folder = video.root.as_path().file_name().unwrap().display().to_string();
            format!("{} {folder}/{}", video.id, video.path.as_path().display())
        });
        videos.collect()
    }

    fn rate(&self, number: u32) {
        let rate = Change::Rate(Stars::new(5).unwrap());
        let command = Command::Edit(Edit::one(VideoId::new(number).unwrap(), rate));
        let request = Request { command, cause: Cause::Viewer, actor: Actor(1), id: CommandId::default() };
        self.library.writer.submit_blocking(request).unwrap();
    }

    fn stars(&self, number: u32) -> Option<u8> {
        self.state().ratings().get(VideoId::new(number).unwrap()).map(|rated| rated.stars.get())
    }

    fn status(&self, folder: &str) -> RootStatus {
        let roots = self.library.status.roots();
        roots.into_iter().find(|status| status.root.as_path().ends_with(folder)).unwrap()
    }

    /// A look that must lead to no event.
    fn assert_settled(&mut self) {
        let before = self.state().pos();
        self.look();
        assert_eq!(self.state().pos(), before, "another look found something new: {:?}", self.shown());
        assert_eq!(self.state().anomalies(), 0);
    }
}

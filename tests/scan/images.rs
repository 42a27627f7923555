//! The image folder on a real disk: what becomes of images that come, go, move and change.

use super::NOW_MS;
use events::RootPath;
use events::log::memory::MemoryDisk;
use local_video_server::jobs::images::{ImageFolder, ImageJob};
use local_video_server::jobs::{Bell, Job};
use local_video_server::metrics::WriterMetrics;
use local_video_server::writer::{Writer, WriterThread};
use projections::Shown;
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;

/// A folder of images, and the job that keeps up with it.
struct Album {
    dir: TempDir,
    folder: ImageFolder,
    job: ImageJob,
    writer: Option<WriterThread>,
}

impl Drop for Album {
    fn drop(&mut self) {
        if let Some(writer) = self.writer.take() {
            writer.stop();
        }
    }
}

impl Album {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let root = RootPath::new(dir.path().join("images"));
        fs::create_dir(root.as_path()).unwrap();
        let (writer, thread, live) =
            Writer::start(Box::new(MemoryDisk::new()), || NOW_MS, WriterMetrics::default()).unwrap();
        let folder = ImageFolder { root, live, writer, clock: || NOW_MS, accept_missing: false };
        let job = ImageJob::new(folder.clone(), Bell::default());
        Self { dir, folder, job, writer: Some(thread) }
    }

    fn at(&self, path: &str) -> PathBuf {
        self.dir.path().join("images").join(path)
    }

    fn write(&self, path: &str, content: &[u8]) {
        fs::create_dir_all(self.at(path).parent().unwrap()).unwrap();
        fs::write(self.at(path), content).unwrap();
    }

    /// Lets the job look once; returns what the gallery shows then, as `id path`.
    fn look(&mut self) -> Vec<String> {
        self.job.step().unwrap();
        let state = self.folder.live.snapshot();
        assert_eq!(state.anomalies(), 0);
        let ids = state.image_list(Shown::All, 1, 100).ids;
        ids.iter().map(|id| format!("{id} {}", state.images().get(*id).unwrap().name())).collect()
    }
}

#[test]
fn images_of_all_folders_are_found_and_other_files_are_not() {
    let mut album = Album::new();
    for name in ["a.jpg", "b.JPEG", "c.png", "d.gif", "sub/e.webp", "f.avif", "g.svg", "h.mp4", "i.txt", ".j.jpg"] {
        album.write(name, name.as_bytes());
    }
    // Numbers are given by path, the list goes by name.
    assert_eq!(album.look(), ["5 f.avif", "6 sub/e.webp", "4 d.gif", "3 c.png", "2 b.JPEG", "1 a.jpg"]);
}

#[test]
fn an_image_keeps_its_number_wherever_it_goes() {
    let mut album = Album::new();
    album.write("a.jpg", b"one");
    album.write("b.jpg", b"three");
    assert_eq!(album.look(), ["2 b.jpg", "1 a.jpg"]);
    fs::create_dir(album.at("2024")).unwrap();
    fs::rename(album.at("a.jpg"), album.at("2024/z.jpg")).unwrap();
    assert_eq!(album.look(), ["1 2024/z.jpg", "2 b.jpg"]);
    fs::remove_file(album.at("2024/z.jpg")).unwrap();
    assert_eq!(album.look(), ["2 b.jpg"]);
    album.write("2024/z.jpg", b"one again");
    assert_eq!(album.look(), ["1 2024/z.jpg", "2 b.jpg"]);
    let before = album.folder.live.snapshot().pos();
    album.look();
    assert_eq!(album.folder.live.snapshot().pos(), before, "another look found something new");
}

#[test]
fn a_folder_that_is_empty_or_gone_writes_nothing() {
    let mut album = Album::new();
    album.write("a.jpg", b"one");
    assert_eq!(album.look(), ["1 a.jpg"]);
    fs::rename(album.at(""), album.dir.path().join("away")).unwrap();
    assert_eq!(album.look(), ["1 a.jpg"], "the folder is not there");
    fs::create_dir(album.at("")).unwrap();
    assert_eq!(album.look(), ["1 a.jpg"], "the folder is empty");
    album.write("b.jpg", b"another");
    assert_eq!(album.look(), ["2 b.jpg"], "the folder is there");
}

//! How long it takes to read a library: `cargo bench --bench scan [FILES]`.
//!
//! Prints the first look at a warm folder of small files, from the disk to the log and back, and looks that
//! find nothing new, beside a bare listing of the same folder with `std::fs`.
#![expect(clippy::expect_used, clippy::print_stdout, reason = "a benchmark ends at the first trouble and prints")]

use events::RootPath;
use events::log::fjall::{LogFolder, Options};
use local_video_server::clock;
use local_video_server::jobs::Job;
use local_video_server::jobs::library::{Folder, Library, Wishes};
use local_video_server::metrics::WriterMetrics;
use local_video_server::status::LibraryStatus;
use local_video_server::writer::Writer;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

const FILES: usize = 20_000;
const FILES_PER_FOLDER: usize = 100;
const REPEATS: usize = 7;

fn main() {
    let files = std::env::args().find_map(|word| word.parse().ok()).unwrap_or(FILES);
    let dir = tempfile::tempdir().expect("a folder for the benchmark");
    let videos = dir.path().join("videos");
    fill(&videos, files);

    let roots = vec![RootPath::new(&videos)];
    let log = LogFolder { folder: dir.path().join("data"), options: Options::default() };
    let (writer, thread, live) =
        Writer::start(Box::new(log), clock::now_ms, WriterMetrics::default()).expect("an empty log");
    let status = LibraryStatus::new(&roots);
    let library = Library { roots: roots.clone(), live, writer, status, clock: clock::now_ms };
    let mut job = roots.iter().map(|root| {
        Folder::new(root.clone(), library.clone(), Wishes::default(), |_, _| Err("not watched here".into()))
    });
    let mut job = job.next().expect("one folder");

    let bare = median(|| list(&videos));
    let first = timed(|| {
        job.step().expect("the first look");
    });
    let again = median(|| {
        job.step().expect("another look");
    });
    let found = library.live.snapshot().videos().len();
    assert_eq!(found, files, "not all files were found");
    println!("{files} files, warm: bare listing {bare:.1?}, first look {first:.1?}, look without changes {again:.1?}");

    drop((job, library));
    thread.stop();
}

fn fill(videos: &Path, files: usize) {
    for number in 0..files {
        let folder = videos.join(format!("{:04}", number / FILES_PER_FOLDER));
        fs::create_dir_all(&folder).expect("a folder");
        fs::write(folder.join(format!("{number:06}.mp4")), format!("video {number}")).expect("a file");
    }
}

/// What any scan has to do at least: name and measure every file.
fn list(folder: &Path) {
    for entry in fs::read_dir(folder).expect("a listing") {
        let entry = entry.expect("an entry");
        let metadata = entry.metadata().expect("its size");
        if metadata.is_dir() {
            list(&entry.path());
        }
    }
}

fn timed(work: impl FnOnce()) -> Duration {
    let started = Instant::now();
    work();
    started.elapsed()
}

fn median(mut work: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..REPEATS).map(|_| timed(&mut work)).collect();
    times.sort();
    times.get(REPEATS / 2).copied().unwrap_or_default()
}

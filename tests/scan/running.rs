//! Jobs as they run in the program: woken by changes, made anew after a panic, ended in time.

use super::*;
use local_video_server::jobs::watch::Watch;
use local_video_server::jobs::{Bell, Failed, Jobs, Pause, library, scan};
use local_video_server::status::Watching;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};

/// Longer than anything here takes on a machine under load.
const PATIENCE: Duration = Duration::from_secs(30);

/// Waits until the library reports what is wanted.
async fn until(status: &LibraryStatus, wanted: impl FnMut(&Vec<RootStatus>) -> bool) {
    let mut news = status.subscribe();
    tokio::time::timeout(PATIENCE, news.wait_for(wanted)).await.expect("it never came to pass").unwrap();
}

#[tokio::test]
async fn a_new_file_appears_by_itself_and_everything_ends_in_time() {
    let shelf = Shelf::new();
    shelf.write("videos/a.mp4", b"one");
    shelf.set_modified("videos/a.mp4", 1_000);
    let (root, library, wishes) = (shelf.library.roots[0].clone(), shelf.library.clone(), Wishes::default());
    let quick: library::StartWatch =
        |root, bell| Watch::start(root.as_path(), scan::video, bell.clone(), Duration::from_millis(20));
    let mut jobs = Jobs::default();
    let bell = wishes.bell.clone();
    jobs.spawn("library", bell, move || Folder::new(root.clone(), library.clone(), wishes.clone(), quick)).unwrap();
    until(&shelf.library.status, |roots| roots[0].files == 1).await;

    shelf.write("videos/sub/b.mp4", b"two");
    until(&shelf.library.status, |roots| roots[0].files == 2).await;
    shelf.rename("videos/sub", "videos/renamed");
    shelf.write("videos/c.mp4", b"three");
    until(&shelf.library.status, |roots| roots[0].files == 3).await;
    assert_eq!(shelf.shown(), ["1 videos/a.mp4", "2 videos/renamed/b.mp4", "3 videos/c.mp4"]);
    assert_eq!(shelf.status("videos").watching, Watching::Events);
    assert!(jobs.stop(PATIENCE), "a job did not end");
}

#[test]
fn a_watch_rings_for_a_new_file() {
    let dir = tempfile::tempdir().unwrap();
    let bell = Bell::default();
    let watch = Watch::start(dir.path(), scan::video, bell.clone(), Duration::from_millis(20)).unwrap();
    fs::write(dir.path().join("b.mp4"), b"two").unwrap();
    assert!(bell.wait(PATIENCE), "a new file did not ring the bell");
    assert_eq!(watch.trouble(), None);
    assert!(watch.still_at(dir.path()));
}

#[test]
fn a_folder_that_cannot_be_watched_is_read_more_often_and_says_so() {
    let mut shelf = Shelf::new();
    let polled = shelf.look();
    assert_eq!(shelf.status("videos").watching, Watching::Polling("not watched here".into()));
    let (root, library, wishes) = (shelf.library.roots[0].clone(), shelf.library.clone(), Wishes::default());
    let mut watched = Folder::new(root, library, wishes, library::watch);
    assert!(watched.step().unwrap().at_most > polled);
    assert_eq!(shelf.status("videos").watching, Watching::Events);
}

#[test]
fn a_folder_is_watched_anew_when_another_disk_is_in_its_place() {
    let shelf = Shelf::new();
    let wishes = Wishes::default();
    let watch = Watch::start(&shelf.at("videos"), scan::video, wishes.bell.clone(), Duration::from_millis(20)).unwrap();
    shelf.rename("videos", "old");
    assert!(!watch.still_at(&shelf.at("videos")));
    fs::create_dir(shelf.at("videos")).unwrap();
    assert!(!watch.still_at(&shelf.at("videos")));
}

/// Panics when it is new, fails once, and works from then on.
struct Shaky {
    steps: Arc<AtomicUsize>,
    worked: SyncSender<()>,
}

impl Job for Shaky {
    #[expect(clippy::panic, reason = "to be caught")]
    fn step(&mut self) -> Result<Pause, Failed> {
        match self.steps.fetch_add(1, Ordering::SeqCst) {
            0 => panic!("on purpose"),
            1 => Err(Failed("on purpose".into())),
            _ => {
                self.worked.send(()).unwrap();
                Ok(Pause { rest: Duration::ZERO, at_most: PATIENCE })
            }
        }
    }
}

#[test]
fn a_job_that_panics_or_fails_is_tried_again() {
    let (worked, done) = sync_channel(1);
    let steps = Arc::new(AtomicUsize::new(0));
    let (mut jobs, bell, made) = (Jobs::default(), Bell::default(), Arc::clone(&steps));
    jobs.spawn("shaky", bell.clone(), move || Shaky { steps: Arc::clone(&made), worked: worked.clone() }).unwrap();
    done.recv_timeout(PATIENCE).expect("it was never tried again");
    assert_eq!(steps.load(Ordering::SeqCst), 3);
    bell.ring();
    done.recv_timeout(PATIENCE).expect("the bell did not wake it");
    assert!(jobs.stop(PATIENCE), "the job did not end");
}

//! Keeps `HEAD` and `anchors.bin` up to date on a thread of its own, so that no commit waits for them.
//!
//! They follow the log at most once a second, and once more when the log is closed. What they lag
//! behind is what a damaged journal could lose unnoticed; nothing is lost by a crash alone.

use super::anchor_file::AnchorFile;
use super::chain::Anchor;
use super::head_file::{HeadFile, Mark};
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// The shortest time between two writes.
const PAUSE: Duration = Duration::from_secs(1);

/// The handle of the thread; dropping it writes what is left and waits for that.
pub(super) struct Keeper {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    notes: Mutex<Notes>,
    changed: Condvar,
}

#[derive(Default)]
struct Notes {
    /// The end of the log, when it is not written down yet.
    mark: Option<Mark>,
    /// Anchors that are not written down yet.
    anchors: Vec<Anchor>,
    /// The thread is writing what was here before.
    busy: bool,
    /// Somebody waits for it: do not pause.
    hurry: bool,
    /// No more notes will come.
    closing: bool,
    /// Why the last attempt to write failed, for those who wait.
    failure: Option<io::Error>,
}

impl Keeper {
    /// Starts the thread.
    pub(super) fn start(head_file: HeadFile, anchor_file: AnchorFile) -> io::Result<Self> {
        let shared = Arc::<Shared>::default();
        let files = Files { head_file, anchor_file };
        let thread = std::thread::Builder::new().name("log-keeper".into()).spawn({
            let shared = Arc::clone(&shared);
            move || shared.run(files)
        })?;
        Ok(Self { shared, thread: Some(thread) })
    }

    /// Notes what is to be said of the log now, after it passed `anchors`. Costs nothing.
    pub(super) fn note(&self, mark: Mark, anchors: Vec<Anchor>) {
        let mut notes = self.shared.lock();
        notes.mark = Some(mark);
        notes.anchors.extend(anchors);
        self.shared.changed.notify_all();
    }

    /// Writes what was noted, now, and waits for it.
    pub(super) fn flush(&self) -> io::Result<()> {
        let mut notes = self.shared.lock();
        notes.hurry = true;
        notes.failure = None;
        self.shared.changed.notify_all();
        let unfinished = |notes: &mut Notes| (notes.mark.is_some() || notes.busy) && notes.failure.is_none();
        let waited = self.shared.changed.wait_while(notes, unfinished);
        waited.unwrap_or_else(PoisonError::into_inner).failure.take().map_or(Ok(()), Err)
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.shared.lock().closing = true;
        self.shared.changed.notify_all();
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the thread that keeps HEAD has panicked");
        }
    }
}

struct Files {
    head_file: HeadFile,
    anchor_file: AnchorFile,
}

impl Files {
    /// Anchors first: `HEAD` must not promise what could not be written.
    fn write(&mut self, mark: Mark, anchors: &mut Vec<Anchor>) -> io::Result<()> {
        self.anchor_file.append(anchors)?;
        anchors.clear();
        self.head_file.write(mark)
    }
}

impl Shared {
    fn run(&self, mut files: Files) {
        loop {
            let idle = |notes: &mut Notes| notes.mark.is_none() && !notes.closing;
            let mut notes = self.changed.wait_while(self.lock(), idle).unwrap_or_else(PoisonError::into_inner);
            let Some(mark) = notes.mark.take() else { return };
            let mut anchors = std::mem::take(&mut notes.anchors);
            notes.busy = true;
            notes.hurry = false;
            drop(notes);
            let outcome = files.write(mark, &mut anchors);
            if !self.settle(mark, anchors, outcome) {
                return;
            }
        }
    }

    /// Takes back what could not be written, tells those who wait, and pauses. False to give up.
    fn settle(&self, mark: Mark, mut anchors: Vec<Anchor>, outcome: io::Result<()>) -> bool {
        let mut notes = self.lock();
        notes.busy = false;
        if let Err(error) = outcome {
            tracing::warn!(%error, closing = notes.closing, "HEAD could not be written");
            if notes.closing {
                return false;
            }
            notes.mark = notes.mark.or(Some(mark));
            anchors.append(&mut notes.anchors);
            notes.anchors = anchors;
            notes.failure = Some(error);
        }
        self.changed.notify_all();
        let calm = |notes: &mut Notes| !notes.hurry && !notes.closing;
        drop(self.changed.wait_timeout_while(notes, PAUSE, calm));
        true
    }

    /// A panic elsewhere leaves the notes as good as they were.
    fn lock(&self) -> MutexGuard<'_, Notes> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::{AnchorFile, HeadFile, Keeper, Mark};
    use crate::log::chain::Anchor;
    use crate::log::{Head, LogId};
    use std::fs::OpenOptions;

    fn at(pos: u64) -> Mark {
        Mark { head: Head { pos, ..Head::default() }, redactions: 0 }
    }

    #[test]
    fn what_was_noted_is_written_when_asked_and_at_the_end() {
        let dir = tempfile::tempdir().unwrap();
        let (head_path, anchor_path) = (dir.path().join("HEAD"), dir.path().join("anchors.bin"));
        HeadFile::create(&head_path, LogId::random(), Head::default()).unwrap();
        let (head_file, _) = HeadFile::open(&head_path).unwrap().unwrap();
        let keeper = Keeper::start(head_file, AnchorFile::create(&anchor_path).unwrap()).unwrap();
        let written = || HeadFile::open(&head_path).unwrap().unwrap().1.head.pos;
        let note = |pos, anchors| keeper.note(at(pos), anchors);
        for pos in 1..=3 {
            note(pos, Vec::new());
            keeper.flush().unwrap();
            assert_eq!(written(), pos);
        }
        keeper.flush().unwrap();
        note(4096, vec![Anchor { pos: 4096, chain: [1; 32] }]);
        note(4097, Vec::new());
        drop(keeper);
        assert_eq!(written(), 4097);
        assert_eq!(std::fs::metadata(anchor_path).unwrap().len(), 44);
    }

    #[test]
    fn a_full_disk_is_reported_and_does_not_keep_the_log_from_closing() {
        let dir = tempfile::tempdir().unwrap();
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let anchor_file = AnchorFile::create(&dir.path().join("anchors.bin")).unwrap();
        let keeper = Keeper::start(HeadFile::over(full), anchor_file).unwrap();
        for pos in 1..=3 {
            keeper.note(at(pos), Vec::new());
            assert_eq!(keeper.flush().unwrap_err().kind(), std::io::ErrorKind::StorageFull);
        }
        drop(keeper);
    }
}

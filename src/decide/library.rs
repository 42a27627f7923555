//! What a look at the disk means: which files are new, which are old friends at another place, and
//! what is no longer there.
//!
//! Identity follows content first, then place, then (for records that were imported before their
//! file turned up) the name. Nothing here reads the disk: a scan arrives as a plain value.
//!
//! Losing sight of a video is harmless (it is hidden and comes back with everything it had), and
//! still a scan that would hide much of a library at once is refused: an unplugged disk looks like that.

mod copies;
mod matching;
#[cfg(test)]
mod tests;
mod usage;

use super::Rejected;
use events::event::Video as VideoEvent;
use events::{Event, Fingerprint, MediaPath, RootPath, VideoId};
use matching::Matching;
use projections::State;
use std::path::PathBuf;

/// One library folder as it is on disk now, read from end to end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scan {
    /// The folder that was read.
    pub root: RootPath,
    /// Every folder of the library, this one among them. A video in any other folder is where nobody
    /// looks any more, so its content is at home wherever it turns up.
    pub roots: Vec<RootPath>,
    /// The video files in it.
    pub files: Vec<File>,
    /// Sub-folders that could not be read, relative to the root: nothing is concluded about them.
    pub unreadable: Vec<PathBuf>,
    /// Videos of other folders of the library whose file was looked for just now and is not there.
    pub gone: Vec<VideoId>,
    /// A person has said that whatever is missing is really gone, and that videos of folders that are no
    /// longer configured are to be hidden.
    pub accept_missing: bool,
}

/// A video file on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Where it is below the root.
    pub path: MediaPath,
    /// Its size.
    pub size_bytes: u64,
    /// Its modification time.
    pub modified_at_ms: i64,
    /// Its content; `None` while it cannot be read or is still being written. Such a file keeps its
    /// place, and nothing else is concluded from it.
    pub content: Option<Fingerprint>,
}

/// Why a scan was not believed. Nothing is written until a person accepts what is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// A folder that had videos is empty.
    #[error("the folder is empty, but {known} videos are known in it; is the disk connected?")]
    Empty {
        /// Videos known to be in the folder.
        known: usize,
    },
    /// Too many videos would vanish at once.
    #[error("{missing} of {known} videos are missing at once; is a disk not connected?")]
    TooManyMissing {
        /// Videos that would vanish.
        missing: usize,
        /// Videos known to be in the folder.
        known: usize,
    },
}

/// More than this share of a folder's videos, in per cent, may not vanish at once ...
const MISSING_PERCENT_MAX: usize = 20;
/// ... unless they are only a handful: in a small library a person deletes half of it in a minute.
const MISSING_HANDFUL: usize = 4;

/// The events that bring what is known about `scan.root` in line with the disk; none if it is already.
///
/// # Errors
/// [`Rejected::Library`] when so much is missing that the disk itself is more likely to be.
pub fn decide(state: &State, scan: &Scan, now_ms: i64) -> Result<Vec<Event>, Rejected> {
    let mut matching = Matching::of(state, scan);
    let heirs = copies::take_over(state, scan, &mut matching);
    refuse_mass_loss(scan, &matching)?;

    let mut events = heirs;
    events.extend(matching.vanished.iter().map(|video| VideoEvent::Vanished { video: video.id }));
    events.extend(matching.same.iter().filter_map(|(video, file)| matching::fact(scan, video, file)));

    let first_look = matching.first_look;
    // Only a log with four thousand million videos has no next number; then nothing more is found.
    let first_id = state.videos().next_id().map_or(u32::MAX, VideoId::get);
    for (video, file) in (first_id..u32::MAX).map(VideoId::new).zip(&matching.new) {
        let Ok(video) = video else { break };
        events.push(VideoEvent::Found {
            video,
            root: scan.root.clone(),
            path: file.path.clone(),
            size_bytes: file.size_bytes,
            modified_at_ms: file.modified_at_ms,
            fingerprint: file.content,
            // A collection that existed before the gallery keeps its own order by age.
            added_at_ms: if first_look { file.modified_at_ms.min(now_ms) } else { now_ms },
        });
    }
    Ok(events.into_iter().map(Event::Video).collect())
}

fn refuse_mass_loss(scan: &Scan, matching: &Matching<'_>) -> Result<(), Refused> {
    let (missing, known) = (matching.vanished.len(), matching.known);
    if scan.accept_missing || missing == 0 {
        return Ok(());
    }
    if scan.files.is_empty() {
        return Err(Refused::Empty { known });
    }
    if missing > MISSING_HANDFUL && missing * 100 > known * MISSING_PERCENT_MAX {
        return Err(Refused::TooManyMissing { missing, known });
    }
    Ok(())
}

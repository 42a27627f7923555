//! Which video an old file name means.
//!
//! Exactly the same name first, then the same but for case and Unicode normalisation. Where several
//! videos are called so, the one at that very path, the only one that is there, or the only one of the
//! recorded size is meant; else nobody can tell, and the name is refused rather than guessed.

use anyhow::bail;
use events::{MediaPath, VideoId};
use projections::{State, Video};

/// What a name means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// This video.
    Video(VideoId),
    /// No video that is known.
    Nothing,
    /// Several videos, and nobody can tell which; the sentence says so.
    Unclear(String),
}

/// The video that somebody calls `text`, with or without the extension of its file.
///
/// # Errors
/// A sentence, if there is none or if several are called so.
pub(crate) fn named(state: &State, text: &str) -> anyhow::Result<VideoId> {
    let name = MediaPath::new(text)?;
    match meaning(state, &name, None) {
        Meaning::Video(video) => return Ok(video),
        Meaning::Unclear(reason) => bail!("{reason}; give its number instead"),
        Meaning::Nothing => {}
    }
    let title = text.to_lowercase();
    let titled: Vec<&Video> = state.videos().iter().filter(|video| video.title().to_lowercase() == title).collect();
    match narrow(titled, &name, None) {
        Meaning::Video(video) => Ok(video),
        Meaning::Unclear(reason) => bail!("{reason}; give its number instead"),
        Meaning::Nothing => bail!("no video is called {text}"),
    }
}

/// The video that `name` means; `size_bytes` is what the old catalogue knew of its size.
pub(super) fn meaning(state: &State, name: &MediaPath, size_bytes: Option<u64>) -> Meaning {
    let videos = state.videos();
    let file_name = name.file_name();
    let found = |ids: Vec<VideoId>| ids.into_iter().filter_map(|id| videos.get(id)).collect::<Vec<&Video>>();
    let exact = found(videos.by_file_name(&file_name))
        .into_iter()
        .filter(|video| video.path.as_path().file_name() == name.as_path().file_name())
        .collect();
    match narrow(exact, name, size_bytes) {
        Meaning::Nothing => narrow(found(videos.by_folded_name(&file_name)), name, size_bytes),
        meaning @ (Meaning::Video(_) | Meaning::Unclear(_)) => meaning,
    }
}

fn narrow(candidates: Vec<&Video>, name: &MediaPath, size_bytes: Option<u64>) -> Meaning {
    let at_path = |video: &Video| video.path == *name;
    let present = Video::present;
    let of_size = |video: &Video| Some(video.size_bytes) == size_bytes;
    let tests: [&dyn Fn(&Video) -> bool; 4] = [&|_| true, &at_path, &present, &of_size];
    for test in tests {
        let mut left = candidates.iter().filter(|video| test(video));
        if let (Some(only), None) = (left.next(), left.next()) {
            return Meaning::Video(only.id);
        }
    }
    if candidates.is_empty() {
        return Meaning::Nothing;
    }
    let paths: Vec<String> =
        candidates.iter().take(3).map(|video| video.path.as_path().display().to_string()).collect();
    let more = if candidates.len() > paths.len() { ", …" } else { "" };
    Meaning::Unclear(format!("{} videos could be meant: {}{more}", candidates.len(), paths.join(", ")))
}

//! Captions inside of a video file: which there are, and their words as WebVTT.
//!
//! Finding the words of a film means going through the file from block to block, so a few are kept. Captions that are
//! pictures are not shown: nothing here reads them.

use crate::files::Opened;
use crate::media::remux::refused;
use crate::web::error::WebError;
use av::info::{Kind, SubtitleFormat};
use av::source::Source;
use std::collections::VecDeque;
use std::fs::File;
use std::sync::{Arc, Mutex, PoisonError};

/// How many tracks are kept.
const KEPT: usize = 8;
/// The most words that a track may have, in bytes. A film of three hours has 200 kB.
const SIZE_MAX_BYTES: usize = 2_000_000;

/// A track of words.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Inside {
    /// Its place among the tracks of the file.
    pub(super) track: usize,
    /// What it is called in there.
    pub(super) label: String,
    /// The language it is in.
    pub(super) language: String,
}

/// The tracks of words in a file; none in one that cannot be read. Blocks.
pub(super) fn find(opened: Opened) -> Vec<Inside> {
    let Ok(demuxer) = av::open(Source::new(opened.file, opened.size_bytes)) else { return Vec::new() };
    let tracks = demuxer.info().tracks.iter().enumerate();
    let of_words = tracks.filter(
        |(_, track)| matches!(&track.kind, Kind::Subtitle(words) if !matches!(words.format, SubtitleFormat::Other(_))),
    );
    let inside = of_words.map(|(index, track)| Inside {
        track: index,
        label: track.title.clone(),
        language: track.language.to_lowercase(),
    });
    inside.collect()
}

/// A track in one state of one file: its tag, and the place of the track.
type Key = (String, usize);
/// Tracks and their words, the latest first.
type Kept = VecDeque<(Key, Arc<str>)>;

/// Words that were found lately. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(in crate::media) struct Found(Arc<Mutex<Kept>>);

impl Found {
    /// The words of a track as WebVTT. Blocks.
    ///
    /// # Errors
    /// The file cannot be read, or there is no such track.
    pub(super) fn words(&self, key: Key, file: File, size_bytes: u64) -> Result<Arc<str>, WebError> {
        if let Some(words) = self.kept(&key) {
            return Ok(words);
        }
        let mut demuxer = av::open(Source::new(file, size_bytes)).map_err(refused)?;
        let is_words = |track: &av::info::Track| matches!(track.kind, Kind::Subtitle(_));
        if !demuxer.info().tracks.get(key.1).is_some_and(is_words) {
            return Err(WebError::not_found("There are no such captions."));
        }
        let words: Arc<str> = av::subtitles::webvtt(&mut *demuxer, key.1, SIZE_MAX_BYTES).map_err(refused)?.into();
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.truncate(KEPT - 1);
        kept.push_front((key, Arc::clone(&words)));
        Ok(words)
    }

    fn kept(&self, key: &Key) -> Option<Arc<str>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|(known, _)| known == key).map(|(_, words)| Arc::clone(words))
    }
}

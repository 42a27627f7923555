//! Chapters: of the first edition, those that are shown, with the ones inside of others laid out in a row (RFC 9559
//! §5.1.7). Linked and ordered editions, which play other parts of files, are not followed.

use super::ebml::{self, Elements};
use super::ids;
use crate::info::{Chapter, Info};

/// Chapters inside of chapters inside of chapters: deeper ones are left out.
const MAX_DEPTH: usize = 8;
const MAX_TITLE_CHARS: usize = 200;

/// The chapters in the body of `Chapters`, by time.
pub(crate) fn parse(body: &[u8]) -> Vec<Chapter> {
    let mut chapters = Vec::new();
    let edition = Elements(body).find(|(id, _)| *id == ids::EDITION_ENTRY);
    if let Some((_, edition)) = edition {
        collect(edition, MAX_DEPTH, &mut chapters);
    }
    chapters.sort_by_key(|chapter| chapter.start_ms);
    chapters
}

fn collect(body: &[u8], depth: usize, chapters: &mut Vec<Chapter>) {
    for (_, atom) in Elements(body).filter(|(id, _)| *id == ids::CHAPTER_ATOM) {
        if chapters.len() >= Info::MAX_CHAPTERS || depth == 0 {
            return;
        }
        let find = |wanted: u32| Elements(atom).find(|(id, _)| *id == wanted).map(|(_, body)| body);
        let hidden = find(ids::CHAPTER_FLAG_HIDDEN).is_some_and(|flag| ebml::uint(flag) != 0);
        if let Some(start) = find(ids::CHAPTER_TIME_START).filter(|_| !hidden) {
            let title = find(ids::CHAPTER_DISPLAY).and_then(title).unwrap_or_default();
            chapters.push(Chapter { start_ms: ebml::uint(start) / 1_000_000, title });
        }
        // What is inside of a hidden chapter is hidden, too.
        if !hidden {
            collect(atom, depth - 1, chapters);
        }
    }
}

/// What the first language calls it: the writer's own order is the only preference we know.
fn title(display: &[u8]) -> Option<String> {
    let (_, name) = Elements(display).find(|(id, _)| *id == ids::CHAP_STRING)?;
    Some(ebml::text(name).chars().take(MAX_TITLE_CHARS).collect())
}

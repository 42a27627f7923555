//! Which files beside a video are its captions, by their names: `film.srt`, `film.en.srt`, `film.eng.forced.vtt`.

use crate::files::OpenError;
use events::{MediaPath, RootPath, container};
use std::collections::HashSet;
use std::ffi::{OsStr, OsString};
use std::fs::read_dir;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// How many files whose names begin like the video's are looked at; captions beyond are not found.
const ALIKE_MAX: usize = 10_000;
/// How many files of captions a video has at most.
const SIDECARS_MAX: usize = 32;
/// Words of two or three letters that are not languages.
const NO_LANGUAGES: [&str; 2] = ["cc", "sdh"];

/// A file of captions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sidecar {
    /// Where it is, below the library folder.
    pub(super) path: MediaPath,
    /// What its name says beyond the language.
    pub(super) label: String,
    /// The language its name says, in lower case.
    pub(super) language: String,
}

/// The captions beside the video at `path`, ordered by name. Blocks: a disk may have to wake up.
///
/// # Errors
/// A folder that is gone, that cannot be read, or that is not inside of the library folder `root`.
pub(super) fn find(root: &RootPath, path: &MediaPath) -> Result<Vec<Sidecar>, OpenError> {
    let folder = path.as_path().parent().unwrap_or(Path::new(""));
    let stem = path.as_path().file_stem().unwrap_or_default();
    let whole = root.as_path().join(folder);
    let unreachable = |source| OpenError::Folder { root: root.as_path().to_owned(), source };
    let real_root = root.as_path().canonicalize().map_err(unreachable)?;
    let missing = |_| OpenError::Missing { path: whole.clone() };
    if !whole.canonicalize().map_err(missing)?.starts_with(&real_root) {
        return Err(OpenError::Outside { path: whole });
    }
    let names = read_dir(&whole).map_err(missing)?.flatten().map(|entry| entry.file_name());
    // Of a folder full of videos, only the few names that count are kept.
    let alike = names.filter(|name| rest(stem, name).is_some()).take(ALIKE_MAX);
    let sidecar = |(name, label, language)| {
        let path = MediaPath::new(folder.join::<OsString>(name)).ok()?;
        Some(Sidecar { path, label, language })
    };
    Ok(named(stem, alike.collect()).into_iter().filter_map(sidecar).collect())
}

/// Those of `names` that are captions of a video with this `stem`, each with its label and its language.
fn named(stem: &OsStr, mut names: Vec<OsString>) -> Vec<(OsString, String, String)> {
    names.sort_unstable();
    let mut found = Vec::new();
    let is_video = |end: &OsStr| container::by_extension(&end.to_string_lossy()).is_some();
    let videos = names.iter().map(Path::new).filter(|name| name.extension().is_some_and(is_video));
    let videos: HashSet<&OsStr> = videos.filter_map(Path::file_stem).collect();
    for name in &names {
        let Some(words) = words(stem, name) else { continue };
        // `film.part2.srt` belongs to `film.part2.mp4`, if there is one.
        if !words.is_empty() && Path::new(name).file_stem().is_some_and(|own| videos.contains(own)) {
            continue;
        }
        let (languages, labels): (Vec<&String>, Vec<&String>) = words.iter().partition(|word| is_language(word));
        let language = languages.first().map(|word| word.to_lowercase().replace('_', "-")).unwrap_or_default();
        let label = labels.into_iter().chain(languages.into_iter().skip(1)).cloned().collect::<Vec<_>>().join(" ");
        found.push((name.clone(), label, language));
    }
    found.truncate(SIDECARS_MAX);
    found
}

/// What follows the stem and a point in `name`; nothing for names that begin otherwise.
fn rest<'a>(stem: &OsStr, name: &'a OsStr) -> Option<&'a [u8]> {
    name.as_bytes().strip_prefix(stem.as_bytes())?.strip_prefix(b".")
}

/// The words between the stem and the ending of a file of captions; nothing for other files.
fn words(stem: &OsStr, name: &OsStr) -> Option<Vec<String>> {
    let rest = String::from_utf8_lossy(rest(stem, name)?);
    let (before, ending) = rest.rsplit_once('.').unwrap_or(("", &rest));
    let captions = ["srt", "vtt"].iter().any(|known| ending.eq_ignore_ascii_case(known));
    captions.then(|| before.split('.').filter(|word| !word.is_empty()).map(str::to_owned).collect())
}

/// Whether a word looks like a language: `en`, `eng`, `pt-BR`, `zh_Hant`.
fn is_language(word: &str) -> bool {
    let (language, region) = word.split_once(['-', '_']).unwrap_or((word, "xx"));
    let letters = |text: &str, lengths: std::ops::RangeInclusive<usize>| {
        lengths.contains(&text.len()) && text.bytes().all(|letter| letter.is_ascii_alphabetic())
    };
    letters(language, 2..=3) && letters(region, 2..=4) && !NO_LANGUAGES.contains(&&*language.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(stem: &str, names: &[&str]) -> Vec<String> {
        let names = names.iter().map(Into::into).collect();
        let found = named(OsStr::new(stem), names);
        found.iter().map(|(name, label, language)| format!("{}|{label}|{language}", name.to_string_lossy())).collect()
    }

    #[test]
    fn a_name_says_language_and_label() {
        let names = ["f.srt", "f.en.srt", "f.eng.forced.vtt", "f.pt-BR.VTT", "f.SDH.en.srt", "f.Directors cut.srt"];
        let expected = [
            "f.Directors cut.srt|Directors cut|",
            "f.SDH.en.srt|SDH|en",
            "f.en.srt||en",
            "f.eng.forced.vtt|forced|eng",
            "f.pt-BR.VTT||pt-br",
            "f.srt||",
        ];
        assert_eq!(found("f", &names), expected);
    }

    #[test]
    fn other_files_are_not_captions_of_this_video() {
        assert_eq!(
            found("f", &["f.mp4", "f.srt.txt", "fsrt", "f2.srt", "f 2.en.srt", "g.srt", "srt", "f.", "F.srt"]),
            [""; 0]
        );
        assert_eq!(found("f", &["f.mp4", "f.part2.mkv", "f.part2.srt", "f.part2.en.srt"]), ["f.part2.en.srt|part2|en"]);
        assert_eq!(found("f.2010", &["f.2010.srt", "f.srt"]), ["f.2010.srt||"]);
        let both = |number| [format!("f.{number}.srt"), format!("f.{number}.mp4")];
        let many: Vec<String> = (0..ALIKE_MAX / 2).flat_map(both).collect();
        assert_eq!(found("f", &many.iter().map(String::as_str).collect::<Vec<_>>()), [""; 0], "and that soon");
        let many: Vec<String> = (0..100).map(|number| format!("f.{number}.srt")).collect();
        assert_eq!(found("f", &many.iter().map(String::as_str).collect::<Vec<_>>()).len(), SIDECARS_MAX);
    }
}

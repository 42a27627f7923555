//! What the old program called a video, and the video that means today.
//!
//! Its name for a video was the path below the one folder it knew, and its `media_hash` the beginning of the SHA-256 of
//! that name. Both are looked up in what is known and nowhere else, so a name can lead to no file but those of videos.

use events::{MediaPath, Pos, VideoId};
use projections::{Presence, State, Video};
use sha2::{Digest as _, Sha256};
use std::borrow::Cow;
use std::collections::HashMap;
use xxhash_rust::xxh3::xxh3_64;

/// How many digits a `media_hash` has.
const HASH_DIGITS: usize = 16;

/// The old program's name for this video: its path below its library folder, U+FFFD for bytes that are not UTF-8.
pub(super) fn name(video: &Video) -> Cow<'_, str> {
    video.path.as_path().to_string_lossy()
}

/// The old program's name for the video with this id; empty for one that does not exist.
pub(super) fn of(state: &State, video: VideoId) -> Cow<'_, str> {
    state.videos().get(video).map(name).unwrap_or_default()
}

/// The video that somebody means by `text`: the one at exactly this path, or else the only one whose file is called so,
/// or else the only one called so but for case and Unicode normalisation. Blanks around it count only if they are part
/// of the name. Videos that are missing are known as well, but those that are there go first.
pub(super) fn find(state: &State, text: &str) -> Option<VideoId> {
    let trimmed = text.trim();
    exactly(state, text).or_else(|| exactly(state, trimmed).filter(|_| trimmed != text))
}

fn exactly(state: &State, text: &str) -> Option<VideoId> {
    let path = MediaPath::new(text).ok()?;
    let file_name = path.file_name();
    let ids = state.videos().by_folded_name(&file_name).into_iter();
    let known = ids.filter_map(|id| state.videos().get(id)).filter(|video| video.presence != Presence::Forgotten);
    let alike: Vec<&Video> = known.collect();
    let at_path = alike.iter().filter(|video| name(video) == text);
    if let Some(first) = at_path.min_by_key(|video| (!video.present(), video.id)) {
        return Some(first.id);
    }
    let bare = !text.contains('/');
    let folder = path.as_path().parent();
    let fits = |video: &&Video| bare || video.path.as_path().parent() == folder;
    let called_so = |video: &&Video| video.path.file_name() == file_name;
    only(alike.iter().copied().filter(fits).filter(called_so)).or_else(|| only(alike.iter().copied().filter(fits)))
}

/// The only video among these that is there; or the only one at all, when none is there.
fn only<'a>(videos: impl Iterator<Item = &'a Video>) -> Option<VideoId> {
    let (present, missing): (Vec<&Video>, Vec<&Video>) = videos.partition(|video| video.present());
    match (present.as_slice(), missing.as_slice()) {
        ([only], _) | ([], [only]) => Some(only.id),
        _ => None,
    }
}

/// The `media_hash` of a name, as a number.
fn media_hash(name: &str) -> u64 {
    let [a, b, c, d, e, f, g, h, ..] = Sha256::digest(name.as_bytes()).0;
    u64::from_be_bytes([a, b, c, d, e, f, g, h])
}

/// The number that `text` writes as a `media_hash`.
fn read_hash(text: &str) -> Option<u64> {
    let digits = text.len() == HASH_DIGITS && text.bytes().all(|digit| digit.is_ascii_hexdigit());
    digits.then(|| u64::from_str_radix(text, 16).ok()).flatten()
}

/// Which name has which `media_hash`. Made when the first one is asked for, which takes some 20 ms for 100,000 videos.
///
/// Nothing here can be out of date: an entry is a hint at a video, and counts only if a name of that video, as it is
/// now, has the hash. Only a hash that is found nowhere is reason to look for new names, at most once a position.
#[derive(Debug, Default)]
pub(super) struct Hashes {
    /// The position up to which names were looked at.
    reached: Pos,
    /// By the numbers of the videos.
    known: Vec<Hashed>,
    by_hash: HashMap<u64, VideoId>,
}

/// The hashes of one video's names: its path, and its file name for those who moved it into a folder since.
#[derive(Clone, Copy, Debug)]
struct Hashed {
    video: VideoId,
    /// A quick hash of the path, to notice that it is another.
    path: u64,
    hashes: [u64; 2],
}

impl Hashed {
    fn new(video: &Video, path: u64) -> Self {
        let name = name(video);
        let whole = media_hash(&name);
        let file_name = video.path.file_name();
        let bare = if file_name == *name { whole } else { media_hash(&file_name) };
        Self { video: video.id, path, hashes: [whole, bare] }
    }
}

impl Hashes {
    /// The video whose name has the `media_hash` that is written in `text`. Can take some 20 ms; asks no disk.
    pub(super) fn find(&mut self, state: &State, text: &str) -> Option<VideoId> {
        let hash = read_hash(text)?;
        self.named(state, hash).or_else(|| {
            self.refresh(state);
            self.named(state, hash)
        })
    }

    fn named(&self, state: &State, hash: u64) -> Option<VideoId> {
        let video = state.videos().get(*self.by_hash.get(&hash)?)?;
        let names = [name(video).into_owned(), video.path.file_name()];
        names.iter().find(|name| media_hash(name) == hash).and_then(|name| find(state, name))
    }

    fn refresh(&mut self, state: &State) {
        if self.reached >= state.pos() {
            return;
        }
        self.reached = state.pos();
        let mut changed = false;
        for (place, video) in state.videos().iter().enumerate() {
            let path = xxh3_64(video.path.as_path().as_os_str().as_encoded_bytes());
            match self.known.get_mut(place) {
                Some(known) if known.path == path => continue,
                Some(known) => *known = Hashed::new(video, path),
                None => self.known.push(Hashed::new(video, path)),
            }
            changed = true;
        }
        if changed {
            let all = self.known.iter().flat_map(|known| known.hashes.map(|hash| (hash, known.video)));
            self.by_hash = all.collect();
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use crate::decide::given::{found, state, video};
    use events::event::Video as Happened;
    use events::{Event, RootPath};

    fn found_in(root: &str, number: u32, path: &str) -> Event {
        Event::Video(Happened::Found {
            video: video(number),
            root: RootPath::new(root),
            path: MediaPath::new(path).unwrap(),
            size_bytes: 1,
            modified_at_ms: 0,
            fingerprint: None,
            added_at_ms: 0,
        })
    }

    fn vanished(number: u32) -> Event {
        Event::Video(Happened::Vanished { video: video(number) })
    }

    fn number(found: Option<VideoId>) -> u32 {
        found.map_or(0, VideoId::get)
    }

    #[test]
    fn a_name_means_the_video_at_that_path_or_the_only_one_called_so() {
        let state = state([
            found(1, "film.mp4"),
            found(2, "sub/film.mp4"),
            found(3, "sub/It's 100% #1 & more.mp4"),
            found(4, "a/twice.mp4"),
            found(5, "b/twice.mp4"),
            found(6, "Cafe\u{301}.mp4"),
            found(7, " blank.mp4"),
            found(8, "Case.mp4"),
            found(9, "case.mp4"),
        ]);
        for (text, expected) in [
            ("film.mp4", 1),
            ("  film.mp4\n", 1),
            ("FILM.mp4", 0),
            ("sub/film.mp4", 2),
            ("It's 100% #1 & more.mp4", 3),
            ("sub/It's 100% #1 & more.mp4", 3),
            ("twice.mp4", 0),
            ("b/twice.mp4", 5),
            ("b/TWICE.mp4", 5),
            ("c/twice.mp4", 0),
            ("Caf\u{e9}.mp4", 6),
            (" blank.mp4", 7),
            ("blank.mp4", 0),
            ("Case.mp4", 8),
            ("case.mp4", 9),
            ("CASE.mp4", 0),
            ("nothing.mp4", 0),
        ] {
            assert_eq!(number(find(&state, text)), expected, "{text:?}");
        }
    }

    #[test]
    fn a_name_that_leads_out_of_the_library_means_nothing() {
        let state = state([found(1, "film.mp4"), found(2, "sub/film.mp4")]);
        let long = "x".repeat(100_000);
        for text in ["", " ", ".", "..", "../film.mp4", "sub/../film.mp4", "/film.mp4", "sub//film.mp4", "a\0", &long] {
            assert_eq!(find(&state, text), None, "{text:?}");
        }
    }

    #[test]
    fn videos_that_are_there_go_first_and_missing_ones_are_known() {
        let gone = [found(1, "a/x.mp4"), found(2, "b/x.mp4"), found(3, "y.mp4"), vanished(1), vanished(3)];
        let known = state(gone);
        assert_eq!(number(find(&known, "x.mp4")), 2);
        assert_eq!(number(find(&known, "a/x.mp4")), 1);
        assert_eq!(number(find(&known, "y.mp4")), 3);
        let two = state([found_in("/one", 1, "x.mp4"), found_in("/two", 2, "x.mp4"), vanished(1)]);
        assert_eq!(number(find(&two, "x.mp4")), 2, "of two folders, the one that has it");
        let forgotten = Event::Video(Happened::Forgotten { video: video(1) });
        assert_eq!(find(&state([found(1, "x.mp4"), forgotten]), "x.mp4"), None);
    }

    #[test]
    fn a_hash_is_the_beginning_of_the_sha_256_of_the_name() {
        let known = state([found(1, "alpha.mp4"), found(2, "sub/beta.mp4")]);
        let mut hashes = Hashes::default();
        // The example that the old program's own database held.
        assert_eq!(number(hashes.find(&known, "70c46155ce56fd94")), 1);
        assert_eq!(number(hashes.find(&known, "70C46155CE56FD94")), 1);
        for name in ["sub/beta.mp4", "beta.mp4"] {
            assert_eq!(number(hashes.find(&known, &format!("{:016x}", media_hash(name)))), 2, "{name}");
        }
        for wrong in
            ["", "70c46155ce56fd9", "70c46155ce56fd940", "+0c46155ce56fd94", "zzzzzzzzzzzzzzzz", "ffffffffffffffff"]
        {
            assert_eq!(hashes.find(&known, wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn a_hash_follows_the_names() {
        let mut hashes = Hashes::default();
        let hash = |name: &str| format!("{:016x}", media_hash(name));
        let moved = |path: &str| {
            Event::Video(Happened::Moved {
                video: video(1),
                root: RootPath::new("/videos"),
                path: MediaPath::new(path).unwrap(),
                modified_at_ms: 0,
            })
        };
        let before = state([found(1, "a.mp4")]);
        assert_eq!(number(hashes.find(&before, &hash("a.mp4"))), 1);
        let after = state([found(1, "a.mp4"), moved("b.mp4"), found(2, "a.mp4")]);
        assert_eq!(number(hashes.find(&after, &hash("a.mp4"))), 2, "the name went to another video");
        assert_eq!(number(hashes.find(&after, &hash("b.mp4"))), 1);
        let twice = state([found(1, "a.mp4"), moved("c/b.mp4"), found(2, "d/b.mp4"), found(3, "e.mp4")]);
        assert_eq!(hashes.find(&twice, &hash("b.mp4")), None, "two are called so");
        assert_eq!(number(hashes.find(&twice, &hash("c/b.mp4"))), 1);
    }
}

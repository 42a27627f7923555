//! Who is who: pairs the files of a scan with the videos that are known, from the surest sign to the
//! weakest. Not what follows from it (that is the parent module), except for the event of one pair.

use super::usage::Usage;
use super::{File, Scan};
use events::event::Video as VideoEvent;
use events::{Fingerprint, MediaPath, VideoId};
use projections::State;
use projections::{Presence, Video, Videos};
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::hash::Hash;

/// What a scan and the state make of each other.
pub(super) struct Matching<'a> {
    /// Files that are videos we know.
    pub(super) same: Vec<(&'a Video, &'a File)>,
    /// Files that are nobody we know, by path.
    pub(super) new: Vec<&'a File>,
    /// Videos that are no longer anywhere, by id.
    pub(super) vanished: Vec<&'a Video>,
    /// How many videos were present in this folder.
    pub(super) known: usize,
    /// True when no video was ever known in this folder.
    pub(super) first_look: bool,
}

/// Why a video is looking for a file; those who lose most by not finding one choose first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Searching {
    /// Its place in this folder is empty or holds other content.
    Displaced,
    /// It was in another folder and is no longer there, or nobody looks there any more.
    Elsewhere,
    /// It has been missing for a while.
    Missing,
}

impl<'a> Matching<'a> {
    pub(super) fn of(state: &'a State, scan: &'a Scan) -> Self {
        let mut files: BTreeMap<&[u8], &File> = scan.files.iter().map(|file| (bytes(&file.path), file)).collect();
        let mut matching = Self { same: Vec::new(), new: Vec::new(), vanished: Vec::new(), known: 0, first_look: true };
        let mut searching: Vec<(Searching, &Video)> = Vec::new();
        let mut records: Vec<&Video> = Vec::new();
        let elsewhere = Elsewhere::of(scan);

        for video in state.videos().iter() {
            let here = *video.root == scan.root;
            matching.first_look &= !here;
            match video.presence {
                Presence::Present if here => {
                    matching.known += 1;
                    match files.get(bytes(&video.path)) {
                        Some(file) if keeps_place(video, file) => {
                            matching.same.push((video, file));
                            files.remove(bytes(&video.path));
                        }
                        None if under_unreadable(scan, &video.path) => {}
                        Some(_) | None => searching.push((Searching::Displaced, video)),
                    }
                }
                Presence::Present if elsewhere.lost(video) => searching.push((Searching::Elsewhere, video)),
                Presence::Missing { .. } if video.root.is_empty() => records.push(video),
                Presence::Missing { .. } => searching.push((Searching::Missing, video)),
                Presence::Present | Presence::Forgotten => {}
            }
        }

        // What cannot be read keeps its place and takes no part in the search.
        files.retain(|_, file| file.content.is_some());
        if !files.is_empty() {
            searching.sort_by_key(|(why, video)| (*why, video.id));
            let mut search = Search { videos: Vec::new(), files, found: Vec::new() };
            search.run(state, scan, &searching, records);
            matching.same.append(&mut search.found);
            matching.new = search.files.into_values().collect();
        }
        let found: HashSet<_> = matching.same.iter().map(|(video, _)| video.id).collect();
        // Videos of a folder that is no longer configured stay shown until a person accepts that too.
        let given_up = |video: &Video| scan.accept_missing && !scan.roots.contains(&video.root);
        let lost = |why: Searching, video: &Video| {
            why == Searching::Displaced || why == Searching::Elsewhere && given_up(video)
        };
        let vanished = searching.iter().filter(|(why, video)| lost(*why, video) && !found.contains(&video.id));
        matching.vanished = vanished.map(|(_, video)| *video).collect();
        matching
    }
}

/// Knows which videos outside the scanned folder have lost their place.
struct Elsewhere<'a> {
    scan: &'a Scan,
    gone: HashSet<VideoId>,
}

impl<'a> Elsewhere<'a> {
    fn of(scan: &'a Scan) -> Self {
        Self { scan, gone: scan.gone.iter().copied().collect() }
    }

    fn lost(&self, video: &Video) -> bool {
        self.gone.contains(&video.id) || !self.scan.roots.contains(&video.root)
    }
}

/// A search for the files of videos, in rounds from the surest sign to the weakest.
struct Search<'a> {
    /// Who still has no file, in the order in which they may choose.
    videos: Vec<&'a Video>,
    /// Whose video is still unknown.
    files: BTreeMap<&'a [u8], &'a File>,
    found: Vec<(&'a Video, &'a File)>,
}

impl<'a> Search<'a> {
    /// All rounds. Of videos with the same content those that somebody used choose first, so that a
    /// copy with nothing to lose never keeps a rating from being seen.
    fn run(&mut self, state: &State, scan: &Scan, searching: &[(Searching, &'a Video)], records: Vec<&'a Video>) {
        let usage = Usage::of(state);
        let (used, unused): (Vec<_>, Vec<_>) = searching.iter().partition(|(_, video)| usage.used(video.id));
        for videos in [used, unused] {
            self.videos = videos.into_iter().map(|(_, video)| video).collect();
            self.by_content(scan);
        }
        let found: HashSet<VideoId> = self.found.iter().map(|(video, _)| video.id).collect();
        self.videos = searching.iter().map(|(_, video)| *video).filter(|video| !found.contains(&video.id)).collect();
        // Content nobody knows, at a place somebody had: the file was replaced.
        self.round(|video| place_in(scan, video), |file| Some(file.path.clone()));
        self.videos = records;
        self.by_name(state.videos());
    }

    /// Copies are byte for byte the same, so any of them is right; the least surprising one is that at
    /// the old place, then that with the old name, then the first.
    fn by_content(&mut self, scan: &Scan) {
        self.round(
            |video| Some((telling(video.fingerprint)?, place_in(scan, video)?)),
            |file| Some((telling(file.content)?, file.path.clone())),
        );
        self.round(
            |video| Some((telling(video.fingerprint)?, video.path.file_name())),
            |file| Some((telling(file.content)?, file.path.file_name())),
        );
        self.round(|video| telling(video.fingerprint), |file| telling(file.content));
    }

    /// Records without a file know nothing but a name. Two candidates are one too many: data at
    /// the wrong video is worse than data that waits.
    fn by_name(&mut self, videos: Videos<'_>) {
        self.round(|video| Some(video.path.clone()), |file| Some(file.path.clone()));
        self.unambiguous_round(|file| videos.by_file_name(&file.path.file_name()));
        self.unambiguous_round(|file| videos.by_folded_name(&file.path.file_name()));
    }

    /// Gives each video the first file with the same key.
    fn round<K: Eq + Hash>(&mut self, of_video: impl Fn(&Video) -> Option<K>, of_file: impl Fn(&File) -> Option<K>) {
        if self.videos.is_empty() {
            return;
        }
        let mut free: HashMap<K, VecDeque<&'a File>> = HashMap::new();
        for file in self.files.values() {
            if let Some(key) = of_file(file) {
                free.entry(key).or_default().push_back(file);
            }
        }
        self.videos.retain(|video| {
            let Some(file) = of_video(video).and_then(|key| free.get_mut(&key)?.pop_front()) else { return true };
            self.files.remove(bytes(&file.path));
            self.found.push((video, file));
            false
        });
    }

    /// Pairs each video with the file that has it as its only candidate, if there is only one such file.
    fn unambiguous_round(&mut self, candidates: impl Fn(&File) -> Vec<VideoId>) {
        let searching: HashSet<VideoId> = self.videos.iter().map(|video| video.id).collect();
        let mut offers: HashMap<VideoId, Vec<&'a File>> = HashMap::new();
        for file in self.files.values().filter(|_| !searching.is_empty()) {
            let mut candidates = candidates(file);
            candidates.retain(|video| searching.contains(video));
            if let [only] = candidates.as_slice() {
                offers.entry(*only).or_default().push(file);
            }
        }
        let only: HashMap<VideoId, &MediaPath> = offers
            .into_iter()
            .filter_map(|(video, files)| if let [file] = files.as_slice() { Some((video, &file.path)) } else { None })
            .collect();
        self.round(|video| only.get(&video.id).copied().cloned(), |file| Some(file.path.clone()));
    }
}

/// A path to look up: comparing bytes is many times faster than comparing components.
fn bytes(path: &MediaPath) -> &[u8] {
    path.as_path().as_os_str().as_encoded_bytes()
}

/// Where a video is or was in the scanned folder.
fn place_in(scan: &Scan, video: &Video) -> Option<MediaPath> {
    (*video.root == scan.root).then(|| video.path.clone())
}

/// A fingerprint that tells files apart: all empty files look the same.
pub(super) fn telling(content: Option<Fingerprint>) -> Option<Fingerprint> {
    content.filter(|content| content.size_bytes > 0)
}

/// The file at the video's place is the video, as far as can be known.
fn keeps_place(video: &Video, file: &File) -> bool {
    file.content.is_none() || file.content == video.fingerprint
}

fn under_unreadable(scan: &Scan, path: &MediaPath) -> bool {
    scan.unreadable.iter().any(|folder| path.as_path().starts_with(folder))
}

/// What is to be said about a video whose file is `file`; nothing when all of it is known.
pub(super) fn fact(scan: &Scan, video: &Video, file: &File) -> Option<VideoEvent> {
    let in_place = *video.root == scan.root && video.path == file.path;
    if video.presence != Presence::Present {
        return Some(VideoEvent::Returned {
            video: video.id,
            root: scan.root.clone(),
            path: file.path.clone(),
            size_bytes: file.size_bytes,
            modified_at_ms: file.modified_at_ms,
            fingerprint: file.content,
        });
    }
    if !in_place {
        return Some(VideoEvent::Moved {
            video: video.id,
            root: scan.root.clone(),
            path: file.path.clone(),
            modified_at_ms: file.modified_at_ms,
        });
    }
    let seen = (video.size_bytes, video.modified_at_ms, video.fingerprint);
    let unknown = file.content.is_none();
    (!unknown && seen != (file.size_bytes, file.modified_at_ms, file.content)).then_some(VideoEvent::Changed {
        video: video.id,
        size_bytes: file.size_bytes,
        modified_at_ms: file.modified_at_ms,
        fingerprint: file.content,
    })
}

//! A copy that outlives its original: people copy a file to another disk, and delete the old one later.
//!
//! While both are there, the copy is a video of its own. When the original vanishes and nobody has
//! used the copy yet, the original's identity moves to where the copy is, with everything it has, and
//! the copy's own identity, to which nothing is attached, goes missing in its stead. Of two that nobody
//! used, the older one stays, because its date is the right one.

use super::matching::{Matching, telling};
use super::usage::Usage;
use super::{File, Scan};
use events::event::Video as VideoEvent;
use events::{Fingerprint, VideoId};
use projections::{State, Video};
use std::collections::{HashMap, HashSet};

/// Finds copies for the videos that are about to vanish, takes those videos out of `matching.vanished`,
/// and returns what is to be said about it besides the pairs in `matching.same`.
pub(super) fn take_over<'a>(state: &'a State, scan: &Scan, matching: &mut Matching<'a>) -> Vec<VideoEvent> {
    let Matching { same, vanished, .. } = matching;
    if vanished.is_empty() {
        return Vec::new();
    }
    let sought: HashSet<Fingerprint> = vanished.iter().filter_map(|video| telling(video.fingerprint)).collect();
    let mut here: HashMap<Fingerprint, Vec<&mut (&'a Video, &'a File)>> = HashMap::new();
    for pair in same.iter_mut() {
        if let Some(content) = pair.1.content.filter(|content| sought.contains(content)) {
            here.entry(content).or_default().push(pair);
        }
    }

    let usage = Usage::of(state);
    let mut events = Vec::new();
    let mut stepped_down: HashSet<VideoId> = HashSet::new();
    vanished.retain(|original| {
        let Some(content) = telling(original.fingerprint) else { return true };
        let yields = |copy: &Video| !usage.used(copy.id) && (original.id < copy.id || usage.used(original.id));
        if let Some(pair) = here.get_mut(&content).and_then(|pairs| pairs.iter_mut().find(|pair| yields(pair.0))) {
            if pair.0.present() {
                events.push(VideoEvent::Vanished { video: pair.0.id });
            }
            pair.0 = original;
            return false;
        }
        let elsewhere = |copy: &&Video| {
            copy.present()
                && *copy.root != scan.root
                && scan.roots.contains(&copy.root)
                && !scan.gone.contains(&copy.id)
        };
        let alike = state.videos().by_fingerprint(&content).into_iter().filter_map(|id| state.videos().get(id));
        let Some(copy) = alike.filter(elsewhere).find(|copy| yields(copy) && !stepped_down.contains(&copy.id)) else {
            return true;
        };
        stepped_down.insert(copy.id);
        events.push(VideoEvent::Vanished { video: copy.id });
        events.push(VideoEvent::Moved {
            video: original.id,
            root: (*copy.root).clone(),
            path: copy.path.clone(),
            modified_at_ms: copy.modified_at_ms,
        });
        false
    });
    events
}

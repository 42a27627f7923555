//! Videos like this one: those with most tags in common, then the better rated, then by title.

use std::borrow::Cow;

use events::{Stars, VideoId};
use roaring::RoaringBitmap;

use crate::bands::{Along, Band, slice};
use crate::state::State;

impl State {
    /// At most `max` other videos that are there and share a tag with this one, the most alike first.
    #[must_use]
    pub fn related(&self, video: VideoId, max: usize) -> Vec<VideoId> {
        let mut bands = Vec::new();
        let mut listed = 0;
        for alike in self.alike(video).into_iter().rev() {
            for group in self.by_stars(alike) {
                listed += usize::try_from(group.len()).unwrap_or(usize::MAX);
                bands.push(Band { videos: Cow::Owned(group), along: Along::Title, backwards: false });
            }
            if listed >= max {
                break;
            }
        }
        slice(self, &bands, 0..max)
    }

    /// The other videos that share exactly one tag, exactly two, and so on.
    fn alike(&self, video: VideoId) -> Vec<RoaringBitmap> {
        // `at_least[n]` are those that share more than n tags of those looked at so far.
        let mut at_least: Vec<RoaringBitmap> = Vec::new();
        for tagged in self.tags().ids_of(video).iter().filter_map(|tag| self.tags().videos(*tag)) {
            let mut carried = self.index.present() & tagged;
            carried.remove(video.get());
            for level in &mut at_least {
                let both = &*level & &carried;
                *level |= carried;
                carried = both;
            }
            if !carried.is_empty() {
                at_least.push(carried);
            }
        }
        let more = at_least.clone().into_iter().skip(1).chain([RoaringBitmap::new()]);
        at_least.into_iter().zip(more).map(|(some, more)| some - more).collect()
    }

    /// The same videos in groups: five stars first, unrated last.
    fn by_stars(&self, mut videos: RoaringBitmap) -> Vec<RoaringBitmap> {
        let mut groups = Vec::new();
        for stars in (1..=5).rev().filter_map(|stars| Stars::new(stars).ok()) {
            let rated = &videos & self.index.rated(stars);
            videos -= &rated;
            groups.push(rated);
        }
        groups.push(videos);
        groups
    }
}

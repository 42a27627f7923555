//! Videos like this one: those with most tags in common, then the better rated, then by title.

use std::borrow::Cow;

use events::{Stars, VideoId};
use roaring::RoaringBitmap;

use crate::bands::{Along, Band, slice};
use crate::groups::refine;
use crate::state::State;

impl State {
    /// At most `max` other videos that are there and share a tag with this one, the most alike first.
    #[must_use]
    pub fn related(&self, video: VideoId, max: usize) -> Vec<VideoId> {
        let tags = self.tags();
        let tagged: Vec<&RoaringBitmap> = tags.ids_of(video).iter().filter_map(|tag| tags.videos(*tag)).collect();
        let mut alike = tagged.iter().fold(RoaringBitmap::new(), |union, videos| union | *videos);
        alike &= self.index.present();
        alike.remove(video.get());
        let mut groups = refine(vec![alike], &tagged);
        for stars in (1..=5).rev().filter_map(|stars| Stars::new(stars).ok()) {
            groups = refine(groups, &[self.index.rated(stars)]);
        }
        let band = |group| Band { videos: Cow::Owned(group), along: Along::Title, backwards: false };
        let bands: Vec<Band<'_>> = groups.into_iter().map(band).collect();
        slice(self, &bands, 0..max)
    }
}

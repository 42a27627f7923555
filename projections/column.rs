//! One fact about every video, in a row by video number: a persistent vector that shares with older
//! states what did not change.
//!
//! Not a place that knows which videos exist: a video beyond the end has the default, and a column
//! with trailing defaults equals one without them.

use events::VideoId;
use imbl::Vector;

use crate::bytes::{Decoder, Encoder};

/// A fact of type `T` for each video.
#[derive(Clone, Debug, Default)]
pub(crate) struct Column<T: Clone>(Vector<T>);

fn index(video: VideoId) -> usize {
    video.get() as usize - 1
}

impl<T: Clone + Default + PartialEq> Column<T> {
    /// What is known about this video, if anything was ever noted at or beyond it.
    pub(crate) fn get(&self, video: VideoId) -> Option<&T> {
        self.0.get(index(video))
    }

    /// Notes something about this video, which must exist: the column grows up to it.
    pub(crate) fn update<R>(&mut self, video: VideoId, change: impl FnOnce(&mut T) -> R) -> R {
        let index = index(video);
        if let Some(fact) = self.0.get_mut(index) {
            return change(fact);
        }
        let mut fact = T::default();
        let result = change(&mut fact);
        while self.0.len() < index {
            self.0.push_back(T::default());
        }
        self.0.push_back(fact);
        result
    }

    /// All that is noted, in order of video; defaults are left out.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (VideoId, &T)> {
        let nothing = T::default();
        self.0.iter().zip(1..).filter(move |(fact, _)| **fact != nothing).filter_map(|(fact, number)| {
            let video = VideoId::new(number).ok()?;
            Some((video, fact))
        })
    }

    /// Writes all that is noted, each with how far its video is from the one before.
    pub(crate) fn encode(&self, into: &mut Encoder, mut write: impl FnMut(&mut Encoder, &T)) {
        let mut last = 0;
        for (video, fact) in self.iter() {
            into.number(video.get() - last);
            write(into, fact);
            last = video.get();
        }
        into.number(0_u64);
    }

    /// Reads what [`Column::encode`] wrote about at most so many videos.
    pub(crate) fn decode(
        from: &mut Decoder<'_>,
        videos: usize,
        mut read: impl FnMut(&mut Decoder<'_>) -> Option<T>,
    ) -> Option<Self> {
        let mut column = Vector::new();
        while let Some(between) = from.number::<usize>()?.checked_sub(1) {
            // What is left out are videos that exist, so there are no more of them than there are of those.
            if between >= videos.saturating_sub(column.len()) {
                return None;
            }
            column.extend(std::iter::repeat_n(T::default(), between));
            column.push_back(read(from)?);
        }
        Some(Self(column))
    }

    /// The fact about each of these videos, which must be in ascending order; defaults where nothing
    /// is noted.
    pub(crate) fn along(&self, numbers: impl Iterator<Item = u32>) -> impl Iterator<Item = T> {
        let mut focus = self.0.focus();
        numbers.map(move |number| focus.get((number as usize).wrapping_sub(1)).cloned().unwrap_or_default())
    }
}

impl<T: Clone> FromIterator<T> for Column<T> {
    /// The facts about the videos from the first on, one after the other.
    fn from_iter<I: IntoIterator<Item = T>>(facts: I) -> Self {
        Self(facts.into_iter().collect())
    }
}

impl<T: Clone + Default + PartialEq> PartialEq for Column<T> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

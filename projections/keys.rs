//! What the indexes need to know about one video, taken from the facts at one moment.
//!
//! Every index is a pure function of the keys of all videos, kept up to date from the keys of one
//! video before and after an event. So an index can be wrong in one place only: in its own `update`.

use std::sync::Arc;

use events::Stars;

use crate::facts::Facts;
use crate::orders::Key;
use crate::video::{Presence, Video};

/// The keys of a video that is not forgotten.
#[derive(Clone, Debug)]
pub(crate) struct Keys {
    pub(crate) video: Arc<Video>,
    pub(crate) stars: Option<Stars>,
    pub(crate) favorited_at_ms: Option<i64>,
    pub(crate) views: u64,
    pub(crate) last_viewed_at_ms: Option<i64>,
    pub(crate) paused_at_ms: Option<i64>,
    pub(crate) finished: bool,
}

impl Keys {
    pub(crate) fn of(facts: &Facts, video: &Arc<Video>) -> Option<Self> {
        if video.presence == Presence::Forgotten {
            return None;
        }
        let viewed = facts.views.get(video.id);
        Some(Self {
            stars: facts.ratings.get(video.id).map(|rated| rated.stars),
            favorited_at_ms: facts.favorites.added_at_ms(video.id),
            views: viewed.count,
            last_viewed_at_ms: viewed.last_viewed_at_ms,
            paused_at_ms: facts.playback.paused_at_ms(video.id),
            finished: facts.playback.finished(video.id),
            video: Arc::clone(video),
        })
    }

    pub(crate) fn number(&self) -> u32 {
        self.video.id.get()
    }

    pub(crate) fn missing(&self) -> bool {
        !self.video.present()
    }

    /// Whether somebody began to watch it here or got to its end anywhere.
    pub(crate) fn watched(&self) -> bool {
        self.views > 0 || self.finished
    }

    fn key<V>(&self, value: V) -> Key<V> {
        Key { value, added_at_ms: self.video.added_at_ms, video: self.video.id }
    }

    pub(crate) fn added(&self) -> Option<Key<()>> {
        Some(self.key(()))
    }

    pub(crate) fn title(&self) -> Option<Key<Arc<[u8]>>> {
        Some(self.key(Arc::clone(&self.video.title_key)))
    }

    pub(crate) fn rating(&self) -> Option<Key<u8>> {
        self.stars.map(|stars| self.key(stars.get()))
    }

    pub(crate) fn views(&self) -> Option<Key<u64>> {
        Some(self.key(self.views))
    }

    pub(crate) fn size(&self) -> Option<Key<u64>> {
        Some(self.key(self.video.size_bytes))
    }

    pub(crate) fn duration(&self) -> Option<Key<u64>> {
        self.video.duration_ms.map(|duration_ms| self.key(duration_ms))
    }

    pub(crate) fn last_viewed(&self) -> Option<Key<i64>> {
        self.last_viewed_at_ms.map(|at_ms| self.key(at_ms))
    }

    pub(crate) fn favorited(&self) -> Option<Key<i64>> {
        self.favorited_at_ms.map(|at_ms| self.key(at_ms))
    }

    pub(crate) fn paused(&self) -> Option<Key<i64>> {
        self.paused_at_ms.map(|at_ms| self.key(at_ms))
    }
}

//! Whether anybody has done anything with a video. Only used to choose between identities of the same
//! content: one that nobody used has nothing to lose.

use events::VideoId;
use projections::State;
use std::collections::HashSet;

/// What people did, ready to be asked about many videos.
pub(super) struct Usage<'a> {
    state: &'a State,
    listed: HashSet<VideoId>,
}

impl<'a> Usage<'a> {
    pub(super) fn of(state: &'a State) -> Self {
        let items = state.playlists().iter().flat_map(|playlist| &playlist.items);
        Self { state, listed: items.map(|item| item.video).collect() }
    }

    /// Whether a rating, a heart, a view, a tag, a resume position or a playlist is attached to it.
    pub(super) fn used(&self, video: VideoId) -> bool {
        self.state.ratings().get(video).is_some()
            || self.state.favorites().contains(video)
            || self.state.views().get(video).count > 0
            || self.state.playback().get(video).is_some()
            || !self.state.tags().ids_of(video).is_empty()
            || self.listed.contains(&video)
    }
}

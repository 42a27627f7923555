//! All that is known, noun by noun, and the one function that learns: `apply`.
//!
//! Facts only; whatever makes questions fast is the `index`, and is computed from here.

use events::event::{Group, Playback as Played, Rating, Thumbnail, Video};
use events::{Event, Recorded, VideoId};

use crate::anomaly::Anomaly;
use crate::bytes::{Decoder, Encoder};
use crate::favorites::Favorites;
use crate::image_groups::Groups;
use crate::images::Images;
use crate::imports::Imports;
use crate::keys::Keys;
use crate::maintenance::Maintenance;
use crate::playback::Playback;
use crate::playlists::Playlists;
use crate::ratings::Ratings;
use crate::statistics::Statistics;
use crate::tags::TagFacts;
use crate::thumbnails::ThumbnailFacts;
use crate::video::Content;
use crate::videos::VideoFacts;
use crate::views::Views;

/// The facts of every noun.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Facts {
    pub(crate) videos: VideoFacts,
    pub(crate) ratings: Ratings,
    pub(crate) favorites: Favorites,
    pub(crate) views: Views,
    pub(crate) playback: Playback,
    pub(crate) tags: TagFacts,
    pub(crate) playlists: Playlists,
    pub(crate) thumbnails: ThumbnailFacts,
    pub(crate) imports: Imports,
    pub(crate) images: Images,
    pub(crate) groups: Groups,
    pub(crate) statistics: Statistics,
    pub(crate) maintenance: Maintenance,
}

impl Facts {
    /// Learns one event, or says why it makes no sense and changes nothing but the set of imported
    /// records.
    pub(crate) fn apply(&mut self, recorded: &Recorded) -> Result<(), Anomaly> {
        self.imports.remember(recorded);
        let known_from_here = matches!(recorded.event, Event::Video(Video::Found { .. } | Video::Remembered { .. }));
        if let Some(video) = recorded.event.video().filter(|_| !known_from_here) {
            self.videos.expect(video)?;
        }
        match &recorded.event {
            Event::Video(event) => {
                let content = self.videos.apply(event, recorded)?;
                if let (Content::Other, Some(video)) = (content, recorded.event.video()) {
                    self.thumbnails.outdate(video);
                }
            }
            Event::Rating(event) => self.rate(event, recorded),
            Event::Favorite(event) => self.favorites.apply(event, recorded),
            Event::View(event) => {
                self.statistics.view(event, recorded);
                self.views.apply(event, recorded);
            }
            Event::Playback(event) => self.play(event, recorded),
            Event::Tag(event) => self.tags.apply(event)?,
            Event::Playlist(event) => self.playlists.apply(event, recorded)?,
            Event::Thumbnail(event) => {
                self.give_up_probing(event);
                self.thumbnails.apply(event, recorded);
            }
            Event::Import(event) => self.imports.apply(event, recorded)?,
            Event::Image(event) => self.images.apply(event, recorded)?,
            Event::Group(event) => {
                self.expect_image(event)?;
                self.groups.apply(event, recorded)?;
            }
            Event::Maintenance(event) => self.maintenance.apply(event, recorded),
            // Nobody knows any more what was erased.
            Event::Redacted(_) => {}
        }
        Ok(())
    }

    fn rate(&mut self, event: &Rating, recorded: &Recorded) {
        let (video, now) = match event {
            Rating::Given { video, stars } => (*video, Some(*stars)),
            Rating::Cleared { video } => (*video, None),
        };
        let before = self.ratings.get(video).map(|rated| rated.stars);
        self.statistics.rate(video, before, now);
        self.ratings.apply(event, recorded);
    }

    fn play(&mut self, event: &Played, recorded: &Recorded) {
        let (Played::Paused { video, .. } | Played::Finished { video }) = event;
        let duration_ms = self.videos.get(*video).and_then(|video| video.duration_ms);
        self.statistics.play(event, self.playback.get(*video), duration_ms, recorded);
        self.playback.apply(event, recorded);
    }

    /// What fails although there is a cover is the look into the file: without this it would be pending for ever.
    fn give_up_probing(&mut self, event: &Thumbnail) {
        match event {
            Thumbnail::Failed { video, .. } if self.thumbnails.made(*video) => {
                self.videos.give_up_probing(*video, true)
            }
            Thumbnail::Retried { video } => self.videos.give_up_probing(*video, false),
            Thumbnail::Made { .. }
            | Thumbnail::Failed { .. }
            | Thumbnail::StoryboardMade { .. }
            | Thumbnail::StoryboardFailed { .. }
            | Thumbnail::Chosen { .. }
            | Thumbnail::Automatic { .. } => {}
        }
    }

    /// Whether a group can be about this image.
    fn expect_image(&self, event: &Group) -> Result<(), Anomaly> {
        match event {
            Group::CoverSet { image, .. } | Group::ImageAdded { image, .. } | Group::ImageRemoved { image, .. } => {
                self.images.get(*image).map(|_| ()).ok_or(Anomaly::UnknownImage)
            }
            Group::Created { .. } | Group::Renamed { .. } | Group::Deleted { .. } => Ok(()),
        }
    }

    /// What the index needs to know about one video.
    pub(crate) fn keys(&self, video: VideoId) -> Option<Keys> {
        Keys::of(self, self.videos.get(video)?)
    }

    /// What the index needs to know about all videos, in order of identity.
    pub(crate) fn all_keys(&self) -> Vec<Keys> {
        self.videos.iter().filter_map(|video| Keys::of(self, video)).collect()
    }

    /// Writes all that is known. Every noun says where it ends, so what one knows cannot be read as another's.
    pub(crate) fn encode(&self, into: &mut Encoder) {
        let Self {
            videos,
            ratings,
            favorites,
            views,
            playback,
            tags,
            playlists,
            thumbnails,
            imports,
            images,
            groups,
            statistics,
            maintenance,
        } = self;
        videos.encode(into);
        ratings.encode(into);
        favorites.encode(into);
        views.encode(into);
        playback.encode(into);
        tags.encode(into);
        playlists.encode(into);
        thumbnails.encode(into);
        imports.encode(into);
        images.encode(into);
        groups.encode(into);
        statistics.encode(into);
        maintenance.encode(into);
    }

    /// Reads what [`Facts::encode`] wrote.
    pub(crate) fn decode(from: &mut Decoder<'_>) -> Option<Self> {
        let videos = VideoFacts::decode(from)?;
        let count = videos.len();
        Some(Self {
            videos,
            ratings: Ratings::decode(from, count)?,
            favorites: Favorites::decode(from, count)?,
            views: Views::decode(from, count)?,
            playback: Playback::decode(from, count)?,
            tags: TagFacts::decode(from, count)?,
            playlists: Playlists::decode(from)?,
            thumbnails: ThumbnailFacts::decode(from, count)?,
            imports: Imports::decode(from)?,
            images: Images::decode(from)?,
            groups: Groups::decode(from)?,
            statistics: Statistics::decode(from, count)?,
            maintenance: Maintenance::decode(from)?,
        })
    }
}

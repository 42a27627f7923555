//! Events as sentences for people, with what the value was before where that helps.
//!
//! [`Memory`] is a small fold of its own: a whole `State` would keep indexes that no sentence needs,
//! and make reading a long log ten times slower.

use events::event::{Favorite, Group, Image, Import, Playback, Playlist, Rating, Tag, Thumbnail, Video, View};
use events::wire::kind_name;
use events::{Event, GroupId, ImageId, MediaPath, PlaylistId, Recorded, RootPath, Stars, VideoId};
use std::collections::HashMap;

/// What happened so far, as far as sentences need it.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    places: HashMap<VideoId, (RootPath, MediaPath)>,
    stars: HashMap<VideoId, Stars>,
    lists: HashMap<PlaylistId, String>,
    images: HashMap<ImageId, MediaPath>,
    groups: HashMap<GroupId, String>,
}

impl Memory {
    /// Remembers what `record` changes.
    pub(crate) fn fold(&mut self, record: &Recorded) {
        match &record.event {
            Event::Video(
                Video::Found { video, root, path, .. }
                | Video::Moved { video, root, path, .. }
                | Video::Returned { video, root, path, .. },
            ) => {
                self.places.insert(*video, (root.clone(), path.clone()));
            }
            Event::Rating(Rating::Given { video, stars }) => {
                self.stars.insert(*video, *stars);
            }
            Event::Rating(Rating::Cleared { video }) => {
                self.stars.remove(video);
            }
            Event::Playlist(Playlist::Created { playlist, name } | Playlist::Renamed { playlist, name }) => {
                self.lists.insert(*playlist, name.as_str().to_owned());
            }
            Event::Image(
                Image::Found { image, path, .. }
                | Image::Moved { image, path, .. }
                | Image::Returned { image, path, .. },
            ) => {
                self.images.insert(*image, path.clone());
            }
            Event::Group(Group::Created { group, name, .. } | Group::Renamed { group, name }) => {
                self.groups.insert(*group, name.as_str().to_owned());
            }
            Event::Video(
                Video::Probed { .. }
                | Video::Changed { .. }
                | Video::Vanished { .. }
                | Video::Dated { .. }
                | Video::Forgotten { .. },
            )
            | Event::Favorite(_)
            | Event::View(_)
            | Event::Playback(_)
            | Event::Tag(_)
            | Event::Playlist(
                Playlist::Described { .. }
                | Playlist::ItemAdded { .. }
                | Playlist::ItemRemoved { .. }
                | Playlist::ItemMoved { .. }
                | Playlist::Deleted { .. },
            )
            | Event::Thumbnail(_)
            | Event::Import(_)
            | Event::Redacted(_)
            | Event::Image(
                Image::Changed { .. } | Image::Vanished { .. } | Image::Favored { .. } | Image::Unfavored { .. },
            )
            | Event::Group(
                Group::CoverSet { .. } | Group::ImageAdded { .. } | Group::ImageRemoved { .. } | Group::Deleted { .. },
            ) => {}
        }
    }

    /// What `record` says, without who and when. Call it before [`Memory::fold`].
    pub(crate) fn sentence(&self, record: &Recorded) -> String {
        match &record.event {
            Event::Video(video) => self.video(video),
            Event::Rating(rating) => self.rating(rating),
            Event::Favorite(Favorite::Added { video }) => format!("{} became a favorite", self.title(*video)),
            Event::Favorite(Favorite::Removed { video }) => format!("{} is no longer a favorite", self.title(*video)),
            Event::View(View::Started { video }) => format!("{} was watched", self.title(*video)),
            Event::View(View::Counted { video, total, .. }) => {
                format!("{} had been watched {} elsewhere", self.title(*video), times(*total))
            }
            Event::Playback(Playback::Paused { video, position_ms }) => {
                format!("{} was left at {}", self.title(*video), clock(*position_ms))
            }
            Event::Playback(Playback::Finished { video }) => format!("{} was watched to the end", self.title(*video)),
            Event::Tag(tag) => self.tag(tag),
            Event::Playlist(list) => self.playlist(list),
            Event::Thumbnail(thumbnail) => self.thumbnail(thumbnail),
            Event::Import(Import::Started { source }) => format!("an import of {} began", one_line(source)),
            Event::Import(Import::Finished { accepted, unchanged, rejected }) => {
                format!("the import ended: {accepted} new, {unchanged} known, {rejected} rejected")
            }
            Event::Image(image) => self.image(image),
            Event::Group(group) => self.group(group),
            Event::Redacted(_) if kind_name(&record.event).starts_with("playback.") => {
                "a place in a video that was forgotten".to_owned()
            }
            Event::Redacted(_) => "a viewing that was forgotten".to_owned(),
        }
    }

    fn thumbnail(&self, event: &Thumbnail) -> String {
        let title = self.title(event.video());
        match event {
            Thumbnail::Made { decoder, position_ms, .. } => {
                format!("{title} got a cover, from {} ({decoder})", clock(*position_ms))
            }
            Thumbnail::Failed { stage, reason, decoder, .. } => {
                format!("{title} got no cover: {decoder} failed to {stage}: {}", one_line(reason))
            }
            Thumbnail::StoryboardMade { layout, decoder, .. } => {
                format!("{title} got a storyboard of {} pictures ({decoder})", layout.tiles)
            }
            Thumbnail::StoryboardFailed { reason, decoder, .. } => {
                format!("{title} got no storyboard: {decoder} failed: {}", one_line(reason))
            }
            Thumbnail::Chosen { position_ms, .. } => {
                format!("the picture at {} was chosen as the cover of {title}", clock(*position_ms))
            }
            Thumbnail::Automatic { .. } => format!("the cover of {title} is chosen by the program again"),
            Thumbnail::Retried { .. } => format!("the pictures of {title} are to be tried again"),
        }
    }

    fn video(&self, event: &Video) -> String {
        match event {
            Video::Found { video, root, path, .. } if root.is_empty() => {
                format!("{} is known from a record, without a file (video {video})", name(path))
            }
            Video::Found { video, root, path, size_bytes, .. } => {
                format!("{} was found (video {video}, {})", quoted(&place(root, path)), size(*size_bytes))
            }
            Video::Probed { video, duration_ms, width, height, .. } => {
                format!("{} is {} long, {width}×{height}", self.title(*video), clock(*duration_ms))
            }
            Video::Moved { video, root, path, .. } => {
                let before = self.places.get(video).map_or(String::new(), |(root, path)| place(root, path));
                format!("{} moved → {}", quoted(&before), quoted(&place(root, path)))
            }
            Video::Changed { video, size_bytes, .. } => {
                format!("{} has other content now ({})", self.title(*video), size(*size_bytes))
            }
            Video::Vanished { video } => format!("{} is missing", self.title(*video)),
            Video::Returned { video, root, path, .. } => {
                format!("{} is there: {}", self.title(*video), quoted(&place(root, path)))
            }
            Video::Dated { video, added_at_ms } => format!("{} was added {}", self.title(*video), date(*added_at_ms)),
            Video::Forgotten { video } => format!("{} was given up for good", self.title(*video)),
        }
    }

    fn rating(&self, event: &Rating) -> String {
        let (video, now) = match event {
            Rating::Given { video, stars } => (*video, drawn(*stars)),
            Rating::Cleared { video } => (*video, "no rating".to_owned()),
        };
        let before = self.stars.get(&video).map_or(String::new(), |stars| format!("{} → ", drawn(*stars)));
        format!("{} was rated {before}{now}", self.title(video))
    }

    fn tag(&self, event: &Tag) -> String {
        match event {
            Tag::Added { video, tag } => format!("{} was tagged #{tag}", self.title(*video)),
            Tag::Removed { video, tag } => format!("{} lost the tag #{tag}", self.title(*video)),
            Tag::Renamed { from, to } => format!("the tag #{from} → #{to}"),
            Tag::Merged { from, into } => format!("the tag #{from} was merged into #{into}"),
        }
    }

    fn playlist(&self, event: &Playlist) -> String {
        let list = |playlist: &PlaylistId| match self.lists.get(playlist) {
            Some(name) => quoted(name),
            None => format!("playlist {playlist}"),
        };
        match event {
            Playlist::Created { name, .. } => format!("the playlist {} was made", quoted(name.as_str())),
            Playlist::Renamed { playlist, name } => {
                format!("the playlist {} → {}", list(playlist), quoted(name.as_str()))
            }
            Playlist::Described { playlist, description } => {
                format!("the playlist {} is described: {}", list(playlist), quoted(description))
            }
            Playlist::ItemAdded { playlist, video, .. } => {
                format!("{} was put on {}", self.title(*video), list(playlist))
            }
            Playlist::ItemRemoved { playlist, item } => format!("entry {item} was taken off {}", list(playlist)),
            Playlist::ItemMoved { playlist, item, index } => {
                format!("entry {item} of {} is now number {}", list(playlist), u64::from(*index) + 1)
            }
            Playlist::Deleted { playlist } => format!("the playlist {} was deleted", list(playlist)),
        }
    }

    fn image(&self, event: &Image) -> String {
        match event {
            Image::Found { image, root, path, .. } if root.is_empty() => {
                format!("the image {} is known from a record, without a file (image {image})", name(path))
            }
            Image::Found { image, root, path, size_bytes, .. } => {
                format!("the image {} was found (image {image}, {})", quoted(&place(root, path)), size(*size_bytes))
            }
            Image::Changed { image, size_bytes, .. } => {
                format!("{} has other content now ({})", self.picture(*image), size(*size_bytes))
            }
            Image::Moved { image, root, path } => {
                format!("{} moved → {}", self.picture(*image), quoted(&place(root, path)))
            }
            Image::Vanished { image } => format!("{} is missing", self.picture(*image)),
            Image::Returned { image, root, path, .. } => {
                format!("{} is there: {}", self.picture(*image), quoted(&place(root, path)))
            }
            Image::Favored { image } => format!("{} became a favorite", self.picture(*image)),
            Image::Unfavored { image } => format!("{} is no longer a favorite", self.picture(*image)),
        }
    }

    fn group(&self, event: &Group) -> String {
        let known = |group: &GroupId| match self.groups.get(group) {
            Some(name) => quoted(name),
            None => group.to_string(),
        };
        match event {
            Group::Created { name, .. } => format!("the group {} was made", quoted(name.as_str())),
            Group::Renamed { group, name } => format!("the group {} → {}", known(group), quoted(name.as_str())),
            Group::CoverSet { group, image } => {
                format!("{} is the cover of the group {}", self.picture(*image), known(group))
            }
            Group::ImageAdded { group, image } => {
                format!("{} was put into the group {}", self.picture(*image), known(group))
            }
            Group::ImageRemoved { group, image } => {
                format!("{} was taken out of the group {}", self.picture(*image), known(group))
            }
            Group::Deleted { group } => format!("the group {} was deleted", known(group)),
        }
    }

    fn picture(&self, image: ImageId) -> String {
        match self.images.get(&image) {
            Some(path) => format!("the image {}", name(path)),
            None => format!("image {image}"),
        }
    }

    fn title(&self, video: VideoId) -> String {
        match self.places.get(&video) {
            Some((_, path)) => quoted(&path.title()),
            None => format!("video {video}"),
        }
    }
}

fn quoted(text: &str) -> String {
    format!("“{}”", one_line(text))
}

/// File names may hold line breaks and worse; a terminal must not see them.
fn one_line(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { '\u{FFFD}' } else { letter }).collect()
}

fn name(path: &MediaPath) -> String {
    quoted(&path.as_path().to_string_lossy())
}

fn place(root: &RootPath, path: &MediaPath) -> String {
    root.as_path().join(path.as_path()).to_string_lossy().into_owned()
}

fn drawn(stars: Stars) -> String {
    "★".repeat(usize::from(stars.get()))
}

fn times(count: u64) -> String {
    if count == 1 { "once".to_owned() } else { format!("{count} times") }
}

fn clock(ms: u64) -> String {
    let seconds = ms / 1000;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

fn date(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms)
        .map_or_else(|_| format!("at {ms} ms"), |at| at.strftime("%Y-%m-%d").to_string())
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        1_000_000..1_000_000_000 => format!("{} MB", bytes / 1_000_000),
        1_000_000_000.. => format!("{}.{} GB", bytes / 1_000_000_000, bytes / 100_000_000 % 10),
    }
}

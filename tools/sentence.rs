//! Events as sentences for people: the one place that says an event in words, for `tools log` and the pages.
//!
//! A sentence is a list of [`Part`]s, so that a page can make links of those that have a page of their own; as text
//! it is one line. What was known before the event is answered by [`Before`], from wherever that is at hand. Who did
//! it and when is not part of the sentence.

mod images;
mod memory;
#[cfg(test)]
mod tests;
mod words;

pub(crate) use memory::Memory;

use crate::report::count;
use events::event::{Favorite, Import, Maintenance, Playback, Playlist, Rating, Tag, Thumbnail, Video, View};
use events::values::ItemId;
use events::wire::kind_name;
use events::{Cause, Event, GroupId, ImageId, PlaylistId, Recorded, Stars, TagName, VideoId};
use jiff::tz::TimeZone;
use std::fmt;
use words::{clock, date, drawn, one_line, path_of, place, quoted, size, times};

/// What was known before an event. What is not known, or no longer at hand, is left out of the sentence.
pub trait Before {
    /// Where the file of the video was: folder and path.
    fn place(&self, video: VideoId) -> Option<String>;
    /// The title of the video.
    fn title(&self, video: VideoId) -> Option<String>;
    /// Its rating; nothing as well if it had none.
    fn stars(&self, video: VideoId) -> Option<Stars>;
    /// When it was added, ms since the epoch.
    fn added_at_ms(&self, video: VideoId) -> Option<i64>;
    /// Where in the film its chosen cover is from, in ms; nothing as well if none was chosen.
    fn cover_ms(&self, video: VideoId) -> Option<u64>;
    /// The name of the playlist.
    fn playlist(&self, playlist: PlaylistId) -> Option<String>;
    /// What the playlist was described as; nothing as well for no words.
    fn description(&self, playlist: PlaylistId) -> Option<String>;
    /// The video that this entry of the playlist shows.
    fn item(&self, playlist: PlaylistId, item: ItemId) -> Option<VideoId>;
    /// The path of the image below its folder.
    fn image(&self, image: ImageId) -> Option<String>;
    /// The name of the group of images.
    fn group(&self, group: GroupId) -> Option<String>;
    /// Where days begin.
    fn zone(&self) -> TimeZone;
}

/// What a batch was as a whole, by one of its records; the first of an import names its source.
#[must_use]
pub fn occasion(any: &Recorded) -> String {
    match (&any.event, any.cause) {
        (Event::Import(Import::Started { source }), _) => {
            format!("Import of {}", one_line(source).chars().take(SOURCE_MAX).collect::<String>())
        }
        (_, Cause::Import) => "Import".to_owned(),
        (_, Cause::Undo) => "Undo".to_owned(),
        (_, Cause::Scan) => "A look at the folders".to_owned(),
        (_, Cause::Worker) => "Background work".to_owned(),
        (_, Cause::Tool) => "Maintenance".to_owned(),
        (_, Cause::Viewer | Cause::Api) => "One action".to_owned(),
    }
}

/// How many characters of the source of an import are shown.
const SOURCE_MAX: usize = 200;

/// A piece of a sentence. Names are on one line: those of files may hold line breaks and worse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Plain words, with the spaces around them.
    Text(String),
    /// A video, and what it is called.
    Video(VideoId, Option<String>),
    /// A tag.
    Tag(TagName),
    /// A playlist, and what it is called.
    Playlist(PlaylistId, Option<String>),
    /// An image, and its path.
    Image(ImageId, Option<String>),
    /// A group of images, and what it is called.
    Group(GroupId, Option<String>),
    /// A rating, and the one before it; nothing for none, or for one that is not known.
    Stars {
        /// What it was.
        before: Option<Stars>,
        /// What it is now.
        now: Option<Stars>,
    },
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Video(_, Some(name)) | Self::Playlist(_, Some(name)) | Self::Group(_, Some(name)) => {
                f.write_str(&quoted(name))
            }
            Self::Video(video, None) => write!(f, "video {video}"),
            Self::Tag(tag) => write!(f, "#{tag}"),
            Self::Playlist(playlist, None) => write!(f, "playlist {playlist}"),
            Self::Image(_, Some(path)) => write!(f, "the image {}", quoted(path)),
            Self::Image(image, None) => write!(f, "image {image}"),
            Self::Group(group, None) => group.fmt(f),
            Self::Stars { before, now } => {
                if let Some(stars) = before {
                    write!(f, "{} → ", drawn(*stars))?;
                }
                f.write_str(&now.map_or_else(|| "no rating".to_owned(), drawn))
            }
        }
    }
}

/// What an event says, without who and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// Its pieces, in order.
    pub parts: Vec<Part>,
}

impl fmt::Display for Sentence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parts.iter().try_for_each(|part| part.fmt(f))
    }
}

impl Sentence {
    /// What `event` says to somebody who knows what was `before`.
    #[must_use]
    pub fn of(event: &Event, before: &impl Before) -> Self {
        let known = Known(before);
        match event {
            Event::Video(video) => known.video_event(video),
            Event::Rating(rating) => known.rating(rating),
            Event::Favorite(Favorite::Added { video }) => known.about(*video).say(" became a favorite"),
            Event::Favorite(Favorite::Removed { video }) => known.about(*video).say(" is no longer a favorite"),
            Event::View(view) => known.view(view),
            Event::Playback(Playback::Paused { video, position_ms }) => {
                known.about(*video).say(format!(" was left at {}", clock(*position_ms)))
            }
            Event::Playback(Playback::Finished { video }) => known.about(*video).say(" was watched to the end"),
            Event::Tag(tag) => known.tag(tag),
            Event::Playlist(list) => known.playlist_event(list),
            Event::Thumbnail(thumbnail) => known.thumbnail(thumbnail),
            Event::Import(Import::Started { source }) => text(format!("an import of {} began", one_line(source))),
            Event::Import(Import::Finished { accepted, unchanged, rejected }) => {
                text(format!("the import ended: {accepted} new, {unchanged} known, {rejected} rejected"))
            }
            Event::Maintenance(event) => maintenance(event),
            Event::Image(image) => known.image_event(image),
            Event::Group(group) => known.group_event(group),
            Event::Redacted(_) if kind_name(event).starts_with("playback.") => {
                text("a place in a video that was forgotten")
            }
            Event::Redacted(_) => text("a viewing that was forgotten"),
        }
    }

    fn with(mut self, part: Part) -> Self {
        self.parts.push(part);
        self
    }

    fn say(self, words: impl Into<String>) -> Self {
        self.with(Part::Text(words.into()))
    }
}

/// A sentence that begins with these words.
fn text(words: impl Into<String>) -> Sentence {
    Sentence { parts: vec![Part::Text(words.into())] }
}

/// What became of a task, in the words of whoever carried it out.
fn maintenance(event: &Maintenance) -> Sentence {
    let (task, how, summary) = match event {
        Maintenance::Done { task, summary } => (task, "", summary),
        Maintenance::Failed { task, summary } => (task, " failed", summary),
        Maintenance::Cancelled { task, summary } => (task, " was cancelled", summary),
    };
    text(format!("{}{how}: {}", one_line(task), one_line(summary)))
}

/// What was known before, as parts of sentences.
struct Known<'a, B>(&'a B);

impl<B: Before> Known<'_, B> {
    fn video(&self, video: VideoId) -> Part {
        Part::Video(video, self.0.title(video).map(|title| one_line(&title)))
    }

    /// A sentence that begins with this video.
    fn about(&self, video: VideoId) -> Sentence {
        Sentence { parts: vec![self.video(video)] }
    }

    fn playlist(&self, playlist: PlaylistId) -> Part {
        Part::Playlist(playlist, self.0.playlist(playlist))
    }

    fn image(&self, image: ImageId) -> Part {
        Part::Image(image, self.0.image(image).map(|path| one_line(&path)))
    }

    fn picture(&self, image: ImageId) -> Sentence {
        Sentence { parts: vec![self.image(image)] }
    }

    fn group(&self, group: GroupId) -> Part {
        Part::Group(group, self.0.group(group))
    }

    fn thumbnail(&self, event: &Thumbnail) -> Sentence {
        let about = self.about(event.video());
        match event {
            Thumbnail::Made { decoder, position_ms, .. } => {
                about.say(format!(" got a cover, from {} ({decoder})", clock(*position_ms)))
            }
            Thumbnail::Failed { stage, reason, decoder, .. } => {
                about.say(format!(" got no cover: {decoder} failed to {stage}: {}", one_line(reason)))
            }
            Thumbnail::StoryboardMade { layout, decoder, .. } => {
                about.say(format!(" got a storyboard of {} ({decoder})", count(u64::from(layout.tiles), "picture")))
            }
            Thumbnail::StoryboardFailed { reason, decoder, .. } => {
                about.say(format!(" got no storyboard: {decoder} failed: {}", one_line(reason)))
            }
            Thumbnail::Chosen { video, position_ms } => {
                let before = self.0.cover_ms(*video).map_or_else(String::new, |ms| format!("{} → ", clock(ms)));
                text(format!("the picture at {before}{} was chosen as the cover of ", clock(*position_ms)))
                    .with(self.video(*video))
            }
            Thumbnail::Automatic { video } => {
                text("the cover of ").with(self.video(*video)).say(" is chosen by the program again")
            }
            Thumbnail::Retried { video } => {
                text("the pictures of ").with(self.video(*video)).say(" are to be tried again")
            }
        }
    }

    fn video_event(&self, event: &Video) -> Sentence {
        let called =
            |video: &VideoId, name: String| Sentence { parts: vec![Part::Video(*video, Some(one_line(&name)))] };
        match event {
            Video::Found { video, root, path, .. } if root.is_empty() => {
                called(video, path_of(path)).say(format!(" is known from a record, without a file (video {video})"))
            }
            Video::Found { video, root, path, size_bytes, .. } => {
                called(video, place(root, path)).say(format!(" was found (video {video}, {})", size(*size_bytes)))
            }
            Video::Probed { video, duration_ms, width, height, .. } => {
                self.about(*video).say(format!(" is {} long, {width}×{height}", clock(*duration_ms)))
            }
            Video::Moved { video, root, path, .. } => {
                let before = self.0.place(*video).map(|place| one_line(&place));
                Sentence { parts: vec![Part::Video(*video, before)] }
                    .say(format!(" moved → {}", quoted(&one_line(&place(root, path)))))
            }
            Video::Changed { video, size_bytes, .. } => {
                self.about(*video).say(format!(" has other content now ({})", size(*size_bytes)))
            }
            Video::Vanished { video } => self.about(*video).say(" is missing"),
            Video::Returned { video, root, path, .. } => {
                self.about(*video).say(format!(" is there: {}", quoted(&one_line(&place(root, path)))))
            }
            Video::Dated { video, added_at_ms } => {
                let day = |at_ms| date(at_ms, &self.0.zone());
                let before = self.0.added_at_ms(*video).map(day).map_or_else(String::new, |day| format!("{day} → "));
                self.about(*video).say(format!(" was added {before}{}", day(*added_at_ms)))
            }
            Video::Forgotten { video } => self.about(*video).say(" was given up for good"),
            Video::Remembered { video } => self.about(*video).say(" is known again"),
        }
    }

    fn rating(&self, event: &Rating) -> Sentence {
        match event {
            Rating::Given { video, stars } => {
                let (before, now) = (self.0.stars(*video), Some(*stars));
                self.about(*video).say(" was rated ").with(Part::Stars { before, now })
            }
            Rating::Cleared { video } => match self.0.stars(*video) {
                before @ Some(_) => {
                    self.about(*video).say(" lost its rating: ").with(Part::Stars { before, now: None })
                }
                None => self.about(*video).say(" lost its rating"),
            },
        }
    }

    fn view(&self, event: &View) -> Sentence {
        let corrected = |video| text("the time when ").with(self.video(video)).say(" was last watched was corrected");
        match event {
            View::Started { video } => self.about(*video).say(" was watched"),
            // No views at all: only when the last one was is another.
            View::Counted { video, total: 0, .. } | View::Withdrawn { video, views: 0, .. } => corrected(*video),
            View::Counted { video, total, .. } => {
                self.about(*video).say(format!(" had been watched {} elsewhere", times(*total)))
            }
            View::Withdrawn { video, views: 1, .. } => {
                text("a view of ").with(self.video(*video)).say(" was taken back")
            }
            View::Withdrawn { video, views, .. } => {
                text(format!("{views} views of ")).with(self.video(*video)).say(" were taken back")
            }
            View::RolledUp { video, hours, .. } => {
                let views = hours.iter().map(|hour| u64::from(hour.count)).fold(0, u64::saturating_add);
                self.about(*video).say(format!(" was watched {}", times(views)))
            }
        }
    }

    fn tag(&self, event: &Tag) -> Sentence {
        let tag = |tag: &TagName| Part::Tag(tag.clone());
        match event {
            Tag::Added { video, tag: added } => self.about(*video).say(" was tagged ").with(tag(added)),
            Tag::Removed { video, tag: removed } => self.about(*video).say(" lost the tag ").with(tag(removed)),
            Tag::Renamed { from, to } => text("the tag ").with(tag(from)).say(" → ").with(tag(to)),
            Tag::Merged { from, into } => text("the tag ").with(tag(from)).say(" was merged into ").with(tag(into)),
        }
    }

    fn playlist_event(&self, event: &Playlist) -> Sentence {
        let called = |list: &PlaylistId, name: &str| Part::Playlist(*list, Some(name.to_owned()));
        let entry = |playlist, item: &ItemId| match self.0.item(playlist, *item) {
            Some(video) => self.about(video),
            None => text("a video"),
        };
        match event {
            Playlist::Created { playlist, name } => {
                text("the playlist ").with(called(playlist, name.as_str())).say(" was made")
            }
            Playlist::Renamed { playlist, name } => {
                text("the playlist ").with(self.playlist(*playlist)).say(" → ").with(called(playlist, name.as_str()))
            }
            Playlist::Described { playlist, description } => {
                let before = self.0.description(*playlist).filter(|before| !before.is_empty());
                let before = before.map_or_else(String::new, |before| format!("{} → ", quoted(&one_line(&before))));
                text("the playlist ")
                    .with(self.playlist(*playlist))
                    .say(format!(" is described: {before}{}", quoted(&one_line(description))))
            }
            Playlist::ItemAdded { playlist, video, .. } => {
                self.about(*video).say(" was put on ").with(self.playlist(*playlist))
            }
            Playlist::ItemRemoved { playlist, item } => {
                entry(*playlist, item).say(" was taken off ").with(self.playlist(*playlist))
            }
            Playlist::ItemMoved { playlist, item, index } => entry(*playlist, item)
                .say(" of ")
                .with(self.playlist(*playlist))
                .say(format!(" is now number {}", u64::from(*index) + 1)),
            Playlist::Deleted { playlist } => text("the playlist ").with(self.playlist(*playlist)).say(" was deleted"),
        }
    }
}

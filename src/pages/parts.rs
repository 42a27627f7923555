//! View models that several pages share: the card of a video, the pager, and what stands where nothing is.

use super::address::{Address, Layout};
use super::picture::{self, Cover};
use crate::thumbnails::placeholder::{hue, initials};
use crate::web::human::{plain, segment};
use events::{VideoId, container};
use projections::{Progress, State, Video};
use serde::Serialize;

/// How many tags a card shows.
const CARD_TAGS: usize = 3;

/// A video in a list.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
pub(super) struct Card {
    pub(super) id: u32,
    /// Its page, and where the link to it was found.
    pub(super) href: String,
    pub(super) title: String,
    pub(super) initials: String,
    pub(super) hue: u32,
    /// What is shown instead of those, if there is a picture.
    pub(super) cover: Option<Cover>,
    /// Why there is no picture, if it could not be made.
    pub(super) no_cover: Option<String>,
    /// A picture is still to be made.
    pub(super) waits: bool,
    /// There are small pictures from all over it.
    pub(super) board: bool,
    /// 0 for not rated.
    pub(super) stars: u8,
    pub(super) favorite: bool,
    pub(super) views: u64,
    pub(super) tags: Vec<String>,
    pub(super) more_tags: usize,
    pub(super) duration_ms: Option<u64>,
    pub(super) resolution: Option<&'static str>,
    /// How much of it was played when somebody stopped, in percent; 0 when nobody did.
    pub(super) progress: u8,
    /// Somebody played it to the end.
    pub(super) watched: bool,
    /// What a list has room for and a grid has not.
    pub(super) facts: Option<Facts>,
}

/// The file of a video, and what a browser has to know of it to choose how to play it.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
pub(super) struct File {
    /// Its bytes.
    pub(super) media: String,
    /// Its media type, by its name.
    pub(super) mime: &'static str,
    /// The codecs of picture and sound; empty while nobody has looked into it, or where there is none.
    pub(super) picture: String,
    pub(super) sound: String,
    /// The media type of its streams in an MP4, if browsers play them there.
    pub(super) remux: Option<String>,
    /// The codec of sound that has to be left out of that.
    pub(super) left: Option<String>,
    pub(super) duration_ms: Option<u64>,
}

impl File {
    pub(super) fn of(video: &Video) -> Self {
        let (picture, sound) = (video.video_codec.to_string(), video.audio_codec.to_string());
        let remux = av::remux::media_type(&picture, &sound);
        Self {
            media: format!("/media/{}/{}", video.id, segment(&video.path.file_name())),
            mime: container::by_extension(&video.path.extension()).map_or("", |container| container.mime),
            left: remux.as_ref().and_then(|(_, left)| left.then(|| sound.clone())),
            remux: remux.map(|(mime, _)| mime),
            picture,
            sound,
            duration_ms: video.duration_ms,
        }
    }
}

/// What a card says when there is room.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
pub(super) struct Facts {
    /// The folder it is in, below that of the library; empty if it is not in one.
    pub(super) folder: String,
    pub(super) size_bytes: u64,
    pub(super) added_at_ms: i64,
    pub(super) last_viewed_at_ms: Option<i64>,
}

impl Facts {
    fn of(state: &State, video: &Video) -> Self {
        let folder = video.path.as_path().parent();
        Self {
            folder: folder.map_or_else(String::new, |folder| folder.display().to_string()),
            size_bytes: video.size_bytes,
            added_at_ms: video.added_at_ms,
            last_viewed_at_ms: state.views().get(video.id).last_viewed_at_ms,
        }
    }
}

impl Card {
    pub(super) fn of(state: &State, video: &Video) -> Self {
        let (progress, watched) = progress(state, video);
        let tags = state.tags().of(video.id);
        let title = title(video);
        Self {
            id: video.id.get(),
            href: format!("/watch/{}", video.id),
            initials: initials(&title),
            title,
            hue: hue(video.id),
            cover: Cover::of(state, video),
            no_cover: picture::failure(state, video.id).map(|failure| failure.reason.clone()),
            waits: picture::waits(state, video),
            board: state.thumbnails().sheet(video.id).is_some(),
            stars: state.ratings().get(video.id).map_or(0, |rated| rated.stars.get()),
            favorite: state.favorites().contains(video.id),
            views: state.views().get(video.id).count,
            more_tags: tags.len().saturating_sub(CARD_TAGS),
            tags: tags.into_iter().take(CARD_TAGS).map(|tag| tag.as_str().to_owned()).collect(),
            duration_ms: video.duration_ms,
            resolution: resolution(video.width, video.height),
            progress,
            watched,
            facts: None,
        }
    }

    /// The cards of these videos.
    pub(super) fn all(state: &State, ids: &[VideoId]) -> Vec<Self> {
        Self::listed(state, ids, "", Layout::Grid)
    }

    /// The cards of these videos of the list that `from` names, see [`Address::to_from`].
    pub(super) fn listed(state: &State, ids: &[VideoId], from: &str, layout: Layout) -> Vec<Self> {
        let card = |video| {
            let mut card = Self::of(state, video);
            card.href.push_str(from);
            Self { facts: (layout == Layout::List).then(|| Facts::of(state, video)), ..card }
        };
        ids.iter().filter_map(|id| state.videos().get(*id)).map(card).collect()
    }
}

/// How much of it was played in percent, and whether all of it was. A place near the start shows as something, one near
/// the end not as all.
fn progress(state: &State, video: &Video) -> (u8, bool) {
    match (state.playback().get(video.id), video.duration_ms) {
        (Some(Progress::Finished { .. }), _) => (0, true),
        (Some(Progress::Paused { position_ms, .. }), Some(duration_ms)) if position_ms > 0 && duration_ms > 0 => {
            let percent = u128::from(position_ms) * 100 / u128::from(duration_ms);
            (u8::try_from(percent).unwrap_or(u8::MAX).clamp(1, 99), false)
        }
        (Some(Progress::Paused { .. }) | None, _) => (0, false),
    }
}

/// What people call a picture of this many pixels, cropped or upright as it may be; nothing for what nobody would boast of.
fn resolution(width: u32, height: u32) -> Option<&'static str> {
    const NAMES: [(u32, u32, &str); 5] =
        [(7600, 4300, "8K"), (3800, 2100, "4K"), (2500, 1400, "1440p"), (1800, 1000, "1080p"), (1200, 700, "720p")];
    let (long, short) = (width.max(height), width.min(height));
    NAMES.into_iter().find(|(least, most, _)| long >= *least || short >= *most).map(|(.., name)| name)
}

/// What people call the video.
pub(crate) fn title(video: &Video) -> String {
    plain(&video.title())
}

/// A tag and how many videos have it.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
pub(super) struct TagCount {
    pub(super) name: String,
    pub(super) videos: u64,
}

impl TagCount {
    pub(super) fn all(tags: Vec<(&events::TagName, u64)>) -> Vec<Self> {
        tags.into_iter().map(|(name, videos)| Self { name: name.as_str().to_owned(), videos }).collect()
    }
}

/// Where the other pages of a list are.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
pub(super) struct Pager {
    pub(super) previous: Option<String>,
    pub(super) links: Vec<PageLink>,
    pub(super) next: Option<String>,
    pub(super) pages: usize,
    /// Where a form leads that asks for a page by its number, and the fields it takes along; only where there are more
    /// pages than links.
    pub(super) jump: Option<(String, Vec<(&'static str, String)>)>,
}

/// One page of a list.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
pub(super) struct PageLink {
    pub(super) page: usize,
    pub(super) href: String,
    pub(super) current: bool,
    /// Pages before this one are left out.
    pub(super) gap: bool,
}

impl Pager {
    /// The pager of the list at `path` on this `page` of `pages`; nothing when there is only one.
    pub(super) fn of(address: &Address, path: &str, page: usize, pages: usize) -> Option<Self> {
        if pages < 2 {
            return None;
        }
        let href = |page| address.on_page(page).url(path).into_owned();
        let near = page.saturating_sub(1).max(1)..=(page + 1).min(pages);
        let mut links: Vec<PageLink> = Vec::new();
        for number in std::iter::once(1).chain(near).chain([pages]) {
            let last = links.last().map_or(0, |link| link.page);
            if number > last {
                links.push(PageLink {
                    page: number,
                    href: href(number),
                    current: number == page,
                    gap: number > last + 1,
                });
            }
        }
        Some(Self {
            previous: (page > 1).then(|| href(page - 1)),
            next: (page < pages).then(|| href(page + 1)),
            pages,
            jump: (links.len() < pages).then(|| (path.to_owned(), address.list_fields())),
            links,
        })
    }
}

/// What a list says when there is nothing in it: why, and what to do next.
#[derive(Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub(crate) struct Empty {
    pub(crate) icon: &'static str,
    pub(crate) title: String,
    pub(crate) text: String,
    pub(crate) folders: Vec<String>,
    pub(crate) href: Option<String>,
    pub(crate) action: &'static str,
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::super::samples::{after, found, id};
    use super::*;
    use events::Event;
    use events::event::{Playback, Video as Happened};
    use projections::Sort;

    #[test]
    fn a_resolution_is_called_what_people_call_it() {
        let sizes =
            [(1920, 804), (1080, 1920), (1440, 1080), (3840, 1600), (1280, 720), (640, 360), (0, 0), (7680, 4320)];
        let names = sizes.map(|(width, height)| resolution(width, height).unwrap_or("-"));
        assert_eq!(names, ["1080p", "1080p", "1080p", "4K", "720p", "-", "-", "8K"]);
    }

    #[test]
    fn progress_is_a_part_of_the_whole_until_it_was_finished() {
        let shown = |events: &[Event]| {
            let card = Card::all(&after(events), &[id(1)]).pop().unwrap();
            (card.progress, card.watched)
        };
        let paused = |position_ms| Event::Playback(Playback::Paused { video: id(1), position_ms });
        let lasts = |duration_ms| {
            let (video_codec, audio_codec) = Default::default();
            Event::Video(Happened::Probed {
                video: id(1),
                duration_ms,
                width: 0,
                height: 0,
                video_codec,
                audio_codec,
                details: Default::default(),
            })
        };
        assert_eq!(shown(&[found(1, "a.mp4"), paused(5_000)]), (0, false), "of an unknown whole");
        assert_eq!(shown(&[found(1, "a.mp4"), lasts(10_000), paused(5_000)]), (50, false));
        assert_eq!(shown(&[found(1, "a.mp4"), lasts(10_000), paused(10)]), (1, false));
        assert_eq!(shown(&[found(1, "a.mp4"), lasts(10_000), paused(u64::MAX)]), (99, false));
        let finished = Event::Playback(Playback::Finished { video: id(1) });
        assert_eq!(shown(&[found(1, "a.mp4"), lasts(10_000), finished]), (0, true));
    }

    fn shape(page: usize, pages: usize) -> String {
        let pager = Pager::of(&Address::usual(Sort::Added), "/", page, pages).unwrap();
        let numbers = pager.links.iter().map(|link| {
            let gap = if link.gap { "… " } else { "" };
            let number = link.page;
            if link.current { format!("{gap}[{number}]") } else { format!("{gap}{number}") }
        });
        numbers.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_pager_names_both_ends_and_the_neighbours() {
        assert!(Pager::of(&Address::usual(Sort::Added), "/", 1, 1).is_none());
        assert_eq!(shape(1, 2), "[1] 2");
        assert_eq!(shape(1, 20), "[1] 2 … 20");
        assert_eq!(shape(7, 20), "1 … 6 [7] 8 … 20");
        assert_eq!(shape(20, 20), "1 … 19 [20]");
    }

    #[test]
    fn the_pager_keeps_what_was_chosen() {
        let address = Address::read(Some("sort=title&q=a"), Sort::Added);
        let pager = Pager::of(&address, "/tag/x", 2, 3).unwrap();
        assert_eq!(pager.previous.as_deref(), Some("/tag/x?q=a&sort=title"));
        assert_eq!(pager.next.as_deref(), Some("/tag/x?q=a&sort=title&page=3"));
    }
}

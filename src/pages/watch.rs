//! `GET /watch/{id}`: one video, what is known about it, what comes next, and what it is like.

mod about;
mod asked;
mod queue;

use self::about::{Chapter, Choice, bit_rate, codecs, frame_rate};
use self::asked::Asked;
use self::queue::Queue;
use super::Pages;
use super::parts::{Card, File, TagCount, title};
use super::playlists;
use super::stats::OfVideo;
use super::when::When;
use crate::clock;
use crate::web::error::WebError;
use crate::web::extract;
use axum::extract::{Request, State};
use axum::response::Response;
use events::{VideoId, container};
use projections::{Presence, Video};
use serde::Serialize;

/// How many related videos there are at most.
const RELATED: usize = 20;
/// How many tags the page itself offers to complete from.
const KNOWN_TAGS: usize = 50;
/// How many of them a page shows.
const RELATED_PER_PAGE: usize = 12;

/// The page of a video.
///
/// # Errors
/// 404 when there never was a video with this id, or somebody said it is gone for good; 400 for a moment that makes no
/// sense.
pub async fn show(
    State(pages): State<Pages>,
    extract::Video(id): extract::Video,
    when: When,
    request: Request,
) -> Result<Response, WebError> {
    let unknown = || match when.past() {
        Some(past) => WebError::not_found(format!("There was no such video {}.", past.spoken())),
        None => WebError::not_found("There is no video at this address."),
    };
    let asked = Asked::read(request.uri().query()).seen_at(&when);
    let url = asked.url(id);
    pages
        .show_at(&when, &request, &asked.kept_as(&url), "watch.html", |state| {
            let video = state.videos().get(id).filter(|video| video.presence != Presence::Forgotten);
            let watch = video.map(|video| Watch::of(state, video, &asked)).ok_or_else(unknown)?;
            Ok(if when.past().is_some() { watch.playing(when.live().videos().get(id)) } else { watch })
        })
        .await
}

#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
struct Watch {
    title: String,
    section: &'static str,
    q: &'static str,
    id: u32,
    heading: String,
    file: File,
    /// Where to begin, in ms.
    start_ms: u64,
    /// Whether that is where somebody stopped, and not what the address asks for.
    resumed: bool,
    format: String,
    plays_in_browser: bool,
    missing: Option<Missing>,
    cover: Card,
    stars: u8,
    favorite: bool,
    views: u64,
    tags: Vec<String>,
    known_tags: Vec<TagCount>,
    playlists: Vec<playlists::Choice>,
    duration_ms: Option<u64>,
    resolution: Option<String>,
    frame_rate: Option<String>,
    bit_rate: Option<String>,
    codecs: Option<String>,
    recorded_at_ms: Option<i64>,
    chapters: Vec<Chapter>,
    /// Whose choice the cover is; nothing to choose while the file is missing.
    choice: Option<Choice>,
    size_bytes: u64,
    added_at_ms: i64,
    last_viewed_at_ms: Option<i64>,
    path: String,
    numbers: OfVideo,
    queue: Option<Queue>,
    related: Vec<Card>,
    pager: Vec<Turn>,
}

/// A page of related videos.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
struct Turn {
    page: usize,
    href: String,
    current: bool,
}

/// Why the video cannot be played.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
struct Missing {
    headline: &'static str,
    since_at_ms: Option<i64>,
    text: &'static str,
}

impl Watch {
    fn of(state: &projections::State, video: &Video, asked: &Asked) -> Self {
        let resume_ms = state.playback().resume_ms(video.id);
        let card = Card::of(state, video);
        let extension = video.path.extension();
        let container = container::by_extension(&extension);
        let title = title(video);
        let tags: Vec<String> = state.tags().of(video.id).into_iter().map(|tag| tag.as_str().to_owned()).collect();
        let mut known_tags = TagCount::all(state.tags().popular(KNOWN_TAGS));
        let related = state.related(video.id, RELATED);
        let related: Vec<&[VideoId]> = related.chunks(RELATED_PER_PAGE).collect();
        let page = if asked.page <= related.len() { asked.page } else { 1 };
        let turn = |number| Turn {
            page: number,
            href: format!("{}#related", asked.on_page(number).url(video.id)),
            current: number == page,
        };
        known_tags.retain(|known| !tags.contains(&known.name));
        Self {
            title: title.clone(),
            section: "watch",
            q: "",
            id: video.id.get(),
            heading: title,
            file: File::of(video),
            start_ms: asked.start_s.map_or(resume_ms, |seconds| u64::from(seconds) * 1000),
            resumed: asked.start_s.is_none() && resume_ms > 0,
            format: container.map_or_else(|| extension.to_uppercase(), |container| container.name.to_owned()),
            plays_in_browser: container.is_some_and(|container| container.plays_in_browser),
            missing: missing(video),
            stars: card.stars,
            favorite: card.favorite,
            views: card.views,
            tags,
            known_tags,
            playlists: playlists::choices(state),
            duration_ms: video.duration_ms,
            resolution: (video.width > 0 && video.height > 0).then(|| format!("{} × {}", video.width, video.height)),
            frame_rate: frame_rate(&video.details),
            bit_rate: bit_rate(&video.details),
            codecs: codecs(video),
            recorded_at_ms: video.details.created_at_ms,
            chapters: Chapter::all(video, asked),
            choice: video.present().then(|| Choice::of(state, video.id)),
            size_bytes: video.size_bytes,
            added_at_ms: video.added_at_ms,
            last_viewed_at_ms: state.views().get(video.id).last_viewed_at_ms,
            path: video.root.as_path().join(video.path.as_path()).display().to_string(),
            numbers: OfVideo::of(state, video.id, &clock::zone()),
            queue: Queue::of(state, video.id, &asked.origin),
            related: Card::all(state, related.get(page - 1).copied().unwrap_or_default()),
            pager: if related.len() > 1 { (1..=related.len()).map(turn).collect() } else { Vec::new() },
            cover: card,
        }
    }
}

impl Watch {
    /// The same page, playing the file that there is `today`: what is in files is never taken back.
    fn playing(self, today: Option<&Video>) -> Self {
        let Some(video) = today.filter(|video| video.present()) else {
            let missing = Missing {
                headline: "There is no file to play today",
                since_at_ms: None,
                text: "What was known of the video then is kept.",
            };
            return Self { missing: Some(missing), ..self };
        };
        let container = container::by_extension(&video.path.extension());
        Self {
            file: File::of(video),
            plays_in_browser: container.is_some_and(|container| container.plays_in_browser),
            missing: None,
            ..self
        }
    }
}

fn missing(video: &Video) -> Option<Missing> {
    let Presence::Missing { since_ms } = video.presence else { return None };
    if video.root.is_empty() {
        return Some(Missing {
            headline: "The file of this record has not turned up yet",
            since_at_ms: None,
            text: "Its rating, tags and views were brought in from an older gallery and wait for it.",
        });
    }
    Some(Missing {
        headline: "This file has been missing",
        since_at_ms: Some(since_ms),
        text: "All that is known about it is kept, and it plays again as soon as the file is back.",
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::super::samples::{after, found, id, rated, tagged, vanished, viewed};
    use super::*;
    use events::event;
    use events::{Event, MediaPath, RootPath};
    use projections::State;
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    fn page(state: &State, number: u32) -> Watch {
        asked(state, number, "")
    }

    fn asked(state: &State, number: u32, query: &str) -> Watch {
        Watch::of(state, state.videos().get(id(number)).unwrap(), &Asked::read(Some(query)))
    }

    #[test]
    fn a_page_shows_what_is_known() {
        let probed = event::Video::Probed {
            video: id(1),
            duration_ms: 61_000,
            width: 640,
            height: 360,
            video_codec: "avc1.64001f".to_owned(),
            audio_codec: String::new(),
            details: Default::default(),
        };
        let state = after(&[found(1, "a b.MP4"), Event::Video(probed), rated(1, 4), viewed(1), tagged(1, "sea")]);
        let watch = page(&state, 1);
        assert_eq!((watch.file.media.as_str(), watch.path.as_str()), ("/media/1/a%20b.MP4", "/lib/a b.MP4"));
        assert_eq!((watch.stars, watch.views, watch.last_viewed_at_ms), (4, 1, Some(4000)));
        assert_eq!((watch.resolution.as_deref(), watch.codecs.as_deref()), (Some("640 × 360"), Some("avc1.64001f")));
        assert_eq!((watch.tags.as_slice(), watch.known_tags.len()), (["sea".to_owned()].as_slice(), 0));
        assert!(watch.plays_in_browser && watch.missing.is_none());
    }

    #[test]
    fn playing_goes_on_where_it_stopped_unless_the_address_says_where() {
        let paused = Event::Playback(event::Playback::Paused { video: id(1), position_ms: 754_321 });
        let mut events = vec![found(1, "a.mp4")];
        assert_eq!((page(&after(&events), 1).start_ms, page(&after(&events), 1).resumed), (0, false));
        events.push(paused);
        let state = after(&events);
        let begins = |query| (asked(&state, 1, query).start_ms, asked(&state, 1, query).resumed);
        assert_eq!(begins(""), (754_321, true));
        assert_eq!((begins("t=90"), begins("t=0")), ((90_000, false), (0, false)));
        assert_eq!(begins("t=soon"), (754_321, true), "nonsense counts as not said");
        events.push(Event::Playback(event::Playback::Finished { video: id(1) }));
        assert_eq!(page(&after(&events), 1).start_ms, 0, "what was watched to the end begins at its start");
    }

    #[test]
    fn related_videos_share_a_tag_and_other_tags_are_offered() {
        let state = after(&[
            found(1, "a.mp4"),
            found(2, "b.mp4"),
            found(3, "c.mp4"),
            tagged(1, "x"),
            tagged(3, "X"),
            tagged(2, "y"),
        ]);
        let watch = page(&state, 1);
        assert_eq!(watch.related.iter().map(|card| card.id).collect::<Vec<_>>(), [3]);
        assert_eq!(watch.known_tags.iter().map(|tag| (tag.name.as_str(), tag.videos)).collect::<Vec<_>>(), [("y", 1)]);
    }

    #[test]
    fn related_videos_come_on_two_pages() {
        let events = (1..=30).flat_map(|number| [found(number, &format!("{number}.mp4")), tagged(number, "x")]);
        let state = after(&events.collect::<Vec<_>>());
        let shape = |query: &str| {
            let watch = asked(&state, 1, query);
            let turns = watch.pager.iter().map(|turn| (turn.href.clone(), turn.current)).collect::<Vec<_>>();
            (watch.related.len(), turns)
        };
        let turns =
            |first: bool| vec![("/watch/1#related".to_owned(), first), ("/watch/1?page=2#related".to_owned(), !first)];
        assert_eq!(shape(""), (12, turns(true)));
        assert_eq!(shape("page=2&t=5"), (8, turns(false)));
        for odd in ["page=0", "page=3", "page=x", "page=99999999999999999999"] {
            assert_eq!(shape(odd), (12, turns(true)), "{odd}");
        }
    }

    #[test]
    fn a_missing_file_says_since_when() {
        let state = after(&[found(1, "a.mp4"), rated(1, 5), vanished(1)]);
        let watch = page(&state, 1);
        assert_eq!(watch.missing.unwrap().since_at_ms, Some(3000));
        assert_eq!(watch.stars, 5);
    }

    #[test]
    fn a_record_without_a_file_says_so() {
        let imported = event::Video::Found {
            video: id(1),
            root: RootPath::default(),
            path: MediaPath::new("old.mp4").unwrap(),
            size_bytes: 0,
            modified_at_ms: 0,
            fingerprint: None,
            added_at_ms: 0,
        };
        let watch = page(&after(&[Event::Video(imported)]), 1);
        assert_eq!((watch.missing.unwrap().since_at_ms, watch.path.as_str()), (None, "old.mp4"));
    }

    #[test]
    fn odd_names_become_addresses_that_lead_back_to_them() {
        let names: [&[u8]; 3] = [b"a/50% #1? \"&'.avi", b"a/\n\xff.mp4", "🎬/é.mp4".as_bytes()];
        let medias = ["/media/1/50%25%20%231%3F%20%22%26%27.avi", "/media/1/%0A%EF%BF%BD.mp4", "/media/1/%C3%A9.mp4"];
        for (name, media) in names.into_iter().zip(medias) {
            let file = event::Video::Found {
                video: id(1),
                root: RootPath::new("/lib"),
                path: MediaPath::new(OsStr::from_bytes(name)).unwrap(),
                size_bytes: 1,
                modified_at_ms: 0,
                fingerprint: None,
                added_at_ms: 0,
            };
            assert_eq!(page(&after(&[Event::Video(file)]), 1).file.media, media);
        }
    }
}

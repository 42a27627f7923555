//! A page from the cache is the page that would be drawn now, in every encoding, whatever happened and whoever asks at once.

use crate::support::{Answer, TestApp, answered_by, found, recorded, request, video};
use axum::Router;
use axum::http::{Method, StatusCode};
use events::event::{Favorite, Group, Image, Playback, Playlist, Rating, SheetLayout, Tag, Thumbnail, Video, View};
use events::values::{ContentId, ItemId, Preview};
use events::{
    Event, GroupId, GroupName, GroupSlug, ImageId, MediaPath, PlaylistId, PlaylistName, RootPath, Stars, TagName,
};
use jiff::tz::TimeZone;
use local_video_server::decoder::transcode::Transcoder;
use local_video_server::pages::Pages;
use local_video_server::router::{self, Parts};
use local_video_server::web::edge::Edge;
use local_video_server::web::origin::HostNames;
use local_video_server::web::page_cache::{Counts, PageCache};
use local_video_server::web::templates::Templates;
use projections::{Publisher, State};
use proptest::prelude::*;
use std::io::Read as _;

/// How many videos there are at first; a few more may turn up.
const VIDEOS: u32 = 6;

/// What is asked for: every kind of page that is kept. Of the past, too: positions and days.
const ADDRESSES: [&str; 24] = [
    "/",
    "/?sort=title&per_page=30",
    "/?view=list&sort=views",
    "/?sort=random&seed=3",
    "/favorites",
    "/popular",
    "/best-of",
    "/search?q=film",
    "/search?q=filn+sea",
    "/tags",
    "/tags?q=s",
    "/tag/sea",
    "/tag/Sun",
    "/tags/rename?from=sea&to=sun",
    "/playlists",
    "/playlists/1",
    "/images",
    "/images/groups/harbour",
    "/history/stats?last=all",
    "/watch/1",
    "/watch/2?from=%2Ftag%2Fsea",
    "/watch/3?from=%2Fplaylists%2F1",
    "/?at=3",
    "/watch/1?at=5",
];

const ENCODINGS: [&str; 5] = ["", "gzip", "br", "zstd", "identity;q=0, gzip;q=0.5, br"];

/// The same gallery twice: one keeps its pages, the other has never drawn one.
struct Twins {
    app: TestApp,
    publisher: Publisher,
    base: State,
    pages: Pages,
    nothing_kept: Pages,
    kept: Edge<Router>,
    fresh: Edge<Router>,
}

impl Twins {
    fn new() -> Self {
        let films = (1..=VIDEOS).map(|number| found(number, &format!("film {number}.mp4")));
        let app = TestApp::given(films.chain([tagged(1, "sea"), tagged(2, "sea"), created(1)]).collect::<Vec<_>>());
        let base = State::clone(&app.state());
        let publisher = Publisher::new(base.clone());
        let drawn = |cache| {
            let Parts { assets, library, writer, .. } = app.parts();
            let (live, moments) = (publisher.live(), writer.feed().moments().clone());
            let templates = Templates::new(TimeZone::system(), assets).expect("templates");
            Pages::new(live, moments, templates, cache, library, None, Transcoder::find().is_there())
        };
        let gallery = |pages: &Pages| {
            let parts = Parts { live: publisher.live(), pages: pages.clone(), ..app.parts() };
            router::gallery(parts, HostNames::default())
        };
        let (pages, nothing_kept) = (drawn(PageCache::default()), drawn(PageCache::new(0)));
        let (kept, fresh) = (gallery(&pages), gallery(&nothing_kept));
        Self { app, publisher, base, pages, nothing_kept, kept, fresh }
    }

    /// From here on it is known that this happened.
    fn publish(&self, state: &mut State, event: Event) {
        state.apply(&recorded(state.pos() + 1, event));
        self.publisher.publish(state.clone());
    }

    /// Asks both, and compares.
    async fn look(&self, address: &str, encoding: &str, known: &mut String) -> Result<(), TestCaseError> {
        let headers = [("accept", "text/html"), ("accept-encoding", encoding), ("if-none-match", &**known)];
        let kept = answered_by(self.kept.clone(), request(Method::GET, address, &headers, "")).await;
        let drawn = answered_by(self.fresh.clone(), request(Method::GET, address, &headers[..1], "")).await;
        prop_assert_eq!(kept.header("etag"), drawn.header("etag"), "{}", address);
        if kept.status == StatusCode::NOT_MODIFIED {
            prop_assert_eq!(&**known, drawn.header("etag"), "{}", address);
            return Ok(());
        }
        prop_assert_eq!(kept.status, drawn.status, "{}", address);
        prop_assert!(drawn.status.is_client_error() || unpacked(&kept) == drawn.body, "{address} as {encoding:?}");
        *known = kept.header("etag").to_owned();
        Ok(())
    }
}

/// The body of an answer as it was before it was compressed.
fn unpacked(answer: &Answer) -> Vec<u8> {
    let mut plain = Vec::new();
    match answer.header("content-encoding") {
        "br" => drop(brotli::Decompressor::new(&*answer.body, 4096).read_to_end(&mut plain).expect("brotli")),
        "gzip" => drop(flate2::read::GzDecoder::new(&*answer.body).read_to_end(&mut plain).expect("gzip")),
        "zstd" => plain = zstd::decode_all(&*answer.body).expect("zstd"),
        _ => plain.clone_from(&answer.body),
    }
    plain
}

fn tagged(number: u32, tag: &str) -> Event {
    Event::Tag(Tag::Added { video: video(number), tag: TagName::new(tag).expect("a tag") })
}

fn created(number: u32) -> Event {
    let (playlist, name) = (PlaylistId::new(number).expect("a number"), format!("List {number}"));
    Event::Playlist(Playlist::Created { playlist, name: PlaylistName::new(&name).expect("a name") })
}

/// Something that happens; a few of them make no sense, which changes nothing.
fn event() -> impl Strategy<Value = Event> {
    let video = || (1..VIDEOS + 3).prop_map(video);
    let tag =
        || prop::sample::select(vec!["sea", "Sun", "SEA", "film"]).prop_map(|tag| TagName::new(tag).expect("a tag"));
    prop_oneof![
        (video(), 1..6_u8).prop_map(|(video, stars)| {
            Event::Rating(Rating::Given { video, stars: Stars::new(stars).expect("stars") })
        }),
        video().prop_map(|video| Event::Rating(Rating::Cleared { video })),
        video().prop_map(|video| Event::View(View::Started { video })),
        video().prop_map(|video| Event::Favorite(Favorite::Added { video })),
        video().prop_map(|video| Event::Favorite(Favorite::Removed { video })),
        (video(), 0..70_000_u64)
            .prop_map(|(video, position_ms)| { Event::Playback(Playback::Paused { video, position_ms }) }),
        video().prop_map(|video| Event::Playback(Playback::Finished { video })),
        (video(), tag()).prop_map(|(video, tag)| Event::Tag(Tag::Added { video, tag })),
        (video(), tag()).prop_map(|(video, tag)| Event::Tag(Tag::Removed { video, tag })),
        (tag(), tag()).prop_map(|(from, to)| Event::Tag(Tag::Renamed { from, to })),
        (tag(), tag()).prop_map(|(from, into)| Event::Tag(Tag::Merged { from, into })),
        (video(), 0..9_u8).prop_flat_map(|(video, what)| Just(file(video, what))),
        (video(), 0..9_u8).prop_flat_map(|(video, what)| Just(picture(video, what))),
        (video(), 0..9_u8).prop_flat_map(|(video, what)| Just(listed(video, what))),
        (0..9_u8).prop_map(image),
    ]
}

/// What a look at the folders, or into a file, tells.
fn file(video: events::VideoId, what: u8) -> Event {
    let root = RootPath::new("/videos");
    let path = MediaPath::new(format!("sea {video}/{what}.webm")).expect("a path");
    let modified_at_ms = i64::from(what);
    let size_bytes = 5_000_000 + u64::from(what);
    Event::Video(match what {
        0..2 => return found(video.get(), &format!("new film {video}.mkv")),
        2 => Video::Vanished { video },
        3 => Video::Returned { video, root, path, size_bytes, modified_at_ms, fingerprint: None },
        4 => Video::Moved { video, root, path, modified_at_ms },
        5 => Video::Changed { video, size_bytes, modified_at_ms, fingerprint: None },
        6 => Video::Forgotten { video },
        7 => Video::Remembered { video },
        _ => Video::Probed {
            video,
            duration_ms: 70_000,
            width: 1920,
            height: 1080,
            video_codec: "avc1.64001f".to_owned(),
            audio_codec: "mp4a.40.2".to_owned(),
            details: Default::default(),
        },
    })
}

fn picture(video: events::VideoId, what: u8) -> Event {
    let (decoder, reason) = ("h264".to_owned(), "the film is <broken>".to_owned());
    let id = ContentId(u128::from(what) + 1);
    Event::Thumbnail(match what {
        0..4 => {
            let preview = Preview { colour: [what; 3], ..Preview::default() };
            Thumbnail::Made { video, cover: id, decoder, position_ms: 1_000, preview, took_ms: 4 }
        }
        4 => Thumbnail::Failed { video, stage: "decode".to_owned(), reason, decoder },
        5 => Thumbnail::StoryboardMade { video, sheet: id, layout: SheetLayout::default(), decoder, took_ms: 4 },
        6 => Thumbnail::StoryboardFailed { video, reason, decoder },
        7 => Thumbnail::Chosen { video, position_ms: 2_000 },
        _ => Thumbnail::Retried { video },
    })
}

fn listed(video: events::VideoId, what: u8) -> Event {
    let playlist = PlaylistId::new(1).expect("a number");
    let item = ItemId::new(1 + u32::from(what % 3)).expect("a number");
    Event::Playlist(match what {
        0..4 => Playlist::ItemAdded { playlist, item, video },
        4 => Playlist::ItemRemoved { playlist, item },
        5 => Playlist::ItemMoved { playlist, item, index: 0 },
        6 => Playlist::Renamed { playlist, name: PlaylistName::new("Sea & sun").expect("a name") },
        7 => Playlist::Deleted { playlist },
        _ => return created(2),
    })
}

fn image(what: u8) -> Event {
    let (image, group) = (ImageId::new(1 + u32::from(what % 2)).expect("a number"), GroupId::new(1).expect("a number"));
    let (name, slug) = (GroupName::new("Harbour").expect("a name"), GroupSlug::new("harbour").expect("a slug"));
    match what {
        0..4 => Event::Image(Image::Found {
            image,
            root: RootPath::new("/pictures"),
            path: MediaPath::new(format!("{what}.jpg")).expect("a path"),
            size_bytes: 5,
            modified_at_ms: 5,
            added_at_ms: 5,
        }),
        4 => Event::Image(Image::Favored { image }),
        5..7 => Event::Group(Group::Created { group, name, slug }),
        7 => Event::Group(Group::ImageAdded { group, image }),
        _ => Event::Image(Image::Vanished { image }),
    }
}

/// What people and jobs do, in any order.
#[derive(Clone, Debug)]
enum Step {
    Happens(Box<Event>),
    /// Somebody looks at one of the addresses.
    Look {
        which: prop::sample::Index,
        encoding: &'static str,
    },
}

/// A few addresses, so that each is looked at more than once, and what happens.
fn story() -> impl Strategy<Value = (Vec<&'static str>, Vec<Step>)> {
    let look = (any::<prop::sample::Index>(), prop::sample::select(&ENCODINGS[..]));
    let step = prop_oneof![
        2 => event().prop_map(|event| Step::Happens(Box::new(event))),
        3 => look.prop_map(|(which, encoding)| Step::Look { which, encoding }),
    ];
    (prop::sample::subsequence(&ADDRESSES[..], 1..4), prop::collection::vec(step, 1..20))
}

#[test]
fn a_page_from_the_cache_never_differs_from_one_drawn_now() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let twins = runtime.block_on(async { Twins::new() });
    let settings = ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(settings, |((addresses, steps) in story())| {
        // Computed anew: what was kept says nothing about what is known now, even at the same position.
        drop(twins.publisher.replace(twins.base.clone()));
        let mut state = twins.base.clone();
        let mut known = vec![String::new(); addresses.len()];
        for step in &steps {
            match step {
                Step::Happens(event) => twins.publish(&mut state, Event::clone(event)),
                Step::Look { which, encoding } => {
                    let known = &mut known[which.index(addresses.len())];
                    runtime.block_on(twins.look(addresses[which.index(addresses.len())], encoding, known))?;
                }
            }
        }
    });
    let Counts { hits, proven, misses, waits, .. } = twins.pages.counts();
    assert!(hits > 100 && proven > 100 && misses > 100, "all ways were gone: {hits}, {proven}, {misses}");
    assert_eq!(waits, 0, "nobody asked at once");
    let Counts { hits, proven, waits, pages, .. } = twins.nothing_kept.counts();
    assert_eq!((hits, proven, waits, pages), (0, 0, 0, 0), "the other one draws every page");
    runtime.block_on(async { twins.app.close() });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_asks_at_once_gets_one_page_that_is_drawn_once() {
    let twins = Twins::new();
    let mut state = twins.base.clone();
    for round in 1..=10_u8 {
        let stars = Stars::new(1 + round % 5).expect("stars");
        twins.publish(&mut state, Event::Rating(Rating::Given { video: video(1), stars }));
        let before = twins.pages.counts();
        let ask = |number: usize| {
            let gallery = twins.kept.clone();
            let encoding = ENCODINGS[number % ENCODINGS.len()];
            tokio::spawn(async move {
                let headers = [("accept", "text/html"), ("accept-encoding", encoding)];
                answered_by(gallery, request(Method::GET, "/", &headers, "")).await
            })
        };
        let asked: Vec<_> = (0..32).map(ask).collect();
        let drawn = answered_by(twins.fresh.clone(), request(Method::GET, "/", &[("accept", "text/html")], "")).await;
        for answer in asked {
            assert!(unpacked(&answer.await.expect("an answer")) == drawn.body, "round {round}");
        }
        let after = twins.pages.counts();
        assert_eq!((after.misses - before.misses, after.proven - before.proven), (1, 0), "round {round}");
        let others = after.hits - before.hits + after.waits - before.waits;
        assert_eq!(others, 31, "round {round}");
    }
    twins.app.close();
}

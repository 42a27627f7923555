//! The library as it was: every page of the past is the one that was there, leads on within it, and changes nothing.

use crate::support::{Answer, TestApp, found, request, video};
use axum::http::{Method, StatusCode};
use events::event::{Favorite, Image, Playback, Playlist, Rating, Tag, Video, View};
use events::values::ItemId;
use events::{Event, ImageId, MediaPath, PlaylistId, PlaylistName, RootPath, Stars, TagName};

/// Where the past ends that is looked at, in most tests.
const THEN: u64 = 13;

fn rated(number: u32, stars: u8) -> Event {
    Event::Rating(Rating::Given { video: video(number), stars: Stars::new(stars).expect("stars") })
}

fn tag(name: &str) -> TagName {
    TagName::new(name).expect("a tag")
}

fn image(number: u32) -> Event {
    Event::Image(Image::Found {
        image: ImageId::new(number).expect("not zero"),
        root: RootPath::new("/pictures"),
        path: MediaPath::new(format!("{number}.png")).expect("a path"),
        size_bytes: 1,
        modified_at_ms: 0,
        added_at_ms: 0,
    })
}

/// A library with a past, an event for each second from 1970 on: what was there, and then what became of it.
fn past() -> Vec<Event> {
    let playlist = PlaylistId::new(1).expect("not zero");
    let name = PlaylistName::new("Evening").expect("a name");
    let item = ItemId::new(1).expect("not zero");
    vec![
        found(1, "film 1.mp4"),
        found(2, "film 2.mp4"),
        found(3, "film 3.mp4"),
        rated(1, 5),
        rated(3, 4),
        Event::Favorite(Favorite::Added { video: video(1) }),
        Event::Tag(Tag::Added { video: video(1), tag: tag("sea") }),
        Event::Tag(Tag::Added { video: video(3), tag: tag("sea") }),
        Event::Playlist(Playlist::Created { playlist, name }),
        Event::Playlist(Playlist::ItemAdded { playlist, item, video: video(1) }),
        Event::View(View::Started { video: video(1) }),
        Event::Playback(Playback::Paused { video: video(2), position_ms: 61_000 }),
        image(1),
        rated(1, 1),
        Event::Favorite(Favorite::Removed { video: video(1) }),
        Event::Tag(Tag::Renamed { from: tag("sea"), to: tag("ocean") }),
        Event::Playlist(Playlist::Deleted { playlist }),
        Event::Playback(Playback::Finished { video: video(2) }),
        found(4, "film 4.mp4"),
        Event::Video(Video::Vanished { video: video(2) }),
        Event::Video(Video::Forgotten { video: video(3) }),
        image(2),
    ]
}

const PAGES: [&str; 16] = [
    "/",
    "/?sort=title&per_page=1&page=2",
    "/?tag=sea&view=list",
    "/?sort=random&seed=7",
    "/favorites",
    "/popular",
    "/best-of",
    "/search?q=film",
    "/search?q=flim",
    "/search?q=rating:9",
    "/tags",
    "/tag/sea",
    "/playlists",
    "/playlists/1",
    "/watch/1?from=%2Fplaylists%2F1&item=1",
    "/images",
];

fn at(address: &str, moment: impl std::fmt::Display) -> String {
    format!("{address}{}at={moment}", if address.contains('?') { '&' } else { '?' })
}

/// The values of all attributes of this name, unescaped.
fn attributes(html: &str, name: &str) -> Vec<String> {
    let start = format!(" {name}=\"");
    let values = html.split(&start).skip(1).filter_map(|rest| rest.split('"').next());
    values.map(|value| value.replace("&#x2f;", "/").replace("&amp;", "&")).collect()
}

#[tokio::test]
async fn a_page_of_the_past_is_the_one_that_was_there() {
    let (now, then) = (TestApp::given(past()), TestApp::given(past().into_iter().take(13)));
    assert_eq!(then.state().pos(), THEN);
    for address in PAGES {
        let (known, was) = (now.get(&at(address, THEN)).await, then.get(&at(address, THEN)).await);
        assert_eq!((known.status, known.text()), (StatusCode::OK, was.text()), "{address}");
        assert_eq!(known.header("etag"), was.header("etag"), "{address}");
        assert_ne!(known.text(), now.get(address).await.text(), "{address}: not that of now");
    }
    now.close();
    then.close();
}

#[tokio::test]
async fn a_page_of_the_past_leads_on_within_it_and_changes_nothing() {
    let gallery = TestApp::given(past());
    for address in PAGES {
        let html = gallery.get(&at(address, "1970-01-01T00:00:13Z")).await.text();
        assert!(html.contains("(change 13)") && html.contains("Back to now"), "{address} says what it is");
        for forbidden in ["method=\"post\"", "formaction", "/static/app.js", "js/live", "js/follow", "data-add-to"] {
            assert!(!html.contains(forbidden), "{address} has {forbidden}");
        }
        let hrefs = attributes(&html, "href");
        assert!(hrefs.contains(&"/history?before=14".to_owned()), "{address} leads to what was done until then");
        let now: Vec<String> = hrefs
            .into_iter()
            .filter(|href| href.starts_with('/') && !href.contains("at=1970-01-01T00%3A00%3A13Z"))
            .filter(|href| {
                !["/static/", "/admin", "/history", "/images/1/", "/media/"].iter().any(|other| href.starts_with(other))
            })
            .collect();
        assert_eq!(now, [address.replace("rating:9", "rating%3A9")], "{address}: only the way back leads to now");
        for form in html.split("<form").skip(1).filter_map(|form| form.split("</form>").next()) {
            assert!(form.contains("name=\"at\""), "{address}: {form}");
        }
    }
    gallery.close();
}

#[tokio::test]
async fn moments_are_days_times_and_changes() {
    let gallery = TestApp::given(past());
    let stars = |answer: &Answer| answer.text().matches("of 5 stars").count();
    for (moment, expected) in
        [("3", 0), ("@4", 1), ("5", 2), ("1970-01-01T00:00:04Z", 1), ("1970-01-01T00:00:04.999Z", 1)]
    {
        let page = gallery.get(&at("/", moment)).await;
        assert_eq!((page.status, stars(&page)), (StatusCode::OK, expected), "{moment}");
    }
    let page = gallery.get("/?at=1970-01-03").await.text();
    assert!(page.contains("as it was <strong>on 3 Jan 1970</strong> (change 22)"), "a day means its end");
    for before in ["0", "1969-12-31T00:00Z", "1900-01-01"] {
        let page = gallery.get(&at("/", before)).await;
        assert!(page.status == StatusCode::OK && page.text().contains("the library was empty"), "{before}");
        assert!(page.text().contains("The library was still empty."), "{before}");
        let watch = gallery.get(&at("/watch/1", before)).await;
        assert_eq!(watch.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(gallery.get("/?at=").await.text(), gallery.get("/").await.text(), "nothing said is now");
    gallery.close();
}

#[tokio::test]
async fn what_is_no_moment_is_refused_with_what_is_one() {
    let gallery = TestApp::given(past());
    for address in PAGES {
        for (moment, why) in [
            ("yesterday", "2026-10-01"),
            ("2026-02-30", "2026-10-01"),
            ("23", "the last one is 22"),
            ("18446744073709551615", "still to come"),
            ("18446744073709551616", "2026-10-01"),
            ("9999-12-31", "still to come"),
            ("9999-12-30T00:00", "still to come"),
            ("%00%FF", "2026-10-01"),
        ] {
            let page = gallery.get(&at(address, moment)).await;
            assert_eq!(page.status, StatusCode::BAD_REQUEST, "{address} at {moment}");
            assert!(page.text().contains(why), "{address} at {moment}: {}", page.text());
        }
    }
    gallery.close();
}

#[tokio::test]
async fn a_film_plays_as_long_as_there_is_its_file() {
    let gallery = TestApp::given(past());
    let moved = gallery.get(&at("/watch/1", 3)).await.text();
    assert!(moved.contains("<video id=\"player\"") && !moved.contains("follow.js") && !moved.contains("watch.js"));
    let vanished = gallery.get(&at("/watch/2", THEN)).await.text();
    assert!(!vanished.contains("<video") && vanished.contains("There is no file to play today"));
    let forgotten = gallery.get(&at("/watch/3", THEN)).await;
    assert_eq!(forgotten.status, StatusCode::OK, "what was forgotten since was there");
    assert_eq!(gallery.get(&at("/watch/4", THEN)).await.status, StatusCode::NOT_FOUND, "what came later was not");
    assert!(gallery.get(&at("/", THEN)).await.text().contains("Continue watching"), "shelves are those of then");
    gallery.close();
}

#[tokio::test]
async fn a_page_of_the_past_is_kept_and_notices_when_its_file_goes() {
    let gallery = TestApp::given(past());
    let address = at("/watch/1", THEN);
    let first = gallery.get(&address).await;
    let ask = |tag: &str| request(Method::GET, &address, &[("accept", "text/html"), ("if-none-match", tag)], "");
    assert_eq!(gallery.send(ask(first.header("etag"))).await.status, StatusCode::NOT_MODIFIED);
    gallery.post("/videos/1/rating", "stars=3").await;
    assert_eq!(gallery.send(ask(first.header("etag"))).await.status, StatusCode::NOT_MODIFIED, "what is over stays");
    assert_eq!(gallery.get(&address).await.text(), gallery.get_uncached(&address).await.text());
    gallery.close();
}

#[tokio::test]
async fn what_surrounds_a_page_is_of_its_canonical_address() {
    let gallery = TestApp::given(past());
    let page = "/?x=1&page=1&sort=title&at=7";
    let asked_first = gallery.get(page).await.text();
    let asked_next = gallery.get("/?at=7&sort=title").await.text();
    assert_eq!(asked_first, asked_next);
    assert!(attributes(&asked_next, "href").contains(&"/?sort=title".to_owned()));
    assert!(!asked_next.contains("name=\"x\"") && asked_next.contains("name=\"sort\" value=\"title\""));
    gallery.close();
}

#[tokio::test]
async fn a_page_that_was_not_there_leads_back_to_that_moment_and_to_now() {
    let gallery = TestApp::given(past());
    let get = async |address: &str| {
        let answer = gallery.send(request(Method::GET, address, &[("accept", "text/html")], "")).await;
        let html = answer.text();
        let ways = html.split_once("<p class=\"on\">").and_then(|(_, rest)| rest.split_once("</p>"));
        (answer.status, attributes(ways.map_or("", |(ways, _)| ways), "href"))
    };
    let missing = get("/watch/4?t=5&at=13").await;
    assert_eq!(missing, (StatusCode::NOT_FOUND, ["/watch/4?t=5", "/?at=13", "/"].map(String::from).to_vec()));
    let to_come = get("/tags?at=2999-01-01").await;
    assert_eq!(to_come, (StatusCode::BAD_REQUEST, ["/tags", "/"].map(String::from).to_vec()));
    assert_eq!(get("/watch/4711").await, (StatusCode::NOT_FOUND, vec!["/".to_owned()]));
    gallery.close();
}

#[tokio::test]
async fn the_past_cannot_be_written_to() {
    let gallery = TestApp::given(past());
    let before = gallery.state().pos();
    for (address, form) in [
        ("/videos/1/rating", "stars=3"),
        ("/videos/1/favorite", "favorite=true"),
        ("/videos/1/tags", "add=x"),
        ("/videos/1/view", ""),
        ("/videos/1/playback", "position_ms=5000"),
        ("/videos/1/playlists", "name=x"),
        ("/playlists", "name=x"),
        ("/tags/rename", "from=ocean&to=x"),
        ("/undo", "batch=14"),
        ("/history/devices", "name=x"),
        ("/history/devices/1", "name=x"),
        ("/history/devices/1/forget", ""),
        ("/history/14/forget", ""),
        ("/api/v1/undo", ""),
    ] {
        let answer = gallery.post(&at(address, THEN), form).await;
        assert!(answer.status.is_client_error(), "{address}: {}", answer.status);
        if !address.starts_with("/api") {
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{address}");
            assert!(answer.text().contains("cannot be changed"), "{address}");
        }
    }
    assert_eq!(gallery.state().pos(), before);
    gallery.close();
}

#[tokio::test]
async fn chance_and_suggestions_stay_in_the_past() {
    let gallery = TestApp::given(past());
    let random = gallery.get("/random?at=1").await;
    assert_eq!(random.header("location"), "/watch/1?at=1");
    let dealt = gallery.get("/?sort=random&at=3").await;
    assert!(dealt.header("location").starts_with("/?sort=random&seed=") && dealt.header("location").ends_with("&at=3"));
    let tags = async |address: &str| {
        let answer = gallery.send(request(Method::GET, address, &[], "")).await.json();
        answer["tags"].as_array().map_or(0, Vec::len).to_string()
            + answer["tags"][0]["name"].as_str().unwrap_or_default()
    };
    assert_eq!(tags("/api/v1/tags/suggest?q=s&at=13").await, "1sea");
    assert_eq!(tags("/api/v1/tags/suggest?q=s").await, "0");
    assert_eq!(tags("/api/v1/tags/suggest?q=o").await, "1ocean");
    let found = gallery.get("/suggest?q=film&at=2").await.json();
    assert_eq!(found["videos"].as_array().map(Vec::len), Some(2));
    assert_eq!(found["videos"][0]["href"], "/watch/1?from=%2Fsearch%3Fq%3Dfilm&at=2");
    gallery.close();
}

#[tokio::test]
async fn programs_look_back_as_well() {
    let gallery = TestApp::given(past());
    let get = |address: &str| request(Method::GET, &format!("/api/v1{address}"), &[], "");
    let list = gallery.send(get("/videos?list=favorites&at=13")).await.json();
    assert_eq!((&list["total"], &list["videos"][0]["stars"]), (&1.into(), &5.into()));
    assert_eq!(gallery.send(get("/videos?list=favorites")).await.json()["total"], 0);
    assert_eq!(gallery.send(get("/videos/3?at=13")).await.json()["tags"], serde_json::json!(["sea"]));
    assert_eq!(gallery.send(get("/videos/3")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(gallery.send(get("/videos/1/related?at=13")).await.json()["videos"][0]["id"], 3);
    for address in ["/videos?at=soon", "/videos/1?at=23", "/videos?at=3&at=4"] {
        let refused = gallery.send(get(address)).await;
        assert_eq!((refused.status, &refused.json()["field"]), (StatusCode::BAD_REQUEST, &"at".into()), "{address}");
    }
    gallery.close();
}

#[tokio::test]
async fn two_moments_are_compared() {
    let gallery = TestApp::given(past());
    let asking = gallery.get("/history/compare").await;
    assert_eq!(asking.status, StatusCode::OK);
    assert!(asking.text().contains("A month ago") && !asking.text().contains("What changed"));
    let html = gallery.get("/history/compare?from=13").await.text();
    for expected in [
        "Added: 1 video",
        "Removed: 2 videos",
        "Rated: 1 video",
        "Tagged: 2 videos",
        "No longer favorites: 1 video",
        "Playlists: 1 playlist",
        ">5 ★ → 1 ★<",
        ">+ocean, −sea<",
        ">gone for good<",
        ">file missing<",
        ">deleted<",
        "(change 13)",
        "(change 22)",
    ] {
        assert!(html.contains(expected), "{expected}: {html}");
    }
    let links = attributes(&html, "href");
    for expected in ["/watch/1?at=13", "/watch/1", "/watch/4", "/watch/3?at=13", "/playlists/1?at=13", "/?at=13"] {
        assert!(links.iter().any(|link| link == expected), "{expected} is not among {links:?}");
    }
    for unexpected in ["/watch/3", "/watch/4?at=13", "/playlists/1"] {
        assert!(links.iter().all(|link| link != unexpected), "{unexpected} is nowhere to be looked at");
    }
    let watched = gallery.get("/history/compare?from=10&to=12").await.text();
    assert!(watched.contains("Most watched: 1 video") && watched.contains(">1 view<"));
    let (one, other) =
        (gallery.get("/history/compare?from=13&to=20").await, gallery.get("/history/compare?from=20&to=13").await);
    assert_eq!(one.text(), other.text(), "the other way round is the same");
    assert!(gallery.get("/history/compare?from=5&to=5").await.text().contains("Nothing differs"));
    for (query, name) in [("from=x", "`from`"), ("from=99", "`from`"), ("from=1&to=9999-01-01", "`to`")] {
        let refused = gallery.get(&format!("/history/compare?{query}")).await;
        assert!(refused.status == StatusCode::BAD_REQUEST && refused.text().contains(name), "{query}");
    }
    gallery.close();
}

#[tokio::test]
async fn a_long_difference_is_counted_and_begun() {
    let gallery = TestApp::given((1..=130).map(|number| found(number, &format!("<b>{number}.mp4"))));
    let html = gallery.get("/history/compare?from=0").await.text();
    assert!(html.contains("Added: 130 videos") && html.contains("And 30 more."));
    assert!(html.contains("&lt;b&gt;130<") && !html.contains("<b>1"), "names are text");
    gallery.close();
}

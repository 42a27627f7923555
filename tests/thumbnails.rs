//! The pictures made of videos through the whole router: bytes that may be kept for ever, what stands in for them, and who
//! may choose.

use crate::support::{Answer, TestApp, found, request, video};
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use events::Event;
use events::event::{SheetLayout, Thumbnail};
use events::values::{ContentId, Preview};
use local_video_server::thumbnails::wanted::Wish;
use local_video_server::thumbnails::{Form, Picture};

const COVER: ContentId = ContentId(0xc0);
const SHEET: ContentId = ContentId(0x5e);
/// The shortest file that looks whole; nobody decodes it here.
const JPEG: &[u8] = b"\xff\xd8 picture \xff\xd9";

fn made(number: u32, cover: ContentId) -> Event {
    let (decoder, preview) = ("h264".to_owned(), Preview { colour: [58, 95, 140], ..Preview::default() });
    let video = video(number);
    Event::Thumbnail(Thumbnail::Made { video, cover, decoder, position_ms: 3_000, preview, took_ms: 40 })
}

fn failed(number: u32) -> Event {
    let (stage, reason) = ("decode".to_owned(), "the film is <broken>".to_owned());
    Event::Thumbnail(Thumbnail::Failed { video: video(number), stage, reason, decoder: "h264".to_owned() })
}

fn board(number: u32) -> Event {
    let layout = SheetLayout { tiles: 4, columns: 2, tile_width: 160, tile_height: 90, interval_ms: 2_500 };
    let video = video(number);
    Event::Thumbnail(Thumbnail::StoryboardMade { video, sheet: SHEET, layout, decoder: "h264".to_owned(), took_ms: 7 })
}

/// A film with all its pictures, one that waits for them, and one that cannot have any.
fn gallery() -> TestApp {
    let files = [found(1, "tide_pool.mp4"), found(2, "lava lamp.mp4"), found(3, "broken.mp4")];
    let app = TestApp::given(files.into_iter().chain([made(1, COVER), board(1), failed(3)]));
    for form in Form::COVERS {
        put(&app, Picture { id: COVER, form });
    }
    put(&app, Picture { id: SHEET, form: Form::Sheet });
    app
}

fn put(app: &TestApp, picture: Picture) {
    app.parts().media.store().put(picture, JPEG).expect("the picture is stored");
}

fn address(id: ContentId, file: &str) -> String {
    format!("/thumbnails/1/{:032x}/{file}", id.0)
}

fn wishes(app: &TestApp) -> Vec<Wish> {
    app.parts().media.wanted().wishes()
}

async fn script(app: &TestApp, address: &str, form: &str) -> Answer {
    let headers = [("origin", "http://localhost"), ("accept", "application/json")];
    app.send(request(Method::POST, address, &headers, form)).await
}

/// What a page says it waits for.
async fn wait_for(app: &TestApp, origin: &str, body: &str) -> Answer {
    let request = Request::builder().method(Method::POST).uri("/thumbnails/wanted").header("host", "localhost");
    let request = request.header("content-type", "application/json").header("origin", origin);
    app.send(request.body(Body::from(body.to_owned())).expect("a valid request")).await
}

#[tokio::test]
async fn a_picture_may_be_kept_for_ever() {
    let app = gallery();
    for (id, file) in [(COVER, "poster.jpg"), (COVER, "640.jpg"), (COVER, "320.jpg"), (SHEET, "sheet.jpg")] {
        let address = address(id, file);
        let answer = app.get(&address).await;
        assert_eq!((answer.status, answer.body.as_slice()), (StatusCode::OK, JPEG), "{address}");
        assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable");
        assert_eq!((answer.header("content-type"), answer.header("x-content-type-options")), ("image/jpeg", "nosniff"));
        let headers = [("if-none-match", answer.header("etag"))];
        let again = app.send(request(Method::GET, &address, &headers, "")).await;
        assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0));
        assert_eq!(again.header("cache-control"), answer.header("cache-control"));
        let head = app.send(request(Method::HEAD, &address, &[], "")).await;
        assert_eq!((head.status, head.header("content-length")), (StatusCode::OK, JPEG.len().to_string().as_str()));
        assert!(head.body.is_empty());
    }
    assert_eq!(wishes(&app), [], "nothing is missing");
    app.close();
}

#[tokio::test]
async fn an_address_without_a_hash_leads_to_the_picture_there_is_now() {
    let app = gallery();
    let answer = app.get("/thumbnails/1/640.jpg").await;
    assert_eq!(
        (answer.status, answer.header("location")),
        (StatusCode::TEMPORARY_REDIRECT, &*address(COVER, "640.jpg"))
    );
    assert_eq!(answer.header("cache-control"), "private, no-cache");
    assert_eq!(app.get("/thumbnails/1/sheet.jpg").await.header("location"), address(SHEET, "sheet.jpg"));
    app.close();
}

#[tokio::test]
async fn what_is_not_there_yet_is_stood_in_for_and_wished_for_once() {
    let app = gallery();
    let stood_in = |answer: &Answer| {
        assert_eq!((answer.status, answer.header("content-type")), (StatusCode::OK, "image/svg+xml"));
        assert_eq!(answer.header("cache-control"), "private, max-age=2", "it is soon asked for again");
        assert!(answer.text().contains("&#76;&#76;"), "the initials: {}", answer.text());
    };
    for _ in 0..1_000 {
        stood_in(&app.get("/thumbnails/2/320.jpg").await);
    }
    assert_eq!(wishes(&app), [Wish::Cover(video(2))]);
    stood_in(&app.get(&address(ContentId(9), "poster.jpg").replace("/1/", "/2/")).await);
    assert_eq!(wishes(&app).len(), 1);
    app.close();
}

#[tokio::test]
async fn what_was_lost_is_made_again() {
    let app = gallery();
    let store = app.parts().media.store().clone();
    std::fs::remove_dir_all(store.folder()).expect("the folder goes");
    let answer = app.get(&address(COVER, "320.jpg")).await;
    assert_eq!((answer.status, answer.header("content-type")), (StatusCode::OK, "image/svg+xml"));
    assert_eq!(app.get(&address(SHEET, "sheet.jpg")).await.header("content-type"), "image/svg+xml");
    assert_eq!(wishes(&app), [Wish::Storyboard(video(1)), Wish::Cover(video(1))]);
    put(&app, Picture { id: COVER, form: Form::Small });
    assert_eq!(app.get(&address(COVER, "320.jpg")).await.header("content-type"), "image/jpeg");
    // Half of a picture is none.
    let path = store.path(Picture { id: COVER, form: Form::Small });
    std::fs::write(&path, &JPEG[..4]).expect("written");
    assert_eq!(app.get(&address(COVER, "320.jpg")).await.header("content-type"), "image/svg+xml");
    assert!(!path.try_exists().expect("the folder is readable"));
    app.close();
}

#[tokio::test]
async fn garbage_leads_nowhere() {
    let app = gallery();
    let hash = format!("{:032x}", COVER.0);
    for nowhere in [
        &format!("/thumbnails/9/{hash}/320.jpg"),
        &format!("/thumbnails/x/{hash}/320.jpg"),
        &format!("/thumbnails/0/{hash}/320.jpg"),
        &format!("/thumbnails/1/{hash}/321.jpg"),
        &format!("/thumbnails/1/{hash}/320.png"),
        &format!("/thumbnails/1/{hash}/320"),
        &format!("/thumbnails/1/{}/320.jpg", &hash[1..]),
        &format!("/thumbnails/1/{}/320.jpg", hash.to_uppercase()),
        &format!("/thumbnails/1/+{}/320.jpg", &hash[1..]),
        &format!("/thumbnails/1/{}/320.jpg", "f".repeat(32)),
        &format!("/thumbnails/1/{}/sheet.jpg", "f".repeat(32)),
        &format!("/thumbnails/3/{hash}1/320.jpg"),
        "/thumbnails/1/..%2f..%2fevents/320.jpg",
        "/thumbnails/1/nothing.jpg",
        "/thumbnails/1/",
        "/thumbnails/9/320.jpg",
        "/thumbnails/2/storyboard.jsn",
        "/thumbnails/3/storyboard.txt",
    ] {
        assert_eq!(app.get(nowhere).await.status, StatusCode::NOT_FOUND, "{nowhere}");
    }
    assert_eq!(wishes(&app), []);
    app.close();
}

#[tokio::test]
async fn a_storyboard_says_what_is_where() {
    let app = gallery();
    let answer = app.get("/thumbnails/1/storyboard.json").await;
    let expected = serde_json::json!({"sheet": address(SHEET, "sheet.jpg"), "tiles": 4, "columns": 2, "tile_width": 160,
        "tile_height": 90, "interval_ms": 2_500});
    assert_eq!((answer.status, answer.json()), (StatusCode::OK, expected));
    let index = app.get("/thumbnails/1/storyboard.vtt").await;
    assert_eq!(index.header("content-type"), "text/vtt; charset=utf-8");
    assert!(
        index.text().contains("00:00:07.500 --> 00:00:10.000\n") && index.text().ends_with("#xywh=160,90,160,90\n")
    );
    for answer in [answer, index] {
        let headers = [("if-none-match", answer.header("etag"))];
        let again = app.send(request(Method::GET, "/thumbnails/1/storyboard.vtt", &headers, "")).await;
        assert_eq!(again.status, StatusCode::NOT_MODIFIED);
    }
    let none = app.get("/thumbnails/2/storyboard.json").await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
    assert_eq!(wishes(&app), [Wish::Storyboard(video(2))], "it is made now");
    app.close();
}

#[tokio::test]
async fn pages_say_what_they_wait_for() {
    let app = gallery();
    let ours = "http://localhost";
    let answer = wait_for(&app, ours, r#"{"covers":[3,2,1,99,0],"storyboards":[1,2,99]}"#).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.text());
    assert_eq!(wishes(&app), [Wish::Cover(video(2)), Wish::Storyboard(video(2))], "what is there or cannot be is not");
    let many = format!(r#"{{"covers":{:?}}}"#, (1..=201).collect::<Vec<_>>());
    for (origin, body, status) in [
        ("http://elsewhere.example", "{}", StatusCode::FORBIDDEN),
        (ours, many.as_str(), StatusCode::BAD_REQUEST),
        (ours, r#"{"films":[1]}"#, StatusCode::UNPROCESSABLE_ENTITY),
        (ours, r#"{"covers":[-1]}"#, StatusCode::UNPROCESSABLE_ENTITY),
        (ours, "[", StatusCode::BAD_REQUEST),
    ] {
        assert_eq!(wait_for(&app, origin, body).await.status, status, "{body:.40}");
    }
    assert_eq!(app.state().pos(), 6, "a wish is no event");
    app.close();
}

#[tokio::test]
async fn a_cover_is_chosen_and_the_choice_taken_back() {
    let app = gallery();
    let chosen = || app.state().thumbnails().chosen_ms(video(1));
    let answer = app.post("/videos/1/thumbnail", "position_ms=4200").await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/watch/1#v1"));
    assert_eq!((chosen(), wishes(&app)), (Some(4_200), vec![Wish::Cover(video(1))]));
    assert_eq!(app.state().thumbnails().cover(video(1)).map(|cover| cover.id), Some(COVER), "until there is another");
    let batch = script(&app, "/videos/1/thumbnail", "automatic=true").await.json()["batch"].clone();
    assert_eq!((chosen(), &batch), (None, &8.into()));
    assert_eq!(script(&app, "/videos/1/thumbnail", "automatic=true").await.json()["batch"], 0, "it is so already");
    assert_eq!(app.post("/undo", &format!("batch={batch}")).await.status, StatusCode::SEE_OTHER);
    assert_eq!(chosen(), Some(4_200));
    for (path, form, status) in [
        ("/videos/1/thumbnail", "", StatusCode::BAD_REQUEST),
        ("/videos/1/thumbnail", "position_ms=1&automatic=true", StatusCode::BAD_REQUEST),
        ("/videos/1/thumbnail", "position_ms=-1", StatusCode::UNPROCESSABLE_ENTITY),
        ("/videos/9/thumbnail", "position_ms=1", StatusCode::NOT_FOUND),
        ("/videos/9/thumbnail/retry", "", StatusCode::NOT_FOUND),
    ] {
        assert_eq!(app.post(path, form).await.status, status, "{path} {form}");
    }
    let foreign =
        request(Method::POST, "/videos/1/thumbnail", &[("origin", "http://elsewhere.example")], "automatic=true");
    assert_eq!(app.send(foreign).await.status, StatusCode::FORBIDDEN);
    assert_eq!(chosen(), Some(4_200));
    app.close();
}

#[tokio::test]
async fn what_failed_is_tried_again() {
    let app = gallery();
    assert!(!app.state().thumbnails().pending().contains(3));
    let answer = script(&app, "/thumbnails/retry", "").await;
    assert_eq!(answer.json(), serde_json::json!({"batch": 7, "videos": 1}));
    assert!(app.state().thumbnails().pending().contains(3));
    assert_eq!(script(&app, "/videos/3/thumbnail/retry", "").await.json()["videos"], 0, "nothing failed since");
    app.close();
}

#[tokio::test]
async fn a_person_sees_what_failed_and_why_and_tries_it_again() {
    let app = gallery();
    let page = app.get("/admin").await;
    assert_eq!(page.status, StatusCode::OK);
    let text = page.text();
    for words in ["1 video without a cover", "Try all again", "action=\"/videos/3/thumbnail/retry\""] {
        assert!(text.contains(words), "{words} is missing from {text}");
    }
    let tried = app.post("/thumbnails/retry", "").await;
    assert_eq!(tried.status, StatusCode::SEE_OTHER);
    assert!(app.get("/admin").await.text().contains("Every file could be shown."));
    app.close();
}

#[tokio::test]
async fn programs_are_told_how_it_goes_and_may_choose() {
    let app = gallery();
    let get = async |address: &str| {
        app.send(request(Method::GET, &format!("/api/v1{address}"), &[("accept", "application/json")], "")).await.json()
    };
    let all = get("/thumbnails").await;
    assert_eq!((&all["made"], &all["pending"], &all["failed"]), (&1.into(), &1.into(), &1.into()));
    assert_eq!(all["failures"][0]["failure"]["reason"], "the film is <broken>");
    assert_eq!((&all["decoders"][0]["cover_average_ms"], &all["decoders"][0]["failures"]), (&40.into(), &1.into()));
    let one = get("/videos/1/thumbnail").await;
    assert_eq!((&one["state"], &one["storyboard"]["tiles"]), (&"made".into(), &4.into()));
    assert_eq!(
        (&one["cover"]["large"], &one["cover"]["colour"]),
        (&address(COVER, "640.jpg").into(), &"#3a5f8c".into())
    );
    assert_eq!(get("/videos/2/thumbnail").await["state"], "pending");
    assert_eq!(get("/videos/3/thumbnail").await["failure"]["stage"], "decode");
    assert_eq!(get("/videos/1").await["cover"], one["cover"]);
    assert_eq!(get("/thumbnails?page=2").await["field"], "page");
    assert_eq!(get("/thumbnails?per_page=501").await["field"], "per_page");
    app.close();
}

#[tokio::test]
async fn pages_show_covers_and_what_stands_for_those_that_are_not_there() {
    let app = gallery();
    let text = async |page| app.get(page).await.text().replace("&#x2f;", "/");
    let card = |page: &str, number: u32| {
        let from = page.split_once(&format!("data-video=\"{number}\"")).expect("the card is there").1;
        from.split("</li>").next().expect("it ends").to_owned()
    };
    let home = text("/").await;
    assert!(card(&home, 1).contains(&format!("{}/320.jpg 320w", address(COVER, "").trim_end_matches('/'))));
    assert!(card(&home, 1).contains("src=\"data:image/bmp;base64,") && card(&home, 1).contains(" data-board"));
    assert!(card(&home, 2).contains("<b>LL</b>") && card(&home, 2).contains(" data-waits"));
    assert!(card(&home, 3).contains("the film is &lt;broken&gt;") && !card(&home, 3).contains(" data-waits"));
    let watch = text("/watch/1").await;
    assert!(watch.contains(&format!("poster=\"{}\"", address(COVER, "poster.jpg"))));
    assert!(watch.contains("<meta name=\"theme-color\" content=\"#3a5f8c\">"));
    assert!(text("/watch/3").await.contains("action=\"/videos/3/thumbnail/retry\""));
    app.close();
}

/// The page people open first stays small with a cover on every card, its twelve pixels in the page included.
#[tokio::test]
async fn a_page_full_of_covers_is_small() {
    let mut seed: u128 = 7;
    let mut chance = || {
        seed = seed.wrapping_mul(0x2360_ed05_1fc6_5da4_4385_df64_9fcc_f645).wrapping_add(1);
        seed
    };
    let mut events: Vec<Event> = (1..=60).map(|number| found(number, &format!("{number} of sixty.mp4"))).collect();
    for number in 1..=60 {
        let mut preview = Preview::default();
        preview.pixels.fill_with(|| chance().to_be_bytes()[0]);
        let (cover, decoder) = (ContentId(chance()), String::new());
        let video = video(number);
        events.push(Event::Thumbnail(Thumbnail::Made { video, cover, decoder, position_ms: 0, preview, took_ms: 0 }));
    }
    let app = TestApp::given(events);
    let page = app.send(request(Method::GET, "/", &[("accept-encoding", "br")], "")).await;
    assert_eq!(page.header("content-encoding"), "br");
    assert!(page.body.len() < 30_000, "{} bytes", page.body.len());
    app.close();
}

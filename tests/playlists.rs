//! Playlists as forms, scripts and browsers meet them.

use crate::support::{Answer, TestApp, found, request, video};
use axum::http::{Method, StatusCode};
use events::event::{Playlist, Video};
use events::values::ItemId;
use events::{Event, PlaylistId, PlaylistName};

/// Three videos and no playlist.
fn gallery() -> TestApp {
    TestApp::given([found(1, "one.mp4"), found(2, "two.mp4"), found(3, "three.mp4")])
}

async fn script(gallery: &TestApp, path: &str, form: &str) -> Answer {
    gallery.send(request(Method::POST, path, &[("accept", "application/json")], form)).await
}

/// The videos of a playlist in order.
fn videos(gallery: &TestApp, number: u32) -> Vec<u32> {
    let id = PlaylistId::new(number).expect("not zero");
    let state = gallery.state();
    state.playlists().get(id).expect("the playlist").items.iter().map(|item| item.video.get()).collect()
}

#[tokio::test]
async fn a_playlist_is_made_filled_put_in_order_and_deleted_with_plain_forms() {
    let gallery = gallery();
    let made = gallery.post("/playlists", "name=Rainy+%26+%22cold%22&description=one%0D%0Atwo&video=2&video=1").await;
    assert_eq!((made.status, made.header("location")), (StatusCode::SEE_OTHER, "/playlists/1"));
    let back = [("origin", "http://localhost"), ("referer", "http://localhost/tag/sea?page=2")];
    let added = gallery.send(request(Method::POST, "/videos/3/playlists", &back, "playlist=1&name=")).await;
    assert_eq!((added.status, added.header("location")), (StatusCode::SEE_OTHER, "/tag/sea?page=2#v3"));
    assert_eq!(videos(&gallery, 1), [2, 1, 3]);
    let moved = gallery.post("/playlists/1/items/3/move", "index=0").await;
    assert_eq!((moved.status, moved.header("location")), (StatusCode::SEE_OTHER, "/playlists/1#pos-0"));
    gallery.post("/playlists/1/items/1/remove", "item=1").await;
    assert_eq!(videos(&gallery, 1), [3, 1]);
    let page = gallery.get("/playlists/1").await.text();
    assert!(page.contains("Rainy &amp; &quot;cold&quot;</h1>"), "{page}");
    let edited = gallery.post("/playlists/1", "name=Rain").await;
    assert_eq!((edited.status, edited.header("location")), (StatusCode::SEE_OTHER, "/playlists/1"));
    let list = gallery.state().playlists().iter().next().cloned().expect("the playlist");
    assert_eq!((list.name.as_str(), list.description.as_str()), ("Rain", "one\ntwo"), "what is not sent stays");
    let deleted = gallery.post("/playlists/1/delete", "").await;
    assert_eq!((deleted.status, deleted.header("location")), (StatusCode::SEE_OTHER, "/playlists"));
    assert_eq!(gallery.get("/playlists/1").await.status, StatusCode::NOT_FOUND);
    gallery.close();
}

#[tokio::test]
async fn a_script_is_told_what_to_undo() {
    let gallery = gallery();
    let made = script(&gallery, "/videos/2/playlists", "name=Later").await;
    assert_eq!(made.json(), serde_json::json!({"id": 1, "name": "Later", "videos": 1, "skipped": 0, "batch": 4}));
    let again = script(&gallery, "/videos/2/playlists", "playlist=1").await.json();
    assert_eq!((&again["videos"], &again["batch"]), (&2.into(), &6.into()), "a video may stand in a list twice");
    let same = script(&gallery, "/playlists/1/items/1/move", "index=0").await.json();
    assert_eq!(same["batch"], 0, "where it stands already");
    let names =
        |query: &str| request(Method::GET, &format!("/playlists{query}"), &[("accept", "application/json")], "");
    let answer = gallery.send(names("?video=2")).await;
    assert_eq!((answer.header("cache-control"), answer.header("vary")), ("no-store", "accept"));
    let has = serde_json::json!({"playlists": [{"id": 1, "name": "Later", "videos": 2, "has": true}]});
    assert_eq!(answer.json(), has);
    assert_eq!(gallery.send(names("?video=1")).await.json()["playlists"][0]["has"], false);
    assert!(gallery.send(names("")).await.json()["playlists"][0].get("has").is_none());
    let gone = script(&gallery, "/playlists/1/delete", "").await.json();
    assert_eq!((&gone["name"], &gone["batch"]), (&"".into(), &7.into()));
    gallery.close();
}

#[tokio::test]
async fn what_cannot_be_is_refused_with_what_is_wrong() {
    let gallery = gallery();
    gallery.post("/playlists", "name=Mine&video=1").await;
    let (long_name, long_text) =
        (format!("name={}", "x".repeat(201)), format!("name=B&description={}", "x".repeat(9000)));
    let before = gallery.state().pos();
    for (path, form, status) in [
        ("/playlists", "", StatusCode::BAD_REQUEST),
        ("/playlists", "name=+%0A", StatusCode::BAD_REQUEST),
        ("/playlists", "name=a%09b", StatusCode::BAD_REQUEST),
        ("/playlists", "name=A&video=x", StatusCode::BAD_REQUEST),
        ("/playlists", "name=A&video=99", StatusCode::NOT_FOUND),
        ("/playlists", "name=MINE", StatusCode::CONFLICT),
        ("/playlists", &long_name, StatusCode::BAD_REQUEST),
        ("/playlists", &long_text, StatusCode::BAD_REQUEST),
        ("/playlists/1", "name=", StatusCode::BAD_REQUEST),
        ("/playlists/7", "name=A", StatusCode::NOT_FOUND),
        ("/playlists/7/delete", "", StatusCode::NOT_FOUND),
        ("/playlists/1/items/7/move", "index=0", StatusCode::NOT_FOUND),
        ("/playlists/1/items/0/remove", "", StatusCode::NOT_FOUND),
        ("/playlists/1/items/1/move", "", StatusCode::UNPROCESSABLE_ENTITY),
        ("/playlists/1/items/1/move", "index=-1", StatusCode::UNPROCESSABLE_ENTITY),
        ("/playlists/x/items/1/move", "index=0", StatusCode::NOT_FOUND),
        ("/videos/1/playlists", "", StatusCode::BAD_REQUEST),
        ("/videos/1/playlists", "playlist=1&name=B", StatusCode::BAD_REQUEST),
        ("/videos/1/playlists", "playlist=9", StatusCode::NOT_FOUND),
        ("/videos/1/playlists", "name=mine", StatusCode::CONFLICT),
        ("/videos/9/playlists", "playlist=1", StatusCode::NOT_FOUND),
    ] {
        let answer = gallery.post(path, form).await;
        assert_eq!(answer.status, status, "{path} {form}: {}", answer.text());
    }
    for path in ["/playlists/0", "/playlists/7", "/playlists/x", "/playlists/4294967296", "/playlists/1/2"] {
        assert_eq!(gallery.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(gallery.state().pos(), before, "nothing of it was written");
    gallery.close();
}

#[tokio::test]
async fn names_mean_nothing_to_the_page() {
    let gallery = gallery();
    for (number, name) in
        ["<script>alert(1)</script>", "{{ page.title }}", "\" onclick=\"x", "50% #1? 🎬 قصة"].iter().enumerate()
    {
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("name", name)
            .append_pair("description", name)
            .append_pair("video", "1")
            .finish();
        assert_eq!(gallery.post("/playlists", &form).await.status, StatusCode::SEE_OTHER, "{name}");
        for path in ["/playlists".to_owned(), format!("/playlists/{}", number + 1)] {
            let page = gallery.get(&path).await.text();
            assert!(!page.contains("<script>alert") && !page.contains("\" onclick"), "{path}: {name}");
        }
    }
    gallery.close();
}

#[tokio::test]
async fn of_ten_thousand_entries_a_page_has_two_hundred_and_missing_ones_keep_their_place() {
    let id = PlaylistId::new(1).expect("not zero");
    let mut events: Vec<Event> = (1..=50).map(|number| found(number, &format!("{number}.mp4"))).collect();
    let name = PlaylistName::new("All of them").expect("a name");
    events.push(Event::Playlist(Playlist::Created { playlist: id, name }));
    events.extend((1..=10_000).map(|number| {
        let item = ItemId::new(number).expect("not zero");
        Event::Playlist(Playlist::ItemAdded { playlist: id, item, video: video(number % 50 + 1) })
    }));
    events.push(Event::Video(Video::Vanished { video: video(2) }));
    let gallery = TestApp::given(events);
    let first = gallery.get("/playlists/1").await.text();
    assert_eq!(first.matches("<li class=\"entry").count(), 200);
    assert_eq!(first.matches("<li class=\"entry gone\"").count(), 4);
    assert!(first.contains("10,000 videos") && first.contains("200 missing"));
    let last = gallery.get("/playlists/1?page=50").await.text();
    assert!(last.contains("id=\"pos-9999\"") && !last.contains("id=\"pos-10000\""));
    for page in ["0", "-1", "1000000000", "x", "99999999999999999999999"] {
        assert_eq!(gallery.get(&format!("/playlists/1?page={page}")).await.status, StatusCode::OK, "{page}");
    }
    assert_eq!(gallery.post("/videos/1/playlists", "playlist=1").await.status, StatusCode::CONFLICT, "it is full");
    gallery.close();
}

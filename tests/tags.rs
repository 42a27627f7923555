//! The tags of the library: found, renamed and merged, by forms and by scripts.

use crate::support::{Answer, TestApp, found, request, video};
use axum::http::{Method, StatusCode};
use events::event::Tag;
use events::{Event, TagName};
use form_urlencoded::Serializer;

fn tagged(number: u32, tag: &str) -> Event {
    Event::Tag(Tag::Added { video: video(number), tag: TagName::new(tag).expect("a tag") })
}

/// Three videos; `sea` is on two of them, `Ocean` on two, one has both.
fn gallery() -> TestApp {
    let videos = (1..=3).map(|number| found(number, &format!("{number}.mp4")));
    TestApp::given(videos.chain([tagged(1, "sea"), tagged(2, "sea"), tagged(2, "Ocean"), tagged(3, "Ocean")]))
}

fn fields(fields: &[(&str, &str)]) -> String {
    Serializer::new(String::new()).extend_pairs(fields).finish()
}

async fn script(gallery: &TestApp, form: &[(&str, &str)]) -> Answer {
    gallery.send(request(Method::POST, "/tags/rename", &[("accept", "application/json")], &fields(form))).await
}

fn tags(gallery: &TestApp) -> Vec<(String, u64)> {
    let state = gallery.state();
    state.tags().all().into_iter().map(|(name, videos)| (name.to_string(), videos)).collect()
}

#[tokio::test]
async fn a_tag_is_renamed_after_a_look_at_what_will_happen() {
    let gallery = gallery();
    let page = gallery.get("/tags/rename?from=SEA&to=Lake+%2F+pond").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text().contains("2 videos will have #<bdi>Lake &#x2f; pond</bdi>"), "{}", page.text());
    let done = gallery.post("/tags/rename", "from=sea&to=Lake+%2F+pond").await;
    assert_eq!((done.status, done.header("location")), (StatusCode::SEE_OTHER, "/tag/Lake%20%2F%20pond"));
    assert_eq!(tags(&gallery), [("Lake / pond".to_owned(), 2), ("Ocean".to_owned(), 2)]);
    let spelling = script(&gallery, &[("from", "ocean"), ("to", "OCEAN")]).await.json();
    assert_eq!(spelling, serde_json::json!({"tag": "OCEAN", "videos": 2, "batch": 9}));
    gallery.close();
}

#[tokio::test]
async fn two_tags_become_one_only_when_that_is_said() {
    let gallery = gallery();
    let page = gallery.get("/tags/rename?from=sea&to=ocean").await.text();
    assert!(
        page.contains("This merges 2 videos of #<bdi>sea</bdi> into #<bdi>Ocean</bdi> (2 videos); 1 has both"),
        "{page}"
    );
    let refused = script(&gallery, &[("from", "sea"), ("to", "ocean")]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text());
    let merged = script(&gallery, &[("from", "sea"), ("to", "ocean"), ("merge", "true")]).await.json();
    assert_eq!((&merged["tag"], &merged["videos"]), (&"Ocean".into(), &3.into()));
    let batch = merged["batch"].to_string();
    let undone = request(Method::POST, "/undo", &[("accept", "application/json")], &format!("batch={batch}"));
    assert_eq!(gallery.send(undone).await.status, StatusCode::OK);
    assert_eq!(tags(&gallery), [("Ocean".to_owned(), 2), ("sea".to_owned(), 2)]);
    gallery.close();
}

#[tokio::test]
async fn two_tabs_that_edit_one_tag_get_clear_answers() {
    let gallery = gallery();
    gallery.post("/tags/rename", "from=sea&to=lake").await;
    for merge in [&[][..], &[("merge", "true")][..]] {
        let form = [&[("from", "sea"), ("to", "pond")], merge].concat();
        let late = script(&gallery, &form).await;
        assert_eq!(late.status, StatusCode::NOT_FOUND, "{}", late.text());
    }
    assert_eq!(gallery.get("/tags/rename?from=sea").await.status, StatusCode::NOT_FOUND);
    for (address, form, status) in [
        ("/tags/rename", "from=lake&to=%23", StatusCode::BAD_REQUEST),
        ("/tags/rename", "from=&to=x", StatusCode::BAD_REQUEST),
        ("/tags/rename", "from=lake", StatusCode::UNPROCESSABLE_ENTITY),
        ("/tags/rename", "from=lake&to=x&merge=maybe", StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        assert_eq!(gallery.post(address, form).await.status, status, "{form}");
    }
    assert_eq!(gallery.get("/tags/rename").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(gallery.get("/tags/rename?from=lake&to=%00").await.status, StatusCode::OK, "it says that it cannot be");
    gallery.close();
}

#[tokio::test]
async fn hostile_names_go_all_the_way() {
    let gallery = gallery();
    let long = "é".repeat(100);
    let names = ["a/b, c", "50% #1?", "<script>alert(1)</script>", "\"' onclick=x", "🎬 قصة", "..", &long, "sea"];
    for (before, after) in std::iter::once("sea").chain(names).zip(names) {
        let look = gallery.get(&format!("/tags/rename?{}", fields(&[("from", before), ("to", after)]))).await;
        assert_eq!(look.status, StatusCode::OK, "{before} to {after}");
        assert!(!look.text().contains("<script>alert"), "{before} to {after}");
        let renamed = script(&gallery, &[("from", before), ("to", after)]).await;
        assert_eq!(renamed.json()["tag"], after, "{before} to {after}");
        let page = gallery.get("/tags").await.text();
        let link = format!(
            "/tags/rename?from={}",
            percent_encoding::utf8_percent_encode(after, percent_encoding::NON_ALPHANUMERIC)
        );
        assert!(!page.contains("<script>alert") && page.matches("class=\"rename\"").count() == 2, "{after}");
        let found = gallery.get(&format!("/tags?{}", fields(&[("q", after)]))).await.text();
        assert_eq!(found.matches("class=\"rename\"").count(), 1, "{after}");
        assert_eq!(gallery.get(&link).await.status, StatusCode::OK, "{after}");
    }
    gallery.close();
}

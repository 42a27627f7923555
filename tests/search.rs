//! Search through the whole router: the language in an address, slips, typos, suggestions, and whatever people paste.

use crate::support::{TestApp, found, video};
use axum::http::StatusCode;
use events::event::{Rating, Tag, Video};
use events::{Event, Stars, TagName};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

fn library() -> TestApp {
    let tagged =
        |number, tag: &str| Event::Tag(Tag::Added { video: video(number), tag: TagName::new(tag).expect("a tag") });
    TestApp::given([
        found(1, "Amber Tide.mp4"),
        found(2, "Amber <b>Storm.mp4"),
        found(3, "🎬 שלום.mp4"),
        found(4, "gone.mp4"),
        Event::Rating(Rating::Given { video: video(1), stars: Stars::new(4).expect("stars") }),
        tagged(1, "Deep Sea"),
        tagged(2, "a/b"),
        Event::Video(Video::Vanished { video: video(4) }),
    ])
}

fn encoded(typed: &str) -> String {
    utf8_percent_encode(typed, NON_ALPHANUMERIC).to_string()
}

async fn page(app: &TestApp, typed: &str) -> String {
    let answer = app.get(&format!("/search?q={}", encoded(typed))).await;
    assert_eq!(answer.status, StatusCode::OK, "{typed:.80}");
    answer.text()
}

/// The numbers of the cards of a page, in order.
fn cards(html: &str) -> Vec<u32> {
    let cards = html.split("<li class=\"card").skip(1).filter_map(|rest| rest.split("id=\"v").nth(1));
    cards.filter_map(|rest| rest.split('"').next()?.parse().ok()).collect()
}

#[tokio::test]
async fn an_address_can_ask_anything_that_the_language_can() {
    let app = library();
    for (typed, expected) in [
        ("amber", &[2, 1][..]),
        ("amber rating:>=4", &[1]),
        ("tag:\"deep sea\" or שלום", &[1, 3]),
        ("is:missing", &[4]),
        ("amber -is:rated", &[2]),
        ("added:<1d is:missing", &[]),
        ("added:<99y is:missing", &[4]),
    ] {
        let mut found = cards(&page(&app, typed).await);
        found.sort_unstable();
        let mut expected = expected.to_vec();
        expected.sort_unstable();
        assert_eq!(found, expected, "{typed}");
    }
    // The same language narrows every list down.
    assert_eq!(cards(&app.get("/?q=rating%3Anone&sort=title").await.text()), [2, 3]);
    assert_eq!(cards(&app.get("/tag/deep%20sea?q=storm").await.text()), [0; 0]);
}

#[tokio::test]
async fn a_slip_is_marked_and_a_typo_is_mended_and_both_are_said() {
    let app = library();
    let html = page(&app, "amber rating:9 <i>").await;
    assert!(html.contains("amber rating:<mark>9</mark> &lt;i&gt;"), "{html}");
    assert!(html.contains("“9” is not a number of stars."), "{html}");
    let html = page(&app, "ambar tide").await;
    assert!(html.contains("Nothing matched “<bdi>ambar tide</bdi>”"), "{html}");
    assert_eq!(cards(&html), [1]);
    assert!(html.contains("from=%2Fsearch%3Fq%3Damber%2Btide"), "the list that is shown is the one to come from");
    assert!(!page(&app, "amber").await.contains("Nothing matched"));
}

#[tokio::test]
async fn whatever_is_typed_there_is_a_page() {
    let app = library();
    let long = "ambar \"(".repeat(40);
    let many = "a or ".repeat(60);
    for typed in [
        "\"",
        "\"\"",
        "-",
        "--",
        "-\"",
        "tag:",
        "tag:\"",
        "rating:9",
        "rating:",
        "is:",
        "added:<99999999d",
        "added:99999-99-99",
        "or or or",
        "or",
        "(",
        ")",
        "()",
        "((((((((((((((((((((",
        "🎬",
        "שלום \"",
        "\u{202e}abc",
        "a\u{0}b",
        "%00%ff",
        "<script>alert(1)</script>",
        "{{ page.title }}",
        "re:zero",
        "views:18446744073709551616",
        "size:>99999999999999999999gb",
        "duration:1:2:3:4",
        &long,
        &many,
    ] {
        let html = page(&app, typed).await;
        assert!(!html.contains("<script>alert"), "{typed:.80}");
        let suggested = app.get(&format!("/suggest?q={}", encoded(typed))).await;
        assert_eq!(suggested.status, StatusCode::OK, "{typed:.80}");
        assert!(suggested.json()["videos"].is_array(), "{typed:.80}");
    }
}

#[tokio::test]
async fn a_text_without_end_is_cut_or_refused() {
    let app = library();
    let answer = app.get(&format!("/search?q={}", "amber+".repeat(1_000))).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.text().len() < 40_000, "{} bytes", answer.text().len());
    assert_eq!(app.get(&format!("/search?q={}", "x".repeat(60_000))).await.status, StatusCode::URI_TOO_LONG);
    assert_eq!(app.get(&format!("/suggest?q={}", "x".repeat(60_000))).await.status, StatusCode::URI_TOO_LONG);
}

#[tokio::test]
async fn suggestions_are_videos_and_tags_of_those_that_are_there() {
    let app = library();
    let suggested = app.get("/suggest?q=amb").await;
    assert_eq!(suggested.header("cache-control"), "private, no-cache");
    let json = suggested.json();
    assert_eq!(json["videos"][0]["title"], "Amber <b>Storm");
    assert_eq!(json["tags"].as_array().map(Vec::len), Some(0));
    let json = app.get("/suggest?q=sea").await.json();
    assert_eq!((&json["tags"][0]["name"], &json["tags"][0]["href"]), (&"Deep Sea".into(), &"/tag/Deep%20Sea".into()));
    assert_eq!(app.get("/suggest?q=gone").await.json()["videos"], serde_json::json!([]));
    assert_eq!(app.get("/suggest").await.json(), serde_json::json!({ "videos": [], "tags": [] }));
}

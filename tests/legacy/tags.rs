//! Tags, by file name (§1b).

use super::{gallery, get, post, posted};
use axum::http::StatusCode;
use serde_json::{Value, json};

fn on_alpha(tag: impl Into<Value>) -> Value {
    json!({"filename": "alpha.mp4", "tag": tag.into()})
}

/// §1b POST /tag: `#` before each; a tag in other letters leaves the list as it is. §7.4: a comma split a tag in two.
#[tokio::test]
async fn tags_are_attached_once_and_told_with_a_sign() {
    let gallery = gallery();
    for (tag, tags) in [
        ("Sea", json!(["#Sea"])),
        ("#sea", json!(["#Sea"])),
        (" two words ", json!(["#Sea", "#two words"])),
        ("a/b, c%", json!(["#a/b, c%", "#Sea", "#two words"])),
        ("<script>", json!(["#<script>", "#a/b, c%", "#Sea", "#two words"])),
    ] {
        assert_eq!(posted(&gallery, "/tag", on_alpha(tag)).await, json!({"success": true, "tags": tags}), "{tag}");
    }
    let page = get(&gallery, "/watch/1").await.text();
    assert!(!page.contains("<script>") && page.contains("&lt;script&gt;"), "what was typed is text on every page");
    gallery.close();
}

/// §1b: 400 No tag provided; a tag that is no string was a 500.
#[tokio::test]
async fn what_cannot_be_a_tag_is_refused() {
    let gallery = gallery();
    for address in ["/tag", "/delete_tag"] {
        for tag in [Value::Null, json!(""), json!("  "), json!("#"), json!(" ## "), json!(7), json!(["sea"]), json!({})]
        {
            let answer = post(&gallery, address, on_alpha(tag.clone())).await;
            let told = (answer.status, answer.json());
            assert_eq!(told, (StatusCode::BAD_REQUEST, json!({"error": "No tag provided"})), "{address} {tag}");
        }
        for tag in ["x".repeat(101), "a\nb".to_owned(), "\u{1F600}".repeat(5000)] {
            let answer = post(&gallery, address, on_alpha(tag)).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{address}");
            assert!(answer.json()["error"].is_string());
        }
    }
    gallery.close();
}

/// §1b POST /delete_tag: 404 when the video has no tags; "dbl" did not delete "#dbl".
#[tokio::test]
async fn tags_are_taken_off_with_and_without_the_sign() {
    let gallery = gallery();
    let none = post(&gallery, "/delete_tag", on_alpha("dbl")).await;
    assert_eq!((none.status, none.json()), (StatusCode::NOT_FOUND, json!({"error": "Video not found in tags"})));
    for written in ["#dbl", "dbl", "DBL"] {
        posted(&gallery, "/tag", on_alpha("#dbl")).await;
        posted(&gallery, "/tag", on_alpha("kept")).await;
        let left = json!({"success": true, "tags": ["#kept"]});
        assert_eq!(posted(&gallery, "/delete_tag", on_alpha(written)).await, left, "{written}");
        assert_eq!(posted(&gallery, "/delete_tag", on_alpha("never")).await, left, "nothing matched");
    }
    gallery.close();
}

/// §1b GET /api/tags/popular: `limit` 50, 1..200; most used first. §7.4: spellings were counted apart.
#[tokio::test]
async fn popular_tags_are_counted() {
    let gallery = gallery();
    for (name, tag) in [("alpha.mp4", "sea"), ("plain two.mp4", "Sea"), ("nested.webm", "art"), ("nested.webm", "zoo")]
    {
        posted(&gallery, "/tag", json!({"filename": name, "tag": tag})).await;
    }
    let all = json!([{"tag": "#sea", "count": 2}, {"tag": "#art", "count": 1}, {"tag": "#zoo", "count": 1}]);
    for (query, count) in
        [("", 3), ("?limit=2", 2), ("?limit=0", 1), ("?limit=-5", 1), ("?limit=999", 3), ("?limit=x", 3)]
    {
        let tags = get(&gallery, &format!("/api/tags/popular{query}")).await.json()["tags"].clone();
        assert_eq!(tags.as_array().map(Vec::as_slice), all.as_array().map(|all| &all[..count]), "{query}");
    }
    gallery.close();
}

/// §1b GET /api/tags/video: normalised, sorted without regard to case.
#[tokio::test]
async fn the_tags_of_one_video_are_told() {
    let gallery = gallery();
    for tag in ["zoo", "#Art", "bee"] {
        posted(&gallery, "/tag", on_alpha(tag)).await;
    }
    let tags = get(&gallery, "/api/tags/video?filename=alpha.mp4").await.json();
    assert_eq!(tags, json!({"filename": "alpha.mp4", "tags": ["#Art", "#bee", "#zoo"]}));
    let none = get(&gallery, "/api/tags/video?filename=sub%2Fnested.webm").await.json();
    assert_eq!(none, json!({"filename": "sub/nested.webm", "tags": []}));
    for (query, status, error) in [
        ("", StatusCode::BAD_REQUEST, "Missing filename"),
        ("?filename=", StatusCode::BAD_REQUEST, "Missing filename"),
        ("?filename=%20", StatusCode::BAD_REQUEST, "Missing filename"),
        ("?filename=nothing.mp4", StatusCode::NOT_FOUND, "Video not found"),
        ("?filename=..%2Fmain.py", StatusCode::NOT_FOUND, "Video not found"),
    ] {
        let answer = get(&gallery, &format!("/api/tags/video{query}")).await;
        assert_eq!((answer.status, answer.json()), (status, json!({"error": error})), "{query}");
    }
    gallery.close();
}

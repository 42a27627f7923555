//! What operators asked the old program (§1c).

use super::{gallery, get, post, posted, request};
use crate::support::{TestApp, answered_by, found, video};
use axum::http::{Method, StatusCode};
use events::Event;
use events::event::Video;
use local_video_server::jobs::library::Wishes;
use local_video_server::router::{self, Parts};
use local_video_server::web::origin::HostNames;
use serde_json::json;
use std::time::Duration;

/// §1c GET /admin/cache/status: stable field names, with and without anything in the library.
#[tokio::test]
async fn the_status_has_its_fields() {
    for gallery in [gallery(), TestApp::given([])] {
        let videos = gallery.state().videos().present().len();
        if videos > 0 {
            posted(&gallery, "/favorite", json!({"filename": "alpha.mp4"})).await;
        }
        let status = get(&gallery, "/admin/cache/status").await;
        assert_eq!((status.status, status.header("content-type")), (StatusCode::OK, "application/json"));
        let status = status.json();
        assert_eq!((&status["video_count"], &status["favorites_count"]), (&json!(videos), &json!(videos.min(1))));
        for (field, number) in [("cache_ttl", 0), ("video_list_ttl", 0)] {
            assert_eq!(status[field], json!(number), "{field}");
        }
        assert!(status["backend"].is_string());
        for cache in ["ratings", "views", "tags", "favorites", "video_list", "popular_tags"] {
            let age = &status["cache_ages"][cache];
            assert_eq!(age["is_valid"], json!(true), "{cache}");
            for field in ["last_refresh", "age_seconds"] {
                assert_eq!(age[field].is_number(), videos > 0, "{cache} {field}");
            }
        }
        for field in
            ["preview_cache_bytes", "preview_cache_limit_bytes", "preview_cache_usage_ratio", "preview_cache_items"]
        {
            assert!(status[field].is_number(), "{field}");
        }
        assert_eq!((&status["status"], &status["last_refresh_at"]), (&json!("good"), &json!(null)));
        gallery.close();
    }
}

/// §1c: `recent_videos` were the first ten of the alphabet.
#[tokio::test]
async fn recent_videos_are_the_newest() {
    let gallery = TestApp::given((1..=12).map(|number| found(number, &format!("{:02}.mp4", 20 - number))));
    let recent = get(&gallery, "/admin/cache/status").await.json()["recent_videos"].clone();
    assert_eq!(recent, json!((0..10).map(|number| format!("{:02}.mp4", 8 + number)).collect::<Vec<_>>()));
    gallery.close();
}

/// §1c POST /admin/cache/refresh.
#[tokio::test]
async fn a_refresh_wakes_the_library_folders() {
    let gallery = gallery();
    let folders = [Wishes::default(), Wishes::default()];
    let parts = Parts { folders: folders.clone().into(), ..gallery.parts() };
    let refresh = || request(Method::POST, "/admin/cache/refresh", &[], "");
    let answer = answered_by(router::gallery(parts, HostNames::default()), refresh()).await;
    assert_eq!(
        (answer.status, answer.json()),
        (StatusCode::OK, json!({"success": true, "message": "Cache refreshed"}))
    );
    for folder in folders {
        assert!(folder.bell.wait(Duration::ZERO), "a library folder was not woken");
    }
    gallery.close();
}

/// §1c POST /admin/metadata/prune, §7.2 D2: an unmounted folder was the end of every rating, view and favourite.
#[tokio::test]
async fn pruning_deletes_nothing_and_says_so() {
    let gone = (1..=2).map(|number| Event::Video(Video::Vanished { video: video(number) }));
    let gallery = TestApp::given([found(1, "alpha.mp4"), found(2, "beta.mp4")].into_iter().chain(gone));
    posted(&gallery, "/rate", json!({"filename": "alpha.mp4", "rating": 5})).await;
    posted(&gallery, "/tag", json!({"filename": "alpha.mp4", "tag": "sea"})).await;
    posted(&gallery, "/favorite", json!({"filename": "beta.mp4"})).await;
    let before = gallery.state();
    let answer = post(&gallery, "/admin/metadata/prune", json!({})).await;
    let kept = json!({"videos_missing": 2, "ratings": 1, "views": 0, "favorites": 1, "tag_entries": 1});
    assert_eq!(
        answer.json(),
        json!({
            "success": true,
            "dry_run": true,
            "videos_on_disk": 0,
            "ratings_removed": 0,
            "views_removed": 0,
            "favorites_removed": 0,
            "tag_entries_removed": 0,
            "tag_values_removed": 0,
            "kept": kept,
        })
    );
    assert_eq!(gallery.state().digest(), before.digest());
    gallery.close();
}

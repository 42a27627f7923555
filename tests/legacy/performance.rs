//! What the old program's dashboards asked for (§5), at both prefixes, field by field.

use super::{gallery, get, posted};
use crate::support::{TestApp, found, video};
use axum::http::{Method, StatusCode};
use events::event::Video;
use events::{Event, MediaPath, RootPath};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Both places where they were looked for.
const PREFIXES: [&str; 2] = ["", "/dashboard"];

/// The names of the fields of an object.
fn fields(object: &Value) -> BTreeSet<&str> {
    object.as_object().expect("an object").keys().map(String::as_str).collect()
}

fn named<const N: usize>(names: [&str; N]) -> BTreeSet<&str> {
    names.into()
}

const FIGURES: [&str; 6] =
    ["request_count", "error_count", "error_rate", "p50_latency_ms", "p95_latency_ms", "p99_latency_ms"];

async fn fulfilled(gallery: &TestApp, address: &str) -> Value {
    let answer = get(gallery, address).await;
    assert_eq!((answer.status, answer.header("content-type")), (StatusCode::OK, "application/json"), "{address}");
    assert_eq!(answer.header("cache-control"), "private, no-cache", "{address}");
    answer.json()
}

/// The page that was 404 everywhere but below `/dashboard`.
#[tokio::test]
async fn the_page_leads_to_the_one_of_today() {
    let gallery = gallery();
    for prefix in PREFIXES {
        let answer = get(&gallery, &format!("{prefix}/admin/performance")).await;
        assert_eq!((answer.status, answer.header("location")), (StatusCode::TEMPORARY_REDIRECT, "/admin"), "{prefix}");
    }
    gallery.close();
}

#[tokio::test]
async fn everything_at_once_has_its_fields() {
    let gallery = gallery();
    posted(&gallery, "/rate", json!({"filename": "alpha.mp4", "rating": 4})).await;
    get(&gallery, "/").await;
    for prefix in PREFIXES {
        let all = fulfilled(&gallery, &format!("{prefix}/admin/performance/json")).await;
        let expected = [
            "generated_at",
            "window_seconds",
            "server",
            "global",
            "ratings",
            "database",
            "cache",
            "workers",
            "status",
            "routes",
        ];
        assert_eq!(fields(&all), named(expected));
        assert!(all["generated_at"].as_str().is_some_and(|at| at.starts_with("20") && at.ends_with('Z')));
        assert_eq!(all["window_seconds"], 900, "unless something else is said");
        assert_eq!(fields(&all["server"]), named(["version", "environment", "uptime_seconds", "hostname"]));
        assert_eq!(all["server"]["version"], env!("CARGO_PKG_VERSION"));
        assert!(all["server"]["uptime_seconds"].as_f64().is_some_and(|uptime| uptime > 0.0), "not 4e-05, once");
        assert_eq!(fields(&all["global"]), named(FIGURES));
        assert_eq!(
            all["database"],
            json!({"total_queries": 0, "avg_per_request": 0.0, "max_per_request": 0, "count": 0}),
            "no page asks one"
        );
        let cache = [
            "preview_cache_bytes",
            "preview_cache_limit_bytes",
            "preview_cache_usage_ratio",
            "preview_cache_items",
            "last_refresh_at",
            "status",
        ];
        assert_eq!(fields(&all["cache"]), named(cache));
        assert_eq!(fields(&all["workers"]), named(["generated_at", "worker_count", "workers", "queues", "status"]));
        assert_eq!(fields(&all["status"]), named(["overall", "issues"]));
        assert_eq!(fields(&all["ratings"]), fields(&all["routes"][0]));
        assert_eq!((&all["ratings"]["path"], &all["ratings"]["method"]), (&json!("/rate"), &json!("POST")));
    }
    gallery.close();
}

/// §5: it measured almost nothing. After these requests: request_count 0, routes [].
#[tokio::test]
async fn what_was_asked_is_counted() {
    let gallery = gallery();
    for _ in 0..4 {
        get(&gallery, "/watch/1").await;
    }
    get(&gallery, "/watch/99").await;
    let all = fulfilled(&gallery, "/admin/performance/json?window_seconds=300").await;
    assert_eq!((&all["window_seconds"], &all["global"]["request_count"]), (&json!(300), &json!(5)));
    assert_eq!((&all["global"]["error_count"], &all["ratings"]), (&json!(0), &json!(null)), "a 404 is no error");
    let global = |field: &str| all["global"][field].as_f64().expect("a number");
    assert!(global("p50_latency_ms") > 0.0 && global("p50_latency_ms") <= global("p99_latency_ms"), "{all}");
    let routes = fulfilled(&gallery, "/api/admin/performance/routes").await;
    let watch = routes["routes"].as_array().expect("a list").iter().find(|route| route["path"] == "/watch/{id}");
    let watch = watch.expect("it was asked for");
    let expected: BTreeSet<&str> = FIGURES.into_iter().chain(["path", "method", "name", "status"]).collect();
    assert_eq!(fields(watch), expected);
    assert_eq!((&watch["request_count"], &watch["method"]), (&json!(5), &json!("GET")));
    assert!(["good", "warning", "poor"].contains(&watch["status"].as_str().expect("a word")), "{watch}");
    gallery.close();
}

#[tokio::test]
async fn parts_can_be_left_out() {
    let gallery = gallery();
    get(&gallery, "/").await;
    let address = "/admin/performance/json?include_routes=false&include_workers=0";
    let without = fulfilled(&gallery, address).await;
    assert_eq!((&without["routes"], &without["workers"]), (&json!(null), &json!(null)));
    let with = fulfilled(&gallery, "/admin/performance/json?include_routes=true&include_workers=True").await;
    assert!(with["routes"].is_array() && with["workers"].is_object());
    gallery.close();
}

#[tokio::test]
async fn routes_are_sorted_as_asked() {
    let gallery = gallery();
    for (address, times) in [("/", 1), ("/tags", 3), ("/popular", 2)] {
        for _ in 0..times {
            get(&gallery, address).await;
        }
    }
    for prefix in PREFIXES {
        let paths = async |query: &str| -> Vec<String> {
            let routes = fulfilled(&gallery, &format!("{prefix}/api/admin/performance/routes?{query}")).await;
            assert_eq!(fields(&routes), named(["generated_at", "window_seconds", "routes"]));
            let routes = routes["routes"].as_array().expect("a list").clone();
            routes.iter().map(|route| route["path"].as_str().expect("a path").to_owned()).collect()
        };
        assert_eq!(paths("sort_by=request_count&limit=2").await[0], "/tags");
        assert_eq!(paths("sort_by=request_count&limit=2").await.len(), 2);
        let by_path = paths("sort_by=path&order=asc").await;
        assert!(by_path.is_sorted() && by_path.len() >= 3, "{by_path:?}");
        let mut backwards = paths("sort_by=path&order=desc").await;
        backwards.retain(|path| by_path.contains(path));
        assert!(backwards.iter().rev().is_sorted(), "{backwards:?}");
        assert!(paths("sort_by=error_rate").await.len() >= 3);
    }
    gallery.close();
}

#[tokio::test]
async fn workers_are_those_who_make_pictures() {
    let gallery = gallery();
    gallery.parts().workers.update(|workers| (workers.total, workers.working) = (3, 1));
    for prefix in PREFIXES {
        let workers = fulfilled(&gallery, &format!("{prefix}/api/admin/performance/workers")).await;
        assert_eq!((&workers["worker_count"], &workers["status"]), (&json!(3), &json!("good")));
        let states: Vec<_> = workers["workers"].as_array().expect("a list").iter().map(|one| &one["status"]).collect();
        assert_eq!(states, ["busy", "idle", "idle"]);
        let queue = &workers["queues"][0];
        let expected =
            ["name", "pending_jobs", "in_progress_jobs", "failed_jobs", "oldest_pending_age_seconds", "status"];
        assert_eq!(fields(queue), named(expected));
        assert_eq!((&queue["name"], &queue["pending_jobs"]), (&json!("thumbnails"), &json!(5)));
        assert_eq!((&queue["in_progress_jobs"], &queue["failed_jobs"]), (&json!(1), &json!(0)));
        assert_eq!(queue["oldest_pending_age_seconds"], json!(null), "nobody knows");
    }
    let none = TestApp::given([]);
    assert_eq!(fulfilled(&none, "/api/admin/performance/workers").await["status"], "disabled");
    none.close();
    gallery.parts().workers.update(|workers| workers.trouble = Some("the disk is full".to_owned()));
    assert_eq!(fulfilled(&gallery, "/api/admin/performance/workers").await["status"], "critical");
    gallery.close();
}

/// A player that is open is active; when it is closed, nobody is.
#[tokio::test]
async fn who_watches_is_active() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("film.mp4"), vec![7; 1_000_000]).expect("a file");
    let gallery = TestApp::given([Event::Video(Video::Found {
        video: video(1),
        root: RootPath::new(folder.path()),
        path: MediaPath::new("film.mp4").expect("a relative path"),
        size_bytes: 1_000_000,
        modified_at_ms: 0,
        fingerprint: None,
        added_at_ms: 0,
    })]);
    let idle = fulfilled(&gallery, "/api/admin/performance/active").await;
    assert_eq!((&idle["active_count"], &idle["streams"]), (&json!(0), &json!([])));
    let player = gallery.begin(super::request(Method::GET, "/media/1/x", &[], "")).await;
    assert_eq!(player.status(), StatusCode::OK);
    for prefix in PREFIXES {
        let active = fulfilled(&gallery, &format!("{prefix}/api/admin/performance/active?limit=1")).await;
        assert_eq!(fields(&active), named(["generated_at", "active_count", "streams"]));
        assert_eq!(active["active_count"], 1);
        let stream = &active["streams"][0];
        assert_eq!(fields(stream), named(["path", "method", "endpoint", "remote_addr", "last_seen_seconds_ago"]));
        assert_eq!((&stream["method"], &stream["remote_addr"]), (&json!("GET"), &json!(null)));
        assert_eq!(stream["path"], "/video/film.mp4");
        assert!(stream["last_seen_seconds_ago"].as_f64().is_some_and(|ago| (0.0..300.0).contains(&ago)), "{stream}");
    }
    drop(player);
    assert_eq!(fulfilled(&gallery, "/api/admin/performance/active").await["active_count"], 0);
    gallery.close();
}

#[tokio::test]
async fn the_storage_has_its_fields() {
    let gallery = TestApp::given([found(1, "a.mp4"), found(2, "b.mp4"), super::images::found(1, "sea.jpg")]);
    let storage = fulfilled(&gallery, "/api/system/storage").await;
    let expected = ["videos_bytes", "images_bytes", "system_bytes", "used_bytes", "total_bytes", "free_bytes"];
    assert_eq!(fields(&storage), named(expected));
    assert_eq!(storage["videos_bytes"], 3_000_000);
    assert!(storage["images_bytes"].as_u64().is_some_and(|bytes| bytes > 0), "{storage}");
    if let (Some(used), Some(free)) = (storage["used_bytes"].as_u64(), storage["free_bytes"].as_u64()) {
        assert_eq!(storage["total_bytes"], used + free);
    }
    gallery.close();
}

#[tokio::test]
async fn what_cannot_be_meant_is_refused_in_the_old_words() {
    let gallery = gallery();
    for prefix in PREFIXES {
        for (address, message) in [
            ("/admin/performance/json?window_seconds=17", "must be one of [300, 900, 3600]"),
            ("/api/admin/performance/routes?window_seconds=x", "must be one of [300, 900, 3600]"),
            ("/api/admin/performance/active?window_seconds=-300", "must be one of [300, 900, 3600]"),
            ("/api/admin/performance/routes?order=up", r#"must be one of ["asc", "desc"]"#),
            ("/api/admin/performance/active?limit=0", "limit must be a whole number from 1 to 1000"),
            ("/admin/performance/json?include_routes=perhaps", "include_routes must be true or false"),
        ] {
            let answer = get(&gallery, &format!("{prefix}{address}")).await;
            let (name, value) = address.split_once('?').and_then(|(_, query)| query.split_once('=')).expect("a query");
            let expected = json!({
                "success": false,
                "error": {
                    "code": "INVALID_PARAMETER",
                    "message": message,
                    "details": {"parameter": "query", "value": {name: value}},
                },
            });
            assert_eq!((answer.status, answer.json()), (StatusCode::BAD_REQUEST, expected), "{prefix}{address}");
        }
        let sort = get(&gallery, &format!("{prefix}/api/admin/performance/routes?sort_by=name")).await;
        assert_eq!(sort.status, StatusCode::BAD_REQUEST);
    }
    gallery.close();
}

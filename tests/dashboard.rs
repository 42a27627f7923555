//! The dashboard through the whole router: its windows, its cards as JSON, and what stands on the page.

use crate::support::{Answer, TestApp, answered_by, found, request, video};
use axum::http::{Method, StatusCode};
use events::Event;
use events::event::Thumbnail;
use local_video_server::status::storage::StorageStatus;

const CARDS: [&str; 11] = [
    "health",
    "traffic",
    "points",
    "writer",
    "projection",
    "caches",
    "thumbnails",
    "folders",
    "storage",
    "process",
    "streams",
];

fn failed(number: u32, reason: &str) -> Event {
    let (stage, reason, decoder) = ("read".to_owned(), reason.to_owned(), "h264".to_owned());
    Event::Thumbnail(Thumbnail::Failed { video: video(number), stage, reason, decoder })
}

/// Four films; three have no cover, two of them for the same reason.
fn gallery() -> TestApp {
    let files = (1..=4).map(|number| found(number, &format!("film {number}.mp4")));
    let failures = [failed(1, "no index"), failed(2, "no <key> frame"), failed(3, "no index")];
    TestApp::given(files.chain(failures))
}

/// What the API says to a program on another machine.
async fn asked(app: &TestApp, address: &str) -> Answer {
    let gallery = app.gallery().for_peer([192, 168, 1, 7].into());
    let address = format!("/api/v1/admin/{address}");
    answered_by(gallery, request(Method::GET, &address, &[("accept", "application/json")], "")).await
}

#[tokio::test]
async fn every_card_is_on_the_page_and_everybody_may_read_its_twin() {
    let app = gallery();
    let page = app.get("/admin").await.text();
    for card in CARDS.iter().filter(|card| **card != "folders") {
        assert!(page.contains(&format!("id=\"{card}\"")), "{card} is missing from {page}");
    }
    for card in CARDS {
        let answer = asked(&app, card).await;
        assert_eq!(answer.status, StatusCode::OK, "{card}: {}", answer.text());
        assert!(answer.json().is_object(), "{card}");
    }
    // What changes something is still for those who look after the gallery.
    assert_eq!(asked(&app, "jobs").await.status, StatusCode::UNAUTHORIZED);
    app.close();
}

#[tokio::test]
async fn the_window_is_part_of_the_address() {
    let app = gallery();
    for (address, current) in [
        ("/admin", "1 hour"),
        ("/admin?window=", "1 hour"),
        ("/admin?window=15m", "15 minutes"),
        ("/admin?window=1h", "1 hour"),
        ("/admin?window=24h", "24 hours"),
        ("/admin?window=30d", "30 days"),
    ] {
        let page = app.get(address).await;
        assert_eq!(page.status, StatusCode::OK, "{address}");
        assert!(page.text().contains(&format!("aria-current=\"true\">{current}</a>")), "{address}");
    }
    for (name, step_ms) in [("5m", 60_000), ("15m", 60_000), ("1h", 60_000), ("24h", 900_000), ("30d", 21_600_000)] {
        let points = asked(&app, &format!("points?window={name}")).await.json();
        assert_eq!((&points["window"], &points["step_ms"]), (&name.into(), &step_ms.into()));
        assert_eq!(asked(&app, &format!("traffic?window={name}")).await.json()["window"], name);
    }
    app.close();
}

#[tokio::test]
async fn a_window_that_there_is_not_is_refused_in_words() {
    let app = gallery();
    let words = "It is one of 5m, 15m, 1h, 24h, 30d.";
    for wrong in ["2h", "1H", "-1h", "0", "1h%00", "9999999999999999999d", "%F0%9F%8E%AC"] {
        let page = app.get(&format!("/admin?window={wrong}")).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{wrong}");
        assert!(page.text().contains(words), "{wrong}: {}", page.text());
        for card in ["health", "traffic", "points"] {
            let answer = asked(&app, &format!("{card}?window={wrong}")).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{card} {wrong}");
            assert!(answer.json()["detail"].as_str().is_some_and(|detail| detail.contains(words)), "{card}");
        }
    }
    assert_eq!(asked(&app, "traffic?route=/watch").await.status, StatusCode::BAD_REQUEST, "an unknown parameter");
    app.close();
}

#[tokio::test]
async fn what_was_asked_for_is_in_the_traffic_and_in_the_points() {
    let app = gallery();
    for _ in 0..3 {
        assert_eq!(app.get("/watch/1").await.status, StatusCode::OK);
    }
    assert_eq!(app.get("/watch/9").await.status, StatusCode::NOT_FOUND);
    let traffic = asked(&app, "traffic").await.json();
    let routes = traffic["routes"].as_array().expect("a list");
    let watch = routes.iter().find(|route| route["route"] == "/watch/{id}").expect("it is counted");
    assert_eq!((&watch["figures"]["requests"], &watch["figures"]["client_errors"]), (&4.into(), &1.into()), "{watch}");
    assert_eq!((&traffic["total"]["errors"], &traffic["slowness"]), (&0.into(), &"good".into()));
    let points = asked(&app, "points").await.json();
    let sum: u64 = points["points"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|point| point["figures"]["requests"].as_u64())
        .sum();
    assert!(sum >= 4 && sum >= traffic["total"]["requests"].as_u64().expect("a number"), "{sum}: {traffic}");
    let page = app.get("/admin").await.text();
    assert!(page.contains("<code>&#x2f;watch&#x2f;{id}</code>"), "{page}");
    for chart in ["latency", "requests", "hits", "memory", "processor", "events"] {
        assert!(page.contains(&format!("id=\"chart-{chart}\"")), "{chart}");
    }
    app.close();
}

#[tokio::test]
async fn what_failed_for_one_reason_is_tried_again_without_the_rest() {
    let app = gallery();
    let health = asked(&app, "health").await.json();
    let issues = health["issues"].as_array().expect("a list");
    let failed: Vec<_> = issues.iter().filter(|issue| issue["kind"] == "thumbnails-failed").collect();
    assert_eq!(failed[0]["what"], "2 thumbnails failed: no index.");
    assert_eq!((&failed[0]["show"], &failed[0]["retry"]), (&"/admin#failed-1".into(), &"no index".into()));
    let page = app.get("/admin").await.text();
    for words in ["2 thumbnails failed: no index.", "id=\"failed-1\"", "name=\"reason\" value=\"no &lt;key&gt; frame\""]
    {
        assert!(page.contains(words), "{words} is missing from {page}");
    }
    let tried = app.post("/thumbnails/retry", "reason=no+index").await;
    assert_eq!(tried.status, StatusCode::SEE_OTHER);
    let left: Vec<u32> = app.state().thumbnails().failed().iter().collect();
    assert_eq!(left, [2]);
    assert_eq!(app.post("/thumbnails/retry", "reason=never+heard").await.status, StatusCode::SEE_OTHER);
    assert_eq!(app.state().thumbnails().failed().len(), 1, "another reason is nobody's");
    app.close();
}

#[tokio::test]
async fn what_was_measured_and_what_is_known_is_on_its_card() {
    let app = gallery();
    // The first time it is measured is over: the next is half a minute away.
    let measured = |status: &StorageStatus| status.measured_at_ms.is_some();
    app.parts().storage.subscribe().wait_for(measured).await.expect("the job goes on");
    app.parts().storage.note(StorageStatus {
        measured_at_ms: Some(7_000),
        log_bytes: 4_200_000,
        checkpoints_bytes: 30,
        checkpoint_at_ms: Some(5_000),
        free_bytes: Some(100),
        disk_bytes: Some(250_000_000_000),
    });
    let storage = asked(&app, "storage").await.json();
    assert_eq!((&storage["level"], &storage["videos_bytes"]), (&"bad".into(), &10_000_000.into()), "{storage}");
    assert_eq!(storage["measured_at"], "1970-01-01T00:00:07.000Z");
    assert_eq!(asked(&app, "writer").await.json()["size_bytes"], 4_200_000);
    let projection = asked(&app, "projection").await.json();
    assert_eq!((&projection["position"], &projection["lag"], &projection["videos"]), (&7.into(), &0.into(), &4.into()));
    let issues = asked(&app, "health").await.json();
    assert_eq!((&issues["level"], &issues["issues"][0]["kind"]), (&"bad".into(), &"disk-full".into()), "{issues}");
    let page = app.get("/admin").await.text();
    assert!(page.contains("The disk of the data folder is nearly full: 100 B of 250 GB are free."), "{page}");
    app.close();
}

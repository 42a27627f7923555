//! What reading answers, and how strict it is.

use super::{ODD, ask, gallery, get};
use crate::support::{Answer, TestApp, found};
use axum::http::{Method, StatusCode};
use events::{Recorded, jsonl};
use projections::State;
use serde_json::{Value, json};

/// The ids of the videos of an answer.
fn ids(answer: &Value) -> Vec<u64> {
    answer["videos"].as_array().expect("videos").iter().filter_map(|video| video["id"].as_u64()).collect()
}

#[tokio::test]
async fn a_video_is_all_that_is_known_of_it() {
    let gallery = gallery();
    let answer = get(&gallery, "/videos/1").await;
    let expected = json!({
        "id": 1, "title": "Tide pool", "path": "/videos/sea/Tide pool.mp4", "stars": 4, "favorite": false, "views": 0,
        "tags": ["Sea"], "duration_ms": null, "width": null, "height": null, "frame_rate_mhz": null, "bit_rate": null,
        "recorded_at": null, "chapters": [], "cover": null, "size_bytes": 1_000_000,
        "added_at": "1970-01-01T00:00:01.000Z", "last_viewed_at": null, "progress": null, "missing_since": null,
        "watch": "/watch/1", "media": "/media/1/Tide%20pool.mp4",
    });
    assert_eq!(answer.json(), expected);
    for unknown in
        ["/videos/99", "/videos/0", "/videos/x", "/videos/99/related", "/playlists/9", "/playlists/x", "/nothing"]
    {
        let answer = get(&gallery, unknown).await;
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (StatusCode::NOT_FOUND, "application/problem+json"),
            "{unknown}"
        );
    }
    gallery.close();
}

#[tokio::test]
async fn a_list_is_the_list_of_the_pages() {
    let gallery = gallery();
    let list = async |query: &str| get(&gallery, &format!("/videos{query}")).await.json();
    assert_eq!(ids(&list("").await), [3, 2, 1]);
    assert_eq!(ids(&list("?sort=title").await), [2, 3, 1]);
    assert_eq!(ids(&list("?list=best-of").await), [1]);
    assert_eq!(ids(&list("?tag=%23SEA&order=asc").await), [1, 3]);
    assert_eq!(ids(&list("?tag=a%2Fb%2C+50%25+%3Cscript%3E").await), [2]);
    assert_eq!(ids(&list("?q=tide").await), [1]);
    assert_eq!(ids(&list("?q=is%3Awatched+or+tag%3Asea&sort=title").await), [3, 1], "the language of the search box");
    let typo = list("?q=tiide").await;
    assert_eq!((ids(&typo), &typo["corrected"]), (vec![1], &json!("tide")));
    let slip = list("?q=lamp+rating%3Anine").await;
    assert_eq!((ids(&slip), &slip["slips"][0]["text"]), (vec![2], &json!("nine")));
    let second = list("?sort=title&per_page=2&page=2").await;
    assert_eq!(
        (ids(&second), &second["total"], &second["page"], &second["pages"]),
        (vec![1], &json!(3), &json!(2), &json!(2))
    );
    assert_eq!(second["size_bytes"], 6_000_000);
    let shuffled = list("?sort=random").await;
    let again = list(&format!("?sort=random&seed={}", shuffled["seed"])).await;
    assert_eq!(ids(&shuffled), ids(&again), "the seed that was taken leads to the same order");
    gallery.close();
}

#[tokio::test]
async fn what_makes_no_sense_is_an_error_that_names_it() {
    let gallery = gallery();
    for (address, field) in [
        ("/videos?sort=zzz", "sort"),
        ("/videos?page=0", "page"),
        ("/videos?page=2", "page"),
        ("/videos?page=1000000000", "page"),
        ("/videos?page=1e9", "page"),
        ("/videos?seed=abc", "seed"),
        ("/videos?colour=red", "colour"),
        ("/playlists/1?page=2", "page"),
        ("/playlists/1?per_page=0", "per_page"),
        ("/playlists/1?page=x", "page"),
        ("/playlists/1?colour=red", "colour"),
        ("/tags/suggest?colour=red", "colour"),
        ("/log?after=12", "after"),
        ("/log?after=-1", "after"),
        ("/log?limit=0", "limit"),
        ("/log?since=1", "since"),
        ("/log?after=one", "after"),
        ("/log?after=99999999999999999999", "after"),
        ("/log?limit=1e9", "limit"),
        ("/admin/log/frames?after=12", "after"),
        ("/admin/log/frames?after=18446744073709551615", "after"),
        ("/admin/log/frames?after=99999999999999999999", "after"),
        ("/admin/log/frames?after=-1", "after"),
        ("/admin/log/frames?after=one", "after"),
        ("/admin/log/frames?limit=0", "limit"),
        ("/admin/log/frames?limit=many", "limit"),
        ("/admin/log/frames?since=1", "since"),
    ] {
        let answer = get(&gallery, address).await;
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (StatusCode::BAD_REQUEST, "application/problem+json"),
            "{address}"
        );
        let problem = answer.json();
        assert_eq!((&problem["status"], &problem["field"]), (&json!(400), &json!(field)), "{address}");
        assert!(problem["detail"].as_str().is_some_and(|why| why.contains(field)), "{problem}");
    }
    gallery.close();
}

#[tokio::test]
async fn tags_and_playlists_are_listed() {
    let gallery = gallery();
    let tags = json!({"tags": [{"name": ODD, "videos": 1}, {"name": "Sea", "videos": 2}]});
    assert_eq!(get(&gallery, "/tags").await.json(), tags);
    assert_eq!(get(&gallery, "/tags/suggest?q=SE").await.json(), json!({"tags": [{"name": "Sea", "videos": 2}]}));
    let lists = get(&gallery, "/playlists").await.json();
    assert_eq!((&lists["playlists"][0]["name"], &lists["playlists"][0]["items"]), (&json!("Evening"), &json!(3)));
    let page = get(&gallery, "/playlists/1?per_page=2&page=2").await.json();
    let item = &page["items"][0];
    assert_eq!((&item["item"], &item["index"], &item["video"]["id"]), (&json!(3), &json!(2), &json!(2)));
    assert_eq!((&page["pages"], &page["playlist"]["id"]), (&json!(2), &json!(1)));
    gallery.close();
}

#[tokio::test]
async fn the_status_counts_what_there_is() {
    let gallery = gallery();
    let status = get(&gallery, "/status").await.json();
    let counts = ["videos", "missing", "tags", "playlists", "position"].map(|name| status[name].as_u64());
    assert_eq!(counts, [3, 0, 2, 1, 11].map(Some));
    assert_eq!((&status["writable"], &status["trouble"], &status["folders"]), (&json!(true), &Value::Null, &json!([])));
    let head = ask(&gallery, Method::HEAD, "/api/v1/status", &[], "").await;
    assert_eq!((head.status, head.body.len()), (StatusCode::OK, 0));
    gallery.close();
}

/// The lines of an answer, each read back as the record it is of.
fn records(answer: &Answer) -> Vec<Recorded> {
    assert_eq!((answer.status, answer.header("content-type")), (StatusCode::OK, "application/x-ndjson"));
    answer.text().lines().map(|line| jsonl::read(line).expect("a line is a record")).collect()
}

/// The positions of the records in an answer, which is made of nothing else.
fn positions(answer: &Answer) -> Vec<u64> {
    assert_eq!((answer.status, answer.header("content-type")), (StatusCode::OK, "application/octet-stream"));
    let (mut found, mut rest) = (Vec::new(), &*answer.body);
    while let Some((pos, more)) = rest.split_first_chunk() {
        let (length, more) = more.split_first_chunk().expect("a length");
        found.push(u64::from_le_bytes(*pos));
        rest = &more[u32::from_le_bytes(*length) as usize..];
    }
    assert!(rest.is_empty());
    found
}

#[tokio::test]
async fn records_as_they_are_stored_come_in_bounded_pieces() {
    let gallery = TestApp::given((1..=4_200).map(|number| found(number, &format!("{number}.mp4"))));
    let piece = async |part: String| positions(&get(&gallery, &format!("/admin/log/frames{part}")).await);
    assert!(piece("?after=4190&limit=3".into()).await.into_iter().eq(4_191..=4_193));
    // However many are asked for, a piece has a bound; the next one goes on from there.
    for part in ["", "?limit=4097", &format!("?after=0&limit={}", u64::MAX)] {
        assert!(piece(part.to_owned()).await.into_iter().eq(1..=4_096), "{part}");
    }
    assert!(piece(format!("?after=4096&limit={}", u64::MAX)).await.into_iter().eq(4_097..=4_200));
    assert!(piece("?after=4200".into()).await.is_empty(), "the end of the log");
    gallery.close();
}

#[tokio::test]
async fn the_log_is_read_in_parts_that_make_up_the_whole() {
    let gallery = TestApp::given((1..=2500).map(|number| found(number, &format!("{number}.mp4"))));
    let whole = records(&get(&gallery, "/log").await);
    assert!(whole.iter().map(|record| record.pos).eq(1..=2500), "in order and without a gap");
    let mut parts = Vec::new();
    while parts.len() < whole.len() {
        let after = parts.last().map_or(0, |record: &Recorded| record.pos);
        let part = records(&get(&gallery, &format!("/log?after={after}&limit=1100")).await);
        assert!(!part.is_empty() && part.len() <= 1100);
        parts.extend(part);
    }
    assert_eq!(parts, whole);
    assert_eq!(records(&get(&gallery, "/log?after=2500").await), []);
    assert_eq!(records(&get(&gallery, &format!("/log?after=2&limit={}", u64::MAX)).await), whole[2..]);
    let mut rebuilt = State::default();
    whole.iter().for_each(|record| rebuilt.apply(record));
    assert_eq!(rebuilt.digest(), gallery.state().digest(), "everything known can be computed from it");
    gallery.close();
}

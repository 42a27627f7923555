//! What changing does: once for each key, only on what the client saw, and never halfway.

use super::{ODD, change, gallery, get, id};
use crate::support::{Answer, TestApp};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

async fn put(gallery: &TestApp, address: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
    change(gallery, Method::PUT, address, headers, &body.to_string()).await
}

/// The stars of video 1.
fn stars(gallery: &TestApp) -> Option<u8> {
    gallery.state().ratings().get(id(1)).map(|rated| rated.stars.get())
}

/// The tags of a video.
fn tags(gallery: &TestApp, number: u32) -> Vec<String> {
    gallery.state().tags().of(id(number)).into_iter().map(|tag| tag.as_str().to_owned()).collect()
}

#[tokio::test]
async fn a_change_is_answered_with_what_is_known_now() {
    let gallery = gallery();
    let answer = put(&gallery, "/videos/1/rating", &[], &json!({"stars": 5})).await;
    let known = json!({"video": 1, "stars": 5, "favorite": false, "views": 0, "tags": ["Sea"], "batch": 12});
    assert_eq!((answer.status, answer.json()), (StatusCode::OK, known));
    let answer = change(&gallery, Method::PUT, "/videos/1/favorite", &[], "").await.json();
    assert_eq!((&answer["favorite"], &answer["batch"]), (&json!(true), &json!(13)));
    let again = change(&gallery, Method::PUT, "/videos/1/favorite", &[], "").await.json();
    assert_eq!((&again["favorite"], &again["batch"]), (&json!(true), &json!(0)), "nothing was changed");
    change(&gallery, Method::DELETE, "/videos/1/favorite", &[], "").await;
    change(&gallery, Method::DELETE, "/videos/1/rating", &[], "").await;
    assert_eq!((stars(&gallery), gallery.state().favorites().contains(id(1))), (None, false));
    assert_eq!(get(&gallery, "/videos/1/rating").await.json(), json!({"stars": null, "given_at": null}));
    gallery.close();
}

#[tokio::test]
async fn a_change_says_that_it_came_by_the_api() {
    let gallery = gallery();
    put(&gallery, "/videos/1/rating", &[], &json!({"stars": 5})).await;
    let cause = gallery.state().ratings().get(id(1)).map(|rated| rated.cause);
    assert_eq!(cause, Some(events::Cause::Api));
    gallery.close();
}

#[tokio::test]
async fn a_key_makes_a_change_count_once() {
    let gallery = gallery();
    let key = [("idempotency-key", "one")];
    let first = put(&gallery, "/videos/2/tags", &key, &json!({"tags": ["new", "Sea"]})).await;
    assert_eq!((first.status, tags(&gallery, 2)), (StatusCode::OK, vec!["new".to_owned(), "Sea".to_owned()]));
    put(&gallery, "/videos/2/tags", &[], &json!({"tags": ["other"]})).await;
    let pos = gallery.state().pos();
    let again = put(&gallery, "/videos/2/tags", &key, &json!({"tags": ["new", "Sea"]})).await;
    assert_eq!((again.status, &again.json()["batch"]), (StatusCode::OK, &first.json()["batch"]), "it was carried out");
    assert_eq!((gallery.state().pos(), tags(&gallery, 2)), (pos, vec!["other".to_owned()]), "and is not again");
    let other = put(&gallery, "/videos/2/tags", &key, &json!({"tags": ["else"]})).await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY, "a key is for one request");
    let other = put(&gallery, "/videos/1/rating", &key, &json!({"stars": 1})).await;
    assert_eq!((other.status, gallery.state().pos()), (StatusCode::UNPROCESSABLE_ENTITY, pos));
    gallery.close();
}

#[tokio::test]
async fn of_two_tabs_that_edit_the_same_tags_the_second_is_told() {
    let gallery = gallery();
    let seen = get(&gallery, "/videos/2/tags").await;
    assert_eq!(seen.json(), json!({"tags": [ODD]}));
    let tag = [("if-match", seen.header("etag"))];
    let first = put(&gallery, "/videos/2/tags", &tag, &json!({"tags": [ODD, "mine"]})).await;
    assert_eq!(first.status, StatusCode::OK);
    let pos = gallery.state().pos();
    for method in [Method::PUT, Method::PATCH] {
        let body = if method == Method::PUT { json!({"tags": []}) } else { json!({"remove": [ODD]}) };
        let second = change(&gallery, method, "/videos/2/tags", &tag, &body.to_string()).await;
        assert_eq!(
            (second.status, second.header("content-type")),
            (StatusCode::PRECONDITION_FAILED, "application/problem+json")
        );
        assert_eq!(second.json()["title"], "Changed by somebody else");
    }
    assert_eq!((gallery.state().pos(), tags(&gallery, 2).len()), (pos, 2), "nothing of it was written");
    // The answer to the first names what there is now, so the first can go on.
    let now = [("if-match", first.header("etag"))];
    assert_eq!(get(&gallery, "/videos/2/tags").await.header("etag"), first.header("etag"));
    let third = change(&gallery, Method::PATCH, "/videos/2/tags", &now, r#"{"remove":["MINE"]}"#).await;
    assert_eq!((third.status, tags(&gallery, 2)), (StatusCode::OK, vec![ODD.to_owned()]));
    gallery.close();
}

#[tokio::test]
async fn a_rating_can_depend_on_the_one_that_was_seen() {
    let gallery = gallery();
    let seen = get(&gallery, "/videos/1/rating").await;
    let tag = [("if-match", seen.header("etag")), ("idempotency-key", "r")];
    assert_eq!(put(&gallery, "/videos/1/rating", &tag, &json!({"stars": 5})).await.status, StatusCode::OK);
    assert_eq!(put(&gallery, "/videos/1/rating", &tag, &json!({"stars": 5})).await.status, StatusCode::OK, "again");
    let stale = change(&gallery, Method::DELETE, "/videos/1/rating", &tag[..1], "").await;
    assert_eq!((stale.status, stars(&gallery)), (StatusCode::PRECONDITION_FAILED, Some(5)));
    for never in ["W/\"0123456789abcdef\"", "\"x\"", "x"] {
        let answer = put(&gallery, "/videos/1/rating", &[("if-match", never)], &json!({"stars": 1})).await;
        assert_eq!((answer.status, stars(&gallery)), (StatusCode::PRECONDITION_FAILED, Some(5)), "{never}");
    }
    assert_eq!(
        put(&gallery, "/videos/1/rating", &[("if-match", "*")], &json!({"stars": 2})).await.status,
        StatusCode::OK
    );
    assert_eq!(put(&gallery, "/videos/9/rating", &tag[..1], &json!({"stars": 2})).await.status, StatusCode::NOT_FOUND);
    gallery.close();
}

#[tokio::test]
async fn lists_of_tags_from_many_at_once_end_as_one_of_them() {
    let gallery = gallery();
    let wanted: Vec<String> =
        (0..8).map(|number| json!({"tags": [format!("a{number}"), format!("b{number}")]}).to_string()).collect();
    let put = |body| change(&gallery, Method::PUT, "/videos/1/tags", &[], body);
    let (one, two, three, four) = tokio::join!(put(&wanted[0]), put(&wanted[1]), put(&wanted[2]), put(&wanted[3]));
    assert!([one, two, three, four].iter().all(|answer| answer.status == StatusCode::OK));
    let left = tags(&gallery, 1);
    assert!((0..4).any(|number| left == [format!("a{number}"), format!("b{number}")]), "{left:?} was never asked for");
    gallery.close();
}

#[tokio::test]
async fn bad_values_are_named_and_nothing_is_written() {
    let gallery = gallery();
    let long = json!({"tags": ["x".repeat(101)]});
    let many = json!({"add": (0..1000).map(|number| number.to_string()).collect::<Vec<_>>()});
    for (method, address, body, status, field) in [
        (Method::PUT, "/videos/1/rating", json!({"stars": 0}), 422, "stars"),
        (Method::PUT, "/videos/1/rating", json!({"stars": 6}), 422, "stars"),
        (Method::PUT, "/videos/1/rating", json!({"stars": 4.5}), 422, "stars"),
        (Method::PUT, "/videos/1/rating", json!({"stars": "4"}), 422, "stars"),
        (Method::PUT, "/videos/1/rating", json!({"stars": null}), 422, "stars"),
        (Method::PUT, "/videos/1/rating", json!({"star": 4}), 422, "star"),
        (Method::PUT, "/videos/1/tags", json!({"tags": ["#"]}), 422, "tags"),
        (Method::PUT, "/videos/1/tags", json!({"tags": ["a\nb"]}), 422, "tags"),
        (Method::PUT, "/videos/1/tags", json!({"tags": "a"}), 422, "tags"),
        (Method::PUT, "/videos/1/tags", long, 422, "tags"),
        (Method::PATCH, "/videos/1/tags", json!({"add": [7]}), 422, "add[0]"),
        (Method::PATCH, "/videos/1/tags", many, 409, ""),
        (Method::PUT, "/videos/99/rating", json!({"stars": 4}), 404, ""),
        (Method::PUT, "/videos/x/tags", json!({"tags": []}), 404, ""),
    ] {
        let answer = change(&gallery, method, address, &[], &body.to_string()).await;
        let problem = answer.json();
        let found = (answer.status.as_u16(), problem["field"].as_str().unwrap_or_default());
        assert_eq!(found, (status, field), "{address} {body}: {problem}");
    }
    assert_eq!(gallery.state().pos(), 11);
    gallery.close();
}

#[tokio::test]
async fn a_playlist_is_made_filled_ordered_and_deleted() {
    let gallery = gallery();
    let key = [("idempotency-key", "p")];
    let new = json!({"name": "Morning", "description": "slow", "videos": [3, 1, 99]}).to_string();
    let made = change(&gallery, Method::POST, "/playlists", &key, &new).await;
    assert_eq!((made.status, made.header("location")), (StatusCode::CREATED, "/api/v1/playlists/2"));
    let body = made.json();
    assert_eq!((&body["playlist"]["items"], &body["skipped"]), (&json!(2), &json!(1)), "an unknown video is left out");
    let edit = change(&gallery, Method::PATCH, "/playlists/2", &[], r#"{"name":"Noon"}"#).await.json();
    assert_eq!((&edit["playlist"]["name"], &edit["playlist"]["description"]), (&json!("Noon"), &json!("slow")));
    let again = change(&gallery, Method::POST, "/playlists", &key, &new).await;
    assert_eq!((again.status, &again.json()["playlist"]["name"]), (StatusCode::CREATED, &json!("Noon")), "made once");
    let taken = change(&gallery, Method::POST, "/playlists", &[], r#"{"name":"EVENING"}"#).await;
    assert_eq!(taken.status, StatusCode::CONFLICT);
    change(&gallery, Method::POST, "/playlists/2/items", &[], r#"{"videos":[2,3]}"#).await;
    change(&gallery, Method::PATCH, "/playlists/2/items/3", &[], r#"{"index":0}"#).await;
    change(&gallery, Method::DELETE, "/playlists/2/items/1", &[], "").await;
    let page = get(&gallery, "/playlists/2").await.json();
    let items = page["items"]
        .as_array()
        .expect("items")
        .iter()
        .map(|item| (item["item"].as_u64(), item["video"]["id"].as_u64()));
    assert!(items.eq([(3, 2), (2, 1), (4, 3)].map(|(item, video)| (Some(item), Some(video)))), "{page}");
    let gone = change(&gallery, Method::DELETE, "/playlists/2", &[], "").await.json();
    assert_eq!(gone["playlist"], Value::Null);
    let undone = change(&gallery, Method::POST, "/undo", &[], &json!({"batch": gone["batch"]}).to_string()).await;
    assert_eq!((undone.status, &undone.json()["undone"]), (StatusCode::OK, &gone["batch"]));
    assert_eq!(get(&gallery, "/playlists").await.json()["playlists"].as_array().map(Vec::len), Some(2));
    for (method, address, body, status) in [
        (Method::POST, "/playlists", json!({"name": " "}), 422),
        (Method::POST, "/playlists", json!({"name": "x", "videos": [0]}), 422),
        (Method::POST, "/playlists/1/items", json!({"videos": vec![1; 10_001]}), 422),
        (Method::POST, "/playlists/9/items", json!({"videos": [1]}), 404),
        (Method::PATCH, "/playlists/1/items/9", json!({"index": 0}), 404),
        (Method::PATCH, "/playlists/1/items/1", json!({"index": -1}), 422),
        (Method::PATCH, "/playlists/x", json!({"name": "x"}), 404),
        (Method::POST, "/undo", json!({"batch": 9999}), 404),
    ] {
        let answer = change(&gallery, method, address, &[], &body.to_string()).await;
        assert_eq!(answer.status.as_u16(), status, "{address} {body}: {}", answer.text());
    }
    gallery.close();
}

#[tokio::test]
async fn a_tag_of_any_spelling_can_be_renamed_and_merged() {
    let gallery = gallery();
    let odd = "/tags/a%2Fb%2C%2050%25%20%3Cscript%3E";
    let taken = change(&gallery, Method::PATCH, odd, &[], r#"{"name":"SEA"}"#).await;
    assert_eq!((taken.status, taken.header("content-type")), (StatusCode::CONFLICT, "application/problem+json"));
    let answer = change(&gallery, Method::PATCH, odd, &[], r#"{"name":"a,b/<b>%2F"}"#).await;
    let renamed = json!({"tag": {"name": "a,b/<b>%2F", "videos": 1}, "batch": 12});
    assert_eq!((answer.status, answer.json()), (StatusCode::OK, renamed));
    assert_eq!(change(&gallery, Method::PATCH, odd, &[], r#"{"name":"x"}"#).await.status, StatusCode::NOT_FOUND);
    let merged = change(&gallery, Method::POST, "/tags/a,b%2F%3Cb%3E%252F/merge", &[], r#"{"into":"sea"}"#).await;
    assert_eq!(merged.json()["tag"], json!({"name": "Sea", "videos": 3}));
    for (address, body, status) in [("/tags/%23", r#"{"name":"x"}"#, 404), ("/tags/Sea", r##"{"name":"#"}"##, 422)] {
        assert_eq!(change(&gallery, Method::PATCH, address, &[], body).await.status.as_u16(), status, "{address}");
    }
    gallery.close();
}

#[tokio::test]
async fn many_videos_are_changed_and_changed_back_as_one() {
    let gallery = gallery();
    let edit = async |body: Value| change(&gallery, Method::POST, "/edits", &[], &body.to_string()).await;
    let rated = edit(json!({"videos": [1, 2, 99, 3], "stars": 2})).await;
    assert_eq!(
        (rated.status, rated.json()),
        (StatusCode::OK, json!({"batch": 12, "events": 3, "videos": 3, "skipped": 1}))
    );
    assert_eq!(edit(json!({"videos": [1, 2], "stars": null})).await.json()["events"], 2);
    assert_eq!(edit(json!({"videos": [1, 2], "favorite": true})).await.json()["events"], 2);
    assert_eq!(edit(json!({"videos": [1, 2], "add": ["new"], "remove": ["sea", ODD]})).await.json()["videos"], 2);
    assert_eq!((tags(&gallery, 1), tags(&gallery, 2)), (vec!["new".to_owned()], vec!["new".to_owned()]));
    let undo = change(&gallery, Method::POST, "/undo", &[], r#"{"batch":12}"#).await.json();
    assert_eq!((&undo["undone"], &undo["skipped"]), (&json!(12), &json!(1)), "one was changed again, one is as before");
    let pos = gallery.state().pos();
    for (body, status) in [
        (json!({"videos": [], "stars": 1}), 400),
        (json!({"videos": [1], "stars": 1, "favorite": true}), 400),
        (json!({"videos": [1]}), 400),
        (json!({"videos": [0], "stars": 1}), 400),
        (json!({"videos": ["1"], "stars": 1}), 422),
        (json!({"videos": [1], "star": 1}), 422),
        (json!({"videos": [98, 99], "stars": 1}), 404),
        (json!({"videos": [1], "playlist": 9}), 404),
    ] {
        let answer = edit(body.clone()).await;
        assert_eq!(answer.status.as_u16(), status, "{body}: {}", answer.text());
    }
    assert_eq!(gallery.state().pos(), pos);
    gallery.close();
}

#[tokio::test]
async fn where_somebody_stopped_is_known_to_all() {
    let gallery = gallery();
    let playback = async |body: &str| change(&gallery, Method::PUT, "/videos/1/playback", &[], body).await.status;
    assert_eq!(playback(r#"{"position_ms":61500}"#).await, StatusCode::ACCEPTED);
    // Written in order, so after this one the position is written too.
    change(&gallery, Method::PUT, "/videos/1/favorite", &[], "").await;
    let progress = &get(&gallery, "/videos/1").await.json()["progress"];
    assert_eq!((&progress["position_ms"], &progress["finished"]), (&json!(61500), &json!(false)));
    assert_eq!(playback(r#"{"finished":true}"#).await, StatusCode::ACCEPTED);
    for (body, status) in [("{}", 400), (r#"{"position_ms":1,"finished":true}"#, 400), (r#"{"position_ms":-1}"#, 422)] {
        assert_eq!(playback(body).await.as_u16(), status, "{body}");
    }
    change(&gallery, Method::DELETE, "/videos/1/favorite", &[], "").await;
    assert_eq!(get(&gallery, "/videos/1").await.json()["progress"]["finished"], true);
    gallery.close();
}

//! Playlists (§1b).

use super::{NAMES, ask, encoded, gallery, get, post};
use crate::support::TestApp;
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

async fn made(gallery: &TestApp, body: Value) -> Value {
    let answer = post(gallery, "/api/playlists", body).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    answer.json()
}

async fn add(gallery: &TestApp, list: u32, name: &str) -> Value {
    let answer = post(gallery, &format!("/api/playlists/{list}/add"), json!({"video_filename": name})).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer.json()
}

async fn names(gallery: &TestApp, list: u32) -> Vec<String> {
    let list = get(gallery, &format!("/api/playlists/{list}")).await.json();
    let items = list["items"].as_array().expect("a list").clone();
    for (place, item) in items.iter().enumerate() {
        assert_eq!(item["position"], json!(place), "places are counted from 0, without gaps");
    }
    items.into_iter().map(|item| item["video_filename"].as_str().expect("a name").to_owned()).collect()
}

/// §1b POST and GET /api/playlists: 201; name ASC (binary).
#[tokio::test]
async fn lists_are_made_and_listed_by_name() {
    let gallery = gallery();
    assert_eq!(get(&gallery, "/api/playlists").await.json(), json!({"success": true, "playlists": []}));
    let first = made(&gallery, json!({"name": " evening ", "description": "for \"later\" <b>"})).await;
    let expected = json!({"success": true, "playlist_id": 1, "name": "evening", "description": "for \"later\" <b>"});
    assert_eq!(first, expected);
    assert_eq!(made(&gallery, json!({"name": "Zoo"})).await["description"], json!(""));
    add(&gallery, 1, NAMES[0]).await;
    let all = get(&gallery, "/api/playlists").await.json()["playlists"].clone();
    let short = |list: &Value| (list["id"].clone(), list["name"].clone(), list["item_count"].clone());
    let all = all.as_array().expect("a list").clone();
    let expected = [(json!(2), json!("Zoo"), json!(0)), (json!(1), json!("evening"), json!(1))];
    assert_eq!(all.iter().map(short).collect::<Vec<_>>(), expected);
    let date = all[0]["created_at"].as_str().expect("a date");
    assert!(date.len() == 19 && date.starts_with("20") && date.as_bytes()[10] == b' ', "{date}");
    gallery.close();
}

/// §1b: 400 `Name is required`, `Playlist name must be unique.`
#[tokio::test]
async fn a_list_needs_a_name_of_its_own() {
    let gallery = gallery();
    made(&gallery, json!({"name": "Evening"})).await;
    let long = "x".repeat(201);
    for (body, error) in [
        (json!({}), "Name is required"),
        (json!({"name": "  "}), "Name is required"),
        (json!({"name": 5}), "Name is required"),
        (json!({"name": ["Evening"]}), "Name is required"),
        (json!({"name": "Evening"}), "Playlist name must be unique."),
        (json!({"name": " EVENING "}), "Playlist name must be unique."),
        (json!({"name": long}), "A playlist name may have at most 200 characters."),
    ] {
        let answer = post(&gallery, "/api/playlists", body.clone()).await;
        let told = (answer.status, answer.json());
        assert_eq!(told, (StatusCode::BAD_REQUEST, json!({"success": false, "error": error})), "{body}");
    }
    gallery.close();
}

/// §1b GET /api/playlists/<id>; §7.4: `duration` never filled; §7.2 D13: position 0 was none.
#[tokio::test]
async fn a_list_tells_what_is_in_it_and_takes_doubles() {
    let gallery = gallery();
    made(&gallery, json!({"name": "Evening", "description": "x"})).await;
    for (place, name) in [NAMES[1], NAMES[2], NAMES[1]].into_iter().enumerate() {
        let answer = add(&gallery, 1, name).await;
        assert_eq!(answer, json!({"success": true, "message": format!("Added {name} at position {place}.")}));
    }
    assert_eq!(names(&gallery, 1).await, [NAMES[1], NAMES[2], NAMES[1]]);
    let list = get(&gallery, "/api/playlists/1").await.json();
    assert_eq!((&list["success"], &list["id"], &list["name"]), (&json!(true), &json!(1), &json!("Evening")));
    assert_eq!((&list["description"], list["created_at"].is_string()), (&json!("x"), true));
    let item = json!({"video_filename": NAMES[1], "position": 0, "duration": null, "added_date": 2.0});
    assert_eq!(list["items"][0], item);
    gallery.close();
}

/// §1b: 404 `Playlist not found.`; unknown videos and lists were accepted.
#[tokio::test]
async fn unknown_lists_and_videos_are_not_found() {
    let gallery = gallery();
    made(&gallery, json!({"name": "Evening"})).await;
    let no_list = json!({"success": false, "error": "Playlist not found."});
    for list in ["2", "0", "-1", "x", "4294967296", "..%2f1", "%27"] {
        let address = format!("/api/playlists/{list}");
        assert_eq!(
            (get(&gallery, &address).await.status, get(&gallery, &address).await.json()),
            (StatusCode::NOT_FOUND, no_list.clone())
        );
        let add = post(&gallery, &format!("{address}/add"), json!({"video_filename": NAMES[0]})).await;
        assert_eq!((add.status, add.json()), (StatusCode::NOT_FOUND, no_list.clone()), "{list}");
        let item = ask(&gallery, Method::DELETE, &format!("{address}/items/alpha.mp4")).await;
        assert_eq!((item.status, item.json()), (StatusCode::NOT_FOUND, no_list.clone()), "{list}");
    }
    for (name, status) in [
        (json!("nothing.mp4"), StatusCode::NOT_FOUND),
        (json!("../alpha.mp4"), StatusCode::NOT_FOUND),
        (Value::Null, StatusCode::BAD_REQUEST),
        (json!(7), StatusCode::BAD_REQUEST),
    ] {
        let answer = post(&gallery, "/api/playlists/1/add", json!({"video_filename": name})).await;
        assert_eq!(answer.status, status, "{name}");
        assert_eq!(answer.json()["success"], json!(false));
    }
    assert!(names(&gallery, 1).await.is_empty());
    gallery.close();
}

/// §1b DELETE …/items/<path>: at `position`, without it all occurrences.
#[tokio::test]
async fn entries_are_taken_out_one_by_one_or_all_at_once() {
    let gallery = gallery();
    made(&gallery, json!({"name": "Evening"})).await;
    let [a, odd, nested] = [NAMES[0], NAMES[1], NAMES[2]];
    for name in [a, odd, a, nested, a] {
        add(&gallery, 1, name).await;
    }
    let remove = async |name: &str, query: &str| {
        let address = format!("/api/playlists/1/items/{}{query}", encoded(name));
        ask(&gallery, Method::DELETE, &address).await
    };
    assert_eq!(remove(a, "?position=2").await.json()["success"], json!(true));
    assert_eq!(names(&gallery, 1).await, [a, odd, nested, a]);
    assert_eq!(
        remove(a, "?position=1").await.status,
        StatusCode::OK,
        "another video is there, so nothing is to be done"
    );
    for position in ["x", "-1", "1.5", ""] {
        let answer = remove(a, &format!("?position={position}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{position}: not all of them, as it was");
    }
    assert_eq!(names(&gallery, 1).await, [a, odd, nested, a]);
    for name in [a, nested, odd, odd] {
        assert_eq!(remove(name, "").await.status, StatusCode::OK, "{name}");
    }
    assert!(names(&gallery, 1).await.is_empty());
    assert_eq!(remove("nothing.mp4", "").await.status, StatusCode::NOT_FOUND);
    gallery.close();
}

/// §1b DELETE: also 200 for unknown ids. §7.2 D10: items were left behind.
#[tokio::test]
async fn a_list_is_deleted_with_what_is_in_it() {
    let gallery = gallery();
    made(&gallery, json!({"name": "Evening"})).await;
    add(&gallery, 1, NAMES[0]).await;
    for address in ["/api/playlists/1", "/api/playlists/1", "/api/playlists/77", "/api/playlists/x"] {
        let answer = ask(&gallery, Method::DELETE, address).await;
        assert_eq!((answer.status, &answer.json()["success"]), (StatusCode::OK, &json!(true)), "{address}");
    }
    assert_eq!(get(&gallery, "/api/playlists/1").await.status, StatusCode::NOT_FOUND);
    made(&gallery, json!({"name": "Evening"})).await;
    assert!(names(&gallery, 2).await.is_empty(), "a new list of the name is a new list");
    gallery.close();
}

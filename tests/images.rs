//! The image gallery through the whole router: bytes, pages, and what can be changed.

use crate::support::{Answer, TestApp, request};
use axum::http::{Method, StatusCode};
use events::event::Image;
use events::{Event, ImageId, MediaPath, RootPath};
use std::path::Path;

/// The bytes of a picture; nobody looks at them here.
const BYTES: &[u8] = b"\x89PNG picture";

fn found(number: u32, root: &Path, path: &str) -> Event {
    Event::Image(Image::Found {
        image: ImageId::new(number).expect("not zero"),
        root: RootPath::new(root),
        path: MediaPath::new(path).expect("a relative path"),
        size_bytes: BYTES.len() as u64,
        modified_at_ms: 0,
        added_at_ms: 0,
    })
}

/// A gallery of the images 1, 2, 3… of a folder.
fn album(paths: &[&str]) -> (TestApp, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for path in paths {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("it is in a folder")).expect("a folder");
        std::fs::write(path, BYTES).expect("a file");
    }
    let events = (1..).zip(paths).map(|(number, path)| found(number, folder.path(), path));
    (TestApp::given(events), folder)
}

/// What a script posts, and gets.
async fn ask(app: &TestApp, address: &str, form: &str) -> Answer {
    let headers = [("origin", "http://localhost"), ("accept", "application/json")];
    app.send(request(Method::POST, address, &headers, form)).await
}

#[tokio::test]
async fn an_image_is_sent_with_its_type_and_its_validators() {
    let (app, folder) = album(&["2024/ä b.png"]);
    let answer = app.get("/images/1/whatever.png").await;
    assert_eq!((answer.status, answer.body.as_slice()), (StatusCode::OK, BYTES));
    assert_eq!((answer.header("content-type"), answer.header("x-content-type-options")), ("image/png", "nosniff"));
    let again = request(Method::GET, "/images/1/x.png", &[("if-none-match", answer.header("etag"))], "");
    assert_eq!(app.send(again).await.status, StatusCode::NOT_MODIFIED);
    for nowhere in ["/images/2/x.png", "/images/x/x.png", "/images/1/..%2f..%2fetc%2fpasswd/x"] {
        assert_eq!(app.get(nowhere).await.status, StatusCode::NOT_FOUND, "{nowhere}");
    }
    std::fs::remove_file(folder.path().join("2024/ä b.png")).expect("removed");
    assert_eq!(app.get("/images/1/x.png").await.status, StatusCode::NOT_FOUND);
    app.close();
}

#[tokio::test]
async fn pages_show_groups_loose_images_and_favorites() {
    let (app, _folder) = album(&["a.jpg", "b&c.jpg", "d.jpg"]);
    ask(&app, "/images/groups", "name=A+%3Cb%3E&image=1").await;
    ask(&app, "/images/1/favorite", "favorite=true").await;
    let tiles = |page: &str| -> Vec<String> {
        page.split("data-image=\"").skip(1).filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())).collect()
    };
    let text = async |app: &TestApp, page| app.get(page).await.text().replace("&#x2f;", "/");
    let all = text(&app, "/images").await;
    assert_eq!(tiles(&all), ["3", "2"], "the last name first, without those in groups");
    assert!(all.contains("A &lt;b&gt;") && all.contains("/images/2/b%26c.jpg"), "{all}");
    assert_eq!(tiles(&app.get("/images?per_page=1&page=2").await.text()), ["2"]);
    assert_eq!(tiles(&app.get("/images/favorites").await.text()), ["1"]);
    assert_eq!(tiles(&app.get("/images/groups/a-b").await.text()), ["1"]);
    for nowhere in ["/images/groups/b", "/images/groups/a%2fb", "/images/groups/%ff"] {
        let status = app.get(nowhere).await.status;
        assert!(status.is_client_error(), "{nowhere}: {status}");
    }
    assert!(text(&app, "/").await.contains("href=\"/images\""), "images are in the navigation");
    let (without, _folder) = album(&[]);
    assert!(!text(&without, "/").await.contains("href=\"/images\""), "nobody has images");
    assert_eq!(without.get("/images").await.status, StatusCode::OK);
    app.close();
}

#[tokio::test]
async fn a_heart_is_given_once_and_taken_back() {
    let (app, _folder) = album(&["a.jpg"]);
    let on = ask(&app, "/images/1/favorite", "favorite=true").await.json();
    assert_eq!(on, serde_json::json!({"image": 1, "favorite": true, "batch": 2}));
    assert_eq!(ask(&app, "/images/1/favorite", "favorite=true").await.json()["batch"], 0);
    let back = app.post("/images/1/favorite", "favorite=false").await;
    assert_eq!((back.status, back.header("location")), (StatusCode::SEE_OTHER, "/images#i1"));
    assert_eq!(ask(&app, "/images/7/favorite", "favorite=true").await.status, StatusCode::NOT_FOUND);
    assert_eq!(ask(&app, "/images/1/favorite", "favorite=maybe").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    app.close();
}

#[tokio::test]
async fn groups_are_made_filled_renamed_and_deleted_by_forms() {
    let (app, _folder) = album(&["a.jpg", "b.jpg", "c.jpg"]);
    let made = app.post("/images/groups", "name=Köln+%26+Bonn&image=1&image=2").await;
    assert_eq!((made.status, made.header("location")), (StatusCode::SEE_OTHER, "/images/groups/k%C3%B6ln-bonn"));
    let put = ask(&app, "/images/group", "group=1&image=3&image=1&image=99").await.json();
    assert_eq!((&put["images"], &put["skipped"]), (&3.into(), &1.into()));
    let renamed = ask(&app, "/images/groups/1/rename", "name=New").await.json();
    assert_eq!((&renamed["name"], &renamed["href"]), (&"New".into(), &"/images/groups/k%C3%B6ln-bonn".into()));
    assert_eq!(ask(&app, "/images/groups/1/cover", "image=2").await.status, StatusCode::OK);
    assert_eq!(ask(&app, "/images/groups/1/remove", "image=2&image=3").await.json()["images"], 1);
    assert_eq!(ask(&app, "/images/groups/1/cover", "image=2").await.status, StatusCode::NOT_FOUND);
    assert_eq!(ask(&app, "/images/groups", "name=+&image=1").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(ask(&app, "/images/groups", "name=x&image=99").await.status, StatusCode::NOT_FOUND);
    let deleted = app.post("/images/groups/1/delete", "").await;
    assert_eq!((deleted.status, deleted.header("location")), (StatusCode::SEE_OTHER, "/images"));
    assert_eq!(ask(&app, "/images/groups/1/delete", "").await.status, StatusCode::NOT_FOUND);
    app.close();
}

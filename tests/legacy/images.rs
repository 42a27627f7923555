//! §1b: the image gallery, as scripts of the old program know it.

use super::{ask, get, post, posted, request};
use crate::support::TestApp;
use axum::http::{Method, StatusCode};
use events::event::Image;
use events::{Event, ImageId, MediaPath, RootPath};
use serde_json::{Value, json};

/// An image found in `/images`.
pub(super) fn found(number: u32, path: &str) -> Event {
    Event::Image(Image::Found {
        image: ImageId::new(number).expect("not zero"),
        root: RootPath::new("/images"),
        path: MediaPath::new(path).expect("a relative path"),
        size_bytes: 1,
        modified_at_ms: 0,
        added_at_ms: 0,
    })
}

fn album() -> TestApp {
    TestApp::given((1..).zip(["b.jpg", "It's 50% A & B.png", "sub/a.gif"]).map(|(number, path)| found(number, path)))
}

async fn groups(app: &TestApp) -> Value {
    get(app, "/api/gallery/groups").await.json()
}

#[tokio::test]
async fn images_are_listed_and_pages_moved() {
    let app = album();
    let names = json!({"images": ["It's 50% A & B.png", "b.jpg", "sub/a.gif"]});
    assert_eq!(get(&app, "/api/gallery").await.json(), names);
    for (old, new) in [("/gallery", "/images"), ("/gallery/groups/k%C3%B6ln", "/images/groups/k%C3%B6ln")] {
        let answer = get(&app, old).await;
        assert_eq!((answer.status, answer.header("location")), (StatusCode::TEMPORARY_REDIRECT, new));
    }
    for nowhere in ["/gallery/image/..%2f..%2fetc%2fpasswd", "/gallery/image/../x.jpg", "/gallery/image/x.jpg"] {
        assert_eq!(get(&app, nowhere).await.status, StatusCode::NOT_FOUND, "{nowhere}");
    }
    app.close();
}

#[tokio::test]
async fn groups_have_the_fields_and_statuses_they_had() {
    let app = album();
    let wanted = json!({"name": "Summer Trip", "images": ["b.jpg", "sub/a.gif", "b.jpg", "gone.jpg"], "cover_image": "sub/a.gif"});
    let made = post(&app, "/api/gallery/groups", wanted.clone()).await;
    assert_eq!(made.status, StatusCode::CREATED);
    let group = made.json();
    let told = |field: &str| group[field].clone();
    assert_eq!((told("id"), told("slug"), told("image_count")), (json!(1), json!("summer-trip"), json!(2)));
    assert_eq!((told("name"), told("cover_image")), (json!("Summer Trip"), json!("sub/a.gif")));
    assert_eq!(post(&app, "/api/gallery/groups", wanted).await.json()["slug"], "summer-trip-2");
    assert_eq!(groups(&app).await.as_array().map(Vec::len), Some(2));
    for bad in [json!({"name": "x"}), json!({"images": ["b.jpg"]}), json!({"name": "x", "images": []})] {
        let answer = post(&app, "/api/gallery/groups", bad).await;
        let expected = (StatusCode::BAD_REQUEST, json!({"error": "Name and images required"}));
        assert_eq!((answer.status, answer.json()), expected);
    }
    app.close();
}

#[tokio::test]
async fn groups_are_changed_as_they_were() {
    let app = album();
    post(&app, "/api/gallery/groups", json!({"name": "A", "images": ["b.jpg"]})).await;
    let success = json!({"success": true});
    let more = json!({"images": ["It's 50% A & B.png", "b.jpg"]});
    assert_eq!(posted(&app, "/api/gallery/groups/1/images", more).await, success);
    assert_eq!(post(&app, "/api/gallery/groups/1/images", json!({})).await.json(), json!({"error": "Images required"}));
    assert_eq!(post(&app, "/api/gallery/groups/9/images", json!({"images": ["b.jpg"]})).await.status, 404);
    let edit = json!({"name": "B", "cover_image": "b.jpg"}).to_string();
    let answer = app.send(request(Method::PUT, "/api/gallery/groups/1", &super::JSON, edit)).await;
    assert_eq!((answer.status, answer.json()), (StatusCode::OK, success.clone()));
    let group = &groups(&app).await[0];
    let told = (&group["name"], &group["slug"], &group["cover_image"], &group["image_count"]);
    assert_eq!(told, (&json!("B"), &json!("a"), &json!("b.jpg"), &json!(2)));
    let of = get(&app, "/api/gallery/images/It%27s%2050%25%20A%20%26%20B.png/groups").await.json();
    assert_eq!(of, json!({"groups": [{"id": 1, "name": "B", "slug": "a", "cover_image": "b.jpg"}]}));
    let delete = async |address: &str| ask(&app, Method::DELETE, address).await;
    assert_eq!(delete("/api/gallery/groups/1/images/It%27s%2050%25%20A%20%26%20B.png").await.json(), success);
    assert_eq!(delete("/api/gallery/groups/1/items/1").await.json(), success);
    let again = delete("/api/gallery/groups/1/items/1").await;
    let expected = (StatusCode::NOT_FOUND, json!({"error": "Image item not found in this group"}));
    assert_eq!((again.status, again.json()), expected);
    assert_eq!(delete("/api/gallery/groups/1").await.json(), success);
    assert_eq!(delete("/api/gallery/groups/1").await.json(), success, "gone is gone");
    assert_eq!(groups(&app).await, json!([]));
    app.close();
}

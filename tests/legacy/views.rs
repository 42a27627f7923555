//! Views, by file name (§1b).

use super::{NAMES, gallery, get, posted, request};
use axum::http::Method;
use serde_json::json;

/// §1b POST /view and GET /get_views: the whole map, by file name. §7.2 D8.
#[tokio::test]
async fn views_are_counted_and_listed_by_name() {
    let gallery = gallery();
    assert_eq!(get(&gallery, "/get_views").await.json(), json!({}));
    for name in [NAMES[0], NAMES[1], NAMES[2]] {
        assert_eq!(posted(&gallery, "/view", json!({"filename": name})).await, json!({"success": true, "views": 1}));
    }
    let again = posted(&gallery, "/view", json!({"filename": NAMES[0]})).await;
    assert_eq!(again, json!({"success": true, "views": 1}), "a reload is the same viewing");
    let cookie = [("content-type", "application/json"), ("cookie", "lvs_device=77")];
    let body = json!({"filename": NAMES[0]}).to_string();
    let other = gallery.send(request(Method::POST, "/view", &cookie, body)).await;
    assert_eq!(other.json(), json!({"success": true, "views": 2}), "another device is another viewer");
    let all = get(&gallery, "/get_views").await.json();
    assert_eq!(all, json!({NAMES[0]: 2, NAMES[1]: 1, NAMES[2]: 1}));
    gallery.close();
}

//! What all five writes by file name have in common: the check of the name, and answers to bad input.

use super::{JSON, NAMES, gallery, post, request};
use axum::http::{Method, StatusCode};
use local_video_server::legacy::addresses::ADDRESSES;
use serde_json::{Value, json};

/// Each with a body that would be carried out, but for the name of the video.
fn writes() -> [(&'static str, Value); 5] {
    [
        ("/rate", json!({"rating": 3})),
        ("/view", json!({})),
        ("/tag", json!({"tag": "sea"})),
        ("/delete_tag", json!({"tag": "sea"})),
        ("/favorite", json!({})),
    ]
}

fn with(mut body: Value, name: Value) -> Value {
    body["filename"] = name;
    body
}

/// §1: missing, non-string, blank: 400. Absent: 404. §7.1 S2: `../` was accepted.
#[tokio::test]
async fn a_name_that_is_no_name_of_a_video_is_refused() {
    let gallery = gallery();
    let before = gallery.state().pos();
    for (address, body) in writes() {
        for name in [Value::Null, json!(""), json!(" \t"), json!(5), json!(true), json!(["alpha.mp4"]), json!({})] {
            let answer = post(&gallery, address, with(body.clone(), name.clone())).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{address} {name}");
            assert_eq!(answer.json(), json!({"error": "Missing filename"}), "{address} {name}");
        }
        let long = "x".repeat(50_000);
        for name in
            ["nothing.mp4", "../main.py", "../alpha.mp4", "sub/../alpha.mp4", "/etc/passwd", "sub", "a\0", &long]
        {
            let answer = post(&gallery, address, with(body.clone(), json!(name))).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{address} {name}");
            assert_eq!(answer.json(), json!({"error": "Video not found"}), "{address}");
        }
        let answer = post(&gallery, address, body).await;
        assert_eq!((answer.status, answer.json()), (StatusCode::BAD_REQUEST, json!({"error": "Missing filename"})));
    }
    assert_eq!(gallery.state().pos(), before, "nothing of it was written");
    gallery.close();
}

/// §1: else 415; malformed JSON 400. Both were HTML.
#[tokio::test]
async fn a_body_that_is_no_json_is_refused_with_json() {
    let gallery = gallery();
    for (address, _) in writes().into_iter().chain([("/api/playlists", json!({}))]) {
        let form = [("content-type", "application/x-www-form-urlencoded")];
        for (headers, body, status) in [
            (&JSON[..], "{\"filename\": ".to_owned(), StatusCode::BAD_REQUEST),
            (&JSON, String::new(), StatusCode::BAD_REQUEST),
            (&JSON, "[".repeat(10_000), StatusCode::BAD_REQUEST),
            (&JSON, "{\"filename\": 1e999}".to_owned(), StatusCode::BAD_REQUEST),
            (&JSON, "[\"alpha.mp4\"]".to_owned(), StatusCode::BAD_REQUEST),
            (&JSON, "null".to_owned(), StatusCode::BAD_REQUEST),
            (&JSON, format!("{{\"filename\": \"{}\"}}", "x".repeat(100_000)), StatusCode::PAYLOAD_TOO_LARGE),
            (&form, "filename=alpha.mp4".to_owned(), StatusCode::UNSUPPORTED_MEDIA_TYPE),
            (&[], "{\"filename\": \"alpha.mp4\"}".to_owned(), StatusCode::UNSUPPORTED_MEDIA_TYPE),
        ] {
            let start: String = body.chars().take(40).collect();
            let answer = gallery.send(request(Method::POST, address, headers, body)).await;
            assert_eq!(answer.status, status, "{address} {start}");
            assert_eq!(answer.header("content-type"), "application/json", "{address} {start}");
            assert!(answer.json()["error"].is_string(), "{address} {start}");
        }
    }
    gallery.close();
}

/// The name is stripped; §7.2 D8: names with `'` and `&` were lost.
#[tokio::test]
async fn every_name_of_a_video_is_taken() {
    let gallery = gallery();
    for name in NAMES.into_iter().chain(["  alpha.mp4 \n", "Caf\u{e9}.mp4", "nested.webm"]) {
        for (address, body) in writes() {
            let answer = post(&gallery, address, with(body, json!(name))).await;
            assert_eq!(answer.status, StatusCode::OK, "{address} {name}: {}", answer.text());
            assert_eq!(answer.json()["success"], json!(true), "{address} {name}");
        }
    }
    gallery.close();
}

/// §7.1 S4: a form of any origin was obeyed.
#[tokio::test]
async fn pages_of_other_sites_change_nothing() {
    let gallery = gallery();
    let before = gallery.state().pos();
    let admin = ["/admin/metadata/prune", "/admin/cache/refresh"].map(|address| (address, json!({})));
    for (address, body) in writes().into_iter().chain(admin) {
        let body = with(body, json!("alpha.mp4")).to_string();
        let evil = [("content-type", "application/json"), ("origin", "http://evil.example")];
        let answer = gallery.send(request(Method::POST, address, &evil, body.clone())).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{address}");
        let own = [("content-type", "application/json"), ("origin", "http://localhost")];
        assert!(gallery.send(request(Method::POST, address, &own, body)).await.status != StatusCode::FORBIDDEN);
    }
    assert!(gallery.state().pos() > before, "our own pages may");
    gallery.close();
}

/// §7.4: 500 instead of 4xx, for a number in the place of a text and the like. Whatever is sent, the answer is JSON and no
/// failure of ours.
#[tokio::test]
async fn nothing_that_is_sent_is_a_failure_of_ours() {
    let gallery = gallery();
    let values = [
        json!(null),
        json!(true),
        json!(-1),
        json!(1.5),
        json!(1e300),
        json!(""),
        json!("\u{0}"),
        json!("\u{1F600}\u{202E}%<script>'\"`${x}"),
        json!("../../etc/passwd"),
        json!("alpha.mp4"),
        json!([[], {}]),
        json!({"filename": "alpha.mp4"}),
    ];
    let fields = ["filename", "rating", "value", "tag", "name", "description", "video_filename"];
    let addresses = ADDRESSES.iter().filter(|address| address.method == "POST");
    for path in addresses.map(|address| address.path.replace("{hash}", "70c46155ce56fd94").replace("{id}", "1")) {
        for (value, field) in values.iter().flat_map(|value| fields.map(|field| (value, field))) {
            let mut body =
                json!({"filename": "alpha.mp4", "rating": 3, "tag": "sea", "name": "x", "video_filename": "alpha.mp4"});
            body[field] = value.clone();
            let answer = post(&gallery, &path, body.clone()).await;
            assert!(!answer.status.is_server_error(), "{path} {body}: {}", answer.status);
            assert!(answer.json().is_object(), "{path} {body}");
        }
    }
    gallery.close();
}

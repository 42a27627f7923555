//! The contract of the program before this one, address by address: what its users' bookmarks and scripts count on, and
//! what was wrong there and is right here.

mod addresses;
mod admin;
mod favorites;
mod images;
mod performance;
mod playlists;
mod ratings;
mod tags;
mod views;
mod writes;

use crate::support::{Answer, TestApp, found};
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use serde_json::Value;

/// A request of an old script: JSON if it has a body, and neither cookie nor origin.
fn request(method: Method, address: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Request<Body> {
    let request = Request::builder().method(method).uri(address).header("host", "localhost");
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    request.body(body.into()).expect("a test builds valid requests")
}

const JSON: [(&str, &str); 1] = [("content-type", "application/json")];

async fn ask(gallery: &TestApp, method: Method, address: &str) -> Answer {
    gallery.send(request(method, address, &[], "")).await
}

async fn get(gallery: &TestApp, address: &str) -> Answer {
    ask(gallery, Method::GET, address).await
}

async fn post(gallery: &TestApp, address: &str, body: Value) -> Answer {
    gallery.send(request(Method::POST, address, &JSON, body.to_string())).await
}

/// What a request that was fulfilled is answered with.
async fn posted(gallery: &TestApp, address: &str, body: Value) -> Value {
    let answer = post(gallery, address, body.clone()).await;
    assert_eq!(answer.status, StatusCode::OK, "{address} {body}: {}", answer.text());
    answer.json()
}

/// Names as they are found in old libraries: plain, with every sign that was ever a trouble, and in a folder.
const NAMES: [&str; 5] =
    ["alpha.mp4", "It's 50% A & B #1 \u{2013} take?.mp4", "sub/nested.webm", "Cafe\u{301}.mp4", "plain two.mp4"];

/// A gallery with the videos 1 to 5, in the order of [`NAMES`], and one image.
fn gallery() -> TestApp {
    TestApp::given((1..).zip(NAMES).map(|(number, name)| found(number, name)).chain([images::found(1, "sea.jpg")]))
}

/// A name as browsers write it into a path.
fn encoded(name: &str) -> String {
    name.bytes().fold(String::new(), |text, byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'/' | b'-' | b'_' => text + &char::from(byte).to_string(),
        other => text + &format!("%{other:02X}"),
    })
}

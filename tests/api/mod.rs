//! `/api/v1` through the whole router: the document, what it promises, and what happens to bad input.

mod document;
mod reads;
mod writes;

use crate::support::{Answer, TestApp, found};
use axum::body::Body;
use axum::http::{Method, Request, header};
use events::event::{Playlist, Rating, Tag};
use events::values::ItemId;
use events::{Event, PlaylistId, PlaylistName, Stars, TagName};

/// A tag with everything in it that means something elsewhere.
const ODD: &str = "a/b, 50% <script>";

/// Three videos, two tags, a rating and a playlist.
fn gallery() -> TestApp {
    let playlist = PlaylistId::new(1).expect("not zero");
    let item = |number, video| Event::Playlist(Playlist::ItemAdded { playlist, item: item(number), video: id(video) });
    TestApp::given([
        found(1, "sea/Tide pool.mp4"),
        found(2, "Lava lamp.mp4"),
        found(3, "sea/Moire.webm"),
        tagged(1, "Sea"),
        tagged(3, "Sea"),
        tagged(2, ODD),
        Event::Rating(Rating::Given { video: id(1), stars: Stars::new(4).expect("four stars") }),
        Event::Playlist(Playlist::Created { playlist, name: PlaylistName::new("Evening").expect("a name") }),
        item(1, 2),
        item(2, 1),
        item(3, 2),
    ])
}

fn id(number: u32) -> events::VideoId {
    crate::support::video(number)
}

fn item(number: u32) -> ItemId {
    ItemId::new(number).expect("not zero")
}

fn tagged(number: u32, tag: &str) -> Event {
    Event::Tag(Tag::Added { video: id(number), tag: TagName::new(tag).expect("a tag") })
}

/// Sends a request as a program would.
async fn ask(gallery: &TestApp, method: Method, address: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let request = Request::builder().method(method).uri(address).header(header::HOST, "localhost");
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    gallery.send(request.body(Body::from(body.to_owned())).expect("a test builds valid requests")).await
}

/// A change below `/api/v1`, with JSON unless `body` is empty.
async fn change(gallery: &TestApp, method: Method, address: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let kind = [("content-type", "application/json")];
    let headers: Vec<_> = kind.iter().filter(|_| !body.is_empty()).chain(headers).copied().collect();
    ask(gallery, method, &format!("/api/v1{address}"), &headers, body).await
}

/// A GET below `/api/v1`.
async fn get(gallery: &TestApp, address: &str) -> Answer {
    ask(gallery, Method::GET, &format!("/api/v1{address}"), &[], "").await
}

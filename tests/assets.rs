//! The files of `static/` as browsers get them.

use crate::support::{Answer, TestApp, request};
use axum::http::{Method, StatusCode};
use local_video_server::web::assets::Assets;
use std::io::Read;

fn address(name: &str) -> String {
    Assets::load().url(name).expect("the file is part of the program")
}

async fn get(app: &TestApp, address: &str, headers: &[(&str, &str)]) -> Answer {
    app.send(request(Method::GET, address, headers, "")).await
}

#[tokio::test]
async fn a_file_is_sent_in_the_encoding_the_browser_takes_and_kept_for_good() {
    let app = TestApp::given([]);
    let plain = get(&app, &address("app.css"), &[]).await;
    assert_eq!((plain.status, plain.header("content-type")), (StatusCode::OK, "text/css; charset=utf-8"));
    assert_eq!(plain.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!((plain.header("vary"), plain.header("content-encoding")), ("accept-encoding", ""));

    let packed = get(&app, &address("app.css"), &[("accept-encoding", "gzip, br")]).await;
    let mut text = Vec::new();
    brotli::Decompressor::new(&*packed.body, 4096).read_to_end(&mut text).expect("this is brotli");
    assert!(packed.header("content-encoding") == "br" && text == plain.body);
    let packed = get(&app, &address("app.css"), &[("accept-encoding", "br;q=0, gzip")]).await;
    let mut text = Vec::new();
    flate2::read::GzDecoder::new(&*packed.body).read_to_end(&mut text).expect("this is gzip");
    assert!(packed.header("content-encoding") == "gzip" && text == plain.body);

    let again = get(&app, &address("app.css"), &[("if-none-match", plain.header("etag"))]).await;
    assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0));
    app.close();
}

#[tokio::test]
async fn an_address_of_another_version_or_of_no_file_is_not_found() {
    let app = TestApp::given([]);
    let other = address("app.css").replace(['1', '2', '3', '4', '5'], "0");
    let nothing = address("app.css").replace("app.css", "../Cargo.toml");
    for address in [&other, &nothing, "/static/", "/static/x", "/static/x/app.css"] {
        let answer = get(&app, address, &[]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{address}");
        assert_eq!(answer.header("cache-control"), "no-store", "a missing file may come back: {address}");
    }
    assert_eq!(Assets::load().url("nothing.css"), None);
    app.close();
}

#[tokio::test]
async fn the_icon_that_browsers_ask_for_by_custom_is_there() {
    let app = TestApp::given([]);
    let icon = get(&app, "/favicon.ico", &[]).await;
    assert_eq!((icon.status, icon.header("content-type")), (StatusCode::OK, "image/svg+xml"));
    assert_eq!(icon.header("cache-control"), "public, max-age=86400");
    app.close();
}

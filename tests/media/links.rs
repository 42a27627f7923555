//! What lies at the place of a video: links, folders, pipes, nothing. Nothing outside of a library folder is ever served.

use super::gallery::{Answer, Gallery, applied};
use axum::http::StatusCode;
use events::VideoId;
use events::event::Video;
use rustix::fs::{CWD, FileType, Mode, mknodat};
use std::fs::{create_dir, remove_dir_all, remove_file, rename, write};
use std::os::unix::fs::symlink;

/// A gallery with this one video, and a secret beside its library folder.
async fn beside_a_secret(path: &str) -> Gallery {
    let gallery = Gallery::new(&[path]).await;
    let outside = gallery.folder.path().join("library-secret");
    create_dir(&outside).expect("a folder can be made");
    write(outside.join("film.mp4"), b"secret").expect("a file can be written");
    gallery
}

fn says(answer: &Answer, status: StatusCode, words: &str) {
    let body = String::from_utf8_lossy(&answer.body);
    assert!(answer.status == status && body.contains(words), "{}\n{body}", answer.head);
}

#[tokio::test]
async fn links_inside_the_library_are_followed() {
    let gallery = beside_a_secret("film.mp4").await;
    gallery.write("deep/er/real.mp4", b"film");
    for target in ["deep/er/real.mp4".into(), gallery.path("deep/er/real.mp4"), "../library/deep/er/real.mp4".into()] {
        symlink(&target, gallery.path("film.mp4")).expect("a link can be made");
        let answer = gallery.get(&[]).await;
        assert!(answer.status == StatusCode::OK && answer.body == b"film", "{}: {answer:?}", target.display());
        remove_file(gallery.path("film.mp4")).expect("the link can be removed");
    }
}

#[tokio::test]
async fn links_out_of_the_library_are_refused() {
    let gallery = beside_a_secret("film.mp4").await;
    let outside = gallery.folder.path().join("library-secret/film.mp4");
    for target in [outside, "../library-secret/film.mp4".into(), "/etc/passwd".into(), "/proc/self/status".into()] {
        symlink(&target, gallery.path("film.mp4")).expect("a link can be made");
        let answer = gallery.get(&[]).await;
        says(&answer, StatusCode::FORBIDDEN, "outside of its library folder");
        assert!(!String::from_utf8_lossy(&answer.body).contains("secret"), "the answer does not say where it leads");
        remove_file(gallery.path("film.mp4")).expect("the link can be removed");
    }
    let gallery = beside_a_secret("folder/film.mp4").await;
    symlink("../library-secret", gallery.path("folder")).expect("a link can be made");
    says(&gallery.get(&[]).await, StatusCode::FORBIDDEN, "outside of its library folder");
}

#[tokio::test]
async fn the_library_folder_itself_may_be_a_link() {
    let gallery = beside_a_secret("film.mp4").await;
    gallery.write("film.mp4", b"film");
    rename(gallery.path(""), gallery.folder.path().join("moved")).expect("the folder can be moved");
    symlink("moved", gallery.folder.path().join("library")).expect("a link can be made");
    let answer = gallery.get(&[]).await;
    assert!(answer.status == StatusCode::OK && answer.body == b"film", "{answer:?}");
}

#[tokio::test]
async fn what_is_not_a_file_is_not_found_and_does_not_hang() {
    let gallery = beside_a_secret("film.mp4").await;
    let there = gallery.path("film.mp4");
    create_dir(&there).expect("a folder can be made");
    says(&gallery.get(&[]).await, StatusCode::NOT_FOUND, "something else");
    remove_dir_all(&there).expect("the folder can be removed");
    mknodat(CWD, &there, FileType::Fifo, Mode::RUSR, 0).expect("a pipe can be made");
    says(&gallery.get(&[]).await, StatusCode::NOT_FOUND, "something else");
    remove_file(&there).expect("the pipe can be removed");
    let _socket = std::os::unix::net::UnixListener::bind(&there).expect("a socket can be made");
    says(&gallery.get(&[]).await, StatusCode::NOT_FOUND, "something else");
    remove_file(&there).expect("the socket can be removed");
    symlink("film.mp4", &there).expect("a link can be made");
    says(&gallery.get(&[]).await, StatusCode::NOT_FOUND, "gone");
}

#[tokio::test]
async fn a_missing_file_a_missing_disk_and_a_missing_video_are_told_apart() {
    let gallery = beside_a_secret("film.mp4").await;
    says(&gallery.get(&[]).await, StatusCode::NOT_FOUND, "gone");
    remove_dir_all(gallery.path("")).expect("the folder can be removed");
    let answer = gallery.get(&[]).await;
    says(&answer, StatusCode::SERVICE_UNAVAILABLE, "disk connected");
    assert_ne!(answer.header("retry-after"), "");
    let state = gallery.publisher.live().snapshot();
    let video = VideoId::new(1).expect("the number is not 0");
    gallery.publisher.publish(applied((*state).clone(), Video::Vanished { video }));
    says(&gallery.get(&[]).await, StatusCode::NOT_FOUND, "missing");
}

//! Captions of a video, beside its file and inside of it: `GET /media/{id}/captions` lists them,
//! `GET /media/{id}/captions/{index}.vtt` sends a file and `GET /media/{id}/captions/track-{track}.vtt` a track as WebVTT.
//!
//! [`beside`] finds the files, [`encoding`] makes text of their bytes, [`vtt`] makes WebVTT of the text; [`inside`] finds
//! tracks and their words. Which folder is looked at comes from what is known about the video, and each file is opened by
//! [`crate::files`], as videos are.

mod beside;
mod encoding;
pub(super) mod inside;
mod vtt;

use super::Media;

use super::validators::{Validators, Verdict};
use crate::clock;
use crate::files::{OpenError, Opened, open};
use crate::web::error::WebError;
use crate::web::extract::{Path, Video};
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG};
use axum::http::{HeaderMap, Response, StatusCode};
use beside::Sidecar;
use events::VideoId;
use inside::Inside;
use serde::Serialize;
use std::io::Read;

/// The largest file that is converted, in bytes. A film of three hours has 200 kB.
const SIZE_MAX_BYTES: u64 = 10_000_000;

/// One file or track of captions.
#[derive(Debug, Serialize)]
pub struct Caption {
    /// Its place in the list, from 0.
    index: usize,
    /// What its name says beyond the language, such as `forced`, or the name of the track; empty if nothing.
    label: String,
    /// The language that its name or its track says, such as `en`, `eng` or `pt-br`; empty if none.
    language: String,
    /// Where it is.
    src: String,
}

/// What is beside a video and inside of it.
///
/// # Errors
/// 404 for videos that do not exist or are missing, 403 for a folder outside of the library, 503 when the disk does not
/// answer.
pub async fn list(State(media): State<Media>, Video(video): Video) -> Result<Json<Vec<Caption>>, WebError> {
    let (root, path) = media.place(video)?;
    let found = media.reach(root, move |root| {
        // A video that cannot be opened may still have captions beside it.
        let inside = open(root, &path).map(inside::find).unwrap_or_default();
        Ok((beside::find(root, &path)?, inside))
    });
    let (beside, inside) = found.await?;
    let beside = beside.into_iter().enumerate().map(|(index, Sidecar { label, language, .. })| {
        let src = format!("/media/{video}/captions/{index}.vtt");
        (label, language, src)
    });
    let inside = inside.into_iter().map(|Inside { track, label, language }| {
        let src = format!("/media/{video}/captions/track-{track}.vtt");
        (label, language, src)
    });
    let caption = |(index, (label, language, src))| Caption { index, label, language, src };
    Ok(Json(beside.chain(inside).enumerate().map(caption).collect()))
}

/// One of the files beside a video or of the tracks inside of it, as WebVTT.
///
/// # Errors
/// 404 for captions that are not there, 403 for files that must not be read, 413 for files that are too large, 503 when
/// the disk does not answer.
pub async fn track(
    State(media): State<Media>,
    Path((id, file)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response<Body>, WebError> {
    let unknown = || WebError::not_found("There are no such captions.");
    let video: VideoId = id.parse().map_err(|_| unknown())?;
    let name = file.strip_suffix(".vtt").ok_or_else(unknown)?;
    if let Some(track) = name.strip_prefix("track-") {
        return of_track(&media, video, track.parse().map_err(|_| unknown())?, headers).await;
    }
    let index: usize = name.parse().map_err(|_| unknown())?;
    let (root, path) = media.place(video)?;
    let read = move |root: &_| {
        let sidecar = beside::find(root, &path)?.into_iter().nth(index).ok_or_else(unknown)?;
        let Opened { file, size_bytes, modified_s, modified_ns } = open(root, &sidecar.path)?;
        let validators = Validators::new(size_bytes, modified_s, modified_ns, clock::now_ms());
        if validators.judge(&headers) == Verdict::NotModified {
            return Ok((validators, None));
        }
        let mut bytes = Vec::new();
        let failed = |source| OpenError::Failed { path: sidecar.path.as_path().to_owned(), source };
        file.take(SIZE_MAX_BYTES + 1).read_to_end(&mut bytes).map_err(failed)?;
        if bytes.len() as u64 > SIZE_MAX_BYTES {
            return Err(too_large(size_bytes));
        }
        Ok((validators, Some(vtt::convert(&encoding::text(&bytes)))))
    };
    let (validators, text) = media.reach(root, read).await?;
    answer(&validators, text.map(Body::from))
}

/// One of the tracks inside of a video.
async fn of_track(media: &Media, video: VideoId, track: usize, headers: HeaderMap) -> Result<Response<Body>, WebError> {
    let (root, path) = media.place(video)?;
    let found = media.found.clone();
    let read = move |root: &_| {
        let Opened { file, size_bytes, modified_s, modified_ns } = open(root, &path)?;
        let validators = Validators::new(size_bytes, modified_s, modified_ns, clock::now_ms());
        if validators.judge(&headers) == Verdict::NotModified {
            return Ok((validators, None));
        }
        let key = (format!("{video} {}", validators.etag), track);
        let words = found.words(key, file, size_bytes)?;
        Ok((validators, Some(words)))
    };
    let (validators, words) = media.reach(root, read).await?;
    answer(&validators, words.map(|words| Body::from(words.to_string())))
}

fn answer(validators: &Validators, text: Option<Body>) -> Result<Response<Body>, WebError> {
    let answer = Response::builder().header(ETAG, &validators.etag).header(CACHE_CONTROL, "private, no-cache");
    let answer = match text {
        Some(text) => answer.header(CONTENT_TYPE, "text/vtt; charset=utf-8").body(text),
        None => answer.status(StatusCode::NOT_MODIFIED).body(Body::empty()),
    };
    answer.map_err(WebError::internal)
}

fn too_large(size_bytes: u64) -> WebError {
    let [size, most] = [size_bytes, SIZE_MAX_BYTES].map(crate::web::human::size);
    WebError::new(StatusCode::PAYLOAD_TOO_LARGE)
        .with_detail(format!("This file has {size}, and captions have at most {most}. It may be something else."))
}
